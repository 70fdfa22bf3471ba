/**
 * One attempt to apply an event. A mutation runs inside the transaction that writes "processed", so its effects and that
 * word commit together or not at all: exactly once.
 *
 * @module
 */
import { makeFunctionReference, type FunctionHandle } from "convex/server";
import { jsonToConvex, type JSONValue, type Value } from "convex/values";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { limitsForHandler } from "../../shared/handlerLimits.js";
import type { WebhookEvent } from "../../shared/webhooks/envelope.js";
import type { Route } from "../../shared/webhooks/validators.js";
import { watch, type AttemptCall, type Which } from "./arm.js";
import {
  findEvent,
  settle,
  type JobId,
  type Reason,
  type StoredEvent,
} from "./event.js";
import { failed, reasonOf } from "./failure.js";
import { findSource, routeOf } from "./source.js";

/** What a handler takes. */
type Handled = { event: WebhookEvent<unknown> };

const perform = makeFunctionReference<"action", Which & { checkId: JobId }>(
  "deliveries:perform",
);

/** Makes an attempt, unless the event has moved on. */
export async function attempt(
  ctx: MutationCtx,
  { id, attempt: number, checkId, route: given }: AttemptCall,
): Promise<void> {
  const event = await ctx.db.get("webhookEvents", id);
  if (event?.status !== "pending" || event.attempt !== number) return;
  const source = given ? null : await findSource(ctx, event.source);
  if (source?.paused) {
    await hold(ctx, event, checkId);
    return;
  }
  const route = given ?? routeOf(source, event.type);
  if (!route) {
    const reason = { code: "HANDLER_NOT_FOUND", text: "No handler." } as const;
    await failed(ctx, event, reason, undefined, checkId);
    return;
  }
  if (route.kind === "action") {
    await begin(ctx, event, route, checkId);
    return;
  }
  const outcome = await apply(ctx, event, route);
  if (outcome === null) {
    await settle(ctx, event, "processed", { checkId });
    return;
  }
  await failed(ctx, event, outcome, route, checkId);
}

/** Runs the handler in a transaction of its own inside this one. Says why it failed, with nothing of it left. */
async function apply(
  ctx: MutationCtx,
  event: StoredEvent,
  { handle }: Route,
): Promise<Reason | null> {
  try {
    const handled = await envelopeOf(ctx, event);
    if (!handled) return GONE;
    const transactionLimits = await limitsForHandler(ctx);
    // A handle is text to a validator; the host made it of a reference that was checked to take just this.
    const mutation = handle as FunctionHandle<"mutation", Handled>;
    await ctx.runMutation(mutation, handled, { transactionLimits });
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

const GONE = { code: "PAYLOAD_INVALID", text: "Its body is gone." } as const;

/** Its source was paused after this attempt was arranged. */
async function hold(
  ctx: MutationCtx,
  event: StoredEvent,
  checkId: JobId,
): Promise<void> {
  await ctx.scheduler.cancel(checkId);
  await ctx.db.patch("webhookEvents", event._id, {
    status: "held",
    at: Date.now(),
  });
}

/** Starts an action, under a watchdog that waits for as long as it may take. */
async function begin(
  ctx: MutationCtx,
  event: StoredEvent,
  route: Route,
  checkId: JobId,
): Promise<void> {
  await ctx.scheduler.cancel(checkId);
  const which = { id: event._id, attempt: event.attempt };
  const watchdog = await watch(ctx, which, route.timeoutMs);
  await ctx.scheduler.runAfter(0, perform, { ...which, checkId: watchdog });
  await ctx.db.patch("webhookEvents", event._id, {
    status: "running",
    at: Date.now(),
  });
}

/** What an action that was started is to do; `null` if it has come too late. */
export async function load(
  ctx: QueryCtx,
  { id, attempt: number }: Which,
): Promise<{ handle: string; handled: Handled | null } | null> {
  const event = await findEvent(ctx, id);
  if (event?.status !== "running" || event.attempt !== number) return null;
  const route = await currentRoute(ctx, event);
  return route
    ? { handle: route.handle, handled: await envelopeOf(ctx, event) }
    : null;
}

/**
 * Writes down how an action ended. A success counts whenever it comes, even after the watchdog took the action for dead: its
 * effects are there. A failure counts only for the attempt it belongs to.
 */
export async function finish(
  ctx: MutationCtx,
  {
    id,
    attempt: number,
    checkId,
    reason,
  }: Which & { checkId: JobId; reason?: Reason },
): Promise<void> {
  const event = await ctx.db.get("webhookEvents", id);
  if (event?.status !== "running" && event?.status !== "pending") return;
  if (!reason) {
    await settle(ctx, event, "processed", { checkId });
    return;
  }
  if (event.attempt !== number) return;
  await failed(ctx, event, reason, await currentRoute(ctx, event), checkId);
}

/** The watchdog: this attempt was never heard of again. */
export async function check(
  ctx: MutationCtx,
  { id, attempt: number }: Which,
): Promise<void> {
  const event = await ctx.db.get("webhookEvents", id);
  if (event?.attempt !== number) return;
  if (event.status !== "pending" && event.status !== "running") return;
  const text =
    "The attempt ended without a word: a limit, a deploy, or a cancelled job.";
  const reason = { code: "HANDLER_TIMEOUT", text } as const;
  await failed(ctx, event, reason, await currentRoute(ctx, event));
}

async function currentRoute(
  ctx: QueryCtx,
  event: StoredEvent,
): Promise<Route | undefined> {
  return routeOf(await findSource(ctx, event.source), event.type);
}

/** The event as its handler gets it; `null` if its body is gone. */
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

/** Whether a later event of the same order has been processed. Costs nothing unless the host orders its events. */
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
