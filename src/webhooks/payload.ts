import type { StandardSchemaV1 } from "@standard-schema/spec";
import { convexToJson, type Value } from "convex/values";
import type { Issue } from "../errors/codes.js";
import { toText } from "../errors/plain.js";
import { validateBySchema } from "../host/standardSchema.js";
import { checkFields } from "../shared/check.js";
import { issuesText } from "../shared/issues.js";
import {
  objectJson,
  type ObjectJson,
  type ValidatorJson,
} from "../shared/validatorJson.js";
import {
  DELIVERY,
  WEBHOOK_RETRY,
  type CheckedPayload,
} from "../shared/webhooks.js";
import type { EventSchemas, Provider } from "./source.js";

type Schema = EventSchemas[string];

/**
 * Parses a body as its provider writes it: a delivery, and the stored text and headers of an event alike.
 *
 * @throws what the provider's parser or `JSON.parse` throws
 */
export function readPayload(
  { parse }: Provider,
  text: string,
  headers: Headers | Record<string, string>,
): unknown {
  return parse ? parse(text, toHeaders(headers)) : JSON.parse(text);
}

function toHeaders(headers: Headers | Record<string, string>): Headers {
  if (headers instanceof Headers) return headers;
  const restored = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // `Headers` throws for a character above U+00FF, such as the "…" of a stored value that was cut.
    restored.set(name, value.replace(/[^\t -\u00FF]/g, "?"));
  }
  return restored;
}

/**
 * Applies a type's schema to a payload: a value that Convex can store, or what is wrong, by the path of each field and
 * without quoting it. `null` for a type without a schema. Never throws.
 */
export async function validatePayload(
  schema: Schema | undefined,
  payload: unknown,
): Promise<CheckedPayload> {
  if (!schema) return null;
  try {
    const result = await applyEventSchema(schema, payload);
    if ("issues" in result) return { invalid: summary(result.issues) };
    // Convex's own encoding: it refuses what Convex cannot store, such as a Date or a key like `$ref`.
    const text = JSON.stringify(
      convexToJson(result.value as Value),
      wellFormed,
    );
    // A character takes three bytes at most, so most texts need no count.
    return text.length * 3 <= DELIVERY.maxBodyBytes ||
      byteLength(text) <= DELIVERY.maxBodyBytes
      ? { payload: text }
      : { invalid: "The checked payload is too large to be stored." };
  } catch {
    // The schema threw, or its output is no Convex value. The error's message may quote the payload.
    return {
      invalid:
        "The schema failed, or returned a value that Convex cannot store.",
    };
  }
}

/** As much as is stored: a body may have a problem in each of its values. */
function summary(issues: Issue[]): string {
  const { maxErrorText } = WEBHOOK_RETRY;
  return toText(issuesText(issues.slice(0, 10)), maxErrorText);
}

/** Refuses half of a surrogate pair, which JSON can escape and Convex cannot store. */
function wellFormed(_key: string, value: unknown): unknown {
  if (typeof value === "string" && /\p{Surrogate}/u.test(value)) {
    throw new TypeError("Half of a surrogate pair.");
  }
  return value;
}

type SchemaResult = { value: unknown } | { issues: Issue[] };

async function applyEventSchema(
  schema: Schema,
  payload: unknown,
): Promise<SchemaResult> {
  if (!isStandardSchema(schema)) {
    const shape = objectJson({ payload: schema });
    const value = stripUnknown(shape, { payload }) as { payload: unknown };
    const issues = checkFields(shape, value);
    return issues.length > 0 ? { issues } : { value: value.payload };
  }
  return await validateBySchema(schema, payload, "payload");
}

/** A Standard Schema may be a function, so Convex's validators are told apart by their own mark. */
function isStandardSchema(schema: Schema): schema is StandardSchemaV1 {
  return !("isConvexValidator" in schema);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/* Unknown fields. */

/**
 * A copy of a value without the fields that its shape does not name: senders add fields at any time. Anything else that does
 * not fit the shape stays, for a check to find.
 */
export function stripUnknown(shape: ValidatorJson, value: unknown): unknown {
  switch (shape.kind) {
    case "object":
      return isObject(value) ? stripObject(shape, value) : value;
    case "array":
      return Array.isArray(value)
        ? value.map((element) => stripUnknown(shape.element, element))
        : value;
    case "record":
      return isObject(value)
        ? fromEntries(
            Object.entries(value).map(([key, one]) => [
              key,
              stripUnknown(shape.value, one),
            ]),
          )
        : value;
    case "union":
      return stripUnion(shape.members, value);
    default:
      return value;
  }
}

function stripObject(
  { fields }: ObjectJson,
  value: Record<string, unknown>,
): unknown {
  const kept = Object.entries(fields).filter(([name]) =>
    Object.hasOwn(value, name),
  );
  return fromEntries(
    kept.map(([name, field]) => [name, stripUnknown(field.shape, value[name])]),
  );
}

/** Strips by the first member that accepts the value. */
function stripUnion(members: ValidatorJson[], value: unknown): unknown {
  for (const shape of members) {
    const stripped = stripUnknown(shape, value);
    const holder: ObjectJson = {
      kind: "object",
      fields: { value: { shape, optional: false } },
    };
    if (checkFields(holder, { value: stripped }).length === 0) return stripped;
  }
  return value;
}

/** Defines own properties, `__proto__` among them, and never sets a prototype. */
const fromEntries: (entries: [string, unknown][]) => unknown =
  Object.fromEntries;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
