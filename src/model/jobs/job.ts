/**
 * The row of a job, and of one of its keys. What concerns the job as a whole (paused, consecutive failures, breaker) stands in
 * the job's own row, whose key is `""`. A key's row holds only the state of that key.
 *
 * @module
 */
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { echo, fail, invalidAt } from "../../shared/failures.js";
import { omitUndefined } from "../../shared/omitUndefined.js";

export type StoredJob = Doc<"jobs">;
type Changeable = Omit<StoredJob, "_id" | "_creationTime" | "name" | "key">;
/** `undefined` deletes. */
export type JobChange = {
  [Name in keyof Changeable]?: Changeable[Name] | undefined;
};

export async function findJob(
  ctx: QueryCtx,
  name: string,
  key = "",
): Promise<StoredJob | null> {
  return await ctx.db
    .query("jobs")
    .withIndex("key", (q) => q.eq("key", key).eq("name", name))
    .unique();
}

/** The columns of a job that has no row yet. */
export function newJob(
  name: string,
  key = "",
): Omit<StoredJob, "_id" | "_creationTime"> {
  return { name, key, paused: false, failures: 0 };
}

/** Changes the row, or inserts it. */
export async function saveJob(
  ctx: MutationCtx,
  job: Pick<StoredJob, "name" | "key"> & Partial<StoredJob>,
  columns: JobChange,
): Promise<Id<"jobs">> {
  const { _id, name, key } = job;
  if (_id === undefined) {
    const row = { ...newJob(name, key), ...omitUndefined(columns) };
    return await ctx.db.insert("jobs", row);
  }
  // Convex's types of a patch do not say that `undefined` deletes.
  await ctx.db.patch("jobs", _id, columns as Partial<StoredJob>);
  return _id;
}

/**
 * Pauses a job, or resumes it. A paused job starts nothing new; a run under way continues, its retries too.
 *
 * @param declared whether the host declares a job of this name. If not, it must have run: otherwise a misspelt name would
 * pass for a paused job
 * @throws VALIDATION_FAILED for an unknown job
 */
export async function setJobPaused(
  ctx: MutationCtx,
  name: string,
  paused: boolean,
  declared = true,
): Promise<void> {
  const job = await findJob(ctx, name);
  if (!job && !declared) throw unknownJob(name);
  if (job?.paused !== paused) {
    await saveJob(ctx, job ?? newJob(name), { paused });
  }
}

/**
 * Deletes the cursor of a job or a key: its next run starts from the beginning.
 *
 * @throws VALIDATION_FAILED for an unknown job
 */
export async function resetCursor(
  ctx: MutationCtx,
  name: string,
  key?: string,
): Promise<void> {
  const job = await findJob(ctx, name, key);
  if (!job) throw unknownJob(name);
  await saveJob(ctx, job, { cursor: undefined });
}

function unknownJob(name: string): Error {
  return fail(invalidAt("job", `"${echo(name)}" has not run yet.`));
}
