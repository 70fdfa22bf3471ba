/**
 * What a handler's error means for its event.
 *
 * @module
 */
import type { MutationCtx } from "../../component/_generated/server.js";
import type { Failure } from "../../shared/webhooks/codes.js";
import { RETRY } from "../../shared/webhooks/limits.js";
import { retryWait } from "../../shared/webhooks/retry.js";
import type { Route } from "../../shared/webhooks/validators.js";
import { arm } from "./arm.js";
import {
  reasonColumns,
  settle,
  type JobId,
  type Reason,
  type StoredEvent,
} from "./event.js";

type Retries = Pick<Route, "maxAttempts" | "firstRetryMs">;

/** For an event whose handler is gone, and with it what was said of its retries. */
const DEFAULTS: Retries = {
  maxAttempts: RETRY.maxAttempts,
  firstRetryMs: RETRY.firstMs,
};

/** Retries the event, or gives it up: after its last attempt, or at once if the handler says that nothing will help. */
export async function failed(
  ctx: MutationCtx,
  event: StoredEvent,
  reason: Reason,
  route: Retries | undefined,
  checkId?: JobId,
): Promise<void> {
  const { maxAttempts, firstRetryMs } = route ?? DEFAULTS;
  const tries = event.attempt - event.roundStart;
  const isFinal =
    reason.code === "DO_NOT_RETRY" || reason.code === "PAYLOAD_INVALID";
  if (isFinal || tries >= maxAttempts) {
    const job = checkId ? { checkId } : {};
    await settle(ctx, event, "dead", { reason, ...job });
    return;
  }
  if (checkId) await ctx.scheduler.cancel(checkId);
  const wait = retryWait(tries, Math.random, firstRetryMs);
  await arm(ctx, event, wait, reasonColumns(event, reason));
}

/**
 * The wordings of Convex's backend and of convex-test; neither gives these errors a code. A function that is missing or of
 * another kind may be back after the next deploy, so both are retried.
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
  const text = textOf(error, data);
  if (data?.code === "DO_NOT_RETRY") return { code: "DO_NOT_RETRY", text };
  const known = WORDINGS.find(([wording]) => wording.test(text));
  return { code: known?.[1] ?? "HANDLER_FAILED", text };
}

type Data = { code?: unknown; message?: unknown };

/** The data of a ConvexError, which has become text if it crossed an action's boundary. */
function dataOf(error: unknown): Data | null {
  try {
    const { data } = error as { data?: unknown };
    const parsed: unknown = typeof data === "string" ? JSON.parse(data) : data;
    return typeof parsed === "object" ? parsed : null;
  } catch {
    return null;
  }
}

function textOf(error: unknown, data: Data | null): string {
  if (data) {
    const parts = [data.code, data.message];
    return parts.filter((part) => typeof part === "string").join(": ");
  }
  const message = error instanceof Error ? error.message : String(error);
  // What follows the first line is a stack, of which the deployment's own log knows more.
  return message.split("\n", 1)[0] ?? "";
}
