import { makeFunctionReference } from "convex/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { currentFrame } from "../../../dev/strict/frame.js";
import { deploymentOf } from "../../../dev/strict/index.js";
import { internal } from "../../../src/component/_generated/api.js";
import { QUARANTINE } from "../../../src/shared/retention.js";
import { inComponent } from "../../support/component.js";
import { components, type Deployment } from "../../support/host.js";
import { underEveryRule } from "../../strict/suite.js";
import {
  batch,
  cleanUp,
  DAY,
  deployRetention,
  drain,
  idsLeft,
  kill,
  left,
  preview,
  put,
  runs,
  start,
} from "../../support/retention.js";

underEveryRule();
beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const MINUTE = 60_000;

async function passMinutes(t: Deployment, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    vi.advanceTimersByTime(MINUTE - 1_000);
    await batch(t);
  }
}

const JOB = { job: "cleanupOldDrafts" };
const setPaused = (t: Deployment, paused: boolean) =>
  t.mutation((ctx) =>
    ctx.runMutation(components.docs.jobs.setPause, { ...JOB, paused }),
  );

test.each([0, 1, 2, 3, 4])(
  "a run whose batch is lost after %i of five goes on where it stopped: all is done, nothing twice",
  async (batches) => {
    const deleted: string[] = [];
    const { t } = deployRetention({
      batchSize: 10,
      onDelete: (_, { document }) => {
        deleted.push(document._id);
      },
    });
    const old = await put(t, 31 * DAY, 50);
    const soon = await put(t, 30 * DAY - 1_000);
    await start(t);
    for (let n = 0; n < batches; n += 1) await batch(t);
    expect(await left(t)).toHaveLength(51 - batches * 10);
    expect(await kill(t)).toBe(1);
    expect(await start(t)).toEqual({ started: false, reason: "overlap" });
    const lostAt = Date.now();
    await drain(t);
    // Found by the next tick.
    expect(Date.now() - lostAt).toBeLessThan(2 * MINUTE);
    expect(deleted).toEqual(old);
    // The cutoff is that of the beginning: what has become due since is the next run's.
    expect(await idsLeft(t)).toEqual(soon);
    const [run, ...others] = await runs(t);
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      status: "success",
      counts: { scanned: 50, removed: 50, failed: 0 },
    });
  },
);

test("a batch that throws at its end has done nothing, and is done again by the next tick", async () => {
  const { t } = deployRetention({ batchSize: 10 });
  const old = await put(t, 31 * DAY, 20);
  await start(t);
  // As a bug or a limit would, past every check of ours.
  const random = vi.spyOn(Math, "random").mockImplementation(() => {
    throw new Error("out of memory");
  });
  await batch(t);
  random.mockRestore();
  expect(await idsLeft(t)).toEqual(old);
  await drain(t);
  expect(await idsLeft(t)).toEqual([]);
});

const HOST = "retention:cleanupOldDrafts";
const look = async (t: Deployment) => {
  await inComponent(t, (ctx) => ctx.runMutation(internal.engine.look, {}));
  await batch(t);
};

test('after "cancel all", the hourly look takes the run up again', async () => {
  const { t } = deployRetention({ batchSize: 10 });
  await put(t, 31 * DAY, 30);
  await start(t);
  await batch(t);
  await deploymentOf(t).cancelAllScheduled();
  for (let minutes = 0; minutes < 5; minutes += 1) {
    vi.advanceTimersByTime(MINUTE);
    await batch(t);
  }
  expect(await left(t)).toHaveLength(20);
  await look(t);
  await drain(t);
  expect(await left(t)).toEqual([]);
  expect(await runs(t)).toMatchObject([{ status: "success" }]);
});

describe("a function that removes and is not deployed", () => {
  const deployHooked = () =>
    deployRetention({ batchSize: 10, onDelete: () => undefined });

  test("costs no document: the run waits, and goes on once it is back", async () => {
    const { t } = deployHooked();
    await put(t, 31 * DAY, 30);
    await start(t);
    await batch(t);
    deploymentOf(t).deploy({ remove: [HOST] });
    await passMinutes(t, 30);
    expect(await left(t)).toHaveLength(20);
    expect(await runs(t)).toMatchObject([
      { status: "running", counts: { removed: 10, failed: 0 } },
    ]);
    deploymentOf(t).redeploy();
    await passMinutes(t, 60);
    expect(await left(t)).toEqual([]);
    expect(await runs(t)).toMatchObject([{ status: "success" }]);
  });

  test("is that of the next start, whatever its name is: the cron of the next deploy wakes the run at once", async () => {
    const { t } = deployHooked();
    await put(t, 31 * DAY, 30);
    await start(t);
    await batch(t);
    deploymentOf(t).deploy({ rename: { [HOST]: "retention:cleanUp" } });
    await passMinutes(t, 30);
    expect(await left(t)).toHaveLength(20);
    await t.mutation(makeFunctionReference<"mutation">("retention:cleanUp"));
    await batch(t);
    await batch(t);
    expect(await left(t)).toEqual([]);
  });

  test("after a restored backup, the run goes on with the first start", async () => {
    const { t } = deployHooked();
    await put(t, 31 * DAY, 30);
    await start(t);
    await batch(t);
    await deploymentOf(t).importElsewhere();
    vi.advanceTimersByTime(5 * MINUTE);
    await look(t);
    await passMinutes(t, 2);
    expect(await left(t)).toHaveLength(20);
    expect(await start(t)).toEqual({ started: false, reason: "overlap" });
    await drain(t);
    expect(await left(t)).toEqual([]);
    expect(await runs(t)).toMatchObject([
      { status: "success", counts: { removed: 30, failed: 0 } },
    ]);
  });

  test("ends the run after seven days, and the next start begins another", async () => {
    const { t } = deployHooked();
    await put(t, 31 * DAY, 30);
    await start(t);
    await batch(t);
    deploymentOf(t).deploy({ remove: [HOST] });
    for (let looks = 0; looks < 11 * 24 * 4; looks += 1) {
      vi.advanceTimersByTime(14 * MINUTE);
      await passMinutes(t, 1);
    }
    const [run] = await runs(t);
    expect(run).toMatchObject({ status: "failed", counts: { failed: 0 } });
    expect(run!.finishedAt! - run!.startedAt).toBeGreaterThan(6.9 * DAY);
    expect(await left(t)).toHaveLength(20);
    deploymentOf(t).redeploy();
    await cleanUp(t);
    expect(await left(t)).toEqual([]);
  }, 30_000);
});

describe("a document whose removal dies without a report", () => {
  const deployDeadly = (deadly: (title: string) => boolean, batchSize = 8) =>
    deployRetention({
      batchSize,
      onDelete: (_, { document }) => {
        const tx = currentFrame()?.tx;
        if (!tx || !deadly(document.title)) return;
        // As a time limit: nothing can catch it.
        tx.fatal = new Error("Function execution timed out");
        throw tx.fatal;
      },
    });

  test("is alone after some ticks, in quarantine after three deaths, and costs no other", async () => {
    const { t } = deployDeadly((title) => title === "deadly");
    await put(t, 33 * DAY, 5);
    const deadly = await put(t, 32 * DAY, 1, { title: "deadly" });
    await put(t, 31 * DAY, 30);
    const began = Date.now();
    await cleanUp(t);
    expect(await idsLeft(t)).toEqual(deadly);
    // 8, 4, 2, 1 and twice more: six deaths, each found by a tick.
    expect(Date.now() - began).toBeLessThan(7 * 2 * MINUTE);
    const [run] = await runs(t);
    expect(run).toMatchObject({
      status: "partial",
      counts: { removed: 35, failed: 1, quarantined: 1 },
    });
    // The sizes grew again: 30 documents behind it are few batches.
    expect(run?.counts["batches"]).toBeLessThan(12);
    expect((await preview(t)).quarantined).toMatchObject([
      { id: deadly[0], failures: QUARANTINE.after },
    ]);
    await cleanUp(t);
    expect((await runs(t))[0]).toMatchObject({ status: "success" });
  });

  test("ten of them in a row end the run, and the turn is the next range's", async () => {
    const { t } = deployDeadly((title) => title === "deadly", 1);
    await put(t, 31 * DAY, 15, { title: "deadly" });
    const expired = await put(t, 0, 1, { expiresAt: Date.now() });
    await cleanUp(t);
    expect(await runs(t)).toMatchObject([
      { status: "failed", counts: { quarantined: QUARANTINE.maxDead } },
    ]);
    await start(t);
    await batch(t);
    expect(await idsLeft(t)).not.toContain(expired[0]);
    await drain(t);
    expect(await left(t)).toHaveLength(15);
    expect((await preview(t)).quarantined).toHaveLength(15);
  }, 60_000);
});

test("an attempt that was replaced does nothing", async () => {
  const { t } = deployRetention({ batchSize: 10 });
  await put(t, 31 * DAY, 30);
  await start(t);
  const id = await inComponent(
    t,
    async (ctx) => (await ctx.db.query("jobRuns").first())!._id,
  );
  const step = (attempt: number) =>
    inComponent(t, (ctx) =>
      ctx.runMutation(internal.retention.step, { id, attempt }),
    );
  await step(0);
  await step(2);
  expect(await left(t)).toHaveLength(30);
  await step(1);
  expect(await left(t)).toHaveLength(20);
  await step(1);
  expect(await left(t)).toHaveLength(20);
  await drain(t);
  expect((await runs(t))[0]?.counts).toMatchObject({ removed: 30, batches: 3 });
});

test("a run of before there were leases ends as lost, and the start after it does the rest", async () => {
  const { t } = deployRetention({ batchSize: 10 });
  await put(t, 31 * DAY, 30);
  await start(t);
  await batch(t);
  await kill(t);
  await inComponent(t, async (ctx) => {
    const { _id, _creationTime, lease, sweep, ...run } = (await ctx.db
      .query("jobRuns")
      .first())!;
    expect([lease?.phase, sweep?.job]).toEqual(["scheduled", run.name]);
    await ctx.db.replace("jobRuns", _id, {
      ...run,
      leaseUntil: Date.now() + 5 * MINUTE,
      cursor: { stage: 0, owner: null, after: [1, 2, "x"] },
      notes: { at: run.startedAt, target: "{}" },
    });
  });
  expect(await start(t)).toEqual({ started: false, reason: "overlap" });
  vi.advanceTimersByTime(5 * MINUTE);
  await cleanUp(t);
  expect(await left(t)).toEqual([]);
  expect((await runs(t)).map(({ status }) => status)).toEqual([
    "success",
    "lost",
  ]);
});

test("two starts at once: one runs, the other says why it does not", async () => {
  const { t } = deployRetention({ batchSize: 10 });
  await put(t, 31 * DAY, 30);
  const both = await Promise.all([start(t), start(t)]);
  expect(both).toEqual([
    expect.objectContaining({ started: true }),
    { started: false, reason: "overlap" },
  ]);
  await batch(t);
  expect(await start(t)).toEqual({ started: false, reason: "overlap" });
  await drain(t);
  expect(await left(t)).toEqual([]);
  expect(await runs(t)).toHaveLength(1);
});

test("what is edited or published between two batches is saved", async () => {
  const { t, docs } = deployRetention({ batchSize: 10 });
  const old = await put(t, 31 * DAY, 30);
  await start(t);
  await batch(t);
  const [edited = "", published = "", pinned = "", given = ""] = old.slice(15);
  const write = (args: Parameters<ReturnType<typeof docs.as>["update"]>[1]) =>
    t.mutation((ctx) => docs.as("ada").update(ctx, args));
  await write({ id: edited, title: "edited" });
  await write({ id: published, status: "published" });
  await write({ id: pinned, pinned: true });
  await write({ id: given, expiresAt: Date.now() + DAY });
  await drain(t);
  expect(await idsLeft(t)).toEqual([edited, published, pinned, given]);
});

test("cancelled, a run stops before its next batch and is not taken up again", async () => {
  const { t } = deployRetention({ batchSize: 10 });
  await put(t, 31 * DAY, 30);
  await start(t);
  await batch(t);
  await t.mutation((ctx) => ctx.runMutation(components.docs.jobs.cancel, JOB));
  await drain(t);
  expect(await left(t)).toHaveLength(20);
  expect((await runs(t))[0]).toMatchObject({
    status: "canceled",
    counts: { removed: 10 },
  });
});

test("paused, nothing starts; resumed, it does", async () => {
  const { t } = deployRetention();
  await put(t, 31 * DAY, 3);
  await setPaused(t, true);
  expect(await cleanUp(t)).toEqual({ started: false, reason: "paused" });
  expect(await left(t)).toHaveLength(3);
  await setPaused(t, false);
  await cleanUp(t);
  expect(await left(t)).toEqual([]);
});

test("old runs are pruned", async () => {
  const { t } = deployRetention();
  vi.spyOn(Math, "random").mockReturnValue(0);
  for (let n = 0; n < 40; n += 1) await cleanUp(t);
  expect((await runs(t)).length).toBeLessThanOrEqual(31);
});

test.each([
  ["ranges", { databaseQueries: 40 }],
  ["bytes", { bytesRead: 400_000 }],
  ["reads", { documentsRead: 60 }],
  ["writes", { documentsWritten: 30 }],
])(
  "however tight the limit on %s, a batch stays within it and the run gets to its end",
  async (_, limits) => {
    const { t } = deployRetention({ batchSize: 12, limits });
    for (let n = 0; n < 3; n += 1) {
      await put(t, 31 * DAY, 12, { content: "x".repeat(5_000) });
    }
    await cleanUp(t);
    expect(
      await inComponent(t, (ctx) => ctx.db.query("documents").first()),
    ).toBeNull();
  },
);
