/**
 * Starting a job, what follows the end of a run, and ending one by hand.
 *
 * @module
 */
import { getConvexSize } from "convex/values";
import type { MutationCtx } from "../../component/_generated/server.js";
import { fail, invalidAt } from "../../shared/failures.js";
import {
  JOB,
  type JobCall,
  type Period,
  type Started,
  type StoredCall,
} from "../../shared/jobs.js";
import { alertFunction, declare, jobFunction } from "../engine/functions.js";
import { CANCELED, startRun } from "./attempt.js";
import { findJob } from "./job.js";
import { drainQueue, startInTurn } from "./queue.js";
import { endRun, lastRun, type StoredRun } from "./run.js";

type JobStart = { name: string; key?: string | undefined; task: JobCall };

/**
 * Starts a job: begins a run, or, for a job with a queue, waits for the one before it.
 *
 * @throws VALIDATION_FAILED for arguments that are too large for the row of a run
 */
export async function startJob(
  ctx: MutationCtx,
  { name, key, task: call }: JobStart,
): Promise<Started> {
  if (getConvexSize(call.args) > JOB.maxArgsBytes) {
    const problem = `are larger than ${JOB.maxArgsBytes} bytes. Store them in a table, and pass the id.`;
    throw fail(invalidAt("args", problem));
  }
  const task = await storedCall(ctx, name, call);
  return task.queue
    ? await startInTurn(ctx, name, task)
    : await startRun(ctx, { name, key, task });
}

/** Remembers where the job's functions are now: a run that waits for them goes on. */
async function storedCall(
  ctx: MutationCtx,
  name: string,
  { handle, reaction, ...call }: JobCall,
): Promise<StoredCall> {
  const { breaker, alert } = reaction;
  await declare(ctx, { name: jobFunction(name), handle });
  if (alert) {
    await declare(ctx, { name: alertFunction(name), handle: alert.handle });
  }
  return {
    ...call,
    reaction: {
      ...(breaker ? { breaker } : {}),
      ...(alert ? { alert: { after: alert.after } } : {}),
    },
  };
}

/** What follows a run, in a transaction of its own: its next period, or the call that has waited longest. */
export async function startNext(
  ctx: MutationCtx,
  { name, period, task }: { name: string; period?: Period; task: StoredCall },
): Promise<void> {
  if (period) {
    // Also after a failure: one period that always fails does not block the others.
    const passed = period.end;
    await startRun(ctx, { name, task, trigger: "catchUp", passed });
  } else if (task.queue) await drainQueue(ctx, name);
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
  const isUnderWay = run?.status === "running";
  const { task, ...rest } = run ?? {};
  // Without its call, its end schedules nothing.
  if (isUnderWay) await endRun(ctx, rest as StoredRun, CANCELED);
  if (run && task) await startNext(ctx, { ...run, task });
  else await drainQueue(ctx, name);
  return isUnderWay;
}
