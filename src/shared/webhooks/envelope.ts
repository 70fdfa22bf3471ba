/**
 * What a handler is given.
 *
 * @module
 */
import { v, type ObjectType, type Validator } from "convex/values";

const envelope = {
  /** The name of the source. */
  source: v.string(),
  /** The sender's id of the event, or the hash of its body. */
  eventId: v.string(),
  /**
   * The same for every attempt of this event, and no other's. An action may be run twice for one event: pass it on to
   * whatever it calls.
   */
  idempotencyKey: v.string(),
  /** Which attempt this is, from 1. */
  attempt: v.number(),
  /** When it was received, and when the sender says it happened, in ms. */
  receivedAt: v.number(),
  occurredAt: v.optional(v.number()),
  /** Whether a later event of the same `orderBy` has been processed already: this one may say what is no longer so. */
  stale: v.boolean(),
  headers: v.record(v.string(), v.string()),
};

/** An event as its handler gets it. */
export type WebhookEvent<
  Payload = string,
  Type extends string = string,
> = ObjectType<typeof envelope> & { type: Type; payload: Payload };

/**
 * The validator of a handler's `event` argument. The payload is what the source's schema for this type made of the body;
 * for a type without a schema it is the body as text, `v.string()`.
 *
 * @example
 * ```ts
 * export const markCompleted = internalMutation({
 *   args: { event: vWebhookEvent("payment.completed", v.object({ id: v.string() })) },
 *   handler: async (ctx, { event }) => { await complete(ctx, event.payload.id); },
 * });
 * ```
 */
export function vWebhookEvent<
  const Type extends string,
  P extends Validator<unknown, "required", string>,
>(type: Type, payload: P) {
  return v.object({ ...envelope, type: v.literal(type), payload });
}

/** The same for a handler of several types, such as one for all that are not handled. */
export function vAnyWebhookEvent() {
  return v.object({ ...envelope, type: v.string(), payload: v.string() });
}
