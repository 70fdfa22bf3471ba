/**
 * The entries of a document: its places in the views that are kept up. They are written with the document, in the same
 * transaction, and never by themselves.
 *
 * @module
 */
import { compareValues, type Value } from "convex/values";
import { withCopy } from "../../shared/copies.js";
import type { Copy } from "../../shared/documents.js";
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { isVisibleToAll, type Guarded } from "../../shared/access.js";
import {
  keysOf,
  LAST,
  type Key,
  type Keyed,
  type KeptView,
} from "../../shared/views.js";

/** A document, stored or about to be. */
export type Source = Guarded & Keyed;

/** A place in a view, without the document's id, which ends the stored key. */
export type Entry = { view: string; scope: string; key: Key };

/** Whose list an entry is in. Made here only, of trusted values. */
export const SCOPES = {
  own: (ownerId: string) => `own:${ownerId}`,
  public: "public",
  /** Where published values of unique views stand while their document is ahead: no other of its owner may take them. */
  held: (ownerId: string) => `held:${ownerId}`,
} as const;

/**
 * What a scope sees of a document: `null` where it does not see it. An owner sees the document as it is; everyone sees it once
 * it is public and published, and of one that is ahead what was published. What is in the trash has no place in any view.
 *
 * @param copy what was published of a document that is ahead
 */
export function contentFor(
  scope: keyof typeof SCOPES,
  row: Source,
  copy: Source | null = null,
): Source | null {
  if (row.deletedAt !== undefined) return null;
  if (scope === "own") return row;
  if (scope === "held") return copy;
  const shown = copy ?? row;
  return isVisibleToAll(shown) ? shown : null;
}

/**
 * The entries that a document has in these views, in order.
 *
 * @param copy what was published of a document that is ahead
 */
export function entriesOf(
  views: KeptView[],
  row: Source | null,
  copy: Source | null = null,
): Entry[] {
  if (row === null) return [];
  const own = contentFor("own", row);
  const shown = contentFor("public", row, copy);
  const held = contentFor("held", row, copy);
  return views.flatMap((view) => [
    ...placesOf(view, SCOPES.own(row.ownerId), own),
    ...(view.public ? placesOf(view, SCOPES.public, shown) : []),
    ...(view.unique ? placesOf(view, SCOPES.held(row.ownerId), held) : []),
  ]);
}

/** Whether an entry is one of what the document's own people see. The others follow what is published. */
export function isOwn({ scope }: Pick<Entry, "scope">): boolean {
  return scope.startsWith(SCOPES.own(""));
}

/** What was published of a document that is ahead, with the columns that follow the document. */
export function copySource(row: Source, copy: Copy | undefined): Source | null {
  return copy ? (withCopy(row as object, copy) as Source) : null;
}

function placesOf(view: KeptView, scope: string, row: Source | null): Entry[] {
  return row === null
    ? []
    : keysOf(view, row).map((key) => ({ view: view.id, scope, key }));
}

/** Whether no other document of its owner may stand where this entry does. One without some of its values may. */
export function isUnique(view: KeptView, { scope, key }: Entry): boolean {
  return view.unique === true && scope !== SCOPES.public && !key.includes(null);
}

/** The first entries with the same values as this one. */
export async function findInPlace(
  ctx: QueryCtx,
  { view, scope, key }: Entry,
): Promise<Doc<"entries">[]> {
  const parts: Value[] = key.slice(0, -1);
  return await ctx.db
    .query("entries")
    .withIndex("list", (q) =>
      q
        .eq("view", view)
        .eq("scope", scope)
        .gt("key", parts)
        .lt("key", [...parts, LAST]),
    )
    .take(2);
}

/** Whether two entries of one document are one. */
export function isSame(a: Entry, b: Entry | undefined): boolean {
  return (
    b !== undefined &&
    a.view === b.view &&
    a.scope === b.scope &&
    compareValues(a.key, b.key) === 0
  );
}

/* Entries as they are stored. */

type NewEntry = Omit<Doc<"entries">, "_id" | "_creationTime">;

/** An entry as it is stored: the document's id makes its key unique. */
export function toRow(entry: Entry, documentId: Id<"documents">): NewEntry {
  return { ...entry, key: [...entry.key, documentId], documentId };
}

/**
 * Makes a document's entries exactly these. Returns how many rows were written.
 *
 * @param takes which entries are meant. Default: all
 */
export async function reconcile(
  ctx: MutationCtx,
  documentId: Id<"documents">,
  wanted: NewEntry[],
  takes: (entry: Entry) => boolean = () => true,
): Promise<number> {
  const stored: Doc<"entries">[] = [];
  const rows = ctx.db
    .query("entries")
    .withIndex("document", (q) => q.eq("documentId", documentId));
  // A few more than `maxKept` at most: those of views that are being removed.
  for await (const row of rows) if (takes(row)) stored.push(row);
  const missing = wanted.filter((entry) => {
    const at = stored.findIndex((row) => isSame(row, entry));
    if (at >= 0) stored.splice(at, 1);
    return at < 0;
  });
  for (const entry of missing) {
    const at = stored.findIndex(({ view }) => view === entry.view);
    const [row] = at < 0 ? [] : stored.splice(at, 1);
    const { scope, key } = entry;
    if (row) await ctx.db.patch("entries", row._id, { scope, key });
    else await ctx.db.insert("entries", entry);
  }
  for (const row of stored) await ctx.db.delete("entries", row._id);
  return missing.length + stored.length;
}
