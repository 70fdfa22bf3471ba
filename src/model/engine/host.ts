/**
 * Calling a mutation of the host's: the only place that does so for background work. Jobs and the actions of webhooks are not called
 * but started: see `jobs/attempt.ts` and `component/deliveries.ts`.
 *
 * @module
 */
import type {
  DefaultFunctionArgs,
  FunctionHandle,
  TransactionLimits,
} from "convex/server";
import type { MutationCtx } from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { getDocsError } from "../../errors/data.js";
import type { Outcome } from "../../shared/documents.js";
import { failure } from "../../shared/failures.js";
import { isOverLimit } from "../../shared/transactionLimits.js";
import { handleOf } from "./functions.js";

/** What became of a call: its value, a function that is not deployed, or an error that left nothing written. */
export type HostResult<Value> =
  | { kind: "ok"; value: Value }
  | { kind: "missing" }
  | {
      kind: "failed";
      error: DocsErrorData;
      /** What was thrown. Its text may hold a secret. */
      cause: unknown;
    };

/**
 * The share of each limit that a transaction may have used when a call ends. It stays below half after what follows: recording
 * how the call ended, arranging what is next, and the one document by which a call may exceed its share.
 */
const SHARE = 0.4;

/**
 * Runs a mutation of the host's as a transaction inside this one. A throw, or a limit that it exceeds, undoes its writes and
 * nothing else; its reads stay counted in this transaction, so another try belongs in the next one.
 *
 * @param name of a function that the host has declared, or its handle
 * @param transactionLimits what the function may use. Default: what is left of two fifths of the transaction's limits
 */
export async function callHost<Value>(
  ctx: MutationCtx,
  name: string,
  args: DefaultFunctionArgs,
  transactionLimits?: TransactionLimits,
): Promise<HostResult<Value>> {
  const handle = await handleOf(ctx, name);
  if (handle === null) return { kind: "missing" };
  // A handle is text to a validator. The host made it of a reference that was checked to take these arguments.
  const mutation = handle as FunctionHandle<
    "mutation",
    DefaultFunctionArgs,
    Value
  >;
  transactionLimits ??= await shareOfTransaction(ctx);
  try {
    const value = await ctx.runMutation(mutation, args, { transactionLimits });
    return { kind: "ok", value };
  } catch (error) {
    return isMissingFunction(error)
      ? { kind: "missing" }
      : { kind: "failed", error: errorOf(error), cause: error };
  }
}

/**
 * As `callHost`, of a function that writes items and answers with one outcome each. One that answers anything else is not the
 * function that was meant: it is as missing as one that is not deployed.
 */
export async function callWorker(
  ctx: MutationCtx,
  name: string,
  args: DefaultFunctionArgs,
  items: number,
): Promise<HostResult<Outcome[]>> {
  const result = await callHost<unknown>(ctx, name, args);
  if (result.kind !== "ok") return result;
  const { value } = result;
  const isAnswer =
    Array.isArray(value) && value.length === items && value.every(isOutcome);
  return isAnswer ? { kind: "ok", value } : { kind: "missing" };
}

function isOutcome(value: unknown): value is Outcome {
  const { ok, error } = Object(value) as { ok?: unknown; error?: unknown };
  return ok === true || (ok === false && getDocsError(error) !== null);
}

/** Whether the host threw this on purpose: an error with data. Anything else is a mistake in its code. */
export function isDeliberate(cause: unknown): boolean {
  return (Object(cause) as { data?: unknown }).data !== undefined;
}

async function shareOfTransaction({
  meta,
}: MutationCtx): Promise<TransactionLimits> {
  const metrics = await meta.getTransactionMetrics();
  return Object.fromEntries(
    Object.entries(metrics).map(([name, { used, remaining }]) => [
      name,
      Math.max(0, Math.floor(SHARE * (used + remaining)) - used),
    ]),
  );
}

/** What this package reported through the function, and of any other error only its kind: its text may hold a secret. */
function errorOf(error: unknown): DocsErrorData {
  const data = getDocsError(error);
  if (data !== null && data.code !== "UNKNOWN") return data;
  return failure(isOverLimit(error) ? "LIMIT_EXCEEDED" : "INTERNAL", {});
}

/**
 * Whether an error says that a function is not deployed. The wordings are those of Convex's backend and of convex-test;
 * neither gives the error a code. Source: convex-backend, `model/src/components/handles.rs`.
 */
export function isMissingFunction(error: unknown): boolean {
  return (
    error instanceof Error &&
    /FunctionHandleNotFound|function handle .*not found|could not find (?:module|function|public function)|there is no such export/i.test(
      // The first line: what follows is a stack.
      error.message.slice(0, 500).split("\n", 1)[0] ?? "",
    )
  );
}
