/**
 * What else knows a person: rules of retention of their own, and bulk operations.
 *
 * @module
 */
import { getDocumentSize } from "convex/values";
import type { QueryCtx } from "../../component/_generated/server.js";
import { OWN_JOBS } from "../../shared/jobs.js";
import { bulkStatusOf, endBulk, isOrderOf } from "../bulk/order.js";
import { findJob } from "../jobs/job.js";
import { clearOverrides, overridesOf } from "../retention/overrides.js";
import { withoutOwner } from "../retention/place.js";
import { Budget, stepped, type Holding } from "./holding.js";

/** An owner's rules, and their turn in a clean-up, which comes from one. */
export const retained: Holding = {
  name: "retention",
  columns: ["retentionOverrides.ownerId", "jobs.cursor", "jobRuns.cursor"],
  erase: async (ctx, { userId }, place, size) => {
    const overrides = place === null ? await clearOverrides(ctx, userId) : 0;
    const counts = { overrides };
    const budget = new Budget(size);
    const from = (place ?? { job: 0, at: 0 }) as Place;
    for (const [job, name] of Object.values(OWN_JOBS).entries()) {
      if (job < from.job) continue;
      const row = await findJob(ctx, name);
      const cursor = withoutOwner(row?.cursor, userId);
      if (row && cursor !== row.cursor) {
        await ctx.db.patch("jobs", row._id, { cursor });
      }
      let at = job === from.job ? from.at : 0;
      const runs = ctx.db
        .query("jobRuns")
        .withIndex("name", (q) => q.eq("name", name).gt("_creationTime", at));
      for await (const run of runs) {
        if (budget.isSpent) return stepped({ job, at }, counts);
        const turn = withoutOwner(run.cursor, userId);
        if (turn !== run.cursor) {
          await ctx.db.patch("jobRuns", run._id, { cursor: turn });
        }
        budget.note(run, 1);
        at = run._creationTime;
      }
    }
    return stepped(undefined, counts);
  },
  read: async function* (ctx, { userId }, place) {
    if (place !== null) return;
    const overrides = await overridesOf(ctx, userId);
    const items = overrides.map((one) => ({
      kind: "retention" as const,
      ...one,
    }));
    yield { items, bytes: 0, behind: true };
  },
};

/** The place of a job among those of retention, and when its last run began. */
type Place = { job: number; at: number };

/** Operations that they started, and any of their documents: those under way end. */
export const bulk: Holding = {
  name: "bulk",
  columns: [
    "bulkJobs.startedBy",
    "bulkOrders.actor.id",
    "bulkOrders.actor.as.id",
    "bulkOrders.ownerId",
  ],
  erase: async (ctx, { userId }, place, size) => {
    const counts = { bulk: 0 };
    const budget = new Budget(size);
    let at = Number(place ?? 0);
    for await (const job of jobsBehind(ctx, at)) {
      if (budget.isSpent) return stepped(at, counts);
      const isTheirs = job.startedBy === userId;
      const ends =
        job.state === "running" &&
        (isTheirs || (await isOrderOf(ctx, job, userId)));
      if (ends) await endBulk(ctx, job);
      if (isTheirs) await ctx.db.delete("bulkJobs", job._id);
      counts.bulk += Number(isTheirs);
      budget.note(job, isTheirs || ends ? 2 : 0);
      at = job._creationTime;
    }
    return stepped(undefined, counts);
  },
  read: async function* (ctx, { userId }, place) {
    for await (const job of jobsBehind(ctx, Number(place ?? 0))) {
      const isTheirs = job.startedBy === userId;
      yield {
        items: isTheirs ? [{ kind: "bulk", bulk: bulkStatusOf(job) }] : [],
        bytes: getDocumentSize(job),
        behind: job._creationTime,
      };
    }
  },
};

/** All of them: they are deleted a week after their end, so there are few. */
function jobsBehind(ctx: QueryCtx, at: number) {
  return ctx.db
    .query("bulkJobs")
    .withIndex("by_creation_time", (q) => q.gt("_creationTime", at));
}
