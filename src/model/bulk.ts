/**
 * Bulk jobs: what exceeds one call, done in steps of one transaction each. A step does its items and moves the cursor in the
 * same transaction, so no item is done twice or left out, wherever the chain breaks.
 *
 * @module
 */
import { internal } from "../component/_generated/api.js";
import type { Doc, Id } from "../component/_generated/dataModel.js";
import type { MutationCtx, QueryCtx } from "../component/_generated/server.js";
import { actorRefusal, ownerOf } from "../shared/access.js";
import type {
  BulkChange,
  BulkOperation,
  BulkState,
  BulkStatus,
  BulkTarget,
} from "../shared/bulk.js";
import { batchTooLarge, fail, notFound } from "../shared/failures.js";
import { BULK } from "../shared/limits.js";
import type { Actor } from "../shared/validators.js";

export type Job = Doc<"bulkJobs">;
export type BulkOrder = Doc<"bulkOrders">;

type Request = {
  actor: Actor;
  ownerId?: string;
  operation: BulkOperation;
  change?: BulkChange;
  target: BulkTarget;
  rules: string;
  worker?: string;
};

/** Starts a job, and answers before its first step. */
export async function start(
  ctx: MutationCtx,
  { target, ...request }: Request,
): Promise<string> {
  const refused = actorRefusal(request.actor);
  if (refused) throw fail(refused);
  const now = Date.now();
  const orderId =
    "where" in target
      ? await orderWhere(ctx, request, target.where, now)
      : await ctx.db.insert("bulkOrders", request);
  const total =
    "ids" in target ? await orderIds(ctx, orderId, target.ids) : null;
  const { actor } = request;
  const jobId = await ctx.db.insert("bulkJobs", {
    orderId,
    ...(actor.kind === "user" ? { startedBy: actor.id } : {}),
    ...(total === null ? {} : { total }),
    state: "running",
    done: 0,
    failed: 0,
    failures: [],
    cursor: null,
    generation: 0,
    deaths: 0,
    startedAt: now,
    seenAt: now,
  });
  await scheduleStep(ctx, jobId, 0);
  await ctx.scheduler.runAfter(BULK.watchMs, internal.bulk.watch, { jobId });
  return jobId;
}

async function orderWhere(
  ctx: MutationCtx,
  request: Omit<Request, "target">,
  where: Extract<BulkTarget, { where: object }>["where"],
  now: number,
): Promise<Id<"bulkOrders">> {
  const owner = ownerOf(request.actor, request.ownerId);
  if (owner.refusal) throw fail(owner.refusal);
  const updatedBefore = Math.min(where.updatedBefore ?? now, now);
  return await ctx.db.insert("bulkOrders", {
    ...request,
    ownerId: owner.ownerId,
    where: { ...where, updatedBefore },
  });
}

/** Keeps each id once: the second time, it would only be found done. */
async function orderIds(
  ctx: MutationCtx,
  orderId: Id<"bulkOrders">,
  given: string[],
): Promise<number> {
  if (given.length > BULK.maxIds) {
    throw fail(batchTooLarge("items", BULK.maxIds, given.length));
  }
  const ids = [...new Set(given)];
  for (let from = 0; from < ids.length; from += BULK.idsPerRow) {
    const few = ids.slice(from, from + BULK.idsPerRow);
    await ctx.db.insert("bulkIds", { orderId, from, ids: few });
  }
  return ids.length;
}

/** How far a job is; `null` for one that this actor did not start, or that is long over. */
export async function status(
  ctx: QueryCtx,
  actor: Actor,
  jobId: string,
): Promise<BulkStatus | null> {
  const job = await find(ctx, actor, jobId);
  if (job === null) return null;
  const { state, done, failed, total, failures, startedAt, finishedAt } = job;
  return {
    jobId: job._id,
    state,
    done,
    failed,
    failures,
    startedAt,
    ...(total === undefined ? {} : { total }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}

/** Stops a job after the step that is under way. What is done stays done. */
export async function cancel(
  ctx: MutationCtx,
  actor: Actor,
  jobId: string,
): Promise<void> {
  const job = await find(ctx, actor, jobId);
  if (job === null) throw fail(notFound(jobId));
  if (job.state === "running") await finish(ctx, job, "cancelled");
}

async function find(
  ctx: QueryCtx,
  actor: Actor,
  id: string,
): Promise<Job | null> {
  const jobId = ctx.db.normalizeId("bulkJobs", id);
  const job = jobId && (await ctx.db.get("bulkJobs", jobId));
  if (job === null) return null;
  const mine = actor.kind === "user" && actor.id === job.startedBy;
  return mine || actor.kind === "system" ? job : null;
}

/**
 * Looks after a running job. Convex repeats a step that conflicts, but one that throws ends the chain: then the job has
 * made no progress since the last look, and a new chain goes on from the cursor.
 */
export async function watch(
  ctx: MutationCtx,
  jobId: Id<"bulkJobs">,
): Promise<void> {
  const job = await ctx.db.get("bulkJobs", jobId);
  if (job?.state !== "running") return;
  if (Date.now() - job.seenAt >= BULK.watchMs) {
    const deaths = job.deaths + 1;
    if (deaths > BULK.maxDeaths) {
      await finish(ctx, job, "failed");
      return;
    }
    const generation = job.generation + 1;
    await ctx.db.patch("bulkJobs", jobId, { deaths, generation });
    await scheduleStep(ctx, jobId, generation);
  }
  await ctx.scheduler.runAfter(BULK.watchMs, internal.bulk.watch, { jobId });
}

export async function scheduleStep(
  ctx: MutationCtx,
  jobId: Id<"bulkJobs">,
  generation: number,
): Promise<void> {
  // A step must not run in the millisecond of its job's cutoff: see `nextItems`.
  const call = { jobId, generation };
  await ctx.scheduler.runAfter(1, internal.bulk.step, call);
}

/** Ends a job: its order and what is left of its ids go now, the job itself when nobody asks about it any more. */
export async function finish(
  ctx: MutationCtx,
  job: Job,
  state: BulkState,
): Promise<void> {
  await ctx.db.patch("bulkJobs", job._id, { state, finishedAt: Date.now() });
  await ctx.db.delete("bulkOrders", job.orderId);
  const rows = ctx.db
    .query("bulkIds")
    .withIndex("order", (q) => q.eq("orderId", job.orderId));
  // At most `maxIds / idsPerRow` rows.
  for await (const row of rows) await ctx.db.delete("bulkIds", row._id);
  const call = { jobId: job._id };
  await ctx.scheduler.runAfter(BULK.keepMs, internal.bulk.forget, call);
}

export async function forget(
  ctx: MutationCtx,
  jobId: Id<"bulkJobs">,
): Promise<void> {
  if (await ctx.db.get("bulkJobs", jobId)) {
    await ctx.db.delete("bulkJobs", jobId);
  }
}
