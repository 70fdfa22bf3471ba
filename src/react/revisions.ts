import type {
  PaginatedQueryArgs,
  PaginatedQueryItem,
  PaginatedQueryReference,
} from "convex/react";
import { useDocuments, type DocumentsOptions } from "./documents.js";
import type { FailedState } from "./subscription.js";

/** A live history, in one of four states. */
export type RevisionsState<Item> =
  | { status: "loading"; revisions?: never; error?: never }
  /** The document does not exist, or its history is not for this user to see. */
  | { status: "missing"; revisions?: never; error?: never }
  | {
      status: "ready";
      /** The newest first. The first is the present content. */
      revisions: Item[];
      error?: never;
      /** Whether there are more than are loaded. */
      hasMore: boolean;
      isLoadingMore: boolean;
      /** Loads `count` more. Does nothing while more are loading, or when there are none. Default: `pageSize`. */
      loadMore: (count?: number) => void;
    }
  /** With the revisions that were loaded before the page that failed. */
  | (FailedState & { revisions: Item[] });

/**
 * What a document contained, live: a change of it stands at the top as soon as it is written.
 *
 * @param query `listRevisions` of `docs.api()`, or a function like it
 * @param args its other arguments, or `"skip"` while they are not known: `loading` until then
 * @throws Error outside of a `ConvexProvider`; never what the query throws
 * @example
 * ```tsx
 * const state = useRevisions(api.documents.listRevisions, { id });
 * const revert = useDocsMutation(api.documents.revert);
 * if (state.status !== "ready") return null;
 * return state.revisions.map(({ version, at, name }) => (
 *   <button key={version} onClick={() => revert.mutate({ id, to: version })}>
 *     {name ?? new Date(at).toLocaleString()}
 *   </button>
 * ));
 * ```
 */
export function useRevisions<Query extends PaginatedQueryReference>(
  query: Query,
  args: PaginatedQueryArgs<Query> | "skip",
  options: DocumentsOptions = {},
): RevisionsState<PaginatedQueryItem<Query>> {
  const state = useDocuments(query, args, options);
  switch (state.status) {
    case "loading":
      return state;
    // Every document has a present content.
    case "empty":
      return { status: "missing" };
    default: {
      const { documents: revisions, ...rest } = state;
      return { ...rest, revisions };
    }
  }
}
