/**
 * The tables of jobs. Convex bills an index as one more copy of its table: each says which query needs it.
 *
 * @module
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { jobColumns, runColumns, vTask } from "../../shared/jobs/validators.js";

export const jobTables = {
  /**
   * One row a job, and one more for each of its keys. Small. Written when a run begins and when it ends; what changes while it
   * runs stands in the run.
   */
  jobs: defineTable({
    ...jobColumns,
    /** The run that is under way, or else the last one. */
    runId: v.optional(v.id("jobRuns")),
    /** When this key may be forgotten (ms). Absent in the row of the job itself. */
    purgeAt: v.optional(v.number()),
  })
    // begin, end, pause, status; list: the jobs themselves have the key ""
    .index("key", ["key", "name"])
    // prune: keys that may be forgotten
    .index("purge", ["name", "purgeAt"]),

  /** One row a run: its record, and while it runs how far it is. */
  jobRuns: defineTable({
    ...runColumns,
    /** When whoever comes next takes it for lost (ms). */
    leaseUntil: v.number(),
    /** The watchdog of its attempt, and when it comes (ms). */
    watchAt: v.optional(v.number()),
    watchId: v.optional(v.id("_scheduled_functions")),
  })
    // runs of one job, newest first
    // eslint-disable-next-line @convex-dev/no-duplicate-indexes -- in order of their beginning, whatever their key
    .index("name", ["name"])
    // prune: runs of the job itself, by how they ended
    .index("ended", ["name", "key", "status"])
    // prune: runs of any key, by age
    .index("age", ["name", "finishedAt"]),

  /** Calls that wait for the run before them. Deleted as they begin. */
  jobQueue: defineTable({ name: v.string(), task: vTask })
    // the next of a job, in order of arrival
    .index("name", ["name"]),
};
