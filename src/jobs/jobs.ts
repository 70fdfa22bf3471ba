import {
  internalActionGeneric,
  internalMutationGeneric,
  makeFunctionReference,
  type DefaultFunctionArgs,
  type FunctionArgs,
  type FunctionReference,
  type FunctionVisibility,
  type GenericDataModel,
  type GenericQueryCtx,
  type PaginationOptions,
  type PaginationResult,
  type RegisteredAction,
  type RegisteredMutation,
} from "convex/server";
import {
  v,
  type GenericValidator,
  type ObjectType,
  type PropertyValidators,
  type VString,
} from "convex/values";
import type { ComponentApi } from "../component/_generated/component.js";
import {
  assertMounted,
  pageOptions,
  type RunMutationCtx,
  type RunQueryCtx,
} from "../host/component.js";
import { OperatorBuilder, type OperatorOptions } from "../host/operator.js";
import { checkFields } from "../shared/check.js";
import { fail, invalid } from "../shared/failures.js";
import {
  OWN_JOBS,
  vJobStatus,
  vRun,
  vStarted,
  type JobCall,
  type JobClaim,
  type JobStatus,
  type PeriodUnit,
  type Run,
  type Started,
} from "../shared/jobs.js";
import { omitUndefined } from "../shared/omitUndefined.js";
import {
  applyMutation,
  performAction,
  performMutation,
  supersededError,
  type ActionCtx,
  type Attempt,
  type MutationCtx,
} from "./attempt.js";
import {
  declareJob,
  jobCall,
  jobKey,
  type ActionJobOptions,
  type DeclaredJob,
  type MutationJobOptions,
} from "./options.js";

/** A job, or one key of it. */
export type WhichJob = { job: string; key?: string };

/** A call of `start`. A function does not know its own path, so it is named by its reference too. */
export type StartJobArgs<
  F extends FunctionReference<"mutation" | "action", "internal">,
> = {
  /** What `jobs.mutation` or `jobs.action` returned. */
  job: JobFunction;
  /** The same function in `internal`. */
  function: F;
  args: FunctionArgs<F>;
};

/** A job's function, of whatever arguments. */
type JobFunction =
  | RegisteredMutation<"internal", DefaultFunctionArgs, Promise<Started | null>>
  | RegisteredAction<"internal", DefaultFunctionArgs, Promise<Started | null>>;

/**
 * Jobs that report what they did. A handler becomes an internal function for `crons.ts` or the scheduler: each call of it
 * begins a recorded run, or is skipped, and the run's attempts are retried, watched and counted.
 *
 * @example
 * ```ts
 * // convex/jobs.ts
 * export const jobs = new Jobs<DataModel>(components.docs);
 * export const dailyReport = jobs.mutation("daily-report", {
 *   period: "day",
 *   handler: async (ctx, run) => {
 *     await ctx.db.insert("reports", { day: run.period.key });
 *   },
 * });
 *
 * // convex/crons.ts
 * crons.daily("daily report", { hourUTC: 0, minuteUTC: 7 }, internal.jobs.dailyReport, {});
 * ```
 */
export class Jobs<DataModel extends GenericDataModel = GenericDataModel> {
  readonly #component: ComponentApi;
  /** The jobs declared so far, by the functions that they became. */
  readonly #jobs = new Map<unknown, DeclaredJob>();
  readonly #names = new Set<string>();

  /**
   * Takes the component; jobs are made afterwards.
   *
   * @param component `components.docs`, or the name it is mounted under
   * @throws Error when the component is not mounted
   */
  constructor(component: ComponentApi) {
    assertMounted("Jobs", component);
    this.#component = component;
  }

  /**
   * A job whose work is a mutation: its effects and its end commit together, once.
   *
   * @param name what it is called in its records, and what makes it one job across deploys
   * @throws Error for a name that is taken or an option that is out of range
   * @example
   * ```ts
   * export const closeOrders = jobs.mutation("close-orders", {
   *   period: "hour",
   *   catchUp: 24,
   *   handler: async (ctx, run) => ({ counts: { closed: await closeOrdersOf(ctx, run.period) } }),
   * });
   * ```
   */
  mutation<
    const Args extends PropertyValidators = Record<never, never>,
    const Unit extends PeriodUnit | undefined = undefined,
    Cursor extends GenericValidator = VString,
  >(
    name: string,
    { handler, ...options }: MutationJobOptions<DataModel, Args, Unit, Cursor>,
  ): RegisteredMutation<"internal", ObjectType<Args>, Promise<Started | null>> {
    const job = this.#declare(name, "mutation", options);
    const registered = internalMutationGeneric({
      args: { ...options.args, jobRun: v.optional(vReentry) },
      returns: v.union(v.null(), vStarted),
      handler: async (ctx: MutationCtx, { jobRun, ...args }) => {
        const { name: path } = await ctx.meta.getFunctionMetadata();
        const self = makeFunctionReference<"mutation">(path);
        if (!jobRun) {
          return await this.#start(ctx, job, await jobCall(job, self, args));
        }
        const attempt = this.#attempt(job, jobRun, args);
        if (!jobRun.inner) await performMutation(ctx, attempt, self);
        // Its arguments passed its own validators; the rest of its types is the host's word for its own functions.
        else await applyMutation(ctx, attempt, handler as never);
        return null;
      },
    });
    this.#jobs.set(registered, job);
    // `jobRun` is between the component and this function.
    return registered;
  }

  /**
   * A job whose work is an action: at least once, under a timeout.
   *
   * @param name what it is called in its records, and what makes it one job across deploys
   * @throws Error for a name that is taken or an option that is out of range
   * @example
   * ```ts
   * export const crmSync = jobs.action("crm-sync", {
   *   breaker: { after: 5, forMs: 30 * 60_000 },
   *   handler: async (ctx, run) => {
   *     const page = await pull(run.cursor, run.signal);
   *     await ctx.runMutation(internal.crm.apply, { claim: run.claim, items: page.items });
   *     return { cursor: page.next, counts: { upserted: page.items.length } };
   *   },
   * });
   * ```
   */
  action<
    const Args extends PropertyValidators = Record<never, never>,
    const Unit extends PeriodUnit | undefined = undefined,
    Cursor extends GenericValidator = VString,
  >(
    name: string,
    { handler, ...options }: ActionJobOptions<DataModel, Args, Unit, Cursor>,
  ): RegisteredAction<"internal", ObjectType<Args>, Promise<Started | null>> {
    const job = this.#declare(name, "action", options);
    const registered = internalActionGeneric({
      args: { ...options.args, jobRun: v.optional(vReentry) },
      returns: v.union(v.null(), vStarted),
      handler: async (ctx: ActionCtx, { jobRun, ...args }) => {
        const { name: path } = await ctx.meta.getFunctionMetadata();
        const self = makeFunctionReference<"action">(path);
        if (!jobRun) {
          return await this.#start(ctx, job, await jobCall(job, self, args));
        }
        const attempt = this.#attempt(job, jobRun, args);
        await performAction(ctx, attempt, handler as never);
        return null;
      },
    });
    this.#jobs.set(registered, job);
    return registered;
  }

  /**
   * Starts a job in the caller's transaction, so that its run exists, and is retried and watched, once that commits. A call
   * through the scheduler may be lost: Convex makes a scheduled action at most once.
   *
   * @returns what the call led to, as the job's function does: a run, a place in the queue, or why it was skipped
   * @throws VALIDATION_FAILED for arguments that the job's validators refuse, or for its key
   * @throws Error for a function that is no job of this `Jobs`, or not deployed
   * @example
   * ```ts
   * export const request = mutation({
   *   args: { id: v.string() },
   *   returns: v.null(),
   *   handler: async (ctx, { id }) => {
   *     // An update without fields writes nothing, and refuses a caller who may not write.
   *     const { version } = await docs.update(ctx, { id });
   *     await jobs.start(ctx, { job: summarize, function: internal.summaries.summarize, args: { id, version } });
   *     return null;
   *   },
   * });
   * ```
   */
  async start<F extends FunctionReference<"mutation" | "action", "internal">>(
    ctx: RunMutationCtx,
    { job: registered, function: reference, args }: StartJobArgs<F>,
  ): Promise<Started> {
    const job = this.#jobs.get(registered);
    if (!job) {
      throw new Error("convex-docs: This is not a job of this Jobs.");
    }
    const issues = checkFields(job.argsShape, args);
    if (issues.length > 0) throw fail(invalid(issues));
    return await this.#start(ctx, job, await jobCall(job, reference, args));
  }

  /**
   * Refuses an attempt that no longer counts. For a mutation that an action's handler calls: it reads the run in that
   * mutation's transaction, so the throw undoes what a zombie would write.
   *
   * @throws CONFLICT when the attempt was taken for lost, retried or cancelled, or its run is over
   * @example
   * ```ts
   * export const apply = internalMutation({
   *   args: { claim: vJobClaim, items: v.array(vItem) },
   *   handler: async (ctx, { claim, items }) => {
   *     await jobs.guard(ctx, claim);
   *     for (const item of items) await upsert(ctx, item);
   *   },
   * });
   * ```
   */
  async guard(ctx: RunQueryCtx, { runId, attempt }: JobClaim): Promise<void> {
    const claim = { runId, attempt };
    const entered = await ctx.runQuery(this.#component.jobs.enter, { claim });
    if (entered === null) throw supersededError(claim);
  }

  /*
   * What an operator does. The host's own functions decide who may call it.
   */

  /**
   * How a job stands, or one key of it. A query of it updates as the run goes on.
   *
   * @returns `null` before its first run
   * @example
   * ```ts
   * const status = await jobs.status(ctx, { job: "crm-sync" });
   * ```
   */
  async status(ctx: RunQueryCtx, args: WhichJob): Promise<JobStatus | null> {
    return await ctx.runQuery(this.#component.jobs.status, args);
  }

  /**
   * All jobs that have run or are paused, by name: at most 500.
   *
   * @example
   * ```ts
   * const failing = (await jobs.list(ctx)).filter(({ failures }) => failures > 0);
   * ```
   */
  async list(ctx: RunQueryCtx): Promise<JobStatus[]> {
    return await ctx.runQuery(this.#component.jobs.list, {});
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
    return await ctx.runQuery(this.#component.jobs.runs, {
      ...omitUndefined({ job }),
      paginationOpts: pageOptions(paginationOpts),
    });
  }

  /**
   * Ends the run that is under way, and its retries. An action that is at work learns of it at its next `progress`; what it
   * returns does not count.
   *
   * @returns whether a run was under way
   * @example
   * ```ts
   * await jobs.cancel(ctx, { job: "crm-sync" });
   * ```
   */
  async cancel(ctx: RunMutationCtx, args: WhichJob): Promise<boolean> {
    return await ctx.runMutation(this.#component.jobs.cancel, args);
  }

  /**
   * Nothing of the job starts until it is resumed. What is under way goes on: `cancel` ends it.
   *
   * @throws VALIDATION_FAILED for a job that this host does not declare and that never ran
   * @example
   * ```ts
   * await jobs.pause(ctx, { job: "crm-sync" });
   * ```
   */
  async pause(ctx: RunMutationCtx, { job }: { job: string }): Promise<void> {
    await this.#setPause(ctx, job, true);
  }

  /**
   * Lets the job start again, and what waits in its queue begin.
   *
   * @throws VALIDATION_FAILED: as `pause`
   * @example
   * ```ts
   * await jobs.resume(ctx, { job: "crm-sync" });
   * ```
   */
  async resume(ctx: RunMutationCtx, { job }: { job: string }): Promise<void> {
    await this.#setPause(ctx, job, false);
  }

  /**
   * The next run starts from the beginning.
   *
   * @throws VALIDATION_FAILED for a job that never ran
   * @example
   * ```ts
   * await jobs.resetCursor(ctx, { job: "crm-sync" });
   * ```
   */
  async resetCursor(ctx: RunMutationCtx, args: WhichJob): Promise<void> {
    await ctx.runMutation(this.#component.jobs.resetCursor, args);
  }

  /**
   * An operator's functions to export. Without options they are internal, for the dashboard and `npx convex run`. With
   * `authorize` they are public, for an operator's page.
   *
   * @example
   * ```ts
   * // convex/jobs.ts; then: npx convex run jobs:pause '{"job":"crm-sync"}'
   * export const { status, list, runs, cancel, pause, resume, resetCursor } = jobs.operator();
   * ```
   */
  operator(): JobsOperatorFunctions<"internal">;
  /** Public functions that call `authorize` first. */
  operator<Ctx = GenericQueryCtx<GenericDataModel>>(
    options: OperatorOptions<Ctx>,
  ): JobsOperatorFunctions<"public">;
  /** Either of them. */
  operator(options?: OperatorOptions<never>): unknown {
    return operatorFunctions(new OperatorBuilder(options?.authorize), this);
  }

  async #setPause(ctx: RunMutationCtx, job: string, paused: boolean) {
    const own: string[] = Object.values(OWN_JOBS);
    const declared = this.#names.has(job) || own.includes(job);
    const call = { job, paused, declared };
    await ctx.runMutation(this.#component.jobs.setPause, call);
  }

  #declare(
    name: string,
    kind: "mutation" | "action",
    options: object,
  ): DeclaredJob {
    if (this.#names.has(name)) {
      throw new Error(`convex-docs: There are two jobs "${name}".`);
    }
    const job = declareJob(name, kind, options);
    this.#names.add(name);
    return job;
  }

  #attempt(
    job: DeclaredJob,
    { runId, attempt }: JobClaim,
    args: Record<string, unknown>,
  ): Attempt {
    const claim = { runId, attempt };
    return { component: this.#component, job, claim, args };
  }

  async #start(
    ctx: RunMutationCtx,
    job: DeclaredJob,
    task: JobCall,
  ): Promise<Started> {
    const key = jobKey(job, task.args);
    const call = { name: job.name, task, ...omitUndefined({ key }) };
    return await ctx.runMutation(this.#component.jobs.start, call);
  }
}

/** How the component calls a job's function: which attempt it is to make, and for a mutation whether it is the inner half. */
const vReentry = v.object({
  runId: v.string(),
  attempt: v.number(),
  inner: v.optional(v.boolean()),
});

/** What `jobs.operator()` returns. */
export type JobsOperatorFunctions<Visibility extends FunctionVisibility> =
  ReturnType<typeof operatorFunctions<Visibility>>;

function operatorFunctions<Visibility extends FunctionVisibility>(
  build: OperatorBuilder<Visibility>,
  jobs: Pick<
    Jobs,
    "status" | "list" | "runs" | "cancel" | "pause" | "resume" | "resetCursor"
  >,
) {
  const byJob = { job: v.string() };
  const byJobAndKey = { ...byJob, key: v.optional(v.string()) };
  return {
    status: build.query({
      args: byJobAndKey,
      returns: v.union(v.null(), vJobStatus),
      handler: (ctx, args) => jobs.status(ctx, args),
    }),
    list: build.query({
      args: {},
      returns: v.array(vJobStatus),
      handler: (ctx) => jobs.list(ctx),
    }),
    runs: build.page({ job: v.optional(v.string()) }, vRun, (ctx, args) =>
      jobs.runs(ctx, args),
    ),
    cancel: build.mutation({
      args: byJobAndKey,
      returns: v.boolean(),
      handler: (ctx, args) => jobs.cancel(ctx, args),
    }),
    pause: build.mutation({
      args: byJob,
      returns: v.null(),
      handler: (ctx, args) => jobs.pause(ctx, args),
    }),
    resume: build.mutation({
      args: byJob,
      returns: v.null(),
      handler: (ctx, args) => jobs.resume(ctx, args),
    }),
    resetCursor: build.mutation({
      args: byJobAndKey,
      returns: v.null(),
      handler: (ctx, args) => jobs.resetCursor(ctx, args),
    }),
  };
}
