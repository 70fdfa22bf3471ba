import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { v } from "convex/values";
import { getDocsError } from "../../src/errors/index.js";
import {
  DAY,
  deploy,
  freshHost,
  host,
  HOUR,
  MINUTE,
  NOON,
  restore,
} from "../support/jobs.js";

beforeEach(freshHost);
afterEach(restore);

const call = async (d: ReturnType<typeof deploy>, name = "report") => {
  const started = await d.call(name, {}, "mutation");
  await d.late();
  return started;
};

/** A report of each day, which fails on the days that a test names. */
const daily = (catchUp: number, failing: Set<string> = new Set()) =>
  deploy((jobs) => ({
    report: jobs.mutation("report", {
      period: "day",
      catchUp,
      retry: { attempts: 1 },
      handler: async (ctx, run) => {
        await ctx.db.insert("effects", { note: run.period.key });
        if (failing.has(run.period.key)) throw new Error("Not today.");
        return {
          counts: { hours: (run.period.end - run.period.start) / HOUR },
        };
      },
    }),
  }));

test("a report is about the last complete day, however late it runs", async () => {
  const d = daily(0);
  vi.setSystemTime(NOON + 11 * HOUR);
  await call(d);
  expect(await d.effects()).toEqual(["2026-11-22"]);
  expect(await d.runs()).toMatchObject([
    {
      period: {
        key: "2026-11-22",
        start: Date.UTC(2026, 10, 22),
        end: Date.UTC(2026, 10, 23),
      },
      counts: { hours: 24 },
    },
  ]);
  expect(await d.status("report")).toMatchObject({
    nextDueAt: Date.UTC(2026, 10, 24),
  });
});

test("a double run within a period applies once", async () => {
  const d = daily(3);
  const started = await Promise.all([
    d.call("report", {}, "mutation"),
    d.call("report", {}, "mutation"),
  ]);
  expect(started).toContainEqual({ skipped: "overlap" });
  await d.late();
  expect(await call(d)).toEqual({ skipped: "done" });
  expect(await d.effects()).toEqual(["2026-11-22"]);
  expect(await d.runs()).toHaveLength(1);
});

test("of missed periods as many as told are made up, the oldest first", async () => {
  const d = daily(2);
  await call(d);
  vi.setSystemTime(NOON + 5 * DAY);
  await call(d);
  expect(await d.effects()).toEqual([
    "2026-11-22",
    "2026-11-25",
    "2026-11-26",
    "2026-11-27",
  ]);
  expect(await d.runs()).toMatchObject([
    { trigger: "call" },
    { trigger: "call" },
    { trigger: "catchUp" },
    { trigger: "catchUp" },
  ]);
});

test("after an outage, without catchUp only the last period is done", async () => {
  const d = daily(0);
  await call(d);
  vi.setSystemTime(NOON + 17 * DAY);
  await call(d);
  expect(await d.effects()).toEqual(["2026-11-22", "2026-12-09"]);
});

test.each([0, 3])(
  "a clock that was a year ahead leaves no year without runs (catchUp %i)",
  async (catchUp) => {
    const d = daily(catchUp);
    vi.setSystemTime(NOON + 365 * DAY);
    await call(d);
    vi.setSystemTime(NOON);
    await call(d);
    expect(await call(d)).toEqual({ skipped: "done" });
    expect(await d.status("report")).toMatchObject({
      nextDueAt: Date.UTC(2026, 10, 24),
    });
    vi.setSystemTime(NOON + DAY);
    await call(d);
    expect(await d.effects()).toEqual([
      "2027-11-22",
      "2026-11-22",
      "2026-11-23",
    ]);
  },
);

test("a run that ends after the clock was set back stops no other", async () => {
  const d = daily(0);
  vi.setSystemTime(NOON + 365 * DAY);
  await d.call("report", {}, "mutation");
  vi.setSystemTime(NOON);
  await d.late();
  await call(d);
  expect(await d.effects()).toEqual(["2027-11-22", "2026-11-22"]);
});

test("a clock that differs by seconds does not run a period twice", async () => {
  const d = daily(0);
  const midnight = Date.UTC(2026, 10, 24);
  vi.setSystemTime(midnight);
  await call(d);
  vi.setSystemTime(midnight - 5_000);
  expect(await call(d)).toEqual({ skipped: "done" });
  expect(await d.effects()).toEqual(["2026-11-23"]);
});

test("a period that always fails does not hold up the others, and is tried again while it is wanted", async () => {
  const failing = new Set(["2026-11-22"]);
  const d = daily(1, failing);
  await call(d);
  vi.setSystemTime(NOON + DAY);
  await call(d);
  expect(await d.effects()).toEqual(["2026-11-23"]);
  expect(
    (await d.runs()).map(({ period, status }) => [period?.key, status]),
  ).toEqual([
    ["2026-11-22", "failed"],
    ["2026-11-22", "failed"],
    ["2026-11-23", "success"],
  ]);
});

test("a period that failed is made up at the next call", async () => {
  const failing = new Set(["2026-11-22"]);
  const d = daily(1, failing);
  await call(d);
  failing.clear();
  vi.setSystemTime(NOON + DAY);
  await call(d);
  expect(await d.effects()).toEqual(["2026-11-22", "2026-11-23"]);
});

test("a throw undoes the handler's writes, and the failed attempt is still recorded", async () => {
  let fails = 2;
  const d = deploy((jobs) => ({
    report: jobs.mutation("report", {
      retry: { attempts: 3, baseMs: 1_000 },
      handler: async (ctx, run) => {
        await ctx.db.insert("effects", { note: `attempt ${run.attempt}` });
        if (fails-- > 0) throw new Error("Not today.");
        return { cursor: "here" };
      },
    }),
  }));
  await call(d);
  expect(await d.effects()).toEqual(["attempt 3"]);
  expect(await d.runs()).toMatchObject([
    { status: "success", attempt: 3, error: { code: "INTERNAL" } },
  ]);
  expect(await d.status("report")).toMatchObject({
    cursor: "here",
    failures: 0,
  });
});

test("a handler that goes over a transaction limit fails, and its record does not", async () => {
  let left = Infinity;
  const d = deploy((jobs) => ({
    report: jobs.mutation("report", {
      retry: { attempts: 1 },
      handler: async (ctx) => {
        const { documentsWritten } = await ctx.meta.getTransactionMetrics();
        left = documentsWritten.remaining;
        for (let n = 0; n < 20_000; n++) {
          await ctx.db.insert("effects", { note: "greedy" });
        }
      },
    }),
  }));
  await call(d);
  // Of Convex's 16,000 writes, some are kept for the record.
  expect(left).toBe(16_000 - 16);
  expect(await d.effects()).toEqual([]);
  expect(await d.runs()).toMatchObject([{ status: "failed" }]);
});

test("a handler that cancels its own run writes nothing", async () => {
  const d = deploy((jobs) => ({
    report: jobs.mutation("report", {
      handler: async (ctx) => {
        await ctx.db.insert("effects", { note: "cancelled" });
        await jobs.cancel(ctx, { job: "report" });
      },
    }),
  }));
  await call(d);
  expect(await d.effects()).toEqual([]);
  expect(await d.runs()).toMatchObject([{ status: "failed", attempt: 1 }]);
});

test("a retry waits for nobody else's attempt: one that comes too late does nothing", async () => {
  const d = deploy((jobs) => ({
    report: jobs.mutation("report", {
      handler: async (ctx) => {
        await ctx.db.insert("effects", { note: "once" });
      },
    }),
  }));
  const started = await d.call("report", {}, "mutation");
  if (!("runId" in started)) throw new Error("It was skipped.");
  const again = { jobRun: { runId: started.runId, attempt: 1 } };
  await d.late();
  await d.call("report", again, "mutation");
  await d.call(
    "report",
    { jobRun: { runId: "rubbish", attempt: 1 } },
    "mutation",
  );
  expect(await d.effects()).toEqual(["once"]);
});

test("work with a key: the same request twice costs one; a failed one may be started again", async () => {
  let fails = true;
  const d = deploy((jobs) => ({
    sum: jobs.mutation("sum", {
      args: { id: v.string() },
      key: ({ id }) => id,
      retry: { attempts: 1 },
      handler: async (ctx, run, { id }) => {
        if (fails) throw new Error("Not today.");
        await ctx.db.insert("effects", { note: `${run.key} ${id}` });
      },
    }),
  }));
  const sum = (id: string) => d.call("sum", { id }, "mutation");
  expect(await sum("a")).toHaveProperty("runId");
  expect(await sum("a")).toEqual({ skipped: "overlap" });
  await d.late();
  expect(await d.status("sum", "a")).toMatchObject({
    run: { status: "failed" },
  });
  fails = false;
  await sum("a");
  await sum("b");
  await d.late();
  expect(await sum("a")).toEqual({ skipped: "done" });
  expect(await d.effects()).toEqual(["a a", "b b"]);
  await expect(sum("")).rejects.toSatisfy(
    (error) => getDocsError(error)?.code === "VALIDATION_FAILED",
  );
  await expect(sum("x".repeat(513))).rejects.toThrow();
});

const queued = (overlap: "queue" | "skip") =>
  deploy((jobs) => ({
    report: jobs.mutation("report", {
      args: { n: v.number() },
      overlap,
      handler: async (ctx, _run, { n }) => {
        await ctx.db.insert("effects", { note: String(n) });
      },
    }),
  }));

test("overlap skip: a call that finds a run under way does nothing", async () => {
  const d = queued("skip");
  await d.call("report", { n: 1 }, "mutation");
  expect(await d.call("report", { n: 2 }, "mutation")).toEqual({
    skipped: "overlap",
  });
  await d.late();
  expect(await d.effects()).toEqual(["1"]);
});

test("overlap queue: calls wait for their turn, in order, with their own arguments; too many are refused", async () => {
  const d = queued("queue");
  for (let n = 0; n <= 100; n++) {
    expect(await d.call("report", { n }, "mutation")).toMatchObject(
      n === 0 ? { runId: expect.any(String) as string } : { queued: true },
    );
  }
  expect(await d.call("report", { n: 101 }, "mutation")).toEqual({
    skipped: "queueFull",
  });
  await d.late();
  expect(await d.effects()).toEqual(
    Array.from({ length: 101 }, (_, n) => String(n)),
  );
}, 30_000);

test("what waits in a queue goes on after a cancel, and after a pause when it is resumed", async () => {
  const d = queued("queue");
  const operate = (what: "cancel" | "pause" | "resume") =>
    d.t.mutation(async (ctx) => {
      await d.jobs[what](ctx, { job: "report" });
    });
  for (const n of [1, 2, 3]) await d.call("report", { n }, "mutation");
  await operate("cancel");
  await operate("pause");
  await d.late();
  expect(await d.effects()).toEqual(["2"]);
  await operate("resume");
  await d.late();
  expect(await d.effects()).toEqual(["2", "3"]);
});

test("what waits in a queue while the breaker is open begins when it closes", async () => {
  let fails = true;
  const d = deploy((jobs) => ({
    report: jobs.mutation("report", {
      overlap: "queue",
      retry: { attempts: 1 },
      breaker: { after: 1, forMs: MINUTE },
      handler: async (ctx) => {
        if (fails) throw new Error("Not today.");
        await ctx.db.insert("effects", { note: "done" });
      },
    }),
  }));
  await d.call("report", {}, "mutation");
  await d.call("report", {}, "mutation");
  await d.pass(MINUTE / 2);
  fails = false;
  expect(await d.effects()).toEqual([]);
  await d.pass(MINUTE);
  expect(await d.effects()).toEqual(["done"]);
});

test("the operator is alerted after n failures in a row, once, and once on recovery", async () => {
  let fails = true;
  const d = deploy((jobs) => ({
    report: jobs.mutation("report", {
      retry: { attempts: 2, baseMs: 10 },
      onFailure: "ops:alert",
      alertAfter: 2,
      handler: async () => {
        if (fails) throw new Error("Not today.");
      },
    }),
  }));
  await call(d);
  expect(host.alerts).toEqual([]);
  for (let n = 0; n < 3; n++) await call(d);
  expect(host.alerts).toMatchObject([
    {
      job: "report",
      kind: "failing",
      failures: 2,
      error: { code: "INTERNAL" },
    },
  ]);
  fails = false;
  await call(d);
  await call(d);
  expect(host.alerts.slice(1)).toMatchObject([
    { kind: "recovered", failures: 4 },
  ]);
  fails = true;
  await call(d);
  await call(d);
  expect(host.alerts).toHaveLength(3);
});

test("a breaker skips calls for its time, then lets one try", async () => {
  const d = deploy((jobs) => ({
    report: jobs.mutation("report", {
      retry: { attempts: 1 },
      breaker: { after: 2, forMs: HOUR },
      handler: async () => {
        throw new Error("Not today.");
      },
    }),
  }));
  await call(d);
  await call(d);
  expect(await call(d)).toEqual({ skipped: "breaker" });
  vi.setSystemTime(Date.now() + HOUR);
  expect(await call(d)).toHaveProperty("runId");
  expect(await call(d)).toEqual({ skipped: "breaker" });
});

test("a breaker that a clock a year ahead has opened holds back nothing once the clock is right", async () => {
  let fails = true;
  const d = deploy((jobs) => ({
    report: jobs.mutation("report", {
      retry: { attempts: 1 },
      breaker: { after: 1, forMs: HOUR },
      handler: async () => {
        if (fails) throw new Error("Not today.");
      },
    }),
  }));
  const now = Date.now();
  vi.setSystemTime(now + 365 * 24 * HOUR);
  await call(d);
  expect(await call(d)).toEqual({ skipped: "breaker" });
  vi.setSystemTime(now);
  fails = false;
  expect(await call(d)).toHaveProperty("runId");
});

test("two mounts know nothing of each other", async () => {
  const d = deploy(
    (jobs) => ({
      report: jobs.mutation("report", { handler: async () => undefined }),
    }),
    { mount: "other", alsoMount: ["docs"] },
  );
  await call(d);
  expect(await d.runs()).toHaveLength(1);
  const { Jobs } = await import("../../src/jobs/index.js");
  const { components } = await import("../support/jobs.js");
  const first = new Jobs(components.docs);
  expect(await d.t.query((ctx) => first.list(ctx))).toEqual([]);
  expect(await d.t.query((ctx) => d.jobs.list(ctx))).toHaveLength(1);
});

test("what lost its run's time zone, year or week: the keys of periods", async () => {
  const seen: (string | undefined)[] = [];
  const d = deploy((jobs) =>
    Object.fromEntries(
      (["minute", "hour", "day", "week", "month"] as const).map((period) => [
        period,
        jobs.mutation(period, {
          period,
          handler: async (_ctx, run) => void seen.push(run.period.key),
        }),
      ]),
    ),
  );
  vi.setSystemTime(Date.UTC(2027, 0, 1, 0, 0, 30));
  for (const name of ["minute", "hour", "day", "week", "month"]) {
    await call(d, name);
  }
  expect(seen).toEqual([
    "2026-12-31T23:59",
    "2026-12-31T23",
    "2026-12-31",
    "2026-W52",
    "2026-12",
  ]);
});
