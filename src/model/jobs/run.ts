/**
 * Runs: begun, advanced and ended. Everything that runs long and must neither overlap nor get lost goes through here.
 *
 * A run belongs to whoever can show its claim: its id and the number of its attempt. A claim that has been given up (taken
 * for lost, retried, cancelled, over) changes nothing any more.
 *
 * @module
 */
import type { FunctionHandle } from "convex/server";
import type { Value } from "convex/values";
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import type {
  Counts,
  FailurePolicy,
  JobAlert,
  JobClaim,
  Notes,
  Period,
  PeriodUnit,
  RunStatus,
  SkipReason,
  Trigger,
} from "../../shared/jobs.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import {
  findJob,
  newJob,
  saveJob,
  type JobChange,
  type StoredJob,
} from "./job.js";
import { purgeTime, schedulePrune } from "./prune.js";

export type StoredRun = Doc<"jobRuns">;
export type LeaseToken = { runId: Id<"jobRuns">; attempt: number };

export type BeginRun = {
  name: string;
  /** Which piece of work; `""` when not given: a job without keys. */
  key?: string | undefined;
  trigger?: Trigger | undefined;
  /** For how long the run counts as alive without a word from it, in ms. */
  leaseMs: number;
  /** Done once. A run of a key without a period is done once too. */
  period?: Period | undefined;
  /** The unit of the job's periods. */
  unit?: PeriodUnit | undefined;
  /** What the run has to remember. A run that was lost hands its notes on: see `resumed`. */
  notes?: Notes | undefined;
  reaction?: FailurePolicy | undefined;
};

export type Begun =
  | {
      claim: LeaseToken;
      /** What the last run that went to its end saved. */
      cursor: Value | undefined;
      /** The run that this one takes the place of: it was lost, and got as far as its own `cursor`. */
      resumed: StoredRun | null;
    }
  | { skipped: SkipReason };

/** Begins a run, unless there is a reason not to. Two that begin at once conflict, and the second finds the first. */
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
  const skipped = reasonToSkip(job, slot, beginning.period, now);
  if (skipped) return { skipped };
  const { leaseMs, period, notes } = beginning;
  const runId = await ctx.db.insert("jobRuns", {
    name,
    key,
    status: "running",
    trigger: beginning.trigger ?? (resumed ? "resume" : "call"),
    attempt: 1,
    counts: {},
    startedAt: now,
    leaseUntil: now + leaseMs,
    ...omitUndefined({ period, notes }),
  });
  const purge = key === "" ? {} : { purgeAt: purgeTime(now) };
  // From the first period on, one that fails has been missed.
  const doneUntil = period && (slot.doneUntil ?? period.start);
  const periods = omitUndefined({ unit: beginning.unit, doneUntil });
  await saveJob(ctx, slot, { runId, ...periods, ...purge });
  return { claim: { runId, attempt: 1 }, cursor: slot.cursor, resumed };
}

/** The last run of a job if it was lost, now or before: what was in the way of the next one then must not cost its cursor. */
async function findLost(
  ctx: MutationCtx,
  name: string,
  key: string,
  reaction: FailurePolicy | undefined,
): Promise<StoredRun | "alive" | null> {
  const run = await lastRun(ctx, await findJob(ctx, name, key));
  if (run?.status === "lost") return run;
  if (run?.status !== "running") return null;
  if (Date.now() < run.leaseUntil) return "alive";
  await endRun(ctx, run, { status: "lost", reaction });
  return run;
}

function reasonToSkip(
  { paused, openUntil = 0 }: Pick<StoredJob, "paused" | "openUntil">,
  slot: Pick<StoredJob, "done" | "doneUntil">,
  period: Period | undefined,
  now: number,
): SkipReason | null {
  if (paused) return "paused";
  if (slot.done) return "done";
  if (period && period.end <= (slot.doneUntil ?? 0)) return "done";
  return now < openUntil ? "breaker" : null;
}

/** The run that is under way, or else the last one; `null` if there is none, or history has lost it. */
export async function lastRun(
  ctx: QueryCtx,
  job: Pick<StoredJob, "runId"> | null,
): Promise<StoredRun | null> {
  return job?.runId ? await ctx.db.get("jobRuns", job.runId) : null;
}

/** The run of a claim that still counts; `null` for a zombie's, which must stop. */
export async function findLiveRun(
  ctx: QueryCtx,
  { runId: id, attempt }: JobClaim,
): Promise<StoredRun | null> {
  const runId = ctx.db.normalizeId("jobRuns", id);
  const run = runId && (await ctx.db.get("jobRuns", runId));
  return run?.status === "running" && run.attempt === attempt ? run : null;
}

export type RunProgress = {
  /** All so far, not only the last batch's. */
  counts?: Counts;
  /** Where the run goes on if it is lost. */
  cursor?: Value | undefined;
  notes?: Notes;
  /** From now, in ms. Unchanged when not given. */
  leaseMs?: number;
};

/**
 * Writes down how far a run is: one row read and written. `false`: the claim has been given up or an operator ended the run,
 * and whoever asked must stop and write nothing more.
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
  /** Where the next run goes on. Where the last one said, when not given. */
  cursor?: Value | undefined;
  error?: DocsErrorData | undefined;
  stopReason?: string | undefined;
  reaction?: FailurePolicy | undefined;
};

/** Ends the run of a claim. `false`: it is over already, or belongs to another attempt, and nothing was written. */
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

/** Ends what is under way. `false`: nothing is. */
export async function cancelRun(
  ctx: MutationCtx,
  name: string,
  key = "",
): Promise<boolean> {
  const run = await lastRun(ctx, await findJob(ctx, name, key));
  if (run?.status !== "running") return false;
  await endRun(ctx, run, { status: "canceled", stopReason: "canceled" });
  return true;
}

async function endRun(
  ctx: MutationCtx,
  run: StoredRun,
  { status, counts = run.counts, cursor, error, ...rest }: RunEnd,
): Promise<void> {
  const now = Date.now();
  const { stopReason, reaction } = rest;
  // Lost is what the watchdog says, which cannot call itself off, or what is said after it should have come.
  if (run.watchId && status !== "lost") {
    await ctx.scheduler.cancel(run.watchId);
  }
  await ctx.db.patch("jobRuns", run._id, {
    status,
    counts,
    finishedAt: now,
    watchId: undefined,
    ...omitUndefined({ error, stopReason }),
  });
  await recordEnd(
    ctx,
    { ...run, status, ...omitUndefined({ error }) },
    { now, cursor, reaction },
  );
  await schedulePrune(ctx, run.name);
  logRunEnd(run, status, now, counts, error);
}

/** One line for whoever watches the logs. A key may be made of arguments, so it stays out. */
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

/*
 * What the end of a run means for its job: what is done, how many failed in a row, and who is told.
 */

type EndedRun = Doc<"jobRuns">;
export type JobUpdate = {
  now: number;
  /** Where the next run goes on. Nothing changes when not given. */
  cursor: Value | undefined;
  reaction: FailurePolicy | undefined;
};

/** Writes it into the job's row and, for work with a key, into the key's: both only if they change. */
export async function recordEnd(
  ctx: MutationCtx,
  run: EndedRun,
  end: JobUpdate,
): Promise<void> {
  const job = (await findJob(ctx, run.name)) ?? newJob(run.name);
  const streak = await failureColumns(ctx, job, run, end);
  if (run.key === "") {
    await saveIfChanged(ctx, job, { ...streak, ...doneColumns(job, run, end) });
    return;
  }
  await saveIfChanged(ctx, job, streak);
  const slot = await findJob(ctx, run.name, run.key);
  const purgeAt = purgeTime(end.now);
  if (slot)
    await saveIfChanged(ctx, slot, { ...doneColumns(slot, run, end), purgeAt });
}

/** A run that left something out went to its end: its period is done, and it is no failure. */
export function isGood({ status }: Pick<EndedRun, "status">): boolean {
  return status === "success" || status === "partial";
}

function doneColumns(
  slot: Pick<StoredJob, "key" | "doneUntil">,
  run: EndedRun,
  { cursor }: JobUpdate,
): JobChange {
  if (!isGood(run)) return {};
  const { period } = run;
  return {
    ...(period
      ? { doneUntil: Math.max(period.end, slot.doneUntil ?? 0) }
      : slot.key === ""
        ? {}
        : { done: true }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

async function failureColumns(
  ctx: MutationCtx,
  job: Pick<StoredJob, "failures" | "alerted">,
  run: EndedRun,
  { now, reaction: { breaker, alert } = {} }: JobUpdate,
): Promise<JobChange> {
  const told = job.alerted ?? false;
  if (isGood(run)) {
    if (told && alert) await notify(ctx, alert.handle, "recovered", job, run);
    return job.failures > 0
      ? { failures: 0, openUntil: undefined, alerted: undefined }
      : {};
  }
  if (run.status === "canceled") return {};
  const failures = job.failures + 1;
  const tells = alert !== undefined && !told && failures >= alert.after;
  if (tells) await notify(ctx, alert.handle, "failing", { failures }, run);
  return {
    failures,
    lastFailedAt: now,
    ...(breaker && failures >= breaker.after
      ? { openUntil: now + breaker.forMs }
      : {}),
    ...(tells ? { alerted: true } : {}),
  };
}

/** Scheduled and not called: an alert that throws must not undo what it is about. */
async function notify(
  ctx: MutationCtx,
  handle: string,
  kind: JobAlert["kind"],
  { failures }: Pick<StoredJob, "failures">,
  { name, key, _id, error }: EndedRun,
): Promise<void> {
  const alert: JobAlert = {
    job: name,
    kind,
    failures,
    runId: _id,
    ...(key === "" ? {} : { key }),
    ...(kind === "failing" && error ? { error } : {}),
  };
  const mutation = handle as FunctionHandle<"mutation", { alert: JobAlert }>;
  await ctx.scheduler.runAfter(0, mutation, { alert });
}

async function saveIfChanged(
  ctx: MutationCtx,
  job: Parameters<typeof saveJob>[1],
  columns: JobChange,
): Promise<void> {
  if (Object.keys(columns).length > 0) await saveJob(ctx, job, columns);
}
