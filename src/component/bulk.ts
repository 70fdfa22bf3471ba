/**
 * Bulk jobs over the documents of one mount.
 *
 * @module
 */
import { v } from "convex/values";
import * as bulk from "../model/bulk.js";
import { runBulkStep as runStep } from "../model/bulk.js";
import { bulkOrder, vBulkStatus, vBulkTarget } from "../shared/bulk.js";
import { vActor } from "../shared/documents.js";
import { internalMutation, mutation, query } from "./_generated/server.js";

const { where, ...request } = bulkOrder;

export const start = mutation({
  args: { ...request, target: vBulkTarget },
  returns: v.string(),
  handler: (ctx, args) => bulk.startBulk(ctx, args),
});

export const status = query({
  args: { actor: vActor, jobId: v.string() },
  returns: v.union(v.null(), vBulkStatus),
  handler: (ctx, { actor, jobId }) => bulk.bulkStatus(ctx, actor, jobId),
});

export const cancel = mutation({
  args: { actor: vActor, jobId: v.string() },
  returns: v.null(),
  handler: async (ctx, { actor, jobId }) => {
    await bulk.cancelBulk(ctx, actor, jobId);
    return null;
  },
});

export const step = internalMutation({
  args: { jobId: v.id("bulkJobs"), generation: v.number() },
  returns: v.null(),
  handler: async (ctx, { jobId, generation }) => {
    await runStep(ctx, jobId, generation);
    return null;
  },
});

export const watch = internalMutation({
  args: { jobId: v.id("bulkJobs") },
  returns: v.null(),
  handler: async (ctx, { jobId }) => {
    await bulk.onBulkTimeout(ctx, jobId);
    return null;
  },
});

export const forget = internalMutation({
  args: { jobId: v.id("bulkJobs") },
  returns: v.null(),
  handler: async (ctx, { jobId }) => {
    await bulk.forgetBulk(ctx, jobId);
    return null;
  },
});
