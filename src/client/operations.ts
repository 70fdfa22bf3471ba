/**
 * The operations of one actor. Each method is one call into the component (with hooks, a few), so it composes with the
 * host's own reads and writes in one transaction.
 *
 * @module
 */
import type { PaginationResult } from "convex/server";
import type { PropertyValidators } from "convex/values";
import type { Issue } from "../errors/codes.js";
import {
  invoke,
  pageOptions,
  type RunMutationCtx,
  type RunQueryCtx,
} from "../host/component.js";
import type { BulkOperation, BulkStarted, BulkStatus } from "../shared/bulk.js";
import {
  COUNT,
  PUBLIC_OWNER,
  PUBLIC_STATUS,
  SEARCH,
  type Actor,
  type BatchResult,
  type Change,
  type Counted,
  type Draft,
  type ItemResult,
  type Written,
} from "../shared/documents.js";
import { fail, notFound } from "../shared/failures.js";
import { ownerIssues } from "../shared/access.js";
import { issue } from "../shared/issues.js";
import { alone, isUnasked } from "../shared/principals.js";
import { omitUndefined } from "../shared/omitUndefined.js";
import type { ViewRequest } from "../shared/views.js";
import type { Permission } from "../shared/roles.js";
import {
  amountIssues,
  splitFields,
  type DocsArgs,
  type IdArgs,
  type OwnerArgs,
} from "./arguments.js";
import { bulkIssues, targetOf, toChange, type CheckedBulk } from "./bulk.js";
import { flatten, type DocumentOf } from "./document.js";
import type { Caller } from "./caller.js";
import { createHistory, type Note } from "./history.js";
import { createPublishing } from "./publishing.js";
import type { WriteOperation } from "./options.js";
import {
  viewRequest,
  type BulkArgs,
  type CountArgs,
  type GetByArgs,
  type ListArgs,
  type ListPublicArgs,
  type NoViews,
} from "./views.js";
import { workerHandle } from "./worker.js";
import type { WriteItem } from "./authorize.js";
import { readPermissions } from "./permission.js";
import {
  admit,
  readCount,
  readDocuments,
  readMatches,
  readPage,
} from "./read.js";
import { furtherIssues, type Sent, type SentCall } from "./problems.js";
import { Sharing } from "./sharing.js";
import { write } from "./write.js";

/**
 * The operations of one actor, on documents with the fields `F`. `ReadCtx` and `WriteCtx` are the `ctx` that reading and
 * writing need; `Extra` is what some operations need besides: nothing for a caller, the owner's id for the system. `Shown` are the
 * fields as they are read: one that `readable` hides from somebody may be absent.
 */
export class Operations<
  F extends PropertyValidators,
  ReadCtx extends RunQueryCtx = RunQueryCtx,
  WriteCtx extends ReadCtx & RunMutationCtx = ReadCtx & RunMutationCtx,
  Extra extends object = object,
  V = NoViews,
  S extends boolean = false,
  Shown extends PropertyValidators = F,
  Id extends string = string,
> extends Sharing<Shown, ReadCtx, WriteCtx, S, Id> {
  /**
   * Made by `Docs`.
   *
   * @internal
   */
  constructor(...made: ConstructorParameters<typeof Caller<ReadCtx>>) {
    super(...made);
    if (!this.core.history) return;
    const added = createHistory<F, ReadCtx, WriteCtx>({
      core: this.core,
      actor: async (ctx) => this.whole(ctx, await this.actor(ctx)),
      ask: (operation, args, run) => this.ask(operation, args, run),
    });
    Object.assign(this, added);
    if (!this.core.workingCopy) return;
    const publishing = createPublishing<ReadCtx, WriteCtx>({
      core: this.core,
      actor: async (ctx) => this.whole(ctx, await this.actor(ctx)),
      ask: (...asked) => this.ask(...asked),
      one: (...asked) => this.one(...asked),
      many: (...asked) => this.many(...asked),
    });
    Object.assign(this, publishing);
  }

  /**
   * Reads a document.
   *
   * @returns `null` for one that is missing or that the actor may not see: a throw in a query would reach React's error boundary
   * @throws VALIDATION_FAILED when `id` is not a string
   * @example
   * ```ts
   * const document = await docs.get(ctx, { id });
   * if (document) console.log(document.title, document.version);
   * ```
   */
  async get(
    ctx: ReadCtx,
    args: IdArgs<"get", Id>,
  ): Promise<DocumentOf<Shown, Id> | null> {
    return await this.ask("get", args, async () => {
      const [document] = await this.readMany(ctx, [args.id]);
      return document ?? null;
    });
  }

  /**
   * Reads a document that has to exist.
   *
   * @throws NOT_FOUND when it is missing or the actor may not see it; VALIDATION_FAILED
   * @example
   * ```ts
   * const { title } = await docs.getOrThrow(ctx, { id });
   * ```
   */
  async getOrThrow(
    ctx: ReadCtx,
    args: IdArgs<"get", Id>,
  ): Promise<DocumentOf<Shown, Id>> {
    return await this.ask("get", args, async () => {
      const document = await this.get(ctx, args);
      if (document === null) throw fail(notFound(args.id));
      return document;
    });
  }

  /**
   * Reads some documents: up to 43, or fewer where `maxDocumentBytes` is raised, so that the largest fit one transaction.
   *
   * @returns one entry an id, in order: `null` for each that is missing or that the actor may not see
   * @throws BATCH_TOO_LARGE; VALIDATION_FAILED
   * @example
   * ```ts
   * const [first, second] = await docs.getMany(ctx, { ids: [a, b] });
   * ```
   */
  async getMany(
    ctx: ReadCtx,
    args: IdArgs<"getMany", Id>,
  ): Promise<(DocumentOf<Shown, Id> | null)[]> {
    const run = () => this.readMany(ctx, args.ids);
    const { maxGetItems } = this.core;
    return await this.ask("getMany", args, run, { limit: maxGetItems });
  }

  /**
   * Reads the document that its owner calls by this key.
   *
   * @returns `null` when the actor has none
   * @throws UNAUTHORIZED when no user is signed in; VALIDATION_FAILED
   * @example
   * ```ts
   * const settings = await docs.getByKey(ctx, { key: "settings" });
   * ```
   */
  async getByKey(
    ctx: ReadCtx,
    args: DocsArgs<"getByKey"> & Extra,
  ): Promise<DocumentOf<Shown, Id> | null> {
    return await this.ask("getByKey", args, async () => {
      const actor = await this.actorFor(ctx, args);
      const { getByKey } = this.core.component.documents;
      const found = await invoke(() =>
        ctx.runQuery(getByKey, { actor, ...args }),
      );
      const asked = [{ who: { actor }, document: found }];
      const [document] = await admit(this.core, ctx, asked);
      return document ? flatten<Shown, Id>(document) : null;
    });
  }

  /**
   * Whether the actor may do something, without doing it: for what a host keeps beside a document (comments, files, who is
   * here), and for buttons. The answer is the one that the operation itself would give.
   *
   * With `fields`, an update is judged by the names that it would send, whatever the values: `pinned` stands for unpinning too.
   * `comment` needs a commenter, and is otherwise like reading.
   *
   * @returns `{ allowed: true, role }`, or `{ allowed: false, code }` with the code that the operation is refused with:
   * NOT_FOUND for a document that is missing or that the actor may not see, FORBIDDEN, then with the `role` to read it with,
   * or UNAUTHORIZED. With `ids`, one an id, in order
   * @throws BATCH_TOO_LARGE for more ids than `getMany` reads; VALIDATION_FAILED
   * @example
   * ```ts
   * const { allowed } = await docs.can(ctx, { id, operation: "update", fields: ["status"] });
   * ```
   */
  async can(ctx: ReadCtx, args: DocsArgs<"can", F, Id>): Promise<Permission>;
  /** As above, of many. */
  async can(
    ctx: ReadCtx,
    args: DocsArgs<"canMany", F, Id>,
  ): Promise<Permission[]>;
  /** As above. */
  async can(
    ctx: ReadCtx,
    args: DocsArgs<"can", F, Id> | DocsArgs<"canMany", F, Id>,
  ): Promise<Permission | Permission[] | undefined> {
    const isOne = !Object.hasOwn(Object(args) as object, "ids");
    const run = async () => {
      const { id, ids = [id], ...question } = args as CheckedQuestion;
      const answers = await this.acting(ctx, (actor) =>
        readPermissions(this.core, ctx, { actor, ids, ...question }),
      );
      return isOne ? answers[0] : answers;
    };
    const form = isOne ? "can" : "canMany";
    return await this.ask(form, args, run, {
      limit: this.core.maxGetItems,
    });
  }

  private async readMany(
    ctx: ReadCtx,
    ids: string[],
  ): Promise<(DocumentOf<Shown, Id> | null)[]> {
    const actor = await this.actor(ctx);
    const found = await readDocuments(this.core, ctx, actor, ids);
    // What is not the user's own is looked for again, as all that they may act as.
    const others = isUnasked(actor)
      ? ids.flatMap((_id, index) => (found[index] ? [] : [index]))
      : [];
    if (others.length > 0) {
      const whole = await this.whole(ctx, actor);
      const named = others.map((index) => ids[index] ?? "");
      const again = await readDocuments(this.core, ctx, whole, named);
      others.forEach((index, at) => (found[index] = again[at] ?? null));
    }
    return found.map((document) => document && flatten<Shown, Id>(document));
  }

  // Lists

  /**
   * A page of the actor's own documents, by last change. Works with `usePaginatedQuery` of `convex-helpers/react`.
   *
   * @throws UNAUTHORIZED when no user is signed in; INVALID_CURSOR for a cursor of another list; VALIDATION_FAILED
   * @example
   * ```ts
   * const { page, isDone, continueCursor } = await docs.list(ctx, {
   *   status: "draft",
   *   paginationOpts: { numItems: 20, cursor: null },
   * });
   * ```
   */
  async list(
    ctx: ReadCtx,
    args: ListArgs<F, V> & Extra,
  ): Promise<PaginationResult<DocumentOf<Shown, Id>>> {
    const form = this.form("list", args);
    return await this.ask(form, args, () => this.page(ctx, "own", args));
  }

  /**
   * A page of the documents that everyone may read, signed in or not: public and published, by last change.
   *
   * @throws INVALID_CURSOR for a cursor of another list; VALIDATION_FAILED
   * @example
   * ```ts
   * const { page } = await docs.listPublic(ctx, { paginationOpts });
   * ```
   */
  async listPublic(
    ctx: ReadCtx,
    args: ListPublicArgs<F, V>,
  ): Promise<PaginationResult<DocumentOf<Shown, Id>>> {
    const form = this.form("listPublic", args);
    return await this.ask(form, args, () => this.page(ctx, "public", args));
  }

  /**
   * A page of the actor's trash, by the time of removal.
   *
   * @throws UNAUTHORIZED when no user is signed in; INVALID_CURSOR for a cursor of another list; VALIDATION_FAILED
   * @example
   * ```ts
   * const { page } = await docs.listTrash(ctx, { paginationOpts });
   * ```
   */
  async listTrash(
    ctx: ReadCtx,
    args: DocsArgs<"listTrash"> & Extra,
  ): Promise<PaginationResult<DocumentOf<Shown, Id>>> {
    return await this.ask("listTrash", args, () =>
      this.page(ctx, "trash", args),
    );
  }

  /**
   * How many documents the actor has. Counts them one by one up to `upTo` (1,000 at most; default: 100), and then says that
   * there are more. Reads as many documents as it counts, and 4 MiB of them at most.
   *
   * With `access`, it counts what `list` shows: it asks about 100 documents at most, and `more` says too that there are others.
   *
   * @throws UNAUTHORIZED when no user is signed in; VALIDATION_FAILED
   * @example
   * ```ts
   * const { count, more } = await docs.count(ctx, { status: "draft" });
   * const badge = more ? `${count}+` : `${count}`;
   * ```
   */
  async count(ctx: ReadCtx, args: CountArgs<F, V> & Extra): Promise<Counted> {
    const {
      view,
      where,
      upTo = COUNT.defaultUpTo,
      ...which
    } = Object(args) as Asked;
    const run = async () => {
      const asked = this.asked({ view, where });
      const actor = await this.actorFor(ctx, which);
      const call = { ...which, ...asked, actor, scope: "own" as const, upTo };
      return await readCount(this.core, ctx, call);
    };
    const rules = () => amountIssues("upTo", upTo, COUNT.maxUpTo);
    return await this.ask(this.form("count", args), args, run, { rules });
  }

  /**
   * Reads the document of the actor that a `unique` view finds by these values.
   *
   * @returns `null` when the actor has none
   * @throws UNAUTHORIZED when no user is signed in; VALIDATION_FAILED
   * @example
   * ```ts
   * const page = await docs.getBy(ctx, { view: "slug", where: { slug: "about" } });
   * ```
   */
  async getBy(
    ctx: ReadCtx,
    args: GetByArgs<F, V> & Extra,
  ): Promise<DocumentOf<Shown, Id> | null> {
    return await this.ask("getBy", args, async () => {
      const { view, where, ...whose } = args as object as Asked;
      const usable = this.core.views.filter(({ unique }) => unique);
      const asked = { view: viewRequest(usable, { view, where }) };
      const actor = await this.actorFor(ctx, whose);
      const { getBy } = this.core.component.documents;
      const call = { ...whose, ...asked, actor };
      const found = await invoke(() => ctx.runQuery(getBy, call));
      const named = [{ who: { actor }, document: found }];
      const [document] = await admit(this.core, ctx, named);
      return document ? flatten<Shown, Id>(document) : null;
    });
  }

  /**
   * The documents whose text matches best: the actor's own, or with `scope: "public"` those that everyone may read. Looks in
   * the fields that the `search` option names. An empty query matches nothing. With `access`, it asks about up to 1,024 matches
   * until it has found as many as it returns.
   *
   * @returns up to `limit` documents (100 at most; default: 20), the best match first
   * @throws UNAUTHORIZED when no user is signed in and the scope is their own; VALIDATION_FAILED
   * @example
   * ```ts
   * const matches = await docs.search(ctx, { query: "quarterly plan" });
   * ```
   */
  async search(
    ctx: ReadCtx,
    args: DocsArgs<"search"> & Partial<Extra>,
  ): Promise<DocumentOf<Shown, Id>[]> {
    const {
      scope = "own",
      limit = SEARCH.defaultResults,
      ...which
    } = Object(args) as DocsArgs<"search"> & Partial<OwnerArgs>;
    const run = async () => {
      if (!this.core.isSearchable) {
        throw new Error(
          'convex-docs: there is nothing to search in. Name the fields in new Docs(): search: ["title"].',
        );
      }
      const actor = await this.actorFor(ctx, which);
      const call = { ...which, actor, scope, limit };
      const found = await readMatches(this.core, ctx, call);
      return found.map((row) => flatten<Shown, Id>(row));
    };
    const rules = () => [
      ...amountIssues("limit", limit, SEARCH.maxResults),
      ...(scope === "public" ? publicIssues(which) : []),
    ];
    return await this.ask("search", args, run, { rules });
  }

  /** Whether the host declares a unique view. */
  get hasUniqueViews(): boolean {
    return this.core.views.some(({ unique }) => unique);
  }

  /** Which arguments an operation takes: those of a view if one is meant. */
  private form<Name extends "list" | "listPublic" | "count" | "startBulk">(
    operation: Name,
    args: unknown,
  ): Name | `${Name}ByView` {
    const { views } = this.core;
    const isByView =
      views.length > 0 && Object.hasOwn(Object(args) as object, "view");
    return isByView ? `${operation}ByView` : operation;
  }

  /** The view that is meant, as it crosses into the component, if one is. */
  private asked(
    args: { view?: unknown; where?: unknown },
    usable = this.core.views,
  ): { view?: ViewRequest } {
    return args.view === undefined ? {} : { view: viewRequest(usable, args) };
  }

  private async page(
    ctx: ReadCtx,
    scope: "own" | "public" | "trash",
    args: object,
  ): Promise<PaginationResult<DocumentOf<Shown, Id>>> {
    const { view, where, paginationOpts, upTo, ...which } = args as Asked;
    const usable = this.core.views.filter(
      (one) => scope === "own" || (scope === "public" && one.public),
    );
    const asked = this.asked({ view, where }, usable);
    const { order = asked.view ? "asc" : "desc" } = which;
    const actor = await this.actorFor(ctx, which);
    const options = pageOptions(paginationOpts);
    const call = {
      actor,
      scope,
      ...which,
      ...asked,
      order,
      paginationOpts: options,
    };
    const found = await readPage(this.core, ctx, call);
    return { ...found, page: found.page.map((row) => flatten<Shown, Id>(row)) };
  }

  // Writes

  /**
   * Creates a document that the actor owns.
   *
   * @returns its id, and its version: 1
   * @throws UNAUTHORIZED when no user is signed in; VALIDATION_FAILED with every problem of the fields; ALREADY_EXISTS when
   * the owner has a document with this `key` and `ifExists` does not say what to do then
   * @example
   * ```ts
   * const { id } = await docs.create(ctx, { title: "Plan", content: "" });
   * ```
   */
  async create(
    ctx: WriteCtx,
    args: DocsArgs<"create", F> & Extra,
  ): Promise<Written<Id>> {
    const run = () => this.one(ctx, "create", this.toDraft(args));
    const further = this.further(ctx, "create", () => sentAlone(args));
    return await this.ask("create", args, run, { further });
  }

  /**
   * Changes some fields of a document. Absent fields stay as they are; `unset` deletes optional ones; the whole merged
   * document is validated. A change that changes nothing writes nothing and keeps the version.
   *
   * @param note why, for the history
   * @returns its id, and its version after the write
   * @throws UNAUTHORIZED; NOT_FOUND when it is missing or not visible; FORBIDDEN when it is another user's public
   * document; CONFLICT when `ifVersion` is no longer its version; VALIDATION_FAILED; Error for a reason without `history`
   * @example
   * ```ts
   * await docs.update(ctx, { id, title: "Plan B", unset: ["summary"], ifVersion: 3 });
   * ```
   */
  async update(
    ctx: WriteCtx,
    args: DocsArgs<"update", F, Id>,
    note: Note = {},
  ): Promise<Written<Id>> {
    const run = () => this.one(ctx, "update", this.toChange(args), note);
    const further = this.further(ctx, "update", () => sentAlone(args));
    return await this.ask("update", args, run, { further });
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
    ctx: WriteCtx,
    args: IdArgs<"remove", Id>,
  ): Promise<Written<Id>> {
    return await this.ask("remove", args, () =>
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
    ctx: WriteCtx,
    args: IdArgs<"restore", Id>,
  ): Promise<Written<Id>> {
    return await this.ask("restore", args, () =>
      this.one(ctx, "restore", args),
    );
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
  async purge(ctx: WriteCtx, args: IdArgs<"purge", Id>): Promise<Written<Id>> {
    return await this.ask("purge", args, () => this.one(ctx, "purge", args));
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
    ctx: WriteCtx,
    args: IdArgs<"transfer", Id>,
  ): Promise<Written<Id>> {
    const run = () => this.one(ctx, "transfer", args);
    const rules = () => ownerIssues("to", args.to);
    return await this.ask("transfer", args, run, { rules });
  }

  private async one(
    ctx: WriteCtx,
    operation: WriteOperation,
    item: WriteItem,
    note: Note = {},
  ): Promise<Written<Id>> {
    const mode = "single" as const;
    const call = { operation, mode, items: [item], ...this.why(note) };
    const run = (actor: Actor) => write(this.core, ctx, { ...call, actor });
    const [outcome] = await this.acting(ctx, run, [item]);
    // A single call's refusal is thrown: what it returns is a success.
    if (!outcome?.ok) throw new Error("convex-docs: a call has no outcome.");
    return { id: outcome.id as Id, version: outcome.version };
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
    ctx: WriteCtx,
    args: DocsArgs<"batchCreate", F> & {
      items: Extra[];
    },
  ): Promise<BatchResult<Id>> {
    const run = () => {
      const items = args.items.map((item) => this.toDraft(item));
      return this.many(ctx, "create", items, args.mode);
    };
    const further = this.further(ctx, "create", () => sentItems(args));
    const limit = this.core.maxBatchItems;
    return await this.ask("batchCreate", args, run, { limit, further });
  }

  /**
   * Changes up to `maxBatchItems` documents: the same change to all of `ids`, or each of `items` its own. Ownership and
   * versions are checked for each.
   *
   * @param note why, for the history
   * @returns one result an item, in order; an id that is listed twice is DUPLICATE_ID the second time
   * @throws as `batchCreate`
   * @example
   * ```ts
   * await docs.batchUpdate(ctx, { ids, updates: { status: "published" } });
   * await docs.batchUpdate(ctx, { items: [{ id, title: "A", ifVersion: 2 }], mode: "partial" });
   * ```
   */
  async batchUpdate(
    ctx: WriteCtx,
    args: DocsArgs<"batchUpdate", F, Id>,
    note: Note = {},
  ): Promise<BatchResult<Id>> {
    const sameForAll = isSameForAll(args);
    const run = () => {
      const items = sameForAll
        ? args.ids.map((id) => this.toChange({ ...args.updates, id }))
        : args.items.map((item) => this.toChange(item));
      return this.many(ctx, "update", items, args.mode, note);
    };
    const form = sameForAll ? "batchUpdate" : "batchUpdateItems";
    const further = this.further(ctx, "update", () =>
      sameForAll ? sentUpdates(args) : sentItems(args),
    );
    const limit = this.core.maxBatchItems;
    return await this.ask(form, args, run, { limit, further });
  }

  /**
   * Deletes up to `maxBatchItems` documents or, with the option `trash`, moves them to the trash.
   *
   * @returns one result an id, in order; an id that is listed twice is DUPLICATE_ID the second time
   * @throws as `batchCreate`
   * @example
   * ```ts
   * const { failed } = await docs.batchRemove(ctx, { ids, mode: "partial" });
   * ```
   */
  async batchRemove(
    ctx: WriteCtx,
    args: IdArgs<"batchRemove", Id>,
  ): Promise<BatchResult<Id>> {
    const run = () => {
      const items = args.ids.map((id) => ({ id }));
      return this.many(ctx, this.removal(), items, args.mode);
    };
    const limit = this.core.maxBatchItems;
    return await this.ask("batchRemove", args, run, { limit });
  }

  private async many(
    ctx: WriteCtx,
    operation: WriteOperation,
    items: WriteItem[],
    mode: DocsArgs<"batchRemove">["mode"] = "atomic",
    note: Note = {},
  ): Promise<BatchResult<Id>> {
    const call = { operation, mode, items, ...this.why(note) };
    const run = (actor: Actor) => write(this.core, ctx, { ...call, actor });
    const outcomes = await this.acting(ctx, run, items);
    const results = outcomes as ItemResult<Id>[];
    const succeeded = results.filter(({ ok }) => ok).length;
    return { results, succeeded, failed: results.length - succeeded };
  }

  // Bulk operations

  /**
   * Starts a bulk operation: changes, removes, restores or purges any number of documents in the background, some in each
   * transaction. It acts as the actor who starts it, and the rights are checked for each document when its turn comes. A
   * document that cannot be written is counted, and the rest goes on. No document is done twice, even after a crash.
   *
   * @returns its id, for `bulkStatus` and `cancelBulk`
   * @throws UNAUTHORIZED; BATCH_TOO_LARGE for more than 8,000 ids; VALIDATION_FAILED; Error when there are hooks or a schema
   * and no `worker`, or `worker` is not the function that this `Docs` makes
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
    ctx: WriteCtx,
    args: BulkArgs<F, V, Id> & Partial<Extra>,
  ): Promise<BulkStarted> {
    const checked = args as CheckedBulk;
    const run = async () => {
      const { ids, where, operation, updates, ownerId } = checked;
      const { view } = this.asked(checked);
      const actor = await this.actorFor(ctx, checked);
      const change = updates && toChange(this.core.fields, updates);
      const worker = await workerHandle(this.core, ctx, alone(actor));
      const call = {
        actor,
        operation: this.bulkOperation(operation),
        target: targetOf({ ids, view, where }),
        rules: this.core.rules,
        ...omitUndefined({ ownerId, change, worker }),
      };
      const { start } = this.core.component.bulk;
      return { jobId: await invoke(() => ctx.runMutation(start, call)) };
    };
    const rules = () => bulkIssues(this.core, checked);
    return await this.ask(this.form("startBulk", args), args, run, { rules });
  }

  /**
   * How far a bulk operation is. A query of it updates as the operation goes on.
   *
   * @returns `null` for one that the actor did not start, or that ended more than seven days ago
   * @throws VALIDATION_FAILED
   * @example
   * ```ts
   * const bulk = await docs.bulkStatus(ctx, { jobId });
   * if (bulk?.state === "done") console.log(`${bulk.done} done, ${bulk.failed} refused`);
   * ```
   */
  async bulkStatus(
    ctx: ReadCtx,
    args: DocsArgs<"bulkStatus">,
  ): Promise<BulkStatus<Id> | null> {
    return await this.ask("bulkStatus", args, async () => {
      const call = { actor: await this.actor(ctx), jobId: args.jobId };
      const { status } = this.core.component.bulk;
      const found = await invoke(() => ctx.runQuery(status, call));
      return found as BulkStatus<Id> | null;
    });
  }

  /**
   * Stops a bulk operation after the step that is under way. What is done stays done. Does nothing once it has ended.
   *
   * @throws NOT_FOUND for one that the actor did not start; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.cancelBulk(ctx, { jobId });
   * ```
   */
  async cancelBulk(
    ctx: ReadCtx & RunMutationCtx,
    args: DocsArgs<"cancelBulk">,
  ): Promise<null> {
    return await this.ask("cancelBulk", args, async () => {
      const call = { actor: await this.actor(ctx), jobId: args.jobId };
      const { cancel } = this.core.component.bulk;
      return await invoke(() => ctx.runMutation(cancel, call));
    });
  }

  /** See `furtherIssues`. The call is refused anyway, so what fails on the way, at arguments that are malformed, says nothing. */
  private further(
    ctx: WriteCtx,
    operation: SentCall["operation"],
    sentBy: () => Sent[],
  ): (known: Issue[]) => Promise<Issue[]> {
    return async (known) => {
      try {
        const sent = sentBy();
        const run = (actor: Actor) =>
          furtherIssues(this.core, ctx, { operation, actor, sent }, known);
        const items = sent.map(({ item }) => Object(item) as object);
        return await this.acting(ctx, run, items);
      } catch {
        return [];
      }
    };
  }

  private why({ reason }: Note): Note {
    if (reason === undefined) return {};
    if (this.core.history) return { reason };
    throw new Error(
      "convex-docs: a reason is part of the history, and there is none. Declare it in new Docs(): history: {}.",
    );
  }

  private bulkOperation(operation: CheckedBulk["operation"]): BulkOperation {
    if (operation === "remove") return this.removal();
    return operation === "discardDraft" ? "discard" : operation;
  }

  private removal(): "trash" | "remove" {
    return this.core.trash ? "trash" : "remove";
  }

  private toDraft(args: object): Draft {
    const { own, rest } = splitFields(this.core.fields, args);
    return { ...rest, fields: own };
  }

  private toChange(args: { id: string }): Change {
    return { ...toChange(this.core.fields, args), id: args.id };
  }
}

/** A single call that may be malformed. */
function sentAlone(item: unknown): Sent[] {
  return [{ path: "", item }];
}

/** The items of such a batch. */
function sentItems(args: object): Sent[] {
  const { items } = args as { items?: unknown };
  return listOf(items).map((item, index) => ({ path: `items.${index}`, item }));
}

/** The same change to each of `ids`. */
function sentUpdates(args: object): Sent[] {
  const { ids, updates } = args as { ids?: unknown; updates?: object };
  return listOf(ids).map((id) => ({
    path: "updates",
    item: { ...updates, id },
  }));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Plain JavaScript may send anything. */
function isSameForAll<F extends PropertyValidators, Id extends string>(
  args: DocsArgs<"batchUpdate", F, Id>,
): args is Extract<DocsArgs<"batchUpdate", F, Id>, { ids: Id[] }> {
  return Object.hasOwn(Object(args) as object, "ids");
}

/** What a search of what is public cannot be told. */
function publicIssues(asked: { status?: unknown; ownerId?: unknown }): Issue[] {
  const refused = { status: PUBLIC_STATUS, ownerId: PUBLIC_OWNER };
  return Object.entries(refused).flatMap(([name, problem]) =>
    asked[name as keyof typeof refused] === undefined
      ? []
      : [issue(name, problem)],
  );
}

/** The arguments of a read that may be by a view, once they are checked: as below. */
type Asked = Partial<DocsArgs<"list">> &
  Pick<DocsArgs<"list">, "paginationOpts"> & {
    view?: string;
    where?: object;
    upTo?: number;
    ownerId?: string;
  };

/** The arguments of `can` once they are checked: `id` or `ids`. */
type CheckedQuestion = Omit<DocsArgs<"can">, "fields"> & {
  ids?: string[];
  fields?: readonly string[];
};
