/**
 * Every number that bounds retention, with its unit and its reason.
 *
 * @module
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
export const SWEEP = {
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
