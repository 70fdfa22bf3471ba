/**
 * Deleting old runs, and keys that were worked on long ago. Never on the way of a run, which would then conflict with others
 * over rows that none of them is about: a scheduled function of its own does it, in passes.
 *
 * @module
 */
import { makeFunctionReference } from "convex/server";
import type { MutationCtx } from "../../component/_generated/server.js";
import { JOB_HISTORY } from "../../shared/jobs.js";

const pruneNext = makeFunctionReference<"mutation", { name: string }>(
  "jobs:prune",
);

/** Until when a key is remembered that was worked on now. */
export function purgeTime(now: number): number {
  return now + JOB_HISTORY.keepMs;
}

/** Arranges a clean-up after one end in some. */
export async function schedulePrune(
  ctx: MutationCtx,
  name: string,
): Promise<void> {
  if (Math.random() >= 1 / JOB_HISTORY.pruneEvery) return;
  const wait = JOB_HISTORY.gapMs * (1 + Math.random());
  await ctx.scheduler.runAfter(wait, pruneNext, { name });
}

const KEPT = [
  ["success", JOB_HISTORY.successes],
  ["partial", JOB_HISTORY.successes],
  ["failed", JOB_HISTORY.failures],
  ["lost", JOB_HISTORY.failures],
  ["canceled", JOB_HISTORY.failures],
] as const;

/** One pass over a job. Continues itself while it finds as much as it may delete. */
export async function pruneJob(ctx: MutationCtx, name: string): Promise<void> {
  const passes = [await pruneCrowd(ctx, name), await pruneOld(ctx, name)];
  passes.push(await pruneKeys(ctx, name));
  if (passes.some((deleted) => deleted >= JOB_HISTORY.pass)) {
    await ctx.scheduler.runAfter(JOB_HISTORY.gapMs, pruneNext, { name });
  }
}

/** Runs of the job itself beyond the number that is kept. Those of keys are kept by age alone. */
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

async function pruneOld(ctx: MutationCtx, name: string): Promise<number> {
  const before = Date.now() - JOB_HISTORY.keepMs;
  const runs = await ctx.db
    .query("jobRuns")
    // Absent sorts before every number: a run that is under way is out of range.
    .withIndex("age", (q) =>
      q.eq("name", name).gte("finishedAt", 0).lt("finishedAt", before),
    )
    .take(JOB_HISTORY.pass);
  for (const { _id } of runs) await ctx.db.delete("jobRuns", _id);
  return runs.length;
}

/** Forgets keys: the work of one may then be done again. */
async function pruneKeys(ctx: MutationCtx, name: string): Promise<number> {
  const now = Date.now();
  const keys = await ctx.db
    .query("jobs")
    .withIndex("purge", (q) =>
      q.eq("name", name).gte("purgeAt", 0).lt("purgeAt", now),
    )
    .take(JOB_HISTORY.pass);
  for (const { _id, runId } of keys) {
    // A run that was never heard of again has no end by whose age it could go.
    if (runId && (await ctx.db.get("jobRuns", runId))) {
      await ctx.db.delete("jobRuns", runId);
    }
    await ctx.db.delete("jobs", _id);
  }
  return keys.length;
}
