import type { FunctionArgs } from "convex/server";
import type { api } from "../../convex/_generated/api.js";
import type { Status } from "./document.js";

/** What a list of one's own documents can be sorted by. Absent: by last change. */
export const SORTS = { title: "Title", due: "Due date" } as const;
export type Sort = keyof typeof SORTS;

/** Which documents a list shows, and in which order. Those of a tag come by last change, of every status. */
export type Filter =
  | { status?: Status; sort?: Sort; tag?: never }
  | { tag: string; status?: never; sort?: never };

export function isSort(value: unknown): value is Sort {
  return typeof value === "string" && Object.hasOwn(SORTS, value);
}

type Asked<Args> = Args extends unknown ? Omit<Args, "paginationOpts"> : never;
/** What to ask the server for. */
type ListArgs = Asked<FunctionArgs<typeof api.documents.list>>;

/** One range of one view for each filter: the views are declared in `convex/documents.ts`. */
export function listArgs({ status, sort, tag }: Filter): ListArgs {
  if (tag !== undefined) {
    return { view: "byTag", where: { tags: tag }, order: "desc" };
  }
  if (sort === undefined) return { ...(status && { status }) };
  if (sort === "title") {
    return status === undefined
      ? { view: "byTitle" }
      : { view: "byStatusAndTitle", where: { status } };
  }
  // Without a bound, documents without a date would come first.
  const dueAt = { gte: 0 };
  return status === undefined
    ? { view: "byDue", where: { dueAt } }
    : { view: "byStatusAndDue", where: { status, dueAt } };
}
