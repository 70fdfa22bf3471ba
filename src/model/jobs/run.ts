/**
 * Runs: begun, advanced and ended. All long work of the component that must neither overlap nor get lost is a run.
 *
 * A run is held by a lease token, its claim: the run's id and the number of the attempt. A claim that is superseded (the run
 * was retried, cancelled, taken for lost, or is over) changes nothing.
 *
 * @module
 */
import type { FunctionHandle } from "convex/server";
import type { Value } from "convex/values";
import { internal } from "../../component/_generated/api.js";
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import {
  JOB_FAILURES,
  type Counts,
  type JobAlert,
  type JobClaim,
  type Notes,
  type Period,
  type PeriodUnit,
  type RunStatus,
  type SkipReason,
  type StoredCall,
  type Trigger,
} from "../../shared/jobs.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import { alertFunction, handleOf } from "../engine/functions.js";
import { holds, type Lease } from "../engine/lease.js";
import { ensureLifeline } from "../engine/timer.js";
import {
  findJob,
  newJob,
  saveJob,
  type JobChange,
  type StoredJob,
} from "./job.js";
import { doneUpTo } from "./periods.js";
import { purgeTime, schedulePrune } from "./prune.js";

export type StoredRun = Doc<"jobRuns">;
export type LeaseToken = { runId: Id<"jobRuns">; attempt: number };

export type BeginRun = {
  name: string;
  /** Which piece of work. Default: `""`, a job without keys. */
  key?: string | undefined;
  trigger?: Trigger | undefined;
  /** What the run makes attempts of. */
  task?: StoredCall | undefined;
  /** How long the run counts as alive without a report (ms). Absent in a run that has the engine's lease. */
  leaseMs?: number;
  /** Done once, as is a key without a period. */
  period?: Period | undefined;
  /** The unit of the job's periods. */
  unit?: PeriodUnit | undefined;
  /** Stored with the run. The caller may take over those of a lost run: see `resumed`. */
  notes?: Notes | undefined;
  reaction?: StoredCall["reaction"] | undefined;
};

export type Begun =
  | {
      claim: LeaseToken;
      /** Saved by the last run that completed. */
      cursor: Value | undefined;
      /** The lost run that this one replaces. It got as far as its own `cursor`. */
      resumed: StoredRun | null;
    }
  | { skipped: SkipReason };

/** Begins a run, unless there is a reason to skip it. Two that begin at once conflict, and the second finds the first. */
export async function beginRun(
  ctx: MutationCtx,
  { name, key = "", reaction, ...beginning }: BeginRun,
): Promise<Begun> {
  const resumed = await findLost(ctx, name, key, reaction);
  if (resumed === "alive") return { skipped: "overlap" };
  const job = (await findJob(ctx, name)) ?? newJob(name);
  const slot =
    key === "" ? job : ((await findJob(ctx, name, key)) ?? newJob(name, key));
  const now = Date.now();
  const { leaseMs, period, unit, notes, task } = beginning;
  const done = doneUpTo(unit, now, slot.doneUntil);
  const isDone = slot.done ?? (period && period.end <= (done ?? 0));
  const skipped = reasonToSkip(job, isDone, now);
  if (skipped) return { skipped };
  const leaseUntil = leaseMs === undefined ? undefined : now + leaseMs;
  const runId = await ctx.db.insert("jobRuns", {
    name,
    key,
    status: "running",
    trigger: beginning.trigger ?? (resumed ? "resume" : "call"),
    attempt: 1,
    counts: {},
    startedAt: now,
    ...omitUndefined({ period, notes, task, leaseUntil }),
  });
  const purge = key === "" ? {} : { purgeAt: purgeTime(now) };
  // The first period of a job starts its record: from it on, a period that fails counts as missed.
  const doneUntil = period && (done ?? period.start);
  const periods = omitUndefined({ unit, doneUntil });
  await saveJob(ctx, slot, { runId, ...periods, ...purge });
  return { claim: { runId, attempt: 1 }, cursor: slot.cursor, resumed };
}

/** The last run of a job if it was lost, now or before: its cursor outlives a start that was skipped. */
async function findLost(
  ctx: MutationCtx,
  name: string,
  key: string,
  reaction: StoredCall["reaction"] | undefined,
): Promise<StoredRun | "alive" | null> {
  const run = await lastRun(ctx, await findJob(ctx, name, key));
  if (run?.status === "lost") return run;
  if (run?.status !== "running") return null;
  if (run.lease) await nudge(ctx, run.lease);
  if (run.lease || Date.now() < (run.leaseUntil ?? 0)) return "alive";
  await endRun(ctx, run, { status: "lost", reaction });
  return run;
}

/** A call that finds a run under way has its engine look after it: should its tick be lost, or its function be back. */
async function nudge(
  ctx: MutationCtx,
  { phase, blockedOn, wakeAt }: Lease,
): Promise<void> {
  if (phase === "blocked" && blockedOn !== undefined) {
    const call = { name: blockedOn };
    await ctx.scheduler.runAfter(0, internal.engine.wake, call);
  }
  if (wakeAt < Date.now()) await ensureLifeline(ctx, wakeAt);
}

function reasonToSkip(
  { paused, openUntil = 0 }: Pick<StoredJob, "paused" | "openUntil">,
  isDone: boolean | undefined,
  now: number,
): SkipReason | null {
  if (paused) return "paused";
  if (isDone) return "done";
  return isOpen(openUntil, now) ? "breaker" : null;
}

/** Whether a breaker holds calls back. One that is longer than any was written by a clock that ran ahead, and holds nothing. */
function isOpen(openUntil: number, now: number): boolean {
  return now < openUntil && openUntil <= now + JOB_FAILURES.mostOpenMs;
}

/** The current run, or else the last one; `null` if there is none or it has been deleted. */
export async function lastRun(
  ctx: QueryCtx,
  job: Pick<StoredJob, "runId"> | null,
): Promise<StoredRun | null> {
  return job?.runId ? await ctx.db.get("jobRuns", job.runId) : null;
}

/** The run of a claim; `null` for a claim that is superseded: its holder must stop. */
export async function findLiveRun(
  ctx: QueryCtx,
  { runId: id, attempt }: JobClaim,
): Promise<StoredRun | null> {
  const runId = ctx.db.normalizeId("jobRuns", id);
  const run = runId && (await ctx.db.get("jobRuns", runId));
  if (run?.status !== "running") return null;
  const isLive = run.lease
    ? holds(run.lease, attempt, "running")
    : run.attempt === attempt;
  return isLive ? run : null;
}

type RunProgress = {
  /** Totals of the run so far. */
  counts?: Counts;
  /** Where the run goes on if it is lost. */
  cursor?: Value | undefined;
  notes?: Notes;
  /** From now (ms). Default: unchanged. */
  leaseMs?: number;
};

/**
 * Records the progress of a run: one row read and written. `false`: the claim is superseded, and the caller must stop and
 * write nothing more.
 */
export async function advanceRun(
  ctx: MutationCtx,
  claim: JobClaim,
  { leaseMs, ...columns }: RunProgress,
): Promise<boolean> {
  const run = await findLiveRun(ctx, claim);
  if (run === null) return false;
  await ctx.db.patch("jobRuns", run._id, {
    ...omitUndefined(columns),
    ...(leaseMs === undefined ? {} : { leaseUntil: Date.now() + leaseMs }),
  });
  return true;
}

export type RunEnd = {
  status: Exclude<RunStatus, "running">;
  counts?: Counts | undefined;
  /** Where the next run continues. Default: as the last run said. */
  cursor?: Value | undefined;
  error?: DocsErrorData | undefined;
  stopReason?: string | undefined;
  reaction?: StoredCall["reaction"] | undefined;
};

/** Ends the run of a claim. `false`: the claim is superseded, and nothing is written. */
export async function finishRun(
  ctx: MutationCtx,
  claim: JobClaim,
  ending: RunEnd,
): Promise<boolean> {
  const run = await findLiveRun(ctx, claim);
  if (run === null) return false;
  await endRun(ctx, run, ending);
  return true;
}

/** Ends a run that is under way. What follows it has a transaction of its own, so that it cannot undo the end. */
export async function endRun(
  ctx: MutationCtx,
  run: StoredRun,
  { status, counts = run.counts, cursor, error, ...rest }: RunEnd,
): Promise<void> {
  const now = Date.now();
  const { task, name, period, lease } = run;
  const { stopReason, reaction = task?.reaction } = rest;
  const attempt = task && lease ? lease.tries + 1 : run.attempt;
  await ctx.db.patch("jobRuns", run._id, {
    status,
    counts,
    attempt,
    finishedAt: now,
    purgeAt: purgeTime(now),
    lease: undefined,
    task: undefined,
    watchId: undefined,
    ...omitUndefined({ error, stopReason }),
  });
  await recordEnd(
    ctx,
    { ...run, status, ...omitUndefined({ error }) },
    { now, cursor, reaction },
  );
  if (task && (period || task.queue)) {
    const next = { name, task, ...(period ? { period } : {}) };
    await ctx.scheduler.runAfter(0, internal.jobs.next, next);
  }
  await schedulePrune(ctx, name);
  logRunEnd({ ...run, attempt }, status, now, counts, error);
}

/** One line in the log. Without the key, which may hold arguments. */
function logRunEnd(
  { _id, name, startedAt, attempt, period }: StoredRun,
  status: RunStatus,
  now: number,
  counts: Counts,
  error: DocsErrorData | undefined,
): void {
  const line = JSON.stringify({
    job: name,
    runId: _id,
    status,
    period: period?.key,
    attempts: attempt,
    ms: now - startedAt,
    counts,
    code: error?.code,
  });
  if (status === "failed" || status === "lost") console.error(line);
  else console.info(line);
}

/* The end of a run, in the row of its job: what is done, the circuit breaker, and alerts */

type JobUpdate = {
  now: number;
  /** Where the next run continues. Default: unchanged. */
  cursor: Value | undefined;
  reaction: StoredCall["reaction"] | undefined;
};

/** Writes the row of the job and, for work with a key, the row of the key: each only if it changes. */
async function recordEnd(
  ctx: MutationCtx,
  run: StoredRun,
  end: JobUpdate,
): Promise<void> {
  const job = (await findJob(ctx, run.name)) ?? newJob(run.name);
  const failures = await failureColumns(ctx, job, run, end);
  if (run.key === "") {
    await saveIfChanged(ctx, job, {
      ...failures,
      ...doneColumns(job, run, end),
    });
    return;
  }
  await saveIfChanged(ctx, job, failures);
  const slot = await findJob(ctx, run.name, run.key);
  const purgeAt = purgeTime(end.now);
  if (slot)
    await saveIfChanged(ctx, slot, { ...doneColumns(slot, run, end), purgeAt });
}

/** A partial run completed too: its period is done, and it is not a failure. */
function isCompleted({ status }: Pick<StoredRun, "status">): boolean {
  return status === "success" || status === "partial";
}

function doneColumns(
  { key }: Pick<StoredJob, "key">,
  run: StoredRun,
  { cursor }: JobUpdate,
): JobChange {
  if (!isCompleted(run)) return {};
  const { period } = run;
  return {
    ...(period ? { doneUntil: period.end } : key === "" ? {} : { done: true }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

async function failureColumns(
  ctx: MutationCtx,
  job: Pick<StoredJob, "failures" | "alerted">,
  run: StoredRun,
  { now, reaction: { breaker, alert } = {} }: JobUpdate,
): Promise<JobChange> {
  const wasAlerted = job.alerted ?? false;
  if (isCompleted(run)) {
    if (wasAlerted && alert) await notify(ctx, alert, "recovered", job, run);
    return job.failures > 0
      ? { failures: 0, openUntil: undefined, alerted: undefined }
      : {};
  }
  if (run.status === "canceled") return {};
  const failures = job.failures + 1;
  const isAlert =
    alert !== undefined &&
    !wasAlerted &&
    failures >= alert.after &&
    (await notify(ctx, alert, "failing", { failures }, run));
  return {
    failures,
    lastFailedAt: now,
    ...(breaker && failures >= breaker.after
      ? { openUntil: now + breaker.forMs }
      : {}),
    ...(isAlert ? { alerted: true } : {}),
  };
}

/**
 * Scheduled, not called: an alert that throws must not undo the end of the run. `false`: the host's mutation is not deployed,
 * which must not either.
 */
async function notify(
  ctx: MutationCtx,
  { handle: stored }: { handle?: string },
  kind: JobAlert["kind"],
  { failures }: Pick<StoredJob, "failures">,
  { name, key, _id, error }: StoredRun,
): Promise<boolean> {
  const alert: JobAlert = {
    job: name,
    kind,
    failures,
    runId: _id,
    ...(key === "" ? {} : { key }),
    ...(kind === "failing" && error ? { error } : {}),
  };
  const handle = (await handleOf(ctx, alertFunction(name))) ?? stored ?? "";
  const mutation = handle as FunctionHandle<"mutation", { alert: JobAlert }>;
  try {
    await ctx.scheduler.runAfter(0, mutation, { alert });
    return true;
  } catch {
    console.error(`The onFailure of the job "${name}" is not deployed.`);
    return false;
  }
}

async function saveIfChanged(
  ctx: MutationCtx,
  job: Parameters<typeof saveJob>[1],
  columns: JobChange,
): Promise<void> {
  if (Object.keys(columns).length > 0) await saveJob(ctx, job, columns);
}
