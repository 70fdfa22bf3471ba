/**
 * The class a host makes.
 *
 * @module
 */
import {
  assertMounted,
  type RunQueryCtx,
  type RunMutationCtx,
} from "../host/component.js";
import {
  internalActionGeneric,
  internalMutationGeneric,
  type GenericDataModel,
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
  vStarted,
  type JobClaim,
  type PeriodUnit,
  type Started,
} from "../shared/jobs.js";
import {
  applyMutation,
  performAction,
  performMutation,
  supersededError,
  type ActionCtx,
  type Attempt,
  type MutationCtx,
} from "./attempt.js";
import { JobsOperator } from "./operator.js";
import {
  declareJob,
  jobCall,
  jobKey,
  type ActionJobOptions,
  type DeclaredJob,
  type MutationJobOptions,
} from "./options.js";

/** How the component calls a job's function: which attempt it is to make, and for a mutation whether it is the inner half. */
const vReentry = v.object({
  runId: v.string(),
  attempt: v.number(),
  inner: v.optional(v.boolean()),
});

/**
 * Jobs that report what they did. A handler of yours becomes an internal function for `crons.ts` or the scheduler: each call
 * of it begins a recorded run, or is skipped, and the run's attempts are retried, watched and counted.
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
export class Jobs<
  DataModel extends GenericDataModel = GenericDataModel,
> extends JobsOperator {
  /**
   * Takes the component; jobs are made afterwards.
   *
   * @param component `components.docs`, or the name it is mounted under
   * @throws Error when the component is not mounted
   */
  constructor(component: ComponentApi) {
    assertMounted("Jobs", component);
    super(component);
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
        const { name: self } = await ctx.meta.getFunctionMetadata();
        const task = await jobCall(job, self, args);
        if (!jobRun) return await this.#start(ctx, job, task);
        const attempt = this.#attempt(job, jobRun, task);
        if (!jobRun.inner) await performMutation(ctx, attempt, self);
        // Its arguments passed its own validators; the rest of its types is the host's word for its own functions.
        else await applyMutation(ctx, attempt, handler as never);
        return null;
      },
    });
    // `jobRun` is between the component and this function.
    return registered;
  }

  /**
   * A job whose work is an action: at least once, under a timeout and a watchdog.
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
        const { name: self } = await ctx.meta.getFunctionMetadata();
        const task = await jobCall(job, self, args);
        if (!jobRun) return await this.#start(ctx, job, task);
        const attempt = this.#attempt(job, jobRun, task);
        await performAction(ctx, attempt, handler as never);
        return null;
      },
    });
    return registered;
  }

  /**
   * Refuses what an attempt does that no longer counts. For a mutation of yours that an action's handler calls: it reads the
   * run in your transaction, so what a zombie would write is undone.
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
    const entered = await ctx.runQuery(this.component.jobs.enter, { claim });
    if (entered === null) throw supersededError(claim);
  }

  #declare(
    name: string,
    kind: "mutation" | "action",
    options: object,
  ): DeclaredJob {
    if (this.names.has(name)) {
      throw new Error(`convex-docs: there are two jobs "${name}".`);
    }
    const job = declareJob(name, kind, options);
    this.names.add(name);
    return job;
  }

  #attempt(
    job: DeclaredJob,
    { runId, attempt }: JobClaim,
    task: Attempt["task"],
  ): Attempt {
    return { component: this.component, job, claim: { runId, attempt }, task };
  }

  async #start(
    ctx: RunMutationCtx,
    job: DeclaredJob,
    task: Attempt["task"],
  ): Promise<Started> {
    const key = jobKey(job, task.args);
    const call = {
      name: job.name,
      task,
      ...(key === undefined ? {} : { key }),
    };
    return await ctx.runMutation(this.component.jobs.start, call);
  }
}
