/**
 * What the host's schema makes of a write.
 *
 * @module
 */
import type { Issue } from "../errors/codes.js";
import { validateBySchema } from "../host/standardSchema.js";
import { checkFields } from "../shared/check.js";
import type { Fields } from "../shared/documents.js";
import { issuesAsSeen } from "../shared/fieldRules.js";
import { merge, sizeIssues } from "../shared/fields.js";
import { issue } from "../shared/issues.js";
import type { DocsState } from "./options.js";

/** Fields to set, and names to clear. */
export type FieldChange = { set: Fields; unset: string[] };

type SchemaState = Pick<DocsState, "schema" | "wholeSchema" | "declared">;

/**
 * The change with what the schema makes of it. The schema sees the whole document as it would be. What it returns counts for the
 * fields that the call names, for fields that the document does not have yet, and where it clears one. Every other field is
 * validated and keeps its value: a transform that is not idempotent must not run again on what it made.
 *
 * @param stored the document's fields; `null` for a new document
 * @param seen the names of the fields that the writer sees. `null`: all
 */
export async function applySchema(
  { schema, wholeSchema, declared }: SchemaState,
  change: FieldChange,
  stored: Fields | null,
  seen: readonly string[] | null = null,
): Promise<(FieldChange & { issues?: never }) | { issues: Issue[] }> {
  if (!schema) return change;
  const known = onlyDeclared(declared.shape.fields, stored ?? {});
  const whole = merge(known, change.set, change.unset);
  const result = await validateBySchema(schema, whole);
  if ("issues" in result) return { issues: issuesAsSeen(seen, result.issues) };
  const made = result.value;
  if (!isObject(made)) {
    return { issues: [issue("", "must come out of its schema as one.")] };
  }
  const leftOut = namesOf(whole).filter((name) => !Object.hasOwn(made, name));
  const dropped = wholeSchema
    ? leftOut
    : await returnedBefore({ schema }, known, leftOut);
  const next = fieldsAfter(change, known, { ...made, ...cleared(dropped) });
  const issues = checkFields(declared.shape, next.set, { partial: true });
  const after = merge(stored ?? {}, next.set, next.unset);
  const found =
    issues.length > 0
      ? issuesAsSeen(seen, issues)
      : sizeIssues(declared.maxBytes, after, seen);
  return found.length > 0 ? { issues: found } : next;
}

/** The change that turns `known` into what the schema made, where its word counts. A field of `undefined` is cleared. */
function fieldsAfter(
  { set, unset }: FieldChange,
  known: Fields,
  made: Record<string, unknown>,
): FieldChange {
  const named = new Set([...namesOf(set), ...unset]);
  const next: FieldChange = { set: merge(set, {}, unset), unset: [...unset] };
  for (const [name, value] of Object.entries(made)) {
    if (value === undefined) {
      Reflect.deleteProperty(next.set, name);
      if (Object.hasOwn(known, name)) next.unset.push(name);
    } else if (named.has(name) || !Object.hasOwn(known, name)) {
      next.set[name] = value;
    }
  }
  const kept = new Set(namesOf(next.set));
  next.unset = [...new Set(next.unset)].filter((name) => !kept.has(name));
  return next;
}

/**
 * Those of these names that the schema returns for the document as it is. It knows them, so leaving them out of the changed
 * document clears them: a discriminated union that switches. A name that it returns for neither is none of its business.
 */
async function returnedBefore(
  { schema }: { schema: NonNullable<DocsState["schema"]> },
  known: Fields,
  names: string[],
): Promise<string[]> {
  const stored = names.filter((name) => Object.hasOwn(known, name));
  if (stored.length === 0) return [];
  const result = await validateBySchema(schema, known);
  if ("issues" in result) return [];
  const { value } = result;
  return stored.filter(
    (name) =>
      isObject(value) &&
      Object.hasOwn(value, name) &&
      value[name] !== undefined,
  );
}

/** A document may hold fields of an earlier declaration. A strict schema of the present one would refuse them. */
function onlyDeclared(declared: object, stored: Fields): Fields {
  return Object.fromEntries(
    Object.entries(stored).filter(([name]) => Object.hasOwn(declared, name)),
  );
}

function cleared(names: string[]): Record<string, undefined> {
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

function namesOf(fields: Fields): string[] {
  return Object.keys(fields);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
