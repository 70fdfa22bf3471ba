import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../../../example/convex/_generated/api.js";
import { app } from "./app.js";

const { documents } = api;
const plan = { title: "Plan", content: "Notes" };

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
    ada,
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

test("the report is of the past UTC day, whenever it runs, and of nothing else", async () => {
  const { ada, run, reports } = start();
  const { id } = await ada.mutation(documents.create, plan);
  const { id: other } = await ada.mutation(documents.create, plan);
  await ada.mutation(documents.update, { id, status: "published" });
  await ada.mutation(documents.update, { id, title: "Plan B" });
  await ada.mutation(documents.remove, { id: other });
  vi.setSystemTime(Date.parse("2026-11-24T00:00:00.000Z"));
  await ada.mutation(documents.create, plan);
  vi.setSystemTime(Date.parse("2026-11-24T17:30:00Z"));
  await run();
  expect(await reports()).toMatchObject([
    { day: "2026-11-23", counts: { created: 2, published: 1, removed: 1 } },
  ]);
});

test("a day has one report, however often the job is started", async () => {
  const { t, ada, run, reports } = start();
  await ada.mutation(documents.create, plan);
  vi.setSystemTime(Date.parse("2026-11-24T00:01:00Z"));
  await run();
  await run();
  expect(await reports()).toHaveLength(1);
  const { page } = await t.query(internal.jobs.runs, { job: "daily-report" });
  expect(page).toHaveLength(1);
});

test("days that were missed are made up for, each with its own numbers", async () => {
  const { ada, run, reports } = start();
  await run();
  await ada.mutation(documents.create, plan);
  vi.setSystemTime(Date.parse("2026-11-24T12:00:00Z"));
  await ada.mutation(documents.create, plan);
  await ada.mutation(documents.create, plan);
  vi.setSystemTime(Date.parse("2026-11-26T00:01:00Z"));
  await run();
  expect(await reports()).toMatchObject([
    { day: "2026-11-25", counts: {} },
    { day: "2026-11-24", counts: { created: 2 } },
    { day: "2026-11-23", counts: { created: 1 } },
    { day: "2026-11-22", counts: {} },
  ]);
});

test("a day with more than one page of activity is counted to its end", async () => {
  const { t, run, reports } = start();
  for (let part = 0; part < 3; part++) {
    await t.run(async (ctx) => {
      for (let n = 0; n < 1_500; n++)
        await ctx.db.insert("activity", { what: "created" });
    });
  }
  vi.setSystemTime(Date.parse("2026-11-24T00:01:00Z"));
  await run();
  expect(await reports()).toMatchObject([{ counts: { created: 4_500 } }]);
});

test("reports are for operators", async () => {
  const { t } = start();
  await expect(t.query(api.analytics.latest, {})).rejects.toMatchObject({
    data: { code: "UNAUTHORIZED" },
  });
});

test("what was counted a week ago is forgotten, more than a batch of it, and nothing that is younger", async () => {
  const { t, ada, run } = start();
  for (let part = 0; part < 2; part++) {
    await t.run(async (ctx) => {
      for (let n = 0; n < 750; n++)
        await ctx.db.insert("activity", { what: "created" });
    });
  }
  vi.setSystemTime(Date.parse("2026-11-24T12:00:00Z"));
  await ada.mutation(documents.create, plan);
  vi.setSystemTime(Date.parse("2026-11-30T00:01:00Z"));
  await run();
  const count = () =>
    t.run(async (ctx) => (await ctx.db.query("activity").take(2_000)).length);
  expect(await count()).toBe(1_501);
  vi.setSystemTime(Date.parse("2026-12-02T00:01:00Z"));
  await run();
  expect(await count()).toBe(1);
});
