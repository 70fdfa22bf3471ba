import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

/** The documents live in the component. Tables of the app's own stand here. */
export default defineSchema({
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
