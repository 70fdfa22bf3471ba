import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  cleanUp,
  DAY,
  deployRetention,
  idsLeft,
  left,
  preview,
  put,
  runs,
} from "../../support/retention.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "info").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("a preview says what would go, and changes nothing", async () => {
  const { t } = deployRetention({
    options: { trash: true },
    undoFor: { days: 7 },
  });
  const at = Date.now();
  const old = await put(t, 31 * DAY, 30);
  await put(t, 32 * DAY, 1, { pinned: true });
  await put(t, DAY, 2);
  const [over] = await put(t, 0, 1, { expiresAt: at - 5 });
  const [purged] = await put(t, 8 * DAY, 1, { deletedAt: at - 8 * DAY });
  const before = await left(t);
  const shown = await preview(t, at);
  expect(await left(t)).toEqual(before);
  expect(await runs(t)).toEqual([]);
  const [drafts, expired] = shown.cleanup;
  expect(drafts).toMatchObject({
    reason: "age",
    status: "draft",
    cutoff: at - 30 * DAY,
    count: 30,
    more: false,
    shown: "30",
    oldest: at - 31 * DAY,
    sample: old.slice(0, 20),
  });
  expect(drafts!.bytes).toBeGreaterThan(30 * 100);
  expect(expired).toMatchObject({ count: 1, oldest: at - 5, sample: [over] });
  expect(shown.purge.map(({ count }) => count)).toEqual([1, 0, 0, 0]);
  expect(shown.purge[0]?.sample).toEqual([purged]);
});

test("what a preview shows is what a run then takes", async () => {
  const { t, docs } = deployRetention();
  await t.mutation((ctx) =>
    docs.asSystem("test").setRetention(ctx, {
      ownerId: "bob",
      status: "draft",
      olderThan: { days: 2 },
    }),
  );
  const due = [
    ...(await put(t, 31 * DAY, 5)),
    ...(await put(t, 3 * DAY, 5, { owner: "bob" })),
  ];
  const stay = await put(t, 3 * DAY, 5);
  const shown = await preview(t, Date.now());
  expect(shown.cleanup[0]?.sample).toEqual(due);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual(stay);
});

test("it counts up to a thousand, and no further", async () => {
  const { t } = deployRetention();
  await put(t, 31 * DAY, 1_200);
  const [drafts] = (await preview(t, Date.now())).cleanup;
  expect(drafts).toMatchObject({ count: 1_000, more: true, shown: "1000+" });
});

test("it reads large documents up to its bound, and says that there are more", async () => {
  const { t } = deployRetention();
  await put(t, 31 * DAY, 30, { content: "x".repeat(200_000) });
  const [drafts] = (await preview(t, Date.now())).cleanup;
  expect(drafts).toMatchObject({ count: 11, more: true, shown: "11+" });
});

test("it never asks the clock: without a time, it is as of the last run or the newest document", async () => {
  const { t } = deployRetention();
  expect((await preview(t)).at).toBe(0);
  await put(t, 29 * DAY);
  const created = Math.floor(Date.now());
  vi.advanceTimersByTime(5 * DAY);
  const now = vi.spyOn(Date, "now");
  const shown = await preview(t);
  expect(now.mock.results).toEqual([]);
  now.mockRestore();
  expect(shown).toMatchObject({ at: created, cleanup: [{ count: 0 }, {}] });
  vi.advanceTimersByTime(DAY);
  const started = Date.now();
  await cleanUp(t);
  expect((await preview(t)).at).toBe(started);
});
