/**
 * The place of a row in a list, and how it is written in a cursor.
 *
 * @module
 */

/**
 * The place of a row in a list: the index key behind the list's prefix. Convex appends the creation time and the id to every
 * index, which makes it unique.
 */
export type Position = [updatedAt: number, creationTime: number, id: string];

/** The cursor behind the last row. */
export const END = "end";

/** The cursor of a position. */
export function encodeCursor(position: Position): string {
  return JSON.stringify(position);
}
