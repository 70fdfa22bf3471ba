import { expect, test } from "vitest";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  docs,
  fields,
  identify,
  people,
  seed,
  seedMany,
  type Deployment,
} from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";
import { fill, row, rows } from "../support/stored.js";

const searched = new Docs(components.docs, {
  fields,
  identify,
  search: ["title", "content"],
});

async function write(t: Deployment, owner: string, args: object) {
  const { id } = await t.mutation((ctx) =>
    searched.as(owner).create(ctx, { title: "Plan", content: "", ...args }),
  );
  return id;
}

test("a search finds the caller's own by the declared fields, and nobody else's", async () => {
  const t = deploy();
  const { ada } = people(t);
  const byTitle = await write(t, "ada", { title: "Quarterly report" });
  const byContent = await write(t, "ada", { content: "a quarterly thing" });
  await write(t, "ada", { summary: "quarterly" });
  await write(t, "bob", {
    title: "quarterly",
    isPublic: true,
    status: "published",
  });
  const found = await ada.query((ctx) =>
    searched.search(ctx, { query: "quarterly" }),
  );
  expect(found.map(({ _id }) => _id).sort()).toEqual(
    [byTitle, byContent].sort(),
  );
  for (const document of found)
    expect(document).not.toHaveProperty("searchText");
});

test("a public search finds what anybody may read, signed in or not", async () => {
  const t = deploy();
  const { nobody, bob } = people(t);
  const seen = await write(t, "ada", {
    title: "quarterly",
    isPublic: true,
    status: "published",
  });
  await write(t, "ada", { title: "quarterly", isPublic: true });
  await write(t, "ada", { title: "quarterly", status: "published" });
  await write(t, "bob", { title: "quarterly" });
  for (const caller of [nobody, bob]) {
    const found = await caller.query((ctx) =>
      searched.search(ctx, { query: "quarterly", scope: "public" }),
    );
    expect(found.map(({ _id }) => _id)).toEqual([seen]);
  }
});

test("the text follows the document: a changed or unset field is found no more", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await write(t, "ada", { title: "before" });
  await ada.mutation((ctx) => searched.update(ctx, { id, title: "after" }));
  const find = (query: string) =>
    ada.query((ctx) => searched.search(ctx, { query }));
  expect(await find("before")).toEqual([]);
  expect(await find("after")).toMatchObject([{ _id: id }]);
  const transferred = await write(t, "ada", { title: "given" });
  await ada.mutation((ctx) =>
    searched.transfer(ctx, { id: transferred, to: "bob" }),
  );
  expect(await find("given")).toEqual([]);
  expect(
    await people(t).bob.query((ctx) =>
      searched.search(ctx, { query: "given" }),
    ),
  ).toMatchObject([{ _id: transferred }]);
});

test("a status and a limit narrow it", async () => {
  const t = deploy();
  const { ada } = people(t);
  for (let n = 0; n < 25; n++) {
    const status = n % 2 ? "published" : "draft";
    await write(t, "ada", { title: `plan ${n}`, status });
  }
  const find = (args: object) =>
    ada.query((ctx) => searched.search(ctx, { query: "plan", ...args }));
  expect(await find({})).toHaveLength(20);
  expect(await find({ limit: 100 })).toHaveLength(25);
  expect(await find({ limit: 3 })).toHaveLength(3);
  const published = await find({ status: "published", limit: 100 });
  expect(new Set(published.map(({ status }) => status))).toEqual(
    new Set(["published"]),
  );
  expect(published).toHaveLength(12);
});

test.each([NaN, 0, -1, 1.5, 101, 1e9])(
  "a limit of %d is refused by name",
  async (limit) => {
    const t = deploy();
    const { ada } = people(t);
    const data = await refused(t, () =>
      ada.query((ctx) => searched.search(ctx, { query: "x", limit })),
    );
    expect(blamed(data)).toEqual(["limit"]);
  },
);

test("an empty query finds nothing, and only for somebody who may search", async () => {
  const t = deploy();
  const { ada, nobody } = people(t);
  await write(t, "ada", { title: "x" });
  for (const query of ["", "   "]) {
    expect(await ada.query((ctx) => searched.search(ctx, { query }))).toEqual(
      [],
    );
    const unsigned = await refused(t, () =>
      nobody.query((ctx) => searched.search(ctx, { query })),
    );
    expect(unsigned.code).toBe("UNAUTHORIZED");
  }
});

test("results stop at 4 MiB of documents", async () => {
  const t = deploy();
  const { ada } = people(t);
  const content = "x".repeat(200_000);
  for (let n = 0; n < 25; n++) await write(t, "ada", { title: "big", content });
  const found = await ada.query((ctx) =>
    searched.search(ctx, { query: "big", limit: 100 }),
  );
  expect(found.length).toBeGreaterThan(10);
  expect(found.length).toBeLessThan(25);
});

test("without fields to search there is no text to store, and a search says what is missing", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await seed(t, "ada");
  expect(await row(t, id)).not.toHaveProperty("searchText");
  await expect(
    ada.query((ctx) => docs.search(ctx, { query: "plan" })),
  ).rejects.toThrow(/convex-docs: .*search/);
});

test("only so much of the text is kept to be found", async () => {
  const t = deploy();
  await write(t, "ada", { title: "t", content: "x".repeat(100_000) });
  const [stored] = await rows(t);
  expect(String(stored!["searchText"]).length).toBe(32 * 1024);
});

test("count counts the caller's own outside the trash, by status, up to a bound", async () => {
  const t = deploy();
  const { ada } = people(t);
  await seedMany(t, "ada", 7);
  await seedMany(t, "ada", 3, { status: "published", isPublic: true });
  await seedMany(t, "bob", 2);
  const count = (args: object) => ada.query((ctx) => docs.count(ctx, args));
  expect(await count({})).toEqual({ count: 10, more: false });
  expect(await count({ status: "draft" })).toEqual({ count: 7, more: false });
  expect(await count({ upTo: 10 })).toEqual({ count: 10, more: false });
  expect(await count({ upTo: 9 })).toEqual({ count: 9, more: true });
  for (const upTo of [NaN, 0, 1.5, 1001, 1e9]) {
    const data = await refused(t, () => count({ upTo }));
    expect(blamed(data)).toEqual(["upTo"]);
  }
});

test("what a count costs is bounded however many there are", async () => {
  const t = deploy();
  await fill(t, "ada", 5000);
  const cost = await people(t).ada.query(async (ctx) => {
    const counted = await docs.count(ctx, {});
    const metrics = await ctx.meta.getTransactionMetrics();
    return {
      ...counted,
      queries: metrics.databaseQueries.used,
      reads: metrics.documentsRead.used,
    };
  });
  expect(cost).toEqual({ count: 100, more: true, queries: 1, reads: 101 });
});
