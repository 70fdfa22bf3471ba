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
});
