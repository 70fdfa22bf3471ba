/**
 * Jobs: what a host runs in the background, and what is known of it.
 *
 * @module
 */
import {
  paginationOptsValidator,
  paginationResultValidator,
} from "convex/server";
import { v } from "convex/values";
import * as attempts from "../model/jobs/attempt.js";
import * as queue from "../model/jobs/attempt.js";
import * as job from "../model/jobs/job.js";
import { pruneJob as pruneSome } from "../model/jobs/prune.js";
import * as look from "../model/jobs/queries.js";
import * as run from "../model/jobs/run.js";
import { vDocsErrorData } from "../shared/documents.js";
import {
  vAttemptInput,
  vCounts,
  vCursor,
  vJobCall,
  vJobClaim,
  vJobStatus,
  vRun,
  vStarted,
} from "../shared/jobs.js";
import { internalMutation, mutation, query } from "./_generated/server.js";

const which = { job: v.string(), key: v.optional(v.string()) };

/** Begins a run and arranges its first attempt, unless there is a reason not to. */
export const start = mutation({
  args: { name: v.string(), key: v.optional(v.string()), task: vJobCall },
  returns: vStarted,
  handler: (ctx, call) => queue.startJob(ctx, call),
});

/** What an attempt is to work with; `null`: it no longer counts. */
export const enter = query({
  args: { claim: vJobClaim },
  returns: v.union(v.null(), vAttemptInput),
  handler: (ctx, { claim }) => attempts.startAttempt(ctx, claim),
});

const ofAttempt = { claim: vJobClaim, task: vJobCall };

/** An attempt went to its end. `false`: it no longer counted, and nothing was written. */
export const complete = mutation({
  args: {
    ...ofAttempt,
    status: v.union(v.literal("success"), v.literal("partial")),
    counts: v.optional(vCounts),
    cursor: v.optional(vCursor),
    stopReason: v.optional(v.string()),
  },
  returns: v.boolean(),
  handler: (ctx, { claim, task, ...ending }) =>
    attempts.completeAttempt(ctx, claim, task, ending),
});

/** An attempt failed. `false`: it no longer counted, and nothing was written. */
export const fail = mutation({
  args: {
    ...ofAttempt,
    error: vDocsErrorData,
    transient: v.boolean(),
  },
  returns: v.boolean(),
  handler: (ctx, { claim, task, ...failed }) =>
    attempts.failAttempt(ctx, claim, task, failed),
});

/** Writes down how far a run is. `false`: it no longer counts, and whoever asked must stop. */
export const progress = mutation({
  args: { claim: vJobClaim, counts: vCounts },
  returns: v.boolean(),
  handler: (ctx, { claim, counts }) => run.advanceRun(ctx, claim, { counts }),
});

export const status = query({
  args: which,
  returns: v.union(v.null(), vJobStatus),
  handler: (ctx, args) => look.jobStatus(ctx, args.job, args.key),
});

export const list = query({
  args: {},
  returns: v.array(vJobStatus),
  handler: (ctx) => look.listJobs(ctx),
});

export const runs = query({
  args: {
    job: v.optional(v.string()),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vRun),
  handler: (ctx, { job: name, paginationOpts }) =>
    look.listRuns(ctx, name, paginationOpts),
});

/** Ends what is under way. `false`: nothing was. */
export const cancel = mutation({
  args: which,
  returns: v.boolean(),
  handler: async (ctx, args) => {
    const canceled = await run.cancelRun(ctx, args.job, args.key);
    await queue.drainQueue(ctx, args.job);
    return canceled;
  },
});

/** `declared: false`: the host does not know the job, so it must have run. */
export const setPause = mutation({
  args: {
    job: v.string(),
    paused: v.boolean(),
    declared: v.optional(v.boolean()),
  },
  returns: v.null(),
  handler: async (ctx, { job: name, paused, declared }) => {
    await job.setJobPaused(ctx, name, paused, declared);
    if (!paused) await queue.drainQueue(ctx, name);
    return null;
  },
});

/** Forgets where the next run would go on: it starts from the beginning. */
export const resetCursor = mutation({
  args: which,
  returns: v.null(),
  handler: async (ctx, args) => {
    await job.resetCursor(ctx, args.job, args.key);
    return null;
  },
});

export const check = internalMutation({
  args: {
    claim: v.object({ runId: v.id("jobRuns"), attempt: v.number() }),
    task: vJobCall,
  },
  returns: v.null(),
  handler: async (ctx, call) => {
    await attempts.onAttemptTimeout(ctx, call);
    return null;
  },
});

export const drain = internalMutation({
  args: { name: v.string() },
  returns: v.null(),
  handler: async (ctx, { name }) => {
    await queue.drainQueue(ctx, name);
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
