/**
 * What an operator sees of jobs and their runs. Never reads the clock, so that Convex can cache the queries.
 *
 * @module
 */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { QueryCtx } from "../../component/_generated/server.js";
import {
  JOB_HISTORY,
  JOB_TIMEOUT,
  type JobStatus,
  type Run,
} from "../../shared/jobs.js";
import type { Lease } from "../engine/lease.js";
import { BY_CREATION, pageOf, type List } from "../paginate.js";
import { findJob, type StoredJob } from "./job.js";
import { periodAfter } from "./periods.js";
import { lastRun, type StoredRun } from "./run.js";

/** How a job stands, or one key of it; `null` before its first run. */
export async function jobStatus(
  ctx: QueryCtx,
  name: string,
  key = "",
): Promise<JobStatus | null> {
  const slot = await findJob(ctx, name, key);
  if (!slot) return null;
  const job = key === "" ? slot : ((await findJob(ctx, name)) ?? slot);
  return await toJobStatus(ctx, job, slot);
}

/** All jobs, by name. */
export async function listJobs(ctx: QueryCtx): Promise<JobStatus[]> {
  const jobs = await ctx.db
    .query("jobs")
    .withIndex("key", (q) => q.eq("key", ""))
    .take(JOB_HISTORY.maxJobs);
  return await Promise.all(jobs.map((job) => toJobStatus(ctx, job, job)));
}

async function toJobStatus(
  ctx: QueryCtx,
  job: StoredJob,
  slot: StoredJob,
): Promise<JobStatus> {
  const { unit, doneUntil, cursor, name, key } = slot;
  const run = await lastRun(ctx, slot);
  return {
    job: name,
    key,
    paused: job.paused,
    failures: job.failures,
    lastFailedAt: job.lastFailedAt ?? null,
    breakerOpenUntil: job.openUntil ?? null,
    nextDueAt:
      unit && doneUntil !== undefined ? periodAfter(unit, doneUntil).end : null,
    ...(cursor === undefined ? {} : { cursor }),
    run: run && toPublicRun(run),
  };
}

function toPublicRun(run: StoredRun): Run {
  const {
    _id,
    _creationTime,
    lease,
    task: _task,
    sweep: _sweep,
    purgeAt: _purgeAt,
    leaseUntil: _leaseUntil,
    watchId: _watchId,
    watchAt: _watchAt,
    dueAt: _dueAt,
    ...columns
  } = run;
  return {
    runId: _id,
    ...columns,
    ...(lease ? leaseColumns(lease) : {}),
  };
}

/** What a lease says of a run. */
function leaseColumns({
  phase,
  tries,
  wakeAt,
  size,
  blockedOn,
}: Lease): Partial<Run> {
  // Work in batches has no attempts to wait for.
  const waits = phase === "scheduled" && size === 0;
  return {
    ...(size === 0 ? { attempt: tries + 1 } : {}),
    ...(waits ? { dueAt: wakeAt - JOB_TIMEOUT.graceMs } : {}),
    ...(blockedOn === undefined ? {} : { waitsFor: blockedOn }),
  };
}

/** One page of runs, newest first: of one job or, without a name, of all. */
export async function listRuns(
  ctx: QueryCtx,
  name: string | undefined,
  options: PaginationOptions,
): Promise<PaginationResult<Run>> {
  const found = await pageOf(runList(ctx, name), "desc", RUN_PAGE, options);
  return { ...found, page: found.page.map(toPublicRun) };
}

const RUN_PAGE = {
  maxItems: JOB_HISTORY.maxPage,
  maxPinnedItems: 2 * JOB_HISTORY.maxPage,
};

function runList(ctx: QueryCtx, name: string | undefined): List<StoredRun> {
  const runs = ctx.db.query("jobRuns");
  return {
    ...BY_CREATION,
    open: (segment) =>
      name === undefined
        ? runs.withIndex("by_creation_time", segment)
        : runs.withIndex("name", (q) => segment(q.eq("name", name))),
  };
}
