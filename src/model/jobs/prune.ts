/**
 * Deleting old runs and old keys: in passes of a scheduled function, because a run that deleted them itself would conflict
 * with other runs over rows that concern neither.
 *
 * @module
 */
import { internal } from "../../component/_generated/api.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import { JOB_HISTORY } from "../../shared/jobs.js";

/** When a key whose work was done now may be deleted (ms). */
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
  const passes = [await pruneCrowd(ctx, name), await pruneOld(ctx, name)];
  passes.push(await pruneKeys(ctx, name));
  if (passes.some((deleted) => deleted >= JOB_HISTORY.pass)) {
    await ctx.scheduler.runAfter(JOB_HISTORY.gapMs, internal.jobs.prune, {
      name,
    });
  }
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

/** Deletes runs of any key by age. */
async function pruneOld(ctx: MutationCtx, name: string): Promise<number> {
  const before = Date.now() - JOB_HISTORY.keepMs;
  const runs = await ctx.db
    .query("jobRuns")
    // Absent sorts before every number: a run without an end is out of range.
    .withIndex("age", (q) =>
      q.eq("name", name).gte("finishedAt", 0).lt("finishedAt", before),
    )
    .take(JOB_HISTORY.pass);
  for (const { _id } of runs) await ctx.db.delete("jobRuns", _id);
  return runs.length;
}

/** Deletes old keys: their work may then be done again. */
async function pruneKeys(ctx: MutationCtx, name: string): Promise<number> {
  const now = Date.now();
  const keys = await ctx.db
    .query("jobs")
    .withIndex("purge", (q) =>
      q.eq("name", name).gte("purgeAt", 0).lt("purgeAt", now),
    )
    .take(JOB_HISTORY.pass);
  for (const { _id, runId } of keys) {
    // `pruneOld` never finds a run that has no end.
    if (runId && (await ctx.db.get("jobRuns", runId))) {
      await ctx.db.delete("jobRuns", runId);
    }
    await ctx.db.delete("jobs", _id);
  }
  return keys.length;
}
