/**
 * Pages of a live list that meet without a gap and without a row twice. Pure: which pages to ask for, given what came back.
 *
 * Only the last page is open at its end and as long as was asked for. Every other page is pinned between two positions and
 * grows or shrinks with what is written between them. Pinning changes what a page asks for, so a new set of pages is shown
 * only once all of it has arrived; until then the old one stays.
 *
 * @module
 */
import { getDocsError } from "../errors/data.js";

/** One page, as Convex's `paginationOpts`. */
export type PageRequest = {
  cursor: string | null;
  /** Where it ends, once there is a page after it. */
  endCursor?: string;
  numItems: number;
};

/** The part of Convex's `PaginationResult` that is read. */
export type PageResult<Item = unknown> = {
  page: Item[];
  isDone: boolean;
  continueCursor: string;
  splitCursor?: string | null;
  pageStatus?: "SplitRecommended" | "SplitRequired" | null;
};

/** What has arrived for a page so far. */
export type Arrived<Item = unknown> = (
  request: PageRequest,
) => PageResult<Item> | Error | undefined;

export type Pages = {
  /** What is on the screen. */
  shown: PageRequest[];
  /** What is to be on the screen once all of it has arrived. The same list, if nothing is to change. */
  wanted: PageRequest[];
};

/** A list that has not been read yet. */
export function firstPage(numItems: number): Pages {
  const shown = [{ cursor: null, numItems }];
  return { shown, wanted: shown };
}

/** Every page that has to be subscribed to. */
export function allRequests({ shown, wanted }: Pages): PageRequest[] {
  return wanted === shown ? shown : [...shown, ...wanted];
}

/**
 * The pages after what has arrived. A complete new set replaces the old one; a page that has grown is split; a last page
 * without rows, all of them hidden or gone, gets a next one; a list whose cursors are no good any more starts over.
 */
export function advance(pages: Pages, arrived: Arrived): Pages {
  const { shown, wanted } = pages;
  const outdated = [...wanted, ...shown].find(
    (request) => hasCursor(request) && isInvalidCursor(arrived(request)),
  );
  if (outdated) return firstPage(outdated.numItems);
  if (wanted !== shown) {
    const complete = wanted.every((request) => arrived(request) !== undefined);
    return complete ? advance({ shown: wanted, wanted }, arrived) : pages;
  }
  const halves = shown.map((request) => split(request, arrived(request)));
  if (halves.some((requests) => requests.length > 1)) {
    return { shown, wanted: halves.flat() };
  }
  const last = shown.at(-1);
  const result = last && arrived(last);
  const isEmpty = isPage(result) && result.page.length === 0;
  return last && isEmpty ? addPage(pages, arrived, last.numItems) : pages;
}

/** The pages with one more at the end. The same pages, if there is no more or if more is on its way already. */
export function addPage(
  pages: Pages,
  arrived: Arrived,
  numItems: number,
): Pages {
  const { shown, wanted } = pages;
  const last = shown.at(-1);
  const result = last && arrived(last);
  if (wanted !== shown || !last || !isPage(result) || result.isDone) {
    return pages;
  }
  const { continueCursor } = result;
  const pinned = { ...last, endCursor: continueCursor };
  const next = { cursor: continueCursor, numItems };
  return { shown, wanted: [...shown.slice(0, -1), pinned, next] };
}

/** The rows on the screen, up to the first page that is not there yet. */
export type Reading<Item> = {
  items: Item[];
  /** Why the page after these rows failed. */
  error?: Error;
  /** Whether a page after these rows is on its way. */
  isLoading: boolean;
  /** Whether there are rows after these that could be asked for. */
  hasMore: boolean;
};

/** What there is to show. */
export function readPages<Item>(
  { shown, wanted }: Pages,
  arrived: Arrived<Item>,
): Reading<Item> {
  const items: Item[] = [];
  let hasMore = false;
  for (const request of shown) {
    const result = arrived(request);
    if (result instanceof Error) {
      return { items, error: result, isLoading: false, hasMore: false };
    }
    if (result) items.push(...result.page);
    // A page that had to be cut has only its first rows: what follows them is not what follows on the next page.
    if (!result || result.pageStatus === "SplitRequired") {
      return { items, isLoading: true, hasMore: false };
    }
    hasMore = !result.isDone;
  }
  return { items, isLoading: wanted.length > shown.length, hasMore };
}

/** A page, or the two that take its place because the server says that it has grown too long. */
function split(
  request: PageRequest,
  result: PageResult | Error | undefined,
): PageRequest[] {
  if (!isPage(result) || !result.pageStatus || !result.splitCursor) {
    return [request];
  }
  const { cursor, numItems } = request;
  const { splitCursor, continueCursor } = result;
  return [
    { cursor, numItems, endCursor: splitCursor },
    { cursor: splitCursor, numItems, endCursor: continueCursor },
  ];
}

function isPage(result: PageResult | Error | undefined): result is PageResult {
  return result !== undefined && !(result instanceof Error);
}

/** The first page of a list has none until it is pinned. */
function hasCursor({ cursor, endCursor }: PageRequest): boolean {
  return cursor !== null || endCursor !== undefined;
}

/** A cursor that the list does not take any more, such as one from before a deployment. */
function isInvalidCursor(result: PageResult | Error | undefined): boolean {
  return getDocsError(result)?.code === "INVALID_CURSOR";
}
