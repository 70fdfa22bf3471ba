/**
 * Arranging an attempt: two scheduled functions, one that makes it and one that finds out if the first was never heard of
 * again. Both carry the attempt's number and do nothing once the event has moved on, so a straggler cannot apply anything
 * twice.
 *
 * @module
 */
import { makeFunctionReference } from "convex/server";
import type { MutationCtx } from "../../component/_generated/server.js";
import { RETRY } from "../../shared/webhooks/limits.js";
import type { Route } from "../../shared/webhooks/validators.js";
import type { JobId, StoredEvent } from "./event.js";

/** Which attempt of which event. */
export type Which = { id: StoredEvent["_id"]; attempt: number };
export type AttemptCall = Which & {
  /** The attempt's watchdog, to be called off when it ends. */
  checkId: JobId;
  /** The route, where it was looked up a moment ago. Without it, the attempt looks it up when it comes to it. */
  route?: Route;
};

const attempt = makeFunctionReference<"mutation", AttemptCall>(
  "deliveries:attempt",
);
const check = makeFunctionReference<"mutation", Which>("deliveries:check");

/** Arranges an attempt in `wait` ms. */
export async function schedule(
  ctx: MutationCtx,
  which: Which,
  wait: number,
  route?: Route,
): Promise<void> {
  const checkId = await watch(ctx, which, wait + RETRY.mutationTimeoutMs);
  const call = { ...which, checkId, ...(route ? { route } : {}) };
  await ctx.scheduler.runAfter(wait, attempt, call);
}

/** Arranges the watchdog of an attempt. */
export async function watch(
  ctx: MutationCtx,
  which: Which,
  timeoutMs: number,
): Promise<JobId> {
  return await ctx.scheduler.runAfter(timeoutMs, check, which);
}

/** The columns that an event's next attempt may set, beside its own. */
type Columns = {
  roundStart?: number;
  bytes?: number;
  payloadId?: StoredEvent["payloadId"] | undefined;
  lastErrorCode?: StoredEvent["lastErrorCode"] | undefined;
  lastError?: string | undefined;
};

/** Arranges the next attempt of a stored event. A deploy may lie in between, so its route is not fixed now. */
export async function arm(
  ctx: MutationCtx,
  event: StoredEvent,
  wait: number,
  columns: Columns = {},
): Promise<void> {
  const which = { id: event._id, attempt: event.attempt + 1 };
  await schedule(ctx, which, wait);
  await ctx.db.patch("webhookEvents", event._id, {
    ...columns,
    status: "pending",
    attempt: which.attempt,
    at: Date.now() + wait,
    purgeAt: undefined,
  });
}
