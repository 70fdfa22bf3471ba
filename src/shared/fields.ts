/**
 * The host's fields of one document: changing some of them, and checking the whole.
 *
 * @module
 */
import { getConvexSize, type Value } from "convex/values";
import type { Issue } from "../errors/codes.js";
import { checkFields } from "./check.js";
import { SEARCH, type Fields } from "./documents.js";
import { issuesAsSeen, type FieldRules } from "./fieldRules.js";
import type { HistoryRules } from "./history.js";
import { issue } from "./issues.js";
import type { ObjectJson } from "./validatorJson.js";
import type { ViewDefinition } from "./views.js";

/**
 * What a host declares about its documents, as data. It goes with each write, so that the whole merged document is checked in
 * the transaction that writes it.
 */
export type Rules = FieldRules & {
  /** The shape of the host's fields. */
  shape: ObjectJson;
  /** Bytes of all of a document's fields. */
  maxBytes: number;
  /** The fields that `search` looks in. */
  search: string[];
  /** Whether documents can be shared. Absent: they cannot. */
  sharing?: true;
  /** Whether what retention removes goes to the trash. Absent: it is deleted. */
  trash?: boolean;
  /** Its views, and their fingerprint. Absent: it has none. */
  views?: ViewDefinition[];
  viewSet?: string;
  /** Absent: there is none. */
  history?: HistoryRules;
  /** Whether an edit of a published document waits to be published. Absent: it is there for everybody at once. */
  workingCopy?: true;
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

/** What is wrong with these as the fields of a new document. */
export function fieldsIssues(
  { shape, maxBytes }: Rules,
  fields: Fields,
): Issue[] {
  const issues = checkFields(shape, fields);
  return issues.length > 0 ? issues : sizeIssues(maxBytes, fields);
}

/**
 * What is wrong with a change of a document with these fields. A field that the document has from an earlier declaration
 * and that the change does not set is left alone: it must not lock the document. `unset` may name it, and declared fields.
 *
 * @param seen the names of the fields that the writer sees. `null`: all
 */
export function changeIssues(
  { shape, maxBytes }: Rules,
  stored: Fields,
  { set, unset }: { set: Fields; unset: string[] },
  seen: readonly string[] | null = null,
): Issue[] {
  const isDeclared = (name: string) => Object.hasOwn(shape.fields, name);
  const merged = merge(stored, set, unset);
  const checked = Object.entries(merged).filter(
    ([name]) => isDeclared(name) || Object.hasOwn(set, name),
  );
  const issues = [
    ...checkFields(shape, Object.fromEntries(checked)),
    ...unsetIssues(shape, stored, unset),
  ];
  return issues.length > 0
    ? issuesAsSeen(seen, issues)
    : sizeIssues(maxBytes, merged, seen);
}

/** The names that a change would clear, and that are neither declared nor stored. */
export function unsetIssues(
  shape: ObjectJson,
  stored: Fields,
  unset: string[],
): Issue[] {
  return unset.flatMap((name, index) =>
    Object.hasOwn(shape.fields, name) || Object.hasOwn(stored, name)
      ? []
      : [issue(`unset.${index}`, "is no field of the document.")],
  );
}

/** What is wrong with a document's fields that are too large. They are known to be storable. */
export function sizeIssues(
  maxBytes: number,
  fields: Fields,
  seen: readonly string[] | null = null,
): Issue[] {
  const bytes = getConvexSize(fields);
  if (bytes <= maxBytes) return [];
  if (seen) {
    // The number would tell how much there is that the writer does not see.
    return [issue("", `becomes too large; the limit is ${maxBytes} bytes.`)];
  }
  // The issue is at the largest field: shortening another may not help.
  const [largest] = Object.entries(fields)
    .map(([name, value]) => ({ name, bytes: getConvexSize(value as Value) }))
    .sort((a, b) => b.bytes - a.bytes);
  const problem = `makes the document ${bytes} bytes long; the limit is ${maxBytes}.`;
  return [issue(largest?.name ?? "", problem)];
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
