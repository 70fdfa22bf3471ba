/**
 * Retention: what crosses the boundary between a host and the component. The validators are the source of the types.
 *
 * @module
 */
import { v, type Infer } from "convex/values";
import { vSkipReason } from "../jobs/validators.js";
import { vStatus } from "../validators.js";

/** What age is counted from: the last edit, or the creation. */
export const vAgeBy = v.union(v.literal("updatedAt"), v.literal("createdAt"));
export type AgeBy = Infer<typeof vAgeBy>;

/** Documents of one status are due once they are older than this, in ms. */
export const vPolicy = v.object({
  status: vStatus,
  olderThanMs: v.number(),
  by: vAgeBy,
});
export type Policy = Infer<typeof vPolicy>;

/** What a run looks for: documents outside the trash by policies and their own times, or whatever has lain in the trash. */
export const vSweepTarget = v.union(
  v.object({ policies: v.array(vPolicy) }),
  v.object({ trashOlderThanMs: v.number() }),
);
export type SweepTarget = Infer<typeof vSweepTarget>;

export const vSweepOperation = v.union(
  v.literal("trash"),
  v.literal("remove"),
  v.literal("purge"),
);
export type SweepOperation = Infer<typeof vSweepOperation>;

/** Why a document is due: a policy's age, a time of its own, or its time in the trash. */
export const vDueReason = v.union(
  v.literal("age"),
  v.literal("expired"),
  v.literal("trash"),
);
export type DueReason = Infer<typeof vDueReason>;

/** What a run is to do. Goes from batch to batch with it. */
export const vSweep = v.object({
  /** Its job's name. */
  job: v.string(),
  target: vSweepTarget,
  operation: vSweepOperation,
  /** Documents of one batch, and of one run. */
  batchSize: v.number(),
  maxPerRun: v.number(),
  /** Handle of the host's function that removes, where the host has hooks. Absent: the component does. */
  worker: v.optional(v.string()),
});
export type Sweep = Infer<typeof vSweep>;

/** What the host's function is called with: some documents, each at the version that was found due. */
export const vSweepBatch = v.object({
  runId: v.string(),
  operation: vSweepOperation,
  items: v.array(
    v.object({ id: v.string(), ifVersion: v.number(), reason: vDueReason }),
  ),
});
export type SweepBatch = Infer<typeof vSweepBatch>;

/** What a start answers. The run goes on in the background. */
export const vSweepStart = v.union(
  v.object({ started: v.literal(true), runId: v.string() }),
  v.object({ started: v.literal(false), reason: vSkipReason }),
);
export type SweepStart = Infer<typeof vSweepStart>;

/** What one policy would take. */
export const vForecast = v.object({
  reason: vDueReason,
  /** Absent: of any status. */
  status: v.optional(vStatus),
  /** What is due has been changed last, was created or has expired before this (ms). */
  cutoff: v.number(),
  /** How many, and whether there are more than were counted; both in one as `shown`, such as `"1000+"`. */
  count: v.number(),
  more: v.boolean(),
  shown: v.string(),
  /** Of those counted. */
  bytes: v.number(),
  /** The time that made the oldest due (ms). */
  oldest: v.union(v.null(), v.number()),
  sample: v.array(v.string()),
});
export type Forecast = Infer<typeof vForecast>;

export const vPreview = v.object({
  /** As of when (ms). */
  at: v.number(),
  /** What the clean-up would take, a policy each, and at last what has expired. */
  cleanup: v.array(vForecast),
  /** What the purge would take. */
  purge: v.array(vForecast),
  /** Documents that are left alone because removing them failed too often. */
  quarantined: v.array(
    v.object({ id: v.string(), failures: v.number(), code: v.string() }),
  ),
});
export type Preview = Infer<typeof vPreview>;

/** How long one owner's documents of one status are kept (ms); `null`: for ever. */
export const vOverride = v.object({
  status: vStatus,
  olderThanMs: v.union(v.null(), v.number()),
});
export type Override = Infer<typeof vOverride>;
