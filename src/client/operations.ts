/**
 * The operations of one actor. Each method is one call into the component (with hooks, a few), so it composes with the
 * host's own reads and writes in one transaction.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import {
  invoke,
  pageOptions,
  type RunMutationCtx,
  type RunQueryCtx,
} from "../host/component.js";
import { mayRead } from "../shared/access.js";
import type { BulkChange, BulkStatus } from "../shared/bulk.js";
import {
  COUNT,
  SEARCH,
  type Actor,
  type BatchResult,
  type Change,
  type Counted,
  type Draft,
  type Page,
  type StoredDocument,
  type Written,
} from "../shared/documents.js";
import { batchTooLarge, fail, invalid, notFound } from "../shared/failures.js";
import {
  checkAmount,
  checkArguments,
  splitFields,
  type ArgumentShapes,
} from "./arguments.js";
import { isAllowed, SYSTEM } from "./authorize.js";
import { mapErrors } from "./errors.js";
import { flatten, type DocsState, type WriteOperation } from "./options.js";
import type {
  BatchCreateArgs,
  BatchMode,
  BatchRemoveArgs,
  BatchUpdateArgs,
  BulkArgs,
  CountArgs,
  CreateArgs,
  DocumentOf,
  GetArgs,
  GetByKeyArgs,
  GetManyArgs,
  JobArgs,
  ListArgs,
  ListPublicArgs,
  PageOf,
  RemoveArgs,
  SearchArgs,
  TargetArgs,
  TransferArgs,
  UpdateArgs,
} from "./types.js";
import { workerOf } from "./worker.js";
import { write, type WriteItem } from "./write.js";

/**
 * The operations of one actor. `Ctx` is what the actor is found from; `Extra` is what some operations need besides: nothing
 * for a caller, the owner's id for the system.
 */
export class Operations<
  F extends PropertyValidators,
  Ctx = unknown,
  Extra extends object = object,
  ChangeCtx = unknown,
> {
  /**
   * Made by `Docs`.
   *
   * @internal
   */
  constructor(
    protected readonly core: DocsState<F, Ctx, ChangeCtx>,
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
    return await this.ask("get", args, async () => {
      const [document] = await this.readMany(ctx, [args.id]);
      return document ?? null;
    });
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
    return await this.ask("get", args, async () => {
      const document = await this.get(ctx, args);
      if (document === null) throw fail(notFound(args.id));
      return document;
    });
  }

  /**
   * Reads some documents: up to 43, or fewer where `maxDocumentBytes` is raised, so that the largest fit one transaction.
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
    const run = () => this.readMany(ctx, args.ids);
    const { maxGetItems } = this.core;
    return await this.ask("getMany", args, run, maxGetItems);
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
    return await this.ask("getByKey", args, async () => {
      const actor = await this.actor(ctx);
      const { getByKey } = this.core.component.documents;
      const found = await invoke(() =>
        ctx.runQuery(getByKey, { actor, ...args }),
      );
      const [document] = await this.admit(ctx, actor, [found]);
      return document ?? null;
    });
  }

  /** Checks the arguments (of a batch, first their number), does what they ask, and lets the host word what went wrong. */
  protected async ask<T>(
    operation: keyof ArgumentShapes,
    args: object,
    run: () => Promise<T>,
    limit = Infinity,
  ): Promise<T> {
    return await mapErrors(this.core.mapError, async () => {
      checkSize(args, limit);
      checkArguments(this.shapes[operation], args);
      return await run();
    });
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
  protected async admit(
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

  // Lists

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
      return withoutNulls(await this.admit(ctx, actor, found));
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
        : withoutNulls(await this.admit(ctx, actor, found.page));
    return { ...found, page };
  }

  // Writes

  /**
   * Creates a document that belongs to whoever acts.
   *
   * @returns its id, and its version: 1
   * @throws UNAUTHORIZED when nobody is signed in; VALIDATION_FAILED with every problem of the fields; ALREADY_EXISTS when
   * the owner has a document with this `key` and `ifExists` does not say what to do then
   * @example
   * ```ts
   * const { id } = await docs.create(ctx, { title: "Plan", content: "" });
   * ```
   */
  async create(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: CreateArgs<F> & Extra,
  ): Promise<Written> {
    return await this.ask("create", args, () =>
      this.one(ctx, "create", this.draft(args)),
    );
  }

  /**
   * Changes some fields of a document. Absent fields stay as they are; `unset` deletes optional ones; the whole merged
   * document is validated. A change that changes nothing writes nothing and keeps the version.
   *
   * @returns its id, and its version after the write
   * @throws UNAUTHORIZED; NOT_FOUND when it is not there or not visible; FORBIDDEN when it is somebody else's public
   * document; CONFLICT when `ifVersion` is no longer its version; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.update(ctx, { id, title: "Plan B", unset: ["summary"], ifVersion: 3 });
   * ```
   */
  async update(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: UpdateArgs<F>,
  ): Promise<Written> {
    return await this.ask("update", args, () =>
      this.one(ctx, "update", this.change(args)),
    );
  }

  /**
   * Deletes a document or, with the option `trash`, moves it to the trash.
   *
   * @returns its id, and the version that was deleted or is in the trash now
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT; VALIDATION_FAILED: each as in `update`
   * @example
   * ```ts
   * await docs.remove(ctx, { id });
   * ```
   */
  async remove(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: RemoveArgs,
  ): Promise<Written> {
    return await this.ask("target", args, () =>
      this.one(ctx, this.removal(), args),
    );
  }

  /**
   * Brings a document back from the trash.
   *
   * @returns its id, and its version
   * @throws UNAUTHORIZED; NOT_FOUND when it is not in the actor's trash; ALREADY_EXISTS when another document has taken its
   * key; CONFLICT; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.restore(ctx, { id });
   * ```
   */
  async restore(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: TargetArgs,
  ): Promise<Written> {
    return await this.ask("target", args, () => this.one(ctx, "restore", args));
  }

  /**
   * Deletes a document in the trash for good.
   *
   * @returns its id, and the version that was deleted
   * @throws UNAUTHORIZED; NOT_FOUND when it is not in the actor's trash; CONFLICT; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.purge(ctx, { id });
   * ```
   */
  async purge(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: TargetArgs,
  ): Promise<Written> {
    return await this.ask("target", args, () => this.one(ctx, "purge", args));
  }

  /**
   * Gives a document to another owner: the only way that an owner changes. Its key stays behind.
   *
   * @returns its id, and its version after the transfer
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT; VALIDATION_FAILED: each as in `update`
   * @example
   * ```ts
   * await docs.transfer(ctx, { id, to: colleague.id });
   * ```
   */
  async transfer(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: TransferArgs,
  ): Promise<Written> {
    return await this.ask("transfer", args, () =>
      this.one(ctx, "transfer", args),
    );
  }

  protected removal(): "trash" | "remove" {
    return this.core.trash ? "trash" : "remove";
  }

  protected draft(args: object): Draft {
    const { own, ours } = splitFields(this.core.fields, args);
    // `checkArguments` has seen to it that ours are those of a draft.
    return { ...ours, fields: own };
  }

  protected change(args: object): Change {
    const { own, ours } = splitFields(this.core.fields, args);
    // As in `draft`.
    return { unset: [], ...ours, set: own } as unknown as Change;
  }

  private async one(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    operation: WriteOperation,
    item: WriteItem,
  ): Promise<Written> {
    const actor = await this.actor(ctx);
    const call = { operation, actor, mode: "single" as const, items: [item] };
    const [outcome] = await write(this.core, ctx, call);
    // A single call's refusal has been thrown, so its outcome is a success.
    if (!outcome?.ok) throw new Error("convex-docs: a call without outcome.");
    return { id: outcome.id, version: outcome.version };
  }

  // Batches

  /**
   * Creates up to `maxBatchItems` documents.
   *
   * @returns one result an item, in order
   * @throws UNAUTHORIZED; BATCH_TOO_LARGE before anything is written; VALIDATION_FAILED when the call itself is malformed;
   * BATCH_FAILED with every failing index unless `mode` is `"partial"`, where a failed item is a result
   * @example
   * ```ts
   * const { results } = await docs.batchCreate(ctx, { items: [{ title: "A", content: "" }] });
   * ```
   */
  async batchCreate(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: BatchCreateArgs<F, Extra>,
  ): Promise<BatchResult> {
    const run = () => {
      const items = args.items.map((item) => this.draft(item));
      return this.many(ctx, "create", items, args.mode);
    };
    return await this.ask("batchCreate", args, run, this.core.maxBatchItems);
  }

  /**
   * Changes up to `maxBatchItems` documents: the same change to all of `ids`, or each of `items` its own. Ownership and
   * versions are checked for each.
   *
   * @returns one result an item, in order; an id that stands there twice is DUPLICATE_ID the second time
   * @throws as `batchCreate`
   * @example
   * ```ts
   * await docs.batchUpdate(ctx, { ids, updates: { status: "published" } });
   * await docs.batchUpdate(ctx, { items: [{ id, title: "A", ifVersion: 2 }], mode: "partial" });
   * ```
   */
  async batchUpdate(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: BatchUpdateArgs<F>,
  ): Promise<BatchResult> {
    if (isSameForAll(args)) {
      const run = () => {
        const { ids, updates, mode } = args;
        const items = ids.map((id) => this.change({ id, ...updates }));
        return this.many(ctx, "update", items, mode);
      };
      return await this.ask("batchUpdate", args, run, this.core.maxBatchItems);
    }
    const run = () => {
      const items = args.items.map((item) => this.change(item));
      return this.many(ctx, "update", items, args.mode);
    };
    return await this.ask(
      "batchUpdateItems",
      args,
      run,
      this.core.maxBatchItems,
    );
  }

  /**
   * Deletes up to `maxBatchItems` documents or, with the option `trash`, moves them to the trash.
   *
   * @returns one result an id, in order; an id that stands there twice is DUPLICATE_ID the second time
   * @throws as `batchCreate`
   * @example
   * ```ts
   * const { failed } = await docs.batchRemove(ctx, { ids, mode: "partial" });
   * ```
   */
  async batchRemove(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: BatchRemoveArgs,
  ): Promise<BatchResult> {
    const run = () => {
      const items = args.ids.map((id) => ({ id }));
      return this.many(ctx, this.removal(), items, args.mode);
    };
    return await this.ask("batchRemove", args, run, this.core.maxBatchItems);
  }

  private async many(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    operation: WriteOperation,
    items: WriteItem[],
    mode: BatchMode = "atomic",
  ): Promise<BatchResult> {
    const actor = await this.actor(ctx);
    const call = { operation, actor, mode, items };
    const results = await write(this.core, ctx, call);
    const succeeded = results.filter(({ ok }) => ok).length;
    return { results, succeeded, failed: results.length - succeeded };
  }

  // Bulk operations

  /**
   * Starts a job that changes, removes, restores or purges any number of documents in the background, some in each
   * transaction. It goes on as whoever starts it: the rights are checked again for each document when its turn comes. A
   * document that cannot be written is counted and the rest goes on. What is done once is not done again, even after a crash.
   *
   * @returns the id to ask about it by
   * @throws UNAUTHORIZED; BATCH_TOO_LARGE for more than 8,000 ids; VALIDATION_FAILED; Error when there are hooks or a schema
   * and no `bulkWorker` to run them
   * @example
   * ```ts
   * const { jobId } = await docs.startBulk(ctx, {
   *   operation: "update",
   *   updates: { status: "archived" },
   *   where: { status: "draft" },
   * });
   * ```
   */
  async startBulk(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: BulkArgs<F> & Partial<Extra>,
  ): Promise<JobArgs> {
    return await this.ask("bulk", args, async () => {
      const { ids, where, updates, ownerId, operation } =
        args as CheckedBulkArgs;
      checkChoice(ids, where, "ids", "where");
      const change = updates && this.changeOf(updates);
      if ((operation === "update") !== (change !== undefined)) {
        const message = "goes with the operation update, and only with it.";
        throw fail(invalid([{ path: "updates", message }]));
      }
      const removal = this.core.trash
        ? ("trash" as const)
        : ("remove" as const);
      const worker = await workerOf(this.core);
      const call = {
        actor: await this.actor(ctx),
        operation: operation === "remove" ? removal : operation,
        target: ids ? { ids } : { where: where ?? {} },
        rules: this.core.rules,
        ...(ownerId === undefined ? {} : { ownerId }),
        ...(change === undefined ? {} : { change }),
        ...(worker === undefined ? {} : { worker }),
      };
      const { start } = this.core.component.bulk;
      return { jobId: await invoke(() => ctx.runMutation(start, call)) };
    });
  }

  /**
   * How far a job is. A query of it updates as the job goes on.
   *
   * @returns `null` for a job that the actor did not start, or that ended more than seven days ago
   * @throws VALIDATION_FAILED
   * @example
   * ```ts
   * const job = await docs.bulkStatus(ctx, { jobId });
   * if (job?.state === "done") console.log(`${job.done} done, ${job.failed} refused`);
   * ```
   */
  async bulkStatus(
    ctx: Ctx & RunQueryCtx,
    args: JobArgs,
  ): Promise<BulkStatus | null> {
    return await this.ask("job", args, async () => {
      const call = { actor: await this.actor(ctx), jobId: args.jobId };
      const { status } = this.core.component.bulk;
      return await invoke(() => ctx.runQuery(status, call));
    });
  }

  /**
   * Stops a job after the step that is under way. What is done stays done; a job that is over stays as it ended.
   *
   * @throws NOT_FOUND for a job that the actor did not start; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.cancelBulk(ctx, { jobId });
   * ```
   */
  async cancelBulk(ctx: Ctx & RunMutationCtx, args: JobArgs): Promise<null> {
    return await this.ask("job", args, async () => {
      const call = { actor: await this.actor(ctx), jobId: args.jobId };
      const { cancel } = this.core.component.bulk;
      return await invoke(() => ctx.runMutation(cancel, call));
    });
  }

  private changeOf(updates: object): BulkChange {
    const { own, ours } = splitFields(this.core.fields, updates);
    return { unset: [], ...ours, set: own };
  }
}

/** Before anything else: a batch of a million is refused before a million items are looked at. */
function checkSize(args: unknown, limit: number): void {
  // Plain JavaScript may send anything; what is not an object of arguments is refused by `checkArguments`.
  const { ids, items = ids } = (args ?? {}) as {
    ids?: unknown;
    items?: unknown;
  };
  if (Array.isArray(items) && items.length > limit) {
    throw fail(batchTooLarge("items", limit, items.length));
  }
}
function withoutNulls<T>(items: (T | null)[]): T[] {
  return items.filter((item) => item !== null);
}
/** Plain JavaScript may send anything: what is not an object of arguments is refused with the rest. */
function isSameForAll<F extends PropertyValidators>(
  args: BatchUpdateArgs<F>,
): args is Extract<BatchUpdateArgs<F>, { ids: string[] }> {
  return Object.hasOwn(Object(args) as object, "ids");
}

/** The arguments of `startBulk` once they are checked: TypeScript cannot take apart a union over the host's fields. */
type CheckedBulkArgs = {
  operation: "update" | "remove" | "restore" | "purge";
  updates?: object;
  ids?: string[];
  where?: { updatedBefore?: number };
  ownerId?: string;
};

function checkChoice(
  a: unknown,
  b: unknown,
  nameA: string,
  nameB: string,
): void {
  if ((a === undefined) !== (b === undefined)) return;
  const message = `give either ${nameA} or ${nameB}.`;
  throw fail(invalid([{ path: nameA, message }]));
}
