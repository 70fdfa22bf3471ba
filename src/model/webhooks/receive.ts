/**
 * Taking an event in: stored, and its first attempt arranged, in one transaction. Costs at most three index ranges, three
 * rows and two scheduled functions.
 *
 * @module
 */
import { getConvexSize } from "convex/values";
import type { MutationCtx } from "../../component/_generated/server.js";
import type {
  Receipt,
  Received,
  Route,
  SourcePolicy,
} from "../../shared/webhooks.js";
import { scheduleAttempt } from "./attempt.js";
import {
  finalColumns,
  logDeath,
  reasonColumns,
  type FinalStatus,
  type Reason,
  type StoredEvent,
} from "./event.js";
import { declareRoutes, findSource, routeOf } from "./source.js";

export type ReceiveCall = {
  receipt: Receipt;
  policy: SourcePolicy;
  fingerprint: string;
  /** The host's routes: given when the component did not know them. */
  routes?: Route[];
};

export async function receiveEvent(
  ctx: MutationCtx,
  { receipt, policy, fingerprint, routes }: ReceiveCall,
): Promise<Received> {
  const stored = await findSource(ctx, receipt.source);
  if (!routes && stored?.fingerprint !== fingerprint) {
    return { outcome: "unsynced" };
  }
  const source = routes
    ? await declareRoutes(ctx, receipt.source, stored, { fingerprint, routes })
    : stored;
  const known = await findDuplicate(ctx, receipt);
  if (known) return { outcome: "duplicate", id: known._id };

  const route = routeOf(source, receipt.type);
  const verdict = verdictOf(receipt, route);
  const row = await storeBodies(ctx, receipt, policy);
  if (verdict || !route) {
    const { status, reason, outcome } = verdict ?? UNHANDLED;
    const { lastError, ...why } = reason
      ? reasonColumns(reason)
      : { lastError: undefined };
    const id = await ctx.db.insert("webhookEvents", {
      ...row,
      ...finalColumns(policy, status, Date.now()),
      ...why,
      ...(lastError === undefined ? {} : { lastError }),
    });
    if (status === "dead") logDeath(row, reason);
    return { outcome, id };
  }
  const held = source?.paused === true;
  const id = await ctx.db.insert("webhookEvents", {
    ...row,
    status: held ? "held" : "pending",
    attempt: held ? 0 : 1,
    at: Date.now(),
  });
  if (!held) await scheduleAttempt(ctx, { id, attempt: 1 }, 0, route);
  return { outcome: "accepted", id };
}

/** An event of the same id, or, where the id is not signed, of the same body. */
async function findDuplicate(
  ctx: MutationCtx,
  { source, key, bodyHash }: Receipt,
): Promise<StoredEvent | null> {
  const same = await ctx.db
    .query("webhookEvents")
    .withIndex("key", (q) => q.eq("source", source).eq("key", key))
    // Not `unique`: a second row, however it came about, must not fail every delivery that follows.
    .first();
  if (same || bodyHash === undefined) return same;
  return await ctx.db
    .query("webhookEvents")
    .withIndex("body", (q) => q.eq("source", source).eq("bodyHash", bodyHash))
    .first();
}

type Verdict = {
  status: FinalStatus;
  outcome: Received["outcome"];
  reason?: Reason;
};

const UNHANDLED: Verdict = { status: "unhandled", outcome: "unhandled" };

/** Why an event gets no attempt, if it gets none. */
function verdictOf(
  { filtered, judged }: Receipt,
  route: Route | undefined,
): Verdict | null {
  if (filtered) {
    return {
      status: "skipped",
      reason: { code: "FILTERED" },
      outcome: "filtered",
    };
  }
  // Nobody minds what is wrong with a payload that nobody handles. The replay will.
  if (!route || !judged || !("invalid" in judged)) return null;
  const reason: Reason = { code: "PAYLOAD_INVALID", text: judged.invalid };
  return { status: "dead", reason, outcome: "invalid" };
}

async function storeBodies(
  ctx: MutationCtx,
  receipt: Receipt,
  policy: SourcePolicy,
) {
  const { text, judged, filtered: _filtered, ...columns } = receipt;
  const bodyId = await ctx.db.insert("webhookBodies", { text });
  const payload = judged && "payload" in judged ? judged.payload : undefined;
  const row = {
    ...columns,
    bodyId,
    bytes: getConvexSize(text) + getConvexSize(payload ?? ""),
    policy,
    attempt: 0,
    roundStart: 0,
  };
  if (payload === undefined) return row;
  const payloadId = await ctx.db.insert("webhookBodies", { text: payload });
  return { ...row, payloadId };
}
