import { vJobClaim } from "@acme/convex-docs/jobs";
import { v } from "convex/values";
import { internal } from "./_generated/api.js";
import { internalMutation, internalQuery, query } from "./_generated/server.js";
import { jobs } from "./jobs.js";
import { requireOperator } from "./operations.js";
import type { Activity } from "./schema.js";

type Side = { status: string; deletedAt?: number } | null;

/** What the daily report counts a change of a document as; `null` if it does not count. */
export function activityOf({
  before,
  after,
}: {
  before: Side;
  after: Side;
}): Activity | null {
  if (before === null) return "created";
  const wasThere = before.deletedAt === undefined;
  const isThere = after !== null && after.deletedAt === undefined;
  if (wasThere && !isThere) return "removed";
  const isNew = before.status !== "published" && after?.status === "published";
  return isThere && isNew ? "published" : null;
}

/** Rows counted in one query: far below the limit of 32,000 reads. */
const PAGE = 2_000;

/** How long rows are kept before the day of a report (ms): longer than `catchUp`. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
/** Rows deleted in one transaction. Each reads an index range, of which Convex allows 4,096. */
const DELETED = 1_000;

const vCounts = v.record(v.string(), v.number());

/**
 * The report of the past UTC day, once for each day. The day is that of the run's period, not of the clock, and up to three
 * missed days are caught up.
 */
export const dailyReport = jobs.action("daily-report", {
  period: "day",
  catchUp: 3,
  retry: { attempts: 4, baseMs: 30_000, capMs: 10 * 60_000 },
  handler: async (ctx, run) => {
    const { key: day, start, end } = run.period;
    const counts: Record<string, number> = {};
    let from: number | null = start;
    while (from !== null) {
      const page: { counts: Record<string, number>; next: number | null } =
        await ctx.runQuery(internal.analytics.countActivity, { from, end });
      for (const [what, count] of Object.entries(page.counts)) {
        counts[what] = (counts[what] ?? 0) + count;
      }
      from = page.next;
    }
    await ctx.runMutation(internal.analytics.store, {
      claim: run.claim,
      day,
      counts,
    });
    await ctx.scheduler.runAfter(0, internal.analytics.forget, {
      before: start - KEPT_MS,
    });
    return { counts };
  },
});

/** Counts one page of activity from one time up to another (ms), and returns where the next page starts. */
export const countActivity = internalQuery({
  args: { from: v.number(), end: v.number() },
  returns: v.object({ counts: vCounts, next: v.union(v.null(), v.number()) }),
  handler: async (ctx, { from, end }) => {
    const counts: Record<string, number> = {};
    const rows = await ctx.db
      .query("activity")
      .withIndex("by_creation_time", (q) =>
        q.gte("_creationTime", from).lt("_creationTime", end),
      )
      .take(PAGE);
    for (const { what } of rows) counts[what] = (counts[what] ?? 0) + 1;
    const last = rows.at(-1);
    return {
      counts,
      // No two rows of a Convex table have the same creation time.
      next: last && rows.length === PAGE ? nextAfter(last._creationTime) : null,
    };
  },
});

/** The next larger double: creation times have a fraction. */
function nextAfter(time: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, time);
  bits.setBigUint64(0, bits.getBigUint64(0) + 1n);
  return bits.getFloat64(0);
}

/** Writes the report of a day, or overwrites it: a job may run twice. */
export const store = internalMutation({
  args: { claim: vJobClaim, day: v.string(), counts: vCounts },
  returns: v.null(),
  handler: async (ctx, { claim, day, counts }) => {
    await jobs.guard(ctx, claim);
    const report = { day, counts, writtenAt: Date.now() };
    const known = await ctx.db
      .query("reports")
      .withIndex("day", (q) => q.eq("day", day))
      .unique();
    if (known) await ctx.db.patch("reports", known._id, report);
    else await ctx.db.insert("reports", report);
    return null;
  },
});

/** Deletes old rows, a batch at a time. */
export const forget = internalMutation({
  args: { before: v.number() },
  returns: v.null(),
  handler: async (ctx, { before }) => {
    const rows = await ctx.db
      .query("activity")
      .withIndex("by_creation_time", (q) => q.lt("_creationTime", before))
      .take(DELETED);
    for (const { _id } of rows) await ctx.db.delete("activity", _id);
    if (rows.length === DELETED) {
      await ctx.scheduler.runAfter(0, internal.analytics.forget, { before });
    }
    return null;
  },
});

/** The latest reports. */
export const latest = query({
  args: {},
  handler: async (ctx) => {
    await requireOperator(ctx);
    return await ctx.db.query("reports").withIndex("day").order("desc").take(7);
  },
});
