/**
 * What the scheduler calls: the attempts to apply events, their watchdogs, and the work that continues itself.
 *
 * @module
 */
import type { FunctionHandle } from "convex/server";
import { v } from "convex/values";
import * as attempts from "../model/webhooks/attempt.js";
import { reasonOf } from "../model/webhooks/attempt.js";
import { releaseHeld } from "../model/webhooks/operator.js";
import * as cleanup from "../model/webhooks/purge.js";
import { vFailure, vRoute } from "../shared/webhooks.js";
import { internal } from "./_generated/api.js";
import {
  internalAction,
  internalMutation,
  internalQuery,
} from "./_generated/server.js";

const which = { id: v.id("webhookEvents"), attempt: v.number() };
const watched = { ...which, checkId: v.id("_scheduled_functions") };

export const attempt = internalMutation({
  args: { ...watched, route: v.optional(vRoute) },
  returns: v.null(),
  handler: async (ctx, call) => {
    await attempts.attemptEvent(ctx, call);
    return null;
  },
});

export const check = internalMutation({
  args: which,
  returns: v.null(),
  handler: async (ctx, call) => {
    await attempts.onAttemptTimeout(ctx, call);
    return null;
  },
});

export const load = internalQuery({
  args: which,
  // What the handler takes: its own validator is the host's.
  returns: v.union(
    v.null(),
    v.object({ handle: v.string(), handled: v.any() }),
  ),
  handler: (ctx, call) => attempts.loadAction(ctx, call),
});

/** Runs an action of the host. At least once: if nothing of this is heard again, its watchdog has it run anew. */
export const perform = internalAction({
  args: watched,
  returns: v.null(),
  handler: async (ctx, { checkId, ...call }) => {
    const job = await ctx.runQuery(internal.deliveries.load, call);
    if (!job) return null;
    const finish = internal.deliveries.finish;
    try {
      if (job.handled === null) throw new Error("Its body is gone.");
      await ctx.runAction(job.handle as FunctionHandle<"action">, job.handled);
    } catch (error) {
      const reason = reasonOf(error);
      await ctx.runMutation(finish, { ...call, checkId, reason });
      return null;
    }
    await ctx.runMutation(finish, { ...call, checkId });
    return null;
  },
});

export const finish = internalMutation({
  args: {
    ...watched,
    reason: v.optional(
      v.object({ code: vFailure, text: v.optional(v.string()) }),
    ),
  },
  returns: v.null(),
  handler: async (ctx, call) => {
    await attempts.finishAction(ctx, call);
    return null;
  },
});

export const release = internalMutation({
  args: { source: v.string() },
  returns: v.null(),
  handler: async (ctx, { source }) => {
    await releaseHeld(ctx, source);
    return null;
  },
});

export const purge = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await cleanup.purgeEvents(ctx);
    return null;
  },
});

export const sweep = internalMutation({
  args: {
    status: v.union(v.literal("pending"), v.literal("running")),
    cursor: v.union(v.null(), v.string()),
  },
  returns: v.null(),
  handler: async (ctx, { status, cursor }) => {
    await cleanup.recoverEvents(ctx, status, cursor);
    return null;
  },
});
