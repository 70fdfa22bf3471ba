/**
 * What the end of a run means for its job: what is done, how many failed in a row, and who is told.
 *
 * @module
 */
import type { FunctionHandle } from "convex/server";
import type { Value } from "convex/values";
import type { Doc } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import type { JobAlert, Reaction } from "../../shared/jobs/validators.js";
import {
  findJob,
  newJob,
  saveJob,
  type JobChange,
  type StoredJob,
} from "./job.js";
import { purgeTime } from "./prune.js";

type Run = Doc<"jobRuns">;
export type End = {
  now: number;
  /** Where the next run goes on. Nothing changes when not given. */
  cursor: Value | undefined;
  reaction: Reaction | undefined;
};

/** Writes it into the job's row and, for work with a key, into the key's: both only if they change. */
export async function recordEnd(
  ctx: MutationCtx,
  run: Run,
  end: End,
): Promise<void> {
  const job = (await findJob(ctx, run.name)) ?? newJob(run.name);
  const streak = await streakOf(ctx, job, run, end);
  if (run.key === "") {
    await save(ctx, job, { ...streak, ...doneOf(job, run, end) });
    return;
  }
  await save(ctx, job, streak);
  const slot = await findJob(ctx, run.name, run.key);
  const purgeAt = purgeTime(end.now);
  if (slot) await save(ctx, slot, { ...doneOf(slot, run, end), purgeAt });
}

/** A run that left something out went to its end: its period is done, and it is no failure. */
export function isGood({ status }: Pick<Run, "status">): boolean {
  return status === "success" || status === "partial";
}

function doneOf(
  slot: Pick<StoredJob, "key" | "doneUntil">,
  run: Run,
  { cursor }: End,
): JobChange {
  if (!isGood(run)) return {};
  const { period } = run;
  return {
    ...(period
      ? { doneUntil: Math.max(period.end, slot.doneUntil ?? 0) }
      : slot.key === ""
        ? {}
        : { done: true }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

async function streakOf(
  ctx: MutationCtx,
  job: Pick<StoredJob, "failures" | "alerted">,
  run: Run,
  { now, reaction: { breaker, alert } = {} }: End,
): Promise<JobChange> {
  const told = job.alerted ?? false;
  if (isGood(run)) {
    if (told && alert) await tell(ctx, alert.handle, "recovered", job, run);
    return job.failures > 0
      ? { failures: 0, openUntil: undefined, alerted: undefined }
      : {};
  }
  if (run.status === "canceled") return {};
  const failures = job.failures + 1;
  const tells = alert !== undefined && !told && failures >= alert.after;
  if (tells) await tell(ctx, alert.handle, "failing", { failures }, run);
  return {
    failures,
    lastFailedAt: now,
    ...(breaker && failures >= breaker.after
      ? { openUntil: now + breaker.forMs }
      : {}),
    ...(tells ? { alerted: true } : {}),
  };
}

/** Scheduled and not called: an alert that throws must not undo what it is about. */
async function tell(
  ctx: MutationCtx,
  handle: string,
  kind: JobAlert["kind"],
  { failures }: Pick<StoredJob, "failures">,
  { name, key, _id, error }: Run,
): Promise<void> {
  const alert: JobAlert = {
    job: name,
    kind,
    failures,
    runId: _id,
    ...(key === "" ? {} : { key }),
    ...(kind === "failing" && error ? { error } : {}),
  };
  const mutation = handle as FunctionHandle<"mutation", { alert: JobAlert }>;
  await ctx.scheduler.runAfter(0, mutation, { alert });
}

async function save(
  ctx: MutationCtx,
  job: Parameters<typeof saveJob>[1],
  columns: JobChange,
): Promise<void> {
  if (Object.keys(columns).length > 0) await saveJob(ctx, job, columns);
}
