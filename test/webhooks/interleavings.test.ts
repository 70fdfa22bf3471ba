import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { signTestRequest } from "../../src/webhooks/index.js";
import { deploymentOf } from "../../dev/strict/index.js";
import { post } from "../support/deliveries.js";
import {
  deliver,
  deploy,
  freshHost,
  host,
  internal,
  paid,
  SECRET,
  standardHandlers,
  type HostDeployment,
  type HostWebhooks,
} from "../support/webhooks.js";

beforeEach(freshHost);
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** More of them: `RUNS=1500 SEED=7 npx vitest run test/webhooks/interleavings.test.ts`. */
const RUNS = Number(process.env["RUNS"] ?? 3);
const STEPS = 60;
const HOUR = 3_600_000;

type World = { d: HostDeployment; dies: boolean };

const handlers = (webhooks: HostWebhooks) => {
  standardHandlers(webhooks);
  webhooks.source("guarded").onUnhandled(internal("any"));
};

/** A refusal of an operator's call, such as a replay of a processed event, is an answer as well. */
const allowed = (error: unknown) => {
  expect(error).toMatchObject({ data: { code: "VALIDATION_FAILED" } });
};

const source = "pay" as const;

/** An event of those that are stored, if any is. */
async function pick(
  { d }: World,
  n: number,
): Promise<{ id: string } | undefined> {
  const events = await d.events();
  return events[n % Math.max(1, events.length)];
}

const actions = {
  deliver: ({ d }, n) => deliver(d, paid(`e${n % 8}`), `msg_${n % 8}`),
  deliverInvalid: ({ d }, n) =>
    deliver(d, paid("bad", { amount: "5" }), `msg_${n % 8}`),
  deliverGuarded: async ({ d }, n) => {
    const scheme = {
      scheme: "github",
      event: "push",
      id: `d${n % 8}`,
    } as const;
    const request = await signTestRequest(scheme, SECRET, { ref: n % 2 });
    await post(d, "guarded", request);
  },
  runDue: ({ d }) => d.soon(),
  runNext: async ({ d }) => {
    if (vi.getTimerCount() > 0) vi.advanceTimersToNextTimer();
    await d.t.finishInProgressScheduledFunctions();
  },
  waitAnHour: () => vi.setSystemTime(Date.now() + HOUR),
  fail: () => {
    host.behave = () => {
      throw new Error("Not now.");
    };
  },
  mend: () => {
    host.behave = () => undefined;
  },
  die: (world) => {
    world.dies = true;
  },
  live: (world) => {
    world.dies = false;
  },
  pause: ({ d }) => d.t.mutation((ctx) => d.webhooks.pause(ctx, { source })),
  resume: ({ d }) => d.t.mutation((ctx) => d.webhooks.resume(ctx, { source })),
  replay: async (world, n) => {
    const { d } = world;
    const event = await pick(world, n);
    if (!event) return;
    const { id } = event;
    await d.t.mutation((ctx) => d.webhooks.replay(ctx, { id })).catch(allowed);
  },
  skip: async (world, n) => {
    const { d } = world;
    const event = await pick(world, n);
    if (!event) return;
    const { id } = event;
    await d.t.mutation((ctx) => d.webhooks.skip(ctx, { id })).catch(allowed);
  },
  replayMany: ({ d }, n) =>
    d.t.mutation((ctx) =>
      d.webhooks.replayMany(ctx, {
        source,
        status: (["dead", "unhandled", "skipped"] as const)[n % 3]!,
      }),
    ),
  purge: ({ d }) => d.tick(),
  look: ({ d }) => d.run("engine:look", {}),
  undeploy: () => void host.missing.add("complete"),
  deployAgain: () => void host.missing.delete("complete"),
  cancelAll: ({ d }) => deploymentOf(d.t).cancelAllScheduled(),
  restoreBackup: async ({ d }, n) => {
    await deploymentOf(d.t).importElsewhere();
    vi.stubEnv("CONVEX_CLOUD_URL", `https://${n}.convex.cloud`);
    d.redeploy(handlers);
  },
  forgetHandlers: ({ d }) => d.redeploy(() => undefined),
  restoreHandlers: ({ d }) => d.redeploy(handlers),
} satisfies Record<string, (world: World, n: number) => unknown>;
type Action = keyof typeof actions;

const names = Object.keys(actions) as Action[];
const often: Action[] = ["deliver", "deliverGuarded", "runDue", "runNext"];
const step = fc.tuple(
  fc.constantFrom<Action>(...names, ...often, ...often, ...often),
  fc.nat(23),
);

test(
  "whatever happens in whatever order, an event is applied once, or has not been and says why",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: STEPS, maxLength: STEPS, size: "max" }),
        async (steps) => {
          freshHost();
          vi.unstubAllEnvs();
          vi.clearAllTimers();
          const d = deploy(handlers, { dies: () => world.dies });
          const world: World = { d, dies: false };
          for (const [action, n] of steps) await actions[action](world, n);
          world.dies = false;
          host.behave = () => undefined;
          host.missing.clear();
          d.redeploy(handlers);
          await d.t.mutation((ctx) =>
            d.webhooks.resume(ctx, { source: "pay" }),
          );
          await d.t.mutation((ctx) => d.webhooks.sync(ctx));
          await d.late();
          const applied = (await d.effects()).map(({ key }) => key);
          expect(new Set(applied).size).toBe(applied.length);
          for (const { key, status, lastErrorCode } of await d.events()) {
            const times = applied.filter((one) => one === key).length;
            expect([key, times]).toEqual([key, status === "processed" ? 1 : 0]);
            if (status === "dead") expect(lastErrorCode).toBeDefined();
            expect(["processed", "dead", "unhandled", "skipped"]).toContain(
              status,
            );
          }
        },
      ),
      { numRuns: RUNS, seed: Number(process.env["SEED"] ?? 3) },
    );
  },
  Math.max(900_000, RUNS * 4_000),
);
