/**
 * Events as the engine's pieces of work: what a lease means for the row of an event, and what a handler's options mean for the
 * lease.
 *
 * @module
 */
import { internal } from "../../component/_generated/api.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { WEBHOOK_RETRY, type Route } from "../../shared/webhooks.js";
import { backoff } from "../backoff.js";
import type { Lease, LeasePolicy, NextLease } from "../engine/lease.js";
import { arrange, beginWork, BLOCKED, type WorkKind } from "../engine/timer.js";
import {
  finalize,
  reasonColumns,
  type EventColumns,
  type Reason,
  type StoredEvent,
} from "./event.js";
import { findSource, pauseOf, routeOf } from "./source.js";

export const webhookKind: WorkKind<"webhookEvents"> = {
  table: "webhookEvents",
  policyOf: async (ctx, event) => leasePolicy(await currentRoute(ctx, event)),
  attempt: internal.deliveries.attempt,
  columnsOf,
  end: (ctx, event) => finalize(ctx, event, "dead", { reason: DIED }),
};

const DIED: Reason = {
  code: "HANDLER_TIMEOUT",
  text: "The attempt ended without a word: a limit, a deploy, or a cancelled function.",
};

/** What the handler's options mean for the lease. Default: those of an event without a handler. */
export function leasePolicy(
  route: Pick<Route, "maxAttempts" | "firstRetryMs" | "timeoutMs"> | undefined,
): LeasePolicy {
  const { graceMs, maxAttempts, firstMs, actionTimeoutMs } = WEBHOOK_RETRY;
  return {
    maxTries: route?.maxAttempts ?? maxAttempts,
    // An event has no items.
    maxDeaths: 1,
    maxSize: 0,
    graceMs,
    timeoutMs: route?.timeoutMs ?? actionTimeoutMs,
    backoffMs: (tries) =>
      eventRetryWait(tries, Math.random, route?.firstRetryMs ?? firstMs),
    ...BLOCKED,
  };
}

/** What an operator sees of a lease. Where it says more tries than before and no reason comes with it, an attempt has died. */
function columnsOf(event: StoredEvent, lease: Lease): EventColumns {
  const isHeld = lease.blockedOn === pauseOf(event.source);
  const status = isHeld ? "held" : "pending";
  const hasDied = lease.tries > (event.lease?.tries ?? 0);
  const isRunning = lease.phase === "running";
  return {
    status: isRunning ? "running" : status,
    attempt: lease.attempt,
    at: isRunning || isHeld ? Date.now() : lease.wakeAt - WEBHOOK_RETRY.graceMs,
    ...(hasDied ? reasonColumns(DIED) : {}),
  };
}

/** Writes what the lease says next, and why: an event without a further attempt is dead. */
export async function settleEvent(
  ctx: MutationCtx,
  event: StoredEvent,
  next: NextLease,
  reason?: Reason,
): Promise<void> {
  if (next.lease === null) {
    await finalize(ctx, event, "dead", { reason: reason ?? DIED });
    return;
  }
  const columns = reason ? reasonColumns(reason) : {};
  await arrange(ctx, webhookKind, event, next, columns);
}

/** Begins a round of attempts of a stored event, at a time (ms). Its route is looked up then: a deploy may change it in between. */
export async function beginRound(
  ctx: MutationCtx,
  event: StoredEvent,
  at: number,
  columns: EventColumns = {},
): Promise<void> {
  const { _id, attempt } = event;
  const round = {
    ...columns,
    status: "pending",
    attempt: attempt + 1,
    at,
    purgeAt: undefined,
  } as const;
  const policy = leasePolicy(undefined);
  await beginWork(ctx, webhookKind, _id, policy, at, round, attempt);
}

/** The route of an event; `undefined` if its type has no handler. */
export async function currentRoute(
  ctx: QueryCtx,
  event: StoredEvent,
): Promise<Route | undefined> {
  return routeOf(await findSource(ctx, event.source), event.type);
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
