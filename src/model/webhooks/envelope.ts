/**
 * What a handler takes.
 *
 * @module
 */
import { jsonToConvex, type JSONValue, type Value } from "convex/values";
import type { QueryCtx } from "../../component/_generated/server.js";
import type { WebhookEvent } from "../../shared/webhooks.js";
import type { StoredEvent } from "./event.js";

export type Handled = { event: WebhookEvent<unknown> };

/** The event as its handler takes it; `null` if its body has been deleted. */
export async function envelopeOf(
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
      attempt: (event.lease?.tries ?? 0) + 1,
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
