/**
 * The tables of webhooks. Convex bills an index as one more copy of its table: each says which query needs it.
 *
 * @module
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { vRefusal } from "../../shared/webhooks/codes.js";
import {
  eventColumns,
  vPolicy,
  vRoute,
} from "../../shared/webhooks/validators.js";

export const webhookTables = {
  /** One row an event: small, because every attempt rewrites it. It outlives its body, to recognise late duplicates. */
  webhookEvents: defineTable({
    ...eventColumns,
    bodyHash: v.optional(v.string()),
    /** The attempt before the first of this round: a replay starts counting anew. */
    roundStart: v.number(),
    bodyId: v.optional(v.id("webhookBodies")),
    /** The checked payload, where the host declared a schema. */
    payloadId: v.optional(v.id("webhookBodies")),
    policy: vPolicy,
    /** When the next part of it may be deleted (ms): the body first, then the row. Absent while it is still to be applied. */
    purgeAt: v.optional(v.number()),
  })
    // receive: is this a duplicate
    .index("key", ["source", "key"])
    // receive: has this body been seen, where the sender's id is not signed
    .index("body", ["source", "bodyHash"])
    // list by source, and when a source was last heard of
    // eslint-disable-next-line @convex-dev/no-duplicate-indexes -- in order of arrival, which the key is not
    .index("source", ["source"])
    // list by source and status; counts; replay of many; resume
    .index("source_status", ["source", "status"])
    // list by status; the daily sweep
    .index("status", ["status"])
    // attempt: has a later event of this order been processed
    .index("order", ["source", "orderKey", "status", "occurredAt"])
    // purge
    .index("purge", ["purgeAt"]),

  /** Payloads, apart from what is listed and rewritten: as they were sent, and as a schema made of them. */
  webhookBodies: defineTable({ text: v.string() }),

  /** What the host declared about each source, and whether it is paused. Rewritten by a deploy, not by a delivery. */
  webhookSources: defineTable({
    source: v.string(),
    paused: v.boolean(),
    fingerprint: v.string(),
    routes: v.array(vRoute),
  })
    // receive, attempt, pause
    .index("source", ["source"]),

  /** One row a source and reason. */
  webhookRejections: defineTable({
    source: v.string(),
    code: vRefusal,
    firstAt: v.number(),
    lastAt: v.number(),
    count: v.number(),
  })
    // reject; stats
    .index("source", ["source", "code"]),
};
