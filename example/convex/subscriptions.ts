import { vWebhookEvent } from "@acme/convex-docs/webhooks";
import { ConvexError, v } from "convex/values";
import { internalMutation, mutation, query } from "./_generated/server.js";
import { requireOperator } from "./operations.js";

/** Starts a subscription. An operator's, as in payments.ts. */
export const start = mutation({
  args: { subscriptionId: v.string() },
  returns: v.null(),
  handler: async (ctx, { subscriptionId }) => {
    await requireOperator(ctx);
    await ctx.db.insert("subscriptions", { subscriptionId, status: "active" });
    return null;
  },
});

/** The latest subscriptions, for an operator. */
export const latest = query({
  args: {},
  handler: async (ctx) => {
    await requireOperator(ctx);
    return await ctx.db.query("subscriptions").order("desc").take(20);
  },
});

/** Cancels a subscription, in the transaction that marks the event as processed. */
export const cancel = internalMutation({
  args: {
    event: vWebhookEvent(
      "subscription.cancelled",
      v.object({ data: v.object({ object: v.object({ id: v.string() }) }) }),
    ),
  },
  returns: v.null(),
  handler: async (ctx, { event }) => {
    const { id } = event.payload.data.object;
    const subscription = await ctx.db
      .query("subscriptions")
      .withIndex("subscriptionId", (q) => q.eq("subscriptionId", id))
      .first();
    if (!subscription) {
      // It was never sold, so no further attempt can help.
      throw new ConvexError({
        code: "DO_NOT_RETRY",
        message: "We have no such subscription.",
      });
    }
    await ctx.db.patch("subscriptions", subscription._id, {
      status: "cancelled",
    });
    return null;
  },
});
