/**
 * What retention would take. Asks for no time: a query that did would never be answered from Convex's cache.
 *
 * @module
 */
import { getDocumentSize } from "convex/values";
import type { QueryCtx } from "../../component/_generated/server.js";
import { PREVIEW, QUARANTINE } from "../../shared/retention/limits.js";
import type {
  Forecast,
  Preview,
  SweepTarget,
} from "../../shared/retention/validators.js";
import { statusOf } from "../jobs/look.js";
import { scan, START } from "./scan.js";
import { stagesOf, type Stage } from "./stages.js";

export type Question = {
  /** The job whose last start is as good a time as any. */
  job: string;
  cleanup: SweepTarget;
  purge: SweepTarget;
  /** As of when (ms). */
  at?: number;
};

export async function preview(
  ctx: QueryCtx,
  { job, cleanup, purge, at: given }: Question,
): Promise<Preview> {
  const at = given ?? (await lastKnownTime(ctx, job));
  const forecasts = async (target: SweepTarget) => {
    const found: Forecast[] = [];
    // One after the other: each is bounded in bytes, and holds all of its rows at once.
    for (const stage of stagesOf(target, at)) {
      found.push(await forecast(ctx, stage));
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

async function forecast(ctx: QueryCtx, stage: Stage): Promise<Forecast> {
  const { due, next } = await scan(ctx, [stage], START, {
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
  const status = await statusOf(ctx, job);
  const newest = await ctx.db.query("documents").order("desc").first();
  const created = Math.floor(newest?._creationTime ?? 0);
  return Math.max(status?.run?.startedAt ?? 0, created);
}
