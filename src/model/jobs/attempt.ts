/**
 * Starting runs, and the attempts of a run. An attempt is two scheduled functions: the host's own, which does the work, and a
 * watchdog, because an action can die without a report.
 *
 * @module
 */
import type { FunctionHandle } from "convex/server";
import { internal } from "../../component/_generated/api.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { failure } from "../../shared/failures.js";
import {
  JOB_FAILURES,
  JOB_RETRY,
  JOB_TIMEOUT,
  type AttemptInput,
  type Counts,
  type JobCall,
  type JobClaim,
  type Started,
  type Trigger,
} from "../../shared/jobs.js";
import { backoff } from "../backoff.js";
import { findJob } from "./job.js";
import { nextDue } from "./periods.js";
import {
  beginRun,
  cancelRun,
  findLiveRun,
  finishRun,
  lastRun,
  type LeaseToken,
  type RunEnd,
  type StoredRun,
} from "./run.js";

/* Starting runs */

/** Starts a job: begins a run, or, for a job with a queue, waits for the one before it. */
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
  // Try without a row first.
  if (waiting.length === 0) {
    const started = await startRun(ctx, call);
    if (!("skipped" in started) || started.skipped !== "overlap")
      return started;
  }
  await ctx.db.insert("jobQueue", { name, task });
  await drainQueue(ctx, name);
  return { queued: true };
}

/** Starts the call that has waited longest, unless there is a reason to skip it. */
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
  // A paused job is drained when it is resumed, one that overlaps when its run ends.
  if (started.skipped !== "breaker") return;
  const { openUntil = 0 } = (await findJob(ctx, name)) ?? {};
  const wait = Math.max(0, openUntil - Date.now());
  await ctx.scheduler.runAfter(wait, internal.jobs.drain, { name });
}

/** Starts what follows a run: its next period, or the call that has waited longest. */
async function startNext(
  ctx: MutationCtx,
  { name, period }: Pick<StoredRun, "name" | "period">,
  task: JobCall,
): Promise<void> {
  if (period) {
    // Also after a failure: one period that always fails does not block the others.
    const passed = period.end;
    await startRun(ctx, { name, task, trigger: "catchUp", passed });
  } else if (task.queue) await drainQueue(ctx, name);
}

type RunStart = {
  name: string;
  key?: string | undefined;
  task: JobCall;
  trigger?: Trigger | undefined;
  /** Skip periods that end at or before this time (ms), done or not. */
  passed?: number;
};

/** Begins a run and schedules its first attempt. */
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

/* Attempts */

/** Schedules an attempt and its watchdog in `wait` ms. */
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
  const watchId = await ctx.scheduler.runAfter(until, internal.jobs.check, {
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

/** What the host's function is called with, beside its own arguments. */
type AttemptArgs = Record<string, unknown> & { jobRun: JobClaim };

/** How long a run whose attempt is due in `wait` ms counts as alive (ms). */
function leaseOf({ timeoutMs }: JobCall, wait = 0): number {
  return wait + timeoutMs + JOB_TIMEOUT.graceMs + JOB_TIMEOUT.leaseSlackMs;
}

/** The input of an attempt; `null` if the attempt is superseded or its run is over. */
export async function startAttempt(
  ctx: QueryCtx,
  claim: JobClaim,
): Promise<AttemptInput | null> {
  const run = await findLiveRun(ctx, claim);
  if (run === null) return null;
  const { name, key, period, watchAt = Infinity } = run;
  const cursor = (await findJob(ctx, name, key))?.cursor;
  return {
    name,
    key,
    watchAt,
    ...(period ? { period } : {}),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

/** Ends a run after an attempt that completed. `false`: the attempt is superseded, and nothing is written. */
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
  /** Whether another attempt may succeed. */
  transient: boolean;
  counts?: Counts | undefined;
  status?: "failed" | "lost";
};

/** Schedules another attempt after one that failed, or ends the run. `false`: the attempt is superseded. */
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
    // `lost` comes from the watchdog itself, which cannot be cancelled while it runs.
    if (run.watchId && status !== "lost") {
      await ctx.scheduler.cancel(run.watchId);
    }
    const least = retryAfter(error);
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

/** How long the error asks to wait (ms): a day at most, so that no mistake of a service stops the job for good. */
function retryAfter({ retryAfterMs = 0 }: DocsErrorData): number {
  return retryAfterMs > 0 ? Math.min(retryAfterMs, JOB_RETRY.mostMs) : 0;
}

/**
 * Ends the run that is under way. `false`: none is. What was skipped because of it starts now: the period after its own, or
 * the call that has waited longest.
 */
export async function cancelJob(
  ctx: MutationCtx,
  name: string,
  key?: string,
): Promise<boolean> {
  const run = await lastRun(ctx, await findJob(ctx, name, key));
  const task = run?.status === "running" ? await findTask(ctx, run) : null;
  const canceled = await cancelRun(ctx, name, key);
  if (run && task) await startNext(ctx, run, task);
  else await drainQueue(ctx, name);
  return canceled;
}

/** The call that a run makes attempts of, as its watchdog knows it. */
async function findTask(
  ctx: QueryCtx,
  { watchId }: StoredRun,
): Promise<JobCall | null> {
  const watchdog =
    watchId && (await ctx.db.system.get("_scheduled_functions", watchId));
  // It was scheduled with these arguments.
  const [args] = (watchdog?.args ?? []) as [{ task: JobCall }?];
  return args?.task ?? null;
}

/** The watchdog: the attempt has not reported its end. */
export async function onAttemptTimeout(
  ctx: MutationCtx,
  { claim, task }: { claim: LeaseToken; task: JobCall },
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

/**
 * The wait before the next attempt (ms), with full jitter: see `backoff`. It is added to what the error asks for.
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
  const curve = { first: baseMs, cap: capMs };
  return Math.round(retryAfterMs + backoff(curve, failed - 1, random()));
}
