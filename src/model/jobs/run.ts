/**
 * Runs: begun, advanced and ended. Everything that runs long and must neither overlap nor get lost goes through here.
 *
 * A run belongs to whoever can show its claim: its id and the number of its attempt. A claim that has been given up (taken
 * for lost, retried, cancelled, over) changes nothing any more.
 *
 * @module
 */
import type { Value } from "convex/values";
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import type {
  Counts,
  JobClaim,
  Notes,
  Period,
  PeriodUnit,
  Reaction,
  RunStatus,
  SkipReason,
  Trigger,
} from "../../shared/jobs/validators.js";
import { given } from "../../shared/given.js";
import { findJob, newJob, saveJob, type StoredJob } from "./job.js";
import { purgeTime, schedulePrune } from "./prune.js";
import { recordEnd } from "./streak.js";

export type StoredRun = Doc<"jobRuns">;
export type Claim = { runId: Id<"jobRuns">; attempt: number };

export type Beginning = {
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
  reaction?: Reaction | undefined;
};

export type Begun =
  | {
      claim: Claim;
      /** What the last run that went to its end saved. */
      cursor: Value | undefined;
      /** The run that this one takes the place of: it was lost, and got as far as its own `cursor`. */
      resumed: StoredRun | null;
    }
  | { skipped: SkipReason };

/** Begins a run, unless there is a reason not to. Two that begin at once conflict, and the second finds the first. */
export async function begin(
  ctx: MutationCtx,
  { name, key = "", reaction, ...beginning }: Beginning,
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
    ...given({ period, notes }),
  });
  const purge = key === "" ? {} : { purgeAt: purgeTime(now) };
  // From the first period on, one that fails has been missed.
  const doneUntil = period && (slot.doneUntil ?? period.start);
  const periods = given({ unit: beginning.unit, doneUntil });
  await saveJob(ctx, slot, { runId, ...periods, ...purge });
  return { claim: { runId, attempt: 1 }, cursor: slot.cursor, resumed };
}

/** The last run of a job if it was lost, now or before: what was in the way of the next one then must not cost its cursor. */
async function findLost(
  ctx: MutationCtx,
  name: string,
  key: string,
  reaction: Reaction | undefined,
): Promise<StoredRun | "alive" | null> {
  const run = await lastRun(ctx, await findJob(ctx, name, key));
  if (run?.status === "lost") return run;
  if (run?.status !== "running") return null;
  if (Date.now() < run.leaseUntil) return "alive";
  await end(ctx, run, { status: "lost", reaction });
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
export async function alive(
  ctx: QueryCtx,
  { runId: id, attempt }: JobClaim,
): Promise<StoredRun | null> {
  const runId = ctx.db.normalizeId("jobRuns", id);
  const run = runId && (await ctx.db.get("jobRuns", runId));
  return run?.status === "running" && run.attempt === attempt ? run : null;
}

export type Advance = {
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
export async function advance(
  ctx: MutationCtx,
  claim: JobClaim,
  { leaseMs, ...columns }: Advance,
): Promise<boolean> {
  const run = await alive(ctx, claim);
  if (run === null) return false;
  await ctx.db.patch("jobRuns", run._id, {
    ...given(columns),
    ...(leaseMs === undefined ? {} : { leaseUntil: Date.now() + leaseMs }),
  });
  return true;
}

export type Ending = {
  status: Exclude<RunStatus, "running">;
  counts?: Counts | undefined;
  /** Where the next run goes on. Where the last one said, when not given. */
  cursor?: Value | undefined;
  error?: DocsErrorData | undefined;
  stopReason?: string | undefined;
  reaction?: Reaction | undefined;
};

/** Ends the run of a claim. `false`: it is over already, or belongs to another attempt, and nothing was written. */
export async function finish(
  ctx: MutationCtx,
  claim: JobClaim,
  ending: Ending,
): Promise<boolean> {
  const run = await alive(ctx, claim);
  if (run === null) return false;
  await end(ctx, run, ending);
  return true;
}

/** Ends what is under way. `false`: nothing is. */
export async function cancel(
  ctx: MutationCtx,
  name: string,
  key = "",
): Promise<boolean> {
  const run = await lastRun(ctx, await findJob(ctx, name, key));
  if (run?.status !== "running") return false;
  await end(ctx, run, { status: "canceled", stopReason: "canceled" });
  return true;
}

async function end(
  ctx: MutationCtx,
  run: StoredRun,
  { status, counts = run.counts, cursor, error, ...rest }: Ending,
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
    ...given({ error, stopReason }),
  });
  await recordEnd(
    ctx,
    { ...run, status, ...given({ error }) },
    { now, cursor, reaction },
  );
  await schedulePrune(ctx, run.name);
  logEnd(run, status, now, counts, error);
}

/** One line for whoever watches the logs. A key may be made of arguments, so it stays out. */
function logEnd(
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
