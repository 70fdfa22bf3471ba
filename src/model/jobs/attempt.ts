/**
 * The attempts of a run: two scheduled functions each, the host's own that makes it and a watchdog that finds out if it was
 * never heard of again, as actions die without a word.
 *
 * @module
 */
import { makeFunctionReference, type FunctionHandle } from "convex/server";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { failure } from "../../shared/failures.js";
import {
  JOB_FAILURES,
  JOB_TIMEOUT,
  type AttemptInput,
  type Counts,
  type JobCall,
  type JobClaim,
  type Started,
  type Trigger,
} from "../../shared/jobs.js";
import { findJob } from "./job.js";
import { nextDue } from "./periods.js";
import {
  beginRun,
  findLiveRun,
  finishRun,
  type LeaseToken,
  type RunEnd,
  type StoredRun,
} from "./run.js";

export type TimeoutArgs = { claim: LeaseToken; task: JobCall };
const timeoutFunction = makeFunctionReference<"mutation", TimeoutArgs>(
  "jobs:check",
);

/** What the host's function is called with, beside its own arguments. */
type AttemptArgs = Record<string, unknown> & { jobRun: JobClaim };

/** For how long a run counts as alive whose attempt is due in `wait` ms. */
export function leaseOf({ timeoutMs }: JobCall, wait = 0): number {
  return wait + timeoutMs + JOB_TIMEOUT.graceMs + JOB_TIMEOUT.leaseSlackMs;
}

/** Arranges an attempt in `wait` ms. */
export async function scheduleAttempt(
  ctx: MutationCtx,
  claim: LeaseToken,
  task: JobCall,
  wait = 0,
  error?: DocsErrorData,
): Promise<void> {
  const { runId, attempt } = claim;
  const handle = task.handle as FunctionHandle<
    "action" | "mutation",
    AttemptArgs
  >;
  await ctx.scheduler.runAfter(wait, handle, { ...task.args, jobRun: claim });
  const until = wait + task.timeoutMs + JOB_TIMEOUT.graceMs;
  const watchId = await ctx.scheduler.runAfter(until, timeoutFunction, {
    claim,
    task,
  });
  const now = Date.now();
  await ctx.db.patch("jobRuns", runId, {
    attempt,
    watchId,
    watchAt: now + until,
    dueAt: now + wait,
    leaseUntil: now + leaseOf(task, wait),
    ...(error ? { error } : {}),
  });
}

/** What an attempt is to work with; `null` if it has come too late. */
export async function startAttempt(
  ctx: QueryCtx,
  claim: JobClaim,
): Promise<AttemptInput | null> {
  const run = await findLiveRun(ctx, claim);
  if (run === null) return null;
  const { name, key, period, watchAt = Infinity } = run;
  const cursor = (await findJob(ctx, name, key))?.cursor;
  return {
    key,
    watchAt,
    ...(period ? { period } : {}),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

/** An attempt that went to its end. `false`: it was given up, and nothing of it was written. */
export async function completeAttempt(
  ctx: MutationCtx,
  claim: JobClaim,
  task: JobCall,
  ending: Pick<RunEnd, "counts" | "cursor" | "stopReason"> & {
    status: "success" | "partial";
  },
): Promise<boolean> {
  const run = await findLiveRun(ctx, claim);
  if (run === null) return false;
  await finishRun(ctx, claim, { ...ending, reaction: task.reaction });
  await startNext(ctx, run, task);
  return true;
}

export type AttemptFailure = {
  error: DocsErrorData;
  /** Whether another attempt may help. */
  transient: boolean;
  counts?: Counts | undefined;
  status?: "failed" | "lost";
};

/** An attempt that failed: another one, or the end of the run. `false`: it was given up before. */
export async function failAttempt(
  ctx: MutationCtx,
  claim: JobClaim,
  task: JobCall,
  { error, transient, counts, status = "failed" }: AttemptFailure,
): Promise<boolean> {
  const run = await findLiveRun(ctx, claim);
  if (run === null) return false;
  const { attempt, _id: runId } = run;
  if (transient && attempt < task.attempts) {
    // A watchdog cannot call itself off.
    if (run.watchId && status !== "lost") {
      await ctx.scheduler.cancel(run.watchId);
    }
    const least = error.retryAfterMs ?? 0;
    const wait = retryWait(attempt, task, least, Math.random);
    await scheduleAttempt(
      ctx,
      { runId, attempt: attempt + 1 },
      task,
      wait,
      error,
    );
    return true;
  }
  const { reaction } = task;
  await finishRun(ctx, claim, { status, error, counts, reaction });
  await startNext(ctx, run, task);
  return true;
}

/** The watchdog: this attempt was never heard of again. */
export async function onAttemptTimeout(
  ctx: MutationCtx,
  { claim, task }: TimeoutArgs,
): Promise<void> {
  const message =
    "The attempt ended without a word: a limit, a deploy, or a cancelled function.";
  const error = failure("INTERNAL", {}, { message });
  await failAttempt(ctx, claim, task, {
    error,
    transient: true,
    status: "lost",
  });
}

/*
 * What begins when: a call, a call that had to wait, a period that was missed.
 */

const drainLater = makeFunctionReference<"mutation", { name: string }>(
  "jobs:drain",
);

type RunStart = {
  name: string;
  key?: string | undefined;
  task: JobCall;
  trigger?: Trigger | undefined;
  /** Up to where periods are over (ms), done or not. */
  passed?: number;
};

/** A call of the host's function. */
export async function startJob(
  ctx: MutationCtx,
  call: Pick<RunStart, "name" | "key" | "task">,
): Promise<Started> {
  const { name, task } = call;
  if (!task.queue) return await startRun(ctx, call);
  const waiting = await ctx.db
    .query("jobQueue")
    .withIndex("name", (q) => q.eq("name", name))
    .take(JOB_FAILURES.mostQueued);
  if (waiting.length === JOB_FAILURES.mostQueued)
    return { skipped: "queueFull" };
  // One that nobody waits for needs no row.
  if (waiting.length === 0) {
    const started = await startRun(ctx, call);
    if (!("skipped" in started) || started.skipped !== "overlap")
      return started;
  }
  await ctx.db.insert("jobQueue", { name, task });
  await drainQueue(ctx, name);
  return { queued: true };
}

/** Begins a run and arranges its first attempt. */
async function startRun(
  ctx: MutationCtx,
  { name, key, task, trigger, passed = 0 }: RunStart,
): Promise<Started> {
  const { unit, catchUp = 0 } = task.periods ?? {};
  const doneUntil = unit && (await findJob(ctx, name))?.doneUntil;
  const until = Math.max(passed, doneUntil ?? 0);
  const period =
    unit && nextDue(unit, Date.now(), until > 0 ? until : undefined, catchUp);
  if (period === null) return { skipped: "done" };
  const { reaction } = task;
  const leaseMs = leaseOf(task);
  const wanted = { name, key, trigger, leaseMs, reaction, period, unit };
  const begun = await beginRun(ctx, wanted);
  if ("skipped" in begun) return begun;
  await scheduleAttempt(ctx, begun.claim, task);
  return { runId: begun.claim.runId };
}

/** What comes after a run: the next of its periods, or the call that waited longest. */
export async function startNext(
  ctx: MutationCtx,
  { name, period }: Pick<StoredRun, "name" | "period">,
  task: JobCall,
): Promise<void> {
  if (period) {
    // Also after a failure: one period that always fails must not hold up the others.
    const passed = period.end;
    await startRun(ctx, { name, task, trigger: "catchUp", passed });
  } else if (task.queue) await drainQueue(ctx, name);
}

/** Begins the call that has waited longest, if nothing is in its way. */
export async function drainQueue(
  ctx: MutationCtx,
  name: string,
): Promise<void> {
  const next = await ctx.db
    .query("jobQueue")
    .withIndex("name", (q) => q.eq("name", name))
    .first();
  if (!next) return;
  const { task } = next;
  const started = await startRun(ctx, { name, task, trigger: "queue" });
  if (!("skipped" in started)) {
    await ctx.db.delete("jobQueue", next._id);
    return;
  }
  // What is paused is drained when it is resumed; what overlaps, when the run ends.
  if (started.skipped !== "breaker") return;
  const { openUntil = 0 } = (await findJob(ctx, name)) ?? {};
  const wait = Math.max(0, openUntil - Date.now());
  await ctx.scheduler.runAfter(wait, drainLater, { name });
}

/*
 * When to try a run again.
 */

/**
 * The wait before the next attempt (ms): drawn evenly between nothing and a bound that starts at `baseMs` and doubles with
 * each failed attempt, up to `capMs`, so that many runs that failed together do not come back together. What the error asked
 * for is the least, and the draw comes on top of it.
 *
 * Source of the method ("full jitter"): https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param failed attempts that failed so far, from 1
 * @param random a number from 0 up to, not including, 1
 */
export function retryWait(
  failed: number,
  { baseMs, capMs }: { baseMs: number; capMs: number },
  retryAfterMs: number,
  random: () => number,
): number {
  const bound = Math.min(capMs, baseMs * 2 ** (failed - 1));
  return Math.round(retryAfterMs + random() * bound);
}
