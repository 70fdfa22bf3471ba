/**
 * Bulk operations: writes that exceed one call, done in steps of one transaction each. A step writes its items and moves the
 * cursor in the same transaction, so no item is done twice or left out, wherever the chain of steps breaks. The engine keeps
 * the chain going.
 *
 * @module
 */
import { getConvexSize } from "convex/values";
import { internal } from "../../component/_generated/api.js";
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { BULK, type BulkState } from "../../shared/bulk.js";
import type { Outcome } from "../../shared/documents.js";
import { failure } from "../../shared/failures.js";
import { backoff } from "../backoff.js";
import { isDeliberate } from "../engine/host.js";
import {
  completed,
  failed,
  holds,
  missing,
  progressed,
  type LeaseEnd,
  type LeasePolicy,
  type Skip,
} from "../engine/lease.js";
import { arrange, beginWork, BLOCKED, type WorkKind } from "../engine/timer.js";
import { nextItems, writeItems, type BulkItem } from "./items.js";

type BulkJob = Doc<"bulkJobs">;
type BulkOrder = Doc<"bulkOrders">;

/** The waits before the write of one document alone is tried again (ms). */
const RETRY_CURVE = { first: 1_000, cap: 30_000 };

/** The lease of a bulk operation. */
export const BULK_POLICY: LeasePolicy = {
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
  policyOf: () => BULK_POLICY,
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
    const next = missing(job.lease, now, BULK_POLICY, order.worker ?? "");
    await arrange(ctx, bulkKind, job, next);
    return;
  }
  if (step.kind === "failed") {
    const lease = { ...job.lease, size: items.length };
    const next = failed(lease, now, BULK_POLICY);
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
  const next = isOver ? completed() : progressed(job.lease, now, BULK_POLICY);
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
      await beginWork(ctx, bulkKind, _id, BULK_POLICY, now);
    } else {
      const purgeAt = finishedAt + BULK.keepMs;
      await ctx.db.patch("bulkJobs", _id, { purgeAt });
    }
  }
  return rows[BULK.healRows - 1]?._creationTime ?? null;
}

/** Ends an operation. Its order and the rest of its ids are deleted now, the row itself at `purgeAt`. */
export async function finishBulk(
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
