/**
 * A page of any live list: the way from one position to another along an index, as far as a page goes.
 *
 * Convex's own `.paginate()` does not work inside components. As there, a page that is followed by another is pinned: it keeps
 * its end whatever grows inside it, so that the next one still begins where it stops.
 *
 * @module
 */
import type { PaginationOptions, PaginationResult } from "convex/server";
import {
  decodeCursor,
  encodeCursor,
  END,
  type Position,
} from "../shared/cursor.js";
import { fail, invalid, invalidCursor } from "../shared/failures.js";
import type { Span } from "./ranges.js";

export type Source<Row> = {
  /**
   * Rows in order inside a span, up to a limit, and the last one that was looked at if there is more behind it, whether it
   * is one of the rows or not.
   */
  walk: (
    span: Span,
    limit: number,
  ) => Promise<{ rows: Row[]; behind: Row | undefined }>;
  positionOf: (row: Row) => Position;
  /** Rows that a caller may ask for at once, and that a pinned page may grow to before the client has to split it. */
  limits: { maxItems: number; maxPinnedItems: number };
};

/** One page. */
export async function pageOf<Row>(
  { walk, positionOf, limits }: Source<Row>,
  options: PaginationOptions,
): Promise<PaginationResult<Row>> {
  const start = position(options.cursor);
  const end = position(options.endCursor);
  const size = pageSize(options.numItems, limits.maxItems);
  if (start === END) return { page: [], isDone: true, continueCursor: END };

  const limit = end === null ? size : limits.maxPinnedItems;
  const { rows, behind } = await walk({ start, end }, limit);
  const cursorAt = (row: Row) => encodeCursor(positionOf(row));
  if (end === null) {
    const continueCursor = behind ? cursorAt(behind) : END;
    return { page: rows, isDone: !behind, continueCursor };
  }
  const middle = rows[Math.floor((rows.length - 1) / 2)] ?? behind;
  return {
    page: rows,
    isDone: end === END,
    continueCursor: options.endCursor ?? END,
    // Tells the client to put two pages in the place of one that has grown.
    ...(middle && (behind || rows.length > 2 * size)
      ? {
          splitCursor: cursorAt(middle),
          pageStatus: behind ? "SplitRequired" : "SplitRecommended",
        }
      : {}),
  };
}

/** Where a cursor stands; `null` for none. Throws INVALID_CURSOR for one that we never made. */
export function position(
  cursor: string | null | undefined,
): Position | typeof END | null {
  if (cursor == null) return null;
  const decoded = decodeCursor(cursor);
  if (decoded === null) throw fail(invalidCursor());
  return decoded;
}

function pageSize(numItems: number, most: number): number {
  if (Number.isInteger(numItems) && numItems > 0) {
    return Math.min(numItems, most);
  }
  const message = "must be a positive whole number.";
  throw fail(invalid([{ path: "paginationOpts.numItems", message }]));
}
