/**
 * What a host says of a job.
 *
 * @module
 */
import type {
  FunctionReference_future,
  GenericActionCtx,
  GenericDataModel,
  GenericMutationCtx,
} from "convex/server";
import type {
  GenericValidator,
  Infer,
  ObjectType,
  PropertyValidators,
  VString,
} from "convex/values";
import type {
  Counts,
  JobAlert,
  JobClaim,
  Period,
  PeriodUnit,
} from "../shared/jobs/validators.js";

/** What a handler knows of its run. */
export type JobRun<
  Unit extends PeriodUnit | undefined = undefined,
  Cursor = string,
> = {
  runId: string;
  /** Counts from 1. */
  attempt: number;
  /** Proves that this attempt still counts. Pass it to a mutation of yours that calls `jobs.guard(ctx, claim)`. */
  claim: JobClaim;
  /** The same in every attempt of a run, for the services it calls. */
  idempotencyKey: string;
  /** Which piece of work, for a job with `key`. */
  key: string | undefined;
  /** The last complete period, or one that was missed: what the run is about, whenever it happens to run. */
  period: Unit extends PeriodUnit ? Period : undefined;
  /** What the last run that went to its end returned as `cursor`; `null` before the first. */
  cursor: Cursor | null;
};

/** What an action's handler knows besides. */
export type ActionRun<
  Unit extends PeriodUnit | undefined = undefined,
  Cursor = string,
> = JobRun<Unit, Cursor> & {
  /** Aborted at `timeoutMs`, and when `progress` finds that the run was cancelled. Hand it to `fetch`. */
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
  /** How many of what, under names of your own: at most 32. */
  counts?: Counts;
  /** Where the next run goes on: at most 8 KiB. Saved together with the end of the run, and only then. */
  cursor?: Cursor;
  /** `"partial"`: something was left out, and running again will not help. */
  status?: "success" | "partial";
  /** Why it ended where it did. */
  stopReason?: string;
};

/** Some of its ways may return nothing, and so may all. */
export type HandlerResult<Cursor> =
  Promise<JobResult<Cursor> | null | undefined> | Promise<void>;

/** What every job may say. */
export type JobOptions<
  Args extends PropertyValidators = Record<never, never>,
  Unit extends PeriodUnit | undefined = undefined,
  Cursor extends GenericValidator = VString,
> = {
  /** Validators of its arguments. They are stored with the scheduled functions for 7 days: never put a secret in. */
  args?: Args;
  /** Once per period of UTC's calendar. The handler is given the last one that is complete. Goes with neither `key` nor `overlap`. */
  period?: Unit;
  /** How many missed periods before the last are made up, the oldest first: 0 when not given, 31 at most. */
  catchUp?: number;
  /**
   * Which piece of work a call is about, 1 to 512 characters. A second call is skipped while the first is under way and after
   * it has succeeded, for 30 days; one that failed may be started again.
   */
  key?: (args: ObjectType<Args>) => string;
  /** What a call does that finds a run under way: `"skip"` when not given, or wait for its turn. */
  overlap?: "skip" | "queue";
  /** Attempts of one run: 4 after up to 30 s, 1 min and 2 min when not given. `baseMs` doubles up to `capMs`, each wait is drawn. */
  retry?: { attempts?: number; baseMs?: number; capMs?: number };
  /** After so many failed runs in a row nothing starts for so long (ms). Then one may try. */
  breaker?: { after: number; forMs: number };
  /**
   * An internal mutation of yours, or its path such as `"ops:alert"`, with the argument `alert` (`vJobAlert`). It is told once
   * of failures in a row, and once of the recovery. A path, where naming `internal` would make a type refer to itself.
   */
  onFailure?:
    | string
    | FunctionReference_future<"mutation", "internal", { alert: JobAlert }>;
  /** Failed runs in a row until `onFailure` is told: 1 when not given. */
  alertAfter?: number;
  /** Validator of the cursor: a string when not given. */
  cursor?: Cursor;
};

export type MutationJobOptions<
  DataModel extends GenericDataModel,
  Args extends PropertyValidators,
  Unit extends PeriodUnit | undefined,
  Cursor extends GenericValidator,
> = JobOptions<Args, Unit, Cursor> & {
  /**
   * Runs in the transaction that writes down its end: its effects and that word commit together. A throw undoes only its own
   * writes; the failed attempt is still recorded.
   */
  handler: (
    ctx: GenericMutationCtx<DataModel>,
    run: JobRun<Unit, Infer<Cursor>>,
    args: ObjectType<Args>,
  ) => HandlerResult<Infer<Cursor>>;
};

export type ActionJobOptions<
  DataModel extends GenericDataModel,
  Args extends PropertyValidators,
  Unit extends PeriodUnit | undefined,
  Cursor extends GenericValidator,
> = JobOptions<Args, Unit, Cursor> & {
  /** How long one attempt may take, in ms: 9 minutes when not given, 29 at most, and Node actions have 10. */
  timeoutMs?: number;
  /** May run twice: make what it does safe to repeat, by `run.idempotencyKey`, `run.cursor` and `jobs.guard`. */
  handler: (
    ctx: GenericActionCtx<DataModel>,
    run: ActionRun<Unit, Infer<Cursor>>,
    args: ObjectType<Args>,
  ) => HandlerResult<Infer<Cursor>>;
};
