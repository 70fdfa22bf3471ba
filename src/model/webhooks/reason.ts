/**
 * Why an attempt failed, from what its handler threw.
 *
 * @module
 */
import { NAMESPACE } from "../../errors/codes.js";
import { WEBHOOK_RETRY, type Failure } from "../../shared/webhooks.js";
import type { Reason } from "./event.js";

/**
 * The messages of Convex's backend and of convex-test; neither gives these errors a code. A deploy may bring back a function
 * that is missing or of another kind, so both are retried.
 */
const WORDINGS: [RegExp, Failure][] = [
  [
    /FunctionHandleNotFound|handle .*not found|Could not find (?:module|function)|there is no such export/i,
    "HANDLER_NOT_FOUND",
  ],
  [
    /is not an? (?:mutation|action)\b|but it is defined as/i,
    "HANDLER_KIND_MISMATCH",
  ],
];

/** Why a handler failed. Never throws, whatever was thrown. */
export function reasonOf(error: unknown): Reason {
  const data = dataOf(error);
  // Cut before a pattern reads it: a handler's message may quote a whole payload.
  const text = textOf(error, data).slice(0, WEBHOOK_RETRY.maxErrorRead);
  // An error of this package says whether a retry can help, as it does to a job.
  const isFinal = data?.ns === NAMESPACE && data.retryable === false;
  if (isFinal || data?.code === "DO_NOT_RETRY") {
    return { code: "DO_NOT_RETRY", text };
  }
  const known = WORDINGS.find(([wording]) => wording.test(text));
  return { code: known?.[1] ?? "HANDLER_FAILED", text };
}

type ErrorData = {
  ns?: unknown;
  code?: unknown;
  message?: unknown;
  retryable?: unknown;
};

/** The data of a ConvexError. It is text if it crossed an action's boundary. */
function dataOf(error: unknown): ErrorData | null {
  try {
    const { data } = error as { data?: unknown };
    const parsed: unknown = typeof data === "string" ? JSON.parse(data) : data;
    return typeof parsed === "object" ? parsed : null;
  } catch {
    return null;
  }
}

function textOf(error: unknown, data: ErrorData | null): string {
  if (data) {
    const parts = [data.code, data.message];
    return parts.filter((part) => typeof part === "string").join(": ");
  }
  // The other lines are the stack, which the log of the deployment has.
  return messageOf(error).split("\n", 1)[0] ?? "";
}

/** Empty where what was thrown has no text, as an object without a prototype. */
function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "";
  }
}

/**
 * Whether the action itself is not deployed. Narrower than for a mutation, whose writes are undone: a function that an action
 * calls may be missing as well, and to wait for that would run the action again and again.
 */
export function isMissingHandle(error: unknown): boolean {
  return /FunctionHandleNotFound|function handle .*not found/i.test(
    textOf(error, null).slice(0, WEBHOOK_RETRY.maxErrorRead),
  );
}
