/**
 * Publishing: what the option `workingCopy` adds.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import type {
  Actor,
  BatchResult,
  Target,
  Written,
} from "../shared/documents.js";
import type { BulkStarted } from "../shared/bulk.js";
import type { DocsArgs, DocsOperation, IdArgs } from "./arguments.js";
import type { WriteItem } from "./authorize.js";
import {
  invoke,
  type RunMutationCtx,
  type RunQueryCtx,
} from "../host/component.js";
import { invalid } from "../shared/failures.js";
import { issuesAsSeen } from "../shared/fieldRules.js";
import { omitUndefined } from "../shared/omitUndefined.js";
import type { Plan } from "../shared/plans.js";
import { needsOfStage } from "../shared/roles.js";
import { judgeOne, judgeWriter } from "./history.js";
import type { DocsState, WriteOperation } from "./options.js";
import type { StageBulkArgs } from "./views.js";
import { workerHandle } from "./worker.js";

/**
 * What `workingCopy` adds to the operations. Each needs the right to write `status`: `manager`, and in `access` a role for
 * `"update"`.
 */
export interface PublishingOperations<
  ReadCtx,
  WriteCtx,
  Id extends string = string,
> {
  /**
   * Makes the document as it is the one that everybody sees, once it is checked again. Does nothing where that is so.
   *
   * @returns its id, and its version afterwards
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT: each as in `update`; VALIDATION_FAILED for what is not valid any more
   * @example
   * ```ts
   * await docs.publish(ctx, { id, ifVersion: document.version });
   * ```
   */
  publish(ctx: WriteCtx, args: IdArgs<"publish", Id>): Promise<Written<Id>>;

  /**
   * Takes off what is published: the document becomes a draft, as it is. Does nothing to one that is not published.
   *
   * @returns its id, and its version afterwards
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT; VALIDATION_FAILED: each as in `update`
   * @example
   * ```ts
   * await docs.unpublish(ctx, { id });
   * ```
   */
  unpublish(ctx: WriteCtx, args: IdArgs<"unpublish", Id>): Promise<Written<Id>>;

  /**
   * Makes the document what is published of it. What it was stays in its history. Does nothing where there is nothing unpublished.
   *
   * @returns its id, and its version afterwards
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT; VALIDATION_FAILED: each as in `update`
   * @example
   * ```ts
   * await docs.discardDraft(ctx, { id });
   * ```
   */
  discardDraft(
    ctx: WriteCtx,
    args: IdArgs<"discardDraft", Id>,
  ): Promise<Written<Id>>;

  /**
   * Plans to publish the document, or to take it off, at a time, in the place of what was planned of that kind before. It happens then
   * or soon after, once, with the document as it is then. `ifVersion` pins the version that the caller sees. The rights of the actor
   * are asked now and again then; what refuses it then is kept as its `error`. A transfer, the trash and taking off by hand end every
   * plan; publishing by hand ends a plan to publish.
   *
   * @returns the id of the plan
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT: each as in `update`; VALIDATION_FAILED for a time that is none in ms; Error
   * when there are hooks or a schema and no `worker`
   * @example
   * ```ts
   * await docs.schedule(ctx, { id, action: "publish", at: Date.now() + 60 * 60 * 1000 });
   * ```
   */
  schedule(
    ctx: WriteCtx,
    args: IdArgs<"schedule", Id>,
  ): Promise<{ scheduleId: string }>;

  /**
   * Ends what is planned of a kind. Does nothing where nothing is.
   *
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.cancelSchedule(ctx, { id, action: "publish" });
   * ```
   */
  cancelSchedule(
    ctx: WriteCtx,
    args: IdArgs<"cancelSchedule", Id>,
  ): Promise<null>;

  /**
   * What is planned of a document, and what was in the last 30 days: up to 20, the newest first.
   *
   * @returns none for a document that is missing or that the actor may not publish
   * @throws VALIDATION_FAILED
   * @example
   * ```ts
   * const plans = await docs.schedules(ctx, { id });
   * const next = plans.find(({ state }) => state === "pending");
   * ```
   */
  schedules(ctx: ReadCtx, args: IdArgs<"schedules", Id>): Promise<Plan[]>;

  /**
   * `publish`, for up to `maxBatchItems` documents.
   *
   * @returns one result an id, in order; an id that is listed twice is DUPLICATE_ID the second time
   * @throws as `batchCreate`
   * @example
   * ```ts
   * const { failed } = await docs.batchPublish(ctx, { ids, mode: "partial" });
   * ```
   */
  batchPublish(
    ctx: WriteCtx,
    args: IdArgs<"batchPublish", Id>,
  ): Promise<BatchResult<Id>>;

  /**
   * `unpublish`, for up to `maxBatchItems` documents.
   *
   * @returns as `batchPublish`
   * @throws as `batchCreate`
   * @example
   * ```ts
   * await docs.batchUnpublish(ctx, { ids });
   * ```
   */
  batchUnpublish(
    ctx: WriteCtx,
    args: IdArgs<"batchUnpublish", Id>,
  ): Promise<BatchResult<Id>>;

  /**
   * `discardDraft`, for up to `maxBatchItems` documents.
   *
   * @returns as `batchPublish`
   * @throws as `batchCreate`
   * @example
   * ```ts
   * await docs.batchDiscardDraft(ctx, { ids });
   * ```
   */
  batchDiscardDraft(
    ctx: WriteCtx,
    args: IdArgs<"batchDiscardDraft", Id>,
  ): Promise<BatchResult<Id>>;
}

/** What `workingCopy` adds to `startBulk`. */
export interface PublishingBulk<
  F extends PropertyValidators,
  WriteCtx,
  V,
  Id extends string = string,
> {
  /**
   * Publishes, takes off, or discards the edits of any number of documents in the background: see `startBulk`.
   *
   * @returns its id, for `bulkStatus` and `cancelBulk`
   * @throws as `startBulk`
   * @example
   * ```ts
   * const { jobId } = await docs.startBulk(ctx, { operation: "publish", where: { status: "draft" } });
   * ```
   */
  startBulk(
    ctx: WriteCtx,
    args: StageBulkArgs<F, V, Id> & {
      /** Whose documents `where` or a view means. The system has none of its own, and a caller's need `sharing: true`. */
      ownerId?: string;
    },
  ): Promise<BulkStarted>;
}

/** What there is only with the option `workingCopy`, whose type is `W`. */
export type IfWorkingCopy<W, Added> = W extends true ? Added : unknown;

/** What publishing needs of the operations that it is added to. */
type Base<ReadCtx, WriteCtx> = {
  core: DocsState;
  /** With all that they may act as. */
  actor: (ctx: ReadCtx) => Promise<Actor> | Actor;
  /** Checks the arguments, runs, and maps errors. */
  ask: <T>(
    operation: DocsOperation,
    args: object,
    run: () => Promise<T>,
    checks?: { limit: number },
  ) => Promise<T>;
  one: (
    ctx: WriteCtx,
    operation: WriteOperation,
    item: WriteItem,
  ) => Promise<Written>;
  many: (
    ctx: WriteCtx,
    operation: WriteOperation,
    items: WriteItem[],
    mode: DocsArgs<"batchPublish">["mode"],
  ) => Promise<BatchResult>;
};

/** The operations of publishing of one actor. */
export function createPublishing<
  ReadCtx extends RunQueryCtx,
  WriteCtx extends ReadCtx & RunMutationCtx,
>(base: Base<ReadCtx, WriteCtx>): PublishingOperations<ReadCtx, WriteCtx> {
  const { core, ask, one, many } = base;
  type Single = "publish" | "unpublish" | "discardDraft";
  type Batch = `batch${Capitalize<Single>}`;
  const single =
    (name: Single, operation: WriteOperation) =>
    (ctx: WriteCtx, args: DocsArgs<Single>) =>
      ask(name, args, () => one(ctx, operation, toItem(operation, args)));
  const batch =
    (name: Batch, operation: WriteOperation) =>
    (ctx: WriteCtx, args: DocsArgs<Batch>) => {
      const run = () => {
        const items = args.ids.map((id) => toItem(operation, { id }));
        return many(ctx, operation, items, args.mode);
      };
      return ask(name, args, run, { limit: core.maxBatchItems });
    };
  return {
    ...createPlans(base),
    publish: single("publish", "publish"),
    unpublish: single("unpublish", "unpublish"),
    discardDraft: single("discardDraft", "discard"),
    batchPublish: batch("batchPublish", "publish"),
    batchUnpublish: batch("batchUnpublish", "unpublish"),
    batchDiscardDraft: batch("batchDiscardDraft", "discard"),
  };
}

/** A plan as it is shown to who sees only some fields: what was wrong may have been found for somebody who sees more. */
function asSeen(plan: Plan, seen: readonly string[] | null): Plan {
  const { error } = plan;
  if (seen === null || error?.code !== "VALIDATION_FAILED") return plan;
  return { ...plan, error: invalid(issuesAsSeen(seen, error.issues)) };
}

/** The operations on plans of one actor. */
function createPlans<
  ReadCtx extends RunQueryCtx,
  WriteCtx extends ReadCtx & RunMutationCtx,
>({
  core,
  actor: actorIn,
  ask,
}: Base<ReadCtx, WriteCtx>): Pick<
  PublishingOperations<ReadCtx, WriteCtx>,
  "schedule" | "cancelSchedule" | "schedules"
> {
  const { plan, cancel, list } = core.component.publishing;
  const { rules, declared } = core;
  const needs = needsOfStage(declared);
  const writer = async (ctx: ReadCtx, id: string) =>
    await judgeWriter(core, ctx, await actorIn(ctx), id, needs);
  return {
    schedule: (ctx, args) =>
      ask("schedule", args, async () => {
        const { call } = await writer(ctx, args.id);
        const worker = await workerHandle(core, ctx, call.actor);
        const how = { rules, ...omitUndefined({ worker }) };
        const planned = { ...call, ...args, ...how };
        return {
          scheduleId: await invoke(() => ctx.runMutation(plan, planned)),
        };
      }),
    cancelSchedule: (ctx, args) =>
      ask("cancelSchedule", args, async () => {
        const { call } = await writer(ctx, args.id);
        const cancelled = { ...call, ...args, rules };
        return await invoke(() => ctx.runMutation(cancel, cancelled));
      }),
    schedules: (ctx, args) =>
      ask("schedules", args, async () => {
        const actor = await actorIn(ctx);
        const who = await judgeOne(core, ctx, actor, args.id, needs);
        if (who.refusal) return [];
        const call = { ...who.call, ...args, rules };
        const plans = await invoke(() => ctx.runQuery(list, call));
        return plans.map((plan) => asSeen(plan, who.seen));
      }),
  };
}

/** The host's schema may have something to add to what is published. */
function toItem(operation: WriteOperation, target: Target): WriteItem {
  return operation === "publish" ? { ...target, set: {}, unset: [] } : target;
}
