import type { Counts, JobClaim, Period, PeriodUnit } from "../shared/jobs.js";

/** What a handler knows of its run. */
export type JobRun<
  Unit extends PeriodUnit | undefined = undefined,
  Cursor = string,
> = {
  runId: string;
  /** Counts from 1. */
  attempt: number;
  /** Proves that this attempt still counts. Pass it to a mutation that calls `jobs.guard(ctx, claim)`. */
  claim: JobClaim;
  /** The same in every attempt of a run, for the services it calls. */
  idempotencyKey: string;
  /** Which piece of work, for a job with `key`. */
  key: string | undefined;
  /** The period that the run is about, for a job with `period`: the last complete one, or one that was missed. */
  period: Unit extends PeriodUnit ? Period : undefined;
  /** What the last good run returned as `cursor`; `null` before the first. */
  cursor: Cursor | null;
};

/** What an action's handler knows besides. */
export type ActionRun<
  Unit extends PeriodUnit | undefined = undefined,
  Cursor = string,
> = JobRun<Unit, Cursor> & {
  /** Aborted at `timeoutMs`, and when `progress` finds that the run was cancelled. Pass it to `fetch`. */
  signal: AbortSignal;
  /**
   * Shows how far the run is: all counts so far.
   *
   * @throws CONFLICT when this attempt no longer counts
   */
  progress: (counts: Counts) => Promise<void>;
};

/** What a handler may return. Nothing means: all went well. */
export type JobResult<Cursor = string> = {
  /** How many of what, under names of the job's own: at most 32. */
  counts?: Counts;
  /** Where the next run goes on: at most 8 KiB. Saved in the transaction that ends the run. */
  cursor?: Cursor;
  /** `"partial"`: something was left out, and running again will not help. Default: `"success"`. */
  status?: "success" | "partial";
  /** Why it ended where it did. */
  stopReason?: string;
};

/** Some of its paths may return nothing, and so may all. */
export type HandlerResult<Cursor> =
  Promise<JobResult<Cursor> | null | undefined> | Promise<void>;
