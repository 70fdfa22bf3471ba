import type { PropertyValidators } from "convex/values";
import {
  invoke,
  type RunMutationCtx,
  type RunQueryCtx,
} from "../host/component.js";
import type { BulkOperation, BulkStarted, BulkStatus } from "../shared/bulk.js";
import { alone } from "../shared/principals.js";
import { omitUndefined } from "../shared/omitUndefined.js";
import type { DocsArgs } from "./arguments.js";
import { bulkIssues, targetOf, toChange, type CheckedBulk } from "./bulk.js";
import type { Caller } from "./caller.js";
import { createHistory } from "./history.js";
import { createPublishing } from "./publishing.js";
import type { BulkArgs, NoViews } from "./views.js";
import { workerHandle } from "./worker.js";
import { Writing } from "./writing.js";

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
> extends Writing<F, ReadCtx, WriteCtx, Extra, V, S, Shown, Id> {
  /**
   * Made by `Docs`.
   *
   * @internal
   */
  constructor(...made: ConstructorParameters<typeof Caller<ReadCtx>>) {
    super(...made);
    if (!this.core.history) return;
    const base = {
      core: this.core,
      actor: async (ctx: ReadCtx) => this.whole(ctx, await this.actor(ctx)),
      ask: this.ask.bind(this),
    };
    Object.assign(this, createHistory<F, ReadCtx, WriteCtx>(base));
    if (!this.core.workingCopy) return;
    const publishing = createPublishing<ReadCtx, WriteCtx>({
      ...base,
      one: (...asked) => this.one(...asked),
      many: (...asked) => this.many(...asked),
    });
    Object.assign(this, publishing);
  }

  /**
   * Starts a bulk operation: changes, removes, restores or purges any number of documents in the background, some in each
   * transaction. It acts as the actor who starts it, and the rights are checked for each document when its turn comes. A
   * document that cannot be written is counted, and the rest goes on. No document is done twice, even after a crash.
   *
   * @returns its id, for `bulkStatus` and `cancelBulk`
   * @throws UNAUTHORIZED; BATCH_TOO_LARGE for more than 8,000 documents by `ids` or a view; VALIDATION_FAILED; VIEW_BUILDING: as in
   * `list`; Error when there are hooks or a schema
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

  private bulkOperation(operation: CheckedBulk["operation"]): BulkOperation {
    if (operation === "remove") return this.removal();
    return operation === "discardDraft" ? "discard" : operation;
  }
}
