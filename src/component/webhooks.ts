/**
 * Webhook events and sources. The host, which holds the secrets, has verified what it passes to `receive`. Attempts to apply
 * the events are in `deliveries`.
 *
 * @module
 */
import {
  paginationOptsValidator,
  paginationResultValidator,
} from "convex/server";
import { v } from "convex/values";
import { findEvent, getEvent, toPublicEvent } from "../model/webhooks/event.js";
import * as operator from "../model/webhooks/operator.js";
import { listEvents, sourceStats } from "../model/webhooks/queries.js";
import { receiveEvent } from "../model/webhooks/receive.js";
import {
  declareRoutes,
  findSource,
  recordRejection,
} from "../model/webhooks/source.js";
import { vOrder } from "../shared/documents.js";
import {
  vCheckedPayload,
  vEventRow,
  vReceipt,
  vReceived,
  vRefusal,
  vRoute,
  vSourcePolicy,
  vSourceStats,
  vWebhookStatus,
} from "../shared/webhooks.js";
import { mutation, query } from "./_generated/server.js";

const declared = {
  fingerprint: v.string(),
  routes: v.array(vRoute),
  policy: vSourcePolicy,
};

/** Stores a verified delivery and schedules its first attempt, unless it is a duplicate. */
export const receive = mutation({
  args: {
    receipt: vReceipt,
    policy: vSourcePolicy,
    fingerprint: v.string(),
    routes: v.optional(v.array(vRoute)),
  },
  returns: vReceived,
  handler: receiveEvent,
});

/** Records a refused delivery. */
export const reject = mutation({
  args: { source: v.string(), code: vRefusal },
  returns: v.null(),
  handler: (ctx, { source, code }) => recordRejection(ctx, source, code),
});

/** The sources whose current routes the component does not have. */
export const unsynced = query({
  args: {
    sources: v.array(v.object({ source: v.string(), fingerprint: v.string() })),
  },
  returns: v.array(v.string()),
  handler: async (ctx, { sources }) => {
    const unknown: string[] = [];
    for (const { source, fingerprint } of sources) {
      const stored = await findSource(ctx, source);
      if (stored?.fingerprint !== fingerprint) unknown.push(source);
    }
    return unknown;
  },
});

/** Stores the host's routes. */
export const sync = mutation({
  args: { sources: v.array(v.object({ source: v.string(), ...declared })) },
  returns: v.null(),
  handler: async (ctx, { sources }) => {
    for (const { source, ...now } of sources) {
      await declareRoutes(ctx, source, await findSource(ctx, source), now);
    }
  },
});

export const get = query({
  args: { id: v.string() },
  returns: v.union(v.null(), vEventRow),
  handler: async (ctx, { id }) => {
    const event = await findEvent(ctx, id);
    return event && toPublicEvent(event);
  },
});

/** An event's body as it was sent; `null` once it has expired. */
export const getBody = query({
  args: { id: v.string() },
  returns: v.object({
    source: v.string(),
    type: v.string(),
    text: v.union(v.null(), v.string()),
    headers: v.record(v.string(), v.string()),
  }),
  handler: async (ctx, { id }) => {
    const event = await getEvent(ctx, id);
    const { source, type, headers } = event;
    const text = await operator.bodyOf(ctx, event);
    return { source, type, headers, text };
  },
});

export const list = query({
  args: {
    source: v.optional(v.string()),
    status: v.optional(vWebhookStatus),
    type: v.optional(v.string()),
    order: vOrder,
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vEventRow),
  handler: (ctx, { order, paginationOpts, ...which }) =>
    listEvents(ctx, which, order, paginationOpts),
});

export const stats = query({
  args: { source: v.string() },
  returns: vSourceStats,
  handler: (ctx, { source }) => sourceStats(ctx, source),
});

/** Events that can be replayed, with their bodies. */
export const replayable = query({
  args: {
    source: v.string(),
    status: v.union(
      v.literal("dead"),
      v.literal("unhandled"),
      v.literal("skipped"),
    ),
    type: v.optional(v.string()),
    cursor: v.union(v.null(), v.string()),
    limit: v.number(),
  },
  returns: v.object({
    events: v.array(
      v.object({
        id: v.string(),
        source: v.string(),
        type: v.string(),
        text: v.string(),
        headers: v.record(v.string(), v.string()),
      }),
    ),
    cursor: v.union(v.null(), v.string()),
  }),
  handler: (ctx, { cursor, limit, ...which }) =>
    operator.findReplayable(ctx, which, cursor, limit),
});

/** Starts the attempts of events anew. One outcome per event, in order; a refusal undoes the whole call. */
export const replay = mutation({
  args: {
    items: v.array(v.object({ id: v.string(), judged: vCheckedPayload })),
    again: v.boolean(),
  },
  returns: v.array(v.union(v.literal("replayed"), v.literal("invalid"))),
  handler: async (ctx, { items, again }) => {
    const outcomes: ("replayed" | "invalid")[] = [];
    for (const { id, judged } of items) {
      outcomes.push(await operator.replayEvent(ctx, id, judged, again));
    }
    return outcomes;
  },
});

export const skip = mutation({
  args: { id: v.string() },
  returns: v.null(),
  handler: (ctx, { id }) => operator.skipEvent(ctx, id),
});

export const setPause = mutation({
  args: { source: v.string(), paused: v.boolean() },
  returns: v.null(),
  handler: (ctx, { source, paused }) =>
    operator.setSourcePaused(ctx, source, paused),
});
