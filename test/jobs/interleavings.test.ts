/**
 * Jobs through whatever a deployment suffers, in any order: one run of a job at a time, each call of a queue has its run, and
 * everything comes to its end.
 */
import fc from "fast-check";
import { v } from "convex/values";
import { makeFunctionReference, type DefaultFunctionArgs } from "convex/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deploymentOf } from "../../dev/strict/index.js";
import { internal } from "../../src/component/_generated/api.js";
import { JOB_FAILURES } from "../../src/shared/jobs.js";
import {
  apply,
  deploy,
  freshHost,
  HOUR,
  MINUTE,
  restore,
} from "../support/jobs.js";
import { underEveryRule } from "../strict/suite.js";

underEveryRule();
beforeEach(freshHost);
afterEach(restore);

/** More of them: `JOB_LIVES=1500 SEED=7 npx vitest run test/jobs/interleavings.test.ts`. */
const RUNS = Number(process.env["JOB_LIVES"] ?? 12);
const STEPS = 40;
const JOBS = ["sync", "pull", "keyed"] as const;
const FUNCTIONS = JOBS.map((name) => `jobs:${name}`);

type World = {
  d: ReturnType<typeof make>;
  mood: { fails: boolean };
  /** Calls of the queue: those that were made, and those that were answered. A call may die after it has begun a run. */
  asked: number;
  taken: number;
};

function make(mood: World["mood"]) {
  const retry = { attempts: 3, baseMs: 1_000, capMs: 30_000 };
  const work = async (
    ctx: Parameters<typeof apply>[0],
    run: { claim: Parameters<typeof apply>[1] },
    note: string,
  ) => {
    await apply(ctx, run.claim, `${note} ${run.claim.runId}`);
    if (mood.fails) throw new Error("Not today.");
    return { counts: { done: 1 } };
  };
  return deploy((jobs) => ({
    sync: jobs.action("sync", {
      retry,
      handler: (ctx, run) => work(ctx, run, "sync"),
    }),
    pull: jobs.action("pull", {
      retry,
      overlap: "queue",
      handler: (ctx, run) => work(ctx, run, "pull"),
    }),
    keyed: jobs.action("keyed", {
      retry,
      args: { user: v.string() },
      key: ({ user }) => user,
      handler: (ctx, run, { user }) => work(ctx, run, `keyed:${user}`),
    }),
  }));
}

/** Lets time pass. Nothing is waited for by name: what has died leaves its promise pending. */
async function pass(ms: number, step: number) {
  for (let left = ms; left > 0; left -= step) {
    await vi.advanceTimersByTimeAsync(Math.min(step, left));
    await vi.advanceTimersByTimeAsync(0);
  }
}

const engine = ({ d }: World, name: "look" | "tick") =>
  d.inComponent(async (ctx) => {
    await ctx.scheduler.runAfter(0, internal.engine[name], {});
  });

/** A call that a deploy or an operator stands in the way of is answered by a throw. */
async function call(world: World, name: string, args = {}) {
  type Answer = { skipped?: string };
  const action = makeFunctionReference<"action", DefaultFunctionArgs, Answer>(
    `jobs:${name}`,
  );
  return await world.d.t
    .action(action, args)
    .catch((): Answer => ({ skipped: "gone" }));
}

async function pull(world: World): Promise<void> {
  if (world.asked >= JOB_FAILURES.mostQueued) return;
  world.asked += 1;
  const { skipped } = await call(world, "pull");
  if (skipped === undefined) world.taken += 1;
}

const actions = {
  sync: (world) => call(world, "sync"),
  pull: (world) => pull(world),
  keyed: (world, n) => call(world, "keyed", { user: `u${n % 3}` }),
  fail: ({ mood }) => void (mood.fails = true),
  mend: ({ mood }) => void (mood.fails = false),
  die: ({ d }, n) => {
    const name = FUNCTIONS[n % 3]!;
    deploymentOf(d.t).kill(name, 1 + (n % 4), n % 2 ? "before" : "after");
  },
  conflict: ({ d }, n) => {
    const report = n % 2 ? "docs:jobs:complete" : "docs:jobs:fail";
    deploymentOf(d.t).conflict(report, 1 + (n % 6));
  },
  moment: () => pass(50, 10),
  seconds: () => pass(30_000, 1_000),
  minutes: (_, n) => pass((1 + (n % 12)) * MINUTE, MINUTE),
  look: (world) => engine(world, "look"),
  tick: (world) => engine(world, "tick"),
  pause: ({ d }, n) =>
    d.t
      .mutation((ctx) => d.jobs.pause(ctx, { job: JOBS[n % 3]! }))
      .catch(() => undefined),
  resume: ({ d }, n) =>
    d.t
      .mutation((ctx) => d.jobs.resume(ctx, { job: JOBS[n % 3]! }))
      .catch(() => undefined),
  remove: ({ d }, n) =>
    deploymentOf(d.t).deploy({ remove: [FUNCTIONS[n % 3]!] }),
  rename: ({ d }, n) =>
    deploymentOf(d.t).deploy({ rename: { [FUNCTIONS[n % 3]!]: "jobs:other" } }),
  redeploy: ({ d }) => deploymentOf(d.t).redeploy(),
  cancelAll: ({ d }) => deploymentOf(d.t).cancelAllScheduled(),
  importElsewhere: ({ d }) => deploymentOf(d.t).importElsewhere(),
  clockBack: () => vi.setSystemTime(Date.now() - 5 * MINUTE),
  clockAhead: () => vi.setSystemTime(Date.now() + HOUR),
} satisfies Record<string, (world: World, n: number) => unknown>;
type Action = keyof typeof actions;

const names = Object.keys(actions) as Action[];
const step = fc.tuple(
  fc.constantFrom<Action>(
    ...names,
    ...(["sync", "pull", "pull", "keyed", "moment", "seconds"] as const),
  ),
  fc.nat(999),
);

const running = async ({ d }: World) =>
  (await d.runs()).filter(({ status }) => status === "running");

/** Lets everything come to its end, on a deployment that has nothing wrong with it. */
async function settle(world: World): Promise<void> {
  const { d, mood } = world;
  const deployment = deploymentOf(d.t);
  deployment.redeploy();
  mood.fails = false;
  for (const job of JOBS) {
    deployment.kill(`jobs:${job}`, Infinity, "before");
    await d.t
      .mutation((ctx) => d.jobs.resume(ctx, { job }))
      .catch(() => undefined);
  }
  for (let hours = 0; hours < 30; hours += 1) {
    // The host's crons go on calling, which declares the functions of this deployment.
    await call(world, "sync");
    if (hours === 0) await pull(world);
    await call(world, "keyed", { user: "last" });
    await engine(world, "look");
    await pass(HOUR, 2 * MINUTE);
    const alive = await running(world);
    const waiting = await d.inComponent((ctx) =>
      ctx.db.query("jobQueue").take(10),
    );
    if (alive.length === 0 && waiting.length === 0) return;
  }
}

async function oneAtATime(world: World): Promise<void> {
  const alive = (await running(world)).map(({ name, key }) => `${name} ${key}`);
  expect(new Set(alive).size).toBe(alive.length);
}

async function check({ d, asked, taken }: World): Promise<void> {
  const rows = await d.inComponent((ctx) => ctx.db.query("jobRuns").take(500));
  expect(rows.filter(({ status }) => status === "running")).toEqual([]);
  expect(rows.filter(({ lease }) => lease)).toEqual([]);
  const effects = await d.effects();
  for (const { _id, name, key, status } of rows) {
    const note = key === "" ? `${name} ${_id}` : `${name}:${key} ${_id}`;
    const times = effects.filter((one) => one === note).length;
    if (status === "success") expect([note, times > 0]).toEqual([note, true]);
  }
  const pulls = rows.filter(({ name }) => name === "pull");
  expect(pulls.length).toBeGreaterThanOrEqual(taken);
  expect(pulls.length).toBeLessThanOrEqual(asked);
  const done = rows.filter(
    ({ name, status }) => name === "keyed" && status === "success",
  );
  const keys = done.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(deploymentOf(d.t).largest("nested").nested).toBeLessThanOrEqual(8);
}

test(
  "whatever happens, a job runs one at a time, no queued call is lost or doubled, and every run ends",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: STEPS, size: "max" }),
        async (steps) => {
          vi.clearAllTimers();
          freshHost();
          // Nothing is deleted because of its number while it is counted.
          vi.mocked(Math.random).mockReturnValue(0.99);
          const mood = { fails: false };
          const world: World = { d: make(mood), mood, asked: 0, taken: 0 };
          for (const [action, n] of steps) {
            await actions[action](world, n);
            await oneAtATime(world);
          }
          await settle(world);
          await check(world);
        },
      ),
      { numRuns: RUNS, seed: Number(process.env["SEED"] ?? 3) },
    );
  },
  Math.max(60_000, RUNS * 4_000),
);
