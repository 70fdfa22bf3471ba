/**
 * Every number that bounds a job, with its unit and its reason.
 *
 * @module
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** What a job may say of itself. All of it stands in rows that are rewritten often. */
export const JOB = {
  /** Characters of a job's name, and of the key of one piece of its work. */
  maxName: 128,
  maxKey: 512,
  /** Counts and notes of one run, and characters of one note. */
  maxCounts: 32,
  maxNoteLength: 512,
  /** Bytes of a saved cursor. */
  maxCursorBytes: 8 * 1024,
} as const;

/** How long an attempt may take. */
export const TIMEOUT = {
  /** Of an action (ms), unless the host says otherwise: below the 10 minutes that Node actions have. */
  defaultMs: 9 * MINUTE,
  leastMs: SECOND,
  /** Below the 30 minutes that Convex's own runtime has. Source: https://docs.convex.dev/production/state/limits */
  mostMs: 29 * MINUTE,
  /** Of a mutation (ms): one runs for a second, the rest is queueing. */
  mutationMs: MINUTE,
  /** From an attempt's time until its watchdog takes it for dead (ms): what starting it and writing down its end may take. */
  graceMs: 30 * SECOND,
  /** Of that time, what a handler leaves for writing down its end (ms). */
  reportMs: 10 * SECOND,
  /** From the watchdog until whoever comes next takes the run for lost (ms): the watchdog, which knows more, goes first. */
  leaseSlackMs: 2 * MINUTE,
} as const;

/** Retries of one run. */
export const RETRY = {
  attempts: 4,
  mostAttempts: 20,
  baseMs: 30 * SECOND,
  leastMs: 10,
  capMs: 10 * MINUTE,
  mostMs: DAY,
} as const;

/** How often a job may be caught up, queued, and fail. */
export const STREAK = {
  /** Missed periods that are made up at most: a month of days, a day and a quarter of hours. */
  mostCatchUp: 31,
  /** Calls that wait behind a run. */
  mostQueued: 100,
  /** Failures in a row that a breaker or an alert may wait for. */
  mostFailures: 100,
  /** How long a breaker may stay open (ms). */
  mostOpenMs: DAY,
} as const;

/** History. */
export const HISTORY = {
  /** Runs of one job that are kept, by how they ended. Kubernetes keeps 3 and 1, too few to see a pattern. */
  successes: 30,
  failures: 100,
  /** How long a run is kept at most, and a key that was worked on (ms). */
  keepMs: 30 * DAY,
  /** One end of a run in this many starts a clean-up, so that ends which come together do not fight over the same rows. */
  pruneEvery: 8,
  /** Rows of one pass of a clean-up, which continues itself. */
  pass: 100,
  /** Until a clean-up starts, and between its passes (ms). */
  gapMs: SECOND,
  /** Runs of one page, asked for and at most; jobs of one list at most. */
  defaultPage: 20,
  maxPage: 100,
  maxJobs: 500,
} as const;
