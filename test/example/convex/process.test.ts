import { expect, test } from "vitest";
import { api, internal } from "../../../example/convex/_generated/api.js";
import { app } from "./app.js";

const { processDocument, statistics } = api.process;

test("an action reads through an internal query and writes through an internal mutation", async () => {
  const { ada } = app();
  const content = "Ada's naïve plan: ship, 3 times. ".repeat(50);
  const { id } = await ada.mutation(api.documents.create, {
    title: "Plan",
    content,
  });
  expect(await ada.query(statistics, { id })).toBeNull();
  const found = { version: 1, words: 350, minutes: 2 };
  expect(await ada.action(processDocument, { id })).toEqual(found);
  expect(await ada.query(statistics, { id })).toEqual(found);
});

test("running it twice is running it once, and a result that comes late does not replace a newer one", async () => {
  const { t, ada } = app();
  const { id } = await ada.mutation(api.documents.create, {
    title: "Plan",
    content: "One two",
  });
  await ada.action(processDocument, { id });
  await ada.action(processDocument, { id });
  await ada.mutation(api.documents.update, { id, content: "One two three" });
  await ada.action(processDocument, { id });
  await t.mutation(internal.process.save, {
    id,
    version: 1,
    words: 2,
    minutes: 1,
  });
  const rows = await t.run((ctx) => ctx.db.query("statistics").take(5));
  expect(rows).toMatchObject([{ version: 2, words: 3 }]);
});

test("it is for the owner: to everybody else the document does not exist", async () => {
  const { t, ada, grace } = app();
  const { id } = await ada.mutation(api.documents.create, {
    title: "Plan",
    content: "Secret",
  });
  await expect(t.action(processDocument, { id })).rejects.toMatchObject({
    data: { code: "UNAUTHORIZED" },
  });
  for (const wanted of [id, "nonsense"]) {
    await expect(
      grace.action(processDocument, { id: wanted }),
    ).rejects.toMatchObject({
      data: { code: "NOT_FOUND" },
    });
  }
  expect(await grace.query(statistics, { id })).toBeNull();
});
