import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../../../example/convex/_generated/api.js";
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
    const own = await ada.mutation(documents.create, {
      title: "Plan",
      content: "A",
    });
    await ada.mutation(demo.addSamples, {});
    const kept = { title: "Hers", content: "" };
    const hers = await grace.mutation(documents.create, kept);
    await derive(t, own.id);
    await derive(t, hers.id);
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
    expect(await derived(t)).toEqual([hers.id, hers.id]);
    // What was under way when the document went comes too late.
    await t.mutation(internal.process.save, { id: own.id, ...counted });
    expect(await derived(t)).toEqual([hers.id, hers.id]);
  },
);

test("what the app made of a document goes with it, and stays while it can come back", async () => {
  const { t, ada } = app();
  const { id } = await ada.mutation(documents.create, {
    title: "Plan",
    content: "A",
  });
  await derive(t, id);
  await ada.mutation(documents.remove, { id });
  expect(await derived(t)).toEqual([id, id]);
  await ada.mutation(documents.purge, { id });
  expect(await derived(t)).toEqual([]);
});

type App = ReturnType<typeof app>["t"];
const counted = { version: 1, words: 1, minutes: 1 };

/** A summary and a count of the words of a document. */
async function derive(t: App, documentId: string) {
  await t.mutation(internal.process.save, { id: documentId, ...counted });
  await t.run(({ db }) =>
    db.insert("summaries", { documentId, key: "k", version: 1, model: "m" }),
  );
}

/** The documents of which something was made. */
async function derived(t: App): Promise<string[]> {
  const rows = await t.run(async ({ db }) => [
    ...(await db.query("statistics").collect()),
    ...(await db.query("summaries").collect()),
  ]);
  return rows.map(({ documentId }) => documentId);
}
