/**
 * The calls that wait for the run before them. The end of that run starts the first of them. Should it not, the first one's lease
 * finds out: it is looked at again and again while it waits.
 *
 * @module
 */
import { internal } from "../../component/_generated/api.js";
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import {
  JOB_FAILURES,
  type SkipReason,
  type Started,
  type StoredCall,
} from "../../shared/jobs.js";
import { backoff } from "../backoff.js";
import { begin, holds, type LeasePolicy } from "../engine/lease.js";
import { arrange, BLOCKED, type WorkKind } from "../engine/timer.js";
import { startRun } from "./attempt.js";
import { findJob } from "./job.js";

type QueuedCall = Doc<"jobQueue">;

const POLICY: LeasePolicy = {
  maxTries: Infinity,
  maxDeaths: Infinity,
  maxSize: 0,
  graceMs: JOB_FAILURES.queueGraceMs,
  timeoutMs: 0,
  backoffMs: (tries) =>
    backoff({ first: 1_000, cap: JOB_FAILURES.queueLookMs }, tries - 1, 1),
  ...BLOCKED,
};

/** Calls that wait, as the engine sees them. */
export const queueKind: WorkKind<"jobQueue"> = {
  table: "jobQueue",
  policyOf: () => POLICY,
  attempt: internal.jobs.dequeue,
  end: (ctx, { _id }) => ctx.db.delete("jobQueue", _id),
};

/** Starts a call, or has it wait for the run before it. */
export async function startInTurn(
  ctx: MutationCtx,
  name: string,
  task: StoredCall,
): Promise<Started> {
  const waiting = await ctx.db
    .query("jobQueue")
    .withIndex("name", (q) => q.eq("name", name))
    .take(JOB_FAILURES.mostQueued);
  if (waiting.length === JOB_FAILURES.mostQueued)
    return { skipped: "queueFull" };
  // Try without a row first.
  if (waiting.length === 0) {
    const started = await startRun(ctx, { name, task });
    if (!("skipped" in started) || started.skipped !== "overlap")
      return started;
  }
  await ctx.db.insert("jobQueue", { name, task });
  await drainQueue(ctx, name);
  return { queued: true };
}

/** A look at the first call. Does nothing without the lease. */
export async function lookAtQueue(
  ctx: MutationCtx,
  id: Id<"jobQueue">,
  attempt: number,
): Promise<void> {
  const call = await ctx.db.get("jobQueue", id);
  if (!call || !holds(call.lease, attempt, "scheduled")) return;
  await drainQueue(ctx, call.name, true);
}

/**
 * Starts the call that has waited longest, unless there is a reason to skip it: then it is looked at again.
 *
 * @param isLook whether the look of its lease is this one, so that it needs another
 */
export async function drainQueue(
  ctx: MutationCtx,
  name: string,
  isLook = false,
): Promise<void> {
  const [first, second] = await ctx.db
    .query("jobQueue")
    .withIndex("name", (q) => q.eq("name", name))
    .take(2);
  if (!first) return;
  const { task } = first;
  const started = await startRun(ctx, { name, task, trigger: "queue" });
  if ("skipped" in started) {
    const { skipped } = started;
    // Calls that come while it waits leave its row alone.
    const isArranged = first.lease && !isLook && skipped === "overlap";
    if (!isArranged) await lookAgain(ctx, first, skipped);
    return;
  }
  await ctx.db.delete("jobQueue", first._id);
  if (second) await lookAgain(ctx, second, "overlap");
}

/**
 * Arranges the next look at the first call. A paused job is drained when it is resumed, one that overlaps when its run ends, so
 * there is nothing to schedule: the look comes if that does not. A breaker says when it closes.
 */
async function lookAgain(
  ctx: MutationCtx,
  call: QueuedCall,
  reason: SkipReason,
): Promise<void> {
  const now = Date.now();
  const job = reason === "breaker" ? await findJob(ctx, call.name) : null;
  const { queueLookMs, pausedLookMs } = JOB_FAILURES;
  const at = job
    ? Math.max(now, job.openUntil ?? now)
    : now + (reason === "paused" ? pausedLookMs : queueLookMs);
  const { lease } = begin(now, POLICY, at);
  const attempt = (call.lease?.attempt ?? 0) + 1;
  const next = { lease: { ...lease, attempt } };
  await arrange(ctx, queueKind, call, job ? { ...next, runAt: at } : next);
}
