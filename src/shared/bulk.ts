/**
 * Bulk operations, for what exceeds one call: what crosses the boundary between a host and the component, and the limits.
 *
 * @module
 */
import type { Expand } from "convex/server";
import { v, type Infer } from "convex/values";
import { vActor, vChange, vStatus, vTarget } from "./documents.js";
import type { WithId } from "./ids.js";
import { vDocsErrorData } from "./errorData.js";
import { vViewRequest } from "./views.js";

export const vBulkOperation = v.union(
  v.literal("update"),
  v.literal("publish"),
  v.literal("unpublish"),
  v.literal("discard"),
  v.literal("remove"),
  v.literal("trash"),
  v.literal("restore"),
  v.literal("purge"),
);
export type BulkOperation = Infer<typeof vBulkOperation>;

/** Which of the owner's documents: those of a status, last changed at or before a time. */
export const vWhere = v.object({
  status: v.optional(vStatus),
  /** Last changed at or before this time, in ms. Default and latest: the start, so that it does not find its own writes. */
  updatedBefore: v.optional(v.number()),
});
export type Where = Infer<typeof vWhere>;

export const vBulkState = v.union(
  v.literal("running"),
  v.literal("done"),
  v.literal("cancelled"),
  v.literal("failed"),
);
export type BulkState = Infer<typeof vBulkState>;

/** One change for every document of a bulk operation. */
export const vBulkChange = vChange.omit("id", "ifVersion", "sent");
export type BulkChange = Infer<typeof vBulkChange>;

/** The columns of what a bulk operation does. Written once. */
export const bulkOrder = {
  actor: vActor,
  /** The owner of the documents that `where` chooses. */
  ownerId: v.optional(v.string()),
  operation: vBulkOperation,
  /** For `update`: the change, without the id. */
  change: v.optional(vBulkChange),
  /** Absent with ids, which are in rows of their own. */
  where: v.optional(vWhere),
  /** See `Rules`. */
  rules: v.string(),
  /** The name of the host's worker; in rows of before there were names, its handle. Absent: the component writes. */
  worker: v.optional(v.string()),
};

/** The columns of how far a bulk operation is. */
export const bulkProgress = {
  state: vBulkState,
  /** Items written, and items refused. */
  done: v.number(),
  failed: v.number(),
  /** Items in all. Absent with `where`, which finds them step by step. */
  total: v.optional(v.number()),
  /** The first refusals: at most 100, and 256 KiB. `failed` counts them all. */
  failures: v.array(v.object({ id: v.string(), error: vDocsErrorData })),
  /** In ms. */
  startedAt: v.number(),
  finishedAt: v.optional(v.number()),
};

/** Its documents: by their ids, found step by step, or those that are in a part of a view when it starts. */
export const vBulkTarget = v.union(
  v.object({ ids: v.array(v.string()) }),
  v.object({ where: vWhere }),
  v.object({ view: vViewRequest }),
);
export type BulkTarget = Infer<typeof vBulkTarget>;

/** What the start of a bulk operation returns. */
export const vBulkStarted = v.object({ jobId: v.string() });
export type BulkStarted = Infer<typeof vBulkStarted>;

export const vBulkStatus = v.object({ jobId: v.string(), ...bulkProgress });
export type BulkStatus<Id extends string = string> = Expand<
  Omit<Infer<typeof vBulkStatus>, "failures"> & {
    /** The first refusals: at most 100, and 256 KiB. `failed` counts them all. */
    failures: Expand<
      WithId<Infer<typeof vBulkStatus>["failures"][number], Id>
    >[];
  }
>;

/** What the host's worker is called with. It returns one outcome an item. */
export const vWorkerCall = v.object({
  actor: vActor,
  operation: vBulkOperation,
  items: v.array(v.union(vChange, vTarget)),
  /** Handle of a function of the mount that asks whether this is its worker. Absent: it does not ask, it has items. */
  mount: v.optional(v.string()),
});
export type WorkerCall = Infer<typeof vWorkerCall>;

const KiB = 1024;

/** Limits of a bulk operation. */
export const BULK = {
  /** Ids of one operation. An array among Convex's arguments holds 8,192. */
  maxIds: 8000,
  /** Ids kept in one row. */
  idsPerRow: 500,
  /** Items of one step, which is one transaction: an owner's own writes wait no longer than for one. */
  stepItems: 100,
  /** The part of each transaction limit that a step uses. */
  share: 0.5,
  /**
   * Bytes of documents that a step finds at once. Each is read three times (found, checked, replaced), so with one more of the
   * largest size the step stays within its share of 16 MiB.
   */
  stepBytes: 1536 * KiB,
  /** Bytes that a step writes. */
  writeBytes: 6 * 1024 * KiB,
  /** Refusals that are kept, and bytes of them: each step rewrites them. The rest is only counted. */
  maxFailures: 100,
  failureBytes: 256 * KiB,
  /** From the time of a step until it is overdue (ms): it runs for a second, the rest is queueing. */
  graceMs: 60_000,
  /** How often the write of one document alone may die until the document is left out. */
  maxDeaths: 3,
  /** Documents in a row that may die until the operation itself is given up. */
  maxDeadItems: 10,
  /** Rows that one look after an upgrade heals: a row with all its refusals has some 50 kB. */
  healRows: 100,
  /** How long a finished operation is kept, in ms. */
  keepMs: 7 * 24 * 60 * 60 * 1000,
} as const;
