/**
 * Retention: what crosses the boundary between a host and the component. The validators are the source of the types.
 *
 * @module
 */
import { v, type Infer } from "convex/values";
import { vStatus } from "./documents.js";
import { vSkipReason } from "./jobs.js";

/** What age is counted from: the last edit, or the creation. */
export const vAgeBy = v.union(v.literal("updatedAt"), v.literal("createdAt"));
export type AgeBy = Infer<typeof vAgeBy>;

/** Documents of one status are due once they are older than this, in ms. */
export const vRetentionPolicy = v.object({
  status: vStatus,
  olderThanMs: v.number(),
  by: vAgeBy,
});
export type StoredPolicy = Infer<typeof vRetentionPolicy>;

/** What a run looks for: documents outside the trash by policies and their own times, or whatever has lain in the trash. */
export const vCleanupTarget = v.union(
  v.object({ policies: v.array(vRetentionPolicy) }),
  v.object({ trashOlderThanMs: v.number() }),
);
export type CleanupTarget = Infer<typeof vCleanupTarget>;

export const vCleanupOperation = v.union(
  v.literal("trash"),
  v.literal("remove"),
  v.literal("purge"),
);
export type CleanupOperation = Infer<typeof vCleanupOperation>;

/** Why a document is due: a policy's age, a time of its own, or its time in the trash. */
export const vDueReason = v.union(
  v.literal("age"),
  v.literal("expired"),
  v.literal("trash"),
);
export type DueReason = Infer<typeof vDueReason>;

/** What a run is to do. Goes from batch to batch with it. */
export const vCleanup = v.object({
  /** Its job's name. */
  job: v.string(),
  target: vCleanupTarget,
  operation: vCleanupOperation,
  /** Documents of one batch, and of one run. */
  batchSize: v.number(),
  maxPerRun: v.number(),
  /** Handle of the host's function that removes, where the host has hooks. Absent: the component does. */
  worker: v.optional(v.string()),
});
export type Cleanup = Infer<typeof vCleanup>;

/** What the host's function is called with: some documents, each at the version that was found due. */
export const vCleanupBatch = v.object({
  runId: v.string(),
  operation: vCleanupOperation,
  items: v.array(
    v.object({ id: v.string(), ifVersion: v.number(), reason: vDueReason }),
  ),
});
export type CleanupBatch = Infer<typeof vCleanupBatch>;

/** What a start answers. The run goes on in the background. */
export const vCleanupStart = v.union(
  v.object({ started: v.literal(true), runId: v.string() }),
  v.object({ started: v.literal(false), reason: vSkipReason }),
);
export type SweepStart = Infer<typeof vCleanupStart>;

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

/*
 * Ages: how a host says them, and which are none.
 */

/** A length of time. What is given adds up. */
export type Age = {
  days?: number;
  hours?: number;
  minutes?: number;
};

/** An age in ms. NaN where what was given is no number: `ageProblem` then says so. */
export function ageMs({ days = 0, hours = 0, minutes = 0 }: Age): number {
  const parts: unknown[] = [days, hours, minutes];
  // Plain JavaScript may send text, and adding to text makes it longer.
  if (parts.some((part) => typeof part !== "number")) return NaN;
  return ((days * 24 + hours) * 60 + minutes) * 60_000;
}

/**
 * What is wrong with an age, or `null`. Zero, a negative number and NaN would make everything due, so they are never taken;
 * less than an hour only on purpose.
 */
export function ageProblem(ms: unknown, allowShort: boolean): string | null {
  // Also false for NaN.
  if (typeof ms !== "number" || !(ms > 0) || ms > AGE.mostMs) {
    return "must be a positive length of time, such as { days: 30 }.";
  }
  if (ms < AGE.leastMs && !allowShort) {
    return "is less than an hour. Say allowShort: true if that is meant.";
  }
  return null;
}

/*
 * Every number that bounds retention, with its unit and its reason.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The time at which a document expires, in ms. */
export const EXPIRY = {
  /** A day in March 1973. Seconds since 1970, given by mistake, stay below it until the year 5138. */
  leastMs: 100_000_000_000,
  /** The last time that JavaScript can name. */
  mostMs: 8_640_000_000_000_000,
} as const;

/** What a policy may say. */
export const AGE = {
  /** The shortest age (ms) that needs no `allowShort`: minutes where days were meant would empty a table. */
  leastMs: HOUR,
  mostMs: 36_500 * DAY,
  /** How long the trash keeps what is in it (ms), unless the host says otherwise. */
  undoMs: 30 * DAY,
} as const;

/** One run, and one batch of it. */
export const CLEANUP = {
  /** Documents of one batch, unless the host says otherwise, and at most. */
  defaultBatch: 100,
  /**
   * A deletion counts as an index range read, of which Convex allows 4,096 a transaction: so many, each of which a hook's
   * call reads twice more, stay below half. Source: convex-backend, `get_inner` of `delete`.
   */
  maxBatch: 500,
  /** Rows that a batch may look at to find those that are due. The rest are those of owners with a rule of their own. */
  maxScan: 500,
  /** Owners with a rule of their own that a batch may look into. */
  maxOwners: 50,
  /** Documents that a run takes, unless the host says otherwise, and at most: a wrong policy does not empty a table at once. */
  defaultRun: 10_000,
  maxRun: 1_000_000,
  /**
   * Documents a second. Convex itself deletes no more than 256: what is deleted is still in the index for some minutes, and
   * clearing that away has a rate too. Source: convex-backend, `system_table_cleanup`.
   */
  perSecond: 200,
  /** Of the wait between two batches that is left to chance, so that many apps do not knock at once. */
  jitter: 0.5,
  /** Without a word for so long (ms), a run is lost: a batch waits for seconds, and Convex repeats one that conflicts. */
  leaseMs: 5 * MINUTE,
} as const;

/** Documents whose removal failed. */
export const QUARANTINE = {
  /** Failures, one a run at most, until a document is left alone. */
  after: 5,
  /** How long a failure is remembered (ms): then the document has another chance. */
  keepMs: 30 * DAY,
  /** Rows that the end of a run prunes. */
  prune: 100,
} as const;

/** A preview. */
export const PREVIEW = {
  /** Documents that are counted one by one: beyond, it is "1000+". */
  maxCount: 1_000,
  /** Bytes read for one policy. With three policies, expiries and the trash, a preview stays within 16 MiB. */
  maxBytes: 2 * 1024 * 1024,
  /** Ids that are shown. */
  sample: 20,
} as const;
