import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../../../example/convex/_generated/api.js";
import { app } from "./app.js";

const { documents } = api;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const plan = { title: "Plan", content: "Notes" };

test("create makes a document of whoever is signed in, and of nobody else", async () => {
  const { t, ada } = app();
  const { id } = await ada.mutation(documents.create, {
    ...plan,
    isPublic: true,
  });
  expect(await ada.query(documents.get, { id })).toMatchObject({
    ...plan,
    isPublic: true,
    ownerId: "https://demo|ada",
  });
  await expect(t.mutation(documents.create, plan)).rejects.toMatchObject({
    data: { code: "UNAUTHORIZED" },
  });
});

test("update changes what is sent and refuses others", async () => {
  const { ada, grace } = app();
  const { id } = await ada.mutation(documents.create, plan);
  await ada.mutation(documents.update, { id, title: "Plan B" });
  expect(await ada.query(documents.get, { id })).toMatchObject({
    title: "Plan B",
    content: "Notes",
    version: 2,
  });
  const update = grace.mutation(documents.update, { id, title: "Mine" });
  await expect(update).rejects.toMatchObject({ data: { code: "NOT_FOUND" } });
});

test("the schema trims a title and refuses an empty one, naming the field", async () => {
  const { ada } = app();
  const { id } = await ada.mutation(documents.create, {
    ...plan,
    title: "  Plan  ",
  });
  expect((await ada.query(documents.get, { id }))?.title).toBe("Plan");
  const update = ada.mutation(documents.update, { id, title: "   " });
  await expect(update).rejects.toMatchObject({
    data: { code: "VALIDATION_FAILED", issues: [{ path: "title" }] },
  });
});

test("remove takes a document away from everybody and refuses others", async () => {
  const { ada, grace } = app();
  const { id } = await ada.mutation(documents.create, plan);
  const remove = grace.mutation(documents.remove, { id });
  await expect(remove).rejects.toMatchObject({ data: { code: "NOT_FOUND" } });
  await ada.mutation(documents.remove, { id });
  expect(await ada.query(documents.get, { id })).toBeNull();
});

test("a batch update checks the owner of each document", async () => {
  const { ada, grace } = app();
  const ids: string[] = [];
  for (const user of [ada, ada, grace]) {
    ids.push((await user.mutation(documents.create, plan)).id);
  }
  const updates = { status: "published" } as const;
  const batch = ada.mutation(documents.batchUpdate, { ids, updates });
  await expect(batch).rejects.toMatchObject({
    data: { code: "BATCH_FAILED", errors: [{ index: 2 }] },
  });
  const mine = ids.slice(0, 2);
  expect(
    await ada.mutation(documents.batchUpdate, { ids: mine, updates }),
  ).toMatchObject({ succeeded: 2, failed: 0 });
});

test("internal steps read any document and write a summary back unless it has changed", async () => {
  const { t, ada } = app();
  const { id } = await ada.mutation(documents.create, plan);
  const read = await t.query(internal.documents.getById, { id });
  expect(read).toMatchObject({ title: "Plan", version: 1 });
  const summary = { id, summary: "A plan.", ifVersion: 1 };
  await t.mutation(internal.documents.updateSummary, summary);
  const again = t.mutation(internal.documents.updateSummary, summary);
  await expect(again).rejects.toMatchObject({
    data: { code: "CONFLICT", expected: 1, actual: 2 },
  });
});

test("a public document is served as JSON to anybody, and everything else is a 404 in JSON", async () => {
  const { t, ada } = app();
  const secret = await ada.mutation(documents.create, plan);
  const open = await ada.mutation(documents.create, {
    ...plan,
    isPublic: true,
    status: "published",
  });
  const found = await t.fetch(`/api/documents/${open.id}`);
  expect(found.status).toBe(200);
  expect(await found.json()).toMatchObject(plan);
  for (const id of [secret.id, "nonsense"]) {
    const missing = await t.fetch(`/api/documents/${id}`);
    expect(missing.status).toBe(404);
    expect(missing.headers.get("Content-Type")).toContain("problem+json");
  }
});

test("a bulk operation keeps the schema in the background", async () => {
  const { t, ada } = app();
  for (let n = 0; n < 3; n++) await ada.mutation(documents.create, plan);
  vi.advanceTimersByTime(1000);
  const { jobId } = await ada.mutation(documents.startBulk, {
    operation: "update",
    updates: { title: "  " },
    where: {},
  });
  await t.finishAllScheduledFunctions(() => vi.advanceTimersByTime(50));
  expect(await ada.query(documents.bulkStatus, { jobId })).toMatchObject({
    state: "done",
    done: 0,
    failed: 3,
    failures: [
      { error: { code: "VALIDATION_FAILED" } },
      { error: { code: "VALIDATION_FAILED" } },
      { error: { code: "VALIDATION_FAILED" } },
    ],
  });
});
