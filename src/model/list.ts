/**
 * Pages of documents. Convex's own `.paginate()` does not work inside components, so a page here is a walk along an index
 * range, from one position to another.
 *
 * @module
 */
import type { OrderedQuery, PaginationOptions } from "convex/server";
import { getDocumentSize } from "convex/values";
import type { DataModel, Doc } from "../component/_generated/dataModel.js";
import type { QueryCtx } from "../component/_generated/server.js";
import { actorRefusal, isVisibleToAll, userIdRefusal } from "../shared/access.js";
import {
  comparePositions,
  decodeCursor,
  encodeCursor,
  END,
  type Position,
} from "../shared/cursor.js";
import { fail, invalid, invalidCursor } from "../shared/failures.js";
import { PAGE } from "../shared/limits.js";
import type { Actor, Order, Page, Scope, Status } from "../shared/validators.js";

/** What the caller asks for. */
type Request = {
  actor: Actor;
  scope: Scope;
  ownerId?: string | undefined;
  status?: Status | undefined;
  order: Order;
  paginationOpts: PaginationOptions;
};

/** Which documents a list holds. Made of who asks; nothing in it ever comes from a cursor. */
type Listing =
  | { of: "owner"; ownerId: string; status?: Status | undefined }
  | { of: "public" };

type Row = Doc<"documents">;
type Rows = OrderedQuery<DataModel["documents"]>;
type Span = { start: Position | null; end: Position | typeof END | null };

/** One page of a listing, by last change. */
export async function list(ctx: QueryCtx, request: Request): Promise<Page> {
  const { order, paginationOpts: options } = request;
  const listing = listingFor(request);
  const start = position(options.cursor);
  const end = position(options.endCursor);
  const size = pageSize(options.numItems);
  if (start === END) return { page: [], isDone: true, continueCursor: END };

  const limit = end === null ? size : PAGE.maxPinnedItems;
  const { rows, more } = await walk(ctx, listing, order, { start, end }, limit);
  rows.forEach((row) => assertInside(listing, row));

  if (end === null) {
    const last = rows.at(-1);
    const continueCursor = more && last ? cursorAt(last) : END;
    return { page: rows, isDone: !more, continueCursor };
  }
  // A pinned page keeps its end whatever grows inside it, so that the next page still begins where this one stops.
  return {
    page: rows,
    isDone: end === END,
    continueCursor: options.endCursor ?? END,
    ...split(rows, size, more),
  };
}

/** An actor's own documents, or everybody's public ones. */
function listingFor({ actor, scope, ownerId, status }: Request): Listing {
  if (scope === "public") return { of: "public" };
  const refusal = actorRefusal(actor);
  if (refusal) throw fail(refusal);
  const owner = actor.kind === "user" ? actor.id : (ownerId ?? "");
  const ownerRefusal = userIdRefusal("ownerId", owner);
  if (ownerRefusal) throw fail(ownerRefusal);
  return { of: "owner", ownerId: owner, status };
}

/** Tells the client to put two pages in the place of one that has grown. */
function split(
  rows: Row[],
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

async function walk(
  ctx: QueryCtx,
  listing: Listing,
  order: Order,
  span: Span,
  limit: number,
): Promise<{ rows: Row[]; more: boolean }> {
  const { end } = span;
  const rows: Row[] = [];
  let bytes = 0;
  for (const segment of segments(order, span)) {
    for await (const row of open(ctx, listing, segment).order(order)) {
      if (end !== null && end !== END && isBeyond(row, end, order)) break;
      if (rows.length >= limit || bytes >= PAGE.maxBytes) {
        return { rows, more: true };
      }
      rows.push(row);
      bytes += getDocumentSize(row);
    }
  }
  return { rows, more: false };
}

/**
 * What is left of an index once its prefix is fixed. Convex's types end at the declared fields; its indexes go on with the
 * creation time and the id.
 */
interface Tail {
  eq(field: "updatedAt" | "_creationTime", value: number): Tail;
  gt(field: "updatedAt" | "_creationTime" | "_id", value: number | string): Tail;
  lt(field: "updatedAt" | "_creationTime" | "_id", value: number | string): Tail;
  gte(field: "updatedAt", value: number): Tail;
  lte(field: "updatedAt", value: number): Tail;
}
type Segment = (tail: Tail) => Tail;

/**
 * The index ranges that follow a position: its exact ties, the ties of its time, and everything later. The first two are
 * empty but for documents written in the same millisecond.
 */
function segments(order: Order, { start, end }: Span): Segment[] {
  const past = order === "asc" ? "gt" : "lt";
  const upTo = order === "asc" ? "lte" : "gte";
  const bounded: Segment = (tail) =>
    end === null || end === END ? tail : tail[upTo]("updatedAt", end[0]);
  if (start === null) return [bounded];
  const [updatedAt, creationTime, id] = start;
  return [
    (tail) =>
      tail
        .eq("updatedAt", updatedAt)
        .eq("_creationTime", creationTime)
        [past]("_id", id),
    (tail) => tail.eq("updatedAt", updatedAt)[past]("_creationTime", creationTime),
    (tail) => bounded(tail[past]("updatedAt", updatedAt)),
  ];
}

/** The documents of a listing inside one segment. The prefix is made here, of trusted values only. */
function open(ctx: QueryCtx, listing: Listing, segment: Segment) {
  // The cast in each branch: see `Tail`.
  const inside = <Q>(prefix: Q): Q => segment(prefix as Tail) as Q;
  const documents = ctx.db.query("documents");
  if (listing.of === "public") {
    return documents.withIndex("public", (q) =>
      inside(
        q
          .eq("isPublic", true)
          .eq("status", "published")
          .eq("deletedAt", undefined),
      ),
    );
  }
  const { ownerId, status } = listing;
  return status === undefined
    ? documents.withIndex("owner", (q) =>
        inside(q.eq("ownerId", ownerId).eq("deletedAt", undefined)),
      )
    : documents.withIndex("owner_status", (q) =>
        inside(
          q
            .eq("ownerId", ownerId)
            .eq("deletedAt", undefined)
            .eq("status", status),
        ),
      );
}

function isBeyond(row: Row, end: Position, order: Order): boolean {
  const distance = comparePositions(positionOf(row), end);
  return order === "asc" ? distance > 0 : distance < 0;
}

/** The last line of defence: if a range ever let a stranger's row through, nobody gets to see it. */
function assertInside(listing: Listing, row: Row): void {
  const inside =
    listing.of === "public"
      ? isVisibleToAll(row)
      : row.ownerId === listing.ownerId && row.deletedAt === undefined;
  if (!inside) throw new Error("convex-docs: a list left its own range.");
}

function positionOf(row: Row): Position {
  return [row.updatedAt, row._creationTime, row._id];
}

function cursorAt(row: Row): string {
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
