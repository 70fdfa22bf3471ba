import type {
  FunctionArgs,
  FunctionReference,
  GenericActionCtx,
  GenericDataModel,
  GenericMutationCtx,
  OptionalRestArgs,
} from "convex/server";
import { getConvexSize, type Value } from "convex/values";
import type { ComponentApi } from "../component/_generated/component.js";
import type { DocsErrorData } from "../errors/codes.js";
import { getDocsError } from "../errors/data.js";
import { toText } from "../errors/plain.js";
import { checkFields } from "../shared/check.js";
import {
  docsError,
  fail,
  failure,
  invalid,
  invalidAt,
} from "../shared/failures.js";
import {
  JOB,
  JOB_TIMEOUT,
  type AttemptInput,
  type Counts,
  type JobClaim,
} from "../shared/jobs.js";
import { omitUndefined } from "../shared/omitUndefined.js";
import { isOverLimit, limitsForHandler } from "../shared/transactionLimits.js";
import type { ActionRun, HandlerResult, JobRun } from "./handler.js";
import type { DeclaredJob } from "./options.js";

export type MutationCtx = GenericMutationCtx<GenericDataModel>;
export type ActionCtx = GenericActionCtx<GenericDataModel>;

/** One attempt of a run, as the host's function makes it. */
export type Attempt = {
  component: ComponentApi;
  job: DeclaredJob;
  claim: JobClaim;
  /** What the job was called with. */
  args: Record<string, unknown>;
};

type JobHandler<Ctx, Run> = (
  ctx: Ctx,
  run: Run,
  args: Record<string, unknown>,
) => HandlerResult<unknown>;

/** Makes an attempt in an action: at least once, under a timeout. */
export async function performAction(
  ctx: ActionCtx,
  attempt: Attempt,
  handler: JobHandler<ActionCtx, ActionRun<undefined, unknown>>,
): Promise<void> {
  const { component, claim, job } = attempt;
  const entered = await ctx.runQuery(component.jobs.enter, { claim });
  if (!entered) return;
  const controller = new AbortController();
  const { signal } = controller;
  // Once: in Convex's runtime a second abort is dispatched again, and a fetch that hears it ends the action.
  const abort = (reason: unknown) => {
    if (!signal.aborted) controller.abort(reason);
  };
  const progress = async (counts: Counts) => {
    const call = { claim, counts: checkCounts(counts) };
    if (await ctx.runMutation(component.jobs.progress, call)) return;
    const error = supersededError(claim);
    abort(error);
    throw error;
  };
  // An attempt that begins late must end before it is taken for lost and the next one begins.
  const left = entered.watchAt - JOB_TIMEOUT.reportMs - Date.now();
  const timeoutMs = Math.max(0, Math.min(job.task.timeoutMs, left));
  let ending;
  try {
    const run = { ...jobRun(attempt, entered), signal, progress };
    const work = async () => await handler(ctx, run, attempt.args);
    ending = completeArgs(attempt, await withDeadline(timeoutMs, work()));
  } catch (error) {
    abort(error);
    await reportEnd(ctx, component.jobs.fail, failArgs(attempt, error));
    return;
  }
  await reportEnd(ctx, component.jobs.complete, ending);
}

/** Records how an action's attempt ended. A mutation that fails, as one on a hot row may, the scheduler repeats until it commits. */
async function reportEnd<End extends FunctionReference<"mutation", "internal">>(
  ctx: ActionCtx,
  end: End,
  args: FunctionArgs<End>,
): Promise<void> {
  // The types of `runMutation` leave out the arguments of a function that has none.
  const rest = [args] as unknown as OptionalRestArgs<End>;
  try {
    await ctx.runMutation(end, ...rest);
  } catch {
    await ctx.scheduler.runAfter(0, end, ...rest);
  }
}

/**
 * Makes an attempt in a mutation. The handler runs in a nested transaction: a throw undoes what it wrote, and the failure is
 * still recorded.
 */
export async function performMutation(
  ctx: MutationCtx,
  attempt: Attempt,
  self: FunctionReference<"mutation">,
): Promise<void> {
  const { component, claim, args } = attempt;
  const inner = { ...args, jobRun: { ...claim, inner: true } };
  try {
    const transactionLimits = await limitsForHandler(ctx);
    await ctx.runMutation(self, inner, { transactionLimits });
  } catch (error) {
    await ctx.runMutation(component.jobs.fail, failArgs(attempt, error));
  }
}

/** The nested transaction: the handler's writes and the end of the run commit together. */
export async function applyMutation(
  ctx: MutationCtx,
  attempt: Attempt,
  handler: JobHandler<MutationCtx, JobRun<undefined, unknown>>,
): Promise<void> {
  const { component, claim, args } = attempt;
  const entered = await ctx.runQuery(component.jobs.enter, { claim });
  if (!entered) return;
  const result = await handler(ctx, jobRun(attempt, entered), args);
  const ending = completeArgs(attempt, result);
  // False: the handler has cancelled its own run.
  if (!(await ctx.runMutation(component.jobs.complete, ending))) {
    throw supersededError(claim);
  }
}

/** CONFLICT for an attempt that was taken for lost, retried or cancelled, or is over. */
export function supersededError({ runId, attempt }: JobClaim): Error {
  const message = `Attempt ${attempt} of the run "${runId}" is superseded: stop, and write nothing more.`;
  const details = { documentId: runId, expected: attempt, actual: attempt + 1 };
  return fail(failure("CONFLICT", details, { message }));
}

/** Waits for the work until its timeout. What the work does afterwards does not count. */
async function withDeadline<T>(
  timeoutMs: number,
  work: PromiseLike<T>,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const message = `The attempt took longer than ${timeoutMs} ms.`;
      reject(docsError("TIMEOUT", {}, { message, retryable: true }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function jobRun(
  { job, claim }: Attempt,
  { name, key, attempt, period, cursor = null }: AttemptInput,
): JobRun<undefined, unknown> {
  // `jobs.start` was given the function of another job.
  if (name !== job.name) {
    const problem = `belongs to the job "${name}", and its function to "${job.name}".`;
    throw fail(invalidAt("run", problem));
  }
  return {
    runId: claim.runId,
    attempt,
    claim,
    idempotencyKey: `${job.name}:${claim.runId}`,
    key: key === "" ? undefined : key,
    // The type depends on the job's options, which this function does not know.
    period: period as undefined,
    cursor: checkCursor(job, cursor),
  };
}

function completeArgs(
  { job, claim }: Attempt,
  result: Awaited<HandlerResult<unknown>>,
) {
  const { counts, cursor, status = "success" } = result ?? {};
  const stopReason = checkStopReason(result?.stopReason);
  if (counts) checkCounts(counts);
  checkCursor(job, cursor);
  const saved = cursor as Value | undefined;
  if (saved !== undefined && getConvexSize(saved) > JOB.maxCursorBytes) {
    throw fail(
      invalidAt("cursor", `is larger than ${JOB.maxCursorBytes} bytes.`),
    );
  }
  const columns = omitUndefined({ counts, cursor: saved, stopReason });
  return { claim, status, ...columns };
}

/** Checks a cursor against the job's validator: one to be saved, or one saved before a deploy changed the validator. */
function checkCursor(job: DeclaredJob, cursor: unknown): unknown {
  if (cursor === undefined || cursor === null) return cursor;
  const issues = checkFields(job.cursorShape, { cursor });
  if (issues.length > 0) throw fail(invalid(issues));
  return cursor;
}

/** A name of a field that Convex stores. Source: https://docs.convex.dev/database/types#limits */
const COUNT_NAME = /^(?![$_])[ -~]{1,1024}$/;

function checkCounts(counts: Counts): Counts {
  const entries = Object.entries(counts);
  if (entries.length > JOB.maxCounts) {
    throw fail(invalidAt("counts", `must be at most ${JOB.maxCounts}.`));
  }
  for (const [name, count] of entries) {
    const problem = !COUNT_NAME.test(name)
      ? "must have a name of ASCII characters that does not begin with $ or _."
      : Number.isFinite(count)
        ? null
        : "must be a finite number.";
    if (problem) throw fail(invalidAt(`counts.${name}`, problem));
  }
  return counts;
}

function checkStopReason(stopReason: unknown): string | undefined {
  if (stopReason === undefined) return undefined;
  if (typeof stopReason === "string") {
    return toText(stopReason, JOB.maxNoteLength);
  }
  throw fail(invalidAt("stopReason", "must be a string."));
}

/** An error of this package says whether another attempt can help. Any other may pass, so it is retried. */
function failArgs({ claim, job }: Attempt, caught: unknown) {
  const data = getDocsError(caught);
  const code = isOverLimit(caught) ? "LIMIT_EXCEEDED" : "INTERNAL";
  const error: DocsErrorData =
    data === null || data.code === "UNKNOWN" ? failure(code, {}) : data;
  if (data === null) {
    // Its text may hold a secret: it goes to the log and not into a table.
    console.error(
      `The job "${job.name}" failed.`,
      // Convex's console prints an Error without its stack.
      caught instanceof Error ? caught.stack : caught,
    );
  }
  return { claim, error, transient: data?.retryable ?? true };
}
