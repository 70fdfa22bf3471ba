/**
 * Retention of the documents of one mount.
 *
 * @module
 */
import { v } from "convex/values";
import * as override from "../model/retention/override.js";
import { preview as previewAll } from "../model/retention/preview.js";
import * as sweep from "../model/retention/sweep.js";
import { vJobClaim } from "../shared/jobs/validators.js";
import {
  vOverride,
  vPreview,
  vSweep,
  vSweepStart,
  vSweepTarget,
} from "../shared/retention/validators.js";
import { vStatus } from "../shared/validators.js";
import { internalMutation, mutation, query } from "./_generated/server.js";

export const start = mutation({
  args: { sweep: vSweep },
  returns: vSweepStart,
  handler: (ctx, args) => sweep.start(ctx, args.sweep),
});

export const step = internalMutation({
  args: { claim: vJobClaim, sweep: vSweep },
  returns: v.null(),
  handler: async (ctx, args) => {
    await sweep.step(ctx, args.claim, args.sweep);
    return null;
  },
});

export const preview = query({
  args: {
    job: v.string(),
    cleanup: vSweepTarget,
    purge: vSweepTarget,
    at: v.optional(v.number()),
  },
  returns: vPreview,
  handler: (ctx, args) => previewAll(ctx, args),
});

/** Gives an owner a rule of its own; without `olderThanMs`, takes it back. */
export const setOverride = mutation({
  args: {
    ownerId: v.string(),
    status: vStatus,
    olderThanMs: v.optional(v.union(v.null(), v.number())),
  },
  returns: v.null(),
  handler: async (ctx, { ownerId, status, olderThanMs }) => {
    await override.setOverride(ctx, ownerId, status, olderThanMs);
    return null;
  },
});

export const overrides = query({
  args: { ownerId: v.string() },
  returns: v.array(vOverride),
  handler: (ctx, { ownerId }) => override.overridesOf(ctx, ownerId),
});
