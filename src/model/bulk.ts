/**
 * Bulk operations: writes that exceed one call, done in steps of one transaction each. A step writes its items and moves the
 * cursor in the same transaction, so no item is done twice or left out, wherever the chain of steps breaks. The engine keeps
 * the chain going.
 *
 * @module
 */
import { getConvexSize } from "convex/values";
import { internal } from "../component/_generated/api.js";
import type { Doc, Id } from "../component/_generated/dataModel.js";
import type { MutationCtx, QueryCtx } from "../component/_generated/server.js";
import type { DocsErrorData } from "../errors/codes.js";
import { actorRefusal, ownerToActAs } from "../shared/access.js";
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
import {
  batchTooLarge,
  echo,
  fail,
  failure,
  invalidAt,
  notFound,
} from "../shared/failures.js";
import { encodeCursor, type Position } from "../shared/cursor.js";
import { decodeRules } from "../shared/fields.js";
import { omitUndefined } from "../shared/omitUndefined.js";
import { alone } from "../shared/principals.js";
import type { ViewRequest } from "../shared/views.js";
import { backoff } from "./backoff.js";
import type { HostFunction } from "../shared/functions.js";
import { declare } from "./engine/functions.js";
import { callWorker, isDeliberate, type HostResult } from "./engine/host.js";
import {
  completed,
  failed,
  holds,
  missing,
  progressed,
  type LeaseEnd,
  type LeasePolicy,
  type Skip,
} from "./engine/lease.js";
import { arrange, beginWork, BLOCKED, type WorkKind } from "./engine/timer.js";
import { Aftermath } from "./history/tasks.js";
import { hasRoom } from "./documents/budget.js";
import {
  planDelete,
  planDiscard,
  planPublish,
  planPurge,
  planRestore,
  planTrash,
  planUnpublish,
  planUpdate,
  type Planner,
} from "./documents/plan.js";
import { documentList } from "./documents/read.js";
import { writeAll } from "./documents/write.js";
import { decodeCursor, walkList } from "./paginate.js";
import { idsInView } from "./views/page.js";

type BulkJob = Doc<"bulkJobs">;
type BulkOrder = Doc<"bulkOrders">;

type BulkRequest = {
  actor: Actor;
  ownerId?: string;
  operation: BulkOperation;
  change?: BulkChange;
  target: BulkTarget;
  rules: string;
  /** The name of the host's worker. */
  worker?: string;
};

type BulkStart = Omit<BulkRequest, "worker"> & { worker?: HostFunction };

/** Starts a job. Returns its id, before its first step. */
export async function startBulk(
  ctx: MutationCtx,
  { target, worker, ...rest }: BulkStart,
): Promise<string> {
  const refused = actorRefusal(rest.actor);
  if (refused) throw fail(refused);
  const owner = targetOwner(rest, target);
  if (owner?.refusal) throw fail(owner.refusal);
  const now = Date.now();
  const request = {
    ...rest,
    actor: alone(rest.actor),
    ...omitUndefined({ ownerId: owner?.ownerId }),
    ...(worker ? { worker: await declare(ctx, worker) } : {}),
  };
  const ids =
    "ids" in target
      ? target.ids
      : "view" in target
        ? await idsOfView(ctx, request, target.view)
        : null;
  const orderId =
    "where" in target
      ? await orderWhere(ctx, request, target.where, now)
      : await ctx.db.insert("bulkOrders", request);
  const total = ids && (await orderIds(ctx, orderId, ids));
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
    startedAt: now,
  });
  // The step must not run in the millisecond of the operation's cutoff: see `nextItems`.
  await beginWork(ctx, bulkKind, jobId, POLICY, now + 1);
  return jobId;
}

/** Whose documents are meant where they are not named. What is in the trash is not listed to who is not the owner. */
function targetOwner(
  { actor, ownerId, operation }: Omit<BulkStart, "target">,
  target: BulkTarget,
) {
  if ("ids" in target) return undefined;
  const role = isOfTrash(operation) ? "owner" : "viewer";
  return ownerToActAs(actor, ownerId, role);
}

function isOfTrash(operation: BulkOperation): boolean {
  return operation === "restore" || operation === "purge";
}

async function orderWhere(
  ctx: MutationCtx,
  request: Omit<BulkRequest, "target">,
  where: Extract<BulkTarget, { where: object }>["where"],
  now: number,
): Promise<Id<"bulkOrders">> {
  const { updatedBefore: wanted = now } = where;
  if (!Number.isFinite(wanted)) {
    throw fail(
      invalidAt("where.updatedBefore", "must be a time in ms since 1970."),
    );
  }
  const updatedBefore = Math.min(wanted, now);
  return await ctx.db.insert("bulkOrders", {
    ...request,
    where: { ...where, updatedBefore },
  });
}

/** The documents that are in a part of a view now: one that moves within it is done once. */
async function idsOfView(
  ctx: MutationCtx,
  { ownerId = "" }: Pick<BulkRequest, "ownerId">,
  view: ViewRequest,
): Promise<string[]> {
  const listing = { of: "owner", ownerId, trashed: false } as const;
  return await idsInView(ctx, listing, view, BULK.maxIds + 1);
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
  const ids = distinctIds(ctx, given);
  for (let from = 0; from < ids.length; from += BULK.idsPerRow) {
    const few = ids.slice(from, from + BULK.idsPerRow);
    await ctx.db.insert("bulkIds", { orderId, from, ids: few });
  }
  return ids.length;
}

/** The documents once each, by the first spelling that names one. A text that is too long to be an id is kept as an error repeats it. */
function distinctIds(ctx: MutationCtx, given: string[]): string[] {
  const ids = new Map<string, string>();
  for (const id of given) {
    const name = ctx.db.normalizeId("documents", id) ?? id;
    if (!ids.has(name)) ids.set(name, echo(id));
  }
  return [...ids.values()];
}

/** How far a job is; `null` for one that this actor did not start, or that has been deleted. */
export async function bulkStatus(
  ctx: QueryCtx,
  actor: Actor,
  jobId: string,
): Promise<BulkStatus | null> {
  const job = await findBulkJob(ctx, actor, jobId);
  return job && bulkStatusOf(job);
}

/** How far an operation is. */
export function bulkStatusOf(job: BulkJob): BulkStatus {
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
  if (job.state === "running") await endBulk(ctx, job);
}

/** Ends an operation that is under way, before its next step. */
export async function endBulk(ctx: MutationCtx, job: BulkJob): Promise<void> {
  await finishBulk(ctx, job, "cancelled");
}

/** Whether an operation acts as a user, or on the documents of one. */
export async function isOrderOf(
  ctx: QueryCtx,
  { orderId }: BulkJob,
  userId: string,
): Promise<boolean> {
  const order = await ctx.db.get("bulkOrders", orderId);
  const { actor, ownerId } = order ?? {};
  return ownerId === userId || (actor?.kind === "user" && actor.id === userId);
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

/** The waits before the write of one document alone is tried again (ms). */
const RETRY_CURVE = { first: 1_000, cap: 30_000 };

/** The lease of a bulk operation. */
const POLICY: LeasePolicy = {
  // An operation has items: an item that fails is left out, and the operation goes on.
  maxTries: Infinity,
  maxDeaths: BULK.maxDeaths,
  maxSize: BULK.stepItems,
  graceMs: BULK.graceMs,
  timeoutMs: 0,
  backoffMs: (tries) => backoff(RETRY_CURVE, tries - 1, 1),
  ...BLOCKED,
};

/** Bulk operations, as the engine sees them. */
export const bulkKind: WorkKind<"bulkJobs"> = {
  table: "bulkJobs",
  policyOf: () => POLICY,
  attempt: internal.bulk.step,
  skip: skipItem,
  end: async (ctx, job, end) => {
    if (end === "discarded") {
      console.error(
        `convex-docs: the bulk operation ${job._id} ended as failed after ${job.done} documents: ${BULK.maxDeadItems} in a row crashed its worker or exceeded a limit, or its worker stayed missing. Mend that and start it again for the rest.`,
      );
    }
    await finishBulk(ctx, job, STATES[end]);
  },
};

const STATES = {
  completed: "done",
  cancelled: "cancelled",
  discarded: "failed",
} as const satisfies Record<LeaseEnd, BulkState>;

/** One step. Does nothing without the lease: for an operation that is over, or an attempt that was replaced. */
export async function runBulkStep(
  ctx: MutationCtx,
  id: Id<"bulkJobs">,
  attempt: number,
): Promise<void> {
  const job = await ctx.db.get("bulkJobs", id);
  if (job?.state !== "running" || !holds(job.lease, attempt, "scheduled")) {
    return;
  }
  const order = await ctx.db.get("bulkOrders", job.orderId);
  if (order === null) {
    await finishBulk(ctx, job, "failed");
    return;
  }
  const now = Date.now();
  const { items, more } = await nextItems(ctx, job, order, job.lease.size);
  const step = await writeItems(ctx, order, items);
  if (step.kind === "missing") {
    const next = missing(job.lease, now, POLICY, order.worker ?? "");
    await arrange(ctx, bulkKind, job, next);
    return;
  }
  if (step.kind === "failed") {
    const lease = { ...job.lease, size: items.length };
    const next = failed(lease, now, POLICY);
    const isCrash = step.error.code === "INTERNAL" && !isDeliberate(step.cause);
    const isAlone = items.length === 1;
    if (isCrash && isAlone) logCrash(job, order, step.cause);
    const skip = isCrash && isAlone ? { skip: "dead" as const } : {};
    await arrange(ctx, bulkKind, job, { ...next, ...skip }, {}, step.error);
    return;
  }
  const outcomes = step.value;
  const taken = items.slice(0, outcomes.length);
  const isOver = !more && taken.length === items.length;
  const next = isOver ? completed() : progressed(job.lease, now, POLICY);
  await arrange(ctx, bulkKind, job, next, columnsAfter(job, taken, outcomes));
}

/** Says once for documents in a row what the worker threw: no caller is told. */
function logCrash(job: BulkJob, order: BulkOrder, cause: unknown): void {
  if (job.deaths) return;
  console.error(
    `convex-docs: the function "${order.worker}" threw while the bulk operation ${job._id} wrote one document. The document is left out. After ${BULK.maxDeadItems} in a row the operation ends as failed. What it threw:`,
    cause instanceof Error ? cause.stack : cause,
  );
}

/** The columns of an operation after some items. */
function columnsAfter(
  job: BulkJob,
  taken: BulkItem[],
  outcomes: Outcome[],
): Partial<BulkJob> {
  const refusals = outcomes.flatMap((outcome, index) => {
    const id = taken[index]?.id ?? "";
    return outcome.ok ? [] : [{ id, error: outcome.error }];
  });
  const failures = [...job.failures];
  let bytes = getConvexSize(failures);
  for (const refusal of refusals) {
    bytes += getConvexSize(refusal);
    if (failures.length === BULK.maxFailures || bytes > BULK.failureBytes) {
      break;
    }
    failures.push(refusal);
  }
  return {
    deaths: 0,
    cursor: taken.at(-1)?.cursor ?? job.cursor,
    done: job.done + outcomes.length - refusals.length,
    failed: job.failed + refusals.length,
    failures,
  };
}

/**
 * Leaves out the item at the cursor. An operation whose documents die one after the other, or crash the worker, is itself what
 * kills them, so it ends.
 */
async function skipItem(
  ctx: MutationCtx,
  job: BulkJob,
  how: Skip,
  error?: DocsErrorData,
): Promise<Partial<BulkJob> | LeaseEnd> {
  const deaths = how === "dead" ? (job.deaths ?? 0) + 1 : 0;
  if (deaths > BULK.maxDeadItems) return "discarded";
  const order = await ctx.db.get("bulkOrders", job.orderId);
  const found = order && (await nextItems(ctx, job, order, 1));
  if (!found || found.items.length === 0) return "completed";
  const outcome = { ok: false, error: error ?? DIED } as const;
  return { ...columnsAfter(job, found.items, [outcome]), deaths };
}

const DIED = failure(
  "TIMEOUT",
  {},
  {
    message: `The write ended ${BULK.maxDeaths} times without a report: it exceeds a time limit or a limit of a transaction.`,
  },
);

/**
 * Gives rows of before there were leases what they lack: a lease if they run, and otherwise the time of their deletion.
 *
 * @param from the creation time of the first row, which is the youngest; 0 at the beginning
 * @returns that of the first row of the next call; `null` at the end
 */
export async function healBulk(
  ctx: MutationCtx,
  from: number | string,
): Promise<number | null> {
  const now = Date.now();
  const rows = await ctx.db
    .query("bulkJobs")
    .withIndex("purge", (q) =>
      q
        .eq("purgeAt", undefined)
        .lte("_creationTime", from === 0 ? Infinity : Number(from)),
    )
    .order("desc")
    .take(BULK.healRows);
  const sick = rows.filter(({ lease }) => lease === undefined);
  for (const { _id, state, finishedAt = now } of sick) {
    if (state === "running") {
      await beginWork(ctx, bulkKind, _id, POLICY, now);
    } else {
      const purgeAt = finishedAt + BULK.keepMs;
      await ctx.db.patch("bulkJobs", _id, { purgeAt });
    }
  }
  return rows[BULK.healRows - 1]?._creationTime ?? null;
}

/** Ends an operation. Its order and the rest of its ids are deleted now, the row itself at `purgeAt`. */
async function finishBulk(
  ctx: MutationCtx,
  job: BulkJob,
  state: BulkState,
): Promise<void> {
  const now = Date.now();
  const { _id, _creationTime, ...columns } = job;
  await ctx.db.patch("bulkJobs", _id, {
    ...columns,
    state,
    finishedAt: now,
    purgeAt: now + BULK.keepMs,
    lease: undefined,
  });
  await ctx.db.delete("bulkOrders", job.orderId);
  const rows = ctx.db
    .query("bulkIds")
    .withIndex("order", (q) => q.eq("orderId", job.orderId));
  // At most `maxIds / idsPerRow` rows.
  for await (const row of rows) await ctx.db.delete("bulkIds", row._id);
}

/* The items of a step */

/** An id, and the cursor behind it. */
type BulkItem = { id: string; cursor: string | number };
type NextItems = { items: BulkItem[]; more: boolean };

/**
 * The items behind the cursor. A job by `where` walks the documents up to its cutoff by last change, so a document that it
 * has changed lies behind the cutoff and is not found again.
 */
async function nextItems(
  ctx: MutationCtx,
  job: BulkJob,
  order: BulkOrder,
  most: number,
): Promise<NextItems> {
  const limit = Math.min(most, stepItems(order));
  if (order.where === undefined) return await nextIds(ctx, job, order, limit);
  const { status, updatedBefore = 0 } = order.where;
  const trashed = isOfTrash(order.operation);
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

/** Writes items, in the host's worker if there is one. Returns the outcomes of those that were written. */
async function writeItems(
  ctx: MutationCtx,
  order: BulkOrder,
  items: BulkItem[],
): Promise<HostResult<Outcome[]>> {
  const asked = items.map(({ id }) => itemOf(order, id));
  if (order.worker === undefined) {
    return {
      kind: "ok",
      value: await writeWhileThereIsRoom(ctx, order, asked),
    };
  }
  if (asked.length === 0) return { kind: "ok", value: [] };
  const { actor, operation } = order;
  const call: WorkerCall = { actor, operation, items: asked };
  return await callWorker(ctx, order.worker, call, asked.length);
}

/** A few at a time: their sizes are not known before they are read. */
async function writeWhileThereIsRoom(
  ctx: MutationCtx,
  { actor, operation, rules }: BulkOrder,
  items: (Change | Target)[],
): Promise<Outcome[]> {
  const { maxBytes, history, workingCopy } = decodeRules(rules);
  const outcomes: Outcome[] = [];
  const later = new Aftermath();
  for (let at = 0; at < items.length; at += BATCH.readAhead) {
    const few = items.slice(at, at + BATCH.readAhead);
    const bytes = few.length * maxBytes;
    const archived = history ? bytes : 0;
    const copied = workingCopy ? bytes : 0;
    const [reads, writes] = [2 * (bytes + copied), archived + copied];
    const fits = await hasRoom(ctx, BULK.share, reads, writes);
    if (at > 0 && !fits) break;
    const call = {
      actor,
      rules,
      items: few,
      mode: "partial",
      isOrdered: true,
    } as const;
    const planner = PLANNERS[operation];
    outcomes.push(...(await writeAll(ctx, call, planner, later)));
  }
  await later.start(ctx);
  return outcomes;
}

function itemOf({ operation, change }: BulkOrder, id: string): Change | Target {
  // The host's schema may have something to add to what is published.
  if (operation === "publish") return { id, set: {}, unset: [] };
  return change === undefined ? { id } : { id, ...change };
}

const PLANNERS = {
  update: planUpdate as Planner<Target>,
  publish: planPublish as Planner<Target>,
  unpublish: planUnpublish,
  discard: planDiscard,
  remove: planDelete,
  trash: planTrash,
  restore: planRestore,
  purge: planPurge,
} as const;
