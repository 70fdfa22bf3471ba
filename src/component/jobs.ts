/**
 * Jobs: what a host runs in the background, and what is known of it.
 *
 * @module
 */
import { v } from "convex/values";
import * as job from "../model/jobs/job.js";
import * as look from "../model/jobs/look.js";
import { prune as pruneSome } from "../model/jobs/prune.js";
import * as run from "../model/jobs/run.js";
import {
  vCounts,
  vJobClaim,
  vJobStatus,
  vRun,
} from "../shared/jobs/validators.js";
import { internalMutation, mutation, query } from "./_generated/server.js";

const which = { job: v.string(), key: v.optional(v.string()) };

/** Writes down how far a run is. `false`: it no longer counts, and whoever asked must stop. */
export const progress = mutation({
  args: { claim: vJobClaim, counts: vCounts },
  returns: v.boolean(),
  handler: (ctx, { claim, counts }) => run.advance(ctx, claim, { counts }),
});

export const status = query({
  args: which,
  returns: v.union(v.null(), vJobStatus),
  handler: (ctx, args) => look.statusOf(ctx, args.job, args.key),
});

export const list = query({
  args: {},
  returns: v.array(vJobStatus),
  handler: (ctx) => look.list(ctx),
});

export const runs = query({
  args: {
    job: v.optional(v.string()),
    cursor: v.union(v.null(), v.string()),
    numItems: v.number(),
  },
  returns: v.object({
    page: v.array(vRun),
    isDone: v.boolean(),
    continueCursor: v.string(),
  }),
  handler: (ctx, { job: name, ...page }) => look.runs(ctx, name, page),
});

/** Ends what is under way. `false`: nothing was. */
export const cancel = mutation({
  args: which,
  returns: v.boolean(),
  handler: (ctx, args) => run.cancel(ctx, args.job, args.key),
});

export const setPause = mutation({
  args: { job: v.string(), paused: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { job: name, paused }) => {
    await job.setPaused(ctx, name, paused);
    return null;
  },
});

export const prune = internalMutation({
  args: { name: v.string() },
  returns: v.null(),
  handler: async (ctx, { name }) => {
    await pruneSome(ctx, name);
    return null;
  },
});
