/**
 * What the scheduler calls to apply webhook events. All of it is internal.
 *
 * @module
 */
import type { FunctionHandle } from "convex/server";
import { v } from "convex/values";
import * as attempts from "../model/webhooks/attempt.js";
import { vFailure } from "../shared/webhooks.js";
import { internal } from "./_generated/api.js";
import {
  internalAction,
  internalMutation,
  internalQuery,
} from "./_generated/server.js";

const which = {
  id: v.id("webhookEvents"),
  attempt: v.number(),
  /** Of calls that the last release has scheduled. */
  checkId: v.optional(v.id("_scheduled_functions")),
};

/** The first attempt of an event. */
export const first = internalMutation({
  args: { source: v.string(), key: v.string() },
  returns: v.null(),
  handler: attempts.attemptFirst,
});

/** Another attempt. */
export const attempt = internalMutation({
  args: which,
  returns: v.null(),
  handler: attempts.attemptEvent,
});

/** Runs an action of the host, at least once: if its end is not reported, the engine has it run again. */
export const perform = internalAction({
  args: which,
  returns: v.null(),
  handler: async (ctx, { id, attempt: number }) => {
    const call = { id, attempt: number };
    const job = await ctx.runQuery(internal.deliveries.load, call);
    if (!job) return;
    const { handle, handled } = job;
    const end = await attempts.endOf(handle, handled, () =>
      ctx.runAction(handle as FunctionHandle<"action">, handled),
    );
    const { finish } = internal.deliveries;
    try {
      await ctx.runMutation(finish, { ...call, ...end });
    } catch {
      // A call from an action gives up after some conflicts. A scheduled mutation never does.
      await ctx.scheduler.runAfter(0, finish, { ...call, ...end });
    }
  },
});

export const load = internalQuery({
  args: which,
  returns: v.union(
    v.null(),
    // The host's own validator checks what its handler takes.
    v.object({ handle: v.union(v.null(), v.string()), handled: v.any() }),
  ),
  handler: attempts.loadAction,
});

export const finish = internalMutation({
  args: {
    ...which,
    reason: v.optional(
      v.object({ code: vFailure, text: v.optional(v.string()) }),
    ),
    isMissing: v.optional(v.boolean()),
  },
  returns: v.null(),
  handler: attempts.finishAction,
});
