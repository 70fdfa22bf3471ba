/**
 * One attempt to apply an event. A mutation runs inside the transaction that marks the event as processed, so its effects and
 * that mark commit together or not at all: exactly once. An action runs at least once.
 *
 * An attempt is two scheduled functions: one that makes it, and a watchdog that finds out if the first never reported its end.
 * Both carry the attempt's number and do nothing once the event has moved on, so a late one applies nothing twice.
 *
 * @module
 */
import type { FunctionHandle } from "convex/server";
import { jsonToConvex, type JSONValue, type Value } from "convex/values";
import { internal } from "../../component/_generated/api.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { NAMESPACE } from "../../errors/codes.js";
import { limitsForHandler } from "../../shared/transactionLimits.js";
import {
  WEBHOOK_RETRY,
  type Failure,
  type Route,
  type WebhookEvent,
} from "../../shared/webhooks.js";
import { backoff } from "../backoff.js";
import {
  finalize,
  findEvent,
  reasonColumns,
  type Reason,
  type ScheduledId,
  type StoredEvent,
} from "./event.js";
import { findSource, routeOf } from "./source.js";

/** Which attempt of which event. */
type EventAttempt = { id: StoredEvent["_id"]; attempt: number };
export type AttemptCall = EventAttempt & {
  /** The watchdog of the attempt, cancelled when it ends. */
  checkId: ScheduledId;
};

/** Schedules an attempt in `wait` ms, and its watchdog. */
export async function scheduleEventAttempt(
  ctx: MutationCtx,
  which: EventAttempt,
  wait: number,
): Promise<void> {
  const checkId = await scheduleEventTimeout(
    ctx,
    which,
    wait + WEBHOOK_RETRY.mutationTimeoutMs,
  );
  const call = { ...which, checkId };
  await ctx.scheduler.runAfter(wait, internal.deliveries.attempt, call);
}

/** The columns that the next attempt may set, beside its own. */
type AttemptColumns = {
  roundStart?: number;
  bytes?: number;
  payloadId?: StoredEvent["payloadId"] | undefined;
  lastErrorCode?: StoredEvent["lastErrorCode"] | undefined;
  lastError?: string | undefined;
};

/** Schedules the next attempt of a stored event. Its route is looked up then: a deploy may change it in between. */
export async function scheduleNextAttempt(
  ctx: MutationCtx,
  event: StoredEvent,
  wait: number,
  columns: AttemptColumns = {},
): Promise<void> {
  const which = { id: event._id, attempt: event.attempt + 1 };
  await scheduleEventAttempt(ctx, which, wait);
  await ctx.db.patch("webhookEvents", event._id, {
    ...columns,
    status: "pending",
    attempt: which.attempt,
    at: Date.now() + wait,
    purgeAt: undefined,
  });
}

/** Schedules the watchdog of an attempt. */
async function scheduleEventTimeout(
  ctx: MutationCtx,
  which: EventAttempt,
  timeoutMs: number,
): Promise<ScheduledId> {
  const watchdog = internal.deliveries.check;
  return await ctx.scheduler.runAfter(timeoutMs, watchdog, which);
}

/* Making an attempt */

/** Makes an attempt. Does nothing once the event has moved on. */
export async function attemptEvent(
  ctx: MutationCtx,
  { id, attempt: number, checkId }: AttemptCall,
): Promise<void> {
  const event = await ctx.db.get("webhookEvents", id);
  if (event?.status !== "pending" || event.attempt !== number) return;
  const source = await findSource(ctx, event.source);
  if (source?.paused) {
    await holdEvent(ctx, event, checkId);
    return;
  }
  const route = routeOf(source, event.type);
  if (!route) {
    const reason = { code: "HANDLER_NOT_FOUND", text: "No handler." } as const;
    await failEventAttempt(ctx, event, reason, undefined, checkId);
    return;
  }
  if (route.kind === "action") {
    await startAction(ctx, event, route, checkId);
    return;
  }
  const outcome = await runMutationHandler(ctx, event, route);
  if (outcome === null) {
    await finalize(ctx, event, "processed", { checkId });
    return;
  }
  await failEventAttempt(ctx, event, outcome, route, checkId);
}

/** Holds an event whose source was paused after this attempt was scheduled. */
async function holdEvent(
  ctx: MutationCtx,
  event: StoredEvent,
  checkId: ScheduledId,
): Promise<void> {
  await ctx.scheduler.cancel(checkId);
  await ctx.db.patch("webhookEvents", event._id, {
    status: "held",
    at: Date.now(),
  });
}

/** Starts an action, and a watchdog that waits for as long as the action may take. */
async function startAction(
  ctx: MutationCtx,
  event: StoredEvent,
  route: Route,
  checkId: ScheduledId,
): Promise<void> {
  await ctx.scheduler.cancel(checkId);
  const which = { id: event._id, attempt: event.attempt };
  const watchdog = await scheduleEventTimeout(ctx, which, route.timeoutMs);
  await ctx.scheduler.runAfter(0, internal.deliveries.perform, {
    ...which,
    checkId: watchdog,
  });
  await ctx.db.patch("webhookEvents", event._id, {
    status: "running",
    at: Date.now(),
  });
}

/** Runs the handler in a sub-transaction. Returns why it failed, its writes undone; `null` on success. */
async function runMutationHandler(
  ctx: MutationCtx,
  event: StoredEvent,
  { handle }: Route,
): Promise<Reason | null> {
  try {
    const handled = await envelopeOf(ctx, event);
    if (!handled) return GONE;
    const transactionLimits = await limitsForHandler(ctx);
    // The host made the handle from a reference to a mutation of this type.
    const mutation = handle as FunctionHandle<"mutation", Handled>;
    await ctx.runMutation(mutation, handled, { transactionLimits });
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

const GONE = { code: "PAYLOAD_INVALID", text: "Its body is gone." } as const;

/* The end of an attempt */

/** What a started action calls; `null` once the event has moved on. */
export async function loadAction(
  ctx: QueryCtx,
  { id, attempt: number }: EventAttempt,
): Promise<{ handle: string; handled: Handled | null } | null> {
  const event = await findEvent(ctx, id);
  if (event?.status !== "running" || event.attempt !== number) return null;
  const route = await currentRoute(ctx, event);
  return route
    ? { handle: route.handle, handled: await envelopeOf(ctx, event) }
    : null;
}

/**
 * Records how an action ended. A success counts whenever it comes, even after the watchdog took the action for dead: its
 * effects exist. A failure counts only for its own attempt.
 */
export async function finishAction(
  ctx: MutationCtx,
  {
    id,
    attempt: number,
    checkId,
    reason,
  }: EventAttempt & { checkId: ScheduledId; reason?: Reason },
): Promise<void> {
  const event = await ctx.db.get("webhookEvents", id);
  if (event?.status !== "running" && event?.status !== "pending") return;
  if (!reason) {
    await finalize(ctx, event, "processed", { checkId });
    return;
  }
  if (event.attempt !== number) return;
  await failEventAttempt(
    ctx,
    event,
    reason,
    await currentRoute(ctx, event),
    checkId,
  );
}

/** The watchdog: the attempt has not reported its end. */
export async function onEventTimeout(
  ctx: MutationCtx,
  { id, attempt: number }: EventAttempt,
): Promise<void> {
  const event = await ctx.db.get("webhookEvents", id);
  if (event?.attempt !== number) return;
  if (event.status !== "pending" && event.status !== "running") return;
  const text =
    "The attempt ended without a word: a limit, a deploy, or a cancelled job.";
  const reason = { code: "HANDLER_TIMEOUT", text } as const;
  await failEventAttempt(ctx, event, reason, await currentRoute(ctx, event));
}

/** Retries the event, or marks it dead: after its last attempt, or at once for DO_NOT_RETRY. */
export async function failEventAttempt(
  ctx: MutationCtx,
  event: StoredEvent,
  reason: Reason,
  route: Retries | undefined,
  checkId?: ScheduledId,
): Promise<void> {
  const { maxAttempts, firstRetryMs } = route ?? DEFAULT_RETRIES;
  const tries = event.attempt - event.roundStart;
  const isFinal =
    reason.code === "DO_NOT_RETRY" || reason.code === "PAYLOAD_INVALID";
  if (isFinal || tries >= maxAttempts) {
    const job = checkId ? { checkId } : {};
    await finalize(ctx, event, "dead", { reason, ...job });
    return;
  }
  if (checkId) await ctx.scheduler.cancel(checkId);
  const wait = eventRetryWait(tries, Math.random, firstRetryMs);
  await scheduleNextAttempt(ctx, event, wait, reasonColumns(reason));
}

type Retries = Pick<Route, "maxAttempts" | "firstRetryMs">;

/** For an event without a route. */
const DEFAULT_RETRIES: Retries = {
  maxAttempts: WEBHOOK_RETRY.maxAttempts,
  firstRetryMs: WEBHOOK_RETRY.firstMs,
};

async function currentRoute(
  ctx: QueryCtx,
  event: StoredEvent,
): Promise<Route | undefined> {
  return routeOf(await findSource(ctx, event.source), event.type);
}

/* What a handler takes */

type Handled = { event: WebhookEvent<unknown> };

/** The event as its handler takes it; `null` if its body has been deleted. */
async function envelopeOf(
  ctx: QueryCtx,
  event: StoredEvent,
): Promise<Handled | null> {
  const bodyId = event.payloadId ?? event.bodyId;
  const body = bodyId && (await ctx.db.get("webhookBodies", bodyId));
  if (!body) return null;
  const payload: Value = event.payloadId
    ? jsonToConvex(JSON.parse(body.text) as JSONValue)
    : body.text;
  const { source, type, key, headers, occurredAt } = event;
  return {
    event: {
      source,
      type,
      eventId: key,
      idempotencyKey: `${source}:${key}`,
      attempt: event.attempt - event.roundStart,
      receivedAt: Math.floor(event._creationTime),
      ...(occurredAt === undefined ? {} : { occurredAt }),
      stale: await isStale(ctx, event),
      headers,
      payload,
    },
  };
}

/** Whether a later event of the same order key has been processed. Reads nothing for an event without one. */
async function isStale(
  ctx: QueryCtx,
  { source, orderKey, occurredAt }: StoredEvent,
): Promise<boolean> {
  if (orderKey === undefined || occurredAt === undefined) return false;
  const later = await ctx.db
    .query("webhookEvents")
    .withIndex("order", (q) =>
      q
        .eq("source", source)
        .eq("orderKey", orderKey)
        .eq("status", "processed")
        .gt("occurredAt", occurredAt),
    )
    .first();
  return later !== null;
}

/* Errors and waits */

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
  const message = error instanceof Error ? error.message : String(error);
  // The other lines are the stack, which the log of the deployment has.
  return message.split("\n", 1)[0] ?? "";
}

/**
 * The wait before the attempt that follows `tries` failed ones, in ms: 5 s, 25 s, 2 min, 10 min, 52 min, 4.3 h, then 6 h,
 * each off by up to a fifth.
 *
 * @param random a number from 0 up to, not including, 1
 */
export function eventRetryWait(
  tries: number,
  random: () => number,
  firstMs: number = WEBHOOK_RETRY.firstMs,
): number {
  const { factor, capMs, jitter } = WEBHOOK_RETRY;
  const draw = 1 + jitter * (2 * random() - 1);
  const curve = { first: firstMs, factor, cap: capMs };
  return Math.round(backoff(curve, tries - 1, draw));
}
