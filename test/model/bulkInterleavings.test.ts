/**
 * Bulk operations through whatever a deployment suffers, in any order: each item is written once or named, and every operation
 * comes to its end.
 */
import { makeFunctionReference } from "convex/server";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { currentFrame } from "../../dev/strict/frame.js";
import { deploymentOf } from "../../dev/strict/index.js";
import { Docs } from "../../src/client/index.js";
import { internal } from "../../src/component/_generated/api.js";
import { inComponent } from "../support/component.js";
import {
  components,
  deploy,
  fields,
  identify,
  type Deployment,
  type HostCtx,
} from "../support/host.js";
import { underEveryRule } from "../strict/suite.js";

underEveryRule();
beforeEach(() => {
  vi.useFakeTimers();
  for (const level of ["log", "warn", "error"] as const) {
    vi.spyOn(console, level).mockReturnValue();
  }
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** More of them: `BULK_RUNS=1500 SEED=7 npx vitest run test/model/bulkInterleavings.test.ts`. */
const RUNS = Number(process.env["BULK_RUNS"] ?? 15);
const STEPS = 40;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WORKER = "worker:worker";

const hooked = new Docs(components.docs, {
  fields,
  identify,
  worker: makeFunctionReference<"mutation">(WORKER),
  onChange: async (ctx: HostCtx, { operation, before, after }) => {
    const document = after ?? before;
    if (!document) return;
    const { _id: id, title, summary = "" } = document;
    // An operation's mark is its own; an edit leaves the mark of the operation before it.
    const what = before?.summary === summary ? "edited" : summary;
    await ctx.db.insert("audit", { line: `${operation} ${id} ${what}` });
    if (title.startsWith("poison")) throw new Error("secret of the host");
    const tx = currentFrame()?.tx;
    if (title.startsWith("deadly") && operation === "update" && tx) {
      // As a time limit: nothing can catch it.
      tx.fatal = new Error("Function execution timed out");
      throw tx.fatal;
    }
  },
});
const ada = hooked.as("ada");

type Operation = { jobId: string; mark: string; ids: string[] };
type World = {
  t: Deployment;
  ids: string[];
  operations: Operation[];
  /** Deaths that were injected into a step or the worker. Three of one item alone are its own. */
  deaths: number;
};

async function makeWorld(): Promise<World> {
  const t = deploy({
    modules: {
      "./convex/worker.ts": () => Promise.resolve({ worker: hooked.worker() }),
    },
  });
  const titles = Array.from({ length: 12 }, (_, n) =>
    n === 4 ? "poison" : n === 8 ? "deadly" : "fine",
  );
  // Created by the component alone: the hook would refuse the poison.
  const plain = new Docs(components.docs, { fields, identify });
  const { results } = await t.mutation((ctx) =>
    plain.as("ada").batchCreate(ctx, {
      items: titles.map((title) => ({ title, content: "" })),
    }),
  );
  vi.advanceTimersByTime(1_000);
  const ids = results.map((result) => (result.ok ? result.id : ""));
  return { t, ids, operations: [], deaths: 0 };
}

async function pass(t: Deployment, ms: number, step: number) {
  for (let left = ms; left > 0; left -= step) {
    await vi.advanceTimersByTimeAsync(Math.min(step, left));
    await t.finishInProgressScheduledFunctions();
  }
}

const run = (t: Deployment, name: "look" | "tick") =>
  inComponent(t, async (ctx) => {
    await ctx.scheduler.runAfter(0, internal.engine[name], {});
  });

function die(world: World, name: string, times: number): void {
  world.deaths += times;
  deploymentOf(world.t).timeout(name, times);
}

const actions = {
  start: async ({ t, ids, operations }, n) => {
    if (operations.length >= 6) return;
    const mark = `by-${operations.length}`;
    const from = n % 6;
    const some = ids.slice(from, from + 3 + (n % 7));
    const updates = { summary: mark };
    const request = { operation: "update", updates, ids: some } as const;
    // A start declares its worker, which may be away.
    const started = await t
      .mutation((ctx) => ada.startBulk(ctx, request))
      .catch(() => null);
    if (started) operations.push({ jobId: started.jobId, mark, ids: some });
  },
  cancel: async ({ t, operations }, n) => {
    const operation = operations[n % Math.max(1, operations.length)];
    if (!operation) return;
    const { jobId } = operation;
    await t.mutation((ctx) => ada.cancelBulk(ctx, { jobId }));
  },
  edit: async ({ t, ids }, n) => {
    const id = ids[n % ids.length]!;
    await t
      .mutation((ctx) => ada.update(ctx, { id, content: `edit ${n}` }))
      .catch(() => undefined);
  },
  moment: ({ t }) => pass(t, 30, 10),
  minutes: ({ t }, n) => pass(t, (1 + (n % 5)) * MINUTE, MINUTE),
  hour: ({ t }) => pass(t, HOUR, 10 * MINUTE),
  look: ({ t }) => run(t, "look"),
  tick: ({ t }) => run(t, "tick"),
  stepDies: (world, n) => die(world, "docs:bulk:step", 1 + (n % 3)),
  workerDies: (world, n) => die(world, WORKER, 1 + (n % 3)),
  conflict: ({ t }, n) =>
    deploymentOf(t).conflict("docs:bulk:step", 1 + (n % 6)),
  remove: ({ t }) => deploymentOf(t).deploy({ remove: [WORKER] }),
  rename: ({ t }) => deploymentOf(t).deploy({ rename: { [WORKER]: "a:b" } }),
  redeploy: ({ t }) => deploymentOf(t).redeploy(),
  cancelAll: ({ t }) => deploymentOf(t).cancelAllScheduled(),
  importElsewhere: ({ t }) => deploymentOf(t).importElsewhere(),
  clockBack: () => vi.setSystemTime(Date.now() - 5 * MINUTE),
  clockAhead: () => vi.setSystemTime(Date.now() + HOUR),
} satisfies Record<string, (world: World, n: number) => unknown>;
type Action = keyof typeof actions;

const names = Object.keys(actions) as Action[];
const step = fc.tuple(
  fc.constantFrom<Action>(
    ...names,
    ...(["start", "start", "moment", "moment", "minutes", "look"] as const),
  ),
  fc.nat(999),
);

/** Lets everything come to its end, on a deployment that has nothing wrong with it. */
async function settle({ t, operations }: World): Promise<void> {
  const deployment = deploymentOf(t);
  deployment.redeploy();
  for (const name of ["docs:bulk:step", WORKER]) {
    deployment.timeout(name, 0);
    deployment.conflict(name, 0);
  }
  // Any call of the host's declares its functions anew, as the first after a restore does.
  await t.mutation((ctx) =>
    ada.startBulk(ctx, { operation: "update", updates: {}, ids: ["none"] }),
  );
  for (let hours = 0; hours < 12; hours += 1) {
    await run(t, "look");
    await pass(t, HOUR, 2 * MINUTE);
    const states = await Promise.all(
      operations.map(({ jobId }) =>
        t.query((ctx) => ada.bulkStatus(ctx, { jobId })),
      ),
    );
    if (states.every((status) => status?.state !== "running")) return;
  }
}

async function check({ t, ids, operations, deaths }: World): Promise<void> {
  const audit = await t.run((ctx) => ctx.db.query("audit").take(5_000));
  const lines = audit.map(({ line }) => line);
  for (const { jobId, mark, ids: asked } of operations) {
    const status = await t.query((ctx) => ada.bulkStatus(ctx, { jobId }));
    expect(["done", "cancelled"]).toContain(status?.state);
    const marked = lines.filter((line) => line.endsWith(` ${mark}`));
    // An effect of the host's and the progress commit together, so neither is ahead of the other.
    expect(marked.length).toBeGreaterThanOrEqual(status?.done ?? 0);
    if (status?.state !== "done") continue;
    expect(status.done + status.failed).toBe(asked.length);
    const failed = status.failures.map(({ id }) => id);
    const bad = [ids[4]!, ids[8]!].filter((id) => asked.includes(id));
    expect(failed).toEqual(expect.arrayContaining(bad));
    // An item that was alone each of the three times that its step was made to die.
    const unlucky = status.failures.filter(({ id }) => !bad.includes(id));
    for (const { error } of unlucky) expect(error.code).toBe("TIMEOUT");
    expect(3 * unlucky.length).toBeLessThanOrEqual(deaths);
    for (const id of asked.filter((one) => !failed.includes(one))) {
      const told = lines.filter((line) => line === `update ${id} ${mark}`);
      expect([id, told.length]).toEqual([id, 1]);
    }
  }
  // Every version but the first has told the host of itself, exactly once.
  for (const id of ids) {
    const document = await t.query((ctx) => ada.get(ctx, { id }));
    const told = lines.filter((line) => line.startsWith(`update ${id} `));
    expect([id, document?.version]).toEqual([id, 1 + told.length]);
  }
  expect(deploymentOf(t).largest("nested").nested).toBeLessThanOrEqual(8);
}

test(
  "whatever happens, each item is written once or named, and every operation ends",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: STEPS, size: "max" }),
        async (steps) => {
          vi.clearAllTimers();
          vi.setSystemTime(Date.UTC(2026, 0, 1));
          const world = await makeWorld();
          for (const [action, n] of steps) await actions[action](world, n);
          await settle(world);
          await check(world);
        },
      ),
      { numRuns: RUNS, seed: Number(process.env["SEED"] ?? 3) },
    );
  },
  // Of 15 runs: some seconds; of 1,500: some minutes.
  Math.max(60_000, RUNS * 4_000),
);
