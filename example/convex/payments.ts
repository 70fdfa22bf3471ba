import { vWebhookEvent } from "@acme/convex-docs/webhooks";
import { v } from "convex/values";
import { internalMutation, mutation, query } from "./_generated/server.js";
import { requireOperator } from "./operations.js";

/** Starts a checkout. The provider's webhook completes it. An operator's: it names the payment and its amount. */
export const start = mutation({
  args: { paymentId: v.string(), amount: v.number() },
  returns: v.null(),
  handler: async (ctx, { paymentId, amount }) => {
    await requireOperator(ctx);
    const known = await ctx.db
      .query("payments")
      .withIndex("paymentId", (q) => q.eq("paymentId", paymentId))
      .unique();
    if (known) return null;
    await ctx.db.insert("payments", {
      paymentId,
      amount,
      status: "pending",
      timesCompleted: 0,
    });
    return null;
  },
});

/** The latest payments, for an operator: they are everybody's. */
export const latest = query({
  args: {},
  handler: async (ctx) => {
    await requireOperator(ctx);
    return await ctx.db.query("payments").order("desc").take(20);
  },
});

/** Marks a payment as completed, in the transaction that marks the event as processed. */
export const markCompleted = internalMutation({
  args: {
    event: vWebhookEvent(
      "payment.completed",
      v.object({
        data: v.object({
          object: v.object({ id: v.string(), amount: v.number() }),
        }),
      }),
    ),
  },
  returns: v.null(),
  handler: async (ctx, { event }) => {
    const { id } = event.payload.data.object;
    const payment = await ctx.db
      .query("payments")
      .withIndex("paymentId", (q) => q.eq("paymentId", id))
      .unique();
    // A throw rolls this attempt back; there will be another.
    if (!payment) throw new Error("There is no such payment yet.");
    await ctx.db.patch("payments", payment._id, {
      status: "completed",
      timesCompleted: payment.timesCompleted + 1,
    });
    return null;
  },
});
