/**
 * What crosses the boundary between a host and the component about jobs: validators, which are the source of the types, and
 * limits.
 *
 * @module
 */
import { v, type Infer, type Validator, type Value } from "convex/values";
import { vDocsErrorData } from "./errorData.js";

/*
 * A run and its attempts.
 */

/**
 * How a run stands. `partial`: it ended well and left something out. `lost`: its last attempt died without a word. `canceled`:
 * an operator ended it.
 */
export const vRunStatus = v.union(
  v.literal("running"),
  v.literal("success"),
  v.literal("partial"),
  v.literal("failed"),
  v.literal("lost"),
  v.literal("canceled"),
);
export type RunStatus = Infer<typeof vRunStatus>;

/**
 * What started a run: a call of its function (by a cron, the scheduler or an operator), a period that was missed, a call that
 * had to wait, or the loss of the run before it.
 */
export const vTrigger = v.union(
  v.literal("call"),
  v.literal("catchUp"),
  v.literal("queue"),
  v.literal("resume"),
);
export type Trigger = Infer<typeof vTrigger>;

export const vPeriodUnit = v.union(
  v.literal("minute"),
  v.literal("hour"),
  v.literal("day"),
  v.literal("week"),
  v.literal("month"),
);
export type PeriodUnit = Infer<typeof vPeriodUnit>;

/** A nominal period in UTC: `start` inclusive, `end` exclusive, in ms. */
export const vPeriod = v.object({
  /** Such as `"2026-11-22"`, `"2026-11-22T05"`, `"2026-W47"`, `"2026-11"`. */
  key: v.string(),
  start: v.number(),
  end: v.number(),
});
export type Period = Infer<typeof vPeriod>;

/** How much a run has done, by names that the job chooses. */
export const vCounts = v.record(v.string(), v.number());
export type Counts = Infer<typeof vCounts>;

/** What a run remembers, such as a cutoff or a mode. */
export const vNotes = v.record(v.string(), v.union(v.string(), v.number()));
export type Notes = Infer<typeof vNotes>;

/** Where a job goes on: any Convex value, of the validator that the job declares. */
export const vCursor = v.any() as Validator<Value>;

/** The columns of a run. */
export const runColumns = {
  name: v.string(),
  /** Which piece of work; `""` for a job without keys. */
  key: v.string(),
  status: vRunStatus,
  trigger: vTrigger,
  /** Counts from 1. An earlier attempt is superseded: what it still does no longer counts. */
  attempt: v.number(),
  period: v.optional(vPeriod),
  counts: vCounts,
  notes: v.optional(vNotes),
  cursor: v.optional(vCursor),
  /** In ms. */
  startedAt: v.number(),
  finishedAt: v.optional(v.number()),
  /** While it waits for its next attempt: when that is due (ms). */
  dueAt: v.optional(v.number()),
  /** Why it ended, where the status does not say. */
  stopReason: v.optional(v.string()),
  /** Why the last failed attempt failed. */
  error: v.optional(vDocsErrorData),
};

/** A run as an operator sees it. */
export const vRun = v.object({
  runId: v.string(),
  ...runColumns,
  /** While it waits for a function of the app that is not deployed: which one. It costs no attempt. */
  waitsFor: v.optional(v.string()),
});
export type Run = Infer<typeof vRun>;

/** A lease token: which attempt of which run. An attempt shows it to prove that it still counts. */
export const vJobClaim = v.object({ runId: v.string(), attempt: v.number() });
export type JobClaim = Infer<typeof vJobClaim>;

/** What an attempt works with. */
export const vAttemptInput = v.object({
  /** The job of the run. */
  name: v.string(),
  key: v.string(),
  /** Counts from 1. */
  attempt: v.number(),
  period: v.optional(vPeriod),
  cursor: v.optional(vCursor),
  /** When it is taken for lost (ms). */
  watchAt: v.number(),
});
export type AttemptInput = Infer<typeof vAttemptInput>;

/*
 * A job, or one key of it.
 */

/** The columns of a job, or of one key of it. */
export const jobColumns = {
  name: v.string(),
  /** `""`: the job itself. */
  key: v.string(),
  paused: v.boolean(),
  /** Failures in a row, and the time of the last one ever (ms). */
  failures: v.number(),
  lastFailedAt: v.optional(v.number()),
  /** Until when nothing new starts (ms), after too many failures in a row. */
  openUntil: v.optional(v.number()),
  /** Whether `onFailure` was called for the failures, and must be called for the recovery. */
  alerted: v.optional(v.boolean()),
  /** The unit of its periods, and up to where they are done (ms). */
  unit: v.optional(vPeriodUnit),
  doneUntil: v.optional(v.number()),
  /** Whether the work of this key is done. */
  done: v.optional(v.boolean()),
  /** Where the next run goes on. */
  cursor: v.optional(vCursor),
};

/** How a job, or one key of it, stands. */
export const vJobStatus = v.object({
  job: v.string(),
  key: v.string(),
  paused: v.boolean(),
  failures: v.number(),
  lastFailedAt: v.union(v.null(), v.number()),
  breakerOpenUntil: v.union(v.null(), v.number()),
  /** When the next period is complete (ms): in the past if it is overdue. `null` without periods, or before the first run. */
  nextDueAt: v.union(v.null(), v.number()),
  cursor: v.optional(vCursor),
  /** The run that is under way, or else the last one. `null`: none, or it has been deleted. */
  run: v.union(v.null(), vRun),
});
export type JobStatus = Infer<typeof vJobStatus>;

/** Names of the component's own jobs. An operator may pause one before its first run. */
export const OWN_JOBS = {
  cleanup: "cleanupOldDrafts",
  purge: "purgeTrash",
} as const;

/*
 * A call of a job.
 */

/** What follows from failed runs. */
export const vFailurePolicy = v.object({
  /** Circuit breaker: after this many failures in a row nothing new starts for `forMs` (ms). */
  breaker: v.optional(v.object({ after: v.number(), forMs: v.number() })),
  /** The host's `onFailure`: called once after this many failures in a row, and once after the recovery. */
  alert: v.optional(v.object({ handle: v.string(), after: v.number() })),
});
export type FailurePolicy = Infer<typeof vFailurePolicy>;

/** The argument of the host's `onFailure`. */
export const vJobAlert = v.object({
  job: v.string(),
  /** The key whose run was the last to fail, or the first to succeed. */
  key: v.optional(v.string()),
  kind: v.union(v.literal("failing"), v.literal("recovered")),
  /** Failures in a row so far. */
  failures: v.number(),
  runId: v.string(),
  error: v.optional(vDocsErrorData),
});
export type JobAlert = Infer<typeof vJobAlert>;

const callColumns = {
  args: v.record(v.string(), v.any()),
  attempts: v.number(),
  baseMs: v.number(),
  capMs: v.number(),
  timeoutMs: v.number(),
  periods: v.optional(v.object({ unit: vPeriodUnit, catchUp: v.number() })),
  /** Whether a call that finds a run under way waits for its turn. */
  queue: v.boolean(),
};

/** How to make attempts, and what follows from their end. The host sends it with each call, because a deploy may change it. */
export const vJobCall = v.object({
  ...callColumns,
  /** Handle of the host's function. */
  handle: v.string(),
  reaction: vFailurePolicy,
});
export type JobCall = Infer<typeof vJobCall>;

/** A call as its run and the queue keep it: the functions are found by the job's name. */
export const vStoredCall = v.object({
  ...callColumns,
  reaction: v.object({
    breaker: v.optional(v.object({ after: v.number(), forMs: v.number() })),
    alert: v.optional(
      v.object({
        after: v.number(),
        /** Of rows from before functions had names. */
        handle: v.optional(v.string()),
      }),
    ),
  }),
  /** Of rows from before functions had names. */
  handle: v.optional(v.string()),
});
export type StoredCall = Infer<typeof vStoredCall>;

/** Why a call started nothing. */
export const vSkipReason = v.union(
  v.literal("paused"),
  v.literal("overlap"),
  v.literal("breaker"),
  v.literal("done"),
  v.literal("queueFull"),
);
export type SkipReason = Infer<typeof vSkipReason>;

/** The outcome of a call. */
export const vStarted = v.union(
  v.object({ runId: v.string() }),
  v.object({ queued: v.literal(true) }),
  v.object({ skipped: vSkipReason }),
);
export type Started = Infer<typeof vStarted>;

/*
 * Limits.
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** Sizes. All of it stands in rows that are written often. */
export const JOB = {
  /** Characters of a job's name, and of the key of one piece of its work. */
  maxName: 128,
  maxKey: 512,
  /** Counts and notes of one run, and characters of one note. */
  maxCounts: 32,
  maxNoteLength: 512,
  /** Bytes of a saved cursor. */
  maxCursorBytes: 8 * 1024,
  /** Bytes of a call's arguments: they are part of the row of its run, of which Convex takes 1 MiB. */
  maxArgsBytes: 256 * 1024,
} as const;

/** How long an attempt may take. */
export const JOB_TIMEOUT = {
  /** Of an action by default (ms): below the 10 minutes that Node actions have. */
  defaultMs: 9 * MINUTE,
  leastMs: SECOND,
  /** Below the 30 minutes that Convex's own runtime has. Source: https://docs.convex.dev/production/state/limits */
  mostMs: 29 * MINUTE,
  /** Of a mutation (ms): one runs for a second, the rest is queueing. */
  mutationMs: MINUTE,
  /** From an attempt's timeout until it is taken for lost (ms): what starting it and recording its end may take. */
  graceMs: 30 * SECOND,
  /** The part of that time that is kept for recording the end (ms). */
  reportMs: 10 * SECOND,
} as const;

/** Retries of one run. */
export const JOB_RETRY = {
  attempts: 4,
  mostAttempts: 20,
  baseMs: 30 * SECOND,
  leastMs: 10,
  capMs: 10 * MINUTE,
  mostMs: DAY,
} as const;

/** Catching up, queues and failures. */
export const JOB_FAILURES = {
  /** Missed periods that are made up at most: a month of days, a day and a quarter of hours. */
  mostCatchUp: 31,
  /** Calls that wait behind a run. */
  mostQueued: 100,
  /** Between two looks at a call that waits (ms). The end of the run before it starts it at once, and so does a resume. */
  queueLookMs: 10 * MINUTE,
  pausedLookMs: DAY,
  /** From the time of a look until it is overdue (ms). */
  queueGraceMs: MINUTE,
  /** Failures in a row that a breaker or an alert may wait for. */
  mostFailures: 100,
  /** How long a breaker may stay open (ms). */
  mostOpenMs: DAY,
} as const;

/** History: which runs are kept, and how they are listed. */
export const JOB_HISTORY = {
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
  /** The most runs of one page. */
  maxPage: 100,
  /** The most jobs of one list. */
  maxJobs: 500,
} as const;
