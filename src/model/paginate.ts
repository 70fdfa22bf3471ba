/**
 * Pages of a live list: cursors, the index ranges between two of them, and the walk along those ranges.
 *
 * Convex's own `.paginate()` does not work inside components. As there, a page that is followed by another is pinned: it keeps
 * its end however many rows are inserted into it, so that the next page still begins where it stops.
 *
 * @module
 */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { getDocumentSize, type Value } from "convex/values";
import { encodeCursor, END, type Position } from "../shared/cursor.js";
import type { Order } from "../shared/documents.js";
import { fail, invalidAt, invalidCursor } from "../shared/failures.js";
import { wholeNumberProblem } from "../shared/issues.js";

/** Rows of one index below a fixed prefix. */
export type List<Row> = {
  /** Fixes the prefix of the index and passes the builder to `segment` for the rest. */
  open: (segment: Segment) => {
    order: (order: Order) => AsyncIterable<Row>;
  };
  /** The fields of the index behind the prefix, in order. */
  fields: readonly string[];
  positionOf: (row: Row) => Position;
  /** Which of the rows read are in the list. Default: all. */
  accepts?: Filter<Row>;
};

type Filter<Row> = (row: Row) => boolean | Promise<boolean>;

/** Which pages a list has. */
export type PageLimits = {
  /** Rows that a caller may ask for. */
  maxItems: number;
  /** Rows that a pinned page may grow to before the client has to split it. */
  maxPinnedItems: number;
  maxScan?: number;
  maxBytes?: number;
};

/** One page of a list. */
export async function pageOf<Row extends Record<string, Value>>(
  list: List<Row>,
  order: Order,
  { maxItems, maxPinnedItems, ...bounds }: PageLimits,
  options: PaginationOptions,
): Promise<PaginationResult<Row>> {
  const start = parseCursor(options.cursor);
  const end = parseCursor(options.endCursor);
  const size = pageSize(options.numItems, maxItems);
  if (start === END) return { page: [], isDone: true, continueCursor: END };

  const limit = end === null ? size : maxPinnedItems;
  const span = { start, end };
  const walked = await walkList(list, order, span, { limit, ...bounds });
  const { rows: page, next } = walked;
  if (end === null) {
    return { page, isDone: next === null, continueCursor: next ?? END };
  }
  const middle = page[Math.floor((page.length - 1) / 2)];
  const splitCursor = middle ? encodeCursor(list.positionOf(middle)) : next;
  return {
    page,
    isDone: end === END,
    continueCursor: options.endCursor ?? END,
    // Tells the client to replace a page that has grown by two.
    ...(splitCursor && (next !== null || page.length > 2 * size)
      ? {
          splitCursor,
          pageStatus: next === null ? "SplitRecommended" : "SplitRequired",
        }
      : {}),
  };
}

/** Rows of a page: those asked for, up to a limit. Throws VALIDATION_FAILED. */
export function pageSize(numItems: number, most: number): number {
  const problem = wholeNumberProblem(numItems, 1);
  if (problem) throw fail(invalidAt("paginationOpts.numItems", problem));
  return Math.min(numItems, most);
}

/* Walking */

/** How far a walk goes at most. The last row may exceed `maxBytes`: its size is known only once it has been read. */
export type WalkBounds = {
  /** Rows found. */
  limit: number;
  /** Rows read. Default: no bound. */
  maxScan?: number;
  /** Bytes read. Default: no bound. */
  maxBytes?: number;
};

export type Walk<Row> = {
  /** The rows found, in order. */
  rows: Row[];
  /** Whether a bound ended the walk before the last row. */
  more: boolean;
  /** The last row read, found or not. */
  last: Row | undefined;
  /** Rows and bytes read. */
  scanned: number;
  bytes: number;
};

/** Reads the rows of some index ranges, one range after the other, within bounds. */
export async function walk<Row extends Record<string, Value>>(
  segments: Segment[],
  open: (segment: Segment) => AsyncIterable<Row>,
  { limit, maxScan = Infinity, maxBytes = Infinity }: WalkBounds,
  accepts: Filter<Row> = () => true,
  isBeyond: (row: Row) => boolean = () => false,
): Promise<Walk<Row>> {
  const rows: Row[] = [];
  let last: Row | undefined;
  let [scanned, bytes] = [0, 0];
  for (const segment of segments) {
    for await (const row of open(segment)) {
      if (isBeyond(row)) return { rows, more: false, last, scanned, bytes };
      if (rows.length >= limit || scanned >= maxScan || bytes >= maxBytes) {
        return { rows, more: true, last, scanned, bytes };
      }
      last = row;
      scanned += 1;
      if (await accepts(row)) rows.push(row);
      // After it: `accepts` may add to the row what it leads to.
      bytes += getDocumentSize(row);
    }
  }
  return { rows, more: false, last, scanned, bytes };
}

/** Rows of a list inside a span, and the cursor behind them: `null` at the end of the span. */
export async function walkList<Row extends Record<string, Value>>(
  list: List<Row>,
  order: Order,
  span: Span,
  bounds: WalkBounds,
): Promise<{ rows: Row[]; next: string | null }> {
  const { rows, more, last } = await walk(
    segmentsOf(list.fields, order, span),
    (segment) => list.open(segment).order(order),
    bounds,
    list.accepts,
    (row) => isBeyond(list.positionOf(row), span.end, order),
  );
  return {
    rows,
    next: more && last ? encodeCursor(list.positionOf(last)) : null,
  };
}

/** The rows of several ranges in one order: each is in that order by itself. */
export async function* merged<Row>(
  ranges: AsyncIterable<Row>[],
  compare: (one: Row, other: Row) => number,
  order: Order,
): AsyncGenerator<Row, undefined> {
  const streams = ranges.map((range) => range[Symbol.asyncIterator]());
  const read = async (stream: AsyncIterator<Row>) => {
    const result = await stream.next();
    return result.done ? null : { stream, row: result.value };
  };
  let heads = (await Promise.all(streams.map(read))).filter((h) => h !== null);
  while (heads.length > 0) {
    const first = heads.reduce((best, head) => {
      const distance = compare(head.row, best.row);
      return (order === "asc" ? distance < 0 : distance > 0) ? head : best;
    });
    yield first.row;
    const next = await read(first.stream);
    heads = heads.flatMap((head) => (head === first ? (next ?? []) : head));
  }
  return undefined;
}

/* Index ranges */

/** Between two positions. `null` and `END`: the ends of the list. */
export type Span = {
  start: Position | typeof END | null;
  end: Position | typeof END | null;
};

/** One index range: takes Convex's builder with the prefix fixed, and bounds the fields behind it. */
export type Segment = <Builder>(prefix: Builder) => Builder;

/** What Convex's builder can do. Its types end at the declared fields; its indexes go on with the creation time and the id. */
export interface RangeBuilder {
  eq(field: string, value: KeyPart): RangeBuilder;
  gt(field: string, value: KeyPart): RangeBuilder;
  lt(field: string, value: KeyPart): RangeBuilder;
  gte(field: string, value: KeyPart): RangeBuilder;
  lte(field: string, value: KeyPart): RangeBuilder;
}
export type KeyPart = string | number;

/** A segment of an index that has other names for the same fields. */
export function renamed(
  segment: Segment,
  names: Readonly<Record<string, string>>,
): Segment {
  // Convex wants its own builder back, and a segment knows the names of its list.
  const rename = (range: RangeBuilder): Renamed => {
    const to = (bound: keyof RangeBuilder) => (field: string, value: KeyPart) =>
      rename(range[bound](names[field] ?? field, value));
    const [eq, gt, lt] = [to("eq"), to("gt"), to("lt")];
    return { range, eq, gt, lt, gte: to("gte"), lte: to("lte") };
  };
  return toSegment((range) => segment(rename(range)).range);
}
type Renamed = RangeBuilder & { range: RangeBuilder };

/** Bounds the fields behind the prefix. */
export type Bound = (range: RangeBuilder) => RangeBuilder;

function toSegment(bound: Bound): Segment {
  return <Builder>(prefix: Builder) => bound(prefix as RangeBuilder) as Builder;
}

/**
 * The index ranges behind a key. Convex has no range that begins behind a whole key, so these are several: the rows that
 * share all fields but the last first. All but the last range are empty unless rows share the first field's value.
 *
 * @param fields behind the prefix, in order
 * @param key the values of the first of these fields; `null`: from the beginning
 * @param end bounds the last range
 */
export function segmentsBehind(
  fields: readonly string[],
  key: readonly KeyPart[] | null,
  past: "gt" | "lt",
  end: Bound,
): Segment[] {
  if (key === null) return [toSegment(end)];
  return key
    .map((value, length) => {
      const behind: Bound = (range) =>
        key
          .slice(0, length)
          .reduce<RangeBuilder>(
            (equal, part, at) => equal.eq(fields[at] ?? "", part),
            range,
          )
          [past](fields[length] ?? "", value);
      return toSegment(length === 0 ? (range) => end(behind(range)) : behind);
    })
    .reverse();
}

/**
 * The index ranges of a span, in order. The last one ends at the first field of the span's end: `isBeyond` tells which of the
 * rows that share its value lie behind the end.
 */
function segmentsOf(
  fields: readonly string[],
  order: Order,
  { start, end }: Span,
): Segment[] {
  if (start === END) return [];
  const [past, upTo] =
    order === "asc" ? (["gt", "lte"] as const) : (["lt", "gte"] as const);
  const [first = ""] = fields;
  // A list by creation has no first part: see `creationOf`.
  const keyOf = (position: Position) => position.slice(-fields.length);
  return segmentsBehind(fields, start && keyOf(start), past, (range) =>
    end === null || end === END
      ? range
      : range[upTo](first, keyOf(end)[0] ?? 0),
  );
}

/** Whether a row of a span's last range lies behind its end. */
function isBeyond(position: Position, end: Span["end"], order: Order): boolean {
  if (end === null || end === END) return false;
  const distance = comparePositions(position, end);
  return order === "asc" ? distance > 0 : distance < 0;
}

/*
 * Positions and cursors. A cursor travels through the client and comes back as hostile input, so it says only where inside the
 * caller's own range a page starts. The range itself is rebuilt on the server from the actor. A forged cursor can at worst
 * move its sender within what its sender may read.
 */

/** Characters. No cursor made here is longer, so longer ones are not parsed. */
const MAX_LENGTH = 200;

/** An index whose own fields are all fixed: rows in the order of their creation. */
export const BY_CREATION = {
  fields: ["_creationTime", "_id"],
  positionOf: (row: { _creationTime: number; _id: string }): Position => [
    0,
    row._creationTime,
    row._id,
  ],
} as const;

/**
 * The position of a cursor; `null` without a cursor.
 *
 * @throws INVALID_CURSOR
 */
export function parseCursor(
  cursor: string | null | undefined,
): Position | typeof END | null {
  if (cursor == null) return null;
  const decoded = decodeCursor(cursor);
  if (decoded === null) throw fail(invalidCursor());
  return decoded;
}

/** The position of a cursor; `null` for a text that is not a cursor. */
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

/** Half of a surrogate pair cannot bound an index range: Convex fails on it with an error that no client can read. */
function isText(value: unknown): value is string {
  return typeof value === "string" && !/\p{Surrogate}/u.test(value);
}
