/**
 * Jobs: what a host runs in the background.
 *
 * @module
 */
import {
  paginationOptsValidator,
  paginationResultValidator,
} from "convex/server";
import { v } from "convex/values";
import * as attempts from "../model/jobs/attempt.js";
import * as job from "../model/jobs/job.js";
import { pruneJob } from "../model/jobs/prune.js";
import * as queries from "../model/jobs/queries.js";
import * as queue from "../model/jobs/queue.js";
import * as run from "../model/jobs/run.js";
import * as starts from "../model/jobs/start.js";
import { vDocsErrorData } from "../shared/errorData.js";
import {
  vAttemptInput,
  vCounts,
  vCursor,
  vJobCall,
  vJobClaim,
  vJobStatus,
  vPeriod,
  vRun,
  vStarted,
  vStoredCall,
} from "../shared/jobs.js";
import { internalMutation, mutation, query } from "./_generated/server.js";

const which = { job: v.string(), key: v.optional(v.string()) };

/** Starts a job, unless there is a reason to skip it. */
export const start = mutation({
  args: { name: v.string(), key: v.optional(v.string()), task: vJobCall },
  returns: vStarted,
  handler: starts.startJob,
});

/** The input of an attempt; `null`: it is superseded. */
export const enter = query({
  args: { claim: vJobClaim },
  returns: v.union(v.null(), vAttemptInput),
  handler: (ctx, { claim }) => attempts.startAttempt(ctx, claim),
});

const ofAttempt = {
  claim: vJobClaim,
  /** Sent by actions that a deploy of an earlier release has started. The run has its own. */
  task: v.optional(v.any()),
};

/** An attempt completed. `false`: it is superseded, and nothing is written. */
export const complete = mutation({
  args: {
    ...ofAttempt,
    status: v.union(v.literal("success"), v.literal("partial")),
    counts: v.optional(vCounts),
    cursor: v.optional(vCursor),
    stopReason: v.optional(v.string()),
  },
  returns: v.boolean(),
  handler: (ctx, { claim, task: _task, ...ending }) =>
    attempts.completeAttempt(ctx, claim, ending),
});

/** An attempt failed. `false`: it is superseded, and nothing is written. */
export const fail = mutation({
  args: {
    ...ofAttempt,
    error: vDocsErrorData,
    transient: v.boolean(),
  },
  returns: v.boolean(),
  handler: (ctx, { claim, task: _task, ...failed }) =>
    attempts.failAttempt(ctx, claim, failed),
});

/** Records the progress of a run. `false`: the attempt is superseded, and the caller must stop. */
export const progress = mutation({
  args: { claim: vJobClaim, counts: vCounts },
  returns: v.boolean(),
  handler: (ctx, { claim, counts }) => run.advanceRun(ctx, claim, { counts }),
});

export const status = query({
  args: which,
  returns: v.union(v.null(), vJobStatus),
  handler: (ctx, args) => queries.jobStatus(ctx, args.job, args.key),
});

export const list = query({
  args: {},
  returns: v.array(vJobStatus),
  handler: queries.listJobs,
});

export const runs = query({
  args: {
    job: v.optional(v.string()),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vRun),
  handler: (ctx, { job: name, paginationOpts }) =>
    queries.listRuns(ctx, name, paginationOpts),
});

/** Cancels the current run. `false`: there is none. */
export const cancel = mutation({
  args: which,
  returns: v.boolean(),
  handler: (ctx, args) => starts.cancelJob(ctx, args.job, args.key),
});

/** Pauses or resumes a job. One that the host does not declare (`declared: false`) must have run before. */
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
  },
});

/** The next run starts from the beginning. */
export const resetCursor = mutation({
  args: which,
  returns: v.null(),
  handler: (ctx, args) => job.resetCursor(ctx, args.job, args.key),
});

/** Makes an attempt: a retry, or one whose function was not deployed. */
export const attempt = internalMutation({
  args: { id: v.id("jobRuns"), attempt: v.number() },
  returns: v.null(),
  handler: (ctx, { id, attempt: number }) =>
    attempts.makeAttempt(ctx, id, number),
});

/** A look at the first call that waits. */
export const dequeue = internalMutation({
  args: { id: v.id("jobQueue"), attempt: v.number() },
  returns: v.null(),
  handler: (ctx, { id, attempt: number }) => queue.lookAtQueue(ctx, id, number),
});

/** What follows the end of a run. */
export const next = internalMutation({
  args: {
    name: v.string(),
    period: v.optional(vPeriod),
    task: vStoredCall,
  },
  returns: v.null(),
  handler: (ctx, ended) => starts.startNext(ctx, ended),
});

/** Deletes runs beyond the number that is kept. */
export const prune = internalMutation({
  args: { name: v.string() },
  returns: v.null(),
  handler: (ctx, { name }) => pruneJob(ctx, name),
});
