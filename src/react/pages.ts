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
  /** What replaces it once all of it has arrived. The same array if nothing changes. */
  wanted: PageRequest[];
};

/** The pages of a list before it is read. */
export function firstPage(numItems: number): Pages {
  return startAt({ cursor: null, numItems });
}

/** The same for a list that begins with this page. */
export function startAt(first: PageRequest): Pages {
  const shown = [first];
  return { shown, wanted: shown };
}

/** Every page that has to be subscribed to. */
export function allRequests({ shown, wanted }: Pages): PageRequest[] {
  return wanted === shown ? shown : [...shown, ...wanted];
}

/**
 * The pages after what has arrived. A complete new set replaces the old one; a page that has grown is split; a last page
 * without rows, all of them hidden or deleted, gets a next one; a list whose cursors are no longer valid starts over.
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

/** The pages with one more at the end. The same pages if there are no more rows, or if a page is loading already. */
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

/** The rows on the screen, up to the first page that has not arrived. */
export type ReadRows<Item> = {
  items: Item[];
  /** Why the page after these rows failed. */
  error?: Error;
  /** Whether a page after these rows is loading. */
  isLoading: boolean;
  /** Whether there are more rows to load. */
  hasMore: boolean;
};

/** The rows to show, and what is known of those after them. */
export function readPages<Item>(
  { shown, wanted }: Pages,
  arrived: Arrived<Item>,
): ReadRows<Item> {
  const items: Item[] = [];
  let hasMore = false;
  for (const request of shown) {
    const result = arrived(request);
    if (result instanceof Error) {
      return { items, error: result, isLoading: false, hasMore: false };
    }
    if (result) items.push(...result.page);
    // A page that had to be cut has only its first rows: the next page does not follow on them.
    if (!result || result.pageStatus === "SplitRequired") {
      return { items, isLoading: true, hasMore: false };
    }
    hasMore = !result.isDone;
  }
  return { items, isLoading: wanted.length > shown.length, hasMore };
}

/** A page, or the two that replace it because the server says that it has grown too long. */
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

/** Whether the list no longer takes the cursor, such as one from before a deployment. */
function isInvalidCursor(result: PageResult | Error | undefined): boolean {
  return getDocsError(result)?.code === "INVALID_CURSOR";
}
