/**
 * Reading documents. Each method is one call into the component.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import { mayRead } from "../shared/access.js";
import { batchTooLarge, fail, notFound } from "../shared/failures.js";
import { COUNT, GET_MANY, SEARCH } from "../shared/limits.js";
import type {
  Actor,
  Counted,
  Page,
  StoredDocument,
} from "../shared/validators.js";
import {
  checkAmount,
  checkArguments,
  type ArgumentShapes,
} from "./arguments.js";
import { flatten, type Core } from "./core.js";
import { invoke } from "./invoke.js";
import { isAllowed, SYSTEM } from "./judge.js";
import type {
  CountArgs,
  DocumentOf,
  GetArgs,
  GetByKeyArgs,
  GetManyArgs,
  ListArgs,
  ListPublicArgs,
  PageOf,
  RunQueryCtx,
  SearchArgs,
} from "./types.js";

/**
 * The operations of one actor that read. `Ctx` is what the actor is found from; `Extra` is what some operations need
 * besides: nothing for a caller, the owner's id for the system.
 */
export class Reads<
  F extends PropertyValidators,
  Ctx = unknown,
  Extra extends object = object,
  ChangeCtx = unknown,
> {
  /** @internal Made by `Docs`. */
  constructor(
    protected readonly core: Core<F, Ctx, ChangeCtx>,
    protected readonly shapes: ArgumentShapes,
    protected readonly actor: (ctx: Ctx) => Promise<Actor> | Actor,
  ) {}

  /**
   * Reads a document.
   *
   * @returns `null` when there is none that whoever acts may see: a throw in a query would reach the React error boundary
   * @throws VALIDATION_FAILED when `id` is not a string
   * @example
   * ```ts
   * const document = await docs.get(ctx, { id });
   * if (document) console.log(document.title, document.version);
   * ```
   */
  async get(
    ctx: Ctx & RunQueryCtx,
    args: GetArgs,
  ): Promise<DocumentOf<F> | null> {
    checkArguments(this.shapes.get, args);
    const [document] = await this.readMany(ctx, [args.id]);
    return document ?? null;
  }

  /**
   * Reads a document that has to be there.
   *
   * @throws NOT_FOUND when there is none that whoever acts may see; VALIDATION_FAILED
   * @example
   * ```ts
   * const { title } = await docs.getOrThrow(ctx, { id });
   * ```
   */
  async getOrThrow(
    ctx: Ctx & RunQueryCtx,
    args: GetArgs,
  ): Promise<DocumentOf<F>> {
    const document = await this.get(ctx, args);
    if (document === null) throw fail(notFound(args.id));
    return document;
  }

  /**
   * Reads up to 100 documents, 8 MiB in all.
   *
   * @returns one entry an id, in order: `null` for each that whoever acts may not see
   * @throws BATCH_TOO_LARGE; VALIDATION_FAILED
   * @example
   * ```ts
   * const [first, second] = await docs.getMany(ctx, { ids: [a, b] });
   * ```
   */
  async getMany(
    ctx: Ctx & RunQueryCtx,
    args: GetManyArgs,
  ): Promise<(DocumentOf<F> | null)[]> {
    checkArguments(this.shapes.getMany, args);
    const { length } = args.ids;
    if (length > GET_MANY.maxItems) {
      throw fail(batchTooLarge("items", GET_MANY.maxItems, length));
    }
    return await this.readMany(ctx, args.ids);
  }

  /**
   * Reads the document that its owner calls by this key.
   *
   * @returns `null` when the actor has none
   * @throws UNAUTHORIZED when nobody is signed in; VALIDATION_FAILED
   * @example
   * ```ts
   * const settings = await docs.getByKey(ctx, { key: "settings" });
   * ```
   */
  async getByKey(
    ctx: Ctx & RunQueryCtx,
    args: GetByKeyArgs & Extra,
  ): Promise<DocumentOf<F> | null> {
    checkArguments(this.shapes.getByKey, args);
    const actor = await this.actor(ctx);
    const { getByKey } = this.core.component.documents;
    const found = await invoke(() =>
      ctx.runQuery(getByKey, { actor, ...args }),
    );
    const [document] = await this.admit(ctx, actor, [found]);
    return document ?? null;
  }

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
    checkArguments(this.shapes.list, args);
    return await this.page(ctx, "own", args);
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
    checkArguments(this.shapes.listPublic, args);
    return await this.page(ctx, "public", args);
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
    checkArguments(this.shapes.listTrash, args);
    return await this.page(ctx, "trash", args);
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
    checkArguments(this.shapes.count, args);
    const { upTo = COUNT.defaultUpTo } = args;
    checkAmount("upTo", upTo, COUNT.maxUpTo);
    const actor = await this.actor(ctx);
    const { count } = this.core.component.documents;
    const call = { ...args, actor, scope: "own" as const, upTo };
    return await invoke(() => ctx.runQuery(count, call));
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
    checkArguments(this.shapes.search, args);
    const { query, scope = "own", limit = SEARCH.defaultResults } = args;
    checkAmount("limit", limit, SEARCH.maxResults);
    const actor = await this.actor(ctx);
    if (query.trim() === "") return [];
    const { search } = this.core.component.documents;
    const call = { ...args, actor, scope, limit };
    const found = await invoke(() => ctx.runQuery(search, call));
    return present(await this.admit(ctx, actor, found));
  }

  private async page(
    ctx: Ctx & RunQueryCtx,
    scope: "own" | "public" | "trash",
    args: ListArgs,
  ): Promise<PageOf<F>> {
    const actor = await this.actor(ctx);
    const { list } = this.core.component.documents;
    const { order = "desc", paginationOpts, ...which } = args;
    const { numItems, cursor, endCursor = null } = paginationOpts;
    const options = { numItems, cursor, endCursor };
    const call = { actor, scope, order, paginationOpts: options, ...which };
    const found: Page = await invoke(() => ctx.runQuery(list, call));
    const page =
      scope === "trash"
        ? found.page.map((row) => flatten<F>(row))
        : present(await this.admit(ctx, actor, found.page));
    return { ...found, page };
  }

  private async readMany(
    ctx: Ctx & RunQueryCtx,
    ids: string[],
  ): Promise<(DocumentOf<F> | null)[]> {
    const actor = await this.actor(ctx);
    const { get } = this.core.component.documents;
    // With an `access` hook, the host decides, and has to see the document to do so.
    const reader = this.core.hooks.access ? SYSTEM : actor;
    const call = { actor: reader, ids };
    const found = await invoke(() => ctx.runQuery(get, call));
    return await this.admit(ctx, actor, found);
  }

  /** What the actor may see of what was found, in its place. */
  private async admit(
    ctx: Ctx,
    actor: Actor,
    found: (StoredDocument | null)[],
  ): Promise<(DocumentOf<F> | null)[]> {
    return await Promise.all(
      found.map(async (document) => {
        if (document === null) return null;
        const byDefault = mayRead(actor, document);
        const { hooks } = this.core;
        return (await isAllowed(hooks, ctx, actor, "read", document, byDefault))
          ? flatten<F>(document)
          : null;
      }),
    );
  }
}

function present<T>(items: (T | null)[]): T[] {
  return items.filter((item) => item !== null);
}
