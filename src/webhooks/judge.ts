/**
 * Judges a payload by the host's schema.
 *
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { convexToJson, type Value } from "convex/values";
import type { Issue } from "../errors/codes.js";
import { checkFields } from "../shared/check.js";
import { shapeOf } from "../shared/shape.js";
import { strip } from "../shared/strip.js";
import { DELIVERY } from "../shared/webhooks/limits.js";
import type { Judged } from "../shared/webhooks/validators.js";
import type { EventSchemas } from "./source.js";

type Schema = EventSchemas[string];

/**
 * What a schema makes of a payload: a value that Convex can hold, or what is wrong, by the path of each field and without
 * quoting it. `null` for a type that has no schema. Never throws.
 */
export async function judge(
  schema: Schema | undefined,
  payload: unknown,
): Promise<Judged> {
  if (!schema) return null;
  try {
    const result = await apply(schema, payload);
    if ("issues" in result) return { invalid: spell(result.issues) };
    // Convex's own encoding: it refuses what Convex cannot hold, such as a Date or a key like `$ref`.
    const text = JSON.stringify(convexToJson(result.value as Value));
    // A character takes three bytes at most. What may be too long is too long.
    return text.length * 3 <= DELIVERY.maxBodyBytes ||
      byteLength(text) <= DELIVERY.maxBodyBytes
      ? { payload: text }
      : { invalid: "The checked payload is too large to be stored." };
  } catch {
    // A schema of the host's threw, or made something of it that is no Convex value. Its message may quote the payload.
    return {
      invalid: "The schema failed, or made a value that Convex cannot hold.",
    };
  }
}

type Result = { value: unknown } | { issues: Issue[] };

async function apply(schema: Schema, payload: unknown): Promise<Result> {
  if (!isStandardSchema(schema)) {
    const shape = shapeOf({ payload: schema });
    const value = strip(shape, { payload }) as { payload: unknown };
    const issues = checkFields(shape, value);
    return issues.length > 0 ? { issues } : { value: value.payload };
  }
  const result = await schema["~standard"].validate(payload);
  if (!result.issues) return { value: result.value };
  return {
    issues: result.issues.map(({ path = [], message }) => ({
      path: [
        "payload",
        ...path.map((part) => (typeof part === "object" ? part.key : part)),
      ]
        .map(String)
        .join("."),
      message,
    })),
  };
}

/** A schema library may make functions; Convex's validators are objects of their own kind. */
function isStandardSchema(schema: Schema): schema is StandardSchemaV1 {
  return !("isConvexValidator" in schema);
}

function spell(issues: Issue[]): string {
  return issues.map(({ path, message }) => `${path}: ${message}`).join(" ");
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
