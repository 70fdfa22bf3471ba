/**
 * Planned publishing of the documents of one mount. `answers` is what the host's `access` has said about the document.
 *
 * @module
 */
import { v } from "convex/values";
import * as plans from "../model/history/schedule.js";
import { vActor } from "../shared/documents.js";
import { vHostFunction } from "../shared/functions.js";
import { vPlan, vPlanAction } from "../shared/plans.js";
import { vAnswers } from "../shared/roles.js";
import { mutation, query } from "./_generated/server.js";

const target = {
  actor: vActor,
  answers: v.optional(vAnswers),
  id: v.string(),
  /** See `Rules`. */
  rules: v.string(),
};

/** Returns the id of the plan. */
export const plan = mutation({
  args: {
    ...target,
    action: vPlanAction,
    at: v.number(),
    ifVersion: v.optional(v.number()),
    worker: v.optional(vHostFunction),
  },
  returns: v.string(),
  handler: (ctx, call) => plans.schedule(ctx, call),
});

export const cancel = mutation({
  args: { ...target, action: vPlanAction },
  returns: v.null(),
  handler: async (ctx, call) => {
    await plans.cancelSchedule(ctx, call);
    return null;
  },
});

export const list = query({
  args: target,
  returns: v.array(vPlan),
  handler: (ctx, call) => plans.listSchedules(ctx, call),
});
