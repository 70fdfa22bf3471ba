import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CLEANUP } from "../../../src/shared/retention.js";
import { inComponent } from "../../support/component.js";
import { components, type Deployment } from "../../support/host.js";
import {
  batch,
  cleanUp,
  DAY,
  deployRetention,
  drain,
  idsLeft,
  kill,
  left,
  put,
  runs,
  start,
} from "../../support/retention.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const JOB = { job: "cleanupOldDrafts" };
const setPaused = (t: Deployment, paused: boolean) =>
  t.mutation((ctx) =>
    ctx.runMutation(components.docs.jobs.setPause, { ...JOB, paused }),
  );

test.each([0, 1, 2, 3, 4])(
  "a run killed after %i of five batches is resumed where it stopped: all is done, nothing twice",
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
    // Too early, it still counts as alive.
    expect(await start(t)).toEqual({ started: false, reason: "overlap" });
    vi.advanceTimersByTime(CLEANUP.leaseMs);
    expect(await cleanUp(t)).toMatchObject({ started: true });
    expect(deleted).toEqual(old);
    // The cutoff is that of the run which was lost: what has become due since is the next one's.
    expect(await idsLeft(t)).toEqual(soon);
    const [resumed, lost] = await runs(t);
    expect(lost).toMatchObject({ status: "lost" });
    expect(resumed).toMatchObject({ status: "success", trigger: "resume" });
    expect(resumed?.counts["scanned"]).toBe(50 - batches * 10);
  },
);

test("a batch that throws at its end has done nothing, and is done again", async () => {
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
  vi.advanceTimersByTime(CLEANUP.leaseMs);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([]);
});

test("a run that was lost under other policies begins anew under these", async () => {
  const { t } = deployRetention({ batchSize: 10 });
  await put(t, 31 * DAY, 30);
  await start(t);
  await batch(t);
  await kill(t);
  await inComponent(t, async (ctx) => {
    const run = await ctx.db.query("jobRuns").first();
    const cursor = { stage: 1, owner: null, after: null };
    const notes = { at: Date.now(), target: "another" };
    if (run) await ctx.db.patch("jobRuns", run._id, { cursor, notes });
  });
  vi.advanceTimersByTime(CLEANUP.leaseMs);
  await cleanUp(t);
  expect(await left(t)).toEqual([]);
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

test("the chain of a run that has been given up does nothing when it comes back", async () => {
  const { t } = deployRetention({ batchSize: 10 });
  await put(t, 31 * DAY, 50);
  await start(t);
  await batch(t);
  // The lease runs out although the chain is alive: its next batch comes after the new run has begun.
  await inComponent(t, async (ctx) => {
    const run = await ctx.db.query("jobRuns").first();
    if (run) await ctx.db.patch("jobRuns", run._id, { leaseUntil: 0 });
  });
  await start(t);
  await drain(t);
  expect(await left(t)).toEqual([]);
  const [second, first] = await runs(t);
  expect(first).toMatchObject({ status: "lost", counts: { removed: 10 } });
  expect(second).toMatchObject({ status: "success", counts: { removed: 40 } });
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
