/**
 * Tasks: background work of the component's own that has no table of its own. Their columns, and their limits.
 *
 * @module
 */
import { v, type Infer } from "convex/values";
import { vDocsErrorData } from "./errorData.js";
import { vCounts, vCursor } from "./jobs.js";

export const vTaskState = v.union(
  v.literal("running"),
  v.literal("done"),
  v.literal("failed"),
  v.literal("cancelled"),
);
export type TaskState = Infer<typeof vTaskState>;

/** The columns of a task. */
export const taskColumns = {
  /** What is done: the name of its kind. */
  kind: v.string(),
  /** What it is done to, such as the name of a view or the id of a document. */
  subject: v.string(),
  /** What its kind needs to know besides. Written once: at most `TASK.maxInputBytes`. */
  input: v.optional(vCursor),
  state: vTaskState,
  /** Where the next step goes on. Absent: at the beginning. */
  cursor: v.optional(vCursor),
  /** How much it has done, by names that its kind chooses. */
  counts: vCounts,
  /** Items that were left out, and the first of them: at most `TASK.maxFailures` of each reason, and `TASK.maxNamed` in all. */
  failed: v.number(),
  failures: v.array(v.object({ id: v.string(), error: vDocsErrorData })),
  /** Items in a row that were left out because their step died. */
  deaths: v.number(),
  /** Why it failed, or its last attempt did. */
  error: v.optional(vDocsErrorData),
  /** In ms. */
  startedAt: v.number(),
  finishedAt: v.optional(v.number()),
};

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Limits of a task. */
export const TASK = {
  /** Bytes of an input, which each step writes again. The largest is that of an erasure: 17 names of 512 characters. */
  maxInputBytes: 32 * 1024,
  /** Items that are named once they are left out: of each reason, and in all. The rest is only counted. */
  maxFailures: 20,
  maxNamed: 100,
  /** From the time of a step until it is overdue (ms): it runs for a second, the rest is queueing. */
  graceMs: MINUTE,
  /** How often a step over one item alone may die until the item is left out. */
  maxDeaths: 3,
  /** Items in a row that may die until the task is given up: then it is itself what kills them. */
  maxDeadItems: 10,
  /** Attempts of a task that has no items, one after the other. */
  maxTries: 8,
  /** The waits between them (ms): the first, which doubles up to the cap. */
  firstRetryMs: 1_000,
  retryCapMs: 10 * MINUTE,
  /** How long a task is kept once it is over (ms), unless its kind says otherwise. */
  keepMs: 7 * DAY,
} as const;
