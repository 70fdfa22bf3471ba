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
import { TIMEOUT } from "../../shared/jobs/limits.js";
import { retryWait } from "../../shared/jobs/retry.js";
import type {
  Counts,
  Entered,
  JobClaim,
  Task,
} from "../../shared/jobs/validators.js";
import { findJob } from "./job.js";
import { follow } from "./queue.js";
import { alive, finish, type Claim, type Ending } from "./run.js";

export type WatchCall = { claim: Claim; task: Task };
const watch = makeFunctionReference<"mutation", WatchCall>("jobs:check");

/** What the host's function is called with, beside its own arguments. */
type Call = Record<string, unknown> & { jobRun: JobClaim };

/** For how long a run counts as alive whose attempt is due in `wait` ms. */
export function leaseOf({ timeoutMs }: Task, wait = 0): number {
  return wait + timeoutMs + TIMEOUT.graceMs + TIMEOUT.leaseSlackMs;
}

/** Arranges an attempt in `wait` ms. */
export async function arm(
  ctx: MutationCtx,
  claim: Claim,
  task: Task,
  wait = 0,
  error?: DocsErrorData,
): Promise<void> {
  const { runId, attempt } = claim;
  const handle = task.handle as FunctionHandle<"action" | "mutation", Call>;
  await ctx.scheduler.runAfter(wait, handle, { ...task.args, jobRun: claim });
  const until = wait + task.timeoutMs + TIMEOUT.graceMs;
  const watchId = await ctx.scheduler.runAfter(until, watch, { claim, task });
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
export async function enter(
  ctx: QueryCtx,
  claim: JobClaim,
): Promise<Entered | null> {
  const run = await alive(ctx, claim);
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
export async function complete(
  ctx: MutationCtx,
  claim: JobClaim,
  task: Task,
  ending: Pick<Ending, "counts" | "cursor" | "stopReason"> & {
    status: "success" | "partial";
  },
): Promise<boolean> {
  const run = await alive(ctx, claim);
  if (run === null) return false;
  await finish(ctx, claim, { ...ending, reaction: task.reaction });
  await follow(ctx, run, task);
  return true;
}

export type Failed = {
  error: DocsErrorData;
  /** Whether another attempt may help. */
  transient: boolean;
  counts?: Counts | undefined;
  status?: "failed" | "lost";
};

/** An attempt that failed: another one, or the end of the run. `false`: it was given up before. */
export async function failed(
  ctx: MutationCtx,
  claim: JobClaim,
  task: Task,
  { error, transient, counts, status = "failed" }: Failed,
): Promise<boolean> {
  const run = await alive(ctx, claim);
  if (run === null) return false;
  const { attempt, _id: runId } = run;
  if (transient && attempt < task.attempts) {
    // A watchdog cannot call itself off.
    if (run.watchId && status !== "lost") {
      await ctx.scheduler.cancel(run.watchId);
    }
    const least = error.retryAfterMs ?? 0;
    const wait = retryWait(attempt, task, least, Math.random);
    await arm(ctx, { runId, attempt: attempt + 1 }, task, wait, error);
    return true;
  }
  const { reaction } = task;
  await finish(ctx, claim, { status, error, counts, reaction });
  await follow(ctx, run, task);
  return true;
}

/** The watchdog: this attempt was never heard of again. */
export async function check(
  ctx: MutationCtx,
  { claim, task }: WatchCall,
): Promise<void> {
  const message =
    "The attempt ended without a word: a limit, a deploy, or a cancelled function.";
  const error = failure("INTERNAL", {}, { message });
  await failed(ctx, claim, task, { error, transient: true, status: "lost" });
}
