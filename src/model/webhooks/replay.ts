/**
 * Doing it again, or leaving it be: what an operator does with events that were not applied.
 *
 * @module
 */
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { fail, invalid } from "../../shared/failures.js";
import { BULK } from "../../shared/webhooks/limits.js";
import type { Judged } from "../../shared/webhooks/validators.js";
import { getConvexSize } from "convex/values";
import { arm } from "./arm.js";
import {
  mustFindEvent,
  reasonColumns,
  settle,
  type StoredEvent,
} from "./event.js";
import { walkFrom } from "./inbox.js";

/** An event that may be replayed, with the body as it was sent: the host judges it by its schemas of today. */
export type Replayable = {
  id: string;
  source: string;
  type: string;
  text: string;
};

/** The body of an event; `null` once it has expired. */
export async function bodyOf(
  ctx: QueryCtx,
  event: StoredEvent,
): Promise<string | null> {
  const body =
    event.bodyId && (await ctx.db.get("webhookBodies", event.bodyId));
  return body?.text ?? null;
}

/** Events that were not applied and can be, oldest first, as many as their bodies allow. */
export async function findReplayable(
  ctx: QueryCtx,
  which: {
    source: string;
    status: "dead" | "unhandled" | "skipped";
    type?: string;
  },
  cursor: string | null,
  limit: number,
): Promise<{ events: Replayable[]; cursor: string | null }> {
  const count = Math.min(Math.max(1, Math.floor(limit) || 1), BULK.maxReplay);
  const { rows, next } = await walkFrom(ctx, which, cursor, count);
  const events: Replayable[] = [];
  let bytes = 0;
  for (const row of rows) {
    // What does not fit comes with the next call: what was replayed is then no longer of this status.
    if (bytes > 0 && bytes + row.bytes > BULK.maxBytes / 2) {
      return { events, cursor: null };
    }
    bytes += row.bytes;
    const text = await bodyOf(ctx, row);
    const { _id: id, source, type } = row;
    if (text !== null) events.push({ id, source, type, text });
  }
  return { events, cursor: next };
}

/**
 * Starts an event's attempts anew. `judged` is what the host's schema says of its body today; what it said at first is
 * forgotten.
 *
 * @throws NOT_FOUND; VALIDATION_FAILED when the event is under way, was applied (unless `again`), or its body has expired
 */
export async function replay(
  ctx: MutationCtx,
  id: string,
  judged: Judged,
  again: boolean,
): Promise<"replayed" | "invalid"> {
  const event = await mustFindEvent(ctx, id);
  const refusal = whyNot(event, again);
  if (refusal) throw fail(invalid([{ path: "id", message: refusal }]));
  if (event.payloadId) await ctx.db.delete("webhookBodies", event.payloadId);
  const columns = { payloadId: undefined, roundStart: event.attempt };
  if (judged && "invalid" in judged) {
    const reason = { code: "PAYLOAD_INVALID", text: judged.invalid } as const;
    await ctx.db.patch("webhookEvents", event._id, {
      ...columns,
      ...reasonColumns(event, reason),
    });
    await settle(ctx, event, "dead", { reason });
    return "invalid";
  }
  const payloadId =
    judged && (await ctx.db.insert("webhookBodies", { text: judged.payload }));
  const text = (await bodyOf(ctx, event)) ?? "";
  await arm(ctx, event, 0, {
    ...columns,
    ...(payloadId ? { payloadId } : {}),
    bytes: getConvexSize(text) + getConvexSize(judged?.payload ?? ""),
    lastErrorCode: undefined,
    lastError: undefined,
  });
  return "replayed";
}

function whyNot(
  { status, bodyId }: StoredEvent,
  again: boolean,
): string | null {
  if (status === "pending" || status === "running" || status === "held") {
    return `is ${status}: it will be applied without a replay.`;
  }
  if (status === "processed" && !again) {
    return "was applied already. Replay it with `again: true` to apply it twice.";
  }
  return bodyId === undefined ? "has lost its body to retention." : null;
}

/** Leaves an event out for good. One that was applied, or is being, cannot be. */
export async function skip(ctx: MutationCtx, id: string): Promise<void> {
  const event = await mustFindEvent(ctx, id);
  if (event.status === "processed" || event.status === "running") {
    const message = `is ${event.status}: it is too late to skip it.`;
    throw fail(invalid([{ path: "id", message }]));
  }
  await settle(ctx, event, "skipped");
}
