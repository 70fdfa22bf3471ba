/**
 * Checks what a host says of a job, once, and works out what every call of it needs.
 *
 * @module
 */
import {
  createFunctionHandle,
  makeFunctionReference,
  type FunctionReference,
} from "convex/server";
import type { GenericValidator, PropertyValidators } from "convex/values";
import { fail, invalid } from "../shared/failures.js";
import { JOB, RETRY, STREAK, TIMEOUT } from "../shared/jobs/limits.js";
import type { PeriodUnit, Task } from "../shared/jobs/validators.js";
import { shapeOf } from "../shared/shape.js";
import type { JobOptions } from "./options.js";

type Options = JobOptions<
  PropertyValidators,
  PeriodUnit | undefined,
  GenericValidator
> & { timeoutMs?: number };

/** A job as its functions know it. */
export type Declared = {
  name: string;
  options: Options;
  /** What a task holds beside what only a running function can say. */
  task: Omit<Task, "handle" | "args" | "reaction">;
  cursorShape: ReturnType<typeof shapeOf>;
};

const UNITS: readonly unknown[] = ["minute", "hour", "day", "week", "month"];

/** The name of the argument by which the component calls a job's function. */
export const REENTRY = "jobRun";

/** Throws for what is a mistake in the host's code. */
export function declare(
  name: string,
  kind: "mutation" | "action",
  options: Options,
): Declared {
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
  const { attempts = RETRY.attempts, baseMs = RETRY.baseMs } =
    options.retry ?? {};
  const { capMs = Math.max(baseMs, RETRY.capMs) } = options.retry ?? {};
  within("catchUp", catchUp, 0, STREAK.mostCatchUp);
  within("retry.attempts", attempts, 1, RETRY.mostAttempts);
  within("retry.baseMs", baseMs, RETRY.leastMs, RETRY.mostMs);
  within("retry.capMs", capMs, baseMs, RETRY.mostMs);
  const { timeoutMs = TIMEOUT.defaultMs, breaker, alertAfter = 1 } = options;
  within("timeoutMs", timeoutMs, TIMEOUT.leastMs, TIMEOUT.mostMs);
  within("alertAfter", alertAfter, 1, STREAK.mostFailures);
  if (breaker) {
    within("breaker.after", breaker.after, 1, STREAK.mostFailures);
    within("breaker.forMs", breaker.forMs, 1, STREAK.mostOpenMs);
  }
  const { cursor } = options;
  return {
    name,
    options,
    task: {
      attempts,
      baseMs,
      capMs,
      timeoutMs: kind === "action" ? timeoutMs : TIMEOUT.mutationMs,
      queue: overlap === "queue",
      ...(period === undefined ? {} : { periods: { unit: period, catchUp } }),
    },
    cursorShape: shapeOf(cursor ? { cursor } : {}),
  };
}

/** What the component has to know to make attempts of a call. `self` is the path of the job's own function. */
export async function taskOf(
  { task, options }: Declared,
  self: string,
  args: Record<string, unknown>,
): Promise<Task> {
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
export function keyOf(
  { name, options: { key } }: Declared,
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
