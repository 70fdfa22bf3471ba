import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MutationCtx } from "../../../src/component/_generated/server.js";
import { setJobPaused } from "../../../src/model/jobs/job.js";
import { pruneJob } from "../../../src/model/jobs/prune.js";
import {
  jobStatus,
  listJobs,
  listRuns,
} from "../../../src/model/jobs/queries.js";
import {
  advanceRun,
  beginRun,
  finishRun,
  type BeginRun,
  type Begun,
} from "../../../src/model/jobs/run.js";
import { cancelJob } from "../../../src/model/jobs/start.js";
import { tick } from "../../../src/model/engine/rescue.js";
import { JOB_HISTORY } from "../../../src/shared/jobs.js";
import { inComponent } from "../../support/component.js";
import { deploy, type Deployment } from "../../support/host.js";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 23, 12);
const REPORT = { name: "report", leaseMs: MINUTE };

let t: Deployment;
beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  vi.spyOn(console, "info").mockImplementation(() => undefined);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  // No clean-up by itself: where it matters, it is called.
  vi.spyOn(Math, "random").mockReturnValue(0.99);
  t = deploy();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const within = <T>(work: (ctx: MutationCtx) => Promise<T>) =>
  inComponent(t, work);
const start = (more: Partial<BeginRun> = {}): Promise<Begun> =>
  within((ctx) => beginRun(ctx, { ...REPORT, ...more }));
const claimOf = (begun: Begun) => {
  if ("skipped" in begun) throw new Error(`Skipped: ${begun.skipped}.`);
  return begun.claim;
};
const status = (key?: string) => within((ctx) => jobStatus(ctx, "report", key));

test("a run is begun, advanced and finished, and its record says so", async () => {
  const claim = claimOf(await start({ notes: { cutoff: 5 } }));
  expect(
    await within((ctx) =>
      advanceRun(ctx, claim, { counts: { deleted: 3 }, cursor: "c" }),
    ),
  ).toBe(true);
  expect(await status()).toMatchObject({
    run: { status: "running", counts: { deleted: 3 }, cursor: "c" },
  });
  vi.setSystemTime(NOON + 5_000);
  const ending = {
    status: "success",
    counts: { deleted: 4 },
    cursor: 7,
  } as const;
  expect(await within((ctx) => finishRun(ctx, claim, ending))).toBe(true);
  expect(await status()).toMatchObject({
    failures: 0,
    cursor: 7,
    run: {
      status: "success",
      counts: { deleted: 4 },
      notes: { cutoff: 5 },
      startedAt: NOON,
      finishedAt: NOON + 5_000,
    },
  });
  expect(await start()).toMatchObject({ cursor: 7, resumed: null });
});

test("an alive run is not overlapped; a lost one is marked, and hands its cursor on", async () => {
  const lost = claimOf(await start());
  await within((ctx) => advanceRun(ctx, lost, { cursor: "half way" }));
  vi.setSystemTime(NOON + MINUTE - 1);
  expect(await start()).toEqual({ skipped: "overlap" });
  vi.setSystemTime(NOON + MINUTE);
  const begun = await start();
  expect(begun).toMatchObject({
    resumed: { _id: lost.runId, cursor: "half way" },
  });
  expect(await status()).toMatchObject({
    failures: 1,
    lastFailedAt: NOON + MINUTE,
    run: { trigger: "resume", status: "running" },
  });
  const { page } = await within((ctx) =>
    listRuns(ctx, "report", { cursor: null, numItems: 10 }),
  );
  expect(page.map((run) => run.status)).toEqual(["running", "lost"]);
});

test("a lost run hands its cursor on though the job was paused when it was found", async () => {
  const lost = claimOf(await start());
  await within((ctx) => advanceRun(ctx, lost, { cursor: "half way" }));
  vi.setSystemTime(NOON + MINUTE);
  await within((ctx) => setJobPaused(ctx, "report", true));
  expect(await start()).toEqual({ skipped: "paused" });
  expect(await status()).toMatchObject({ run: { status: "lost" } });
  await within((ctx) => setJobPaused(ctx, "report", false));
  const begun = await start();
  expect(begun).toMatchObject({ resumed: { cursor: "half way" } });
  // And only to the next one.
  await within((ctx) => finishRun(ctx, claimOf(begun), { status: "success" }));
  expect(await start()).toMatchObject({ resumed: null });
});

test("a lease lasts from the last advance", async () => {
  const claim = claimOf(await start());
  vi.setSystemTime(NOON + MINUTE - 1);
  await within((ctx) => advanceRun(ctx, claim, { leaseMs: MINUTE }));
  vi.setSystemTime(NOON + MINUTE + 1);
  expect(await start()).toEqual({ skipped: "overlap" });
});

test.each(["lost", "canceled", "over"] as const)(
  "a zombie whose run is %s neither advances nor finishes, and nothing of it lands",
  async (how) => {
    const zombie = claimOf(await start());
    if (how === "canceled") await within((ctx) => cancelJob(ctx, "report"));
    if (how === "over") {
      await within((ctx) => finishRun(ctx, zombie, { status: "success" }));
    }
    if (how === "lost") {
      vi.setSystemTime(NOON + MINUTE);
      await start();
    }
    const before = await status();
    const late = { counts: { late: 1 }, cursor: "late" };
    expect(await within((ctx) => advanceRun(ctx, zombie, late))).toBe(false);
    expect(
      await within((ctx) =>
        finishRun(ctx, zombie, { status: "success", ...late }),
      ),
    ).toBe(false);
    expect(await status()).toEqual(before);
  },
);

test("an id that was never one is a zombie's too", async () => {
  const claim = { runId: "rubbish", attempt: 1 };
  expect(await within((ctx) => advanceRun(ctx, claim, {}))).toBe(false);
});

test("two that begin at once: one begins", async () => {
  const begun = await Promise.all([start(), start(), start()]);
  expect(begun.filter((one) => "claim" in one)).toHaveLength(1);
});

test("a period is done once, and one before it is over too", async () => {
  const day = (of: number) => ({
    key: `day ${of}`,
    start: of * 24 * 60 * MINUTE,
    end: (of + 1) * 24 * 60 * MINUTE,
  });
  const claim = claimOf(await start({ period: day(2) }));
  await within((ctx) => finishRun(ctx, claim, { status: "partial" }));
  expect(await start({ period: day(2) })).toEqual({ skipped: "done" });
  expect(await start({ period: day(1) })).toEqual({ skipped: "done" });
  expect(await start({ period: day(3) })).toHaveProperty("claim");
});

test("a key is done once; one that failed may begin again; another key knows nothing of it", async () => {
  const failed = claimOf(await start({ key: "a" }));
  expect(await start({ key: "a" })).toEqual({ skipped: "overlap" });
  expect(await start({ key: "b" })).toHaveProperty("claim");
  await within((ctx) => finishRun(ctx, failed, { status: "failed" }));
  const again = claimOf(await start({ key: "a" }));
  await within((ctx) => finishRun(ctx, again, { status: "success" }));
  expect(await start({ key: "a" })).toEqual({ skipped: "done" });
});

test("paused: nothing begins, and what is under way goes on", async () => {
  const claim = claimOf(await start());
  await within((ctx) => setJobPaused(ctx, "report", true));
  expect(await within((ctx) => advanceRun(ctx, claim, {}))).toBe(true);
  await within((ctx) => finishRun(ctx, claim, { status: "success" }));
  expect(await start()).toEqual({ skipped: "paused" });
  expect(await start({ key: "a" })).toEqual({ skipped: "paused" });
  await within((ctx) => setJobPaused(ctx, "report", false));
  expect(await start()).toHaveProperty("claim");
});

test("a breaker opens after failures in a row, whatever their keys, and closes by time and by a success", async () => {
  const reaction = { breaker: { after: 2, forMs: MINUTE } };
  for (const key of ["a", "b"]) {
    const claim = claimOf(await start({ key }));
    await within((ctx) =>
      finishRun(ctx, claim, { status: "failed", reaction }),
    );
  }
  expect(await start({ key: "c" })).toEqual({ skipped: "breaker" });
  expect(await status()).toMatchObject({ breakerOpenUntil: NOON + MINUTE });
  vi.setSystemTime(NOON + MINUTE);
  const claim = claimOf(await start({ key: "c" }));
  await within((ctx) => finishRun(ctx, claim, { status: "success", reaction }));
  expect(await status()).toMatchObject({ breakerOpenUntil: null, failures: 0 });
});

test("a success keeps the time of the last failure: it must not hide what came before", async () => {
  const failed = claimOf(await start());
  await within((ctx) => finishRun(ctx, failed, { status: "failed" }));
  vi.setSystemTime(NOON + 1);
  const good = claimOf(await start());
  await within((ctx) => finishRun(ctx, good, { status: "success" }));
  expect(await status()).toMatchObject({ failures: 0, lastFailedAt: NOON });
});

test("runs come in pages, newest first, those of one moment too", async () => {
  for (let n = 0; n < 5; n++) {
    const claim = claimOf(await start({ key: String(n) }));
    await within((ctx) => finishRun(ctx, claim, { status: "success" }));
  }
  const keys: string[] = [];
  let cursor: string | null = null;
  for (let isDone = false; !isDone;) {
    const at: string | null = cursor;
    const found: Awaited<ReturnType<typeof listRuns>> = await within((ctx) =>
      listRuns(ctx, undefined, { cursor: at, numItems: 2 }),
    );
    keys.push(...found.page.map(({ key }) => key));
    ({ isDone } = found);
    cursor = found.continueCursor;
  }
  expect(keys).toEqual(["4", "3", "2", "1", "0"]);
  await expect(
    within((ctx) => listRuns(ctx, "report", { cursor: "forged", numItems: 2 })),
  ).rejects.toMatchObject({ data: { code: "INVALID_CURSOR" } });
});

test("a page of runs that is followed by another keeps its end while runs begin", async () => {
  const run = async (key: string) => {
    const claim = claimOf(await start({ key }));
    await within((ctx) => finishRun(ctx, claim, { status: "success" }));
  };
  for (const key of ["0", "1", "2", "3"]) await run(key);
  const page = async (cursor: string | null, endCursor?: string) => {
    const found = await within((ctx) =>
      listRuns(ctx, undefined, {
        cursor,
        numItems: 2,
        ...(endCursor === undefined ? {} : { endCursor }),
      }),
    );
    return { ...found, keys: found.page.map(({ key }) => key) };
  };
  const { continueCursor } = await page(null);
  await run("4");
  expect((await page(null, continueCursor)).keys).toEqual(["4", "3", "2"]);
  expect((await page(continueCursor)).keys).toEqual(["1", "0"]);
  await run("5");
  await run("6");
  expect(await page(null, continueCursor)).toMatchObject({
    keys: ["6", "5", "4", "3", "2"],
    continueCursor,
    pageStatus: "SplitRecommended",
    splitCursor: expect.any(String) as string,
  });
});

test("history keeps 30 successes and 100 failures, and nothing for longer than 30 days", async () => {
  for (let n = 0; n < 140; n++) {
    const claim = claimOf(await start());
    const ending = n < 35 ? ("success" as const) : ("failed" as const);
    await within((ctx) => finishRun(ctx, claim, { status: ending }));
  }
  await within((ctx) => pruneJob(ctx, "report"));
  expect(await count()).toBe(JOB_HISTORY.successes + JOB_HISTORY.failures);
  vi.setSystemTime(NOON + JOB_HISTORY.keepMs + 1);
  await within(purge);
  expect(await count()).toBe(80);
  await within(purge);
  await within(purge);
  expect(await count()).toBe(0);
  expect(await within(listJobs)).toMatchObject([{ job: "report", run: null }]);
}, 30_000);

test("keys are forgotten 30 days after they were worked on, the lost among them too", async () => {
  const done = claimOf(await start({ key: "done" }));
  await within((ctx) => finishRun(ctx, done, { status: "success" }));
  await start({ key: "lost" });
  vi.setSystemTime(NOON + JOB_HISTORY.keepMs + 1);
  await start({ key: "fresh" });
  await within(purge);
  expect(await status("done")).toBeNull();
  expect(await status("lost")).toBeNull();
  expect(await status("fresh")).not.toBeNull();
  expect(await count()).toBe(1);
});

test("an end in some starts a prune, which continues itself until no more are left than are kept", async () => {
  for (let n = 0; n < JOB_HISTORY.successes + JOB_HISTORY.pass + 20; n++) {
    const claim = claimOf(await start());
    await within((ctx) => finishRun(ctx, claim, { status: "success" }));
  }
  const claim = claimOf(await start());
  vi.mocked(Math.random).mockReturnValue(0);
  await within((ctx) => finishRun(ctx, claim, { status: "success" }));
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(await count()).toBe(JOB_HISTORY.successes);
});

/** The tick that deletes what is due. */
async function purge(ctx: MutationCtx) {
  const lifeline = await ctx.db.query("lifeline").first();
  if (lifeline) await ctx.db.patch("lifeline", lifeline._id, { tickAt: 0 });
  await tick(ctx);
}

test("a batch costs two rows of bookkeeping at most, a beginning four, an end four", async () => {
  const used = async (work: (ctx: MutationCtx) => Promise<unknown>) =>
    await within(async (ctx) => {
      await work(ctx);
      const metrics = await ctx.meta.getTransactionMetrics();
      return metrics.documentsWritten.used;
    });
  let claim = claimOf(await start({ key: "a" }));
  expect(
    await used((ctx) => advanceRun(ctx, claim, { cursor: 1, leaseMs: MINUTE })),
  ).toBe(1);
  expect(await used((ctx) => finishRun(ctx, claim, { status: "failed" }))).toBe(
    3,
  );
  expect(
    await used(async (ctx) => {
      claim = claimOf(await beginRun(ctx, REPORT));
    }),
  ).toBe(2);
  expect(
    await used((ctx) => finishRun(ctx, claim, { status: "success" })),
  ).toBe(2);
});

const count = () =>
  within(async (ctx) => (await ctx.db.query("jobRuns").take(1000)).length);

test("the claim of an attempt that was given up changes nothing while the next one is at work", async () => {
  const claim = claimOf(await start());
  await within((ctx) => ctx.db.patch("jobRuns", claim.runId, { attempt: 2 }));
  const counts = { deleted: 9 };
  expect(await within((ctx) => advanceRun(ctx, claim, { counts }))).toBe(false);
  const ending = { status: "success", counts } as const;
  expect(await within((ctx) => finishRun(ctx, claim, ending))).toBe(false);
  expect(await status()).toMatchObject({
    run: { status: "running", counts: {}, attempt: 2 },
  });
});
