import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  docsWithTrash as docs,
  fields,
  identify,
  people,
  seed,
  seedMany,
} from "../support/host.js";
import { walkAll } from "../support/pages.js";
import { refused } from "../support/refusals.js";
import { row, rows } from "../support/stored.js";

const paginationOpts = { numItems: 50, cursor: null };

// Convex's clock stands still during a call; so does this one.
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

test("with a trash, remove moves there, restore brings back and purge deletes", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await seed(t, "ada", { summary: "s", key: "k" });
  const before = await row(t, id);
  expect(await ada.mutation((ctx) => docs.remove(ctx, { id }))).toEqual({
    id,
    version: 2,
  });
  const trashed = await row(t, id);
  expect(trashed).toMatchObject({ trashed: true, version: 2 });
  expect(trashed!["deletedAt"]).toBe(trashed!["updatedAt"]);
  const { page } = await ada.query((ctx) =>
    docs.listTrash(ctx, { paginationOpts }),
  );
  expect(page).toMatchObject([
    { _id: id, title: "Plan", deletedAt: trashed!["deletedAt"] },
  ]);
  await ada.mutation((ctx) => docs.restore(ctx, { id }));
  const restored = await row(t, id);
  expect(restored).toEqual({
    ...before,
    version: 3,
    updatedAt: restored!["updatedAt"],
  });
  await ada.mutation((ctx) => docs.remove(ctx, { id }));
  expect(await ada.mutation((ctx) => docs.purge(ctx, { id }))).toEqual({
    id,
    version: 4,
  });
  expect(await rows(t)).toEqual([]);
});

test("without a trash, remove deletes for good", async () => {
  const t = deploy();
  const plain = new Docs(components.docs, { fields, identify });
  const id = await seed(t, "ada");
  expect(
    await people(t).ada.mutation((ctx) => plain.remove(ctx, { id })),
  ).toEqual({ id, version: 1 });
  expect(await rows(t)).toEqual([]);
});

test("no id, list, count, search, public page or write finds a trashed document", async () => {
  const t = deploy();
  const { ada, bob } = people(t);
  const searched = new Docs(components.docs, {
    fields,
    identify,
    trash: true,
    search: ["title"],
  });
  const { id } = await ada.mutation((ctx) =>
    searched.create(ctx, {
      title: "findable",
      content: "",
      key: "k",
      isPublic: true,
      status: "published",
    }),
  );
  const live = await ada.query(async (ctx) => ({
    get: await searched.get(ctx, { id }),
    list: (await searched.list(ctx, { paginationOpts })).page.length,
    search: (await searched.search(ctx, { query: "findable" })).length,
  }));
  expect(live).toMatchObject({ get: { _id: id }, list: 1, search: 1 });
  await ada.mutation((ctx) => searched.remove(ctx, { id }));
  for (const caller of [ada, bob]) {
    const found = await caller.query(async (ctx) => ({
      get: await searched.get(ctx, { id }),
      getMany: await searched.getMany(ctx, { ids: [id] }),
      key: await searched.getByKey(ctx, { key: "k" }),
      list: (await searched.list(ctx, { paginationOpts })).page,
      published: (
        await searched.list(ctx, { status: "published", paginationOpts })
      ).page,
      public: (await searched.listPublic(ctx, { paginationOpts })).page,
      count: await searched.count(ctx, {}),
      search: await searched.search(ctx, { query: "findable" }),
      searchPublic: await searched.search(ctx, {
        query: "findable",
        scope: "public",
      }),
    }));
    expect(found).toEqual({
      get: null,
      getMany: [null],
      key: null,
      list: [],
      published: [],
      public: [],
      count: { count: 0, more: false },
      search: [],
      searchPublic: [],
    });
    for (const write of [
      () => caller.mutation((ctx) => searched.update(ctx, { id })),
      () => caller.mutation((ctx) => searched.remove(ctx, { id })),
      () => caller.mutation((ctx) => searched.transfer(ctx, { id, to: "x" })),
    ]) {
      expect(await refused(t, write)).toMatchObject({ code: "NOT_FOUND" });
    }
    for (const batch of [
      () =>
        caller.mutation((ctx) =>
          searched.batchUpdate(ctx, { ids: [id], updates: { title: "X" } }),
        ),
      () => caller.mutation((ctx) => searched.batchRemove(ctx, { ids: [id] })),
    ]) {
      expect(await refused(t, batch)).toMatchObject({
        errors: [{ index: 0, error: { code: "NOT_FOUND" } }],
      });
    }
  }
});

test("the trash is its owner's: nobody else lists, restores or purges it", async () => {
  const t = deploy();
  const { ada, bob, nobody } = people(t);
  const id = await seed(t, "ada", { isPublic: true, status: "published" });
  await ada.mutation((ctx) => docs.remove(ctx, { id }));
  const { page } = await bob.query((ctx) =>
    docs.listTrash(ctx, { paginationOpts }),
  );
  expect(page).toEqual([]);
  for (const [caller, code] of [
    [bob, "NOT_FOUND"],
    [nobody, "UNAUTHORIZED"],
  ] as const) {
    for (const write of [
      () => caller.mutation((ctx) => docs.restore(ctx, { id })),
      () => caller.mutation((ctx) => docs.purge(ctx, { id })),
    ]) {
      expect((await refused(t, write)).code).toBe(code);
    }
  }
});

test("what is not in the trash is neither restored nor purged", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await seed(t, "ada");
  for (const write of [
    () => ada.mutation((ctx) => docs.restore(ctx, { id })),
    () => ada.mutation((ctx) => docs.purge(ctx, { id })),
  ]) {
    expect(await refused(t, write)).toMatchObject({ code: "NOT_FOUND" });
  }
});

test("the trash is paged like any list, newest removal first", async () => {
  const t = deploy();
  const { ada } = people(t);
  const ids = await seedMany(t, "ada", 5);
  await seedMany(t, "ada", 2);
  for (const id of ids) {
    vi.advanceTimersByTime(1);
    await ada.mutation((ctx) => docs.remove(ctx, { id }));
  }
  const pages = await walkAll(
    (paginationOpts) =>
      ada.query((ctx) => docs.listTrash(ctx, { paginationOpts })),
    2,
  );
  expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(pages.flat()).toEqual(ids.reverse());
});

test("the system lists, restores and purges anybody's trash, naming whose", async () => {
  const t = deploy();
  const system = docs.asSystem("test");
  const id = await seed(t, "ada");
  await t.mutation((ctx) => system.remove(ctx, { id }));
  const { page } = await t.query((ctx) =>
    system.listTrash(ctx, { ownerId: "ada", paginationOpts }),
  );
  expect(page).toMatchObject([{ _id: id }]);
  expect(await t.query((ctx) => system.get(ctx, { id }))).toBeNull();
  await t.mutation((ctx) => system.purge(ctx, { id }));
  expect(await rows(t)).toEqual([]);
});

test("no answer of the access hook reaches into the trash", async () => {
  const t = deploy();
  const { bob } = people(t);
  const options = { fields, identify, trash: true };
  const open = new Docs(components.docs, { ...options, access: () => true });
  const id = await seed(t, "ada");
  await t.mutation((ctx) => open.as("ada").remove(ctx, { id }));
  expect(await bob.query((ctx) => open.get(ctx, { id }))).toBeNull();
  for (const attempt of [
    () => bob.mutation((ctx) => open.update(ctx, { id, title: "X" })),
    () => bob.mutation((ctx) => open.remove(ctx, { id })),
    () => bob.mutation((ctx) => open.transfer(ctx, { id, to: "bob" })),
    () => bob.mutation((ctx) => open.restore(ctx, { id })),
    () => bob.mutation((ctx) => open.purge(ctx, { id })),
  ]) {
    expect(await refused(t, attempt)).toMatchObject({ code: "NOT_FOUND" });
  }
});
