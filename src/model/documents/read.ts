/**
 * One document, as found by what a caller says it is called.
 *
 * @module
 */
import type { PaginationOptions } from "convex/server";
import { getDocumentSize } from "convex/values";
import type { Doc } from "../../component/_generated/dataModel.js";
import type { QueryCtx } from "../../component/_generated/server.js";
import { isVisibleToAll, mayRead, ownerOf } from "../../shared/access.js";
import {
  PAGE,
  type Actor,
  type Order,
  type Page,
  type Scope,
  type Status,
  type StoredDocument,
} from "../../shared/documents.js";
import { fail } from "../../shared/failures.js";
import {
  isBeyond,
  pageOf,
  segmentsOf,
  type PageSource,
  type Position,
  type Segment,
  type Span,
  type Tail,
} from "../paginate.js";

export type StoredRow = Doc<"documents">;

/** A document by its id, wherever it is. `null` for a missing one, a malformed id and an id of another table alike. */
export async function findDocument(
  ctx: QueryCtx,
  id: string,
): Promise<StoredRow | null> {
  const documentId = ctx.db.normalizeId("documents", id);
  return documentId && (await ctx.db.get("documents", documentId));
}

/** The one document outside the trash that its owner calls by this key. */
export async function findDocumentByKey(
  ctx: QueryCtx,
  ownerId: string,
  key: string,
): Promise<StoredRow | null> {
  return await ctx.db
    .query("documents")
    .withIndex("key", (q) =>
      q.eq("ownerId", ownerId).eq("trashed", false).eq("key", key),
    )
    .unique();
}

/** A found document as this actor may see it: `null` if not at all. */
export function readAs(
  actor: Actor,
  document: StoredRow | null,
): StoredDocument | null {
  return document && mayRead(actor, document) ? toPublic(document) : null;
}

/** A document without the columns that only indexes read. */
export function toPublic(document: StoredRow): StoredDocument {
  const { trashed, searchText, ...shown } = document;
  return shown;
}

/*
 * Which documents a list holds, and the walk along them. The prefix of every index range is made here and of trusted values
 * only: a cursor moves inside it and cannot leave it.
 */

export type Listing =
  | { of: "public" }
  | {
      of: "owner";
      ownerId: string;
      trashed: boolean;
      status?: Status | undefined;
    };

/** The listing that this actor means by a scope. Throws for an actor that has none. */
export function listingOf(
  actor: Actor,
  {
    scope,
    ownerId,
    status,
  }: { scope: Scope; ownerId?: string; status?: Status },
): Listing {
  if (scope === "public") return { of: "public" };
  const owner = ownerOf(actor, ownerId);
  if (owner.refusal) throw fail(owner.refusal);
  const trashed = scope === "trash";
  return { of: "owner", ownerId: owner.ownerId, trashed, status };
}

/** Rows of a listing inside a span, until there are `limit` of them or they are too large for one page. */
export async function walkDocuments(
  ctx: QueryCtx,
  listing: Listing,
  order: Order,
  span: Span,
  limit: number,
  maxBytes: number = PAGE.maxBytes,
): Promise<{ rows: StoredRow[]; more: boolean }> {
  const { end } = span;
  const rows: StoredRow[] = [];
  let bytes = 0;
  for (const segment of segmentsOf(DOCUMENT_TAIL, order, span)) {
    for await (const row of openDocuments(ctx, listing, segment).order(order)) {
      if (isBeyond(documentPosition(row), end, order)) break;
      if (rows.length >= limit || bytes >= maxBytes) {
        return { rows, more: true };
      }
      assertInside(listing, row);
      rows.push(row);
      bytes += getDocumentSize(row);
    }
  }
  return { rows, more: false };
}

/** The rest of each index of a list, once its prefix is fixed. */
const DOCUMENT_TAIL = ["updatedAt", "_creationTime", "_id"] as const;

/** The documents of a listing inside one segment. The prefix is made here, of trusted values only. */
function openDocuments(ctx: QueryCtx, listing: Listing, segment: Segment) {
  // The cast in each branch: see `Tail`.
  const inside = <Q>(prefix: Q): Q => segment(prefix as Tail) as Q;
  const documents = ctx.db.query("documents");
  if (listing.of === "public") {
    return documents.withIndex("public", (q) =>
      inside(
        q.eq("trashed", false).eq("isPublic", true).eq("status", "published"),
      ),
    );
  }
  const { ownerId, trashed, status } = listing;
  return status === undefined
    ? documents.withIndex("owner", (q) =>
        inside(q.eq("ownerId", ownerId).eq("trashed", trashed)),
      )
    : documents.withIndex("owner_status", (q) =>
        inside(
          q.eq("ownerId", ownerId).eq("trashed", trashed).eq("status", status),
        ),
      );
}

/** The last line of defence: if a range ever let a stranger's row through, nobody gets to see it. */
export function assertInside(listing: Listing, row: StoredRow): void {
  const inside =
    listing.of === "public"
      ? isVisibleToAll(row)
      : row.ownerId === listing.ownerId && row.trashed === listing.trashed;
  if (!inside) throw new Error("convex-docs: a list left its own range.");
}

export function documentPosition(row: StoredRow): Position {
  return [row.updatedAt, row._creationTime, row._id];
}

/*
 * Reading many documents: pages, counts and searches.
 */

/** One document an id, in the id's place; `null` for what this actor may not see. */
export async function getDocuments(
  ctx: QueryCtx,
  actor: Actor,
  ids: string[],
): Promise<(StoredDocument | null)[]> {
  const rows = await Promise.all(ids.map((id) => findDocument(ctx, id)));
  return rows.map((row) => readAs(actor, row));
}

/** One page, by last change. */
export async function listDocuments(
  ctx: QueryCtx,
  listing: Listing,
  order: Order,
  options: PaginationOptions,
): Promise<Page> {
  const source: PageSource<StoredRow> = {
    limits: PAGE,
    positionOf: documentPosition,
    walk: async (span, limit) => {
      const { rows, more } = await walkDocuments(
        ctx,
        listing,
        order,
        span,
        limit,
      );
      return { rows, behind: more ? rows.at(-1) : undefined };
    },
  };
  const found = await pageOf(source, options);
  return { ...found, page: found.page.map(toPublic) };
}

/** How many there are, counted one by one up to a limit: the cost is bounded however many there are. */
export async function countDocuments(
  ctx: QueryCtx,
  listing: Listing,
  upTo: number,
): Promise<{ count: number; more: boolean }> {
  const span = { start: null, end: null };
  const { rows, more } = await walkDocuments(ctx, listing, "desc", span, upTo);
  return { count: rows.length, more };
}

/** The documents of a listing that match the text best. */
export async function searchDocuments(
  ctx: QueryCtx,
  listing: Listing,
  text: string,
  limit: number,
): Promise<StoredDocument[]> {
  if (text.trim() === "") return [];
  const matches = ctx.db.query("documents").withSearchIndex("text", (q) => {
    const found = q.search("searchText", text);
    if (listing.of === "public") {
      return found
        .eq("trashed", false)
        .eq("isPublic", true)
        .eq("status", "published");
    }
    const { ownerId, trashed, status } = listing;
    const own = found.eq("ownerId", ownerId).eq("trashed", trashed);
    return status === undefined ? own : own.eq("status", status);
  });
  const rows: StoredRow[] = [];
  let bytes = 0;
  for await (const row of matches) {
    assertInside(listing, row);
    rows.push(row);
    bytes += getDocumentSize(row);
    if (rows.length >= limit || bytes >= PAGE.maxBytes) break;
  }
  return rows.map(toPublic);
}
