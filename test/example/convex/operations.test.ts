import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../../../example/convex/_generated/api.js";
import { app } from "./app.js";

const { operations } = api;
const job = "daily-report";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-24T10:00:00Z") });
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
    settle: async () => {
      for (let n = 0; n < 10; n++) {
        vi.advanceTimersByTime(100);
        await t.finishInProgressScheduledFunctions();
      }
    },
    entry: async () =>
      (await ada.query(operations.list, {})).find((one) => one.job === job),
  };
}

test("every job is listed before it has ever run", async () => {
  const { ada } = start();
  const all = await ada.query(operations.list, {});
  expect(all.map((one) => one.status)).toEqual(all.map(() => null));
  expect(all.map((one) => one.job)).toContain("cleanupOldDrafts");
});

test("an operator runs a job now and sees what it did", async () => {
  const { ada, settle, entry } = start();
  await ada.mutation(operations.runNow, { job });
  await settle();
  expect(await entry()).toMatchObject({
    status: { run: { status: "success", period: { key: "2026-11-23" } } },
  });
  const paginationOpts = { numItems: 10, cursor: null };
  const { page } = await ada.query(operations.runs, { job, paginationOpts });
  expect(page).toHaveLength(1);
});

test("while a job is paused nothing of it starts", async () => {
  const { ada, settle, entry } = start();
  await ada.mutation(operations.setPaused, { job, paused: true });
  await ada.mutation(operations.runNow, { job });
  await settle();
  expect(await entry()).toMatchObject({ status: { paused: true, run: null } });
  await ada.mutation(operations.setPaused, { job, paused: false });
  await ada.mutation(operations.runNow, { job });
  await settle();
  expect(await entry()).toMatchObject({
    status: { paused: false, run: { status: "success" } },
  });
});

test("a job of the component's own is paused before it has ever run", async () => {
  const { ada, settle } = start();
  const own = { job: "purgeTrash" } as const;
  await ada.mutation(operations.setPaused, { ...own, paused: true });
  await ada.mutation(operations.runNow, own);
  await settle();
  const all = await ada.query(operations.list, {});
  expect(all.find((one) => one.job === own.job)).toMatchObject({
    status: { paused: true, run: null },
  });
});

test("all of it is for whoever is signed in", async () => {
  const { t } = start();
  const refused = { data: { code: "UNAUTHORIZED" } };
  const paginationOpts = { numItems: 10, cursor: null };
  await expect(t.query(operations.list, {})).rejects.toMatchObject(refused);
  await expect(
    t.query(operations.runs, { job, paginationOpts }),
  ).rejects.toMatchObject(refused);
  await expect(
    t.query(operations.previewCleanup, { at: 0 }),
  ).rejects.toMatchObject(refused);
  await expect(t.mutation(operations.runNow, { job })).rejects.toMatchObject(
    refused,
  );
  await expect(
    t.mutation(operations.setPaused, { job, paused: true }),
  ).rejects.toMatchObject(refused);
  await expect(t.mutation(operations.cancel, { job })).rejects.toMatchObject(
    refused,
  );
});

const failing = { kind: "failing", failures: 3, runId: "r1" } as const;
const recovered = { kind: "recovered", failures: 0, runId: "r2" } as const;

test("a job that keeps failing has one alert, until it works again", async () => {
  const { t, ada } = app();
  const notify = (job: string, alert: typeof failing | typeof recovered) =>
    t.mutation(internal.operations.onJobFailure, { alert: { job, ...alert } });
  await notify("pull-updates", failing);
  await notify("pull-updates", failing);
  await notify("daily-report", failing);
  expect(await ada.query(operations.alerts, {})).toMatchObject([
    { job: "pull-updates", failures: 3 },
    { job: "daily-report", failures: 3 },
  ]);
  await notify("pull-updates", recovered);
  await notify("pull-updates", recovered);
  expect(await ada.query(operations.alerts, {})).toMatchObject([
    { job: "daily-report" },
  ]);
});

test("only an operator sees the alerts", async () => {
  const { t } = app();
  await expect(t.query(operations.alerts, {})).rejects.toMatchObject({
    data: { code: "UNAUTHORIZED" },
  });
});
