/**
 * Bulk jobs over the documents of one mount.
 *
 * @module
 */
import { v } from "convex/values";
import { bulkStatus, cancelBulk, startBulk } from "../model/bulk/order.js";
import { runBulkStep } from "../model/bulk/step.js";
import { bulkOrder, vBulkStatus, vBulkTarget } from "../shared/bulk.js";
import { vActor } from "../shared/documents.js";
import { vHostFunction } from "../shared/functions.js";
import { internalMutation, mutation, query } from "./_generated/server.js";

const { where: _where, worker: _worker, ...request } = bulkOrder;

export const start = mutation({
  args: {
    ...request,
    worker: v.optional(vHostFunction),
    target: vBulkTarget,
  },
  returns: v.string(),
  handler: startBulk,
});

export const status = query({
  args: { actor: vActor, jobId: v.string() },
  returns: v.union(v.null(), vBulkStatus),
  handler: (ctx, { actor, jobId }) => bulkStatus(ctx, actor, jobId),
});

export const cancel = mutation({
  args: { actor: vActor, jobId: v.string() },
  returns: v.null(),
  handler: (ctx, { actor, jobId }) => cancelBulk(ctx, actor, jobId),
});

/** One attempt to make a step. */
export const step = internalMutation({
  args: { id: v.id("bulkJobs"), attempt: v.number() },
  returns: v.null(),
  handler: (ctx, { id, attempt }) => runBulkStep(ctx, id, attempt),
});
