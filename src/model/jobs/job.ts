/**
 * The row of a job, and of one key of it. What is said of a job as a whole (paused, failures in a row, breaker) stands in the
 * job's own row, whose key is `""`; a key's row says only what became of that key.
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

/** What a job that has no row yet would say. */
export function newJob(
  name: string,
  key = "",
): Omit<StoredJob, "_id" | "_creationTime"> {
  return { name, key, paused: false, failures: 0 };
}

/** Changes the row, and makes it if there is none. */
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
  // Convex's types say of a patch what is stored, and not that `undefined` deletes.
  await ctx.db.patch("jobs", _id, columns as Partial<StoredJob>);
  return _id;
}

/**
 * Nothing new starts. What is under way goes on to its end, its retries too: `cancel` ends it.
 *
 * @param declared whether the host knows a job of this name; otherwise it must have run, or a typing error would pass for a
 * job that is paused
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

/** The next run starts from the beginning. */
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
