/**
 * What begins when: a call, a call that had to wait, a period that was missed.
 *
 * @module
 */
import { makeFunctionReference } from "convex/server";
import type { MutationCtx } from "../../component/_generated/server.js";
import { STREAK } from "../../shared/jobs/limits.js";
import { nextDue } from "../../shared/jobs/period.js";
import type { Started, Task, Trigger } from "../../shared/jobs/validators.js";
import { arm, leaseOf } from "./attempt.js";
import { findJob } from "./job.js";
import { begin, type StoredRun } from "./run.js";

const drainLater = makeFunctionReference<"mutation", { name: string }>(
  "jobs:drain",
);

type Launch = {
  name: string;
  key?: string | undefined;
  task: Task;
  trigger?: Trigger | undefined;
  /** Up to where periods are over (ms), done or not. */
  passed?: number;
};

/** A call of the host's function. */
export async function start(
  ctx: MutationCtx,
  call: Pick<Launch, "name" | "key" | "task">,
): Promise<Started> {
  const { name, task } = call;
  if (!task.queue) return await launch(ctx, call);
  const waiting = await ctx.db
    .query("jobQueue")
    .withIndex("name", (q) => q.eq("name", name))
    .take(STREAK.mostQueued);
  if (waiting.length === STREAK.mostQueued) return { skipped: "queueFull" };
  // One that nobody waits for needs no row.
  if (waiting.length === 0) {
    const started = await launch(ctx, call);
    if (!("skipped" in started) || started.skipped !== "overlap")
      return started;
  }
  await ctx.db.insert("jobQueue", { name, task });
  await drain(ctx, name);
  return { queued: true };
}

/** Begins a run and arranges its first attempt. */
async function launch(
  ctx: MutationCtx,
  { name, key, task, trigger, passed = 0 }: Launch,
): Promise<Started> {
  const { unit, catchUp = 0 } = task.periods ?? {};
  const doneUntil = unit && (await findJob(ctx, name))?.doneUntil;
  const until = Math.max(passed, doneUntil ?? 0);
  const period =
    unit && nextDue(unit, Date.now(), until > 0 ? until : undefined, catchUp);
  if (period === null) return { skipped: "done" };
  const { reaction } = task;
  const leaseMs = leaseOf(task);
  const wanted = { name, key, trigger, leaseMs, reaction, period, unit };
  const begun = await begin(ctx, wanted);
  if ("skipped" in begun) return begun;
  await arm(ctx, begun.claim, task);
  return { runId: begun.claim.runId };
}

/** What comes after a run: the next of its periods, or the call that waited longest. */
export async function follow(
  ctx: MutationCtx,
  { name, period }: Pick<StoredRun, "name" | "period">,
  task: Task,
): Promise<void> {
  if (period) {
    // Also after a failure: one period that always fails must not hold up the others.
    const passed = period.end;
    await launch(ctx, { name, task, trigger: "catchUp", passed });
  } else if (task.queue) await drain(ctx, name);
}

/** Begins the call that has waited longest, if nothing is in its way. */
export async function drain(ctx: MutationCtx, name: string): Promise<void> {
  const next = await ctx.db
    .query("jobQueue")
    .withIndex("name", (q) => q.eq("name", name))
    .first();
  if (!next) return;
  const { task } = next;
  const started = await launch(ctx, { name, task, trigger: "queue" });
  if (!("skipped" in started)) {
    await ctx.db.delete("jobQueue", next._id);
    return;
  }
  // What is paused is drained when it is resumed; what overlaps, when the run ends.
  if (started.skipped !== "breaker") return;
  const { openUntil = 0 } = (await findJob(ctx, name)) ?? {};
  const wait = Math.max(0, openUntil - Date.now());
  await ctx.scheduler.runAfter(wait, drainLater, { name });
}
