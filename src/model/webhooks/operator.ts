/**
 * What an operator does: replays and skips events, pauses sources.
 *
 * @module
 */
import { getConvexSize } from "convex/values";
import { internal } from "../../component/_generated/api.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { fail, invalidAt } from "../../shared/failures.js";
import {
  WEBHOOK_BATCH,
  WEBHOOK_RETRY,
  type CheckedPayload,
} from "../../shared/webhooks.js";
import { ensureLifeline, ensurePurge } from "../engine/timer.js";
import { finalize, getEvent, type StoredEvent } from "./event.js";
import { eventsFrom } from "./queries.js";
import { findSource, pauseOf } from "./source.js";
import { beginRound } from "./work.js";

/** An event that can be replayed, with the body as it was sent: the host validates it anew. */
type Replayable = {
  id: string;
  source: string;
  type: string;
  text: string;
  headers: Record<string, string>;
};

/** The body of an event as it was sent; `null` once it has expired. */
export async function bodyOf(
  ctx: QueryCtx,
  event: StoredEvent,
): Promise<string | null> {
  const body =
    event.bodyId && (await ctx.db.get("webhookBodies", event.bodyId));
  return body?.text ?? null;
}

/** Events that can be replayed, oldest first: as many as fit into the transaction with their bodies. */
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
  const count = Math.min(
    Math.max(1, Math.floor(limit) || 1),
    WEBHOOK_BATCH.maxReplay,
  );
  const { rows, next } = await eventsFrom(ctx, which, cursor, count);
  const events: Replayable[] = [];
  let bytes = 0;
  for (const row of rows) {
    // The next call starts from the beginning: replayed events then have another status.
    if (bytes > 0 && bytes + row.bytes > WEBHOOK_BATCH.maxBytes / 2) {
      return { events, cursor: null };
    }
    bytes += row.bytes;
    const text = await bodyOf(ctx, row);
    const { _id: id, source, type, headers } = row;
    if (text !== null) events.push({ id, source, type, text, headers });
  }
  return { events, cursor: next };
}

/**
 * Starts the attempts of an event anew. `judged` is how the host validates its body now, in place of the first validation.
 *
 * @throws NOT_FOUND; VALIDATION_FAILED when the event is pending, running or held, was processed (unless `again`), or its body
 * has expired
 */
export async function replayEvent(
  ctx: MutationCtx,
  id: string,
  judged: CheckedPayload,
  again: boolean,
): Promise<"replayed" | "invalid"> {
  const event = await getEvent(ctx, id);
  const refusal = replayProblem(event, again);
  if (refusal) throw fail(invalidAt("id", refusal));
  if (event.payloadId) await ctx.db.delete("webhookBodies", event.payloadId);
  const columns = { payloadId: undefined };
  if (judged && "invalid" in judged) {
    const reason = { code: "PAYLOAD_INVALID", text: judged.invalid } as const;
    await finalize(ctx, event, "dead", { ...columns, reason });
    await ensurePurge(ctx, Date.now() + event.policy.deadMs);
    return "invalid";
  }
  const payloadId =
    judged && (await ctx.db.insert("webhookBodies", { text: judged.payload }));
  const text = (await bodyOf(ctx, event)) ?? "";
  await beginRound(ctx, event, Date.now(), {
    ...columns,
    ...(payloadId ? { payloadId } : {}),
    bytes: getConvexSize(text) + getConvexSize(judged?.payload ?? ""),
    lastErrorCode: undefined,
    lastError: undefined,
  });
  return "replayed";
}

function replayProblem(
  { status, bodyId }: StoredEvent,
  again: boolean,
): string | null {
  if (status === "pending" || status === "running" || status === "held") {
    return `names an event that is ${status}: it is applied without a replay.`;
  }
  if (status === "processed" && !again) {
    return "names an event that was applied already: replay it with `again: true` to apply it twice.";
  }
  return bodyId === undefined ? "names an event whose body has expired." : null;
}

/**
 * Skips an event for good.
 *
 * @throws NOT_FOUND; VALIDATION_FAILED when the event is running or was processed
 */
export async function skipEvent(ctx: MutationCtx, id: string): Promise<void> {
  const event = await getEvent(ctx, id);
  if (event.status === "processed" || event.status === "running") {
    const problem = `names an event that is ${event.status}: it is too late to skip it.`;
    throw fail(invalidAt("id", problem));
  }
  await finalize(ctx, event, "skipped");
  await ensurePurge(ctx, Date.now() + event.policy.deadMs);
}

/** Pauses a source, or resumes it. A paused source stores and answers deliveries, and applies none. */
export async function setSourcePaused(
  ctx: MutationCtx,
  source: string,
  paused: boolean,
): Promise<void> {
  const stored = await findSource(ctx, source);
  if (!stored) {
    // Before the first delivery. The empty fingerprint says that the routes are unknown.
    const row = { source, paused, fingerprint: "", routes: [] };
    await ctx.db.insert("webhookSources", row);
  } else if (stored.paused !== paused) {
    await ctx.db.patch("webhookSources", stored._id, { paused });
  }
  if (paused) return;
  const name = pauseOf(source);
  await ctx.scheduler.runAfter(0, internal.engine.wake, { name });
  await ensureLifeline(ctx, Date.now() + WEBHOOK_RETRY.graceMs);
}
