/**
 * What retention would remove. Never reads the clock, so that Convex can cache the query.
 *
 * @module
 */
import { getDocumentSize } from "convex/values";
import type { QueryCtx } from "../../component/_generated/server.js";
import {
  PREVIEW,
  type CleanupTarget,
  type Forecast,
  type Preview,
} from "../../shared/retention.js";
import { jobStatus } from "../jobs/queries.js";
import { firstPlace } from "./place.js";
import { scanRanges, type ScanRange } from "./ranges.js";
import { listQuarantine } from "./quarantine.js";
import { scanDue } from "./scan.js";

export type PreviewArgs = {
  /** The job whose last start is the default of `at`. */
  job: string;
  cleanup: CleanupTarget;
  purge: CleanupTarget;
  /** As of when (ms). Default: the latest time known from the tables. */
  at?: number;
};

export async function previewCleanup(
  ctx: QueryCtx,
  { job, cleanup, purge, at: given }: PreviewArgs,
): Promise<Preview> {
  const at = given ?? (await lastKnownTime(ctx, job));
  const forecasts = async (target: CleanupTarget) => {
    const found: Forecast[] = [];
    const ranges = scanRanges(target, at);
    // One after the other: each holds all of its rows in memory.
    for (const range of ranges.filter(({ ofOwners }) => !ofOwners)) {
      const isOfOwners = ({ status, ofOwners }: ScanRange) =>
        ofOwners && status === range.status;
      found.push(
        await forecast(ctx, range, [range, ...ranges.filter(isOfOwners)]),
      );
    }
    return found;
  };
  return {
    at,
    cleanup: await forecasts(cleanup),
    purge: await forecasts(purge),
    quarantined: await listQuarantine(ctx, at),
  };
}

/** Of one policy: the documents of owners with a rule of their own, and those of all others. */
async function forecast(
  ctx: QueryCtx,
  range: ScanRange,
  ranges: ScanRange[],
): Promise<Forecast> {
  const { due, next } = await scanDue(ctx, ranges, firstPlace(ranges.length), {
    due: PREVIEW.maxCount,
    rows: 2 * PREVIEW.maxCount,
    bytes: PREVIEW.maxBytes,
    turn: Infinity,
  });
  const times = due.map(({ row }) => row[range.due] ?? Infinity);
  const count = due.length;
  const more = next !== null;
  return {
    reason: range.reason,
    ...(range.status === undefined ? {} : { status: range.status }),
    cutoff: range.cutoff,
    count,
    more,
    shown: more ? `${count}+` : String(count),
    bytes: due.reduce((sum, { row }) => sum + getDocumentSize(row), 0),
    oldest: count === 0 ? null : Math.min(...times),
    sample: due.slice(0, PREVIEW.sample).map(({ row }) => row._id),
  };
}

/** The latest time in the tables: a run's start, or the creation of the newest document. */
async function lastKnownTime(ctx: QueryCtx, job: string): Promise<number> {
  const status = await jobStatus(ctx, job);
  const newest = await ctx.db.query("documents").order("desc").first();
  const created = Math.floor(newest?._creationTime ?? 0);
  return Math.max(status?.run?.startedAt ?? 0, created);
}
