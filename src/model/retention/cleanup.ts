/**
 * A run of retention, in batches of one transaction each. A batch finds what is due, removes it and moves the run's place
 * behind it, so an interrupted run continues where it stopped, and nothing can edit a document between the two.
 *
 * @module
 */
import { getDocsError } from "../../errors/data.js";
import { failure } from "../../shared/failures.js";
import type { DocsErrorData } from "../../errors/codes.js";
import type { FunctionHandle } from "convex/server";
import { getDocumentSize } from "convex/values";
import { internal } from "../../component/_generated/api.js";
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
import { hasRoom } from "../documents/budget.js";
import { planGone, planPatch, trashed } from "../documents/plan.js";
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
  isQuarantined,
  pruneFailures,
  recordFailure,
} from "./quarantine.js";
import {
  FIRST_PLACE,
  scanDue,
  scanRanges,
  type DueDocument,
  type ScanPlace,
} from "./scan.js";

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
  const { claim, resumed } = begun;
  const notes = resumed?.notes;
  // A place belongs to its target: it counts ranges.
  const goesOn = resumed && notes?.["target"] === target;
  if (goesOn) await advanceRun(ctx, claim, { cursor: resumed.cursor, notes });
  await ctx.scheduler.runAfter(0, internal.retention.step, { claim, sweep });
  return { started: true, runId: claim.runId };
}

/** One batch. Does nothing for a run that is over or belongs to another attempt. */
export async function runCleanupBatch(
  ctx: MutationCtx,
  claim: JobClaim,
  sweep: Cleanup,
): Promise<void> {
  const run = await findLiveRun(ctx, claim);
  if (run === null) return;
  const soFar = { ...NO_COUNTS, ...run.counts };
  const stages = scanRanges(sweep.target, timeOf(run));
  const { due, scanned, next } = await scanDue(ctx, stages, placeOf(run), {
    due: Math.min(sweep.batchSize, sweep.maxPerRun - soFar.removed),
    rows: CLEANUP.maxScan,
    bytes: BULK.stepBytes,
  });
  const { tally, done } = await removeDue(ctx, sweep, run._id, due);
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
    await endCleanup(ctx, claim, counts, isFull);
    return;
  }
  const leaseMs = CLEANUP.leaseMs;
  await advanceRun(ctx, claim, { counts, cursor: place, leaseMs });
  const call = { claim, sweep };
  await ctx.scheduler.runAfter(gap(done), internal.retention.step, call);
}

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
  isFull: boolean,
): Promise<void> {
  const isWhole = !isFull && counts["failed"] === 0;
  await finishRun(ctx, claim, {
    status: isWhole ? "success" : "partial",
    counts,
    stopReason: isFull ? "maxPerRun" : undefined,
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

function placeOf({ cursor }: StoredRun): ScanPlace {
  // Only `startCleanup` and `runCleanupBatch` write it.
  return (cursor as ScanPlace | undefined) ?? FIRST_PLACE;
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

/** Removes as many as the transaction has room for, in order. `done`: how many of `due` those are. */
async function removeDue(
  ctx: MutationCtx,
  sweep: Cleanup,
  runId: string,
  due: DueDocument[],
): Promise<{ tally: BatchCounts; done: number }> {
  const failuresOf = await failureLookup(ctx);
  const tally = { removed: 0, expired: 0, kept: 0, failed: 0, quarantined: 0 };
  let done = 0;
  while (done < due.length) {
    const few = due.slice(done, done + BATCH.readAhead);
    // Each is read up to three times more: passed to the host, planned again, replaced.
    const bytes = few.reduce((sum, { row }) => sum + getDocumentSize(row), 0);
    if (done > 0 && !(await hasRoom(ctx, BULK.share, 3 * bytes))) break;
    const known = await Promise.all(few.map(({ row }) => failuresOf(row)));
    const open = few.flatMap((item, index) => {
      const failure = known[index] ?? null;
      return isQuarantined(failure, item.row) ? [] : [{ item, failure }];
    });
    const outcomes = await removeItems(
      ctx,
      sweep,
      runId,
      open.map(({ item }) => item),
    );
    for (const [index, { item, failure }] of open.entries()) {
      const outcome = outcomes[index];
      if (!outcome) throw new Error("convex-docs: an item without outcome.");
      if (outcome.ok) {
        tally.removed += 1;
        if (item.reason === "expired") tally.expired += 1;
        await forgetFailure(ctx, failure);
      } else if (isChanged(outcome.error.code)) tally.kept += 1;
      else {
        tally.failed += 1;
        const { code } = outcome.error;
        const isLast = await recordFailure(ctx, failure, item.row, code);
        if (isLast) tally.quarantined += 1;
      }
    }
    done += few.length;
  }
  return { tally, done };
}

/** Whether a hook of an earlier document changed or removed this one. */
function isChanged(code: string): boolean {
  return code === "CONFLICT" || code === "NOT_FOUND";
}

async function removeItems(
  ctx: MutationCtx,
  { operation, worker }: Cleanup,
  runId: string,
  due: DueDocument[],
): Promise<Outcome[]> {
  if (due.length === 0) return [];
  if (worker !== undefined) {
    // Only the host can pass a handle.
    const handle = worker as FunctionHandle<
      "mutation",
      { batch: CleanupBatch },
      Outcome[]
    >;
    const items = due.map(({ row, reason }) => ({
      id: row._id,
      ifVersion: row.version,
      reason,
    }));
    return await runWorker(items, (some) =>
      ctx.runMutation(handle, { batch: { runId, operation, items: some } }),
    );
  }
  const outcomes: Outcome[] = [];
  for (const { row } of due) {
    const plan =
      operation === "trash"
        ? planPatch(ctx, row, trashed(Date.now()))
        : planGone(ctx, row);
    if (plan.refusal) throw new Error("convex-docs: a plan that refuses.");
    const id = await plan.write();
    outcomes.push({ ok: true, id, version: row.version });
  }
  return outcomes;
}

/**
 * Calls a host's function with some items, in a sub-transaction. Returns one outcome per item, in order. If it throws, its
 * writes are undone and the items are tried one by one, so that one bad item fails alone.
 */
async function runWorker<Item>(
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
