/**
 * Bulk jobs: writes that exceed one call, done in steps of one transaction each. A step writes its items and moves the cursor
 * in the same transaction, so no item is done twice or left out, wherever the chain of steps breaks.
 *
 * @module
 */
import type { FunctionHandle } from "convex/server";
import { getConvexSize } from "convex/values";
import { internal } from "../component/_generated/api.js";
import type { Doc, Id } from "../component/_generated/dataModel.js";
import type { MutationCtx, QueryCtx } from "../component/_generated/server.js";
import type { DocsErrorData } from "../errors/codes.js";
import { getDocsError } from "../errors/data.js";
import { actorRefusal, ownerOf } from "../shared/access.js";
import {
  BULK,
  type BulkChange,
  type BulkOperation,
  type BulkState,
  type BulkStatus,
  type BulkTarget,
  type WorkerCall,
} from "../shared/bulk.js";
import {
  BATCH,
  type Actor,
  type Change,
  type Outcome,
  type Target,
} from "../shared/documents.js";
import { batchTooLarge, fail, failure, notFound } from "../shared/failures.js";
import { decodeRules } from "../shared/fields.js";
import { hasRoom } from "./documents/budget.js";
import {
  planDelete,
  planPurge,
  planRestore,
  planTrash,
  planUpdate,
  type Planner,
} from "./documents/plan.js";
import { documentList } from "./documents/read.js";
import { writeAll } from "./documents/write.js";
import {
  decodeCursor,
  encodeCursor,
  walkList,
  type Position,
} from "./paginate.js";

type BulkJob = Doc<"bulkJobs">;
type BulkOrder = Doc<"bulkOrders">;

type BulkRequest = {
  actor: Actor;
  ownerId?: string;
  operation: BulkOperation;
  change?: BulkChange;
  target: BulkTarget;
  rules: string;
  worker?: string;
};

/** Starts a job. Returns its id, before its first step. */
export async function startBulk(
  ctx: MutationCtx,
  { target, ...request }: BulkRequest,
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
  request: Omit<BulkRequest, "target">,
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

/** Stores the ids, each once. Returns how many there are. */
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

/** How far a job is; `null` for one that this actor did not start, or that has been deleted. */
export async function bulkStatus(
  ctx: QueryCtx,
  actor: Actor,
  jobId: string,
): Promise<BulkStatus | null> {
  const job = await findBulkJob(ctx, actor, jobId);
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

/** Stops a job before its next step. What is done stays done. */
export async function cancelBulk(
  ctx: MutationCtx,
  actor: Actor,
  jobId: string,
): Promise<void> {
  const job = await findBulkJob(ctx, actor, jobId);
  if (job === null) throw fail(notFound(jobId));
  if (job.state === "running") await finishBulk(ctx, job, "cancelled");
}

async function findBulkJob(
  ctx: QueryCtx,
  actor: Actor,
  id: string,
): Promise<BulkJob | null> {
  const jobId = ctx.db.normalizeId("bulkJobs", id);
  const job = jobId && (await ctx.db.get("bulkJobs", jobId));
  if (job === null) return null;
  const mine = actor.kind === "user" && actor.id === job.startedBy;
  return mine || actor.kind === "system" ? job : null;
}

/** One step. Does nothing for a job that is over, or for a step of a chain that was replaced. */
export async function runBulkStep(
  ctx: MutationCtx,
  jobId: Id<"bulkJobs">,
  generation: number,
): Promise<void> {
  const job = await ctx.db.get("bulkJobs", jobId);
  if (job?.state !== "running" || job.generation !== generation) return;
  const order = await ctx.db.get("bulkOrders", job.orderId);
  if (order === null) {
    await finishBulk(ctx, job, "failed");
    return;
  }
  const next = await nextItems(ctx, job, order);
  const results = await writeItems(ctx, order, next);
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
  } else await finishBulk(ctx, job, "done");
}

/**
 * The watchdog of a running job. Convex retries a step that conflicts, but a step that throws ends the chain. The job then
 * makes no progress, and the watchdog starts a new chain from the cursor.
 */
export async function onBulkTimeout(
  ctx: MutationCtx,
  jobId: Id<"bulkJobs">,
): Promise<void> {
  const job = await ctx.db.get("bulkJobs", jobId);
  if (job?.state !== "running") return;
  if (Date.now() - job.seenAt >= BULK.watchMs) {
    const deaths = job.deaths + 1;
    if (deaths > BULK.maxDeaths) {
      await finishBulk(ctx, job, "failed");
      return;
    }
    const generation = job.generation + 1;
    await ctx.db.patch("bulkJobs", jobId, { deaths, generation });
    await scheduleStep(ctx, jobId, generation);
  }
  await ctx.scheduler.runAfter(BULK.watchMs, internal.bulk.watch, { jobId });
}

/** Deletes a job that has ended. */
export async function forgetBulk(
  ctx: MutationCtx,
  jobId: Id<"bulkJobs">,
): Promise<void> {
  if (await ctx.db.get("bulkJobs", jobId)) {
    await ctx.db.delete("bulkJobs", jobId);
  }
}

async function scheduleStep(
  ctx: MutationCtx,
  jobId: Id<"bulkJobs">,
  generation: number,
): Promise<void> {
  // A step must not run in the millisecond of its job's cutoff: see `nextItems`.
  const call = { jobId, generation };
  await ctx.scheduler.runAfter(1, internal.bulk.step, call);
}

/** Ends a job. Its order and the rest of its ids are deleted now, the job itself after `BULK.keepMs`. */
async function finishBulk(
  ctx: MutationCtx,
  job: BulkJob,
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

/* The items of a step */

/** Ids in order, each with the cursor behind it. */
type NextItems = {
  items: { id: string; cursor: string | number }[];
  more: boolean;
};

/**
 * The items behind the cursor. A job by `where` walks the documents up to its cutoff by last change, so a document that it
 * has changed lies behind the cutoff and is not found again.
 */
async function nextItems(
  ctx: MutationCtx,
  job: BulkJob,
  order: BulkOrder,
): Promise<NextItems> {
  const limit = stepItems(order);
  if (order.where === undefined) return await nextIds(ctx, job, order, limit);
  const { status, updatedBefore = 0 } = order.where;
  const trashed = order.operation === "restore" || order.operation === "purge";
  const { ownerId = "" } = order;
  const listing = { of: "owner", ownerId, trashed, status } as const;
  const end: Position = [updatedBefore, Infinity, ""];
  const span = { start: positionAt(job.cursor), end };
  const list = documentList(ctx, listing);
  const bounds = { limit, maxBytes: BULK.stepBytes };
  const { rows, next } = await walkList(list, "asc", span, bounds);
  const items = rows.map((row) => ({
    id: row._id,
    cursor: encodeCursor(list.positionOf(row)),
  }));
  return { items, more: next !== null };
}

async function nextIds(
  ctx: MutationCtx,
  job: BulkJob,
  order: BulkOrder,
  limit: number,
): Promise<NextItems> {
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

/** How many items a step takes: so many that their writes fit even if each grows by the whole change. */
function stepItems({ change }: BulkOrder): number {
  const bytes = change ? getConvexSize(change.set) : 0;
  const most = bytes === 0 ? Infinity : Math.floor(BULK.writeBytes / bytes);
  return Math.max(1, Math.min(BULK.stepItems, most));
}

function positionAt(cursor: BulkJob["cursor"]): Position | null {
  const position = typeof cursor === "string" ? decodeCursor(cursor) : null;
  return position === "end" ? null : position;
}

/* Writing them */

/** Writes items, a few at a time while the transaction has room. Returns the outcomes of those it has written. */
async function writeItems(
  ctx: MutationCtx,
  order: BulkOrder,
  { items }: NextItems,
): Promise<Outcome[]> {
  const { maxBytes } = decodeRules(order.rules);
  const results: Outcome[] = [];
  for (let at = 0; at < items.length; at += BATCH.readAhead) {
    const few = items.slice(at, at + BATCH.readAhead);
    const bytes = 2 * few.length * maxBytes;
    if (at > 0 && !(await hasRoom(ctx, BULK.share, bytes))) break;
    const asked = few.map(({ id }) => itemOf(order, id));
    results.push(...(await writeSome(ctx, order, asked)));
  }
  return results;
}

function itemOf({ change }: BulkOrder, id: string): Change | Target {
  return change === undefined ? { id } : { id, ...change };
}

const PLANNERS = {
  update: planUpdate as Planner<Target>,
  remove: planDelete,
  trash: planTrash,
  restore: planRestore,
  purge: planPurge,
} as const;

/** Writes some items, in the host's worker if there is one. */
async function writeSome(
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

/**
 * Calls a host's function with some items, in a sub-transaction. Returns one outcome per item, in order. If it throws, its
 * writes are undone and the items are tried one by one, so that one bad item fails alone.
 */
export async function runWorker<Item>(
  items: Item[],
  call: (items: Item[]) => Promise<Outcome[]>,
): Promise<Outcome[]> {
  try {
    return await call(items);
  } catch (error) {
    if (items.length === 1) return [{ ok: false, error: workerError(error) }];
    const alone = [];
    for (const item of items) alone.push(...(await runWorker([item], call)));
    return alone;
  }
}

/** The error of a worker: one of this package as it is; any other only as INTERNAL, without its text. */
function workerError(error: unknown): DocsErrorData {
  const data = getDocsError(error);
  return data === null || data.code === "UNKNOWN"
    ? failure("INTERNAL", {})
    : data;
}
