import { afterEach, beforeEach, expect, test, vi } from "vitest";
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
} from "../support/webhooks.js";

beforeEach(freshHost);
afterEach(() => void vi.useRealTimers());

const mulberry = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};

test("an attempt that dies without a word is found by its own check and made again: one effect", async () => {
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

test("an attempt that was only late finds that its watchdog has moved on: one effect", async () => {
  const d = deploy();
  await deliver(d, paid("evt_1"), "msg_1");
  const [event] = await d.events();
  // The scheduler is behind: the watchdog comes first, and arms the second attempt.
  await d.run("deliveries:check", { id: event!.id, attempt: 1 });
  expect(await d.events()).toMatchObject([{ status: "pending", attempt: 2 }]);
  await d.soon();
  expect(await d.effects()).toEqual([]);
  await d.late();
  expect(await d.effects()).toMatchObject([{ key: "msg_1", attempt: 2 }]);
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

test("events that lost all their jobs are found by the daily sweep", async () => {
  const d = deploy();
  await deliver(d, paid("evt_1"), "msg_1");
  await cancelJobs(d, "deliveries:attempt");
  await cancelJobs(d, "deliveries:check");
  await d.late();
  expect(await d.events()).toMatchObject([{ status: "pending" }]);
  vi.setSystemTime(Date.now() + 3 * 3_600_000);
  await d.run("deliveries:sweep", { status: "pending", cursor: null });
  await d.late();
  expect(await d.effects()).toHaveLength(1);
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
