import {
  useQueries,
  type PaginatedQueryArgs,
  type PaginatedQueryItem,
  type PaginatedQueryReference,
} from "convex/react";
import { useMemo, useState } from "react";
import {
  addPage,
  advance,
  allRequests,
  firstPage,
  readPages,
  type PageRequest,
  type PageResult,
  type Pages,
} from "./pages.js";
import {
  failedState,
  parseSubscriptionKey,
  subscriptionKey,
  type QueryArgs,
  type FailedState,
} from "./subscription.js";

/** A live list, in one of four states. */
export type DocumentsState<Document> =
  | { status: "loading"; documents?: never; error?: never }
  | { status: "empty"; documents?: never; error?: never }
  | {
      status: "ready";
      documents: Document[];
      error?: never;
      /** Whether there are more than are loaded. */
      hasMore: boolean;
      isLoadingMore: boolean;
      /** Loads `count` more. Does nothing while more are loading, or when there are none. Default: `pageSize`. */
      loadMore: (count?: number) => void;
    }
  /** With the documents that were loaded before the page that failed. */
  | (FailedState & { documents: Document[] });

export type DocumentsOptions = {
  /** Documents of a page: `docs` gives at most 100. Default: 20. */
  pageSize?: number;
};

/**
 * A live list, page by page, without a gap or a repeated document, whatever is written meanwhile.
 *
 * @param query a function that takes `paginationOpts`, such as `list` or `listPublic` of `docs.api()`
 * @param args its other arguments, or `"skip"` while they are not known: `loading` until then
 * @throws Error outside of a `ConvexProvider`; never what the query throws
 * @example
 * ```tsx
 * const state = useDocuments(api.documents.list, { status: "draft" });
 * switch (state.status) {
 *   case "loading": return <Skeleton />;
 *   case "empty": return <p>No drafts yet.</p>;
 *   case "error": return <p>{errorMessage(state.error)}</p>;
 *   case "ready": return (
 *     <>
 *       {state.documents.map((document) => <Row key={document._id} {...document} />)}
 *       {state.hasMore && <button onClick={() => state.loadMore()}>More</button>}
 *     </>
 *   );
 * }
 * ```
 */
export function useDocuments<Query extends PaginatedQueryReference>(
  query: Query,
  args: PaginatedQueryArgs<Query> | "skip",
  { pageSize = 20 }: DocumentsOptions = {},
): DocumentsState<PaginatedQueryItem<Query>> {
  type Document = PaginatedQueryItem<Query>;
  const text = subscriptionKey(query, args as QueryArgs | "skip");
  const [state, setState] = useState({
    text,
    pages: firstPage(pageSize),
    more: 0,
  });
  const restarted = state.text !== text;
  const { pages, more } = restarted
    ? { pages: firstPage(pageSize), more: 0 }
    : state;
  const queries = useMemo(() => pageQueries(text, pages), [text, pages]);
  const results = useQueries(queries) as PageResults<Document>;
  const arrived = (request: PageRequest) => results[requestKey(request)];

  const wanted = more > 0 ? addPage(pages, arrived, more) : pages;
  const settled = advance(wanted, arrived);
  if (restarted || more > 0 || settled !== pages) {
    setState({ text, pages: settled, more: 0 });
  }

  const reading = readPages(settled, arrived);
  const { items: documents, isLoading, hasMore, error } = reading;
  if (error) return { ...failedState(error), documents };
  if (documents.length === 0) {
    return { status: isLoading || hasMore ? "loading" : "empty" };
  }
  // Only asks: the next render adds the page, with what has arrived by then. An earlier render's function stays good.
  const loadMore = (count = pageSize) =>
    setState((now) => (now.text === text ? { ...now, more: count } : now));
  const isLoadingMore = isLoading;
  return { status: "ready", documents, hasMore, isLoadingMore, loadMore };
}

/** One query a page. */
function pageQueries(text: string | null, pages: Pages) {
  if (text === null) return {};
  const { query, args } = parseSubscriptionKey(text);
  return Object.fromEntries(
    allRequests(pages).map((paginationOpts) => [
      requestKey(paginationOpts),
      { query, args: { ...args, paginationOpts } },
    ]),
  );
}

/** By `requestKey`. */
type PageResults<Item> = Record<string, PageResult<Item> | Error | undefined>;

function requestKey(request: PageRequest): string {
  return JSON.stringify(request);
}
