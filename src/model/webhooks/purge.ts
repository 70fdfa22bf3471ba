/**
 * What the engine's looks do for events that are over, and for those of an earlier release.
 *
 * @module
 */
import type { MutationCtx } from "../../component/_generated/server.js";
import { WEBHOOK_BATCH } from "../../shared/webhooks.js";
import { hasRoom } from "../documents/budget.js";
import type { StoredEvent } from "./event.js";
import { eventsFrom } from "./queries.js";
import type { StoredSource } from "./source.js";
import { beginRound, currentRoute, leasePolicy } from "./work.js";

/**
 * Deletes the body of an event, and later its row, which recognises duplicates. Leaves it to the next look if the transaction has
 * no room: deleting a body reads it.
 */
export async function expireEvent(
  ctx: MutationCtx,
  event: StoredEvent,
): Promise<void> {
  const { bodyId, payloadId, policy, _id } = event;
  const bytes = bodyId ? event.bytes : 0;
  if (!(await hasRoom(ctx, WEBHOOK_BATCH.share, bytes))) return;
  if (bodyId) await ctx.db.delete("webhookBodies", bodyId);
  if (payloadId) await ctx.db.delete("webhookBodies", payloadId);
  const forgetAt = event._creationTime + policy.dedupeMs;
  if (forgetAt <= Date.now()) {
    await ctx.db.delete("webhookEvents", _id);
    return;
  }
  await ctx.db.patch("webhookEvents", _id, {
    bodyId: undefined,
    payloadId: undefined,
    purgeAt: forgetAt,
  });
}

/** Applies the policy of a source to some of its stored events, oldest first. The next look goes on behind them. */
export async function redateEvents(
  ctx: MutationCtx,
  { _id, source, policy, redated }: StoredSource,
): Promise<void> {
  const { rows, next } = await eventsFrom(
    ctx,
    { source },
    redated ?? null,
    WEBHOOK_BATCH.pass,
  );
  for (const event of rows) {
    const now = { ...event, policy: policy ?? event.policy };
    const columns = { policy: now.policy, ...redatedColumns(now) };
    await ctx.db.patch("webhookEvents", event._id, columns);
  }
  await ctx.db.patch("webhookSources", _id, {
    redated: next ?? undefined,
    ...(next === null ? { purgeAt: undefined } : {}),
  });
}

/** When an event that is over may be deleted: its body first. Nothing for one that is still to be applied. */
function redatedColumns({
  purgeAt,
  bodyId,
  status,
  at,
  policy,
  _creationTime,
}: StoredEvent): Pick<StoredEvent, "purgeAt"> {
  if (purgeAt === undefined) return {};
  if (!bodyId) return { purgeAt: _creationTime + policy.dedupeMs };
  const kept = status === "processed" ? policy.bodyMs : policy.deadMs;
  return { purgeAt: at + kept };
}

/* Events of before there were leases. */

const OPEN = ["pending", "running", "held"] as const;

/** Whether an event is still to be applied and nothing is arranged for it: an earlier release has stored it. */
export function isLost({ status, lease }: StoredEvent): boolean {
  return lease === undefined && OPEN.some((open) => open === status);
}

/** Arranges an attempt of such an event: at its time, or when its action counts as dead. One of a paused source is held again. */
export async function healEvent(
  ctx: MutationCtx,
  event: StoredEvent,
): Promise<void> {
  const { timeoutMs } = leasePolicy(await currentRoute(ctx, event));
  const due = event.at + (event.status === "running" ? timeoutMs : 0);
  await beginRound(ctx, event, Math.max(Date.now(), due));
}

/**
 * Heals some of them, of one status each. `from` is the creation time of the first row; that of the first row of the next call is
 * returned, or `null` at the end. Healthy ones are read too: those that were healed stay where they are.
 */
export const healEvents = OPEN.map(
  (status) =>
    async (ctx: MutationCtx, from: number | string): Promise<number | null> => {
      const events = ctx.db
        .query("webhookEvents")
        .withIndex("status", (q) =>
          q.eq("status", status).gte("_creationTime", Number(from)),
        );
      let [healed, read] = [0, 0];
      for await (const event of events) {
        if (isLost(event)) {
          await healEvent(ctx, event);
          healed += 1;
        }
        read += 1;
        const isFull =
          healed === WEBHOOK_BATCH.pass || read === WEBHOOK_BATCH.maxScan;
        if (isFull || !(await hasRoom(ctx, WEBHOOK_BATCH.share, 0))) {
          return event._creationTime;
        }
      }
      return null;
    },
);
