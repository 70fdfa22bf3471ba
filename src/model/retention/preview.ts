/**
 * What retention would take. Asks for no time: a query that did would never be answered from Convex's cache.
 *
 * @module
 */
import { getDocumentSize } from "convex/values";
import type { QueryCtx } from "../../component/_generated/server.js";
import {
  PREVIEW,
  QUARANTINE,
  type CleanupTarget,
  type Forecast,
  type Preview,
} from "../../shared/retention.js";
import { jobStatus } from "../jobs/queries.js";
import { FIRST_PLACE, scanDue, scanRanges, type ScanRange } from "./scan.js";

export type PreviewArgs = {
  /** The job whose last start is as good a time as any. */
  job: string;
  cleanup: CleanupTarget;
  purge: CleanupTarget;
  /** As of when (ms). */
  at?: number;
};

export async function previewCleanup(
  ctx: QueryCtx,
  { job, cleanup, purge, at: given }: PreviewArgs,
): Promise<Preview> {
  const at = given ?? (await lastKnownTime(ctx, job));
  const forecasts = async (target: CleanupTarget) => {
    const found: Forecast[] = [];
    // One after the other: each is bounded in bytes, and holds all of its rows at once.
    for (const stage of scanRanges(target, at)) {
      found.push(await forecastRange(ctx, stage));
    }
    return found;
  };
  const failing = await ctx.db
    .query("retentionFailures")
    .order("desc")
    .take(PREVIEW.sample);
  return {
    at,
    cleanup: await forecasts(cleanup),
    purge: await forecasts(purge),
    quarantined: failing
      .filter(({ failures }) => failures >= QUARANTINE.after)
      .map(({ documentId: id, failures, code }) => ({ id, failures, code })),
  };
}

async function forecastRange(
  ctx: QueryCtx,
  stage: ScanRange,
): Promise<Forecast> {
  const { due, next } = await scanDue(ctx, [stage], FIRST_PLACE, {
    due: PREVIEW.maxCount,
    rows: 2 * PREVIEW.maxCount,
    bytes: PREVIEW.maxBytes,
  });
  const times = due.map(({ row }) => row[stage.due] ?? Infinity);
  const count = due.length;
  const more = next !== null;
  return {
    reason: stage.reason,
    ...(stage.status === undefined ? {} : { status: stage.status }),
    cutoff: stage.cutoff,
    count,
    more,
    shown: more ? `${count}+` : String(count),
    bytes: due.reduce((sum, { row }) => sum + getDocumentSize(row), 0),
    oldest: count === 0 ? null : Math.min(...times),
    sample: due.slice(0, PREVIEW.sample).map(({ row }) => row._id),
  };
}

/** The latest of what is known to lie in the past: a run's start, or the newest document. */
async function lastKnownTime(ctx: QueryCtx, job: string): Promise<number> {
  const status = await jobStatus(ctx, job);
  const newest = await ctx.db.query("documents").order("desc").first();
  const created = Math.floor(newest?._creationTime ?? 0);
  return Math.max(status?.run?.startedAt ?? 0, created);
}
