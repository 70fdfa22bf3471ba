import {
  createFunctionHandle,
  makeFunctionReference,
  type FunctionReference,
  type FunctionReference_future,
  type FunctionVisibility,
  type GenericActionCtx,
  type GenericDataModel,
  type GenericMutationCtx,
} from "convex/server";
import {
  v,
  type GenericValidator,
  type Infer,
  type ObjectType,
  type PropertyValidators,
  type VString,
} from "convex/values";
import { fail, invalidAt } from "../shared/failures.js";
import { wholeNumberProblem } from "../shared/issues.js";
import {
  JOB,
  JOB_FAILURES,
  JOB_RETRY,
  JOB_TIMEOUT,
  vPeriodUnit,
  type JobAlert,
  type JobCall,
  type PeriodUnit,
} from "../shared/jobs.js";
import { omitUndefined } from "../shared/omitUndefined.js";
import { objectJson } from "../shared/validatorJson.js";
import type { ActionRun, HandlerResult, JobRun } from "./handler.js";

/** What a mutation's job and an action's have in common. */
export type JobOptions<
  Args extends PropertyValidators = Record<never, never>,
  Unit extends PeriodUnit | undefined = undefined,
  Cursor extends GenericValidator = VString,
> = {
  /** Validators of its arguments: 256 KiB at most. They are stored with scheduled functions for 7 days: never put a secret in. */
  args?: Args;
  /** Once per period of UTC's calendar: a run is about the last complete one. Goes with neither `key` nor `overlap`. */
  period?: Unit;
  /** How many missed periods before the last are made up, the oldest first: at most 31. Default: 0. */
  catchUp?: number;
  /**
   * Which piece of work a call is about, 1 to 512 characters. A second call is skipped while the first is under way and after
   * it has succeeded, for 30 days; one that failed may be started again.
   */
  key?: (args: ObjectType<Args>) => string;
  /** What a call does that finds a run under way: start nothing, or wait for its turn. Default: `"skip"`. */
  overlap?: "skip" | "queue";
  /** Attempts of one run, and the random waits between them (ms): below `baseMs`, which doubles up to `capMs`. Default: 4, 30 s, 10 min. */
  retry?: { attempts?: number; baseMs?: number; capMs?: number };
  /** Circuit breaker: after this many failed runs in a row nothing starts for `forMs` (ms). Then one run may try. */
  breaker?: { after: number; forMs: number };
  /**
   * An internal mutation, or its path such as `"ops:alert"`, with the argument `alert` (`vJobAlert`). Called once after failures
   * in a row, and once after the recovery. Use a path where naming `internal` would make a type refer to itself.
   */
  onFailure?:
    | string
    | FunctionReference_future<"mutation", "internal", { alert: JobAlert }>;
  /** Failed runs in a row before `onFailure` is called. Default: 1. */
  alertAfter?: number;
  /** Validator of the cursor. Default: `v.string()`. */
  cursor?: Cursor;
};

export type MutationJobOptions<
  DataModel extends GenericDataModel,
  Args extends PropertyValidators,
  Unit extends PeriodUnit | undefined,
  Cursor extends GenericValidator,
> = JobOptions<Args, Unit, Cursor> & {
  /**
   * Runs in the transaction that ends the run: its effects and that end commit together. A throw undoes only the handler's
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
  /** How long one attempt may take (ms): at most 29 min, and Node actions have 10. Default: 9 min. */
  timeoutMs?: number;
  /** May run twice: make it safe to repeat, by `run.idempotencyKey`, `run.cursor` and `jobs.guard`. */
  handler: (
    ctx: GenericActionCtx<DataModel>,
    run: ActionRun<Unit, Infer<Cursor>>,
    args: ObjectType<Args>,
  ) => HandlerResult<Infer<Cursor>>;
};

type AnyJobOptions = JobOptions<
  PropertyValidators,
  PeriodUnit | undefined,
  GenericValidator
> & { timeoutMs?: number };

/** A job as its functions know it. */
export type DeclaredJob = {
  name: string;
  options: AnyJobOptions;
  /** The part of each call that the options decide. */
  task: Omit<JobCall, "handle" | "args" | "reaction">;
  argsShape: ReturnType<typeof objectJson>;
  cursorShape: ReturnType<typeof objectJson>;
};

/** The name of the argument by which the component calls a job's function. */
const REENTRY = "jobRun";

/**
 * Checks the options and sets their defaults.
 *
 * @throws Error for a mistake in the host's code
 */
export function declareJob(
  name: string,
  kind: "mutation" | "action",
  options: AnyJobOptions,
): DeclaredJob {
  checkOptions(name, options);
  const { args = {}, period, overlap, catchUp = 0, cursor } = options;
  const timeoutMs = options.timeoutMs ?? JOB_TIMEOUT.defaultMs;
  return {
    name,
    options,
    task: {
      ...retryPolicy(options),
      timeoutMs: kind === "action" ? timeoutMs : JOB_TIMEOUT.mutationMs,
      queue: overlap === "queue",
      ...(period === undefined ? {} : { periods: { unit: period, catchUp } }),
    },
    argsShape: objectJson(args),
    cursorShape: objectJson({ cursor: cursor ?? v.string() }),
  };
}

function retryPolicy({ retry = {} }: AnyJobOptions) {
  const { attempts = JOB_RETRY.attempts, baseMs = JOB_RETRY.baseMs } = retry;
  const { capMs = Math.max(baseMs, JOB_RETRY.capMs) } = retry;
  return { attempts, baseMs, capMs };
}

const PERIOD_UNITS: readonly unknown[] = vPeriodUnit.members.map(
  ({ value }) => value,
);

function checkOptions(name: string, options: AnyJobOptions): void {
  const refuse = (sentence: string) => {
    throw new Error(`convex-docs: the job "${name}": ${sentence}`);
  };
  if (!/^[\w.:/-]+$/.test(name) || name.length > JOB.maxName) {
    refuse("A name is 1 to 128 of A-Z a-z 0-9 _ . : / -.");
  }
  const { args = {}, period, key, overlap, catchUp = 0 } = options;
  if (Object.hasOwn(args, REENTRY)) {
    refuse(`The argument ${REENTRY} is reserved.`);
  }
  if (period !== undefined && !PERIOD_UNITS.includes(period)) {
    refuse(`period is one of ${PERIOD_UNITS.join(", ")}.`);
  }
  if (period !== undefined && key) {
    refuse(
      "period and key exclude each other: make the period part of the key.",
    );
  }
  if (period === undefined && catchUp !== 0) refuse("catchUp needs a period.");
  if (overlap === "queue" && (period !== undefined || key)) {
    refuse("A queue is for a job with neither period nor key.");
  }
  for (const [option, value, least, most] of optionRanges(options)) {
    const problem = wholeNumberProblem(value, least, most);
    if (problem) refuse(`${option} ${problem}`);
  }
}

type OptionRange = [option: string, value: number, least: number, most: number];

/** Each number among the options, and its range. */
function optionRanges(options: AnyJobOptions): OptionRange[] {
  const { attempts, baseMs, capMs } = retryPolicy(options);
  const { leastMs, mostMs, mostAttempts } = JOB_RETRY;
  const { mostCatchUp, mostFailures, mostOpenMs } = JOB_FAILURES;
  const { catchUp = 0, alertAfter = 1, breaker } = options;
  const { timeoutMs = JOB_TIMEOUT.defaultMs } = options;
  const ofBreaker: OptionRange[] = breaker
    ? [
        ["breaker.after", breaker.after, 1, mostFailures],
        ["breaker.forMs", breaker.forMs, 1, mostOpenMs],
      ]
    : [];
  return [
    ["catchUp", catchUp, 0, mostCatchUp],
    ["retry.attempts", attempts, 1, mostAttempts],
    ["retry.baseMs", baseMs, leastMs, mostMs],
    ["retry.capMs", capMs, baseMs, mostMs],
    ["timeoutMs", timeoutMs, JOB_TIMEOUT.leastMs, JOB_TIMEOUT.mostMs],
    ["alertAfter", alertAfter, 1, mostFailures],
    ...ofBreaker,
  ];
}

/** All that the component needs to make attempts of a call. `reference` is the job's own function. */
export async function jobCall(
  job: DeclaredJob,
  reference: FunctionReference<"mutation" | "action", FunctionVisibility>,
  args: Record<string, unknown>,
): Promise<JobCall> {
  const { breaker, alertAfter = 1 } = job.options;
  const handle = await alertHandle(job);
  const alert = handle === null ? undefined : { handle, after: alertAfter };
  return {
    ...job.task,
    handle: await createFunctionHandle(reference),
    args,
    reaction: omitUndefined({ breaker, alert }),
  };
}

/** The handle of `onFailure`. One that is not deployed is logged: it costs its alerts and not the job. */
async function alertHandle({
  name,
  options: { onFailure },
}: DeclaredJob): Promise<string | null> {
  if (onFailure === undefined) return null;
  try {
    return await createFunctionHandle(
      typeof onFailure === "string"
        ? makeFunctionReference<"mutation">(onFailure)
        : // `createFunctionHandle` takes the older of the two types; at run time they are the same.
          (onFailure as unknown as FunctionReference<"mutation", "internal">),
    );
  } catch {
    console.error(`The onFailure of the job "${name}" is not deployed.`);
    return null;
  }
}

/**
 * The key of a call.
 *
 * @throws VALIDATION_FAILED for a key that is no text, too long, or half a surrogate pair
 */
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
  const problem = `of the job "${name}" must be 1 to ${JOB.maxKey} characters of text.`;
  throw fail(invalidAt("key", problem));
}
