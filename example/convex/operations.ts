import {
  docsError,
  vPreview,
  vViewStatus,
  type Preview,
  type ViewStatus,
} from "@acme/convex-docs";
import { vJobAlert, vJobStatus, vRun } from "@acme/convex-docs/jobs";
import {
  paginationOptsValidator,
  paginationResultValidator,
  type Auth,
  type FunctionReference,
} from "convex/server";
import { v, type Infer } from "convex/values";
import { internal } from "./_generated/api.js";
import { internalMutation, mutation, query } from "./_generated/server.js";
import { jobs } from "./jobs.js";

/**
 * In this demo every signed-in user is an operator. A real app checks a role here.
 *
 * @throws UNAUTHORIZED
 */
export async function requireOperator(ctx: { auth: Auth }): Promise<void> {
  if (await ctx.auth.getUserIdentity()) return;
  throw docsError("UNAUTHORIZED");
}

/** The jobs that `crons.ts` starts, by the names of their runs. */
const vJobName = v.union(
  v.literal("cleanupOldDrafts"),
  v.literal("purgeTrash"),
  v.literal("daily-report"),
  v.literal("pull-updates"),
);

const MINUTE = 60_000;

type Startable = FunctionReference<"mutation" | "action", "internal">;

const JOBS: Record<
  Infer<typeof vJobName>,
  {
    run: Startable;
    /** Time between two starts (ms), as in `crons.ts`. */
    everyMs: number;
  }
> = {
  cleanupOldDrafts: {
    run: internal.retention.cleanupOldDrafts,
    everyMs: 60 * MINUTE,
  },
  purgeTrash: {
    run: internal.retention.purgeTrash,
    everyMs: 24 * 60 * MINUTE,
  },
  "daily-report": {
    run: internal.analytics.dailyReport,
    everyMs: 24 * 60 * MINUTE,
  },
  "pull-updates": { run: internal.sync.pullUpdates, everyMs: 5 * MINUTE },
};

const names = Object.keys(JOBS) as Infer<typeof vJobName>[];

/** Every job with its status; `null` before its first run. */
export const list = query({
  args: {},
  returns: v.array(
    v.object({
      job: vJobName,
      everyMs: v.number(),
      status: v.union(v.null(), vJobStatus),
    }),
  ),
  handler: async (ctx) => {
    await requireOperator(ctx);
    return await Promise.all(
      names.map(async (job) => {
        const status = await jobs.status(ctx, { job });
        return { job, everyMs: JOBS[job].everyMs, status };
      }),
    );
  },
});

/** The runs of a job, latest first. */
export const runs = query({
  args: { job: vJobName, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vRun),
  handler: async (ctx, args) => {
    await requireOperator(ctx);
    return await jobs.runs(ctx, args);
  },
});

/** Starts a job now, as its cron would. Does nothing if it is running or has nothing to do. */
export const runNow = mutation({
  args: { job: vJobName },
  returns: v.null(),
  handler: async (ctx, { job }) => {
    await requireOperator(ctx);
    await ctx.scheduler.runAfter(0, JOBS[job].run, {});
    return null;
  },
});

/** A paused job does not start. A run in progress continues. */
export const setPaused = mutation({
  args: { job: vJobName, paused: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { job, paused }) => {
    await requireOperator(ctx);
    await (paused ? jobs.pause(ctx, { job }) : jobs.resume(ctx, { job }));
    return null;
  },
});

/** Cancels the run in progress. `false` if there is none. */
export const cancel = mutation({
  args: { job: vJobName },
  returns: v.boolean(),
  handler: async (ctx, { job }) => {
    await requireOperator(ctx);
    return await jobs.cancel(ctx, { job });
  },
});

/** What the clean-up and the purge would remove at a time (ms). Changes nothing. */
export const previewCleanup = query({
  args: { at: v.number() },
  returns: vPreview,
  handler: async (ctx, { at }): Promise<Preview> => {
    await requireOperator(ctx);
    return await ctx.runQuery(internal.retention.previewCleanup, { at });
  },
});

/** Lets the next clean-up try documents again whose removal failed too often. Returns how many. */
export const releaseQuarantined = mutation({
  args: {},
  returns: v.number(),
  handler: async (ctx): Promise<number> => {
    await requireOperator(ctx);
    return await ctx.runMutation(internal.retention.releaseQuarantined, {});
  },
});

/** Every view of documents: ready, being built, or being removed. */
export const views = query({
  args: {},
  returns: v.array(vViewStatus),
  handler: async (ctx): Promise<ViewStatus[]> => {
    await requireOperator(ctx);
    return await ctx.runQuery(internal.documents.viewStatus, {});
  },
});

/** Compares every document with its places in the views, in the background. Lists stay right meanwhile. */
export const rebuildViews = mutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await requireOperator(ctx);
    await ctx.runMutation(internal.documents.buildViews, { again: true });
    return null;
  },
});

/** Removes a view that the code declares no more. Returns how many there were of this name. */
export const dropView = mutation({
  args: { view: v.string() },
  returns: v.number(),
  handler: async (ctx, args): Promise<number> => {
    await requireOperator(ctx);
    return await ctx.runMutation(internal.documents.dropView, args);
  },
});

/**
 * The `onFailure` of jobs: called when a job keeps failing, and when it works again. A real app sends a message here; this
 * one shows it on the operations page.
 */
export const onJobFailure = internalMutation({
  args: { alert: vJobAlert },
  returns: v.null(),
  handler: async (ctx, { alert: { job, kind, failures } }) => {
    const known = await ctx.db
      .query("alerts")
      .withIndex("job", (q) => q.eq("job", job))
      .unique();
    if (known) await ctx.db.delete("alerts", known._id);
    if (kind === "failing") await ctx.db.insert("alerts", { job, failures });
    return null;
  },
});

/** The jobs that keep failing, at most one row each. */
export const alerts = query({
  args: {},
  returns: v.array(
    v.object({ job: v.string(), failures: v.number(), since: v.number() }),
  ),
  handler: async (ctx) => {
    await requireOperator(ctx);
    const rows = await ctx.db.query("alerts").take(100);
    return rows.map(({ job, failures, _creationTime }) => ({
      job,
      failures,
      since: _creationTime,
    }));
  },
});
