/**
 * The daily crons: deleting what has expired, bodies before the rows that recognise duplicates, and recovering events whose
 * scheduled functions are gone.
 *
 * @module
 */
import { internal } from "../../component/_generated/api.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import { WEBHOOK_BATCH, WEBHOOK_RETRY } from "../../shared/webhooks.js";
import { failEventAttempt } from "./attempt.js";
import type { StoredEvent } from "./event.js";
import { eventsFrom } from "./queries.js";

/**
 * Deletes some of what has expired, and schedules itself while there is more. A pass is bounded in rows and in bytes: deleting
 * a body reads it.
 */
export async function purgeEvents(ctx: MutationCtx): Promise<void> {
  const now = Date.now();
  let purged = 0;
  let bytes = 0;
  const expired = ctx.db
    .query("webhookEvents")
    // Absent sorts before every number: an event that is still to be applied is out of range.
    .withIndex("purge", (q) => q.gte("purgeAt", 0).lt("purgeAt", now));
  for await (const event of expired) {
    if (purged >= WEBHOOK_BATCH.pass || bytes >= WEBHOOK_BATCH.maxBytes / 4) {
      await ctx.scheduler.runAfter(1_000, internal.deliveries.purge, {});
      return;
    }
    if (event.bodyId) bytes += event.bytes;
    purged++;
    await expireEvent(ctx, event, now);
  }
}

async function expireEvent(
  ctx: MutationCtx,
  event: StoredEvent,
  now: number,
): Promise<void> {
  const { bodyId, payloadId, policy, _id } = event;
  if (bodyId) await ctx.db.delete("webhookBodies", bodyId);
  if (payloadId) await ctx.db.delete("webhookBodies", payloadId);
  const forgetAt = event._creationTime + policy.dedupeMs;
  if (forgetAt <= now) {
    await ctx.db.delete("webhookEvents", _id);
    return;
  }
  await ctx.db.patch("webhookEvents", _id, {
    bodyId: undefined,
    payloadId: undefined,
    purgeAt: forgetAt,
  });
}

/**
 * Counts the attempt of events as failed that lost both their attempt and its watchdog. Only after a manual edit or a restored
 * backup.
 */
export async function recoverEvents(
  ctx: MutationCtx,
  status: "pending" | "running",
  cursor: string | null,
): Promise<void> {
  const allowed =
    status === "pending"
      ? WEBHOOK_RETRY.mutationTimeoutMs
      : WEBHOOK_RETRY.maxTimeoutMs;
  const overdue = Date.now() - allowed - WEBHOOK_BATCH.overdueMs;
  const { rows, next } = await eventsFrom(
    ctx,
    { status },
    cursor,
    WEBHOOK_BATCH.pass,
  );
  for (const event of rows) {
    if (event.at >= overdue) continue;
    const text = "Its jobs were gone.";
    await failEventAttempt(
      ctx,
      event,
      { code: "HANDLER_TIMEOUT", text },
      undefined,
    );
  }
  if (next) {
    const rest = { status, cursor: next };
    await ctx.scheduler.runAfter(0, internal.deliveries.sweep, rest);
  }
}
