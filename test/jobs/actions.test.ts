import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { v } from "convex/values";
import { docsError } from "../../src/client/index.js";
import type { ActionRun } from "../../src/jobs/index.js";
import { deploy, freshHost, MINUTE, NOON, restore } from "../support/jobs.js";

beforeEach(freshHost);
afterEach(restore);

const retry = { attempts: 4, baseMs: 1_000, capMs: 3_000 };

test("a call begins a recorded run, and its handler's counts and cursor land with its end", async () => {
  const seen: unknown[] = [];
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      handler: async (_ctx, run) => {
        seen.push(run.cursor);
        await run.progress({ pulled: 1 });
        expect(await d.status("sync")).toMatchObject({
          run: { status: "running", counts: { pulled: 1 } },
        });
        return { cursor: `page ${seen.length}`, counts: { pulled: 3 } };
      },
    }),
  }));
  expect(await d.call("sync")).toHaveProperty("runId");
  await d.late();
  await d.call("sync");
  await d.late();
  expect(seen).toEqual([null, "page 1"]);
  expect(await d.runs()).toMatchObject([
    { status: "success", counts: { pulled: 3 }, trigger: "call", attempt: 1 },
    { status: "success" },
  ]);
  expect(await d.status("sync")).toMatchObject({ cursor: "page 2" });
});

test("one line of JSON a run, without arguments or results", async () => {
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      args: { token: v.string() },
      key: ({ token }) => token,
      handler: async (_ctx, _run, { token }) => ({
        counts: { length: token.length },
        stopReason: token,
      }),
    }),
  }));
  await d.call("sync", { token: "hush-hush" });
  await d.late();
  expect(console.info).toHaveBeenCalledOnce();
  const line = String(vi.mocked(console.info).mock.calls[0]?.[0]);
  expect(JSON.parse(line)).toMatchObject({
    job: "sync",
    status: "success",
    attempts: 1,
    counts: { length: 9 },
  });
  expect(line).not.toContain("hush");
});

test("each wait is drawn, doubles, and ends at the cap", async () => {
  const at: number[] = [];
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      retry,
      handler: async () => {
        at.push(Date.now() - NOON);
        throw new Error("Not today.");
      },
    }),
  }));
  vi.mocked(Math.random).mockReturnValue(0.75);
  await d.call("sync");
  await d.late();
  // 0.75 × 1 s, 0.75 × 2 s, 0.75 × 3 s: the fourth attempt is the last.
  const waits = at.slice(1).map((time, index) => time - at[index]!);
  for (const [index, wait] of [750, 1_500, 2_250].entries()) {
    expect(waits[index]! - wait).toBeGreaterThanOrEqual(0);
    expect(waits[index]! - wait).toBeLessThan(20);
  }
  expect(at).toHaveLength(4);
  expect(await d.runs()).toMatchObject([
    { status: "failed", attempt: 4, error: { code: "INTERNAL" } },
  ]);
});

test("a long Retry-After is waited for in the scheduler, and is the least", async () => {
  const at: number[] = [];
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      retry,
      handler: async () => {
        at.push(Date.now() - NOON);
        if (at.length > 1) return;
        throw docsError(
          "EXTERNAL",
          { kind: "status", status: 429 },
          { retryable: true, retryAfterMs: 40 * MINUTE },
        );
      },
    }),
  }));
  await d.call("sync");
  await d.soon();
  expect(await d.status("sync")).toMatchObject({
    run: { status: "running", attempt: 2, error: { code: "EXTERNAL" } },
  });
  await d.pass(40 * MINUTE - 2_000);
  expect(at).toHaveLength(1);
  expect(await d.call("sync")).toEqual({ skipped: "overlap" });
  await d.late();
  expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(40 * MINUTE + 500);
  expect(await d.runs()).toMatchObject([{ status: "success" }]);
});

test("a DocsError that is not retryable stops at once", async () => {
  let calls = 0;
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      handler: async () => {
        calls++;
        throw docsError("EXTERNAL", { kind: "quota", status: 429 });
      },
    }),
  }));
  await d.call("sync");
  await d.late();
  expect(calls).toBe(1);
  expect(await d.runs()).toMatchObject([
    { status: "failed", error: { code: "EXTERNAL", kind: "quota" } },
  ]);
});

test("the message of a foreign error goes to the log alone, and into no table", async () => {
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      retry: { attempts: 1 },
      handler: async () => {
        throw new Error("401 for key sk-secret");
      },
    }),
  }));
  await d.call("sync");
  await d.late();
  expect(JSON.stringify(await d.runs())).not.toContain("secret");
  // With its stack, which Convex's console leaves out of an Error.
  expect(console.error).toHaveBeenCalledWith(
    'The job "sync" failed.',
    expect.stringMatching(/^Error: 401 for key sk-secret\n\s+at /),
  );
});

test("what is scheduled is a claim, and no secret, however the handler came by what it uses", async () => {
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      retry: { attempts: 2, baseMs: 10, capMs: 10 },
      handler: async (_ctx, run) => {
        await run.progress({ pages: 1 });
        throw new Error(`401 for key sk-secret, ${run.idempotencyKey}`);
      },
    }),
  }));
  await d.call("sync");
  await d.late();
  const scheduled = [
    ...(await d.t.run((ctx) =>
      ctx.db.system.query("_scheduled_functions").take(100),
    )),
    ...(await d.inComponent((ctx) =>
      ctx.db.system.query("_scheduled_functions").take(100),
    )),
  ];
  expect(scheduled.length).toBeGreaterThan(2);
  expect(JSON.stringify(scheduled)).not.toContain("sk-secret");
});

test("the idempotency key is the same in every attempt, and another in the next run", async () => {
  const keys: string[] = [];
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      retry: { attempts: 2, baseMs: 10, capMs: 10 },
      handler: async (_ctx, run) => {
        keys.push(run.idempotencyKey);
        throw new Error("Not today.");
      },
    }),
  }));
  await d.call("sync");
  await d.late();
  await d.call("sync");
  await d.late();
  const [a, b, c, e] = keys;
  expect([a, c]).toEqual([b, e]);
  expect(a).not.toBe(c);
});

test("an action that never answers is stopped at its timeout, its signal is aborted, and it is tried again", async () => {
  const signals: AbortSignal[] = [];
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      timeoutMs: 5_000,
      retry: { attempts: 2, baseMs: 1_000 },
      handler: async (_ctx, run) => {
        signals.push(run.signal);
        if (signals.length === 1) await new Promise(() => undefined);
      },
    }),
  }));
  await d.call("sync");
  await d.passBy(5_100);
  expect(signals[0]!.aborted).toBe(true);
  expect(await d.status("sync")).toMatchObject({
    run: { attempt: 2, error: { code: "TIMEOUT", retryable: true } },
  });
  await d.late();
  expect(signals).toHaveLength(2);
  expect(await d.runs()).toMatchObject([{ status: "success" }]);
});

test("cancel ends a run that waits for its retry, and one that is at work learns of it", async () => {
  const runs: ActionRun[] = [];
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      retry: { attempts: 2, baseMs: 60_000 },
      handler: async (_ctx, run) => {
        runs.push(run);
        if (runs.length === 1) throw new Error("Not today.");
        await d.t.mutation((ctx) => d.jobs.cancel(ctx, { job: "sync" }));
        await run.progress({ n: 1 });
      },
    }),
  }));
  await d.call("sync");
  await d.soon();
  const cancel = () =>
    d.t.mutation((ctx) => d.jobs.cancel(ctx, { job: "sync" }));
  expect(await cancel()).toBe(true);
  expect(await cancel()).toBe(false);
  await d.late();
  expect(runs).toHaveLength(1);
  await d.call("sync");
  await d.late();
  expect(runs[1]!.signal.aborted).toBe(true);
  expect(await d.runs()).toMatchObject([
    { status: "canceled" },
    { status: "canceled", counts: {} },
  ]);
  expect(await d.status("sync")).toMatchObject({ failures: 0 });
});

test.each([
  ["with retries", 2],
  ["in its last attempt", 1],
])(
  "cancelling a period, %s, starts the next one, which was skipped because of it",
  async (_what, attempts) => {
    const periods: string[] = [];
    const d = deploy((jobs) => ({
      daily: jobs.action("daily", {
        period: "day",
        retry: { attempts, baseMs: 20 * 60 * MINUTE, capMs: 20 * 60 * MINUTE },
        timeoutMs: 29 * MINUTE,
        handler: async (_ctx, run) => {
          periods.push(run.period.key);
          if (periods.length > 1) return;
          if (attempts > 1) throw new Error("Not today.");
          await new Promise(() => undefined);
        },
      }),
    }));
    vi.setSystemTime(Date.UTC(2026, 10, 23, 23, 50));
    await d.call("daily");
    await d.passBy(15 * MINUTE);
    expect(await d.call("daily")).toEqual({ skipped: "overlap" });
    await d.t.mutation((ctx) => d.jobs.cancel(ctx, { job: "daily" }));
    await d.passBy(1_000);
    expect(periods).toEqual(["2026-11-22", "2026-11-23"]);
    expect(await d.runs()).toMatchObject([
      { status: "canceled" },
      { status: "success", trigger: "catchUp" },
    ]);
  },
);

test("cancelling a period starts nothing while no later one is complete", async () => {
  const d = deploy((jobs) => ({
    daily: jobs.action("daily", {
      period: "day",
      handler: async () => {
        throw new Error("Not today.");
      },
    }),
  }));
  await d.call("daily");
  await d.soon();
  await d.t.mutation((ctx) => d.jobs.cancel(ctx, { job: "daily" }));
  await d.late();
  expect(await d.runs()).toMatchObject([{ status: "canceled" }]);
});

const DAY = 24 * 60 * MINUTE;
test.each([
  ["20 days", 20 * DAY, DAY],
  ["less than nothing", -5_000, 0],
  ["no number", NaN, 0],
])(
  "an error that asks to wait %s is waited for a day at most",
  async (_what, retryAfterMs, least) => {
    const at: number[] = [];
    const d = deploy((jobs) => ({
      sync: jobs.action("sync", {
        retry,
        handler: async () => {
          at.push(Date.now());
          if (at.length > 1) return;
          throw docsError("RATE_LIMITED", { retryAfterMs }, { retryAfterMs });
        },
      }),
    }));
    await d.call("sync");
    await d.soon();
    const { dueAt } = (await d.status("sync"))!.run!;
    // Half of the first bound, 1 s, is added.
    expect(dueAt! - at[0]!).toBeGreaterThanOrEqual(least + 500);
    expect(dueAt! - at[0]!).toBeLessThan(least + 520);
  },
);

test("a result that cannot be saved fails the run at once and says why", async () => {
  const results: object[] = [
    { cursor: 5 },
    { cursor: "x".repeat(9_000) },
    { counts: { n: NaN } },
    { counts: { créés: 1 } },
    { counts: { $n: 1 } },
    { counts: { "": 1 } },
    { stopReason: 5 },
  ];
  const all = results.length;
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      handler: async () => results.shift() as { cursor: string },
    }),
  }));
  for (let n = 0; n < all; n++) {
    await d.call("sync");
    await d.late();
  }
  const issues = (await d.runs()).map(({ status, attempt, error }) => {
    expect({ status, attempt }).toEqual({ status: "failed", attempt: 1 });
    return error?.code === "VALIDATION_FAILED" ? error.issues : error;
  });
  const name =
    "must have a name of ASCII characters that does not begin with $ or _.";
  expect(issues).toMatchObject([
    [{ path: "cursor" }],
    [{ path: "cursor", message: "Cursor is larger than 8192 bytes." }],
    [{ path: "counts.n", message: "N of counts must be a finite number." }],
    [{ path: "counts.créés", message: `Créés of counts ${name}` }],
    [{ path: "counts.$n" }],
    [{ path: "counts." }],
    [{ path: "stopReason", message: "Stop reason must be a string." }],
  ]);
});

test("progress refuses a count that cannot be saved, and names it", async () => {
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      handler: async (_ctx, run) => await run.progress({ _n: 1 }),
    }),
  }));
  await d.call("sync");
  await d.late();
  expect(await d.runs()).toMatchObject([
    {
      status: "failed",
      attempt: 1,
      error: { issues: [{ path: "counts._n" }] },
    },
  ]);
});

test.each(["a timeout", "a refused progress"])(
  "%s aborts the signal once: a second abort ends the action in Convex's runtime",
  async (what) => {
    const aborts = vi.spyOn(AbortController.prototype, "abort");
    const d = deploy((jobs) => ({
      sync: jobs.action("sync", {
        timeoutMs: 5_000,
        retry: { attempts: 1 },
        handler: async (_ctx, run) => {
          if (what === "a timeout") {
            await new Promise((_resolve, reject) => {
              run.signal.addEventListener("abort", () =>
                reject(new DOMException("Aborted", "AbortError")),
              );
            });
          }
          await d.t.mutation((ctx) => d.jobs.cancel(ctx, { job: "sync" }));
          await run.progress({ n: 1 });
        },
      }),
    }));
    await d.call("sync");
    await d.passBy(6_000);
    await d.late();
    expect(aborts).toHaveBeenCalledTimes(1);
    expect(await d.runs()).toMatchObject([
      { status: what === "a timeout" ? "failed" : "canceled" },
    ]);
  },
);

test("a cursor that a deploy made wrong is not handed on; an operator resets it", async () => {
  const seen: unknown[] = [];
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", { handler: async () => ({ cursor: "text" }) }),
  }));
  await d.call("sync");
  await d.late();
  d.redeploy((jobs) => ({
    sync: jobs.action("sync", {
      cursor: v.number(),
      handler: async (_ctx, run) => {
        seen.push(run.cursor);
        return { cursor: 7 };
      },
    }),
  }));
  await d.call("sync");
  await d.late();
  expect(seen).toEqual([]);
  expect(await d.status("sync")).toMatchObject({
    run: { status: "failed", error: { issues: [{ path: "cursor" }] } },
  });
  await d.t.mutation((ctx) => d.jobs.resetCursor(ctx, { job: "sync" }));
  for (let n = 0; n < 2; n++) {
    await d.call("sync");
    await d.late();
  }
  expect(seen).toEqual([null, 7]);
});
