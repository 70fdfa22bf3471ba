/**
 * A run of retention: batch after batch, each one transaction that finds what is due, removes it and moves the run's place
 * behind it. Broken off anywhere, it goes on from there.
 *
 * @module
 */
import { internal } from "../../component/_generated/api.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import type { Counts, JobClaim } from "../../shared/jobs/validators.js";
import { BULK } from "../../shared/limits.js";
import { SWEEP } from "../../shared/retention/limits.js";
import type { Sweep, SweepStart } from "../../shared/retention/validators.js";
import { advance, alive, begin, finish, type StoredRun } from "../jobs/run.js";
import { pruneFailures } from "./quarantine.js";
import { removeDue } from "./remove.js";
import { scan, START, type Place } from "./scan.js";
import { stagesOf } from "./stages.js";

/** Starts a run, unless one is under way or the job is paused, and answers before its first batch. */
export async function start(
  ctx: MutationCtx,
  sweep: Sweep,
): Promise<SweepStart> {
  assertBounded(sweep);
  const now = Date.now();
  // Throws for an age that is none, before anything is written.
  stagesOf(sweep.target, now);
  const target = JSON.stringify(sweep.target);
  const begun = await begin(ctx, {
    name: sweep.job,
    leaseMs: SWEEP.leaseMs,
    notes: { at: now, target },
  });
  if ("skipped" in begun) return { started: false, reason: begun.skipped };
  const { claim, resumed } = begun;
  const notes = resumed?.notes;
  // A place means something only in the stages it was taken in.
  const goesOn = resumed && notes?.["target"] === target;
  if (goesOn) await advance(ctx, claim, { cursor: resumed.cursor, notes });
  await ctx.scheduler.runAfter(0, internal.retention.step, { claim, sweep });
  return { started: true, runId: claim.runId };
}

/** One batch. Does nothing for a run that has been given up, cancelled or ended. */
export async function step(
  ctx: MutationCtx,
  claim: JobClaim,
  sweep: Sweep,
): Promise<void> {
  const run = await alive(ctx, claim);
  if (run === null) return;
  const soFar = { ...NONE, ...run.counts };
  const stages = stagesOf(sweep.target, timeOf(run));
  const { due, scanned, next } = await scan(ctx, stages, placeOf(run), {
    due: Math.min(sweep.batchSize, sweep.maxPerRun - soFar.removed),
    rows: SWEEP.maxScan,
    bytes: BULK.stepBytes,
  });
  const { tally, done } = await removeDue(ctx, sweep, run._id, due);
  const counts: Counts = {
    batches: soFar.batches + 1,
    // What there was no room for is looked at again.
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
    await end(ctx, claim, counts, isFull);
    return;
  }
  const leaseMs = SWEEP.leaseMs;
  await advance(ctx, claim, { counts, cursor: place, leaseMs });
  const call = { claim, sweep };
  await ctx.scheduler.runAfter(gap(done), internal.retention.step, call);
}

const NONE = {
  batches: 0,
  scanned: 0,
  removed: 0,
  expired: 0,
  kept: 0,
  failed: 0,
  quarantined: 0,
};

async function end(
  ctx: MutationCtx,
  claim: JobClaim,
  counts: Counts,
  isFull: boolean,
): Promise<void> {
  const isWhole = !isFull && counts["failed"] === 0;
  await finish(ctx, claim, {
    status: isWhole ? "success" : "partial",
    counts,
    stopReason: isFull ? "maxPerRun" : undefined,
  });
  await pruneFailures(ctx, Date.now());
}

/** The wait before the next batch (ms): as long as so many documents may take, and some more by chance. */
function gap(documents: number): number {
  const least = (documents * 1_000) / SWEEP.perSecond;
  return Math.ceil(Math.max(1, least * (1 + SWEEP.jitter * Math.random())));
}

function timeOf({ notes, startedAt }: StoredRun): number {
  const at = notes?.["at"];
  return typeof at === "number" ? at : startedAt;
}

function placeOf({ cursor }: StoredRun): Place {
  // Nobody but `step` and `start` writes it.
  return (cursor as Place | undefined) ?? START;
}

/** The client has said so already, and better. */
function assertBounded({ batchSize, maxPerRun }: Sweep): void {
  const isCount = (value: number, most: number) =>
    Number.isInteger(value) && value >= 1 && value <= most;
  if (
    !isCount(batchSize, SWEEP.maxBatch) ||
    !isCount(maxPerRun, SWEEP.maxRun)
  ) {
    throw new Error("convex-docs: a run of retention without bounds.");
  }
}
