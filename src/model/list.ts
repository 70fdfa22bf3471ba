/**
 * Reading many documents: pages, counts and searches.
 *
 * Convex's own `.paginate()` does not work inside components, so a page here is a walk along an index range, from one
 * position to another.
 *
 * @module
 */
import type { PaginationOptions } from "convex/server";
import { getDocumentSize } from "convex/values";
import type { QueryCtx } from "../component/_generated/server.js";
import { decodeCursor, encodeCursor, END } from "../shared/cursor.js";
import { fail, invalid, invalidCursor } from "../shared/failures.js";
import { PAGE } from "../shared/limits.js";
import type {
  Actor,
  Order,
  Page,
  StoredDocument,
} from "../shared/validators.js";
import { find, present, show, type Stored } from "./document.js";
import { assertInside, positionOf, walk, type Listing } from "./listing.js";

/** One document an id, in the id's place; `null` for what this actor may not see. */
export async function getMany(
  ctx: QueryCtx,
  actor: Actor,
  ids: string[],
): Promise<(StoredDocument | null)[]> {
  const rows = await Promise.all(ids.map((id) => find(ctx, id)));
  return rows.map((row) => show(actor, row));
}

/** One page, by last change. */
export async function listPage(
  ctx: QueryCtx,
  listing: Listing,
  order: Order,
  options: PaginationOptions,
): Promise<Page> {
  const start = position(options.cursor);
  const end = position(options.endCursor);
  const size = pageSize(options.numItems);
  if (start === END) return { page: [], isDone: true, continueCursor: END };

  const limit = end === null ? size : PAGE.maxPinnedItems;
  const { rows, more } = await walk(ctx, listing, order, { start, end }, limit);
  const page = rows.map(present);
  if (end === null) {
    const last = rows.at(-1);
    const continueCursor = more && last ? cursorAt(last) : END;
    return { page, isDone: !more, continueCursor };
  }
  // A pinned page keeps its end whatever grows inside it, so that the next page still begins where this one stops.
  const continueCursor = options.endCursor ?? END;
  return {
    page,
    isDone: end === END,
    continueCursor,
    ...split(rows, size, more),
  };
}

/** How many there are, counted one by one up to a limit: the cost is bounded however many there are. */
export async function count(
  ctx: QueryCtx,
  listing: Listing,
  upTo: number,
): Promise<{ count: number; more: boolean }> {
  const span = { start: null, end: null };
  const { rows, more } = await walk(ctx, listing, "desc", span, upTo);
  return { count: rows.length, more };
}

/** The documents of a listing that match the text best. */
export async function search(
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
  const rows: Stored[] = [];
  let bytes = 0;
  for await (const row of matches) {
    assertInside(listing, row);
    rows.push(row);
    bytes += getDocumentSize(row);
    if (rows.length >= limit || bytes >= PAGE.maxBytes) break;
  }
  return rows.map(present);
}

/** Tells the client to put two pages in the place of one that has grown. */
function split(
  rows: Stored[],
  size: number,
  truncated: boolean,
): Pick<Page, "splitCursor" | "pageStatus"> {
  const middle = rows[Math.floor((rows.length - 1) / 2)];
  if (!middle || (!truncated && rows.length <= 2 * size)) return {};
  return {
    splitCursor: cursorAt(middle),
    pageStatus: truncated ? "SplitRequired" : "SplitRecommended",
  };
}

function cursorAt(row: Stored): string {
  return encodeCursor(positionOf(row));
}

function position(cursor: string | null | undefined) {
  if (cursor == null) return null;
  const decoded = decodeCursor(cursor);
  if (decoded === null) throw fail(invalidCursor());
  return decoded;
}

function pageSize(numItems: number): number {
  if (Number.isInteger(numItems) && numItems > 0) {
    return Math.min(numItems, PAGE.maxItems);
  }
  const message = "must be a positive whole number.";
  throw fail(invalid([{ path: "paginationOpts.numItems", message }]));
}
