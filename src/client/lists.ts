/**
 * Reading documents that are found: lists, counts and searches. Each method is one call into the component.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import { COUNT, SEARCH } from "../shared/limits.js";
import { pageOptions } from "../shared/pageOptions.js";
import type { Counted, Page } from "../shared/validators.js";
import { checkAmount } from "./arguments.js";
import { flatten } from "./core.js";
import { invoke } from "./invoke.js";
import { Reads } from "./reads.js";
import type {
  CountArgs,
  DocumentOf,
  ListArgs,
  ListPublicArgs,
  PageOf,
  RunQueryCtx,
  SearchArgs,
} from "./types.js";

/** See `Reads`. */
export class Lists<
  F extends PropertyValidators,
  Ctx = unknown,
  Extra extends object = object,
  ChangeCtx = unknown,
> extends Reads<F, Ctx, Extra, ChangeCtx> {
  /**
   * A page of the actor's own documents, by last change. Works with `usePaginatedQuery` of `convex-helpers/react`.
   *
   * @throws UNAUTHORIZED when nobody is signed in; INVALID_CURSOR for a cursor that is not ours; VALIDATION_FAILED
   * @example
   * ```ts
   * const { page, isDone, continueCursor } = await docs.list(ctx, {
   *   status: "draft",
   *   paginationOpts: { numItems: 20, cursor: null },
   * });
   * ```
   */
  async list(
    ctx: Ctx & RunQueryCtx,
    args: ListArgs & Extra,
  ): Promise<PageOf<F>> {
    return await this.ask("list", args, () => this.page(ctx, "own", args));
  }

  /**
   * A page of the documents that anybody may read, signed in or not: public and published, by last change.
   *
   * @throws INVALID_CURSOR for a cursor that is not ours; VALIDATION_FAILED
   * @example
   * ```ts
   * const { page } = await docs.listPublic(ctx, { paginationOpts });
   * ```
   */
  async listPublic(
    ctx: Ctx & RunQueryCtx,
    args: ListPublicArgs,
  ): Promise<PageOf<F>> {
    return await this.ask("listPublic", args, () =>
      this.page(ctx, "public", args),
    );
  }

  /**
   * A page of the actor's trash, by the time of removal.
   *
   * @throws UNAUTHORIZED when nobody is signed in; INVALID_CURSOR for a cursor that is not ours; VALIDATION_FAILED
   * @example
   * ```ts
   * const { page } = await docs.listTrash(ctx, { paginationOpts });
   * ```
   */
  async listTrash(
    ctx: Ctx & RunQueryCtx,
    args: ListPublicArgs & Extra,
  ): Promise<PageOf<F>> {
    return await this.ask("listTrash", args, () =>
      this.page(ctx, "trash", args),
    );
  }

  /**
   * How many documents the actor has. Counts them one by one up to `upTo`, 100 when not given and 1,000 at most, and then
   * says that there are more: it reads as many documents as it counts, and never more than 4 MiB of them.
   *
   * @throws UNAUTHORIZED when nobody is signed in; VALIDATION_FAILED
   * @example
   * ```ts
   * const { count, more } = await docs.count(ctx, { status: "draft" });
   * const badge = more ? `${count}+` : `${count}`;
   * ```
   */
  async count(
    ctx: Ctx & RunQueryCtx,
    args: CountArgs & Extra,
  ): Promise<Counted> {
    return await this.ask("count", args, async () => {
      const { upTo = COUNT.defaultUpTo } = args;
      checkAmount("upTo", upTo, COUNT.maxUpTo);
      const actor = await this.actor(ctx);
      const { count } = this.core.component.documents;
      const call = { ...args, actor, scope: "own" as const, upTo };
      return await invoke(() => ctx.runQuery(count, call));
    });
  }

  /**
   * The documents whose text matches best: the actor's own, or with `scope: "public"` those that anybody may read. Looks in
   * the fields that the `search` option names. An empty query matches nothing.
   *
   * @returns at most `limit` documents, 20 when not given and 100 at most, the best match first
   * @throws UNAUTHORIZED when nobody is signed in and the scope is their own; VALIDATION_FAILED
   * @example
   * ```ts
   * const matches = await docs.search(ctx, { query: "quarterly plan" });
   * ```
   */
  async search(
    ctx: Ctx & RunQueryCtx,
    args: SearchArgs & Partial<Extra>,
  ): Promise<DocumentOf<F>[]> {
    return await this.ask("search", args, async () => {
      if (!this.core.isSearchable) {
        throw new Error(
          'convex-docs: there is nothing to search in. Name the fields in new Docs(): search: ["title"].',
        );
      }
      const { scope = "own", limit = SEARCH.defaultResults } = args;
      checkAmount("limit", limit, SEARCH.maxResults);
      const actor = await this.actor(ctx);
      const { search } = this.core.component.documents;
      const call = { ...args, actor, scope, limit };
      const found = await invoke(() => ctx.runQuery(search, call));
      return present(await this.admit(ctx, actor, found));
    });
  }

  private async page(
    ctx: Ctx & RunQueryCtx,
    scope: "own" | "public" | "trash",
    args: ListArgs,
  ): Promise<PageOf<F>> {
    const actor = await this.actor(ctx);
    const { list } = this.core.component.documents;
    const { order = "desc", paginationOpts, ...which } = args;
    const options = pageOptions(paginationOpts);
    const call = { actor, scope, order, paginationOpts: options, ...which };
    const found: Page = await invoke(() => ctx.runQuery(list, call));
    const page =
      scope === "trash"
        ? found.page.map((row) => flatten<F>(row))
        : present(await this.admit(ctx, actor, found.page));
    return { ...found, page };
  }
}

function present<T>(items: (T | null)[]): T[] {
  return items.filter((item) => item !== null);
}
