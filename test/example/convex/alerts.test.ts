import { expect, test } from "vitest";
import { api, internal } from "../../../example/convex/_generated/api.js";
import { app } from "./app.js";

const failing = { kind: "failing", failures: 3, runId: "r1" } as const;
const recovered = { kind: "recovered", failures: 0, runId: "r2" } as const;

test("a job that keeps failing has one alert, until it works again; another's is its own", async () => {
  const { t, ada } = app();
  const tell = (job: string, alert: typeof failing | typeof recovered) =>
    t.mutation(internal.alerts.onJob, { alert: { job, ...alert } });
  await tell("pull-updates", failing);
  await tell("pull-updates", failing);
  await tell("daily-report", failing);
  expect(await ada.query(api.alerts.open, {})).toMatchObject([
    { job: "pull-updates", failures: 3 },
    { job: "daily-report", failures: 3 },
  ]);
  await tell("pull-updates", recovered);
  await tell("pull-updates", recovered);
  expect(await ada.query(api.alerts.open, {})).toMatchObject([
    { job: "daily-report" },
  ]);
});

test("nobody but an operator is shown them", async () => {
  const { t } = app();
  await expect(t.query(api.alerts.open, {})).rejects.toMatchObject({
    data: { code: "UNAUTHORIZED" },
  });
});
