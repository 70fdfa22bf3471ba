/**
 * Which fields of a document each role sees and writes. The host declares it once, and every path asks here.
 *
 * @module
 */
import type { Issue } from "../errors/codes.js";
import type { StoredDocument } from "./documents.js";
import type { Standing } from "./roles.js";

/** Columns that say who sees a document and how long it is kept. */
export const MANAGED = ["status", "isPublic", "pinned", "expiresAt"] as const;
/** A column that says who sees a document or how long it is kept. */
export type ManagedColumn = (typeof MANAGED)[number];

/** Whether a name is that of such a column. */
export function isManaged(name: string): name is ManagedColumn {
  return (MANAGED as readonly string[]).includes(name);
}

/** The roles from which fields can be hidden, from the lowest. A manager and the owner see all. */
export const READERS = ["public", "viewer", "commenter", "editor"] as const;
/** The roles of which it can be said what they write, from the lowest. The owner writes all. */
export const WRITERS = ["commenter", "editor", "manager"] as const;

/** What a host says of roles and fields. */
export type FieldRules = {
  /** The fields that a role sees. Absent: as the role above. */
  readable?: Partial<Record<(typeof READERS)[number], readonly string[]>>;
  /** The fields and columns that a role writes. Absent: see `mayWrite`. */
  writable?: Partial<Record<(typeof WRITERS)[number], readonly string[]>>;
};

/* Reading. */

/** The names of the fields that a role sees. `null`: all. */
export function seenBy(
  { readable = {} }: FieldRules,
  role: Standing,
): readonly string[] | null {
  const from = (READERS as readonly string[]).indexOf(role);
  if (from < 0) return null;
  const lists = READERS.slice(from).map((each) => readable[each]);
  return lists.find((names) => names !== undefined) ?? null;
}

/** A document as a role sees it: a field that is hidden is absent, and to strangers who has written it. */
export function shownTo(
  rules: FieldRules,
  role: Standing,
  document: StoredDocument,
): StoredDocument {
  const { updatedBy: _, ...unsigned } = document;
  const shown = role === "public" ? unsigned : document;
  const names = seenBy(rules, role);
  if (names === null) return shown;
  return { ...shown, fields: fieldsOf(names, document.fields) };
}

/** The entries of these names. `null`: all. */
export function fieldsOf<T>(
  names: readonly string[] | null,
  fields: Record<string, T>,
): Record<string, T> {
  if (names === null) return fields;
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.filter(([name]) => names.includes(name)));
}

const HIDDEN: Issue = {
  path: "",
  message: "A part of the document that you do not see is not valid.",
};

/**
 * Issues as somebody may read them who sees only these fields: of the rest, that there is something and nothing else. What is about
 * the document as a whole may be about the rest.
 */
export function issuesAsSeen(
  names: readonly string[] | null,
  issues: Issue[],
): Issue[] {
  if (names === null) return issues;
  const isSeen = ({ path }: Issue) =>
    ["unset", ...names].some(
      (name) => path === name || path.startsWith(`${name}.`),
    );
  const seen = issues.filter(isSeen);
  return seen.length === issues.length ? issues : [...seen, HIDDEN];
}

/* Writing. */

/** The lowest role that may write a field or column, whatever the value. */
export function writerOf(rules: FieldRules, name: string): Standing {
  return WRITERS.find((role) => mayWrite(rules, role, name)) ?? "owner";
}

/** The lowest role that writes anything. */
export function lowestWriter({ writable = {} }: FieldRules): Standing {
  const { commenter = [], editor, manager } = writable;
  if (commenter.length > 0) return "commenter";
  if (editor?.length !== 0) return "editor";
  return manager?.length === 0 ? "owner" : "manager";
}

/** By default, an editor writes the fields that an editor sees, and a manager the managed columns too. */
export function mayWrite(
  rules: FieldRules,
  role: (typeof WRITERS)[number],
  name: string,
): boolean {
  const given = rules.writable?.[role];
  if (given) return given.includes(name);
  if (role !== "editor") return role === "manager";
  return !isManaged(name) && (seenBy(rules, role)?.includes(name) ?? true);
}
