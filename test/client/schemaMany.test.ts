/**
 * A schema where one call means a document it does not name by id, or many.
 */
import { expect, test } from "vitest";
import { deploy, people, seed, seedMany } from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";
import { row, rows } from "../support/stored.js";
import { titled } from "../support/titled.js";

test("what a key finds is judged whole when it is updated", async () => {
  const t = deploy();
  const id = await seed(t, "ada", {
    content: "long",
    summary: "sum",
    key: "k",
  });
  const data = await refused(t, () =>
    people(t).ada.mutation((ctx) =>
      titled.create(ctx, {
        title: "Plan",
        content: "x",
        key: "k",
        ifExists: "update",
      }),
    ),
  );
  expect(blamed(data)).toEqual(["summary"]);
  expect(await row(t, id)).toMatchObject({ version: 1 });
});

test("batches: atomic names every item the schema refuses, partial writes the others as the schema wants them", async () => {
  const t = deploy();
  const { ada } = people(t);
  const [a, b, c] = await seedMany(t, "ada", 3);
  const items = [
    { id: a!, title: " good " },
    { id: b!, title: " " },
    { id: c!, title: "fine", ifVersion: 9 },
  ];
  const data = await refused(t, () =>
    ada.mutation((ctx) => titled.batchUpdate(ctx, { items })),
  );
  expect(data).toMatchObject({
    code: "BATCH_FAILED",
    errors: [
      { index: 1, error: { code: "VALIDATION_FAILED" } },
      { index: 2, error: { code: "CONFLICT" } },
    ],
  });
  const { results } = await ada.mutation((ctx) =>
    titled.batchUpdate(ctx, { items, mode: "partial" }),
  );
  expect(results.map(({ ok }) => ok)).toEqual([true, false, false]);
  expect((await row(t, a!))!["fields"]).toMatchObject({ title: "good" });
  const fresh = [
    { title: " new ", content: "" },
    { title: "", content: "" },
  ];
  const created = await ada.mutation((ctx) =>
    titled.batchCreate(ctx, { items: fresh, mode: "partial" }),
  );
  expect(created).toMatchObject({ succeeded: 1, failed: 1 });
  expect((await rows(t)).at(-1)).toMatchObject({ fields: { title: "new" } });
});
