/**
 * What lies behind a position in an index. Convex has no range that begins behind a whole key, so it is some ranges, one
 * behind the other: the exact ties first.
 *
 * @module
 */

import { comparePositions, END, type Position } from "../shared/cursor.js";
import type { Order } from "../shared/validators.js";

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
