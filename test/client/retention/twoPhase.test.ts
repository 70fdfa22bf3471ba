import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Deployment, HostCtx } from "../../support/host.js";
import {
  cleanUp,
  DAY,
  deployRetention,
  HOUR,
  idsLeft,
  left,
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

const trash = { trash: true } as const;
const lines = (t: Deployment) =>
  t.run(async (ctx) =>
    (await ctx.db.query("audit").collect()).map(({ line }) => line),
  );

test("with a trash, old drafts go there first, and are deleted when the time to undo is over", async () => {
  const { t } = deployRetention({ options: trash, undoFor: { days: 7 } });
  const old = await put(t, 31 * DAY, 120);
  await cleanUp(t);
  expect(await left(t)).toEqual(
    old.map((id) => ({ id, trashed: true, version: 2 })),
  );
  // Counted from when it went to the trash, however old it is; exactly the time is not more than it.
  vi.advanceTimersByTime(7 * DAY - HOUR);
  await cleanUp(t, "purgeTrash");
  expect(await left(t)).toHaveLength(120);
  vi.advanceTimersByTime(HOUR);
  await cleanUp(t, "purgeTrash");
  expect(await left(t)).toEqual([]);
  const [purge] = await runs(t);
  expect(purge).toMatchObject({
    name: "purgeTrash",
    status: "success",
    counts: { removed: 120 },
  });
});

test("what is brought back in time stays, and is not trashed again at once", async () => {
  const { t, docs } = deployRetention({
    options: trash,
    undoFor: { days: 7 },
  });
  const [id = ""] = await put(t, 31 * DAY);
  const [over = ""] = await put(t, 0, 1, { expiresAt: Date.now() });
  await cleanUp(t);
  const ada = docs.as("ada");
  await t.mutation((ctx) => ada.restore(ctx, { id }));
  await t.mutation((ctx) => ada.restore(ctx, { id: over }));
  vi.advanceTimersByTime(8 * DAY);
  await cleanUp(t);
  await cleanUp(t, "purgeTrash");
  expect(await left(t)).toEqual([
    { id, trashed: false, version: 3 },
    { id: over, trashed: false, version: 3 },
  ]);
});

test("a time that has not come survives the trash", async () => {
  const { t, docs } = deployRetention({ options: trash });
  const expiresAt = Date.now() + DAY;
  const [id = ""] = await put(t, 0, 1, { expiresAt });
  const ada = docs.as("ada");
  await t.mutation((ctx) => ada.remove(ctx, { id }));
  await t.mutation((ctx) => ada.restore(ctx, { id }));
  const found = await t.query((ctx) => ada.get(ctx, { id }));
  expect(found?.expiresAt).toBe(expiresAt);
});

test("the purge takes what its owner put there, of every status, with or without a time of its own; never what is pinned", async () => {
  const { t } = deployRetention({ options: trash, undoFor: { days: 7 } });
  const deletedAt = Date.now() - 8 * DAY;
  for (const status of ["draft", "published", "archived"] as const) {
    await put(t, 8 * DAY, 3, { status, deletedAt });
    await put(t, 8 * DAY, 3, { status, deletedAt, expiresAt: 9e12 });
  }
  const pinned = await put(t, 8 * DAY, 1, { deletedAt, pinned: true });
  const fresh = await put(t, 6 * DAY, 2, { deletedAt });
  const freshOver = await put(t, 6 * DAY, 2, { deletedAt, expiresAt: 1e12 });
  await cleanUp(t, "purgeTrash");
  expect(await idsLeft(t)).toEqual([...pinned, ...fresh, ...freshOver]);
});

test("clean-up and purge are two jobs: neither is in the other's way", async () => {
  const { t } = deployRetention({ options: trash });
  await put(t, 31 * DAY, 3);
  await put(t, 31 * DAY, 3, { deletedAt: Date.now() - 31 * DAY });
  await cleanUp(t);
  await cleanUp(t, "purgeTrash");
  expect((await runs(t)).map(({ name }) => name)).toEqual([
    "purgeTrash",
    "cleanupOldDrafts",
  ]);
  expect(await left(t)).toHaveLength(3);
});

test("onDelete and archive are about what is deleted for good, onChange about both", async () => {
  const write = async (ctx: HostCtx, line: string) => {
    await ctx.db.insert("audit", { line });
  };
  const { t } = deployRetention({
    options: {
      ...trash,
      onChange: (ctx: HostCtx, { operation }) => write(ctx, operation),
    },
    archive: (ctx, { reason }) => write(ctx, `archive ${reason}`),
    onDelete: (ctx, { reason }) => write(ctx, `delete ${reason}`),
  });
  await put(t, 31 * DAY);
  await cleanUp(t);
  expect(await lines(t)).toEqual(["trash"]);
  vi.advanceTimersByTime(31 * DAY);
  await cleanUp(t, "purgeTrash");
  expect(await lines(t)).toEqual([
    "trash",
    "archive trash",
    "delete trash",
    "purge",
  ]);
});
