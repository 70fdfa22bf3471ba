/**
 * The host's fields of one document: changing some of them, and judging the whole.
 *
 * @module
 */
import { getConvexSize, type Value } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";
import { checkFields } from "./check.js";
import { invalid } from "./failures.js";
import { SEARCH } from "./limits.js";
import type { Rules } from "./rules.js";
import type { Fields } from "./validators.js";

/** Stored fields with a change applied: what is absent stays, and only `unset` deletes. */
export function merge(stored: Fields, set: Fields, unset: string[]): Fields {
  const merged = { ...stored, ...set };
  for (const name of unset) Reflect.deleteProperty(merged, name);
  return merged;
}

/** Why these cannot be a document's fields, or `null`. Names every field that is wrong. */
export function fieldsRefusal(
  { shape, maxBytes }: Rules,
  fields: Fields,
): DocsErrorData | null {
  const issues = checkFields(shape, fields);
  if (issues.length > 0) return invalid(issues);
  const bytes = getConvexSize(fields);
  if (bytes <= maxBytes) return null;
  // The largest field is the one to blame: it alone decides whether shortening the others can help.
  const [largest] = Object.entries(fields)
    .map(([name, value]) => ({ name, bytes: getConvexSize(value as Value) }))
    .sort((a, b) => b.bytes - a.bytes);
  const message = `makes the document ${bytes} bytes long; the limit is ${maxBytes}.`;
  return invalid([{ path: largest?.name ?? "", message }]);
}

/** The text that `search` finds a document by, or `undefined` when the host searches none of its fields. */
export function searchTextOf(
  { search }: Rules,
  fields: Fields,
): string | undefined {
  if (search.length === 0) return undefined;
  const text = search
    .map((name): unknown => fields[name])
    .filter((value) => typeof value === "string")
    .join("\n");
  // Half of a character at the end would be no text, and Convex stores none of it.
  return text.slice(0, SEARCH.maxTextLength).replace(/\p{Surrogate}$/u, "");
}
