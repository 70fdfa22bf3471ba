/**
 * Every number that bounds a webhook, with its unit and its reason.
 *
 * @module
 */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What one delivery may make us do. */
export const DELIVERY = {
  /** Bytes of a body, unless the host says less: a Convex document has 1 MiB, and a text costs its UTF-8 bytes. */
  maxBodyBytes: 900_000,
  /** Characters of an event's type and of its ordering key. */
  maxName: 256,
  /** Characters of a deduplication key. A longer one is replaced by its hash. */
  maxKey: 512,
  /** Characters of one stored header, and how many are stored. */
  maxHeaderValue: 1024,
  maxHeaders: 32,
  /** Seconds a sender is asked to wait when storing failed. */
  retryAfterSeconds: 30,
} as const;

/** Retrying an event. */
export const RETRY = {
  /** Attempts of one event, the first among them. With the waits below: about eleven hours, enough to deploy a fix. */
  maxAttempts: 8,
  /** Attempts a host may ask for: 30 more than the first eight are a week. */
  ceiling: 40,
  /** The first wait (ms), what each next one is multiplied by, and the longest. */
  firstMs: 5_000,
  leastMs: 10,
  factor: 5,
  capMs: 360 * MINUTE,
  /** How far a wait may be off, either way, so that events which failed together do not come back together. */
  jitter: 0.2,
  /** Until a mutation that was not heard of counts as dead (ms). One runs for a second; the rest is queueing. */
  mutationTimeoutMs: MINUTE,
  /**
   * The same for an action. Longer than any action may run, or a slow one would be started again while it still runs.
   * Source: https://docs.convex.dev/production/state/limits
   */
  actionTimeoutMs: 31 * MINUTE,
  /** What a host may set it to (ms). */
  minTimeoutMs: 1_000,
  maxTimeoutMs: DAY,
  /** Characters of an error's text that are kept. */
  maxErrorText: 500,
} as const;

/** How long things are kept, in days, unless the host says otherwise. */
export const RETENTION = {
  /** The body of an event that was applied. */
  bodyDays: 7,
  /** The row that recognises a duplicate. Longer than any sender retries (Stripe: 3 days). */
  dedupeDays: 30,
  /** An event that was not applied, with its body. */
  deadDays: 90,
  maxDays: 3650,
  dayMs: DAY,
} as const;

/** Work on many events at once. */
export const BULK = {
  /** Events of one page, asked for and at most. */
  defaultPage: 50,
  maxPage: 100,
  /** Rows a page looks at while it searches for those of one type. */
  maxScan: 1000,
  /** Rows of one pass of a clean-up, a resume or a sweep, each of which continues itself. */
  pass: 200,
  /** Bytes of bodies one pass may touch: half of what a transaction may read. */
  maxBytes: 8 * 1024 * 1024,
  /** Events replayed in one call. */
  maxReplay: 100,
  /** Rows of one status that are counted before the answer becomes "that many, and more". */
  maxCount: 100,
  /** A pending event this much over its time has lost its jobs: cancelled by hand, or with the component (ms). */
  overdueMs: 60 * MINUTE,
} as const;

/** Time between two written rejections of one source for one reason (ms): a flood of forgeries must not become writes. */
export const REJECTION_SPACING_MS = MINUTE;
