/**
 * Every kind of background work. A kind registers here: in `KINDS` if the rows of a table are its pieces of work, in `PURGED` if
 * they are kept for a while after their end, and in `HEALED` if the last release wrote such rows without a lease.
 *
 * @module
 */
import type { Doc } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import { bulkKind, healBulk } from "../bulk/step.js";
import { cleanupKind } from "../retention/cleanup.js";
import { taskKind } from "./runTask.js";
import { jobKind } from "../jobs/attempt.js";
import { healQueues, healRuns } from "../jobs/heal.js";
import { purgeKey } from "../jobs/prune.js";
import { queueKind } from "../jobs/queue.js";
import { expireEvent, healEvents, redateEvents } from "../webhooks/purge.js";
import { webhookKind } from "../webhooks/work.js";
import type { WorkKind, WorkTable } from "./timer.js";

/** The kind of a row. */
const KINDS: { [Table in WorkTable]: (work: Doc<Table>) => WorkKind<Table> } = {
  bulkJobs: () => bulkKind,
  jobRuns: (run) => (run.sweep ? cleanupKind : jobKind),
  jobQueue: () => queueKind,
  webhookEvents: () => webhookKind,
  tasks: () => taskKind,
};

export const WORK_TABLES = Object.keys(KINDS) as WorkTable[];

export function kindOf<Table extends WorkTable>(
  table: Table,
  work: Doc<Table>,
): WorkKind<Table> {
  return KINDS[table](work);
}

/** The tables whose rows are deleted at their `purgeAt`. Each has the index `purge`. */
export type PurgedTable =
  | "bulkJobs"
  | "jobRuns"
  | "jobs"
  | "webhookEvents"
  | "webhookSources"
  | "tasks";

/** Deletes a row whose `purgeAt` has passed, or what of it is due and writes its next `purgeAt`. */
const PURGED: {
  [Table in PurgedTable]: (ctx: MutationCtx, row: Doc<Table>) => Promise<void>;
} = {
  bulkJobs: (ctx, { _id }) => ctx.db.delete("bulkJobs", _id),
  jobRuns: (ctx, { _id }) => ctx.db.delete("jobRuns", _id),
  jobs: purgeKey,
  webhookEvents: expireEvent,
  webhookSources: redateEvents,
  tasks: (ctx, { _id }) => ctx.db.delete("tasks", _id),
};

export async function purgeRow<Table extends PurgedTable>(
  ctx: MutationCtx,
  table: Table,
  row: Doc<Table>,
): Promise<void> {
  await PURGED[table](ctx, row);
}

export const PURGED_TABLES = Object.keys(PURGED) as PurgedTable[];

/**
 * Gives rows of before the engine what they lack: a lease to those that are not over, and the time of their deletion to the
 * others. Each takes some rows from a place on, healthy ones among them, and returns the next place; `null` at the end.
 * The first place is 0.
 */
export const HEALED: ((
  ctx: MutationCtx,
  from: number | string,
) => Promise<number | string | null>)[] = [
  healBulk,
  healRuns,
  healQueues,
  ...healEvents,
];

/** Grows with each change of `HEALED`, so that the first look after an upgrade heals once. */
export const HEALING = 4;
