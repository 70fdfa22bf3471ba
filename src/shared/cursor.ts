/**
 * Positions in a list. A cursor travels through the client and comes back as hostile input, so it says only where inside
 * the caller's own range a page starts; the range itself is rebuilt on the server from who is asking. A forged cursor can
 * at worst move its sender within what its sender may read.
 *
 * @module
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
