import { cronJobs, makeFunctionReference } from "convex/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  cronsOf,
  nextRun,
  startCrons,
} from "../../../dev/deployment/core/crons.js";

const at = (time: string) => Date.parse(`2026-11-24T${time}Z`);

describe("when a schedule is due", () => {
  test.each([
    ["an interval", { type: "interval", minutes: 5 }, "10:01:00", "10:06:00"],
    ["every hour", { type: "hourly", minuteUTC: 17 }, "10:17:00", "11:17:00"],
    [
      "every hour, soon",
      { type: "hourly", minuteUTC: 17 },
      "10:16:59",
      "10:17:00",
    ],
    ["every day", { type: "daily", hourUTC: 13 }, "10:00:00", "13:00:00"],
    [
      "cron syntax",
      { type: "cron", cron: "30 11 * * *" },
      "10:00:00",
      "11:30:00",
    ],
  ] as const)("%s", (_what, schedule, now, due) => {
    expect(nextRun(schedule, at(now))).toBe(at(due));
  });

  test("a day that is over begins again", () => {
    const midnight = { type: "cron", cron: "0 0 * * *" } as const;
    expect(nextRun(midnight, at("00:00:00"))).toBe(
      Date.parse("2026-11-25T00:00:00Z"),
    );
  });

  test("a schedule that it does not know is refused", () => {
    expect(() => nextRun({ type: "cron", cron: "*/5 * * * *" }, 0)).toThrow(
      "*/5 * * * *",
    );
  });
});

describe("running them", () => {
  beforeEach(() => void vi.useFakeTimers({ now: at("10:00:00") }));
  afterEach(() => void vi.useRealTimers());

  const crons = cronJobs();
  const f = makeFunctionReference<"mutation", Record<string, never>>(
    "jobs:tick",
  );
  crons.interval("tick", { minutes: 5 }, f, {});
  crons.cron("report", "0 0 * * *", f, {});

  test("an interval begins at once, and a cron at its time", async () => {
    const ran: string[] = [];
    const stop = startCrons(cronsOf(crons), async ({ name, schedule }) => {
      ran.push(`${name} ${schedule.type}`);
    });
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    expect(ran).toEqual(Array(3).fill("jobs:tick interval"));
    await vi.advanceTimersByTimeAsync(14 * 3_600_000);
    expect(ran.filter((name) => name.endsWith("cron"))).toHaveLength(1);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a run that takes longer than its interval is not joined by another, and one that throws is followed by the next", async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const stop = startCrons(cronsOf(crons).slice(0, 1), async () => {
      most = Math.max(most, (running += 1));
      runs += 1;
      await new Promise((resolve) => setTimeout(resolve, 12 * 60_000));
      running -= 1;
      throw new Error("broken");
    });
    await vi.advanceTimersByTimeAsync(60 * 60_000);
    stop();
    expect(most).toBe(1);
    expect(runs).toBeGreaterThan(3);
  });
});
