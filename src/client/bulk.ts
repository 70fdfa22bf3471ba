/**
 * Bulk jobs: changes to more documents than one call can hold, done in the background.
 *
 * @module
 */
import {
  createFunctionHandle,
  internalMutationGeneric,
  makeFunctionReference,
  type RegisteredMutation,
} from "convex/server";
import { v, type PropertyValidators } from "convex/values";
import {
  vWorkerCall,
  type BulkChange,
  type BulkStatus,
  type WorkerCall,
} from "../shared/bulk.js";
import { fail, invalid } from "../shared/failures.js";
import { vOutcome, type Outcome } from "../shared/validators.js";
import { splitFields } from "./arguments.js";
import { Batches } from "./batches.js";
import type { Core } from "./core.js";
import { invoke } from "./invoke.js";
import { write } from "./pipeline.js";
import type {
  BulkArgs,
  JobArgs,
  RunMutationCtx,
  RunQueryCtx,
} from "./types.js";

/** Every operation of one actor. */
export class Operations<
  F extends PropertyValidators,
  Ctx = unknown,
  Extra extends object = object,
  ChangeCtx = unknown,
> extends Batches<F, Ctx, Extra, ChangeCtx> {
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
      const { ids, where, updates, ownerId, operation } = args as LooseArgs;
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

/** The arguments of `startBulk` once they are checked: TypeScript cannot take apart a union over the host's fields. */
type LooseArgs = {
  operation: "update" | "remove" | "restore" | "purge";
  updates?: object;
  ids?: string[];
  where?: { updatedBefore?: number };
  ownerId?: string;
};

/** The function that bulk jobs call to write where there are hooks or a schema. Acts as the job's starter. */
export function createBulkWorker<F extends PropertyValidators, Ctx, ChangeCtx>(
  core: Core<F, Ctx, ChangeCtx>,
): RegisteredMutation<"internal", WorkerCall, Promise<Outcome[]>> {
  return internalMutationGeneric({
    args: vWorkerCall,
    returns: v.array(vOutcome),
    handler: async (ctx, call) =>
      // It runs in the host's app, so its `ctx` is the host's: the one that its hooks declare.
      await write(core, ctx as typeof ctx & Ctx & ChangeCtx, {
        ...call,
        mode: "partial",
      }),
  });
}

async function workerOf<F extends PropertyValidators, Ctx, ChangeCtx>({
  bulkWorker,
  schema,
  hooks: { access, onChange },
}: Core<F, Ctx, ChangeCtx>): Promise<string | undefined> {
  if (bulkWorker !== undefined) {
    return await createFunctionHandle(
      makeFunctionReference<"mutation">(bulkWorker),
    );
  }
  if (!access && !onChange && !schema) return undefined;
  throw new Error(
    "convex-docs: a bulk job runs in the background and needs a function of yours to run access, onChange and schema in. " +
      'Export `bulkWorker = docs.bulkWorker()` and name it in new Docs(): bulkWorker: "documents:bulkWorker".',
  );
}

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
