/**
 * Deleting runs and keys. By age, the engine does it at their `purgeAt`. Runs beyond the number that is kept go in passes of a
 * scheduled function, because a run that deleted them itself would conflict with other runs over rows that concern neither.
 *
 * @module
 */
import { internal } from "../../component/_generated/api.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import { JOB_HISTORY } from "../../shared/jobs.js";
import type { StoredJob } from "./job.js";

/** When a run that ends now, or a key whose work is done now, may be deleted (ms). */
export function purgeTime(now: number): number {
  return now + JOB_HISTORY.keepMs;
}

/** Schedules a prune, after one run in `JOB_HISTORY.pruneEvery`. */
export async function schedulePrune(
  ctx: MutationCtx,
  name: string,
): Promise<void> {
  if (Math.random() >= 1 / JOB_HISTORY.pruneEvery) return;
  const wait = JOB_HISTORY.gapMs * (1 + Math.random());
  await ctx.scheduler.runAfter(wait, internal.jobs.prune, { name });
}

const KEPT = [
  ["success", JOB_HISTORY.successes],
  ["partial", JOB_HISTORY.successes],
  ["failed", JOB_HISTORY.failures],
  ["lost", JOB_HISTORY.failures],
  ["canceled", JOB_HISTORY.failures],
] as const;

/** One pass over a job. Schedules the next one while it finds as much as it may delete. */
export async function pruneJob(ctx: MutationCtx, name: string): Promise<void> {
  if ((await pruneCrowd(ctx, name)) < JOB_HISTORY.pass) return;
  const wait = JOB_HISTORY.gapMs;
  await ctx.scheduler.runAfter(wait, internal.jobs.prune, { name });
}

/** Deletes runs of the job itself beyond the number kept. Runs of keys are deleted by age only. */
async function pruneCrowd(ctx: MutationCtx, name: string): Promise<number> {
  let deleted = 0;
  for (const [status, keep] of KEPT) {
    const runs = await ctx.db
      .query("jobRuns")
      .withIndex("ended", (q) =>
        q.eq("name", name).eq("key", "").eq("status", status),
      )
      .order("desc")
      .take(keep + JOB_HISTORY.pass - deleted);
    const extra = runs.slice(keep);
    for (const { _id } of extra) await ctx.db.delete("jobRuns", _id);
    deleted += extra.length;
  }
  return deleted;
}

/** Deletes a key whose time is over, unless its work is under way: then it may be done again. */
export async function purgeKey(
  ctx: MutationCtx,
  { _id, runId }: StoredJob,
): Promise<void> {
  const run = runId && (await ctx.db.get("jobRuns", runId));
  if (run?.status === "running" && run.lease) {
    await ctx.db.patch("jobs", _id, { purgeAt: purgeTime(Date.now()) });
    return;
  }
  if (run) await ctx.db.delete("jobRuns", run._id);
  await ctx.db.delete("jobs", _id);
}
