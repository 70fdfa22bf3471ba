/**
 * What a host says of a job.
 *
 * @module
 */
import {
  createFunctionHandle,
  makeFunctionReference,
  type FunctionReference,
  type FunctionReference_future,
  type GenericActionCtx,
  type GenericDataModel,
  type GenericMutationCtx,
} from "convex/server";
import type {
  GenericValidator,
  Infer,
  ObjectType,
  PropertyValidators,
  VString,
} from "convex/values";
import { fail, invalid } from "../shared/failures.js";
import {
  JOB,
  JOB_FAILURES,
  JOB_RETRY,
  JOB_TIMEOUT,
  type Counts,
  type JobAlert,
  type JobCall,
  type JobClaim,
  type Period,
  type PeriodUnit,
} from "../shared/jobs.js";
import { objectJson } from "../shared/validatorJson.js";

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

/*
 * Checks what a host says of a job, once, and works out what every call of it needs.
 */

type AnyJobOptions = JobOptions<
  PropertyValidators,
  PeriodUnit | undefined,
  GenericValidator
> & { timeoutMs?: number };

/** A job as its functions know it. */
export type DeclaredJob = {
  name: string;
  options: AnyJobOptions;
  /** What a task holds beside what only a running function can say. */
  task: Omit<JobCall, "handle" | "args" | "reaction">;
  cursorShape: ReturnType<typeof objectJson>;
};

const UNITS: readonly unknown[] = ["minute", "hour", "day", "week", "month"];

/** The name of the argument by which the component calls a job's function. */
export const REENTRY = "jobRun";

/** Throws for what is a mistake in the host's code. */
export function declareJob(
  name: string,
  kind: "mutation" | "action",
  options: AnyJobOptions,
): DeclaredJob {
  const refuse = (what: string) => {
    throw new Error(`convex-docs: the job "${name}": ${what}`);
  };
  if (!/^[\w.:/-]+$/.test(name) || name.length > JOB.maxName) {
    refuse("a name is 1 to 128 of A-Z a-z 0-9 _ . : / -.");
  }
  const { args = {}, period, key, overlap = "skip", catchUp = 0 } = options;
  if (Object.hasOwn(args, REENTRY)) refuse(`the argument ${REENTRY} is ours.`);
  if (period !== undefined && !UNITS.includes(period)) {
    refuse(`period is one of ${UNITS.join(", ")}.`);
  }
  if (period !== undefined && key) {
    refuse(
      "once per period or once per key, not both: make the period part of the key.",
    );
  }
  if (period === undefined && catchUp !== 0) refuse("catchUp needs a period.");
  if (overlap === "queue" && (period !== undefined || key)) {
    refuse("a queue is for a job with neither period nor key.");
  }
  const within = (
    option: string,
    value: number,
    least: number,
    most: number,
  ) => {
    if (!Number.isInteger(value) || value < least || value > most) {
      refuse(`${option} must be a whole number from ${least} to ${most}.`);
    }
  };
  const { attempts = JOB_RETRY.attempts, baseMs = JOB_RETRY.baseMs } =
    options.retry ?? {};
  const { capMs = Math.max(baseMs, JOB_RETRY.capMs) } = options.retry ?? {};
  within("catchUp", catchUp, 0, JOB_FAILURES.mostCatchUp);
  within("retry.attempts", attempts, 1, JOB_RETRY.mostAttempts);
  within("retry.baseMs", baseMs, JOB_RETRY.leastMs, JOB_RETRY.mostMs);
  within("retry.capMs", capMs, baseMs, JOB_RETRY.mostMs);
  const {
    timeoutMs = JOB_TIMEOUT.defaultMs,
    breaker,
    alertAfter = 1,
  } = options;
  within("timeoutMs", timeoutMs, JOB_TIMEOUT.leastMs, JOB_TIMEOUT.mostMs);
  within("alertAfter", alertAfter, 1, JOB_FAILURES.mostFailures);
  if (breaker) {
    within("breaker.after", breaker.after, 1, JOB_FAILURES.mostFailures);
    within("breaker.forMs", breaker.forMs, 1, JOB_FAILURES.mostOpenMs);
  }
  const { cursor } = options;
  return {
    name,
    options,
    task: {
      attempts,
      baseMs,
      capMs,
      timeoutMs: kind === "action" ? timeoutMs : JOB_TIMEOUT.mutationMs,
      queue: overlap === "queue",
      ...(period === undefined ? {} : { periods: { unit: period, catchUp } }),
    },
    cursorShape: objectJson(cursor ? { cursor } : {}),
  };
}

/** What the component has to know to make attempts of a call. `self` is the path of the job's own function. */
export async function jobCall(
  { task, options }: DeclaredJob,
  self: string,
  args: Record<string, unknown>,
): Promise<JobCall> {
  const { breaker, onFailure, alertAfter = 1 } = options;
  const alert = onFailure && {
    handle: await createFunctionHandle(
      typeof onFailure === "string"
        ? makeFunctionReference<"mutation">(onFailure)
        : // `createFunctionHandle` takes the older of the two types; at run time they are the same.
          (onFailure as unknown as FunctionReference<"mutation", "internal">),
    ),
    after: alertAfter,
  };
  return {
    ...task,
    handle: await createFunctionHandle(makeFunctionReference<"action">(self)),
    args,
    reaction: { ...(breaker ? { breaker } : {}), ...(alert ? { alert } : {}) },
  };
}

/** The key of a call. Throws VALIDATION_FAILED for one that cannot be. */
export function jobKey(
  { name, options: { key } }: DeclaredJob,
  args: Record<string, unknown>,
): string | undefined {
  if (!key) return undefined;
  const made: unknown = key(args);
  if (
    typeof made === "string" &&
    made !== "" &&
    made.length <= JOB.maxKey &&
    !/\p{Surrogate}/u.test(made)
  ) {
    return made;
  }
  const message = `the job "${name}" made a key that is not 1 to ${JOB.maxKey} characters of text.`;
  throw fail(invalid([{ path: "key", message }]));
}
