import type { PaginationOptions } from "convex/server";

/** Of Convex's options for a page, those that our lists honour. Others are for its own `.paginate()`. */
export function pageOptions({
  numItems,
  cursor,
  endCursor = null,
}: PaginationOptions) {
  return { numItems, cursor, endCursor };
}
