/**
 * A page of any live list: the way from one position to another along an index, as far as a page goes.
 *
 * Convex's own `.paginate()` does not work inside components. As there, a page that is followed by another is pinned: it keeps
 * its end whatever grows inside it, so that the next one still begins where it stops.
 *
 * @module
 */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Order } from "../shared/documents.js";
import { fail, invalidAt, invalidCursor } from "../shared/failures.js";
import { wholeNumberProblem } from "../shared/issues.js";

export type PageSource<Row> = {
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
  { walk, positionOf, limits }: PageSource<Row>,
  options: PaginationOptions,
): Promise<PaginationResult<Row>> {
  const start = parseCursor(options.cursor);
  const end = parseCursor(options.endCursor);
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
export function parseCursor(
  cursor: string | null | undefined,
): Position | typeof END | null {
  if (cursor == null) return null;
  const decoded = decodeCursor(cursor);
  if (decoded === null) throw fail(invalidCursor());
  return decoded;
}

function pageSize(numItems: number, most: number): number {
  const problem = wholeNumberProblem(numItems, 1);
  if (problem) throw fail(invalidAt("paginationOpts.numItems", problem));
  return Math.min(numItems, most);
}

/*
 * What lies behind a position in an index. Convex has no range that begins behind a whole key, so it is some ranges, one
 * behind the other: the exact ties first.
 */

/** Between which positions: `null` and `END` are the ends of a list. */
export type Span = {
  start: Position | typeof END | null;
  end: Position | typeof END | null;
};

/**
 * What is left of an index once its prefix is fixed. Convex's types end at the declared fields; its indexes go on with the
 * creation time and the id.
 */
export interface Tail {
  eq(field: string, value: KeyPart): Tail;
  gt(field: string, value: KeyPart): Tail;
  lt(field: string, value: KeyPart): Tail;
  gte(field: string, value: KeyPart): Tail;
  lte(field: string, value: KeyPart): Tail;
}
export type Segment = (tail: Tail) => Tail;
export type KeyPart = string | number;

/**
 * The index ranges that follow a position. All but the last are empty but for rows that share the first field's value.
 *
 * @param fields of the tail, in order
 * @param position the values of all these fields; `null` for the beginning
 * @param bounded gives the last range its end
 */
export function rangesBehind(
  fields: readonly string[],
  position: readonly KeyPart[] | null,
  past: "gt" | "lt",
  bounded: Segment,
): Segment[] {
  if (position === null) return [bounded];
  const behind = (tail: Tail, length: number) => {
    const equal = position
      .slice(0, length)
      .reduce<Tail>((so, value, at) => so.eq(fields[at] ?? "", value), tail);
    return equal[past](fields[length] ?? "", position[length] ?? 0);
  };
  return fields
    .map((_, length): Segment => {
      const segment: Segment = (tail) => behind(tail, length);
      return length === 0 ? (tail) => bounded(segment(tail)) : segment;
    })
    .reverse();
}

/** The tail of an index all of whose own fields are fixed: rows in the order in which they were made. */
export const BY_CREATION = ["_creationTime", "_id"] as const;

/** Where a row stands in a list by creation, which has nothing in a position's first part. */
export function creationOf(row: {
  _creationTime: number;
  _id: string;
}): Position {
  return [0, row._creationTime, row._id];
}

/**
 * The index ranges of a span, in order. Where the last position is one of several rows of the same time, the last range ends
 * behind them: see `isBeyond`.
 *
 * @param fields of the tail, in order: as many of a position's last parts
 */
export function segmentsOf(
  fields: readonly string[],
  order: Order,
  { start, end }: Span,
): Segment[] {
  if (start === END) return [];
  const past = order === "asc" ? "gt" : "lt";
  const upTo = order === "asc" ? "lte" : "gte";
  const [first = ""] = fields;
  const partsOf = (position: Position) => position.slice(-fields.length);
  return rangesBehind(fields, start && partsOf(start), past, (tail) =>
    end === null || end === END
      ? tail
      : tail[upTo](first, partsOf(end)[0] ?? 0),
  );
}

/** Whether a row of a span's last range lies behind its end. */
export function isBeyond(
  position: Position,
  end: Span["end"],
  order: Order,
): boolean {
  if (end === null || end === END) return false;
  const distance = comparePositions(position, end);
  return order === "asc" ? distance > 0 : distance < 0;
}

/*
 * Positions in a list. A cursor travels through the client and comes back as hostile input, so it says only where inside
 * the caller's own range a page starts; the range itself is rebuilt on the server from who is asking. A forged cursor can
 * at worst move its sender within what its sender may read.
 */

/**
 * The place of one row in any of our lists: the rest of the index key once the list's own prefix is fixed. Convex appends
 * the creation time and the id to every index, which makes it unique.
 */
export type Position = [updatedAt: number, creationTime: number, id: string];

/** The cursor after the last row. */
export const END = "end";

/** Longer than any cursor we hand out: longer ones are not parsed. */
const MAX_LENGTH = 200;

/** The cursor that stands for a position. */
export function encodeCursor(position: Position): string {
  return JSON.stringify(position);
}

/** The position that a cursor stands for, or `null` if we never made it. */
export function decodeCursor(cursor: string): Position | typeof END | null {
  if (cursor === END) return END;
  if (cursor.length > MAX_LENGTH) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(cursor);
  } catch {
    return null;
  }
  if (!Array.isArray(parsed) || parsed.length !== 3) return null;
  const [updatedAt, creationTime, id] = parsed as unknown[];
  return isTime(updatedAt) && isTime(creationTime) && isText(id)
    ? [updatedAt, creationTime, id]
    : null;
}

/** Negative, zero or positive as `a` stands before, at or after `b` in ascending order. */
export function comparePositions(a: Position, b: Position): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : Number(a[2] > b[2]));
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Half of a surrogate pair cannot be a bound of an index range: Convex fails on it without a reason a client could read. */
function isText(value: unknown): value is string {
  return typeof value === "string" && !/\p{Surrogate}/u.test(value);
}
