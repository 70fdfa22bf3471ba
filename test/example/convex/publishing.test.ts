import { expect, test } from "vitest";
import { api, internal } from "../../../example/convex/_generated/api.js";
import { app } from "./app.js";

const { documents } = api;
const plan = {
  title: "Plan",
  content: "Wheels",
  status: "published",
  isPublic: true,
} as const;
const first = { numItems: 10, cursor: null };

test("an edit of what is published is the owner's until it is published, and so is its history", async () => {
  const { t, ada, grace } = app();
  const { id } = await ada.mutation(documents.create, plan);
  await ada.mutation(documents.update, { id, content: "Cogs" });
  const seen = async () => [
    (await t.query(documents.get, { id }))?.content,
    (await t.query(documents.listPublic, { paginationOpts: first })).page[0]
      ?.content,
    (await grace.query(documents.search, { query: "Cogs", scope: "public" }))
      .length,
  ];
  expect(await seen()).toEqual(["Wheels", "Wheels", 0]);
  expect(await ada.query(documents.get, { id })).toMatchObject({
    content: "Cogs",
    hasDraft: true,
  });
  const history = { id, paginationOpts: first };
  expect((await grace.query(documents.listRevisions, history)).page).toEqual(
    [],
  );
  await ada.mutation(documents.publish, { id });
  expect(await seen()).toEqual(["Cogs", "Cogs", 1]);
});

test("each save is a revision, and one field comes back alone", async () => {
  const { ada } = app();
  const { id } = await ada.mutation(documents.create, plan);
  await ada.mutation(documents.update, { id, title: "Plan B" });
  await ada.mutation(documents.update, { id, content: "Cogs" });
  await ada.mutation(documents.revert, { id, to: 1, only: ["title"] });
  expect(await ada.query(documents.get, { id })).toMatchObject({
    title: "Plan",
    content: "Cogs",
  });
  const { page } = await ada.query(documents.listRevisions, {
    id,
    paginationOpts: first,
  });
  expect(page.map(({ version, kind }) => [version, kind])).toEqual([
    [4, "revert"],
    [3, "edit"],
    [2, "edit"],
    [1, "edit"],
  ]);
});

test("the summary of what is published is published; that of an edit waits with it", async () => {
  const { t, ada } = app();
  const { id } = await ada.mutation(documents.create, plan);
  const summarise = (summary: string) =>
    t.mutation(internal.documents.updateSummary, { id, summary });
  const summary = async () => (await t.query(documents.get, { id }))?.summary;
  await summarise("Of wheels.");
  expect(await summary()).toBe("Of wheels.");
  await ada.mutation(documents.update, { id, content: "Cogs" });
  await summarise("Of cogs.");
  expect(await summary()).toBe("Of wheels.");
  await ada.mutation(documents.publish, { id });
  expect(await summary()).toBe("Of cogs.");
});
