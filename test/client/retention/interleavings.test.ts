/**
 * Clean-ups through whatever a deployment suffers, in any order: what is due goes once or is named, nothing else goes, and every
 * run comes to its end.
 */
import { makeFunctionReference } from "convex/server";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { currentFrame } from "../../../dev/strict/frame.js";
import { deploymentOf } from "../../../dev/strict/index.js";
import { internal } from "../../../src/component/_generated/api.js";
import { inComponent } from "../../support/component.js";
import type { HostCtx } from "../../support/host.js";
import { underEveryRule } from "../../strict/suite.js";
import {
  DAY,
  deployRetention,
  HOUR,
  idsLeft,
  put,
  release,
  runs,
  start,
} from "../../support/retention.js";

underEveryRule();
beforeEach(() => {
  vi.useFakeTimers();
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockReturnValue();
  }
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** More of them: `CLEANUP_RUNS=1500 SEED=7 npx vitest run test/client/retention/interleavings.test.ts`. */
const RUNS = Number(process.env["CLEANUP_RUNS"] ?? 10);
const STEPS = 40;
const MINUTE = 60_000;
const HOST = "retention:cleanupOldDrafts";
const STEP = "docs:retention:step";

async function onDelete(
  ctx: HostCtx,
  { document: { _id, title } }: { document: { _id: string; title: string } },
): Promise<void> {
  await ctx.db.insert("audit", { line: _id });
  if (title === "poison") throw new Error("secret of the host");
  const tx = currentFrame()?.tx;
  if (title === "deadly" && tx) {
    // As a time limit: nothing can catch it.
    tx.fatal = new Error("Function execution timed out");
    throw tx.fatal;
  }
}

async function makeWorld() {
  const { t, docs } = deployRetention({ onDelete, batchSize: 4, maxPerRun: 6 });
  const rule = { ownerId: "bob", status: "draft", olderThan: { days: 1 } };
  await t.mutation((ctx) =>
    docs.asSystem("test").setRetention(ctx, rule as never),
  );
  const bad = [
    ...(await put(t, 41 * DAY, 1, { title: "poison" })),
    ...(await put(t, 40 * DAY, 1, { title: "deadly" })),
  ];
  const due = [
    ...(await put(t, 42 * DAY, 5)),
    ...(await put(t, 2 * DAY, 3, { owner: "bob" })),
    ...(await put(t, 0, 2, { expiresAt: Date.now() })),
    ...(await put(t, 31 * DAY, 6)),
  ];
  // The clock goes on by less than their age.
  const young = [
    ...(await put(t, 0, 2)),
    ...(await put(t, 99 * DAY, 2, { pinned: true })),
  ];
  return { t, docs, bad, due, young };
}
type World = Awaited<ReturnType<typeof makeWorld>>;

async function pass({ t }: World, ms: number, step: number): Promise<void> {
  for (let left = ms; left > 0; left -= step) {
    await vi.advanceTimersByTimeAsync(Math.min(step, left));
    await t.finishInProgressScheduledFunctions();
  }
}

const run = ({ t }: World, name: "look" | "tick") =>
  inComponent(t, async (ctx) => {
    await ctx.scheduler.runAfter(0, internal.engine[name], {});
  });

const actions = {
  // The host's function may be away.
  start: ({ t }) => start(t).catch(() => undefined),
  startRenamed: ({ t }) =>
    t
      .mutation(makeFunctionReference<"mutation">("retention:renamed"))
      .catch(() => undefined),
  release: ({ t }) => release(t),
  moment: (world) => pass(world, 30, 10),
  minutes: (world, n) => pass(world, (1 + (n % 5)) * MINUTE, MINUTE),
  hour: (world) => pass(world, HOUR, 10 * MINUTE),
  look: (world) => run(world, "look"),
  tick: (world) => run(world, "tick"),
  stepDies: ({ t }, n) => deploymentOf(t).timeout(STEP, 1 + (n % 2)),
  hostDies: ({ t }, n) => deploymentOf(t).timeout(HOST, 1 + (n % 2)),
  conflict: ({ t }, n) => deploymentOf(t).conflict(STEP, 1 + (n % 6)),
  remove: ({ t }) => deploymentOf(t).deploy({ remove: [HOST] }),
  rename: ({ t }) =>
    deploymentOf(t).deploy({ rename: { [HOST]: "retention:renamed" } }),
  redeploy: ({ t }) => deploymentOf(t).redeploy(),
  cancelAll: ({ t }) => deploymentOf(t).cancelAllScheduled(),
  importElsewhere: ({ t }) => deploymentOf(t).importElsewhere(),
  clockBack: () => vi.setSystemTime(Date.now() - 5 * MINUTE),
  clockAhead: () => vi.setSystemTime(Date.now() + HOUR),
} satisfies Record<string, (world: World, n: number) => unknown>;
type Action = keyof typeof actions;

const step = fc.tuple(
  fc.constantFrom<Action>(
    ...(Object.keys(actions) as Action[]),
    ...(["start", "start", "moment", "moment", "minutes", "look"] as const),
  ),
  fc.nat(999),
);

/** Nothing goes that is not due, and what has gone has told the host once. */
async function check({ t, due, young, bad }: World): Promise<string[]> {
  const there = new Set(await idsLeft(t));
  expect(young.filter((id) => !there.has(id))).toEqual([]);
  expect(bad.filter((id) => !there.has(id))).toEqual([]);
  const audit = await t.run((ctx) => ctx.db.query("audit").collect());
  const told = audit.map(({ line }) => line).sort();
  expect(told).toEqual(due.filter((id) => !there.has(id)).sort());
  return due.filter((id) => there.has(id));
}

/** Lets everything come to its end, on a deployment that has nothing wrong with it: all that is due goes. */
async function settle(world: World): Promise<void> {
  const { t } = world;
  const deployment = deploymentOf(t);
  deployment.redeploy();
  for (const name of [STEP, HOST]) {
    deployment.timeout(name, 0);
    deployment.conflict(name, 0);
  }
  for (let rounds = 0; rounds < 40; rounds += 1) {
    await run(world, "look");
    // The host's cron.
    await start(t);
    await pass(world, 20 * MINUTE, 30_000);
    // A good document whose turn it was when the host died three times is in quarantine with the bad ones.
    if (rounds % 6 === 5) await release(t);
    const left = await check(world);
    const isRunning = (await runs(t)).some((one) => one.status === "running");
    if (left.length === 0 && !isRunning) return;
  }
  expect(await check(world)).toEqual([]);
  expect((await runs(t)).map(({ status }) => status)).not.toContain("running");
}

test(
  "whatever happens, what is due goes once, nothing else does, and every run ends",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: STEPS, size: "max" }),
        async (steps) => {
          vi.clearAllTimers();
          vi.setSystemTime(Date.UTC(2026, 0, 1));
          const world = await makeWorld();
          for (const [action, n] of steps) {
            await actions[action](world, n);
            await check(world);
          }
          await settle(world);
          const { nested } = deploymentOf(world.t).largest("nested");
          expect(nested).toBeLessThanOrEqual(8);
        },
      ),
      { numRuns: RUNS, seed: Number(process.env["SEED"] ?? 3) },
    );
  },
  // Of 10 runs: some seconds; of 1,500: some minutes.
  Math.max(120_000, RUNS * 10_000),
);
