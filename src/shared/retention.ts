/**
 * Retention: what crosses the boundary between a host and the component, and the limits.
 *
 * @module
 */
import { v, type Infer } from "convex/values";
import { vStatus } from "./documents.js";
import { vHostFunction } from "./functions.js";
import { vSkipReason } from "./jobs.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/* Ages. */

/** A length of time: the sum of its parts. */
export type Age = {
  days?: number;
  hours?: number;
  minutes?: number;
};

/** An age in ms. NaN for a part that is not a number, which `ageProblem` refuses. */
export function ageMs({ days = 0, hours = 0, minutes = 0 }: Age): number {
  const parts: unknown[] = [days, hours, minutes];
  // Plain JavaScript may pass text, which `+` would join.
  if (parts.some((part) => typeof part !== "number")) return NaN;
  return ((days * 24 + hours) * 60 + minutes) * 60_000;
}

/**
 * Why this cannot be an age, as a predicate, or `null`. Zero, a negative number and NaN would make everything due. Less than an
 * hour needs `allowShort`.
 */
export function ageProblem(ms: unknown, allowShort: boolean): string | null {
  // Also false for NaN.
  if (typeof ms !== "number" || !(ms > 0) || ms > AGE.mostMs) {
    return "must be a positive length of time, such as { days: 30 }.";
  }
  if (ms < AGE.leastMs && !allowShort) {
    return "is less than an hour, which needs allowShort: true.";
  }
  return null;
}

/** Limits of an age. */
export const AGE = {
  /** The shortest age (ms) without `allowShort`: minutes in the place of days would empty a table. */
  leastMs: HOUR,
  mostMs: 36_500 * DAY,
  /** Default time that the trash keeps a document (ms). */
  undoMs: 30 * DAY,
} as const;

/** Limits of the time at which a document expires, in ms. */
export const EXPIRY = {
  /** A day in March 1973. Seconds since 1970, passed by mistake, stay below it until the year 5138. */
  leastMs: 100_000_000_000,
  /** The last time of a JavaScript `Date`. */
  mostMs: 8_640_000_000_000_000,
} as const;

/* Policies, and the rules of single owners. */

/** What an age counts from: the last edit, or the creation. */
export const vAgeBy = v.union(v.literal("updatedAt"), v.literal("createdAt"));
export type AgeBy = Infer<typeof vAgeBy>;

/** Documents of one status are due once they are older than this, in ms. */
export const vRetentionPolicy = v.object({
  status: vStatus,
  olderThanMs: v.number(),
  by: vAgeBy,
});
export type StoredPolicy = Infer<typeof vRetentionPolicy>;

/** How long one owner's documents of one status are kept (ms); `null`: for ever. */
export const vOverride = v.object({
  status: vStatus,
  olderThanMs: v.union(v.null(), v.number()),
});
export type Override = Infer<typeof vOverride>;

/* Runs. */

/** What a run removes: documents by policies and their own `expiresAt`, or documents that have lain in the trash. */
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

/** Why a document is due: a policy's age, its own `expiresAt`, or its time in the trash. */
export const vDueReason = v.union(
  v.literal("age"),
  v.literal("expired"),
  v.literal("trash"),
);
export type DueReason = Infer<typeof vDueReason>;

/** What a run does. Kept in its row. */
export const vCleanup = v.object({
  /** The name of its job. */
  job: v.string(),
  target: vCleanupTarget,
  operation: vCleanupOperation,
  /** Documents of one batch, and of one run. */
  batchSize: v.number(),
  maxPerRun: v.number(),
  /** The name of the host's function that removes, where the host has hooks. Absent: the component removes. */
  worker: v.optional(v.string()),
});
export type Cleanup = Infer<typeof vCleanup>;

/** What starts a run. */
export const vCleanupStart = v.object({
  ...vCleanup.fields,
  worker: v.optional(vHostFunction),
});
export type CleanupStart = Infer<typeof vCleanupStart>;

/** What the host's function is called with: documents, each at the version that was due. */
export const vCleanupBatch = v.object({
  runId: v.string(),
  operation: vCleanupOperation,
  items: v.array(
    v.object({ id: v.string(), ifVersion: v.number(), reason: vDueReason }),
  ),
});
export type CleanupBatch = Infer<typeof vCleanupBatch>;

/** What the start of a run returns. The run goes on in the background. */
export const vCleanupStarted = v.union(
  v.object({ started: v.literal(true), runId: v.string() }),
  v.object({ started: v.literal(false), reason: vSkipReason }),
);
export type SweepStart = Infer<typeof vCleanupStarted>;

/** Limits of a run and of one batch of it. */
export const CLEANUP = {
  /** Documents of one batch, as the host's option has it by default. */
  defaultBatch: 100,
  /**
   * The option's highest value. A deletion counts as an index range read, of which Convex allows 4,096 a transaction, and a hook
   * reads each document twice more: this stays below half. Source: convex-backend, `get_inner` of `delete`.
   */
  maxBatch: 500,
  /** Rows that a batch reads to find due ones. It passes over those of owners with a rule of their own. */
  maxScan: 500,
  /** Owners with a rule of their own whose documents one batch reads. */
  maxOwners: 50,
  /**
   * Documents that a range of a run, or an owner with a rule of its own, takes in one turn; fewer where `maxPerRun` has no turn of
   * this size for each range. An owner's range is read from its beginning in each turn, so a small turn reads pinned documents
   * more often.
   */
  turn: 500,
  /** Documents of one run, by default and at most: a wrong policy does not empty a table at once. */
  defaultRun: 10_000,
  maxRun: 1_000_000,
  /**
   * Documents a second. Convex clears deleted rows out of its indexes at 256 a second, minutes later. Source: convex-backend,
   * `system_table_cleanup`.
   */
  perSecond: 200,
  /** Jitter: the random part of the wait between two batches. */
  jitter: 0.5,
  /** From the time of a batch until it is overdue (ms): it runs for a second. One that is only late costs a look. */
  graceMs: 10_000,
} as const;

/** Limits for documents whose removal failed. */
export const QUARANTINE = {
  /** Failures, at most one a run, until runs skip a document. */
  after: 5,
  /** How often the removal of one document alone may die until the document is in quarantine. */
  maxDeaths: 3,
  /** Documents in a row whose removal may die until the run itself is given up. */
  maxDead: 10,
  /** How long a failure is kept (ms). After that, runs try the document again. */
  keepMs: 30 * DAY,
  /** Old failures that the end of a run deletes. */
  prune: 100,
  /** Documents that one call releases at most. */
  release: 1_000,
} as const;

/* Previews. */

/** What one policy would remove. */
export const vForecast = v.object({
  reason: vDueReason,
  /** Absent: documents of any status. */
  status: v.optional(vStatus),
  /** Due documents were last changed, were created or have expired before this (ms). */
  cutoff: v.number(),
  /** How many were counted, whether there are more, and both as text: `"1000+"`. */
  count: v.number(),
  more: v.boolean(),
  shown: v.string(),
  /** Bytes of those counted. */
  bytes: v.number(),
  /** The time that makes the oldest one due (ms). */
  oldest: v.union(v.null(), v.number()),
  sample: v.array(v.string()),
});
export type Forecast = Infer<typeof vForecast>;

/** A document in quarantine, and why it is there. */
export const vQuarantined = v.object({
  id: v.string(),
  /** Of the last failure. */
  code: v.string(),
  failures: v.number(),
  /** The time of the last failure (ms). */
  since: v.number(),
  /** From when on runs try it again by themselves (ms). */
  until: v.number(),
});
export type Quarantined = Infer<typeof vQuarantined>;

export const vPreview = v.object({
  /** The time that the preview is for (ms). */
  at: v.number(),
  /** What the clean-up would remove: an entry a policy, then one for what has expired. */
  cleanup: v.array(vForecast),
  /** What the purge would remove. */
  purge: v.array(vForecast),
  /** Documents that runs pass over, because removing them failed too often: the first hundred. */
  quarantined: v.array(vQuarantined),
});
export type Preview = Infer<typeof vPreview>;

/** Limits of a preview. */
export const PREVIEW = {
  /** Documents that are counted one by one. Beyond, the text is "1000+". */
  maxCount: 1_000,
  /** Bytes read for one policy. Three policies, the expired and the trash together stay within 16 MiB. */
  maxBytes: 2 * 1024 * 1024,
  /** Ids in a sample. */
  sample: 20,
  /** Documents in quarantine that are listed. */
  quarantined: 100,
} as const;
