import { expect, test } from "vitest";
import { Docs, type AccessRequest } from "../../src/client/index.js";
import {
  components,
  deploy,
  docsWithTrash,
  fields,
  identify,
  people,
  seed,
  seedMany,
} from "../support/host.js";
import { walkAll } from "../support/pages.js";
import { anonymous, blamed, refused } from "../support/refusals.js";
import { row, rows } from "../support/stored.js";

type Ask = AccessRequest<typeof fields>;

/** Shared by its tags: `read:bob` lets Bob read, `lock` keeps its owner from changing it, `hide` from reading it. */
const shared = new Docs(components.docs, {
  fields,
  identify,
  trash: true,
  access: (_ctx, { operation, document, userId, byDefault }: Ask) => {
    const { tags = [] } = document;
    if (tags.includes("hide")) return false;
    if (tags.includes("lock") && operation !== "read") return false;
    return byDefault || tags.includes(`${operation}:${String(userId)}`);
  },
});
const paginationOpts = { numItems: 10, cursor: null };

test("the hook says yes to somebody who is not the owner, for what it says and no more", async () => {
  const t = deploy();
  const { bob } = people(t);
  const id = await seed(t, "ada", { tags: ["read:bob", "update:bob"] });
  const seen = await bob.query((ctx) => shared.get(ctx, { id }));
  expect(seen).toMatchObject({ _id: id, ownerId: "ada" });
  expect(
    await bob.query((ctx) => shared.getMany(ctx, { ids: ["x", id] })),
  ).toMatchObject([null, { _id: id }]);
  expect(
    await bob.mutation((ctx) => shared.update(ctx, { id, title: "Bob's" })),
  ).toEqual({ id, version: 2 });
  expect(await row(t, id)).toMatchObject({ ownerId: "ada" });
  for (const attempt of [
    () => bob.mutation((ctx) => shared.remove(ctx, { id })),
    () => bob.mutation((ctx) => shared.transfer(ctx, { id, to: "bob" })),
  ]) {
    expect(await refused(t, attempt)).toMatchObject({ code: "FORBIDDEN" });
  }
});

test("the hook says no to the owner", async () => {
  const t = deploy();
  const { ada } = people(t);
  const locked = await seed(t, "ada", { tags: ["lock"] });
  const hidden = await seed(t, "ada", { tags: ["hide"], key: "hidden" });
  const update = (id: string) => () =>
    ada.mutation((ctx) => shared.update(ctx, { id, title: "X" }));
  expect(await refused(t, update(locked))).toMatchObject({ code: "FORBIDDEN" });
  const answer = anonymous(await refused(t, update(hidden)), hidden);
  expect(answer).toBe(anonymous(await refused(t, update("gone")), "gone"));
  expect(
    await ada.query((ctx) => shared.getMany(ctx, { ids: [locked, hidden] })),
  ).toMatchObject([{ _id: locked }, null]);
  expect(
    await ada.query((ctx) => shared.getByKey(ctx, { key: "hidden" })),
  ).toBeNull();
});

test("a key is no way around the hook: what it locks or hides is not changed or returned through one", async () => {
  const t = deploy();
  const { ada } = people(t);
  await seed(t, "ada", { tags: ["lock"], key: "locked" });
  await seed(t, "ada", { tags: ["hide"], key: "hidden" });
  const upsert = (key: string, ifExists: "update" | "return") => () =>
    ada.mutation((ctx) =>
      shared.create(ctx, { title: "X", content: "", tags: [], key, ifExists }),
    );
  expect(await refused(t, upsert("locked", "update"))).toMatchObject({
    code: "FORBIDDEN",
  });
  await refused(t, upsert("hidden", "update"));
  await refused(t, upsert("hidden", "return"));
});

test("a write that the hook allows on what it hides is written, and one it refuses is not there", async () => {
  const t = deploy();
  const { bob } = people(t);
  const blind = await seed(t, "ada", { tags: ["update:bob"] });
  const secret = await seed(t, "ada");
  const update = (id: string) =>
    bob.mutation((ctx) => shared.update(ctx, { id, content: "dropped in" }));
  expect(await update(blind)).toEqual({ id: blind, version: 2 });
  expect(await bob.query((ctx) => shared.get(ctx, { id: blind }))).toBeNull();
  expect(await refused(t, () => update(secret))).toMatchObject({
    code: "NOT_FOUND",
  });
});

test("lists leave out what the hook hides, and walk on behind it", async () => {
  const t = deploy();
  const { ada } = people(t);
  for (const tags of [["a"], ["hide"], ["b"], ["hide"], ["c"]]) {
    await seed(t, "ada", { tags, status: "published", isPublic: true });
  }
  const shownIds = (await rows(t))
    .filter(({ fields }) => !JSON.stringify(fields).includes("hide"))
    .map(({ _id }) => _id);
  for (const list of ["list", "listPublic"] as const) {
    const pages = await walkAll(
      (paginationOpts) =>
        ada.query((ctx) => shared[list](ctx, { order: "asc", paginationOpts })),
      2,
    );
    expect(pages.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(pages.flat()).toEqual(shownIds);
  }
});

test("batches ask for each item: atomic refuses all, partial writes what is allowed", async () => {
  const t = deploy();
  const { bob } = people(t);
  const [yes] = await seedMany(t, "ada", 1, { tags: ["update:bob"] });
  const [see] = await seedMany(t, "ada", 1, { tags: ["read:bob"] });
  const [no] = await seedMany(t, "ada", 1);
  const [own] = await seedMany(t, "bob", 1);
  const ids = [yes!, see!, no!, own!, "gone"];
  const batch = (mode: "atomic" | "partial") =>
    bob.mutation((ctx) =>
      shared.batchUpdate(ctx, { ids, updates: { title: "X" }, mode }),
    );
  const refusals = [
    { index: 1, error: { code: "FORBIDDEN", documentId: see } },
    { index: 2, error: { code: "NOT_FOUND", documentId: no } },
    { index: 4, error: { code: "NOT_FOUND", documentId: "gone" } },
  ];
  expect(await refused(t, () => batch("atomic"))).toMatchObject({
    code: "BATCH_FAILED",
    errors: refusals,
  });
  const { results, succeeded } = await batch("partial");
  expect(succeeded).toBe(2);
  expect(results.map(({ ok }) => ok)).toEqual([
    true,
    false,
    false,
    true,
    false,
  ]);
  expect(await row(t, yes!)).toMatchObject({ version: 2, ownerId: "ada" });
});

test("in partial mode an item that the component refuses does not take the others with it", async () => {
  const t = deploy();
  const { ada } = people(t);
  const [a, b, c] = await seedMany(t, "ada", 3);
  const { results } = await ada.mutation((ctx) =>
    shared.batchUpdate(ctx, {
      mode: "partial",
      items: [
        { id: a!, title: "A" },
        { id: b!, title: "B", ifVersion: 9 },
        { id: c!, content: "x".repeat(300_000) },
        { id: a!, title: "again" },
      ],
    }),
  );
  expect(results).toMatchObject([
    { ok: true, version: 2 },
    { ok: false, error: { code: "CONFLICT", expected: 9, actual: 1 } },
    { ok: false, error: { code: "VALIDATION_FAILED" } },
    { ok: false, error: { code: "DUPLICATE_ID" } },
  ]);
});

test("a second mention is a duplicate whatever became of the first", async () => {
  const t = deploy();
  const { bob } = people(t);
  const id = await seed(t, "ada");
  const { results } = await bob.mutation((ctx) =>
    shared.batchRemove(ctx, { ids: [id, id], mode: "partial" }),
  );
  const plain = await bob.mutation((ctx) =>
    docsWithTrash.batchRemove(ctx, { ids: [id, id], mode: "partial" }),
  );
  expect(results).toEqual(plain.results);
});

test("the hook hears who asks for what, what the default would be, and nothing of the trash or the system", async () => {
  const t = deploy();
  const asked: [string, string | null, boolean][] = [];
  const listening = new Docs(components.docs, {
    fields,
    identify,
    trash: true,
    access: (_ctx, { operation, userId, byDefault }: Ask) => {
      asked.push([operation, userId, byDefault]);
      return byDefault;
    },
  });
  const { ada, bob, nobody } = people(t);
  const id = await seed(t, "ada");
  await nobody.query((ctx) => listening.get(ctx, { id }));
  await refused(t, () => bob.mutation((ctx) => listening.update(ctx, { id })));
  await ada.mutation((ctx) => listening.update(ctx, { id, title: "B" }));
  await ada.mutation((ctx) => listening.remove(ctx, { id }));
  await ada.query((ctx) => listening.listTrash(ctx, { paginationOpts }));
  await ada.mutation((ctx) => listening.restore(ctx, { id }));
  await t.mutation((ctx) =>
    listening.asSystem("nightly").update(ctx, { id, title: "C" }),
  );
  expect(asked).toEqual([
    ["read", null, false],
    ["update", "bob", false],
    ["read", "bob", false],
    ["update", "ada", true],
    ["remove", "ada", true],
  ]);
});

test("nobody signed in writes nothing, whatever the hook would say", async () => {
  const t = deploy();
  const open = new Docs(components.docs, {
    fields,
    identify,
    access: () => true,
  });
  const id = await seed(t, "ada");
  for (const attempt of [
    () => t.mutation((ctx) => open.update(ctx, { id, title: "X" })),
    () => t.mutation((ctx) => open.batchRemove(ctx, { ids: [id] })),
  ]) {
    expect((await refused(t, attempt)).code).toBe("UNAUTHORIZED");
  }
});

const locked = new Docs(components.docs, {
  fields,
  identify,
  search: ["title"],
  access: (_ctx, { document, byDefault }) =>
    byDefault && document.content !== "locked",
});

test("what the hook hides takes no place in a search, and does not count", async () => {
  const t = deploy();
  const { ada } = people(t);
  const items = Array.from({ length: 25 }, (_, n) => ({
    title: "plan",
    content: n < 22 ? "locked" : "open",
    status: "published" as const,
    isPublic: true,
  }));
  await ada.mutation((ctx) => locked.batchCreate(ctx, { items }));
  const search = (args: object) =>
    ada.query((ctx) => locked.search(ctx, { query: "plan", ...args }));
  expect(await search({})).toHaveLength(3);
  expect(await search({ scope: "public" })).toHaveLength(3);
  expect(await search({ limit: 2 })).toHaveLength(2);
  const count = (args: object) => ada.query((ctx) => locked.count(ctx, args));
  expect(await count({})).toEqual({ count: 3, more: false });
  expect(await count({ upTo: 3 })).toEqual({ count: 3, more: false });
  expect(await count({ upTo: 2 })).toEqual({ count: 2, more: true });
});

test("a cursor says nothing of a row that the hook hides, and the list goes on behind hundreds of them", async () => {
  const t = deploy();
  const { ada, nobody } = people(t);
  const isPublic = { isPublic: true, status: "published" as const };
  const shown = [await seed(t, "ada", isPublic)];
  const hide = { ...isPublic, content: "locked" };
  const hidden = await seedMany(t, "ada", 7, hide);
  shown.push(await seed(t, "ada", isPublic));
  hidden.push(...(await seedMany(t, "ada", 230, hide)));
  shown.push(await seed(t, "ada", isPublic));
  for (const order of ["asc", "desc"] as const) {
    for (const list of ["list", "listPublic"] as const) {
      const caller = list === "list" ? ada : nobody;
      const cursors: string[] = [];
      const pages = await walkAll(async (paginationOpts) => {
        const page = await caller.query((ctx) =>
          locked[list](ctx, { order, paginationOpts }),
        );
        cursors.push(page.continueCursor);
        return page;
      }, 2);
      const expected = order === "asc" ? shown : [...shown].reverse();
      expect(pages.flat()).toEqual(expected);
      for (const id of hidden) expect(cursors.join()).not.toContain(id);
    }
  }
}, 60_000);

test("a search of public documents takes no status: they are published", async () => {
  const t = deploy();
  const data = await refused(t, () =>
    t.query((ctx) =>
      locked.search(ctx, { query: "plan", scope: "public", status: "draft" }),
    ),
  );
  expect(blamed(data)).toEqual(["status"]);
});
