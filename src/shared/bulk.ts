/**
 * Bulk operations: what crosses the boundary between a host and the component.
 *
 * @module
 */
import { v, type Infer } from "convex/values";
import {
  vActor,
  vChange,
  vDocsErrorData,
  vStatus,
  vTarget,
} from "./documents.js";

export const vBulkOperation = v.union(
  v.literal("update"),
  v.literal("remove"),
  v.literal("trash"),
  v.literal("restore"),
  v.literal("purge"),
);
export type BulkOperation = Infer<typeof vBulkOperation>;

/** Which of the owner's documents: those changed last at or before a time, of one status if one is named. */
export const vWhere = v.object({
  status: v.optional(vStatus),
  /** Last changed at or before this time, in ms. Default, and latest possible: the start. It does not chase its own writes. */
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

/** A change to every document of a bulk operation. */
export const vBulkChange = vChange.omit("id", "ifVersion");
export type BulkChange = Infer<typeof vBulkChange>;

/** What a bulk operation does. Written once. */
export const bulkOrder = {
  actor: vActor,
  /** Whose documents, where they are chosen by `where`. */
  ownerId: v.optional(v.string()),
  operation: vBulkOperation,
  /** For `update`: the change, without the id. */
  change: v.optional(vBulkChange),
  /** Absent: the ids are in rows of their own. */
  where: v.optional(vWhere),
  /** See `Rules`. */
  rules: v.string(),
  /** Handle of the host's function that writes, where the host has hooks. Absent: the component writes. */
  worker: v.optional(v.string()),
};

/** How far a bulk operation is. */
export const bulkProgress = {
  state: vBulkState,
  /** Items that went well, and items that were refused. */
  done: v.number(),
  failed: v.number(),
  /** How many items there are. Absent with `where`, which finds them as it goes. */
  total: v.optional(v.number()),
  /** The first refusals: at most 100. `failed` counts them all. */
  failures: v.array(v.object({ id: v.string(), error: vDocsErrorData })),
  /** In ms. */
  startedAt: v.number(),
  finishedAt: v.optional(v.number()),
};

/** Its documents: those of the ids, or those found as it goes. */
export const vBulkTarget = v.union(
  v.object({ ids: v.array(v.string()) }),
  v.object({ where: vWhere }),
);
export type BulkTarget = Infer<typeof vBulkTarget>;

/** What starting a bulk operation answers. */
export const vBulkStarted = v.object({ jobId: v.string() });
export type BulkStarted = Infer<typeof vBulkStarted>;

export const vBulkStatus = v.object({ jobId: v.string(), ...bulkProgress });
export type BulkStatus = Infer<typeof vBulkStatus>;

/** What the host's worker is called with. It answers with one outcome an item. */
export const vWorkerCall = v.object({
  actor: vActor,
  operation: vBulkOperation,
  items: v.array(v.union(vChange, vTarget)),
  /** Handle of a function of the mount that asks whether this is its worker. Absent: it does not ask, it has items. */
  mount: v.optional(v.string()),
});
export type WorkerCall = Infer<typeof vWorkerCall>;
