/**
 * Looking at jobs and their runs. Asks for no time: a query that did would never be answered from Convex's cache.
 *
 * @module
 */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { QueryCtx } from "../../component/_generated/server.js";
import { HISTORY } from "../../shared/jobs/limits.js";
import { periodAfter } from "../../shared/jobs/period.js";
import type { JobStatus, Run } from "../../shared/jobs/validators.js";
import { pageOf } from "../page.js";
import {
  BY_CREATION,
  creationOf,
  isBeyond,
  segmentsOf,
  type Segment,
  type Span,
  type Tail,
} from "../ranges.js";
import { findJob, type StoredJob } from "./job.js";
import { lastRun, type StoredRun } from "./run.js";

/** How a job stands, or one key of it; `null` before its first run. */
export async function statusOf(
  ctx: QueryCtx,
  name: string,
  key = "",
): Promise<JobStatus | null> {
  const slot = await findJob(ctx, name, key);
  if (!slot) return null;
  const job = key === "" ? slot : ((await findJob(ctx, name)) ?? slot);
  return await show(ctx, job, slot);
}

/** All jobs, by name. */
export async function list(ctx: QueryCtx): Promise<JobStatus[]> {
  const jobs = await ctx.db
    .query("jobs")
    .withIndex("key", (q) => q.eq("key", ""))
    .take(HISTORY.maxJobs);
  return await Promise.all(jobs.map((job) => show(ctx, job, job)));
}

async function show(
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
    run: run && showRun(run),
  };
}

function showRun(run: StoredRun): Run {
  const {
    _id,
    _creationTime,
    leaseUntil: _lease,
    watchId: _watch,
    watchAt: _watchAt,
    ...columns
  } = run;
  return { runId: _id, ...columns };
}

/** One page of runs, newest first: of one job or, without a name, of all. */
export async function runs(
  ctx: QueryCtx,
  name: string | undefined,
  options: PaginationOptions,
): Promise<PaginationResult<Run>> {
  const found = await pageOf(
    {
      limits: {
        maxItems: HISTORY.maxPage,
        maxPinnedItems: 2 * HISTORY.maxPage,
      },
      positionOf: creationOf,
      walk: (span, limit) => walk(ctx, name, span, limit),
    },
    options,
  );
  return { ...found, page: found.page.map(showRun) };
}

async function walk(
  ctx: QueryCtx,
  name: string | undefined,
  span: Span,
  limit: number,
): Promise<{ rows: StoredRun[]; behind: StoredRun | undefined }> {
  const rows: StoredRun[] = [];
  for (const segment of segmentsOf(BY_CREATION, "desc", span)) {
    for await (const row of open(ctx, name, segment).order("desc")) {
      if (isBeyond(creationOf(row), span.end, "desc")) break;
      if (rows.length >= limit) return { rows, behind: rows.at(-1) };
      rows.push(row);
    }
  }
  return { rows, behind: undefined };
}

function open(ctx: QueryCtx, name: string | undefined, segment: Segment) {
  const all = ctx.db.query("jobRuns");
  // Convex's builder is our `Tail` and more; its types do not go past the declared fields.
  const rest = <Q>(q: Q) => segment(q as Tail) as Q;
  return name === undefined
    ? all.withIndex("by_creation_time", (q) => rest(q))
    : all.withIndex("name", (q) => rest(q.eq("name", name)));
}
