import {
  vEventRow,
  vSourceStats,
  vWebhookStatus,
} from "@acme/convex-docs/webhooks";
import {
  paginationOptsValidator,
  paginationResultValidator,
} from "convex/server";
import { v } from "convex/values";
import { mutation, query } from "./_generated/server.js";
import { requireOperator } from "./operator.js";
import { webhooks } from "./webhooks.js";

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
