/**
 * What an operator does with jobs. Who may call it is for the host's own functions to say.
 *
 * @module
 */
import {
  internalMutationGeneric,
  internalQueryGeneric,
  paginationOptsValidator,
  type PaginationOptions,
  type PaginationResult,
} from "convex/server";
import { v } from "convex/values";
import type { ComponentApi } from "../component/_generated/component.js";
import {
  pageOptions,
  type RunQueryCtx,
  type RunMutationCtx,
} from "../host/component.js";
import {
  JOB_HISTORY,
  OWN_JOBS,
  type JobStatus,
  type Run,
} from "../shared/jobs.js";
import { omitUndefined } from "../shared/omitUndefined.js";

/** A job, or one key of it. */
export type WhichJob = { job: string; key?: string };

const which = { job: v.string(), key: v.optional(v.string()) };

/** The operator's half of `Jobs`. */
export class JobsOperator {
  /** @internal */
  protected readonly component: ComponentApi;
  /** @internal */
  protected readonly names = new Set<string>();

  constructor(component: ComponentApi) {
    this.component = component;
  }

  /** How a job stands, or one key of it; `null` before its first run. A query of it updates as the run goes on. */
  async status(ctx: RunQueryCtx, args: WhichJob): Promise<JobStatus | null> {
    return await ctx.runQuery(this.component.jobs.status, args);
  }

  /** All jobs that have run or are paused, by name: at most 500. */
  async list(ctx: RunQueryCtx): Promise<JobStatus[]> {
    return await ctx.runQuery(this.component.jobs.list, {});
  }

  /**
   * A page of runs, newest first: of one job, or of all. At most 100 a page.
   *
   * @throws INVALID_CURSOR; VALIDATION_FAILED for a page of no size
   * @example
   * ```ts
   * const { page } = await jobs.runs(ctx, { job: "crm-sync", paginationOpts });
   * ```
   */
  async runs(
    ctx: RunQueryCtx,
    {
      job,
      paginationOpts,
    }: { job?: string; paginationOpts: PaginationOptions },
  ): Promise<PaginationResult<Run>> {
    const args = {
      ...omitUndefined({ job }),
      paginationOpts: pageOptions(paginationOpts),
    };
    return await ctx.runQuery(this.component.jobs.runs, args);
  }

  /**
   * Ends the run that is under way, and its retries. An action that is at work learns of it at its next `progress`; nothing
   * it returns counts.
   *
   * @returns whether anything was under way
   */
  async cancel(ctx: RunMutationCtx, args: WhichJob): Promise<boolean> {
    return await ctx.runMutation(this.component.jobs.cancel, args);
  }

  /**
   * Nothing of the job starts until it is resumed. What is under way goes on: `cancel` ends it.
   *
   * @throws VALIDATION_FAILED for a job that this host does not declare and that never ran
   */
  async pause(ctx: RunMutationCtx, { job }: { job: string }): Promise<void> {
    await this.#setPause(ctx, job, true);
  }

  /** Lets the job start again, and what waits in its queue begin. */
  async resume(ctx: RunMutationCtx, { job }: { job: string }): Promise<void> {
    await this.#setPause(ctx, job, false);
  }

  /**
   * The next run starts from the beginning.
   *
   * @throws VALIDATION_FAILED for a job that never ran
   */
  async resetCursor(ctx: RunMutationCtx, args: WhichJob): Promise<void> {
    await ctx.runMutation(this.component.jobs.resetCursor, args);
  }

  /**
   * Internal functions to export, for the dashboard and `npx convex run`.
   *
   * @example
   * ```ts
   * // convex/jobs.ts; then: npx convex run jobs:pause '{"job":"crm-sync"}'
   * export const { status, list, runs, cancel, pause, resume, resetCursor } = jobs.operator();
   * ```
   */
  operator() {
    const ofJob = { args: { job: v.string() }, returns: v.null() };
    return {
      status: internalQueryGeneric({
        args: which,
        handler: (ctx, args): Promise<JobStatus | null> =>
          this.status(ctx, args),
      }),
      list: internalQueryGeneric({
        args: {},
        handler: (ctx): Promise<JobStatus[]> => this.list(ctx),
      }),
      runs: internalQueryGeneric({
        args: {
          job: v.optional(v.string()),
          paginationOpts: v.optional(paginationOptsValidator),
        },
        handler: (
          ctx,
          {
            paginationOpts = {
              cursor: null,
              numItems: JOB_HISTORY.defaultPage,
            },
            ...args
          },
        ): Promise<PaginationResult<Run>> =>
          this.runs(ctx, { ...args, paginationOpts }),
      }),
      cancel: internalMutationGeneric({
        args: which,
        returns: v.boolean(),
        handler: (ctx, args) => this.cancel(ctx, args),
      }),
      pause: internalMutationGeneric({
        ...ofJob,
        handler: async (ctx, args) => {
          await this.pause(ctx, args);
          return null;
        },
      }),
      resume: internalMutationGeneric({
        ...ofJob,
        handler: async (ctx, args) => {
          await this.resume(ctx, args);
          return null;
        },
      }),
      resetCursor: internalMutationGeneric({
        args: which,
        returns: v.null(),
        handler: async (ctx, args) => {
          await this.resetCursor(ctx, args);
          return null;
        },
      }),
    };
  }

  async #setPause(ctx: RunMutationCtx, job: string, paused: boolean) {
    const own: string[] = Object.values(OWN_JOBS);
    const declared = this.names.has(job) || own.includes(job);
    const call = { job, paused, declared };
    await ctx.runMutation(this.component.jobs.setPause, call);
  }
}
