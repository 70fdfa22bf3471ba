import {
  afterEach,
  beforeEach,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import { deploymentOf } from "../../dev/strict/index.js";
import { BLOCKED } from "../../src/model/engine/timer.js";
import {
  signTestRequest,
  type WebhookEvent,
} from "../../src/webhooks/index.js";
import {
  deliver,
  deploy,
  doNotRetry,
  freshHost,
  host,
  internal,
  paid,
  SECRET,
  standardHandlers,
} from "../support/webhooks.js";

beforeEach(freshHost);
afterEach(() => void vi.useRealTimers());

const mulberry = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};

test("an attempt that dies without a word is found by the engine's tick and made again: one effect", async () => {
  let deaths = 2;
  const d = deploy(undefined, { dies: () => deaths-- > 0 });
  await deliver(d, paid("evt_1"), "msg_1");
  await d.soon();
  expect(await d.effects()).toEqual([]);
  expect(await d.events()).toMatchObject([{ status: "pending", attempt: 1 }]);
  await d.late();
  expect(await d.effects()).toMatchObject([{ key: "msg_1", attempt: 3 }]);
  expect(await d.events()).toMatchObject([
    { status: "processed", lastErrorCode: "HANDLER_TIMEOUT" },
  ]);
});

test("an attempt that always dies ends dead, and is never stuck", async () => {
  const d = deploy(undefined, { dies: () => true });
  await deliver(d, paid("evt_1"), "msg_1");
  await d.late();
  expect(await d.effects()).toEqual([]);
  expect(await d.events()).toMatchObject([
    { status: "dead", lastErrorCode: "HANDLER_TIMEOUT" },
  ]);
});

test("an attempt that was replaced does nothing when it comes: one effect", async () => {
  const d = deploy();
  await deliver(d, paid("evt_1"), "msg_1");
  const [event] = await d.events();
  await cancelJobs(d, "deliveries:first");
  vi.setSystemTime(Date.now() + 120_000);
  await d.tick();
  expect(await d.events()).toMatchObject([{ status: "pending", attempt: 2 }]);
  await d.run("deliveries:attempt", { id: event!.id, attempt: 1 });
  await d.run("deliveries:first", { source: "pay", key: "msg_1" });
  expect(await d.effects()).toEqual([]);
  await d.late();
  // It was lost by nobody's fault, which costs no try.
  expect(await d.effects()).toMatchObject([{ key: "msg_1", attempt: 1 }]);
});

test("an action that never answers is run again, and a late answer counts", async () => {
  const d = deploy(
    (webhooks) =>
      void webhooks
        .source("stripe")
        .onAction(
          "charge.ok",
          internal<WebhookEvent<string, "charge.ok">, "action">("call"),
          { timeoutMs: 5_000, maxAttempts: 2 },
        ),
  );
  await d.t.fetch(
    "/hooks/stripe",
    await signTestRequest("stripe", SECRET, { id: "evt_1", type: "charge.ok" }),
  );
  vi.advanceTimersByTime(1);
  await d.t.finishInProgressScheduledFunctions();
  const [event] = await d.events();
  expect(event).toMatchObject({ status: "running", attempt: 1 });
  // Its job is cancelled before it runs: the watchdog is all that is left.
  await cancelJobs(d, "deliveries:perform");
  await d.late();
  expect(await d.effects()).toHaveLength(1);
  expect(await d.events()).toMatchObject([{ status: "processed", attempt: 2 }]);
});

test("after all scheduled functions were cancelled, the hourly look goes on without a try", async () => {
  const d = deploy();
  await deliver(d, paid("evt_1"), "msg_1");
  await deploymentOf(d.t).cancelAllScheduled();
  await d.soon();
  expect(await d.events()).toMatchObject([{ status: "pending" }]);
  vi.setSystemTime(Date.now() + 3_600_000);
  await d.run("engine:look", {});
  await d.late();
  expect(await d.effects()).toMatchObject([{ key: "msg_1", attempt: 1 }]);
});

test("a handler that is not deployed waits without a try, and goes on when its source declares it again", async () => {
  const d = deploy();
  host.missing.add("complete");
  const unhealthy = await deliver(d, paid("evt_1"), "msg_1");
  const healthy = { id: "sub_1", type: "subscription.cancelled" };
  await deliver(d, healthy, "msg_2");
  await d.soon();
  expect(unhealthy.status).toBe(200);
  expect(await d.events()).toMatchObject([
    { status: "pending", lastErrorCode: "HANDLER_NOT_FOUND" },
    { status: "processed" },
  ]);
  host.missing.clear();
  await deliver(d, healthy, "msg_3");
  await d.soon();
  const effects = await d.effects();
  expect(effects.map(({ key }) => key).sort()).toEqual([
    "msg_1",
    "msg_2",
    "msg_3",
  ]);
  expect(effects.every(({ attempt }) => attempt === 1)).toBe(true);
});

test("a handler that a deploy takes away and never brings back makes its events dead after the last look", async () => {
  const d = deploy();
  await deliver(d, paid("evt_0"), "msg_0");
  await d.soon();
  host.missing.add("complete");
  await deliver(d, paid("evt_1"), "msg_1");
  await d.soon();
  await d.inComponent(async ({ db }) => {
    const [, event] = await db.query("webhookEvents").take(2);
    const { _id, lease } = event!;
    expect(lease).toMatchObject({ phase: "blocked", tries: 0, blocks: 1 });
    const last = { ...lease!, blocks: BLOCKED.maxBlocks, wakeAt: 1 };
    await db.patch("webhookEvents", _id, { lease: last });
  });
  await d.tick();
  await d.soon();
  expect(await d.events()).toMatchObject([
    { status: "processed" },
    { status: "dead", lastErrorCode: "HANDLER_NOT_FOUND" },
  ]);
});

test("a backup that is restored into another deployment goes on at its first delivery", async () => {
  const d = deploy();
  await deliver(d, paid("evt_0"), "msg_0");
  await d.soon();
  await deliver(d, paid("evt_1"), "msg_1");
  await deploymentOf(d.t).importElsewhere();
  vi.stubEnv("CONVEX_CLOUD_URL", "https://other.convex.cloud");
  onTestFinished(() => void vi.unstubAllEnvs());
  d.redeploy(standardHandlers);
  vi.setSystemTime(Date.now() + 3_600_000);
  await d.run("engine:look", {});
  await d.soon();
  expect(await d.events()).toMatchObject([
    { status: "processed" },
    { status: "pending", lastErrorCode: "HANDLER_NOT_FOUND" },
  ]);
  await deliver(d, paid("evt_2"), "msg_2");
  await d.soon();
  const effects = await d.effects();
  expect(effects.map(({ key }) => key).sort()).toEqual([
    "msg_0",
    "msg_1",
    "msg_2",
  ]);
});

test("events of before there were leases are found by the first look after an upgrade", async () => {
  const d = deploy();
  for (const id of ["pending", "running", "held"]) {
    await deliver(d, paid(id), id);
  }
  await d.inComponent(async ({ db, scheduler }) => {
    for (const { _id, key } of await db.query("webhookEvents").take(3)) {
      await db.patch("webhookEvents", _id, {
        status: key as "pending",
        lease: undefined,
        roundStart: 0,
      });
    }
    for (const job of await db.system.query("_scheduled_functions").take(9)) {
      await scheduler.cancel(job._id);
    }
    for (const { _id } of await db.query("lifeline").take(1)) {
      await db.delete("lifeline", _id);
    }
  });
  await d.run("engine:look", {});
  await d.late();
  const keys = (await d.effects()).map(({ key }) => key).sort();
  expect(keys).toEqual(["held", "pending", "running"]);
});

test("fault: shuffled, repeated, concurrent, with handlers that throw and attempts that die, every event is applied exactly once or dead with a reason", async () => {
  const count = Number(process.env["FAULT_EVENTS"] ?? 120);
  const random = mulberry(Number(process.env["SEED"] ?? 7));
  const d = deploy(undefined, { dies: () => random() < 0.1 });
  host.behave = ({ eventId }) => {
    if (eventId.endsWith("7")) doNotRetry();
    if (eventId.endsWith("3") || random() < 0.25) throw new Error("Not today.");
  };
  const ids = Array.from({ length: count }, (_, n) => `msg_${n}`);
  const deliveries = ids
    .flatMap((id) =>
      Array.from({ length: 1 + Math.floor(random() * 3) }, () => id),
    )
    .map((id) => ({ id, place: random() }))
    .sort((a, b) => a.place - b.place);
  for (let at = 0; at < deliveries.length; at += 25) {
    const some = deliveries.slice(at, at + 25);
    const responses = await Promise.all(
      some.map(({ id }) => deliver(d, paid(id), id)),
    );
    expect(responses.every(({ status }) => status === 200)).toBe(true);
    if (random() < 0.5) await d.soon();
  }
  await d.late();

  const events = await d.events();
  expect(events.map(({ key }) => key).sort()).toEqual([...ids].sort());
  const effects = (await d.effects()).map(({ key }) => key);
  expect(new Set(effects).size).toBe(effects.length);
  for (const { key, status, lastErrorCode } of events) {
    const applied = effects.includes(key);
    expect([key, status]).toEqual([key, applied ? "processed" : "dead"]);
    if (!applied)
      expect(lastErrorCode).toMatch(
        /^(?:HANDLER_FAILED|HANDLER_TIMEOUT|DO_NOT_RETRY)$/,
      );
  }
  expect(
    events.filter(({ status }) => status === "dead").length,
  ).toBeGreaterThanOrEqual(count / 5 - 1);
}, 300_000);

/** Cancels jobs the way a hand in the dashboard does. */
async function cancelJobs(d: ReturnType<typeof deploy>, name: string) {
  await d.inComponent(async (ctx) => {
    const jobs = await ctx.db.system.query("_scheduled_functions").take(100);
    for (const job of jobs.filter(
      (one) => one.name === name && one.state.kind === "pending",
    )) {
      await ctx.scheduler.cancel(job._id);
    }
  });
}
