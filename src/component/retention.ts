/**
 * Retention of the documents of one mount.
 *
 * @module
 */
import { v } from "convex/values";
import * as sweep from "../model/retention/cleanup.js";
import * as override from "../model/retention/overrides.js";
import { previewCleanup as previewAll } from "../model/retention/preview.js";
import { vStatus } from "../shared/documents.js";
import { vJobClaim } from "../shared/jobs.js";
import {
  vCleanup,
  vCleanupStart,
  vCleanupTarget,
  vOverride,
  vPreview,
} from "../shared/retention.js";
import { internalMutation, mutation, query } from "./_generated/server.js";

export const start = mutation({
  args: { sweep: vCleanup },
  returns: vCleanupStart,
  handler: (ctx, args) => sweep.startCleanup(ctx, args.sweep),
});

export const step = internalMutation({
  args: { claim: vJobClaim, sweep: vCleanup },
  returns: v.null(),
  handler: async (ctx, args) => {
    await sweep.runCleanupBatch(ctx, args.claim, args.sweep);
    return null;
  },
});

export const preview = query({
  args: {
    job: v.string(),
    cleanup: vCleanupTarget,
    purge: vCleanupTarget,
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
