/**
 * Looking at jobs and their runs. Asks for no time: a query that did would never be answered from Convex's cache.
 *
 * @module
 */
import type { QueryCtx } from "../../component/_generated/server.js";
import { decodeCursor, encodeCursor, END } from "../../shared/cursor.js";
import { fail, invalid, invalidCursor } from "../../shared/failures.js";
import { HISTORY } from "../../shared/jobs/limits.js";
import { periodAfter } from "../../shared/jobs/period.js";
import type { JobStatus, Run } from "../../shared/jobs/validators.js";
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

/** The rest of an index once its prefix is fixed. Convex's types end at the declared fields; its indexes go on. */
interface Tail {
  eq(field: "_creationTime", value: number): Tail;
  lt(field: "_creationTime" | "_id", value: number | string): Tail;
}

/** One page of runs, newest first: of one job or, without a name, of all. */
export async function runs(
  ctx: QueryCtx,
  name: string | undefined,
  { cursor, numItems }: { cursor: string | null; numItems: number },
): Promise<{ page: Run[]; isDone: boolean; continueCursor: string }> {
  if (!Number.isInteger(numItems) || numItems < 1) {
    const message = "must be a positive whole number.";
    throw fail(invalid([{ path: "paginationOpts.numItems", message }]));
  }
  const start = cursor === null ? null : decodeCursor(cursor);
  if (cursor !== null && start === null) throw fail(invalidCursor());
  if (start === END) return { page: [], isDone: true, continueCursor: END };
  const limit = Math.min(numItems, HISTORY.maxPage);
  const page: StoredRun[] = [];
  for (const range of rangesBehind(start)) {
    const more = limit + 1 - page.length;
    page.push(...(await open(ctx, name, range).order("desc").take(more)));
  }
  const last = page[limit - 1];
  const next =
    page.length > limit && last
      ? encodeCursor([0, last._creationTime, last._id])
      : END;
  const shown = page.slice(0, limit).map(showRun);
  return { page: shown, isDone: next === END, continueCursor: next };
}

type Range = (tail: Tail) => Tail;

/** The ranges behind a position: what was written at the same time, and the rest. */
function rangesBehind(start: [number, number, string] | null): Range[] {
  if (start === null) return [(tail) => tail];
  const [, createdAt, id] = start;
  return [
    (tail) => tail.eq("_creationTime", createdAt).lt("_id", id),
    (tail) => tail.lt("_creationTime", createdAt),
  ];
}

function open(ctx: QueryCtx, name: string | undefined, range: Range) {
  const all = ctx.db.query("jobRuns");
  // Convex's builder is our `Tail` and more; its types do not go past the declared fields.
  const rest = <Q>(q: Q) => range(q as Tail) as Q;
  return name === undefined
    ? all.withIndex("by_creation_time", (q) => rest(q))
    : all.withIndex("name", (q) => rest(q.eq("name", name)));
}
