/**
 * A run of retention, in batches of one transaction each. A batch finds what is due, removes it and moves the run's place
 * behind it, so an interrupted run continues where it stopped, and nothing can edit a document between the two.
 *
 * @module
 */
import { failure } from "../../shared/failures.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { getDocumentSize } from "convex/values";
import { internal } from "../../component/_generated/api.js";
import type { Id } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import { BULK } from "../../shared/bulk.js";
import { BATCH, type Outcome } from "../../shared/documents.js";
import { assertWholeNumber } from "../../shared/issues.js";
import type { Counts, JobClaim } from "../../shared/jobs.js";
import {
  CLEANUP,
  type Cleanup,
  type CleanupBatch,
  type SweepStart,
} from "../../shared/retention.js";
import { callHost, type HostResult } from "../engine/host.js";
import { hasRoom } from "../documents/budget.js";
import { planGone, planPatch, trashed } from "../documents/plan.js";
import { resetCursor } from "../jobs/job.js";
import {
  advanceRun,
  beginRun,
  findLiveRun,
  finishRun,
  type StoredRun,
} from "../jobs/run.js";
import {
  failureLookup,
  forgetFailure,
  isLeftOut,
  pruneFailures,
  recordFailure,
  type FailureLookup,
  type StoredFailure,
} from "./quarantine.js";
import {
  firstPlace,
  placeOfNextRun,
  turnSize,
  type ScanPlace,
} from "./place.js";
import { scanRanges } from "./ranges.js";
import { scanDue, type DueDocument } from "./scan.js";

/** Starts a run, unless one is under way or the job is paused. Returns before its first batch. */
export async function startCleanup(
  ctx: MutationCtx,
  sweep: Cleanup,
): Promise<SweepStart> {
  assertBounded(sweep);
  const now = Date.now();
  // Rejects an invalid age before anything is written.
  scanRanges(sweep.target, now);
  const target = JSON.stringify(sweep.target);
  const begun = await beginRun(ctx, {
    name: sweep.job,
    leaseMs: CLEANUP.leaseMs,
    notes: { at: now, target },
  });
  if ("skipped" in begun) return { started: false, reason: begun.skipped };
  const { claim, resumed, cursor } = begun;
  const notes = resumed?.notes;
  // A place belongs to its target: it counts ranges.
  const goesOn = resumed && notes?.["target"] === target;
  if (goesOn) await advanceRun(ctx, claim, { cursor: resumed.cursor, notes });
  else if (cursor) {
    await resetCursor(ctx, sweep.job);
    await advanceRun(ctx, claim, { cursor });
  }
  await ctx.scheduler.runAfter(0, internal.retention.step, { claim, sweep });
  return { started: true, runId: claim.runId };
}

/**
 * One batch. Does nothing for a run that is over or belongs to another attempt.
 *
 * @param size documents of the batch at most: fewer than the host says, after a batch that failed
 */
export async function runCleanupBatch(
  ctx: MutationCtx,
  claim: JobClaim,
  sweep: Cleanup,
  size = sweep.batchSize,
): Promise<void> {
  const run = await findLiveRun(ctx, claim);
  if (run === null) return;
  const soFar = { ...NO_COUNTS, ...run.counts };
  const failureOf = failureLookup(ctx);
  const ranges = scanRanges(sweep.target, timeOf(run));
  const now = Date.now();
  const { due, scanned, next } = await scanDue(
    ctx,
    ranges,
    placeOf(run, ranges.length),
    {
      due: Math.min(size, sweep.maxPerRun - soFar.removed),
      rows: CLEANUP.maxScan,
      bytes: BULK.stepBytes,
      turn: turnSize(ranges.length, sweep.maxPerRun),
    },
    async (row) => isLeftOut(await failureOf(row), row, run._id, now),
  );
  const removed = await removeDue(ctx, sweep, run._id, due, failureOf);
  if (removed.kind === "missing") {
    await finishRun(ctx, claim, { status: "failed", error: MISSING });
    return;
  }
  if (removed.kind === "halve") {
    // In another transaction: what the failed call has read stays counted in this one.
    const call = { claim, sweep, size: removed.size };
    await ctx.scheduler.runAfter(0, internal.retention.step, call);
    return;
  }
  const { tally, done } = removed;
  const counts: Counts = {
    batches: soFar.batches + 1,
    // What the transaction had no room for is found again by the next batch.
    scanned: soFar.scanned + scanned - (due.length - done),
    removed: soFar.removed + tally.removed,
    expired: soFar.expired + tally.expired,
    kept: soFar.kept + tally.kept,
    failed: soFar.failed + tally.failed,
    quarantined: soFar.quarantined + tally.quarantined,
  };
  const place = done < due.length ? (due[done - 1]?.behind ?? null) : next;
  const isFull = place !== null && (counts["removed"] ?? 0) >= sweep.maxPerRun;
  if (place === null || isFull) {
    await endCleanup(ctx, claim, counts, isFull ? place : null);
    return;
  }
  const leaseMs = CLEANUP.leaseMs;
  await advanceRun(ctx, claim, { counts, cursor: place, leaseMs });
  const call = { claim, sweep, size: Math.min(sweep.batchSize, 2 * size) };
  await ctx.scheduler.runAfter(gap(done), internal.retention.step, call);
}

/** The next call of the host's function, by a cron as a rule, starts a run under the handle of that deploy. */
const MISSING = failure(
  "INTERNAL",
  {},
  { message: "The function that removes documents is not deployed." },
);

const NO_COUNTS = {
  batches: 0,
  scanned: 0,
  removed: 0,
  expired: 0,
  kept: 0,
  failed: 0,
  quarantined: 0,
};

async function endCleanup(
  ctx: MutationCtx,
  claim: JobClaim,
  counts: Counts,
  full: ScanPlace | null,
): Promise<void> {
  const isWhole = full === null && counts["failed"] === 0;
  await finishRun(ctx, claim, {
    status: isWhole ? "success" : "partial",
    counts,
    ...(full ? { stopReason: "maxPerRun", cursor: placeOfNextRun(full) } : {}),
  });
  await pruneFailures(ctx, Date.now());
}

/** The wait before the next batch (ms): as long as so many documents may take at `CLEANUP.perSecond`, with jitter. */
function gap(documents: number): number {
  const least = (documents * 1_000) / CLEANUP.perSecond;
  return Math.ceil(Math.max(1, least * (1 + CLEANUP.jitter * Math.random())));
}

function timeOf({ notes, startedAt }: StoredRun): number {
  const at = notes?.["at"];
  return typeof at === "number" ? at : startedAt;
}

/** The place of a run, or the first one if it is of other ranges: those of before a deploy, or of an earlier release. */
function placeOf({ cursor }: StoredRun, ranges: number): ScanPlace {
  // Only this module writes it.
  const place = cursor as Partial<ScanPlace> | undefined;
  return place?.ranges?.length === ranges
    ? (place as ScanPlace)
    : firstPlace(ranges);
}

function assertBounded({ batchSize, maxPerRun }: Cleanup): void {
  assertWholeNumber("batchSize", batchSize, 1, CLEANUP.maxBatch);
  assertWholeNumber("maxPerRun", maxPerRun, 1, CLEANUP.maxRun);
}

/* Removing what is due */

/** How many of the documents that a batch found, by outcome. */
type BatchCounts = {
  removed: number;
  /** Of those removed: because of their own `expiresAt`. */
  expired: number;
  /** Left as they are, because a hook of an earlier document changed them. */
  kept: number;
  /** Not removed because of an error, and of these, now in quarantine. */
  failed: number;
  quarantined: number;
};

/** What a batch did. `halve`: the host's function failed for several documents at once, so fewer are tried next. */
type Removed =
  | { kind: "ok"; tally: BatchCounts; done: number }
  | { kind: "halve"; size: number }
  | { kind: "missing" };

/** A document that is due, and its failures so far. */
type Candidate = { item: DueDocument; failure: StoredFailure | null };

/** Removes as many as the transaction has room for, in order. `done`: how many of `due` those are. */
async function removeDue(
  ctx: MutationCtx,
  sweep: Cleanup,
  runId: Id<"jobRuns">,
  due: DueDocument[],
  failureOf: FailureLookup,
): Promise<Removed> {
  const candidates: Candidate[] = [];
  for (const item of due) {
    candidates.push({ item, failure: await failureOf(item.row) });
  }
  if (sweep.worker === undefined) {
    const done = await removeWhileThereIsRoom(ctx, sweep, due);
    const outcomes = due.slice(0, done).map(() => null);
    const tally = await record(ctx, runId, candidates, outcomes);
    return { kind: "ok", done, tally };
  }
  if (due.length === 0) {
    return { kind: "ok", done: 0, tally: { ...NONE_REMOVED } };
  }
  const result = await callWorker(ctx, sweep, runId, due, sweep.worker);
  if (result.kind === "missing") return result;
  if (result.kind === "failed" && due.length > 1) {
    return { kind: "halve", size: due.length >> 1 };
  }
  const errors =
    result.kind === "failed"
      ? [result.error]
      : result.value.map((outcome) => (outcome.ok ? null : outcome.error));
  const tally = await record(ctx, runId, candidates, errors);
  return { kind: "ok", done: due.length, tally };
}

const NONE_REMOVED: BatchCounts = {
  removed: 0,
  expired: 0,
  kept: 0,
  failed: 0,
  quarantined: 0,
};

/** Counts what became of each candidate, `null` being its removal, and remembers failures. */
async function record(
  ctx: MutationCtx,
  runId: Id<"jobRuns">,
  candidates: Candidate[],
  errors: (DocsErrorData | null)[],
): Promise<BatchCounts> {
  const tally = { ...NONE_REMOVED };
  for (const [index, error] of errors.entries()) {
    const candidate = candidates[index];
    if (!candidate) break;
    const { item, failure } = candidate;
    if (error === null) {
      tally.removed += 1;
      if (item.reason === "expired") tally.expired += 1;
      await forgetFailure(ctx, failure);
    } else if (isChanged(error.code)) tally.kept += 1;
    else {
      tally.failed += 1;
      const failed = { code: error.code, runId };
      const isLast = await recordFailure(ctx, failure, item.row, failed);
      if (isLast) tally.quarantined += 1;
    }
  }
  return tally;
}

/** Whether a hook of an earlier document changed or removed this one. */
function isChanged(code: string): boolean {
  return code === "CONFLICT" || code === "NOT_FOUND";
}

/** The rows as they were found: nothing is read again. Returns how many. */
async function removeWhileThereIsRoom(
  ctx: MutationCtx,
  { operation }: Cleanup,
  items: DueDocument[],
): Promise<number> {
  for (let at = 0; at < items.length; at += BATCH.readAhead) {
    const few = items.slice(at, at + BATCH.readAhead);
    const bytes = few.reduce((sum, { row }) => sum + getDocumentSize(row), 0);
    if (at > 0 && !(await hasRoom(ctx, BULK.share, bytes))) return at;
    for (const { row } of few) {
      const plan =
        operation === "trash"
          ? planPatch(ctx, row, trashed(Date.now()))
          : planGone(ctx, row);
      if (plan.refusal) throw new Error("convex-docs: a plan that refuses.");
      await plan.write();
    }
  }
  return items.length;
}

/** The host's function, which runs the hooks and removes: one call a transaction. */
async function callWorker(
  ctx: MutationCtx,
  { operation }: Cleanup,
  runId: string,
  due: DueDocument[],
  worker: string,
): Promise<HostResult<Outcome[]>> {
  const items = due.map(({ row, reason }) => ({
    id: row._id,
    ifVersion: row.version,
    reason,
  }));
  const batch: CleanupBatch = { runId, operation, items };
  return await callHost<Outcome[]>(ctx, worker, { batch });
}
