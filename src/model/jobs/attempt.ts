/**
 * The runs of the host's jobs, and their attempts. An attempt begins with the start of the host's function, which reports how it
 * ended. One that reports nothing until its lease is overdue has died, and is retried as one that failed.
 *
 * @module
 */
import type { FunctionHandle } from "convex/server";
import { internal } from "../../component/_generated/api.js";
import type { Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { failure } from "../../shared/failures.js";
import {
  JOB_RETRY,
  JOB_TIMEOUT,
  type AttemptInput,
  type JobClaim,
  type Started,
  type StoredCall,
  type Trigger,
} from "../../shared/jobs.js";
import { backoff } from "../backoff.js";
import { handleOf, jobFunction } from "../engine/functions.js";
import { isMissingFunction } from "../engine/host.js";
import {
  begin,
  failed,
  holds,
  missing,
  started,
  type Lease,
  type LeasePolicy,
  type NextLease,
} from "../engine/lease.js";
import { arrange, BLOCKED, type WorkKind } from "../engine/timer.js";
import { findJob } from "./job.js";
import { doneUpTo, nextDue } from "./periods.js";
import {
  beginRun,
  endRun,
  findLiveRun,
  type RunEnd,
  type StoredRun,
} from "./run.js";

/** The runs of the host's jobs, as the engine sees them. */
export const jobKind: WorkKind<"jobRuns"> = {
  table: "jobRuns",
  policyOf: (_ctx, { task }) => policyOf(task),
  attempt: internal.jobs.attempt,
  died: { error: failure("TIMEOUT", {}) },
  end: async (ctx, run, end, error) => {
    if (end === "cancelled") await endRun(ctx, run, CANCELED);
    else if (error) await endRun(ctx, run, { status: "failed", error });
    else await endRun(ctx, run, LOST);
  },
};

export const CANCELED: RunEnd = { status: "canceled", stopReason: "canceled" };
export const LOST: RunEnd = { status: "lost", error: failure("TIMEOUT", {}) };

/**
 * The lease of a run.
 *
 * @param error what the last attempt failed with, which may ask for a longer wait
 */
function policyOf(
  task: StoredCall | undefined,
  error?: DocsErrorData,
): LeasePolicy {
  const { attempts, baseMs, capMs, timeoutMs } = task ?? NO_TASK;
  const least = error ? retryAfter(error) : 0;
  return {
    maxTries: attempts,
    maxDeaths: 1,
    maxSize: 0,
    graceMs: JOB_TIMEOUT.graceMs,
    timeoutMs,
    backoffMs: (tries) =>
      retryWait(tries, { baseMs, capMs }, least, Math.random),
    ...BLOCKED,
  };
}

/** Of a run that has none, which only ends. */
const NO_TASK = { attempts: 1, baseMs: 1, capMs: 1, timeoutMs: 0 };

/* Starting runs */

export type RunStart = {
  name: string;
  key?: string | undefined;
  task: StoredCall;
  trigger?: Trigger | undefined;
  /** Skip periods that end at or before this time (ms), done or not. */
  passed?: number;
};

/** Begins a run, unless there is a reason to skip it, and starts its first attempt. */
export async function startRun(
  ctx: MutationCtx,
  { name, key, task, trigger, passed = 0 }: RunStart,
): Promise<Started> {
  const { unit, catchUp = 0 } = task.periods ?? {};
  const now = Date.now();
  const doneUntil =
    unit && doneUpTo(unit, now, (await findJob(ctx, name))?.doneUntil);
  const until = Math.max(passed, doneUntil ?? 0);
  const period =
    unit && nextDue(unit, now, until > 0 ? until : undefined, catchUp);
  if (period === null) return { skipped: "done" };
  const { reaction } = task;
  const wanted = { name, key, trigger, task, reaction, period, unit };
  const begun = await beginRun(ctx, wanted);
  if ("skipped" in begun) return begun;
  const { runId } = begun.claim;
  const run = await ctx.db.get("jobRuns", runId);
  const { lease } = begin(now, policyOf(task));
  if (run) {
    const next = await launch(ctx, run, task, lease);
    await arrange(ctx, jobKind, run, next);
  }
  return { runId };
}

/* Attempts */

/** Makes an attempt that was arranged: a retry. Does nothing without the lease. */
export async function makeAttempt(
  ctx: MutationCtx,
  id: Id<"jobRuns">,
  attempt: number,
): Promise<void> {
  const run = await ctx.db.get("jobRuns", id);
  if (!run?.task || !holds(run.lease, attempt, "scheduled")) return;
  const next = await launch(ctx, run, run.task, run.lease);
  await arrange(ctx, jobKind, run, next, {}, NOT_DEPLOYED);
}

const NOT_DEPLOYED = failure("HANDLER_NOT_FOUND", {});

/** Starts the host's function, which makes the attempt. One that is not deployed costs no try. */
async function launch(
  ctx: MutationCtx,
  { _id: runId, name }: StoredRun,
  task: StoredCall,
  lease: Lease,
): Promise<NextLease> {
  const policy = policyOf(task);
  const known = (await handleOf(ctx, jobFunction(name))) ?? task.handle;
  if (known !== undefined) {
    const handle = known as FunctionHandle<"action" | "mutation", AttemptArgs>;
    const jobRun = { runId, attempt: lease.attempt };
    try {
      await ctx.scheduler.runAfter(0, handle, { ...task.args, jobRun });
      return started(lease, Date.now(), policy);
    } catch (error) {
      if (!isMissingFunction(error)) throw error;
    }
  }
  return missing(lease, Date.now(), policy, jobFunction(name));
}

/** What the host's function is called with, beside its own arguments. */
type AttemptArgs = Record<string, unknown> & { jobRun: JobClaim };

/** The input of an attempt; `null` if the attempt is superseded or its run is over. */
export async function startAttempt(
  ctx: QueryCtx,
  claim: JobClaim,
): Promise<AttemptInput | null> {
  const run = await findLiveRun(ctx, claim);
  if (run === null) return null;
  const { name, key, period, lease } = run;
  const cursor = (await findJob(ctx, name, key))?.cursor;
  return {
    name,
    key,
    attempt: lease ? lease.tries + 1 : run.attempt,
    watchAt: lease?.wakeAt ?? run.watchAt ?? Infinity,
    ...(period ? { period } : {}),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

/** Ends a run after an attempt that completed. `false`: the attempt is superseded, and nothing is written. */
export async function completeAttempt(
  ctx: MutationCtx,
  claim: JobClaim,
  ending: Pick<RunEnd, "counts" | "cursor" | "stopReason"> & {
    status: "success" | "partial";
  },
): Promise<boolean> {
  const run = await findHeldRun(ctx, claim);
  if (run === null) return false;
  await endRun(ctx, run, ending);
  return true;
}

type AttemptFailure = {
  error: DocsErrorData;
  /** Whether another attempt may succeed. */
  transient: boolean;
};

/** Arranges another attempt after one that failed, or ends the run. `false`: the attempt is superseded. */
export async function failAttempt(
  ctx: MutationCtx,
  claim: JobClaim,
  { error, transient }: AttemptFailure,
): Promise<boolean> {
  const run = await findHeldRun(ctx, claim);
  if (run === null) return false;
  const { lease } = run;
  if (!lease) return false;
  const policy = policyOf(run.task, error);
  const next = failed(lease, Date.now(), policy, !transient);
  await arrange(ctx, jobKind, run, next, { error }, error);
  return true;
}

/** How long the error asks to wait (ms): a day at most, so that no mistake of a service stops the job for good. */
function retryAfter({ retryAfterMs = 0 }: DocsErrorData): number {
  return retryAfterMs > 0 ? Math.min(retryAfterMs, JOB_RETRY.mostMs) : 0;
}

/**
 * The wait before the next attempt (ms), with full jitter: see `backoff`. It is added to what the error asks for.
 *
 * @param tries attempts that failed so far, from 1
 * @param random a number from 0 up to, not including, 1
 */
export function retryWait(
  tries: number,
  { baseMs, capMs }: { baseMs: number; capMs: number },
  retryAfterMs: number,
  random: () => number,
): number {
  const curve = { first: baseMs, cap: capMs };
  return Math.round(retryAfterMs + backoff(curve, tries - 1, random()));
}

/* Runs of before there were leases */

/** The run of a claim, with a lease; `null` for a claim that is superseded. */
async function findHeldRun(
  ctx: MutationCtx,
  claim: JobClaim,
): Promise<StoredRun | null> {
  const run = await findLiveRun(ctx, claim);
  return run && !run.lease ? await adoptRun(ctx, run) : run;
}

/**
 * Gives a run of before there were leases its lease, and its call, which its watchdog was scheduled with. Where that function is
 * gone, as in a restored backup, nobody knows the call any more: the run ends with the attempt that is under way.
 */
export async function adoptRun(
  ctx: MutationCtx,
  run: StoredRun,
): Promise<StoredRun> {
  const { watchId, watchAt, leaseUntil, attempt } = run;
  const watchdog =
    watchId && (await ctx.db.system.get("_scheduled_functions", watchId));
  const [args] = (watchdog?.args ?? []) as [{ task?: StoredCall }?];
  const task = args?.task;
  if (watchdog?.state.kind === "pending") {
    await ctx.scheduler.cancel(watchdog._id);
  }
  const lease: Lease = {
    phase: "running",
    attempt,
    tries: attempt - 1,
    wakeAt: watchAt ?? leaseUntil ?? Date.now(),
    size: 0,
    blocks: 0,
    timer: null,
  };
  const columns = task ? { task } : {};
  await arrange(ctx, jobKind, run, { lease }, columns);
  return { ...run, ...columns, lease };
}
