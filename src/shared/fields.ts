/**
 * The host's fields of one document: changing some of them, and judging the whole.
 *
 * @module
 */
import { getConvexSize } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";
import { checkFields } from "./check.js";
import { invalid } from "./failures.js";
import { DOCUMENT } from "./limits.js";
import type { ObjectShape } from "./shape.js";
import type { Fields } from "./validators.js";

/** Stored fields with a change applied: what is absent stays, and only `unset` deletes. */
export function merge(stored: Fields, set: Fields, unset: string[]): Fields {
  const merged = { ...stored, ...set };
  for (const name of unset) Reflect.deleteProperty(merged, name);
  return merged;
}

/** Why these cannot be a document's fields, or `null`. Names every field that is wrong. */
export function fieldsRefusal(
  shape: ObjectShape,
  fields: Fields,
): DocsErrorData | null {
  const issues = checkFields(shape, fields);
  if (issues.length > 0) return invalid(issues);
  const bytes = getConvexSize(fields);
  if (bytes <= DOCUMENT.maxBytes) return null;
  const sizes = Object.entries(fields).map(
    ([name, value]) => [name, getConvexSize(value)] as const,
  );
  const [largest] = sizes.sort((a, b) => b[1] - a[1]);
  const message = `makes the document ${bytes} bytes; the limit is ${DOCUMENT.maxBytes}.`;
  return invalid([{ path: largest?.[0] ?? "", message }]);
}
