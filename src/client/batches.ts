/**
 * Writing many documents in one call, which is one transaction.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import type { BatchResult } from "../shared/validators.js";
import type { WriteOperation } from "./hooks.js";
import { write } from "./pipeline.js";
import type { Item } from "./send.js";
import type {
  BatchCreateArgs,
  BatchMode,
  BatchRemoveArgs,
  BatchUpdateArgs,
  RunMutationCtx,
} from "./types.js";
import { Writes } from "./writes.js";

/** See `Reads`. */
export class Batches<
  F extends PropertyValidators,
  Ctx = unknown,
  Extra extends object = object,
  ChangeCtx = unknown,
> extends Writes<F, Ctx, Extra, ChangeCtx> {
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

/** Plain JavaScript may send anything: what is not an object of arguments is refused with the rest. */
function isSameForAll<F extends PropertyValidators>(
  args: BatchUpdateArgs<F>,
): args is Extract<BatchUpdateArgs<F>, { ids: string[] }> {
  return Object.hasOwn(Object(args) as object, "ids");
}
