/**
 * The row of an event: finding it, showing it, ending it.
 *
 * @module
 */
import type { Doc } from "../../component/_generated/dataModel.js";
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
import type { Columns } from "../engine/timer.js";

export type StoredEvent = Doc<"webhookEvents">;
export type EventColumns = Columns<"webhookEvents">;

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

/** The event that a sender knows by this key. */
export async function findByKey(
  ctx: QueryCtx,
  source: string,
  key: string,
): Promise<StoredEvent | null> {
  return await ctx.db
    .query("webhookEvents")
    .withIndex("key", (q) => q.eq("source", source).eq("key", key))
    // Not `unique`: a second row, after a restored backup, must not fail every delivery that follows.
    .first();
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
    lease: _lease,
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

/** Ends an event. */
export async function finalize(
  ctx: MutationCtx,
  event: StoredEvent,
  status: FinalStatus,
  {
    reason,
    ...columns
  }: Pick<EventColumns, "payloadId"> & { reason?: Reason } = {},
): Promise<void> {
  await ctx.db.patch("webhookEvents", event._id, {
    ...columns,
    ...finalColumns(event.policy, status, Date.now()),
    ...(reason ? reasonColumns(reason) : {}),
    lease: undefined,
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
