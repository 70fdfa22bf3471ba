import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  batch,
  cleanUp,
  DAY,
  deployRetention,
  drain,
  HOUR,
  idsLeft,
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

test("old drafts go, of every owner, in batches, and the run says what it did", async () => {
  const { t } = deployRetention();
  await put(t, 31 * DAY, 150, { owner: "ada" });
  await put(t, 40 * DAY, 100, { owner: "bob" });
  const young = await put(t, 29 * DAY);
  const published = await put(t, 400 * DAY, 1, { status: "published" });
  expect(await cleanUp(t)).toMatchObject({ started: true });
  expect(await idsLeft(t)).toEqual([...young, ...published]);
  const [run] = await runs(t);
  expect(run).toMatchObject({
    name: "cleanupOldDrafts",
    status: "success",
    counts: { batches: 3, scanned: 250, removed: 250, failed: 0, kept: 0 },
  });
  expect(run!.finishedAt).toBeGreaterThan(run!.startedAt);
});

test("with nothing to do, a run is one batch that writes no document", async () => {
  const { t } = deployRetention();
  await put(t, DAY, 3);
  await cleanUp(t);
  expect(await left(t)).toHaveLength(3);
  expect((await runs(t))[0]).toMatchObject({
    status: "success",
    counts: { batches: 1, scanned: 0, removed: 0 },
  });
});

test("an old draft that was edited today survives", async () => {
  const { t, docs } = deployRetention();
  const [old = ""] = await put(t, 31 * DAY);
  await t.mutation((ctx) =>
    docs.as("ada").update(ctx, { id: old, title: "still at it" }),
  );
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([old]);
});

test("a draft of exactly the age stays, and goes a millisecond later", async () => {
  const { t } = deployRetention();
  const at = await put(t, 30 * DAY);
  await start(t);
  await t.finishInProgressScheduledFunctions();
  expect(await idsLeft(t)).toEqual(at);
  await drain(t);
  expect(await idsLeft(t)).toEqual(at);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([]);
});

test("by creation, an edit does not help, and what is young but was last edited long ago stays", async () => {
  const { t, docs } = deployRetention({
    policies: [{ status: "draft", olderThan: { days: 30 }, by: "createdAt" }],
  });
  const [old = ""] = await put(t, 0);
  vi.advanceTimersByTime(31 * DAY);
  await t.mutation((ctx) =>
    docs.as("ada").update(ctx, { id: old, title: "edited" }),
  );
  const young = await put(t, 90 * DAY);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual(young);
});

test("each status has its own policy", async () => {
  const { t } = deployRetention({
    policies: [
      { status: "draft", olderThan: { days: 30 } },
      { status: "archived", olderThan: { days: 2, hours: 12 } },
    ],
  });
  await put(t, 61 * HOUR, 5, { status: "archived" });
  const kept = await put(t, 59 * HOUR, 1, { status: "archived" });
  const drafts = await put(t, 61 * HOUR, 2);
  const published = await put(t, 99 * DAY, 1, { status: "published" });
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([...kept, ...drafts, ...published]);
});

test("ties larger than a batch are all taken, and none twice", async () => {
  const { t } = deployRetention({ batchSize: 10 });
  await put(t, 31 * DAY, 45);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([]);
  expect((await runs(t))[0]?.counts).toMatchObject({
    scanned: 45,
    removed: 45,
  });
});

test("a batch of exactly the size ends the run in the next one", async () => {
  const { t } = deployRetention({ batchSize: 10 });
  await put(t, 31 * DAY, 20);
  await cleanUp(t);
  const [run] = await runs(t);
  expect(run).toMatchObject({ status: "success", counts: { removed: 20 } });
  expect(run!.counts["batches"]).toBeLessThanOrEqual(3);
});

test("what becomes due while a run goes on is the next one's: the cutoff stands", async () => {
  const { t } = deployRetention({ batchSize: 10 });
  await put(t, 31 * DAY, 30);
  const soon = await put(t, 30 * DAY - 500, 30);
  await start(t);
  await batch(t);
  await drain(t);
  expect(await idsLeft(t)).toEqual(soon);
});

test("batches wait for each other: at most 200 documents a second", async () => {
  const { t } = deployRetention();
  await put(t, 31 * DAY, 300);
  await start(t);
  vi.advanceTimersByTime(1);
  await t.finishInProgressScheduledFunctions();
  expect(await left(t)).toHaveLength(200);
  vi.advanceTimersByTime(498);
  await t.finishInProgressScheduledFunctions();
  expect(await left(t)).toHaveLength(200);
  vi.advanceTimersByTime(252);
  await t.finishInProgressScheduledFunctions();
  expect(await left(t)).toHaveLength(100);
});

test("a run takes no more than maxPerRun, says so, and the next takes the rest", async () => {
  const { t } = deployRetention({ batchSize: 10, maxPerRun: 25 });
  await put(t, 31 * DAY, 40);
  await cleanUp(t);
  expect(await left(t)).toHaveLength(15);
  expect((await runs(t))[0]).toMatchObject({
    status: "partial",
    stopReason: "maxPerRun",
    counts: { removed: 25 },
  });
  await cleanUp(t);
  expect(await left(t)).toEqual([]);
  expect((await runs(t))[0]).toMatchObject({ status: "success" });
});

test("large documents make smaller batches: no transaction reads more than half", async () => {
  const { t } = deployRetention();
  await put(t, 31 * DAY, 40, { content: "x".repeat(200_000) });
  await cleanUp(t);
  expect(await left(t)).toEqual([]);
  const [run] = await runs(t);
  expect(run!.counts["batches"]).toBeGreaterThanOrEqual(5);
});

test("a document with a time of its own goes at that time, whatever the policies say", async () => {
  const { t, docs } = deployRetention();
  const now = Date.now();
  const due = await put(t, 0, 30, { expiresAt: now, status: "published" });
  const later = await put(t, 99 * DAY, 1, { expiresAt: now + 5 * DAY });
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual(later);
  expect((await runs(t))[0]?.counts).toMatchObject({
    removed: due.length,
    expired: due.length,
  });
  // Taken back, the policy has its say again, and the edit counts.
  const [id = ""] = later;
  await t.mutation((ctx) =>
    docs.as("ada").update(ctx, { id, expiresAt: null }),
  );
  vi.advanceTimersByTime(31 * DAY);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([]);
});

test("ties of an expiry larger than a batch are all taken, past other statuses", async () => {
  const { t } = deployRetention({ batchSize: 7 });
  const expiresAt = Date.now() - 5;
  await put(t, 0, 20, { expiresAt });
  await put(t, 0, 20, { expiresAt, status: "archived" });
  await put(t, 3, 20, { expiresAt });
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([]);
});

test("a pinned document is never cleaned up; unpinned, it is one like others", async () => {
  const { t, docs } = deployRetention();
  const pinned = await put(t, 99 * DAY, 1, { pinned: true });
  const both = await put(t, 99 * DAY, 1, { pinned: true, expiresAt: 1e12 });
  const { id } = await t.mutation((ctx) =>
    docs.as("ada").create(ctx, { title: "A", content: "", pinned: true }),
  );
  vi.advanceTimersByTime(99 * DAY);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([...pinned, ...both, id]);
  await t.mutation((ctx) => docs.as("ada").update(ctx, { id, pinned: false }));
  vi.advanceTimersByTime(31 * DAY);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([...pinned, ...both]);
});

test("what a host sets is what it reads, and nothing where it sets nothing", async () => {
  const { t, docs } = deployRetention();
  const expiresAt = Date.now() + DAY;
  const args = { title: "A", content: "", expiresAt, pinned: true };
  const { id } = await t.mutation((ctx) => docs.as("ada").create(ctx, args));
  const read = () => t.query((ctx) => docs.as("ada").get(ctx, { id }));
  expect(await read()).toMatchObject({ expiresAt, pinned: true });
  const off = { id, expiresAt: null, pinned: false };
  await t.mutation((ctx) => docs.as("ada").update(ctx, off));
  const plain = await read();
  expect(plain).not.toHaveProperty("expiresAt");
  expect(plain).not.toHaveProperty("pinned");
  expect(plain?.version).toBe(2);
  // Once more changes nothing.
  await t.mutation((ctx) => docs.as("ada").update(ctx, off));
  expect((await read())?.version).toBe(2);
});

test.each([
  ["seconds for ms", 1_800_000_000],
  ["zero", 0],
  ["a negative time", -1],
  ["NaN", NaN],
  ["never", Infinity],
])("%s is no time to expire at", async (_, expiresAt) => {
  const { t, docs } = deployRetention();
  const args = { title: "A", content: "", expiresAt };
  await expect(
    t.mutation((ctx) => docs.as("ada").create(ctx, args)),
  ).rejects.toMatchObject({
    data: { code: "VALIDATION_FAILED", issues: [{ path: "expiresAt" }] },
  });
  const [id = ""] = await put(t, 0);
  await expect(
    t.mutation((ctx) => docs.as("ada").update(ctx, { id, expiresAt })),
  ).rejects.toMatchObject({ data: { code: "VALIDATION_FAILED" } });
  expect(await left(t)).toMatchObject([{ version: 1 }]);
});

test("two mounts clean up each its own", async () => {
  const { t } = deployRetention({ mounts: ["docs", "notes"] });
  await put(t, 31 * DAY, 3);
  const notes = await put(t, 31 * DAY, 3, {}, "notes");
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([]);
  expect(await idsLeft(t, "notes")).toEqual(notes);
  expect(await runs(t, "notes")).toEqual([]);
});

test("a run writes one line to the log, however many batches it has", async () => {
  const info = vi.spyOn(console, "info").mockReturnValue();
  const { t } = deployRetention({ batchSize: 1 });
  await put(t, 31 * DAY, 20);
  await cleanUp(t);
  expect(info).toHaveBeenCalledTimes(1);
});
