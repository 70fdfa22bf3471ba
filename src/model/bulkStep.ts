/**
 * One step of a bulk job: some items and the cursor behind them, in one transaction.
 *
 * @module
 */
import type { FunctionHandle } from "convex/server";
import { getConvexSize } from "convex/values";
import type { Id } from "../component/_generated/dataModel.js";
import type { MutationCtx } from "../component/_generated/server.js";
import type { WorkerCall } from "../shared/bulk.js";
import { decodeCursor, encodeCursor, type Position } from "../shared/cursor.js";
import { BATCH, BULK } from "../shared/limits.js";
import { decodeRules } from "../shared/rules.js";
import type { Change, Outcome, Target } from "../shared/validators.js";
import { writeAll } from "./batch.js";
import { hasRoom } from "./budget.js";
import { finish, scheduleStep, type BulkOrder, type Job } from "./bulk.js";
import { positionOf, walk } from "./listing.js";
import type { Planner } from "./plan.js";
import * as verbs from "./verbs.js";
import { runWorker } from "./worker.js";

/** Ids in order, each with the cursor that stands behind it. */
type Next = { items: { id: string; cursor: string | number }[]; more: boolean };

export async function step(
  ctx: MutationCtx,
  jobId: Id<"bulkJobs">,
  generation: number,
): Promise<void> {
  const job = await ctx.db.get("bulkJobs", jobId);
  if (job?.state !== "running" || job.generation !== generation) return;
  const order = await ctx.db.get("bulkOrders", job.orderId);
  if (order === null) {
    await finish(ctx, job, "failed");
    return;
  }
  const next = await nextItems(ctx, job, order);
  const results = await work(ctx, order, next);
  const taken = next.items.slice(0, results.length);
  const refusals = results.flatMap((outcome, index) => {
    const id = taken[index]?.id ?? "";
    return outcome.ok ? [] : [{ id, error: outcome.error }];
  });
  const room = BULK.maxFailures - job.failures.length;
  await ctx.db.patch("bulkJobs", jobId, {
    cursor: taken.at(-1)?.cursor ?? job.cursor,
    done: job.done + results.length - refusals.length,
    failed: job.failed + refusals.length,
    failures: [...job.failures, ...refusals.slice(0, room)],
    seenAt: Date.now(),
    deaths: 0,
  });
  if (next.more || taken.length < next.items.length) {
    await scheduleStep(ctx, jobId, generation);
  } else await finish(ctx, job, "done");
}

/**
 * The items that follow the cursor. A job by `where` walks the documents up to its cutoff in the order of their last change,
 * so what it has changed lies behind the cutoff and is not met again.
 */
async function nextItems(
  ctx: MutationCtx,
  job: Job,
  order: BulkOrder,
): Promise<Next> {
  const limit = stepItems(order);
  if (order.where === undefined) return await nextIds(ctx, job, order, limit);
  const { status, updatedBefore = 0 } = order.where;
  const trashed = order.operation === "restore" || order.operation === "purge";
  const { ownerId = "" } = order;
  const listing = { of: "owner", ownerId, trashed, status } as const;
  const end: Position = [updatedBefore, Infinity, ""];
  const span = { start: positionAt(job.cursor), end };
  const { rows, more } = await walk(
    ctx,
    listing,
    "asc",
    span,
    limit,
    BULK.stepBytes,
  );
  const items = rows.map((row) => ({
    id: row._id,
    cursor: encodeCursor(positionOf(row)),
  }));
  return { items, more };
}

async function nextIds(
  ctx: MutationCtx,
  job: Job,
  order: BulkOrder,
  limit: number,
): Promise<Next> {
  const at = typeof job.cursor === "number" ? job.cursor : 0;
  const row = await ctx.db
    .query("bulkIds")
    .withIndex("order", (q) => q.eq("orderId", order._id))
    .first();
  if (row === null) return { items: [], more: false };
  const skip = at - row.from;
  const ids = row.ids.slice(skip, skip + limit);
  const items = ids.map((id, index) => ({ id, cursor: at + index + 1 }));
  // A row that the cursor has passed is deleted, so that the first row is always the next.
  if (items.length === 0) await ctx.db.delete("bulkIds", row._id);
  return { items, more: true };
}

/** Does the items, a few at a time while the step has room, and answers for those it has done. */
async function work(
  ctx: MutationCtx,
  order: BulkOrder,
  { items }: Next,
): Promise<Outcome[]> {
  const { maxBytes } = decodeRules(order.rules);
  const results: Outcome[] = [];
  for (let at = 0; at < items.length; at += BATCH.readAhead) {
    const few = items.slice(at, at + BATCH.readAhead);
    const bytes = 2 * few.length * maxBytes;
    if (at > 0 && !(await hasRoom(ctx, BULK.share, bytes))) break;
    const asked = few.map(({ id }) => itemOf(order, id));
    results.push(...(await perform(ctx, order, asked)));
  }
  return results;
}

function itemOf({ change }: BulkOrder, id: string): Change | Target {
  return change === undefined ? { id } : { id, ...change };
}

const PLANNERS = {
  update: verbs.planUpdate as Planner<Target>,
  remove: verbs.planDelete,
  trash: verbs.planTrash,
  restore: verbs.planRestore,
  purge: verbs.planPurge,
} as const;

/** Writes the items, in the host's worker if there is one. */
async function perform(
  ctx: MutationCtx,
  order: BulkOrder,
  items: (Change | Target)[],
): Promise<Outcome[]> {
  const { actor, operation, rules, worker } = order;
  if (worker === undefined) {
    const call = { actor, rules, items, mode: "partial" } as const;
    return await writeAll(ctx, call, PLANNERS[operation]);
  }
  const handle = worker as FunctionHandle<"mutation", WorkerCall, Outcome[]>;
  return await runWorker(items, (some) =>
    ctx.runMutation(handle, { actor, operation, items: some }),
  );
}

/** As many as may all become as large as the change makes them. */
function stepItems({ change }: BulkOrder): number {
  const bytes = change ? getConvexSize(change.set) : 0;
  const most = bytes === 0 ? Infinity : Math.floor(BULK.writeBytes / bytes);
  return Math.max(1, Math.min(BULK.stepItems, most));
}

function positionAt(cursor: Job["cursor"]): Position | null {
  const position = typeof cursor === "string" ? decodeCursor(cursor) : null;
  return position === "end" ? null : position;
}
