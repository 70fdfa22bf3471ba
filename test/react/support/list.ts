/**
 * A list as the component pages it: by position, from a cursor, to an end cursor if there is one. Rows that only the server
 * sees (`hidden`) count towards a page, as rows do that an access rule takes out of it.
 */
import type { PageRequest, PageResult } from "../../../src/react/pages.js";

export type Row = { id: string; position: number; hidden?: boolean };

const END = "end";

export function pageOf(
  rows: Row[],
  { cursor, endCursor, numItems }: PageRequest,
  maxPinned = Infinity,
): PageResult<Row> {
  const sorted = [...rows].sort((a, b) => b.position - a.position);
  const after =
    cursor === null ? Infinity : cursor === END ? -Infinity : Number(cursor);
  const until =
    endCursor === undefined || endCursor === END
      ? -Infinity
      : Number(endCursor);
  const rest = sorted.filter(
    ({ position }) => position < after && position >= until,
  );
  const limit = endCursor === undefined ? numItems : maxPinned;
  const taken = rest.slice(0, limit);
  const more = rest.length > taken.length;
  const visible = { page: taken.filter(({ hidden }) => !hidden) };
  if (endCursor === undefined) {
    return {
      ...visible,
      isDone: !more,
      continueCursor: more ? String(taken.at(-1)!.position) : END,
    };
  }
  const middle = taken[Math.floor((taken.length - 1) / 2)];
  const splits = middle && (more || taken.length > 2 * numItems);
  return {
    ...visible,
    isDone: endCursor === END,
    continueCursor: endCursor,
    ...(splits
      ? {
          splitCursor: String(middle.position),
          pageStatus: more
            ? ("SplitRequired" as const)
            : ("SplitRecommended" as const),
        }
      : {}),
  };
}
