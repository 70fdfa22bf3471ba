/**
 * Views: by which of their values a host's documents are found. What host and component share: definitions, keys and limits.
 *
 * @module
 */
import { v, type Infer, type Value } from "convex/values";
import type { Fields } from "./documents.js";
import { vDocsErrorData } from "./errorData.js";

/** Limits of views. */
export const VIEW = {
  /** Views of one `Docs`. */
  maxViews: 16,
  /** Keys of one view. Convex keeps index keys of more than 2,500 bytes in a slower way. */
  maxKeys: 6,
  /**
   * UTF-16 units of a text that order it, one more where the last is half of a pair. One that is asked for is shorter, so that no
   * comparison is a guess.
   */
  maxText: 256,
  /** Entries of one document in the views of one `Docs`, all scopes together: 100 documents of them fit one transaction. */
  maxEntries: 16,
  /** The same over all views that are kept up: while one set of views replaces another, both count. */
  maxKept: 64,
  /** Documents that a view is computed of while it is being built. */
  maxComputed: 1000,
  /** Entries that one step of a build or a removal writes, at most as a rule: a document more may exceed it. */
  maxStepEntries: 500,
  /** How long code has to show itself before and after a roll call (ms). */
  rollCallMs: 24 * 60 * 60 * 1000,
  /** Characters of a cursor. */
  maxCursor: 8192,
  /** Sets of views that a mount remembers to have seen. */
  maxKnown: 8,
} as const;

/** The component's columns that a view may go by. */
export const VIEW_COLUMNS = [
  "status",
  "isPublic",
  "key",
  "ownerId",
  "createdAt",
  "updatedAt",
  "publishedAt",
  "expiresAt",
] as const;
export type ViewColumn = (typeof VIEW_COLUMNS)[number];

/** Whether this is a column that a view may go by. */
export function isViewColumn(name: string): name is ViewColumn {
  return (VIEW_COLUMNS as readonly string[]).includes(name);
}

/** One view as data. Two of the same definition are one view. */
export type ViewDefinition = {
  name: string;
  /** Names of fields and columns. They never collide: a column's name is reserved. */
  by: string[];
  /** The field whose elements are the first key. */
  each?: string;
  /** The keys whose texts are compared without case and accents. */
  fold?: string[];
  public?: true;
  unique?: true;
};

/** A view that is kept up, under the id that its entries carry. */
export type KeptView = ViewDefinition & { id: string };

/** A view and what is asked of it, as they cross into the component. */
export const vViewRequest = v.object({
  /** A `ViewDefinition` as JSON. */
  definition: v.string(),
  where: v.record(v.string(), v.any()),
});
export type ViewRequest = Infer<typeof vViewRequest>;

/** How far a view is, for an operator. */
export const vViewStatus = v.object({
  name: v.string(),
  /** Its id in the component. Absent: it is not registered yet. */
  id: v.optional(v.string()),
  /** Whether the code that asks declares it. */
  isDeclared: v.boolean(),
  /**
   * `unregistered`: no write of this code has come yet, and lists are computed. `failed`: its build has ended before the last
   * document; `buildViews` starts another.
   */
  state: v.union(
    v.literal("unregistered"),
    v.literal("building"),
    v.literal("ready"),
    v.literal("failed"),
    v.literal("removing"),
  ),
  /** Documents that the last build has seen, and entries that it, or the removal, has written. */
  documents: v.number(),
  entries: v.number(),
  /**
   * What the build of this view found wrong, and the first 20 of each kind: a document with too many places is left out
   * (VALIDATION_FAILED); one with the values of another in a unique view is in it beside that one (ALREADY_EXISTS).
   */
  failed: v.number(),
  failures: v.array(v.object({ id: v.string(), error: vDocsErrorData })),
});
export type ViewStatus = Infer<typeof vViewStatus>;

/** Names of the keys that `where` may say, in order. */
export function keyNames({ by, each }: ViewDefinition): string[] {
  return each === undefined ? by : [each, ...by];
}

/** Short names for a set of definitions: equal sets have equal ones. `""` is the set without views. */
export function fingerprintOf(views: ViewDefinition[]): string {
  if (views.length === 0) return "";
  const text = JSON.stringify(views);
  // cyrb53, a hash of 53 bits: a mount sees few sets, and nobody gains by two of its own that collide.
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507);
  a ^= Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507);
  b ^= Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

/* Keys. */

/** A value in a key. */
export type Part = string | number | bigint | boolean | null;

/**
 * The place of a document in a view: its parts, when it was made, and its id. Convex orders arrays element by element, so the
 * keys that begin with the same parts are one index range.
 */
export type Key = Part[];

/** Sorts behind every part: Convex orders null, int64, number, boolean, string, array. */
export const LAST: Value = [];

/**
 * A value as part of a key. What has no place in an order is null, which survives JSON and sorts first: unset, null, NaN, and
 * what an earlier deploy stored under another type.
 */
export function partOf(value: unknown, fold = false): Part {
  switch (typeof value) {
    case "string":
      return cut(fold ? foldText(value) : value);
    case "number":
      // There is one zero.
      return Number.isNaN(value) ? null : value + 0;
    case "bigint":
    case "boolean":
      return value;
    default:
      return null;
  }
}

/** A text without case, accents and compatibility forms. */
export function foldText(text: string): string {
  const bare = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  // Lower case has a sigma for the end of a word, which is not known of the beginning of a text.
  return bare.normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("ς", "σ");
}

/** Cuts behind a whole surrogate pair: before it, a text would become one that can be asked for, and change its place. */
function cut(text: string): string {
  const { maxText } = VIEW;
  const isPair = /[\uD800-\uDBFF]/.test(text.charAt(maxText - 1));
  return text.slice(0, isPair ? maxText + 1 : maxText);
}

/** What keys are made of. A new document has no creation time of Convex's yet, and has `createdAt`. */
export type Keyed = {
  createdAt?: number | undefined;
  _creationTime?: number;
  fields: Fields;
};

/** The keys of a document in a view: one, or one for each different element of a field. */
export function keysOf(view: ViewDefinition, row: Keyed): Key[] {
  const part = (name: string, value: unknown) =>
    partOf(value, view.fold?.includes(name));
  const rest = view.by.map((name) => part(name, valueOf(row, name)));
  const { each } = view;
  if (each === undefined) return [[...rest, createdAtOf(row)]];
  const elements: unknown = Object.hasOwn(row.fields, each)
    ? row.fields[each]
    : [];
  if (!Array.isArray(elements)) return [];
  const parts = new Set(elements.map((element) => part(each, element)));
  // Nobody can ask for the documents whose tag has no value.
  parts.delete(null);
  return [...parts].map((first: Part) => [first, ...rest, createdAtOf(row)]);
}

function valueOf(row: Keyed, name: string): unknown {
  // The fraction breaks ties only.
  if (name === "createdAt") return Math.floor(createdAtOf(row));
  if (isViewColumn(name)) return (row as Record<string, unknown>)[name];
  return Object.hasOwn(row.fields, name) ? row.fields[name] : undefined;
}

/** When a document was made (ms), with a fraction that keeps the items of one call in order. */
export function createdAtOf(row: Keyed): number {
  return row.createdAt ?? row._creationTime ?? 0;
}
