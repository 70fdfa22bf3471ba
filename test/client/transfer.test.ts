import { expect, test } from "vitest";
import { deploy, docs, docsWithTrash, people, seed } from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";
import { row } from "../support/stored.js";

test("a transferred document is its new owner's alone", async () => {
  const t = deploy();
  const { ada, bob } = people(t);
  const id = await seed(t, "ada");
  const written = await ada.mutation((ctx) =>
    docs.transfer(ctx, { id, to: "bob" }),
  );
  expect(written).toEqual({ id, version: 2 });
  expect(await bob.query((ctx) => docs.get(ctx, { id }))).toMatchObject({
    ownerId: "bob",
    title: "Plan",
  });
  expect(await ada.query((ctx) => docs.get(ctx, { id }))).toBeNull();
  const paginationOpts = { numItems: 5, cursor: null };
  const lists = [];
  for (const caller of [ada, bob]) {
    const { page } = await caller.query((ctx) =>
      docs.list(ctx, { paginationOpts }),
    );
    lists.push(page.map(({ _id }) => _id));
  }
  expect(lists).toEqual([[], [id]]);
  expect(
    await refused(t, () =>
      ada.mutation((ctx) => docs.transfer(ctx, { id, to: "ada" })),
    ),
  ).toMatchObject({ code: "NOT_FOUND" });
});

test("a key stays behind, so that it cannot collide with the new owner's or tell of it", async () => {
  const t = deploy();
  const { ada, bob } = people(t);
  const id = await seed(t, "ada", { key: "plan" });
  const bobs = await seed(t, "bob", { key: "plan" });
  await ada.mutation((ctx) => docs.transfer(ctx, { id, to: "bob" }));
  expect(await row(t, id)).not.toHaveProperty("key");
  expect(
    await bob.query((ctx) => docs.getByKey(ctx, { key: "plan" })),
  ).toMatchObject({ _id: bobs });
  await seed(t, "ada", { key: "plan" });
});

test("a transfer to its owner changes nothing, the key included", async () => {
  const t = deploy();
  const id = await seed(t, "ada", { key: "plan" });
  const before = await row(t, id);
  const written = await people(t).ada.mutation((ctx) =>
    docs.transfer(ctx, { id, to: "ada" }),
  );
  expect(written.version).toBe(1);
  expect(await row(t, id)).toEqual(before);
});

test("a transfer changes the owner and nothing else", async () => {
  const t = deploy();
  const id = await seed(t, "ada", { status: "published", summary: "s" });
  const before = await row(t, id);
  await people(t).ada.mutation((ctx) => docs.transfer(ctx, { id, to: "bob" }));
  const after = await row(t, id);
  expect(after).toEqual({
    ...before,
    ownerId: "bob",
    version: 2,
    updatedAt: after!["updatedAt"],
  });
});

test.each([
  ["empty", ""],
  ["blank", "  "],
  ["of 513 characters", "u".repeat(513)],
  ["half a surrogate pair", "\udc00"],
  ["null", null],
])("a new owner that is %s is refused by name", async (_, to) => {
  const t = deploy();
  const id = await seed(t, "ada");
  const data = await refused(t, () =>
    people(t).ada.mutation((ctx) =>
      docs.transfer(ctx, { id, to: to as string }),
    ),
  );
  expect(blamed(data)).toEqual(["to"]);
});

test("a trashed document cannot be transferred until it is restored", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await seed(t, "ada");
  await ada.mutation((ctx) => docsWithTrash.remove(ctx, { id }));
  const transfer = () =>
    ada.mutation((ctx) => docsWithTrash.transfer(ctx, { id, to: "bob" }));
  expect(await refused(t, transfer)).toMatchObject({ code: "NOT_FOUND" });
  await ada.mutation((ctx) => docsWithTrash.restore(ctx, { id }));
  expect(await transfer()).toEqual({ id, version: 4 });
});

test("the system transfers anybody's, as a migration of user ids does", async () => {
  const t = deploy();
  const id = await seed(t, "issuer-a|ada");
  await t.mutation((ctx) =>
    docs.asSystem("new issuer").transfer(ctx, { id, to: "issuer-b|ada" }),
  );
  expect(await row(t, id)).toMatchObject({ ownerId: "issuer-b|ada" });
});
