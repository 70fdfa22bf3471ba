/**
 * The host's fields of one document: changing some of them, and checking the whole.
 *
 * @module
 */
import { getConvexSize, type Value } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";
import { checkFields } from "./check.js";
import { SEARCH, type Fields } from "./documents.js";
import { invalid, invalidAt } from "./failures.js";
import type { ObjectJson } from "./validatorJson.js";

/**
 * What a host declares about its documents, as data. It goes with each write, so that the whole merged document is checked in
 * the transaction that writes it.
 */
export type Rules = {
  /** The shape of the host's fields. */
  shape: ObjectJson;
  /** Bytes of all of a document's fields. */
  maxBytes: number;
  /** The fields that `search` looks in. */
  search: string[];
};

/** The rules as a text, which crosses into the component. */
export function encodeRules(rules: Rules): string {
  return JSON.stringify(rules);
}

/** Reads what `encodeRules` made. */
export function decodeRules(json: string): Rules {
  return JSON.parse(json) as Rules;
}

/** Stored fields with a change applied: what is absent stays, and only `unset` deletes. */
export function merge(stored: Fields, set: Fields, unset: string[]): Fields {
  const merged = { ...stored, ...set };
  for (const name of unset) Reflect.deleteProperty(merged, name);
  return merged;
}

/** Why these cannot be a document's fields, or `null`. */
export function fieldsRefusal(
  { shape, maxBytes }: Rules,
  fields: Fields,
): DocsErrorData | null {
  const issues = checkFields(shape, fields);
  if (issues.length > 0) return invalid(issues);
  const bytes = getConvexSize(fields);
  if (bytes <= maxBytes) return null;
  // The issue is at the largest field: shortening another may not help.
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
  // The cut may leave half of a surrogate pair, which Convex refuses.
  return text.slice(0, SEARCH.maxTextLength).replace(/\p{Surrogate}$/u, "");
}
