import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../../../example/convex/_generated/api.js";
import { app } from "./app.js";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-23T12:00:00Z") });
  vi.spyOn(console, "info").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function start() {
  const { t, ada } = app();
  return {
    t,
    pay: (paymentId: string) =>
      t.mutation(api.payments.start, { paymentId, amount: 1 }),
    subscribe: (subscriptionId: string) =>
      t.mutation(api.subscriptions.start, { subscriptionId }),
    /** What the cron does, to its end. */
    run: async () => {
      await t.action(internal.analytics.dailyReport, {});
      for (let n = 0; n < 20; n++) {
        vi.advanceTimersByTime(100);
        await t.finishInProgressScheduledFunctions();
      }
    },
    reports: () => ada.query(api.analytics.latest, {}),
  };
}

test("R12: the report is of the past UTC day, whenever it runs, and of nothing else", async () => {
  const { pay, subscribe, run, reports } = start();
  await pay("early");
  await pay("late");
  await subscribe("sub_1");
  vi.setSystemTime(Date.parse("2026-11-24T00:00:00.000Z"));
  await pay("today");
  vi.setSystemTime(Date.parse("2026-11-24T17:30:00Z"));
  await run();
  const counts = { payments: 2, subscriptions: 1, summaries: 0, updates: 0 };
  expect(await reports()).toMatchObject([{ day: "2026-11-23", counts }]);
});

test("a day has one report, however often the job is started", async () => {
  const { t, pay, run, reports } = start();
  await pay("one");
  vi.setSystemTime(Date.parse("2026-11-24T00:01:00Z"));
  await run();
  await run();
  expect(await reports()).toHaveLength(1);
  const { page } = await t.query(internal.jobs.runs, { job: "daily-report" });
  expect(page).toHaveLength(1);
});

test("days that were missed are made up for, each with its own numbers", async () => {
  const { pay, run, reports } = start();
  await run();
  await pay("one");
  vi.setSystemTime(Date.parse("2026-11-24T12:00:00Z"));
  await pay("two");
  await pay("three");
  vi.setSystemTime(Date.parse("2026-11-26T00:01:00Z"));
  await run();
  expect(await reports()).toMatchObject([
    { day: "2026-11-25", counts: { payments: 0 } },
    { day: "2026-11-24", counts: { payments: 2 } },
    { day: "2026-11-23", counts: { payments: 1 } },
    { day: "2026-11-22", counts: { payments: 0 } },
  ]);
});

test("a day with more than one page of rows is counted to its end", async () => {
  const { t, run, reports } = start();
  for (let part = 0; part < 3; part++) {
    await t.run(async (ctx) => {
      for (let n = 0; n < 1_500; n++) {
        const externalId = `${part}-${n}`;
        const changedAt = "2026-11-23T00:00:00.000Z";
        await ctx.db.insert("updates", { externalId, title: "One", changedAt });
      }
    });
  }
  vi.setSystemTime(Date.parse("2026-11-24T00:01:00Z"));
  await run();
  expect(await reports()).toMatchObject([{ counts: { updates: 4_500 } }]);
});

test("reports are for operators", async () => {
  const { t } = start();
  await expect(t.query(api.analytics.latest, {})).rejects.toMatchObject({
    data: { code: "UNAUTHORIZED" },
  });
});
