/**
 * The host's fields of one document: changing some of them, and judging the whole.
 *
 * @module
 */
import { getConvexSize, type Value } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";
import { checkFields } from "./check.js";
import { SEARCH, type Fields } from "./documents.js";
import { invalid, invalidAt } from "./failures.js";
import type { ObjectJson } from "./validatorJson.js";

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
  return invalidAt(
    largest?.name ?? "",
    `makes the document ${bytes} bytes long; the limit is ${maxBytes}.`,
  );
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

/*
 * What a host declared about its documents, as data: validators are objects with methods and cannot cross into a component.
 * It travels with each write, so that the whole merged document is judged in the transaction that writes it.
 */

export type Rules = {
  /** The shape of the host's fields. */
  shape: ObjectJson;
  /** Bytes that a document's fields may have together. */
  maxBytes: number;
  /** The fields that `search` looks in. */
  search: string[];
};

/** The rules as they travel. */
export function encodeRules(rules: Rules): string {
  return JSON.stringify(rules);
}

/** Reads what `encodeRules` made. */
export function decodeRules(json: string): Rules {
  return JSON.parse(json) as Rules;
}
