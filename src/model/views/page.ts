/**
 * Reading along a view: pages, counts, and the one document of a unique view. A view that is still being built is computed of
 * all documents of its reader, as long as those are few.
 *
 * @module
 */
import type { PaginationOptions } from "convex/server";
import { compareValues, getDocumentSize, type Value } from "convex/values";
import type { Doc } from "../../component/_generated/dataModel.js";
import type { QueryCtx } from "../../component/_generated/server.js";
import {
  BATCH,
  PAGE,
  type Counted,
  type Order,
  type Page,
} from "../../shared/documents.js";
import { END } from "../../shared/cursor.js";
import {
  fail,
  failure,
  invalid,
  invalidCursor,
} from "../../shared/failures.js";
import {
  keysOf,
  VIEW,
  type ViewDefinition,
  type ViewRequest,
} from "../../shared/views.js";
import {
  decodePlace,
  encodePlace,
  isInside,
  narrow,
  rangeOf,
  type KeyRange,
} from "../../shared/where.js";
import {
  assertInside,
  listedRows,
  NOBODY,
  toPublic,
  type Listing,
  type StoredRow,
} from "../documents/read.js";
import { pageSize } from "../paginate.js";
import { findPublication, liveRow } from "../history/publication.js";
import { contentFor, SCOPES } from "./entries.js";
import { findRegistry } from "./registry.js";

/** A part of a view as one reader sees it. */
type Asked = {
  view: ViewDefinition;
  /** The id under which it is kept up; `null` while it is not ready. */
  id: string | null;
  listing: Listing;
  range: KeyRange;
};

/** Reads the registry and makes one range of what is asked. Throws VALIDATION_FAILED. */
async function open(
  ctx: QueryCtx,
  listing: Listing,
  { definition, where }: ViewRequest,
): Promise<Asked> {
  const view = JSON.parse(definition) as ViewDefinition;
  const range = rangeOf(view, where);
  if ("issues" in range) throw fail(invalid(range.issues));
  const isAbsent =
    listing.of === "public"
      ? !view.public
      : listing.of === "owner" && listing.trashed;
  if (isAbsent) {
    throw new Error("convex-docs: this list has no such view.");
  }
  const registry = await findRegistry(ctx);
  const kept = registry?.views.find((one) => one.definition === definition);
  return { view, id: kept?.ready ? kept.id : null, listing, range };
}

function scopeOf(listing: Listing): string {
  if (listing.of === "public") return SCOPES.public;
  return SCOPES.own(listing.of === "owner" ? listing.ownerId : NOBODY);
}

/**
 * One page of a view.
 *
 * @throws INVALID_CURSOR; VALIDATION_FAILED; VIEW_BUILDING
 */
export async function listView(
  ctx: QueryCtx,
  listing: Listing,
  request: ViewRequest,
  order: Order,
  options: PaginationOptions,
): Promise<Page> {
  const asked = await open(ctx, listing, request);
  const size = pageSize(options.numItems, PAGE.maxItems);
  const start = placeAt(asked, options.cursor);
  const end = placeAt(asked, options.endCursor);
  if (start === END) return { page: [], isDone: true, continueCursor: END };
  const isPinned = end !== null;
  const range = narrow(asked.range, start, end === END ? null : end, order);
  const limit = isPinned ? PAGE.maxPinnedItems : size;
  const { found, more } = await walkView(
    ctx,
    { ...asked, range },
    order,
    limit,
  );
  const page = found.map(({ row }) => toPublic(row));
  const cursorOf = (item: Found) => encodePlace(item.key, asked.range);
  const last = found.at(-1);
  if (!isPinned) {
    const next = more && last ? cursorOf(last) : null;
    return { page, isDone: next === null, continueCursor: next ?? END };
  }
  const middle = found[Math.floor((found.length - 1) / 2)];
  const isLong = more || found.length > 2 * size;
  return {
    page,
    isDone: end === END,
    continueCursor: options.endCursor ?? END,
    // Tells the client to replace a page that has grown by two.
    ...(middle && isLong
      ? {
          splitCursor: cursorOf(middle),
          pageStatus: more ? "SplitRequired" : "SplitRecommended",
        }
      : {}),
  };
}

/** The place of a cursor in what is asked. Throws INVALID_CURSOR. */
function placeAt(
  { view, range }: Asked,
  cursor: string | null | undefined,
): Value[] | typeof END | null {
  if (cursor == null || cursor === END) return cursor ?? null;
  const place = decodePlace(view, range, cursor);
  if (place === null) throw fail(invalidCursor());
  return place;
}

/** How many documents a part of a view has, up to a limit. Reads no document. */
export async function countView(
  ctx: QueryCtx,
  listing: Listing,
  request: ViewRequest,
  upTo: number,
): Promise<Counted> {
  const ids = await idsInView(ctx, listing, request, upTo + 1);
  return { count: Math.min(upTo, ids.length), more: ids.length > upTo };
}

/** The ids of the documents in a part of a view, in order, up to a limit. */
export async function idsInView(
  ctx: QueryCtx,
  listing: Listing,
  request: ViewRequest,
  limit: number,
): Promise<string[]> {
  const asked = await open(ctx, listing, request);
  if (asked.id === null) {
    const found = await computed(ctx, asked, "asc");
    return found.slice(0, limit).map(({ row }) => row._id);
  }
  const entries = await entriesIn(ctx, asked, asked.id, "asc", limit);
  return entries.map(({ documentId }) => documentId);
}

/** The first document in a part of a view: of several by the same values the oldest. */
export async function findInView(
  ctx: QueryCtx,
  listing: Listing,
  request: ViewRequest,
): Promise<StoredRow | null> {
  const asked = await open(ctx, listing, request);
  const { found } = await walkView(ctx, asked, "asc", 1);
  return found[0]?.row ?? null;
}

/* Walking. */

type Found = { key: Value[]; row: StoredRow };

/** The documents in a range, in order, up to a number and up to `PAGE.maxBytes`. */
async function walkView(
  ctx: QueryCtx,
  asked: Asked,
  order: Order,
  limit: number,
): Promise<{ found: Found[]; more: boolean }> {
  if (asked.id === null) {
    const all = await computed(ctx, asked, order);
    return { found: all.slice(0, limit), more: all.length > limit };
  }
  const entries = await entriesIn(ctx, asked, asked.id, order, limit + 1);
  const found: Found[] = [];
  let bytes = 0;
  for (
    let at = 0;
    at < Math.min(limit, entries.length);
    at += BATCH.readAhead
  ) {
    if (bytes >= PAGE.maxBytes) return { found, more: true };
    const few = entries.slice(at, Math.min(limit, at + BATCH.readAhead));
    const rows = await Promise.all(
      few.map(({ documentId }) => findListed(ctx, asked.listing, documentId)),
    );
    rows.forEach((row, index) => {
      const key = few[index]?.key as Value[];
      if (row === null)
        throw new Error("convex-docs: an entry of no document.");
      bytes += getDocumentSize(row);
      // Without a working copy there is nothing to see of a document that is ahead.
      if (asked.listing.of === "public" && row.hasDraft) return;
      assertInside(asked.listing, row);
      found.push({ key, row });
    });
  }
  return { found, more: entries.length > limit };
}

/** What a reader of this list sees of a document. */
async function findListed(
  ctx: QueryCtx,
  listing: Listing,
  id: Doc<"documents">["_id"],
): Promise<StoredRow | null> {
  const copy =
    listing.of === "public" && listing.hasCopies
      ? await findPublication(ctx, id)
      : null;
  return copy ? liveRow(copy) : await ctx.db.get("documents", id);
}

/** The entries in a range: one range of the index. */
async function entriesIn(
  ctx: QueryCtx,
  { listing, range }: Asked,
  view: string,
  order: Order,
  limit: number,
): Promise<Doc<"entries">[]> {
  const { lower, upper, lowerInclusive, upperInclusive } = range;
  if (compareValues(lower, upper) > 0) return [];
  return await ctx.db
    .query("entries")
    .withIndex("list", (q) => {
      const mine = q.eq("view", view).eq("scope", scopeOf(listing));
      const open = lowerInclusive
        ? mine.gte("key", lower)
        : mine.gt("key", lower);
      return upperInclusive ? open.lte("key", upper) : open.lt("key", upper);
    })
    .order(order)
    .take(limit);
}

/** All that a range will hold once the view is built, in order. Throws VIEW_BUILDING where there are too many documents. */
async function computed(
  ctx: QueryCtx,
  { view, listing, range }: Asked,
  order: Order,
): Promise<Found[]> {
  const scope = listing.of === "public" ? "public" : "own";
  const found: Found[] = [];
  let [rows, bytes] = [0, 0];
  for await (const row of listedRows(ctx, listing)) {
    assertInside(listing, row);
    rows += 1;
    bytes += getDocumentSize(row);
    if (rows > VIEW.maxComputed || bytes > PAGE.maxBytes) {
      throw fail(failure("VIEW_BUILDING", { view: view.name }));
    }
    const content = contentFor(scope, row);
    if (content === null) continue;
    for (const parts of keysOf(view, content)) {
      const key: Value[] = [...parts, row._id];
      if (isInside(range, key)) found.push({ key, row });
    }
  }
  const sign = order === "asc" ? 1 : -1;
  return found.sort((a, b) => sign * compareValues(a.key, b.key));
}
