import {
  useQueries,
  type PaginatedQueryArgs,
  type PaginatedQueryItem,
  type PaginatedQueryReference,
  type Preloaded,
} from "convex/react";
import { makeFunctionReference } from "convex/server";
import { jsonToConvex } from "convex/values";
import { useMemo, useState } from "react";
import {
  addPage,
  advance,
  allRequests,
  readPages,
  startAt,
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
  const text = subscriptionKey(query, args as QueryArgs | "skip");
  return useList(text, { cursor: null, numItems: pageSize });
}

/**
 * The same list, from a page that a server component has loaded: it is `ready` at the first render, on the server too, and live
 * from then on. Pages are as long as the preloaded one. With other arguments than before, the list is another.
 *
 * @param preloaded what `preloadQuery` of `convex/nextjs` has returned
 * @throws Error outside of a `ConvexProvider`; never what the query throws
 * @example
 * ```tsx
 * // In the server component:
 * const paginationOpts = { numItems: 20, cursor: null };
 * const preloaded = await preloadQuery(api.documents.list, { paginationOpts }, { token });
 * // In the client component that gets it:
 * const state = usePreloadedDocuments(preloaded);
 * ```
 */
export function usePreloadedDocuments<Query extends PaginatedQueryReference>(
  preloaded: Preloaded<Query>,
): DocumentsState<PaginatedQueryItem<Query>> {
  const { text, first, page } = useMemo(
    () => readPreloaded<PaginatedQueryItem<Query>>(preloaded),
    [preloaded],
  );
  return useList(text, first, page);
}

/** What a server component has loaded. Typed as text by Convex, and JSON when it arrives. */
function readPreloaded<Item>({
  _name,
  _argsJSON,
  _valueJSON,
}: Preloaded<PaginatedQueryReference>) {
  const { paginationOpts, ...args } = jsonToConvex(_argsJSON) as QueryArgs & {
    paginationOpts: PageRequest;
  };
  const { cursor, numItems } = paginationOpts;
  return {
    text: subscriptionKey(makeFunctionReference<"query">(_name), args),
    first: { cursor, numItems },
    page: jsonToConvex(_valueJSON) as unknown as PageResult<Item>,
  };
}

/** A list that begins with this page, of which there may be a result already. */
function useList<Item>(
  text: string | null,
  first: PageRequest,
  page?: PageResult<Item>,
): DocumentsState<Item> {
  const begin = () => ({
    text,
    pages: startAt(first),
    more: 0,
    preloaded: page && { key: requestKey(first), page },
  });
  const [state, setState] = useState(begin);
  const now = state.text === text ? state : begin();
  const { pages, more } = now;
  const queries = useMemo(() => pageQueries(text, pages), [text, pages]);
  const results = useQueries(queries) as PageResults<Item>;
  // Once the live page is there, the other is never shown again.
  const { key = "" } = now.preloaded ?? {};
  const preloaded = results[key] ? undefined : now.preloaded;
  const arrived = (request: PageRequest) => {
    const wanted = requestKey(request);
    return results[wanted] ?? (wanted === key ? preloaded?.page : undefined);
  };

  const wanted = more > 0 ? addPage(pages, arrived, more) : pages;
  const settled = advance(wanted, arrived);
  const changed = settled !== pages || preloaded !== now.preloaded;
  if (now !== state || more > 0 || changed) {
    setState({ text, pages: settled, more: 0, preloaded });
  }

  const reading = readPages(settled, arrived);
  const { items: documents, isLoading, hasMore, error } = reading;
  if (error) return { ...failedState(error), documents };
  if (documents.length === 0) {
    return { status: isLoading || hasMore ? "loading" : "empty" };
  }
  // Only asks: the next render adds the page, with what has arrived by then. An earlier render's function stays good.
  const loadMore = (count = first.numItems) =>
    setState((last) => (last.text === text ? { ...last, more: count } : last));
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
