/**
 * Retention of the documents of one mount.
 *
 * @module
 */
import { v } from "convex/values";
import { runCleanupBatch, startCleanup } from "../model/retention/cleanup.js";
import * as override from "../model/retention/overrides.js";
import { previewCleanup } from "../model/retention/preview.js";
import { releaseQuarantined } from "../model/retention/quarantine.js";
import { vStatus } from "../shared/documents.js";
import {
  vCleanupStart,
  vCleanupStarted,
  vCleanupTarget,
  vOverride,
  vPreview,
} from "../shared/retention.js";
import { internalMutation, mutation, query } from "./_generated/server.js";

export const start = mutation({
  args: { sweep: vCleanupStart },
  returns: vCleanupStarted,
  handler: (ctx, { sweep }) => startCleanup(ctx, sweep),
});

export const preview = query({
  args: {
    job: v.string(),
    cleanup: vCleanupTarget,
    purge: vCleanupTarget,
    at: v.optional(v.number()),
  },
  returns: vPreview,
  handler: previewCleanup,
});

/** Sets an owner's override; without `olderThanMs`, deletes it. */
export const setOverride = mutation({
  args: {
    ownerId: v.string(),
    status: vStatus,
    olderThanMs: v.optional(v.union(v.null(), v.number())),
  },
  returns: v.null(),
  handler: (ctx, { ownerId, status, olderThanMs }) =>
    override.setOverride(ctx, ownerId, status, olderThanMs),
});

export const overrides = query({
  args: { ownerId: v.string() },
  returns: v.array(vOverride),
  handler: (ctx, { ownerId }) => override.overridesOf(ctx, ownerId),
});

/** Lets runs try documents again that are in quarantine; without ids, all. Returns how many were in it. */
export const release = mutation({
  args: { ids: v.optional(v.array(v.string())) },
  returns: v.number(),
  handler: (ctx, { ids }) => releaseQuarantined(ctx, ids),
});

export const step = internalMutation({
  args: { id: v.id("jobRuns"), attempt: v.number() },
  returns: v.null(),
  handler: (ctx, { id, attempt }) => runCleanupBatch(ctx, id, attempt),
});
