import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { QUARANTINE } from "../../../src/shared/retention.js";
import { inComponent } from "../../support/component.js";
import type { Deployment, HostCtx } from "../../support/host.js";
import {
  cleanUp,
  DAY,
  deployRetention,
  idsLeft,
  preview,
  put,
  release,
  runs,
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

const lines = (t: Deployment) =>
  t.run(async (ctx) =>
    (await ctx.db.query("audit").collect()).map(({ line }) => line),
  );

/** Writes a line, and throws at a poison after it has. */
const note =
  (what: string) =>
  async (
    ctx: HostCtx,
    { document, reason }: { document: { title: string }; reason: string },
  ) => {
    await ctx.db.insert("audit", {
      line: `${what} ${document.title} ${reason}`,
    });
    if (document.title.includes("poison")) throw new Error("the host's secret");
  };

test("archive, then onDelete, then onChange: each once a document, with why it goes", async () => {
  const { t } = deployRetention({
    archive: note("archive"),
    onDelete: note("delete"),
    options: {
      onChange: async (ctx: HostCtx, { operation, before, userId }) => {
        const line = `${operation} ${before?.title} ${userId}`;
        await ctx.db.insert("audit", { line });
      },
    },
  });
  await put(t, 31 * DAY, 1, { title: "old" });
  await put(t, 0, 1, { title: "over", expiresAt: Date.now() });
  await cleanUp(t);
  expect(await lines(t)).toEqual([
    "archive old age",
    "delete old age",
    "remove old null",
    "archive over expired",
    "delete over expired",
    "remove over null",
  ]);
  expect(await idsLeft(t)).toEqual([]);
});

test("the hooks learn which run it is", async () => {
  const seen: string[] = [];
  const { t } = deployRetention({
    onDelete: (_, { runId }) => {
      seen.push(runId);
    },
  });
  await put(t, 31 * DAY, 2);
  const started = await cleanUp(t);
  expect(started).toMatchObject({ started: true, runId: seen[0] });
});

test("a poison document costs only itself: it stays, what its hook wrote is undone, the rest goes", async () => {
  const { t } = deployRetention({ onDelete: note("delete") });
  await put(t, 31 * DAY, 20);
  const poison = await put(t, 31 * DAY, 1, { title: "poison" });
  await put(t, 31 * DAY, 20);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual(poison);
  const written = await lines(t);
  expect(written).toHaveLength(40);
  expect(written.some((line) => line.includes("poison"))).toBe(false);
  expect((await runs(t))[0]).toMatchObject({
    status: "partial",
    counts: { removed: 40, failed: 1, quarantined: 0 },
  });
  const stored = await inComponent(t, (ctx) =>
    ctx.db.query("retentionFailures").collect(),
  );
  expect(stored).toMatchObject([
    { documentId: poison[0], failures: 1, code: "INTERNAL" },
  ]);
  expect(JSON.stringify(stored)).not.toContain("secret");
});

test("poison documents at the head, more than a batch, stop nobody behind them", async () => {
  const { t } = deployRetention({ batchSize: 5, onDelete: note("delete") });
  const poison = await put(t, 32 * DAY, 12, { title: "poison" });
  await put(t, 31 * DAY, 12);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual(poison);
});

test("after five failures a document is left alone, is shown, and an edit gives it another chance", async () => {
  const hook = vi.fn(note("delete"));
  const { t, docs } = deployRetention({ onDelete: hook });
  const [id = ""] = await put(t, 31 * DAY, 1, { title: "poison" });
  for (let run = 1; run <= QUARANTINE.after; run += 1) {
    await cleanUp(t);
    expect((await runs(t))[0]?.counts).toMatchObject({
      failed: 1,
      quarantined: run === QUARANTINE.after ? 1 : 0,
    });
  }
  const [first, ...others] = (await preview(t)).quarantined;
  expect(first).toMatchObject({
    id,
    failures: QUARANTINE.after,
    code: "INTERNAL",
  });
  expect(others).toEqual([]);
  const calls = hook.mock.calls.length;
  await cleanUp(t);
  expect(hook).toHaveBeenCalledTimes(calls);
  expect((await runs(t))[0]).toMatchObject({ status: "success" });
  await t.mutation((ctx) =>
    docs.as("ada").update(ctx, { id, title: "harmless" }),
  );
  vi.advanceTimersByTime(31 * DAY);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([]);
  expect((await preview(t)).quarantined).toEqual([]);
});

test("failures are forgotten after a while, and the document is tried again", async () => {
  const { t } = deployRetention({ onDelete: note("delete") });
  await put(t, 31 * DAY, 1, { title: "poison" });
  for (let run = 0; run <= QUARANTINE.after; run += 1) await cleanUp(t);
  expect((await runs(t))[0]?.counts).toMatchObject({ failed: 0 });
  vi.advanceTimersByTime(QUARANTINE.keepMs + DAY);
  await cleanUp(t);
  await cleanUp(t);
  expect((await runs(t))[0]?.counts).toMatchObject({ failed: 1 });
});

test("a document in quarantine is tried again at the time that the preview says, not before", async () => {
  const { t } = deployRetention({ onDelete: note("delete") });
  await put(t, 31 * DAY, 1, { title: "poison" });
  const began = Date.now();
  for (let run = 0; run < QUARANTINE.after; run += 1) {
    vi.setSystemTime(began + run * DAY);
    await cleanUp(t);
  }
  const [shown] = (await preview(t)).quarantined;
  expect(shown?.since).toBeGreaterThanOrEqual(began + 4 * DAY);
  expect(shown?.since).toBeLessThan(began + 4 * DAY + 60_000);
  const failed = async () => {
    await cleanUp(t);
    return (await runs(t))[0]?.counts["failed"];
  };
  vi.setSystemTime(shown!.until - 60_000);
  expect(await failed()).toBe(0);
  vi.setSystemTime(shown!.until);
  expect(await failed()).toBe(1);
  // It counts from one again.
  expect((await preview(t)).quarantined).toEqual([]);
  for (let run = 1; run < QUARANTINE.after; run += 1) await failed();
  expect((await preview(t)).quarantined).toHaveLength(1);
});

test("an operator releases a document from quarantine, and the next run removes it", async () => {
  let isBroken = true;
  const { t } = deployRetention({
    onDelete: () => {
      if (isBroken) throw new Error("no");
    },
  });
  const [one = "", two = ""] = await put(t, 31 * DAY, 2);
  for (let run = 0; run < QUARANTINE.after; run += 1) await cleanUp(t);
  const inQuarantine = async () =>
    (await preview(t)).quarantined.map(({ id }) => id);
  expect((await inQuarantine()).toSorted()).toEqual([one, two].toSorted());
  isBroken = false;
  expect(await release(t, { ids: [one, one, "nothing", ""] })).toBe(1);
  expect(await inQuarantine()).toEqual([two]);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([two]);
  expect(await release(t)).toBe(1);
  expect(await release(t)).toBe(0);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([]);
});

test("a document that has failed once is not in quarantine, so there is nothing to release", async () => {
  const { t } = deployRetention({ onDelete: note("delete") });
  const [id = ""] = await put(t, 31 * DAY, 1, { title: "poison" });
  await cleanUp(t);
  expect(await release(t, { ids: [id] })).toBe(0);
  expect((await preview(t)).quarantined).toEqual([]);
});

test("too many ids to release are refused", async () => {
  const { t } = deployRetention();
  const ids = Array.from({ length: QUARANTINE.release + 1 }, () => "x");
  await expect(release(t, { ids })).rejects.toMatchObject({
    data: { code: "BATCH_TOO_LARGE" },
  });
});

test("thirty newer failures do not hide what is in quarantine", async () => {
  const { t } = deployRetention({ onDelete: note("delete") });
  const [id = ""] = await put(t, 32 * DAY, 1, { title: "poison" });
  for (let run = 0; run < QUARANTINE.after; run += 1) await cleanUp(t);
  await put(t, 31 * DAY, 30, { title: "poison" });
  await cleanUp(t);
  expect((await preview(t)).quarantined).toMatchObject([{ id }]);
});

test("a hook that edits or publishes a document which is next saves it", async () => {
  const { t, docs } = deployRetention({
    onDelete: async (ctx, { document }) => {
      if (document.title !== "first") return;
      const system = docs.asSystem("test");
      await system.update(ctx, { id: next[0]!, title: "edited" });
      await system.update(ctx, { id: next[1]!, status: "published" });
    },
  });
  await put(t, 32 * DAY, 1, { title: "first" });
  const next = await put(t, 31 * DAY, 3);
  // The batch of which it is one fails, and is halved until the first document is alone.
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual(next.slice(0, 2));
  expect((await runs(t))[0]).toMatchObject({
    counts: { removed: 2, failed: 0 },
  });
});

test("what belongs to a document goes in the transaction that deletes it", async () => {
  const { t } = deployRetention({
    onDelete: async (ctx, { document }) => {
      const files = await ctx.db.query("audit").collect();
      for (const { _id, line } of files) {
        if (line === document._id) await ctx.db.delete(_id);
      }
    },
  });
  const [old = ""] = await put(t, 31 * DAY);
  const [young = ""] = await put(t, DAY);
  await t.run(async (ctx) => {
    await ctx.db.insert("audit", { line: old });
    await ctx.db.insert("audit", { line: young });
  });
  await cleanUp(t);
  expect(await lines(t)).toEqual([young]);
});

test("hooks that use much make smaller batches, and nothing that there was no room for is left out", async () => {
  const { t } = deployRetention({
    limits: { documentsRead: 2_000 },
    onDelete: async (ctx) => {
      await ctx.db.query("audit").take(20);
    },
  });
  await t.run(async (ctx) => {
    for (let n = 0; n < 20; n += 1) await ctx.db.insert("audit", { line: "" });
  });
  await put(t, 31 * DAY, 100);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([]);
  const [run] = await runs(t);
  expect(run?.counts).toMatchObject({ scanned: 100, removed: 100 });
  expect(run?.counts["batches"]).toBeGreaterThan(2);
});

test("access and schema have no say in what the system removes", async () => {
  const { t } = deployRetention({
    onDelete: () => undefined,
    options: {
      access: () => false,
      schema: {
        "~standard": {
          version: 1,
          vendor: "test",
          validate: () => ({ issues: [{ message: "no" }] }),
        },
      },
    },
  });
  await put(t, 31 * DAY, 3);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([]);
});
