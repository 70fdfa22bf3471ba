/**
 * Bulk jobs over the documents of one mount.
 *
 * @module
 */
import { v } from "convex/values";
import * as bulk from "../model/bulk.js";
import { bulkOrder, vBulkStatus, vBulkTarget } from "../shared/bulk.js";
import { vActor } from "../shared/documents.js";
import { internalMutation, mutation, query } from "./_generated/server.js";

const { where, ...request } = bulkOrder;

export const start = mutation({
  args: { ...request, target: vBulkTarget },
  returns: v.string(),
  handler: bulk.startBulk,
});

export const status = query({
  args: { actor: vActor, jobId: v.string() },
  returns: v.union(v.null(), vBulkStatus),
  handler: (ctx, { actor, jobId }) => bulk.bulkStatus(ctx, actor, jobId),
});

export const cancel = mutation({
  args: { actor: vActor, jobId: v.string() },
  returns: v.null(),
  handler: (ctx, { actor, jobId }) => bulk.cancelBulk(ctx, actor, jobId),
});

export const step = internalMutation({
  args: { jobId: v.id("bulkJobs"), generation: v.number() },
  returns: v.null(),
  handler: (ctx, { jobId, generation }) =>
    bulk.runBulkStep(ctx, jobId, generation),
});

/** The watchdog of a job. */
export const watch = internalMutation({
  args: { jobId: v.id("bulkJobs") },
  returns: v.null(),
  handler: (ctx, { jobId }) => bulk.onBulkTimeout(ctx, jobId),
});

export const forget = internalMutation({
  args: { jobId: v.id("bulkJobs") },
  returns: v.null(),
  handler: (ctx, { jobId }) => bulk.forgetBulk(ctx, jobId),
});
