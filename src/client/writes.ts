/**
 * Writing documents, one or many. Each method is one call into the component (with hooks, a few), so it composes with the
 * host's own reads and writes in one transaction.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import { batchTooLarge, fail } from "../shared/failures.js";
import type { ObjectShape } from "../shared/shape.js";
import type {
  BatchResult,
  Change,
  Draft,
  Written,
} from "../shared/validators.js";
import { checkArguments, splitFields } from "./arguments.js";
import type { WriteOperation } from "./hooks.js";
import { write } from "./pipeline.js";
import { Reads } from "./reads.js";
import type { Item } from "./send.js";
import type {
  BatchCreateArgs,
  BatchMode,
  BatchRemoveArgs,
  BatchUpdateArgs,
  CreateArgs,
  RemoveArgs,
  RunMutationCtx,
  TargetArgs,
  TransferArgs,
  UpdateArgs,
} from "./types.js";

/** The operations of one actor: those that read, and those that write. */
export class Writes<
  F extends PropertyValidators,
  Ctx = unknown,
  Extra extends object = object,
  ChangeCtx = unknown,
> extends Reads<F, Ctx, Extra, ChangeCtx> {
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
    checkArguments(this.shapes.create, args);
    return await this.one(ctx, "create", this.draft(args));
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
    checkArguments(this.shapes.update, args);
    return await this.one(ctx, "update", this.change(args));
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
    checkArguments(this.shapes.target, args);
    return await this.one(ctx, this.removal(), args);
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
    checkArguments(this.shapes.target, args);
    return await this.one(ctx, "restore", args);
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
    checkArguments(this.shapes.target, args);
    return await this.one(ctx, "purge", args);
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
    checkArguments(this.shapes.transfer, args);
    return await this.one(ctx, "transfer", args);
  }

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
    this.checkBatch(this.shapes.batchCreate, args, args.items);
    const items = args.items.map((item) => this.draft(item));
    return await this.many(ctx, "create", items, args.mode);
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
    const { batchUpdate, batchUpdateItems } = this.shapes;
    const same = "ids" in args;
    const shape = same ? batchUpdate : batchUpdateItems;
    this.checkBatch(shape, args, same ? args.ids : args.items);
    const items = same
      ? args.ids.map((id) => this.change({ id, ...args.updates }))
      : args.items.map((item) => this.change(item));
    return await this.many(ctx, "update", items, args.mode);
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
    this.checkBatch(this.shapes.batchRemove, args, args.ids);
    const items = args.ids.map((id) => ({ id }));
    return await this.many(ctx, this.removal(), items, args.mode);
  }

  private removal(): "trash" | "remove" {
    return this.core.trash ? "trash" : "remove";
  }

  private draft(args: object): Draft {
    const { own, ours } = splitFields(this.core.fields, args);
    // `checkArguments` has seen to it that ours are those of a draft.
    return { ...ours, fields: own } as Draft;
  }

  private change(args: object): Change {
    const { own, ours } = splitFields(this.core.fields, args);
    // As in `draft`.
    return { unset: [], ...ours, set: own } as unknown as Change;
  }

  /** The size first: a batch of a million is refused before a million items are looked at. */
  private checkBatch(shape: ObjectShape, args: object, items: unknown): void {
    const limit = this.core.maxBatchItems;
    if (Array.isArray(items) && items.length > limit) {
      throw fail(batchTooLarge("items", limit, items.length));
    }
    checkArguments(shape, args);
  }

  private async one(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    operation: WriteOperation,
    item: Item,
  ): Promise<Written> {
    const actor = await this.actor(ctx);
    const call = { operation, actor, mode: "single" as const, items: [item] };
    const [outcome] = await write(this.core, ctx, call);
    // A single call's refusal has been thrown, so its outcome is a success.
    if (!outcome?.ok) throw new Error("convex-docs: a call without outcome.");
    return { id: outcome.id, version: outcome.version };
  }

  private async many(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    operation: WriteOperation,
    items: Item[],
    mode: BatchMode = "atomic",
  ): Promise<BatchResult> {
    const actor = await this.actor(ctx);
    const call = { operation, actor, mode, items };
    const results = await write(this.core, ctx, call);
    const succeeded = results.filter(({ ok }) => ok).length;
    return { results, succeeded, failed: results.length - succeeded };
  }
}
