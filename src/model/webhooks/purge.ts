/**
 * The daily clean-up: deletes what has expired, bodies before the rows that recognise duplicates, and looks after events
 * whose jobs are gone.
 *
 * @module
 */
import { makeFunctionReference } from "convex/server";
import type { MutationCtx } from "../../component/_generated/server.js";
import { WEBHOOK_BATCH, WEBHOOK_RETRY } from "../../shared/webhooks.js";
import { failAttempt } from "./attempt.js";
import type { StoredEvent } from "./event.js";
import { eventsFrom } from "./queries.js";

const purgeNext = makeFunctionReference<"mutation", Record<never, never>>(
  "deliveries:purge",
);
const recoverNext = makeFunctionReference<
  "mutation",
  { status: "pending" | "running"; cursor: string | null }
>("deliveries:sweep");

/**
 * Deletes some of what has expired, and goes on by itself while there is more. A pass is bounded in rows and in bytes, for to
 * delete a body is to read it.
 */
export async function purgeEvents(
  ctx: MutationCtx,
): Promise<{ purged: number; more: boolean }> {
  const now = Date.now();
  let purged = 0;
  let bytes = 0;
  const expired = ctx.db
    .query("webhookEvents")
    // Absent sorts before every number: what is still to be applied has no such time and is out of range.
    .withIndex("purge", (q) => q.gte("purgeAt", 0).lt("purgeAt", now));
  for await (const event of expired) {
    if (purged >= WEBHOOK_BATCH.pass || bytes >= WEBHOOK_BATCH.maxBytes / 4) {
      await ctx.scheduler.runAfter(1_000, purgeNext, {});
      return { purged, more: true };
    }
    if (event.bodyId) bytes += event.bytes;
    purged++;
    await expireEvent(ctx, event, now);
  }
  return { purged, more: false };
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
 * Finds events that lost both their attempt and its watchdog, which takes a hand in the dashboard or a restored backup, and
 * counts that attempt as failed.
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
    await failAttempt(ctx, event, { code: "HANDLER_TIMEOUT", text }, undefined);
  }
  if (next)
    await ctx.scheduler.runAfter(0, recoverNext, { status, cursor: next });
}
