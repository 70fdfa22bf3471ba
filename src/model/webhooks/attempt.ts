/**
 * One attempt to apply an event. A mutation runs inside the transaction that marks the event as processed, so its effects and
 * that mark commit together or not at all: exactly once. An action runs at least once.
 *
 * An attempt is one scheduled function, which does nothing once the lease of the event has moved on. The engine finds the events
 * whose attempt was lost.
 *
 * @module
 */
import { internal } from "../../component/_generated/api.js";
import type { Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { limitsForHandler } from "../../shared/transactionLimits.js";
import { WEBHOOK_RETRY, type Route } from "../../shared/webhooks.js";
import { callHost } from "../engine/host.js";
import {
  failed,
  holds,
  missing,
  started,
  type Lease,
  type LeasePolicy,
  type NextLease,
} from "../engine/lease.js";
import { envelopeOf, type Handled } from "./envelope.js";
import { finalize, findByKey, type Reason, type StoredEvent } from "./event.js";
import { healEvent, isLost } from "./purge.js";
import { isMissingHandle, reasonOf } from "./reason.js";
import {
  findSource,
  forgetRoutes,
  pauseOf,
  routeOf,
  routesOf,
  type StoredSource,
} from "./source.js";
import { currentRoute, leasePolicy, settleEvent } from "./work.js";

/** Which attempt of which event. */
type EventAttempt = { id: Id<"webhookEvents">; attempt: number };

/** An event whose lease is held. */
type Leased = StoredEvent & { lease: Lease };

const hasLease = (event: StoredEvent): event is Leased =>
  event.lease !== undefined;

/* Making an attempt */

/** Makes an attempt. Does nothing once the event has moved on. */
export async function attemptEvent(
  ctx: MutationCtx,
  { id, attempt }: EventAttempt,
): Promise<void> {
  const event = await ctx.db.get("webhookEvents", id);
  if (event && isLost(event)) await healEvent(ctx, event);
  else if (event) await attemptHeld(ctx, event, attempt);
}

/** Makes the first attempt. It was scheduled before the event had an id, so that its row is written once. */
export async function attemptFirst(
  ctx: MutationCtx,
  { source, key }: Pick<StoredEvent, "source" | "key">,
): Promise<void> {
  const event = await findByKey(ctx, source, key);
  if (event) await attemptHeld(ctx, event, 1);
}

async function attemptHeld(
  ctx: MutationCtx,
  event: StoredEvent,
  attempt: number,
): Promise<void> {
  if (!hasLease(event) || !holds(event.lease, attempt, "scheduled")) return;
  const source = await findSource(ctx, event.source);
  const route = routeOf(source, event.type);
  if (source?.paused) {
    await holdEvent(ctx, event);
  } else if (!route?.handle) {
    await blockEvent(ctx, event, source, route);
  } else if (route.kind === "action") {
    await startAction(ctx, event, route);
  } else {
    await runMutationHandler(ctx, event, source, {
      ...route,
      handle: route.handle,
    });
  }
}

/** Holds an event whose source is paused. It costs no try, and ends when the source is resumed. */
async function holdEvent(ctx: MutationCtx, event: Leased): Promise<void> {
  await settleEvent(ctx, event, held(event.lease, event.source));
}

/** The lease of an event whose source is paused. */
export function held(lease: Lease, source: string): NextLease {
  return missing(lease, Date.now(), HOLD, pauseOf(source));
}

const HOLD: LeasePolicy = {
  ...leasePolicy(undefined),
  blockedMs: () => WEBHOOK_RETRY.holdMs,
  maxBlocks: Infinity,
};

/**
 * Waits for a handler that is not there or not deployed. It costs no try. The next delivery of the source asks the host for its
 * routes again, and the event goes on once the host has declared others.
 */
async function blockEvent(
  ctx: MutationCtx,
  event: Leased,
  source: StoredSource | null,
  route: Route | undefined,
): Promise<void> {
  if (source && route) await forgetRoutes(ctx, source);
  const policy = leasePolicy(route);
  const next = missing(event.lease, Date.now(), policy, routesOf(event.source));
  const text = route
    ? `Its handler ${route.name} is not deployed.`
    : "Its type has no handler.";
  await settleEvent(ctx, event, next, { code: "HANDLER_NOT_FOUND", text });
}

/** Starts an action. The lease waits for as long as it may take. */
async function startAction(
  ctx: MutationCtx,
  event: Leased,
  route: Route,
): Promise<void> {
  const call = { id: event._id, attempt: event.lease.attempt };
  await ctx.scheduler.runAfter(0, internal.deliveries.perform, call);
  const next = started(event.lease, Date.now(), leasePolicy(route));
  await settleEvent(ctx, event, next);
}

/** Runs the handler in a sub-transaction: if it fails, its writes are undone. */
async function runMutationHandler(
  ctx: MutationCtx,
  event: Leased,
  source: StoredSource | null,
  route: Route & { handle: string },
): Promise<void> {
  const handled = await envelopeOf(ctx, event);
  if (!handled) {
    await failAttempt(ctx, event, GONE, route);
    return;
  }
  const limits = await limitsForHandler(ctx);
  const result = await callHost(ctx, route.handle, handled, limits);
  switch (result.kind) {
    case "ok":
      await finalize(ctx, event, "processed");
      return;
    case "missing":
      await blockEvent(ctx, event, source, route);
      return;
    case "failed":
      await failAttempt(ctx, event, reasonOf(result.cause), route);
  }
}

const GONE: Reason = { code: "PAYLOAD_INVALID", text: "Its body is gone." };

/** Arranges another attempt, or marks the event dead: after its last attempt, or at once where none can help. */
async function failAttempt(
  ctx: MutationCtx,
  event: Leased,
  reason: Reason,
  route: Route | undefined,
): Promise<void> {
  const isFinal =
    reason.code === "DO_NOT_RETRY" || reason.code === "PAYLOAD_INVALID";
  const policy = leasePolicy(route);
  const next = failed(event.lease, Date.now(), policy, isFinal);
  await settleEvent(ctx, event, next, reason);
}

/* Actions */

/** What a started action calls; `null` once the event has moved on. */
export async function loadAction(
  ctx: QueryCtx,
  { id, attempt }: EventAttempt,
): Promise<{ handle: string | null; handled: Handled | null } | null> {
  const event = await ctx.db.get("webhookEvents", id);
  if (!event || !holds(event.lease, attempt, "running")) return null;
  const route = await currentRoute(ctx, event);
  const handle = route?.handle ?? null;
  return { handle, handled: await envelopeOf(ctx, event) };
}

/** How an action ended. Neither: it succeeded. */
export type ActionEnd = { reason?: Reason; isMissing?: boolean };

/**
 * Records how an action ended. A success counts whenever it comes, even after the action was taken for dead: its effects exist.
 * A failure counts only for its own attempt.
 */
export async function finishAction(
  ctx: MutationCtx,
  { id, attempt, reason, isMissing }: EventAttempt & ActionEnd,
): Promise<void> {
  const event = await ctx.db.get("webhookEvents", id);
  if (!event || (!event.lease && !isLost(event))) return;
  if (!reason && !isMissing) {
    await finalize(ctx, event, "processed");
    return;
  }
  if (isLost(event)) await healEvent(ctx, event);
  if (!hasLease(event) || !holds(event.lease, attempt, "running")) return;
  const source = await findSource(ctx, event.source);
  const route = routeOf(source, event.type);
  if (reason) await failAttempt(ctx, event, reason, route);
  else await blockEvent(ctx, event, source, route);
}

/** Runs an action, and says how it ended. */
export async function endOf(
  handle: string | null,
  handled: unknown,
  run: () => Promise<unknown>,
): Promise<ActionEnd> {
  if (handle === null) return { isMissing: true };
  if (handled === null) return { reason: GONE };
  try {
    await run();
    return {};
  } catch (error) {
    return isMissingHandle(error)
      ? { isMissing: true }
      : { reason: reasonOf(error) };
  }
}
