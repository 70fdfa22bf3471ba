/**
 * The row of an event: finding it, showing it, ending it.
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

/** The statuses without a further attempt. */
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

/**
 * The event of an id.
 *
 * @throws NOT_FOUND
 */
export async function getEvent(
  ctx: QueryCtx,
  id: string,
): Promise<StoredEvent> {
  const event = await findEvent(ctx, id);
  if (!event) throw fail(notFound(id));
  return event;
}

/** The columns that an operator sees. */
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

/** The columns of a reason. The text may quote the payload: it is shortened. */
export function reasonColumns({ code, text }: Reason): {
  lastErrorCode: Failure;
  lastError: string | undefined;
} {
  // `undefined` deletes the text of an earlier error.
  return {
    lastErrorCode: code,
    lastError:
      text === undefined ? undefined : toText(text, WEBHOOK_RETRY.maxErrorText),
  };
}

/** The columns of an event that has ended. */
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

/** Ends an event, and cancels the watchdog of its attempt. */
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

/** One line in the log: which event, without its contents. */
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
