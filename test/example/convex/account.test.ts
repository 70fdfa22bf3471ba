import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api } from "../../../example/convex/_generated/api.js";
import { app } from "./app.js";

const { account, documents, demo } = api;
const page = { paginationOpts: { numItems: 10, cursor: null } };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what there is of a person is exported, and nothing of anybody else's, whatever the cursor", async () => {
  const { ada, grace } = app();
  const { id } = await ada.mutation(documents.create, {
    title: "Plan",
    content: "A",
  });
  await ada.mutation(documents.update, { id, content: "B" });
  const { items } = await ada.query(account.exportPage, { cursor: null });
  expect(items.map(({ kind }) => kind).sort()).toEqual([
    "document",
    "revision",
  ]);
  const others = await grace.query(account.exportPage, { cursor: null });
  expect(others).toEqual({ items: [], cursor: null });
});

test(
  "what there is of a person is erased, in the app's own tables too, and the receipt says how much",
  { timeout: 30_000 },
  async () => {
    const { t, ada, grace } = app();
    await ada.mutation(documents.create, { title: "Plan", content: "A" });
    await ada.mutation(demo.addSamples, {});
    const kept = { title: "Hers", content: "" };
    await grace.mutation(documents.create, kept);
    expect(await ada.query(account.erasure, {})).toBeNull();
    const { runId } = await ada.mutation(account.erase, {});
    expect((await ada.mutation(account.erase, {})).runId).toBe(runId);
    await t.finishAllScheduledFunctions(() => vi.advanceTimersByTime(50));
    expect(await ada.query(account.erasure, {})).toMatchObject({
      runId,
      state: "done",
      counts: { documents: 101 },
    });
    expect(await grace.query(account.erasure, {})).toBeNull();
    expect((await ada.query(documents.list, page)).page).toEqual([]);
    expect((await grace.query(documents.list, page)).page).toHaveLength(1);
    expect(await t.run(({ db }) => db.query("limits").collect())).toEqual([]);
  },
);
