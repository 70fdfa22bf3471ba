import { vPreview, type Preview } from "@acme/convex-docs";
import { vJobStatus, vRun } from "@acme/convex-docs/jobs";
import {
  paginationOptsValidator,
  paginationResultValidator,
  type FunctionReference,
} from "convex/server";
import { v, type Infer } from "convex/values";
import { internal } from "./_generated/api.js";
import { mutation, query } from "./_generated/server.js";
import { jobs } from "./jobs.js";
import { requireOperator } from "./operator.js";

/** What `crons.ts` starts, by the name its runs are recorded under. */
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
    /** Between two of its starts (ms), as `crons.ts` has it. */
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

/** Every job and how it stands; `null` before its first run. */
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

/** The runs of a job, the latest first. */
export const runs = query({
  args: { job: vJobName, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vRun),
  handler: async (ctx, args) => {
    await requireOperator(ctx);
    return await jobs.runs(ctx, args);
  },
});

/** Starts a job now, as its cron would: one that runs already, or has nothing to do, starts nothing. */
export const runNow = mutation({
  args: { job: vJobName },
  returns: v.null(),
  handler: async (ctx, { job }) => {
    await requireOperator(ctx);
    await ctx.scheduler.runAfter(0, JOBS[job].run, {});
    return null;
  },
});

/** While a job is paused nothing of it starts. What runs goes on to its end. */
export const setPaused = mutation({
  args: { job: vJobName, paused: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { job, paused }) => {
    await requireOperator(ctx);
    await (paused ? jobs.pause(ctx, { job }) : jobs.resume(ctx, { job }));
    return null;
  },
});

/** Ends what is under way. `false`: nothing was. */
export const cancel = mutation({
  args: { job: vJobName },
  returns: v.boolean(),
  handler: async (ctx, { job }) => {
    await requireOperator(ctx);
    return await jobs.cancel(ctx, { job });
  },
});

/** What the clean-up and the purge would take as of a time (ms). Changes nothing. */
export const previewCleanup = query({
  args: { at: v.number() },
  returns: vPreview,
  handler: async (ctx, { at }): Promise<Preview> => {
    await requireOperator(ctx);
    return await ctx.runQuery(internal.retention.previewCleanup, { at });
  },
});
