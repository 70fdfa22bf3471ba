import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { statisticsColumns, vActivity, vSummaryResult } from "./validators.js";

/** Tables of the app's own. The documents live in the component. */
export default defineSchema({
  /** How often a user has done something since `startedAt` (ms). See `limits.ts`. */
  limits: defineTable({
    userId: v.string(),
    name: v.string(),
    startedAt: v.number(),
    used: v.number(),
  }).index("by_user", ["userId", "name"]),

  payments: defineTable({
    /** The payment provider's id. */
    paymentId: v.string(),
    amount: v.number(),
    status: v.union(v.literal("pending"), v.literal("completed")),
    /** How often it was marked as completed. Once, or something is wrong. */
    timesCompleted: v.number(),
  })
    // markCompleted
    .index("paymentId", ["paymentId"]),

  subscriptions: defineTable({
    subscriptionId: v.string(),
    status: v.union(v.literal("active"), v.literal("cancelled")),
  })
    // cancel
    .index("subscriptionId", ["subscriptionId"]),

  /** What happened to documents, one row an event: what the daily report counts. Its time is `_creationTime`. */
  activity: defineTable({ what: vActivity }),

  /** The jobs that keep failing, one row each. */
  alerts: defineTable({
    job: v.string(),
    /** Runs that had failed in a row when the operator was told. */
    failures: v.number(),
  })
    // onJob
    .index("job", ["job"]),

  /** One report for each UTC day. */
  reports: defineTable({
    /** Such as `"2026-11-23"`. */
    day: v.string(),
    counts: v.record(v.string(), v.number()),
    /** When it was written last (ms). */
    writtenAt: v.number(),
  })
    // store, latest
    .index("day", ["day"]),

  /** The latest summary that was asked for, of each document. */
  summaries: defineTable({
    documentId: v.string(),
    /** Which document, at which version, by which model: the work that is done once. */
    key: v.string(),
    /** The version of the document that is summarised. */
    version: v.number(),
    model: v.string(),
    /** When it was asked for (ms). */
    requestedAt: v.number(),
    /** What came of it. Absent while it is under way, and when it failed: the job knows more. */
    result: v.optional(vSummaryResult),
  })
    // of a document
    .index("document", ["documentId"]),

  /** What `processDocument` found out about each document. */
  statistics: defineTable({ documentId: v.string(), ...statisticsColumns })
    // of a document
    .index("document", ["documentId"]),

  /** What another service has told us, by its own id. */
  updates: defineTable({
    externalId: v.string(),
    title: v.string(),
    changedAt: v.string(),
  })
    // apply
    .index("externalId", ["externalId"]),
});
