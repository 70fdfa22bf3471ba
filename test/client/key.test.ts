import { expect, test } from "vitest";
import { deploy, docs, docsWithTrash, people, seed } from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";
import { row, rows } from "../support/stored.js";

const plan = { title: "New", content: "", key: "plan" };

test("a document is found by its owner's key, and by nobody else's", async () => {
  const t = deploy();
  const { ada, bob, nobody } = people(t);
  const id = await seed(t, "ada", {
    key: "plan",
    isPublic: true,
    status: "published",
  });
  const byKey = { key: "plan" };
  expect(await ada.query((ctx) => docs.getByKey(ctx, byKey))).toMatchObject({
    _id: id,
    key: "plan",
  });
  expect(await bob.query((ctx) => docs.getByKey(ctx, byKey))).toBeNull();
  expect(
    await ada.query((ctx) => docs.getByKey(ctx, { key: "other" })),
  ).toBeNull();
  expect(
    await t.query((ctx) =>
      docs.asSystem("test").getByKey(ctx, { ...byKey, ownerId: "ada" }),
    ),
  ).toMatchObject({ _id: id });
  const unsigned = await refused(t, () =>
    nobody.query((ctx) => docs.getByKey(ctx, byKey)),
  );
  expect(unsigned.code).toBe("UNAUTHORIZED");
});

test("a key is unique among its owner's documents, and free to every other owner", async () => {
  const t = deploy();
  const { ada, bob } = people(t);
  await seed(t, "ada", { key: "plan" });
  const data = await refused(t, () =>
    ada.mutation((ctx) => docs.create(ctx, plan)),
  );
  expect(data).toMatchObject({ code: "ALREADY_EXISTS", key: "plan" });
  await bob.mutation((ctx) => docs.create(ctx, plan));
  expect(await rows(t)).toHaveLength(2);
});

test("ifExists return leaves the document as it is", async () => {
  const t = deploy();
  const id = await seed(t, "ada", { key: "plan" });
  const before = await row(t, id);
  const written = await people(t).ada.mutation((ctx) =>
    docs.create(ctx, { ...plan, status: "published", ifExists: "return" }),
  );
  expect(written).toEqual({ id, version: 1 });
  expect(await row(t, id)).toEqual(before);
});

test("ifExists update changes what is given and keeps the rest", async () => {
  const t = deploy();
  const id = await seed(t, "ada", {
    key: "plan",
    summary: "kept",
    isPublic: true,
    status: "published",
  });
  const written = await people(t).ada.mutation((ctx) =>
    docs.create(ctx, { ...plan, ifExists: "update" }),
  );
  expect(written).toEqual({ id, version: 2 });
  expect(await row(t, id)).toMatchObject({
    fields: { title: "New", content: "", summary: "kept" },
    isPublic: true,
    status: "published",
    key: "plan",
  });
});

test("ifExists writes a new document when there is none", async () => {
  const t = deploy();
  for (const ifExists of ["return", "update"] as const) {
    const { version } = await people(t).ada.mutation((ctx) =>
      docs.create(ctx, { ...plan, key: ifExists, ifExists }),
    );
    expect(version).toBe(1);
  }
  expect(await rows(t)).toHaveLength(2);
});

test("the same call again, as a retry sends it, makes one document", async () => {
  const t = deploy();
  const { ada } = people(t);
  const send = () =>
    ada.mutation((ctx) => docs.create(ctx, { ...plan, ifExists: "return" }));
  expect(await send()).toEqual(await send());
  expect(await rows(t)).toHaveLength(1);
});

test("one key twice in a batch is refused the second time", async () => {
  const t = deploy();
  const { ada } = people(t);
  const items = [plan, { ...plan, title: "Again" }];
  const data = await refused(t, () =>
    ada.mutation((ctx) => docs.batchCreate(ctx, { items })),
  );
  expect(data).toMatchObject({
    errors: [{ index: 1, error: { code: "ALREADY_EXISTS", key: "plan" } }],
  });
  const { results } = await ada.mutation((ctx) =>
    docs.batchCreate(ctx, { items, mode: "partial" }),
  );
  expect(results.map(({ ok }) => ok)).toEqual([true, false]);
});

test.each([
  ["empty", ""],
  ["blank", " \t\n"],
  ["of 257 characters", "k".repeat(257)],
  ["of 300 kB", "k".repeat(300_000)],
  ["half a surrogate pair", "\ud83d"],
  ["no string", 5],
])("a key that is %s is refused by name", async (_, key) => {
  const t = deploy();
  const { ada } = people(t);
  const data = await refused(t, () =>
    ada.mutation((ctx) => docs.create(ctx, { ...plan, key: key as string })),
  );
  expect(blamed(data)).toEqual(["key"]);
  expect(JSON.stringify(data).length).toBeLessThan(500);
});

test("a key of 256 characters of any script will do", async () => {
  const t = deploy();
  const key = "🙂ü".repeat(85) + "x";
  expect(key).toHaveLength(256);
  await seed(t, "ada", { key });
  expect(
    await people(t).ada.query((ctx) => docs.getByKey(ctx, { key })),
  ).toMatchObject({ key });
});

test("the key of a trashed document is free, and restore gives way to the document that took it", async () => {
  const t = deploy();
  const { ada } = people(t);
  const old = await seed(t, "ada", { key: "plan" });
  await ada.mutation((ctx) => docsWithTrash.remove(ctx, { id: old }));
  expect(
    await ada.query((ctx) => docs.getByKey(ctx, { key: "plan" })),
  ).toBeNull();
  const { id } = await ada.mutation((ctx) =>
    docs.create(ctx, { ...plan, ifExists: "update" }),
  );
  expect(id).not.toBe(old);
  const restore = () =>
    ada.mutation((ctx) => docsWithTrash.restore(ctx, { id: old }));
  expect(await refused(t, restore)).toMatchObject({
    code: "ALREADY_EXISTS",
    key: "plan",
  });
  await ada.mutation((ctx) => docs.remove(ctx, { id }));
  await restore();
  expect(
    await ada.query((ctx) => docs.getByKey(ctx, { key: "plan" })),
  ).toMatchObject({ _id: old });
});
