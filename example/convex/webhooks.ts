import {
  stripe,
  vEventRow,
  vSourceStats,
  vWebhookStatus,
  Webhooks,
} from "@acme/convex-docs/webhooks";
import {
  paginationOptsValidator,
  paginationResultValidator,
} from "convex/server";
import { v } from "convex/values";
import { z } from "zod";
import { components, internal } from "./_generated/api.js";
import { mutation, query } from "./_generated/server.js";
import { requireOperator } from "./operations.js";

declare const process: { env: Record<string, string | undefined> };

/** The part of a provider's event that the handlers use. Other fields are dropped. */
const about = <Shape extends z.ZodRawShape>(object: Shape) =>
  z.object({ data: z.object({ object: z.object(object) }) });

export const webhooks = new Webhooks(components.docs, {
  sources: {
    stripe: stripe({
      // During a rotation, both secrets.
      secrets: () => [
        process.env["STRIPE_WEBHOOK_SECRET"],
        process.env["STRIPE_WEBHOOK_SECRET_OLD"],
      ],
      events: {
        "payment.completed": about({ id: z.string(), amount: z.int() }),
        "subscription.cancelled": about({ id: z.string() }),
      },
    }),
  },
});

webhooks
  .source("stripe")
  .on("payment.completed", internal.payments.markCompleted, {
    // The event may arrive before the payment is stored.
    firstRetryMs: 300,
  })
  .on("subscription.cancelled", internal.subscriptions.cancel);

/** The events for an operator, latest first. */
export const list = query({
  args: {
    status: v.optional(vWebhookStatus),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vEventRow),
  handler: async (ctx, args) => {
    await requireOperator(ctx);
    return await webhooks.list(ctx, { source: "stripe", ...args });
  },
});

export const stats = query({
  args: {},
  returns: vSourceStats,
  handler: async (ctx) => {
    await requireOperator(ctx);
    return await webhooks.stats(ctx, { source: "stripe" });
  },
});

export const replay = mutation({
  args: { id: v.string() },
  returns: v.union(v.literal("replayed"), v.literal("invalid")),
  handler: async (ctx, args) => {
    await requireOperator(ctx);
    return await webhooks.replay(ctx, args);
  },
});

export const setPaused = mutation({
  args: { paused: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { paused }) => {
    await requireOperator(ctx);
    const source = { source: "stripe" } as const;
    await (paused ? webhooks.pause(ctx, source) : webhooks.resume(ctx, source));
    return null;
  },
});
