/**
 * Runs and calls of before there were leases: what they lack is given to them by the first look after an upgrade.
 *
 * @module
 */
import type { MutationCtx } from "../../component/_generated/server.js";
import { JOB_HISTORY } from "../../shared/jobs.js";
import { adoptRun } from "./attempt.js";
import { drainQueue } from "./queue.js";

/**
 * A run under way gets its lease; one that is over gets the time of its deletion.
 *
 * @param from the creation time of the first row
 * @returns that of the first row of the next call; `null` at the end
 */
export async function healRuns(
  ctx: MutationCtx,
  from: number | string,
): Promise<number | null> {
  const now = Date.now();
  const runs = await ctx.db
    .query("jobRuns")
    .withIndex("purge", (q) =>
      q.eq("purgeAt", undefined).gte("_creationTime", Number(from)),
    )
    .take(JOB_HISTORY.pass);
  const sick = runs.filter(({ lease }) => lease === undefined);
  for (const run of sick) {
    if (run.status !== "running") {
      const purgeAt = (run.finishedAt ?? now) + JOB_HISTORY.keepMs;
      await ctx.db.patch("jobRuns", run._id, { purgeAt });
    } else await adoptRun(ctx, run);
  }
  return runs[JOB_HISTORY.pass - 1]?._creationTime ?? null;
}

/**
 * The first call of each queue is started, or gets a lease.
 *
 * @param from the name of the last queue that was healed
 * @returns that of the next call; `null` at the end
 */
export async function healQueues(
  ctx: MutationCtx,
  from: number | string,
): Promise<string | null> {
  let name = typeof from === "string" ? from : "";
  for (let queues = 0; queues < JOB_HISTORY.pass; queues++) {
    const after: string = name;
    const call = await ctx.db
      .query("jobQueue")
      .withIndex("name", (q) => q.gt("name", after))
      .first();
    if (call === null) return null;
    name = call.name;
    if (!call.lease) await drainQueue(ctx, name);
  }
  return name;
}
