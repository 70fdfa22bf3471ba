/**
 * A host with jobs, in memory: its functions, what they are told to do, and what they have done.
 */
import { convexTest } from "convex-test";
import {
  componentsGeneric,
  defineSchema,
  defineTable,
  internalMutationGeneric,
  makeFunctionReference,
  mutationGeneric,
  queryGeneric,
  type DataModelFromSchemaDefinition,
  type GenericActionCtx,
  type GenericMutationCtx,
} from "convex/server";
import { v } from "convex/values";
import { vi } from "vitest";
import type { ComponentApi } from "../../src/component/_generated/component.js";
import * as componentJobs from "../../src/component/jobs.js";
import componentSchema from "../../src/component/schema.js";
import type { MutationCtx } from "../../src/component/_generated/server.js";
import {
  Jobs,
  vJobAlert,
  vJobClaim,
  type JobAlert,
  type JobClaim,
  type Run,
  type Started,
} from "../../src/jobs/index.js";
import { register } from "../../src/test.js";
import { late, soon } from "./webhooks.js";

export const components = componentsGeneric() as unknown as {
  docs: ComponentApi;
  other: ComponentApi;
};

const schema = defineSchema({
  /** One row an effect that was committed. */
  effects: defineTable({ note: v.string() }),
});
export type DataModel = DataModelFromSchemaDefinition<typeof schema>;
type Ctx = GenericMutationCtx<DataModel>;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Monday. */
export const NOON = Date.UTC(2026, 10, 23, 12);

export const host = { alerts: [] as JobAlert[] };

const STEPS = ["start", "enter", "progress", "complete", "fail"] as const;
export type Step = (typeof STEPS)[number];
const componentModules = import.meta.glob("../../src/component/**/*.ts");

/** The component, whose functions die now and then: what a limit, a deploy or a crash does. */
function mortal(dies: (step: Step) => boolean) {
  const dying = STEPS.map((step) => {
    const { _handler } = componentJobs[step] as unknown as {
      _handler: (ctx: unknown, args: unknown) => Promise<unknown>;
    };
    const handler = async (ctx: unknown, args: unknown) => {
      const result = await _handler(ctx, args);
      if (dies(step)) throw new Error(`It died in ${step}.`);
      return result;
    };
    const define = step === "enter" ? queryGeneric : mutationGeneric;
    return [step, define({ args: v.any(), handler })] as const;
  });
  return {
    ...componentModules,
    "../../src/component/jobs.ts": () =>
      Promise.resolve({ ...componentJobs, ...Object.fromEntries(dying) }),
  };
}

/** A deployment whose module `jobs` holds these functions, each made by a `Jobs` of its own. */
export function deploy(
  make: (jobs: Jobs<DataModel>) => Record<string, unknown>,
  {
    mount = "docs",
    alsoMount = [],
    dies,
  }: {
    mount?: "docs" | "other";
    alsoMount?: string[];
    /** Whether a function of the component dies now, after all of its work and before it is committed. */
    dies?: (step: Step) => boolean;
  } = {},
) {
  const jobs = new Jobs<DataModel>(components[mount]);
  const current = { jobs, functions: make(jobs) };
  const modules = {
    "./convex/_generated/api.js": () => Promise.resolve({}),
    "./convex/jobs.ts": () => Promise.resolve(current.functions),
    "./convex/ops.ts": () =>
      Promise.resolve({
        alert: internalMutationGeneric({
          args: { alert: vJobAlert },
          handler: async (_ctx, { alert }) => void host.alerts.push(alert),
        }),
        apply: internalMutationGeneric({
          args: { claim: vJobClaim, note: v.string() },
          handler: async (ctx: Ctx, { claim, note }) => {
            await ctx.db.insert("effects", { note });
            await current.jobs.guard(ctx, claim);
          },
        }),
      }),
  };
  const t = convexTest({ schema, modules, transactionLimits: true });
  if (dies) t.registerComponent(mount, componentSchema, mortal(dies));
  else register(t, mount);
  for (const name of alsoMount) register(t, name);
  return {
    t,
    get jobs() {
      return current.jobs;
    },
    redeploy: (next: typeof make) => {
      current.jobs = new Jobs<DataModel>(components[mount]);
      current.functions = next(current.jobs);
    },
    /** Calls a job's function, as a cron does. */
    call: async (
      name: string,
      args: Record<string, unknown> = {},
      kind: "action" | "mutation" = "action",
    ): Promise<Started> =>
      kind === "action"
        ? ((await t.action(
            makeFunctionReference<"action">(`jobs:${name}`),
            args,
          )) as Started)
        : ((await t.mutation(
            makeFunctionReference<"mutation">(`jobs:${name}`),
            args,
          )) as Started),
    runs: async (job?: string): Promise<Run[]> => {
      const paginationOpts = { cursor: null, numItems: 100 };
      const which = job === undefined ? {} : { job };
      const { page } = await t.query((ctx) =>
        current.jobs.runs(ctx, { ...which, paginationOpts }),
      );
      // Oldest first, as they happened.
      return page.reverse();
    },
    status: async (job: string, key?: string) =>
      await t.query((ctx) =>
        current.jobs.status(ctx, key === undefined ? { job } : { job, key }),
      ),
    effects: async () =>
      (await t.run((ctx) => ctx.db.query("effects").take(1000))).map(
        ({ note }) => note,
      ),
    inComponent: async <T>(work: (ctx: MutationCtx) => Promise<T>) =>
      await (
        t as unknown as {
          runInComponent(
            path: string,
            run: (ctx: MutationCtx) => Promise<T>,
          ): Promise<T>;
        }
      ).runInComponent(mount, work),
    soon: async () => await soon(t),
    late: async () => await late(t),
    /** Lets time pass, and everything that falls due run, to the second. */
    pass: async (ms: number) => {
      await soon(t);
      const until = Date.now() + ms;
      while (Date.now() < until) {
        vi.advanceTimersByTime(Math.min(1_000, until - Date.now()));
        await t.finishInProgressScheduledFunctions();
      }
      await soon(t);
    },
    /** As `pass`, while something is at work that does not end. */
    passBy: async (ms: number) => {
      for (let left = ms; left > 0; left -= 1_000) {
        await vi.advanceTimersByTimeAsync(Math.min(1_000, left));
      }
    },
  };
}

/**
 * Takes functions off the deployment, as a deploy that leaves them out does. convex-test finds a function when it runs it;
 * Convex, when its handle is made or scheduled. `restore` of the test's end brings them back.
 */
export function undeploy(...paths: string[]): void {
  const engine = globalThis as unknown as { Convex: Syscalls };
  const inner = engine.Convex;
  const isGone = (json: string) => {
    const call = JSON.parse(json) as { name?: string; functionHandle?: string };
    const path = call.functionHandle?.split(";")[1] ?? call.name;
    return path !== undefined && paths.includes(path);
  };
  const looksUp = ["1.0/createFunctionHandle", "1.0/schedule"];
  vi.stubGlobal("Convex", {
    get syscall() {
      return inner.syscall;
    },
    get jsSyscall() {
      return inner.jsSyscall;
    },
    asyncSyscall: async (operation: string, json: string) => {
      if (looksUp.includes(operation) && isGone(json)) {
        throw new Error("Function handle not found");
      }
      return await inner.asyncSyscall(operation, json);
    },
  });
}

/** What the functions of a test call, each of them that of the test under way. */
type Syscalls = {
  syscall: unknown;
  jsSyscall: unknown;
  asyncSyscall: (operation: string, json: string) => Promise<string>;
};

/** Writes through a mutation that refuses zombies. */
export async function apply(
  ctx: GenericActionCtx<DataModel>,
  claim: JobClaim,
  note: string,
): Promise<void> {
  const reference = makeFunctionReference<"mutation">("ops:apply");
  await ctx.runMutation(reference, { claim, note });
}

/** Every test starts at the same moment, with the same chance: none that anything is drawn but what a test says. */
export function freshHost(): void {
  vi.useFakeTimers({ now: NOON });
  for (const level of ["info", "error"] as const) {
    vi.spyOn(console, level).mockImplementation(() => undefined);
  }
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  host.alerts = [];
}

export function restore(): void {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
}
