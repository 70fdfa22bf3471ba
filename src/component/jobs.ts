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
import * as job from "../model/jobs/job.js";
import * as look from "../model/jobs/look.js";
import { prune as pruneSome } from "../model/jobs/prune.js";
import * as queue from "../model/jobs/queue.js";
import * as run from "../model/jobs/run.js";
import { vDocsErrorData } from "../shared/validators.js";
import {
  vCounts,
  vCursor,
  vEntered,
  vJobClaim,
  vJobStatus,
  vRun,
  vStarted,
  vTask,
} from "../shared/jobs/validators.js";
import { internalMutation, mutation, query } from "./_generated/server.js";

const which = { job: v.string(), key: v.optional(v.string()) };

/** Begins a run and arranges its first attempt, unless there is a reason not to. */
export const start = mutation({
  args: { name: v.string(), key: v.optional(v.string()), task: vTask },
  returns: vStarted,
  handler: (ctx, call) => queue.start(ctx, call),
});

/** What an attempt is to work with; `null`: it no longer counts. */
export const enter = query({
  args: { claim: vJobClaim },
  returns: v.union(v.null(), vEntered),
  handler: (ctx, { claim }) => attempts.enter(ctx, claim),
});

const ofAttempt = { claim: vJobClaim, task: vTask };

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
    attempts.complete(ctx, claim, task, ending),
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
    attempts.failed(ctx, claim, task, failed),
});

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
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vRun),
  handler: (ctx, { job: name, paginationOpts }) =>
    look.runs(ctx, name, paginationOpts),
});

/** Ends what is under way. `false`: nothing was. */
export const cancel = mutation({
  args: which,
  returns: v.boolean(),
  handler: async (ctx, args) => {
    const canceled = await run.cancel(ctx, args.job, args.key);
    await queue.drain(ctx, args.job);
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
    await job.setPaused(ctx, name, paused, declared);
    if (!paused) await queue.drain(ctx, name);
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
    task: vTask,
  },
  returns: v.null(),
  handler: async (ctx, call) => {
    await attempts.check(ctx, call);
    return null;
  },
});

export const drain = internalMutation({
  args: { name: v.string() },
  returns: v.null(),
  handler: async (ctx, { name }) => {
    await queue.drain(ctx, name);
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
