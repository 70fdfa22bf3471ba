/**
 * Receiving an event: it is stored and its first attempt scheduled in one transaction. Costs two index ranges, three where equal
 * bodies are looked for, three rows at most and one scheduled function; and once a minute, making sure that a tick comes.
 *
 * @module
 */
import { getConvexSize } from "convex/values";
import type { MutationCtx } from "../../component/_generated/server.js";
import {
  DELIVERY,
  type Receipt,
  type Received,
  type Route,
  type SourcePolicy,
} from "../../shared/webhooks.js";
import { internal } from "../../component/_generated/api.js";
import { begin } from "../engine/lease.js";
import { ensureLifeline, ensurePurge } from "../engine/timer.js";
import { held } from "./attempt.js";
import {
  finalColumns,
  findByKey,
  logDeath,
  reasonColumns,
  type FinalStatus,
  type Reason,
  type StoredEvent,
} from "./event.js";
import { bodyOf, replayEvent } from "./operator.js";
import {
  declareRoutes,
  findSource,
  routeOf,
  watchSource,
  type StoredSource,
} from "./source.js";
import { leasePolicy } from "./work.js";

type ReceiveCall = {
  receipt: Receipt;
  policy: SourcePolicy;
  fingerprint: string;
  /** The host's routes. Default: those the component has stored under the fingerprint. */
  routes?: Route[];
};

/** Stores a delivery, unless it is a duplicate or the routes are unknown (`unsynced`). */
export async function receiveEvent(
  ctx: MutationCtx,
  { receipt, policy, fingerprint, routes }: ReceiveCall,
): Promise<Received> {
  const stored = await findSource(ctx, receipt.source);
  if (!routes && stored?.fingerprint !== fingerprint) {
    return { outcome: "unsynced" };
  }
  const source = routes
    ? await declareRoutes(ctx, receipt.source, stored, {
        fingerprint,
        routes,
        policy,
      })
    : stored;
  const route = routeOf(source, receipt.type);
  const known = await findByKey(ctx, receipt.source, receipt.key);
  if (known) return await receiveAgain(ctx, known, receipt, route);
  const [first, ...suspects] = await findSameBody(ctx, receipt);
  if (first && suspects.length >= DELIVERY.maxSuspects) {
    return { outcome: "duplicate", id: first._id };
  }
  const verdict = verdictOf(receipt, route, first !== undefined);
  const row = await storeBodies(ctx, receipt, policy);
  const id =
    verdict || !route
      ? await storeEnded(ctx, row, verdict ?? UNHANDLED)
      : await storeOpen(ctx, row, route, source);
  return {
    outcome: verdict?.outcome ?? (route ? "accepted" : "unhandled"),
    id,
  };
}

type Row = Awaited<ReturnType<typeof storeBodies>>;

/** Stores an event that gets no attempt. */
async function storeEnded(
  ctx: MutationCtx,
  row: Row,
  { status, reason }: Verdict,
): Promise<StoredEvent["_id"]> {
  const { lastError, ...why } = reason
    ? reasonColumns(reason)
    : { lastError: undefined };
  const final = finalColumns(row.policy, status, Date.now());
  const id = await ctx.db.insert("webhookEvents", {
    ...row,
    ...final,
    ...why,
    ...(lastError === undefined ? {} : { lastError }),
  });
  if (final.purgeAt) await ensurePurge(ctx, final.purgeAt);
  if (status === "dead") logDeath(row, reason);
  return id;
}

/** Stores an event and schedules its first attempt, unless its source is paused. */
async function storeOpen(
  ctx: MutationCtx,
  row: Row,
  route: Route,
  source: StoredSource | null,
): Promise<StoredEvent["_id"]> {
  const now = Date.now();
  const { lease } = begin(now, leasePolicy(route));
  if (source?.paused) {
    const waiting = held(lease, row.source).lease ?? lease;
    await ensureLifeline(ctx, waiting.wakeAt);
    return await ctx.db.insert("webhookEvents", {
      ...row,
      status: "held",
      attempt: waiting.attempt,
      at: now,
      lease: waiting,
    });
  }
  // By its key: the id is not known before the row is written, and the row has the scheduled function.
  const first = { source: row.source, key: row.key };
  const timer = await ctx.scheduler.runAfter(
    0,
    internal.deliveries.first,
    first,
  );
  await watchSource(ctx, source);
  return await ctx.db.insert("webhookEvents", {
    ...row,
    status: "pending",
    attempt: lease.attempt,
    at: now,
    lease: { ...lease, timer },
  });
}

/** Events of the same type and body, where the id is not signed: the first, and suspected replays of it. */
async function findSameBody(
  ctx: MutationCtx,
  { source, bodyHash }: Receipt,
): Promise<StoredEvent[]> {
  if (bodyHash === undefined) return [];
  return await ctx.db
    .query("webhookEvents")
    .withIndex("body", (q) => q.eq("source", source).eq("bodyHash", bodyHash))
    .take(DELIVERY.maxSuspects + 1);
}

/**
 * A delivery of a known event. A sender that repeats an event which was not applied, such as by "Resend" in its dashboard,
 * starts a replay. Any other is a duplicate: one of another type, and of another body where the key is not signed, is no repetition
 * but a captured delivery under the key of this event.
 */
async function receiveAgain(
  ctx: MutationCtx,
  known: StoredEvent,
  { type, text, judged, idSigned = true }: Receipt,
  route: Route | undefined,
): Promise<Received> {
  const { _id: id, status, bodyId } = known;
  const isOpen = status === "dead" || status === "unhandled";
  const isRepeated =
    isOpen &&
    known.type === type &&
    (idSigned || (await bodyOf(ctx, known)) === text);
  if (!isRepeated || !route || !bodyId) return { outcome: "duplicate", id };
  const outcome = await replayEvent(ctx, id, judged, false);
  return { outcome, id };
}

type Verdict = {
  status: FinalStatus;
  outcome: Received["outcome"];
  reason?: Reason;
};

const UNHANDLED: Verdict = { status: "unhandled", outcome: "unhandled" };

/** Why an event gets no attempt; `null` if it gets one. */
function verdictOf(
  { filtered, judged }: Receipt,
  route: Route | undefined,
  isSuspect: boolean,
): Verdict | null {
  if (filtered) {
    return {
      status: "skipped",
      reason: { code: "FILTERED" },
      outcome: "filtered",
    };
  }
  if (isSuspect) {
    const text = "An event of another id had the same type and body.";
    const reason: Reason = { code: "REPLAY_SUSPECTED", text };
    return { status: "skipped", reason, outcome: "suspected" };
  }
  // No handler: the payload is not checked. A replay checks it.
  if (!route || !judged || !("invalid" in judged)) return null;
  const reason: Reason = { code: "PAYLOAD_INVALID", text: judged.invalid };
  return { status: "dead", reason, outcome: "invalid" };
}

async function storeBodies(
  ctx: MutationCtx,
  receipt: Receipt,
  policy: SourcePolicy,
) {
  const {
    text,
    judged,
    filtered: _filtered,
    idSigned: _idSigned,
    ...columns
  } = receipt;
  const bodyId = await ctx.db.insert("webhookBodies", { text });
  const payload = judged && "payload" in judged ? judged.payload : undefined;
  const row = {
    ...columns,
    bodyId,
    bytes: getConvexSize(text) + getConvexSize(payload ?? ""),
    policy,
    attempt: 0,
  };
  if (payload === undefined) return row;
  const payloadId = await ctx.db.insert("webhookBodies", { text: payload });
  return { ...row, payloadId };
}
