/**
 * Walking along a list as clients do.
 */
import type { PaginationOptions } from "convex/server";
import { expect } from "vitest";

/** What of a page its reader needs to go on. */
export type AnyPage = {
  page: { _id: string }[];
  isDone: boolean;
  continueCursor: string;
  splitCursor?: string | null;
  pageStatus?: "SplitRecommended" | "SplitRequired" | null;
};
export type Load = (paginationOpts: PaginationOptions) => Promise<AnyPage>;

/** The ids of every page, page by page. */
export async function walkAll(load: Load, numItems: number) {
  const pages: string[][] = [];
  for (let cursor: string | null = null; ;) {
    const found: AnyPage = await load({ numItems, cursor });
    pages.push(found.page.map(({ _id }) => _id));
    if (found.isDone) return pages;
    expect(pages.length).toBeLessThan(1000);
    cursor = found.continueCursor;
  }
}

/**
 * Subscribed pages, as `usePaginatedQuery` of convex-helpers keeps them: once loaded, a page is asked for again with its own
 * end as `endCursor`, so that the next one goes on where it stops; a page that has grown is replaced by two halves.
 */
export class LivePages {
  private spans: { cursor: string | null; endCursor?: string }[] = [
    { cursor: null },
  ];
  private results: AnyPage[] = [];

  constructor(
    private readonly load: Load,
    private readonly numItems: number,
  ) {}

  /** Runs every subscribed query again, as a change in the table does, and splits what asks for it. */
  async refresh(): Promise<void> {
    for (let at = 0; at < this.spans.length; at++) {
      const span = this.spans[at]!;
      const found = await this.load({ numItems: this.numItems, ...span });
      this.results[at] = found;
      const { splitCursor } = found;
      if (found.pageStatus && splitCursor) {
        const halves = [
          { cursor: span.cursor, endCursor: splitCursor },
          { cursor: splitCursor, endCursor: found.continueCursor },
        ];
        this.spans.splice(at, 1, ...halves);
        // A half that asks to be split for ever is a bug.
        expect(this.spans.length).toBeLessThan(1000);
        at--;
      } else span.endCursor ??= found.continueCursor;
    }
    this.results.length = this.spans.length;
  }

  async loadMore(): Promise<void> {
    const last = this.results.at(-1);
    if (!last || last.isDone) return;
    this.spans.push({ cursor: last.continueCursor });
    await this.refresh();
  }

  get ids(): string[] {
    return this.results.flatMap(({ page }) => page.map(({ _id }) => _id));
  }
  get count(): number {
    return this.spans.length;
  }
  get isDone(): boolean {
    return this.results.at(-1)?.isDone ?? false;
  }
}
