/**
 * What the scheduler and the crons call to apply webhook events. All of it is internal.
 *
 * @module
 */
import type { FunctionHandle } from "convex/server";
import { v } from "convex/values";
import * as attempts from "../model/webhooks/attempt.js";
import { releaseHeld } from "../model/webhooks/operator.js";
import { purgeEvents, recoverEvents } from "../model/webhooks/purge.js";
import { vFailure } from "../shared/webhooks.js";
import { internal } from "./_generated/api.js";
import {
  internalAction,
  internalMutation,
  internalQuery,
} from "./_generated/server.js";

const which = { id: v.id("webhookEvents"), attempt: v.number() };
const watched = { ...which, checkId: v.id("_scheduled_functions") };

export const attempt = internalMutation({
  args: watched,
  returns: v.null(),
  handler: attempts.attemptEvent,
});

/** The watchdog of an attempt. */
export const check = internalMutation({
  args: which,
  returns: v.null(),
  handler: attempts.onEventTimeout,
});

/** Runs an action of the host, at least once: if its end is not reported, the watchdog has it run again. */
export const perform = internalAction({
  args: watched,
  returns: v.null(),
  handler: async (ctx, { checkId, ...call }) => {
    const job = await ctx.runQuery(internal.deliveries.load, call);
    if (!job) return;
    const finish = internal.deliveries.finish;
    try {
      if (job.handled === null) throw new Error("Its body is gone.");
      await ctx.runAction(job.handle as FunctionHandle<"action">, job.handled);
    } catch (error) {
      const reason = attempts.reasonOf(error);
      await ctx.runMutation(finish, { ...call, checkId, reason });
      return;
    }
    await ctx.runMutation(finish, { ...call, checkId });
  },
});

export const load = internalQuery({
  args: which,
  returns: v.union(
    v.null(),
    // The host's own validator checks what its handler takes.
    v.object({ handle: v.string(), handled: v.any() }),
  ),
  handler: attempts.loadAction,
});

export const finish = internalMutation({
  args: {
    ...watched,
    reason: v.optional(
      v.object({ code: vFailure, text: v.optional(v.string()) }),
    ),
  },
  returns: v.null(),
  handler: attempts.finishAction,
});

/** Schedules attempts of what a paused source held. */
export const release = internalMutation({
  args: { source: v.string() },
  returns: v.null(),
  handler: (ctx, { source }) => releaseHeld(ctx, source),
});

export const purge = internalMutation({
  args: {},
  returns: v.null(),
  handler: purgeEvents,
});

/** Finds events that lost their scheduled functions. */
export const sweep = internalMutation({
  args: {
    status: v.union(v.literal("pending"), v.literal("running")),
    cursor: v.union(v.null(), v.string()),
  },
  returns: v.null(),
  handler: (ctx, { status, cursor }) => recoverEvents(ctx, status, cursor),
});
