import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../../../example/convex/_generated/api.js";
import { app } from "./app.js";

const { documents, operations } = api;
const DAY = 24 * 60 * 60 * 1_000;
const draft = { title: "Draft", content: "Never finished." };

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-10-01T10:00:00Z") });
  vi.spyOn(console, "info").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Three drafts and a published document of 31 days ago; one of the drafts was edited a minute ago. */
async function aMonthLater() {
  const { t, ada } = app();
  const create = async (more: object = {}) =>
    (await ada.mutation(documents.create, { ...draft, ...more })).id;
  const [old, pinned, edited] = [
    await create(),
    await create({ pinned: true }),
    await create(),
  ];
  const published = await create({ status: "published" });
  vi.setSystemTime(Date.now() + 31 * DAY);
  await ada.mutation(documents.update, { id: edited, title: "Still at it" });
  vi.setSystemTime(Date.now() + 60_000);
  return {
    t,
    ada,
    old,
    kept: [pinned, edited, published],
    clean: async () => {
      await t.mutation(internal.retention.cleanupOldDrafts, {});
      for (let n = 0; n < 10; n++) {
        vi.advanceTimersByTime(5_000);
        await t.finishInProgressScheduledFunctions();
      }
    },
  };
}

test("old drafts go to the trash; one that was edited a minute ago, a pinned one and a published one stay", async () => {
  const { ada, old, kept, clean } = await aMonthLater();
  await clean();
  const paginationOpts = { numItems: 10, cursor: null };
  const { page } = await ada.query(documents.listTrash, { paginationOpts });
  expect(page.map(({ _id }) => _id)).toEqual([old]);
  for (const id of kept) {
    expect(await ada.query(documents.get, { id })).not.toBeNull();
  }
});

test("a preview says what would go, and nothing goes", async () => {
  const { ada, old } = await aMonthLater();
  const preview = await ada.query(operations.previewCleanup, {
    at: Date.now(),
  });
  expect(preview.cleanup[0]).toMatchObject({ shown: "1", sample: [old] });
  expect(await ada.query(documents.get, { id: old })).not.toBeNull();
});

test("what was cleaned up can be restored, and the run says what it did", async () => {
  const { ada, old, clean } = await aMonthLater();
  await clean();
  await ada.mutation(documents.restore, { id: old });
  expect(await ada.query(documents.get, { id: old })).not.toBeNull();
  const all = await ada.query(operations.list, {});
  expect(all.find(({ job }) => job === "cleanupOldDrafts")).toMatchObject({
    status: { run: { status: "success", counts: { removed: 1 } } },
  });
});
