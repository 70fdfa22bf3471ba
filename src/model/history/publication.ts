/**
 * Publications: what everybody sees of a document whose row is ahead of it. The row of the document is what its people work on;
 * its publication is made by the first edit after publishing, follows the columns that say who sees it, and goes with the next
 * publishing. So an edit of the row disturbs nobody who may only see the publication.
 *
 * @module
 */
import { compareValues, getDocumentSize } from "convex/values";
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { standingOf, type Who } from "../../shared/access.js";
import type { Actor, Copy, Order } from "../../shared/documents.js";
import { toCopy } from "../../shared/copies.js";
import { searchTextOf, type Rules } from "../../shared/fields.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import type { NewRow } from "../documents/plan.js";
import type { StoredRow } from "../documents/read.js";
import { renamed, type Segment } from "../paginate.js";
import { withGrants } from "../sharing/standing.js";

export type Publication = Doc<"publications">;

/* What a write does to it. */

/** What a write does to the publication of its document. Written before the document. */
export type CopyWrite = {
  /** Bytes of it at most that are written. */
  bytes: number;
  /** Whether there is one, which the write reads. */
  isThere: boolean;
  /** Returns its id; `undefined` once it is gone. */
  write: () => Promise<Id<"publications"> | undefined>;
};

/** What becomes of a document's publication; `undefined`: nothing. It follows from the row before and after, whatever the write is. */
export function planCopy(
  ctx: MutationCtx,
  before: StoredRow,
  after: StoredRow | null,
): CopyWrite | undefined {
  const { publicationId: id } = before;
  if (id === undefined) {
    if (!after?.hasDraft) return undefined;
    const row = publicationOf(before, after, before.searchText);
    const write = () => ctx.db.insert("publications", row);
    return { bytes: getDocumentSize(before), isThere: false, write };
  }
  if (!after?.hasDraft) {
    const write = async () => {
      await ctx.db.delete("publications", id);
      return undefined;
    };
    return { bytes: 0, isThere: true, write };
  }
  if (isMirrored(before, after)) return undefined;
  const write = async () => {
    await ctx.db.patch("publications", id, mirrorOf(after));
    return id;
  };
  // Its content may be larger than the document's: the budget knows no better.
  return { bytes: getDocumentSize(after), isThere: true, write };
}

/** Whether the columns that a publication follows are the same in both rows. */
export function isMirrored(before: StoredRow, after: StoredRow): boolean {
  const [one, other] = [before, after].map(mirrorOf).map(omitUndefined);
  return compareValues(one, other) === 0;
}

/** The columns that a publication follows. */
function mirrorOf({ ownerId, shared, key, isPublic, trashed }: StoredRow) {
  return { ownerId, shared, key, listed: isPublic && !trashed };
}

/** The publication of a document that has this content for everybody. */
export function publicationOf(
  copy: Copy,
  row: StoredRow,
  searchText: string | undefined,
): Omit<Publication, "_id" | "_creationTime"> {
  const { createdAt, _id: documentId, _creationTime: born } = row;
  const { ownerId, listed, ...mirrored } = mirrorOf(row);
  return {
    documentId,
    ...toCopy(copy),
    ownerId,
    listed,
    born,
    ...omitUndefined({ ...mirrored, createdAt, searchText }),
  };
}

/** What was published of a document that is ahead, for whoever has to bring it back. `undefined`: it is not. */
export async function copyOf(
  ctx: QueryCtx,
  { publicationId }: Pick<StoredRow, "publicationId">,
): Promise<Copy | undefined> {
  const found =
    publicationId && (await ctx.db.get("publications", publicationId));
  return found ? toCopy(found) : undefined;
}

/** Makes the publication of a document what it was before a write that is taken back. */
export async function restoreCopy(
  ctx: MutationCtx,
  rules: Rules,
  now: StoredRow,
  before: NewRow | null,
  copy: Copy | undefined,
): Promise<{ publicationId?: Id<"publications"> }> {
  if (now.publicationId) {
    await ctx.db.delete("publications", now.publicationId);
  }
  if (before === null || copy === undefined) return {};
  const row = { ...before, _id: now._id, _creationTime: now._creationTime };
  const text = searchTextOf(rules, copy.fields);
  const made = publicationOf(copy, row, text);
  return { publicationId: await ctx.db.insert("publications", made) };
}

/* Reading. */

/** The publication of a document; `null` for one that is not ahead. Reads nothing of the document itself. */
export async function findPublication(
  ctx: QueryCtx,
  id: string,
): Promise<Publication | null> {
  const documentId = ctx.db.normalizeId("documents", id);
  if (documentId === null) return null;
  return await ctx.db
    .query("publications")
    .withIndex("document", (q) => q.eq("documentId", documentId))
    .unique();
}

/** Whether an actor sees the document itself: `null` for one who sees nothing, `false` for one who sees what is published. */
export async function seesRow(
  ctx: QueryCtx,
  actor: Actor,
  { documentId: _id, ownerId, shared, listed }: Publication,
): Promise<boolean | null> {
  const row = { _id, ownerId, trashed: false, ...omitUndefined({ shared }) };
  const who: Who = await withGrants(ctx, { actor }, row);
  const status = "published";
  const role = standingOf(who, { ownerId, isPublic: listed, status });
  return role === null ? null : role !== "public";
}

/** A publication as the row that everybody would see. */
export function liveRow(publication: Publication): StoredRow {
  const { documentId, born, listed, shared, ...columns } = publication;
  return {
    ...columns,
    ...omitUndefined({ shared }),
    _id: documentId,
    _creationTime: born,
    status: "published",
    isPublic: listed,
    trashed: false,
  };
}

/** The publications that everybody may see, inside one segment of the list of public documents. */
export async function* listedCopies(
  ctx: QueryCtx,
  segment: Segment,
  order: Order,
): AsyncGenerator<StoredRow, undefined> {
  const inside = renamed(segment, { _creationTime: "born", _id: "documentId" });
  const rows = ctx.db
    .query("publications")
    .withIndex("listed", (q) => inside(q.eq("listed", true)))
    .order(order);
  for await (const row of rows) yield liveRow(row);
  return undefined;
}

/** The publications that everybody may see and that match a text best. */
export async function matchingCopies(
  ctx: QueryCtx,
  text: string,
  limit: number,
): Promise<StoredRow[]> {
  const rows = await ctx.db
    .query("publications")
    .withSearchIndex("text", (q) =>
      q.search("searchText", text).eq("listed", true),
    )
    .take(limit);
  return rows.map(liveRow);
}
