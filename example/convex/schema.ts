import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

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
});
