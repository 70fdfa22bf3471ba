/**
 * A run of retention, in batches of one transaction each. A batch finds what is due, removes it and moves the run's place
 * behind it, in the same transaction: nothing can edit a document between the two, and an interrupted run continues where it
 * stopped. The engine keeps the chain of batches going.
 *
 * @module
 */
import { internal } from "../../component/_generated/api.js";
import type { Id } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { BULK } from "../../shared/bulk.js";
import { failure } from "../../shared/failures.js";
import { assertWholeNumber } from "../../shared/issues.js";
import {
  CLEANUP,
  QUARANTINE,
  type Cleanup,
  type CleanupStart,
  type SweepStart,
} from "../../shared/retention.js";
import { backoff } from "../backoff.js";
import { declare } from "../engine/functions.js";
import {
  completed,
  failed,
  holds,
  missing,
  progressed,
  woken,
  type LeaseEnd,
  type LeasePolicy,
  type Skip,
} from "../engine/lease.js";
import { arrange, beginWork, BLOCKED, type WorkKind } from "../engine/timer.js";
import { findJob, resetCursor, saveJob } from "../jobs/job.js";
import { beginRun, endRun, lastRun, type StoredRun } from "../jobs/run.js";
import {
  firstPlace,
  handOn,
  placeOfNextRun,
  turnSize,
  type ScanPlace,
} from "./place.js";
import {
  failureLookup,
  isLeftOut,
  pruneFailures,
  type FailureLookup,
} from "./quarantine.js";
import { scanRanges, type ScanRange } from "./ranges.js";
import { record, removeDue } from "./remove.js";
import { scanDue, type Scan } from "./scan.js";

/** Starts a run, unless one is under way or the job is paused. Returns before its first batch. */
export async function startCleanup(
  ctx: MutationCtx,
  { worker, ...order }: CleanupStart,
): Promise<SweepStart> {
  assertBounded(order);
  const now = Date.now();
  // Rejects an invalid age before anything is written.
  scanRanges(order.target, now);
  const sweep: Cleanup = worker
    ? { ...order, worker: await declare(ctx, worker) }
    : order;
  if (await wakeBlocked(ctx, sweep)) {
    return { started: false, reason: "overlap" };
  }
  const begun = await beginRun(ctx, { name: sweep.job });
  if ("skipped" in begun) return { started: false, reason: begun.skipped };
  const { runId } = begun.claim;
  const { cursor } = begun;
  if (cursor !== undefined) await resetCursor(ctx, sweep.job);
  await beginWork(ctx, cleanupKind, runId, policyOf(sweep), now, {
    sweep,
    ...(cursor === undefined ? {} : { cursor }),
  });
  return { started: true, runId };
}

/** A run that waits for its function goes on with the one of this start, whose name may be another since the last deploy. */
async function wakeBlocked(ctx: MutationCtx, sweep: Cleanup): Promise<boolean> {
  const run = await lastRun(ctx, await findJob(ctx, sweep.job));
  if (run?.lease?.phase !== "blocked") return false;
  const next = woken(run.lease, Date.now(), policyOf(sweep));
  await arrange(ctx, cleanupKind, run, next, { sweep });
  return true;
}

function assertBounded({
  batchSize,
  maxPerRun,
}: Pick<Cleanup, "batchSize" | "maxPerRun">): void {
  assertWholeNumber("batchSize", batchSize, 1, CLEANUP.maxBatch);
  assertWholeNumber("maxPerRun", maxPerRun, 1, CLEANUP.maxRun);
}

/* The run, as the engine sees it */

/** The waits before the removal of one document alone is tried again (ms). */
const RETRY_CURVE = { first: 1_000, cap: 30_000 };

function policyOf({ batchSize }: Pick<Cleanup, "batchSize">): LeasePolicy {
  return {
    // A run has documents: one that fails is left out, and the run goes on.
    maxTries: Infinity,
    maxDeaths: QUARANTINE.maxDeaths,
    maxSize: batchSize,
    graceMs: CLEANUP.graceMs,
    timeoutMs: 0,
    backoffMs: (tries) => backoff(RETRY_CURVE, tries - 1, 1),
    ...BLOCKED,
  };
}

export const cleanupKind: WorkKind<"jobRuns"> = {
  table: "jobRuns",
  policyOf: (_, { sweep }) => policyOf(sweep ?? { batchSize: 1 }),
  attempt: internal.retention.step,
  skip: skipDocument,
  end: endCleanup,
};

/** One batch. Does nothing without the lease: for a run that is over, or an attempt that was replaced. */
export async function runCleanupBatch(
  ctx: MutationCtx,
  id: Id<"jobRuns">,
  attempt: number,
): Promise<void> {
  const run = await ctx.db.get("jobRuns", id);
  if (!run?.sweep || !holds(run.lease, attempt, "scheduled")) return;
  const { lease, sweep } = run;
  const policy = policyOf(sweep);
  const failureOf = failureLookup(ctx);
  const removedSoFar = run.counts["removed"] ?? 0;
  const most = Math.min(lease.size, sweep.maxPerRun - removedSoFar);
  const { due, scanned, next } = await findDue(ctx, run, most, failureOf);
  const result = await removeDue(ctx, sweep, id, due);
  const now = Date.now();
  if (result.kind === "missing") {
    const name = sweep.worker ?? "";
    await arrange(ctx, cleanupKind, run, missing(lease, now, policy, name));
    return;
  }
  if (result.kind === "failed") {
    const size = due.length;
    const halved = failed({ ...lease, size }, now, policy);
    await arrange(ctx, cleanupKind, run, halved, {}, result.error);
    return;
  }
  const refused = result.value;
  const done = refused.length;
  const counts = await record(ctx, run.counts, id, due, refused, failureOf);
  counts["batches"] = (counts["batches"] ?? 0) + 1;
  // What the transaction had no room for is found again by the next batch.
  counts["scanned"] = (counts["scanned"] ?? 0) + scanned - (due.length - done);
  const place = done < due.length ? (due[done - 1]?.behind ?? null) : next;
  const isFull = place !== null && (counts["removed"] ?? 0) >= sweep.maxPerRun;
  const isOver = place === null || isFull;
  const after = isOver
    ? completed()
    : progressed(lease, now + gap(done), policy);
  await arrange(ctx, cleanupKind, run, after, {
    counts,
    ...(place ? { cursor: place } : {}),
    ...(isFull ? { stopReason: "maxPerRun" } : {}),
    ...(run.notes ? { notes: {} } : {}),
  });
}

/** What is due behind the place of a run. Passes over what is in quarantine, or has failed in this run. */
async function findDue(
  ctx: MutationCtx,
  run: StoredRun,
  due: number,
  failureOf: FailureLookup,
): Promise<Scan> {
  const now = Date.now();
  const ranges = rangesOf(run);
  const turn = turnSize(ranges.length, run.sweep?.maxPerRun ?? 0);
  return await scanDue(
    ctx,
    ranges,
    placeOf(run, ranges.length),
    { due, rows: CLEANUP.maxScan, bytes: BULK.stepBytes, turn },
    async (row) => isLeftOut(await failureOf(row), row, run._id, now),
  );
}

/** What counts as old is fixed when a run begins, so that it ends. */
function rangesOf({ sweep, startedAt }: StoredRun): ScanRange[] {
  return sweep ? scanRanges(sweep.target, startedAt) : [];
}

/** The place of a run, or the first one if it is of other ranges, such as those of before a deploy. */
function placeOf({ cursor }: StoredRun, ranges: number): ScanPlace {
  // Only this module writes it.
  const place = cursor as Partial<ScanPlace> | undefined;
  return place?.ranges?.length === ranges
    ? (place as ScanPlace)
    : firstPlace(ranges);
}

/** The wait before the next batch (ms): as long as so many documents may take at `CLEANUP.perSecond`, with jitter. */
function gap(documents: number): number {
  const least = (documents * 1_000) / CLEANUP.perSecond;
  return Math.ceil(Math.max(1, least * (1 + CLEANUP.jitter * Math.random())));
}

/**
 * Leaves out the document at the place of a run. One whose removal has died is in quarantine at once. A run whose documents die
 * one after the other is itself what kills them, so it ends.
 */
async function skipDocument(
  ctx: MutationCtx,
  run: StoredRun,
  how: Skip,
  error?: DocsErrorData,
): Promise<Partial<StoredRun> | LeaseEnd> {
  const before = run.notes?.[DEATHS];
  const deaths = how === "failed" || typeof before !== "number" ? 0 : before;
  if (how === "dead" && deaths >= QUARANTINE.maxDead) return "discarded";
  const failureOf = failureLookup(ctx);
  const { due, next } = await findDue(ctx, run, 1, failureOf);
  const cursor = due[0]?.behind ?? next;
  if (cursor === null) return "completed";
  const refused = due.map(() => error ?? DIED);
  const { counts, _id } = run;
  return {
    cursor,
    counts: await record(
      ctx,
      counts,
      _id,
      due,
      refused,
      failureOf,
      how === "dead",
    ),
    notes: how === "failed" ? {} : { [DEATHS]: deaths + 1 },
  };
}

/** The note of a run that says how many documents in a row were left out because their removal died. */
const DEATHS = "deaths";

const DIED = failure(
  "TIMEOUT",
  {},
  {
    message: `The removal ended ${QUARANTINE.maxDeaths} times without a report: it exceeds a time limit or a limit of a transaction.`,
  },
);

/** Ends a run. One that has left out nothing and was not full has removed all that was due when it began. */
async function endCleanup(
  ctx: MutationCtx,
  run: StoredRun,
  end: LeaseEnd,
): Promise<void> {
  const { counts, lease, stopReason } = run;
  const place = placeOf(run, rangesOf(run).length);
  if (end === "completed") {
    const isWhole = stopReason === undefined && !counts["failed"];
    await endRun(ctx, run, {
      status: isWhole ? "success" : "partial",
      ...(stopReason === undefined
        ? {}
        : { stopReason, cursor: placeOfNextRun(place) }),
    });
  } else {
    const isMissing = lease !== undefined && lease.blocks > 0;
    const error = isMissing ? failure("HANDLER_NOT_FOUND", {}) : DIED;
    await endRun(ctx, run, { status: "failed", error });
    const job = await findJob(ctx, run.name);
    // What kills one range must not keep the others waiting.
    const cursor = placeOfNextRun(handOn(place));
    if (job) await saveJob(ctx, job, { cursor });
  }
  await pruneFailures(ctx, Date.now());
}
