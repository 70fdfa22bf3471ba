/**
 * One event: finding it, showing it, and ending it one way or another.
 *
 * @module
 */
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { toText } from "../../errors/plain.js";
import { fail, notFound } from "../../shared/failures.js";
import {
  WEBHOOK_RETRY,
  type EventRow,
  type Failure,
  type WebhookStatus,
} from "../../shared/webhooks.js";

export type StoredEvent = Doc<"webhookEvents">;
export type ScheduledId = Id<"_scheduled_functions">;

/** How an event can end. */
export type FinalStatus = Extract<
  WebhookStatus,
  "processed" | "unhandled" | "dead" | "skipped"
>;

export async function findEvent(
  ctx: QueryCtx,
  id: string,
): Promise<StoredEvent | null> {
  const eventId = ctx.db.normalizeId("webhookEvents", id);
  return eventId && (await ctx.db.get("webhookEvents", eventId));
}

/** The event that an operator names. Throws NOT_FOUND. */
export async function getEvent(
  ctx: QueryCtx,
  id: string,
): Promise<StoredEvent> {
  const event = await findEvent(ctx, id);
  if (!event) throw fail(notFound(id));
  return event;
}

export function toPublicEvent(event: StoredEvent): EventRow {
  const {
    _id,
    _creationTime,
    bodyHash: _bodyHash,
    roundStart: _roundStart,
    bodyId,
    payloadId: _payloadId,
    policy: _policy,
    purgeAt: _purgeAt,
    ...columns
  } = event;
  return {
    id: _id,
    receivedAt: Math.floor(_creationTime),
    hasBody: bodyId !== undefined,
    ...columns,
  };
}

/** Why an attempt failed. */
export type Reason = { code: Failure; text?: string };

/** The columns that say why an attempt failed. */
export function reasonColumns({ code, text }: Reason): {
  lastErrorCode: Failure;
  lastError: string | undefined;
} {
  // A patch deletes what is `undefined`: the text of an earlier error must not stand beside this code.
  return {
    lastErrorCode: code,
    lastError:
      text === undefined ? undefined : toText(text, WEBHOOK_RETRY.maxErrorText),
  };
}

/** The columns of an event that has come to an end. */
export function finalColumns(
  policy: StoredEvent["policy"],
  status: FinalStatus,
  now: number,
): Pick<StoredEvent, "status" | "at" | "purgeAt"> {
  const applied = status === "processed";
  return {
    status,
    at: now,
    purgeAt: now + (applied ? policy.bodyMs : policy.deadMs),
  };
}

/** Ends an event, and calls off the watchdog of its attempt. */
export async function finalize(
  ctx: MutationCtx,
  event: StoredEvent,
  status: FinalStatus,
  { reason, checkId }: { reason?: Reason; checkId?: ScheduledId } = {},
): Promise<void> {
  if (checkId) await ctx.scheduler.cancel(checkId);
  await ctx.db.patch("webhookEvents", event._id, {
    ...finalColumns(event.policy, status, Date.now()),
    ...(reason ? reasonColumns(reason) : {}),
  });
  if (status === "dead") logDeath(event, reason);
}

/** One line for whoever watches the logs: which event, never what is in it. */
export function logDeath(
  event: Pick<StoredEvent, "source" | "type" | "key">,
  reason: Reason | undefined,
): void {
  const { source, type, key } = event;
  console.error(
    JSON.stringify({
      webhook: source,
      outcome: "dead",
      type,
      key,
      code: reason?.code,
    }),
  );
}
