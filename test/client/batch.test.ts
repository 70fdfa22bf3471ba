import { v } from "convex/values";
import { describe, expect, test } from "vitest";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  docs,
  docsWithTrash,
  fields,
  identify,
  people,
  seed,
  seedMany,
} from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";
import { row, rows } from "../support/stored.js";

const draft = (title: string) => ({ title, content: "" });

describe("a batch checks the owner of each document", () => {
  test.each([
    ["first", 0],
    ["in the middle", 2],
    ["last", 4],
  ])(
    "a foreign id that stands %s refuses the whole batch",
    async (_, place) => {
      const t = deploy();
      const { ada } = people(t);
      const ids = await seedMany(t, "ada", 4);
      const foreign = await seed(t, "bob");
      ids.splice(place, 0, foreign);
      const attempts = [
        () =>
          ada.mutation((ctx) =>
            docs.batchUpdate(ctx, { ids, updates: { status: "archived" } }),
          ),
        () =>
          ada.mutation((ctx) =>
            docs.batchUpdate(ctx, {
              items: ids.map((id) => ({ id, title: "mine" })),
            }),
          ),
        () => ada.mutation((ctx) => docs.batchRemove(ctx, { ids })),
        () => ada.mutation((ctx) => docsWithTrash.batchRemove(ctx, { ids })),
      ];
      for (const attempt of attempts) {
        expect(await refused(t, attempt)).toMatchObject({
          code: "BATCH_FAILED",
          errors: [
            { index: place, error: { code: "NOT_FOUND", documentId: foreign } },
          ],
        });
      }
    },
  );

  test("in partial mode the foreign item alone fails, in its place", async () => {
    const t = deploy();
    const { ada } = people(t);
    const [first, last] = await seedMany(t, "ada", 2);
    const foreign = await seed(t, "bob");
    const seen = await seed(t, "bob", { isPublic: true, status: "published" });
    const ids = [first!, foreign, seen, last!];
    const result = await ada.mutation((ctx) =>
      docs.batchUpdate(ctx, { ids, updates: draft("X"), mode: "partial" }),
    );
    expect(result).toMatchObject({
      results: [
        { ok: true, id: first, version: 2 },
        { ok: false, error: { code: "NOT_FOUND", documentId: foreign } },
        { ok: false, error: { code: "FORBIDDEN", documentId: seen } },
        { ok: true, id: last, version: 2 },
      ],
      succeeded: 2,
      failed: 2,
    });
    expect(await row(t, foreign)).toMatchObject({ version: 1 });
    expect(await row(t, seen)).toMatchObject({ version: 1 });
  });
});

test("in partial mode the good items are written and the bad ones are data", async () => {
  const t = deploy();
  const { ada } = people(t);
  const [a, b, c] = await seedMany(t, "ada", 3);
  const { results, succeeded, failed } = await ada.mutation((ctx) =>
    docs.batchUpdate(ctx, {
      mode: "partial",
      items: [
        { id: a!, title: "A", ifVersion: 1 },
        { id: b!, title: "B", ifVersion: 9 },
        { id: c!, content: "x".repeat(300_000) },
        { id: "gone", title: "D" },
        { id: a!, title: "again" },
      ],
    }),
  );
  expect(results.map((item) => (item.ok ? item.version : item.error))).toEqual([
    2,
    expect.objectContaining({ code: "CONFLICT", expected: 9, actual: 1 }),
    expect.objectContaining({
      code: "VALIDATION_FAILED",
      issues: [expect.objectContaining({ path: "content" })],
    }),
    expect.objectContaining({ code: "NOT_FOUND" }),
    expect.objectContaining({ code: "DUPLICATE_ID", documentId: a }),
  ]);
  expect({ succeeded, failed }).toEqual({ succeeded: 1, failed: 4 });
  expect(await row(t, a!)).toMatchObject({ fields: { title: "A" } });
});

test("all or nothing, every failure is in one refusal, by index", async () => {
  const t = deploy();
  const { ada } = people(t);
  const [a, b] = await seedMany(t, "ada", 2);
  const data = await refused(t, () =>
    ada.mutation((ctx) =>
      docs.batchUpdate(ctx, {
        items: [
          { id: a!, title: "A" },
          { id: b!, title: "B", ifVersion: 9 },
          { id: "gone" },
          { id: a!, title: "again" },
        ],
      }),
    ),
  );
  expect(data).toMatchObject({
    code: "BATCH_FAILED",
    errors: [
      { index: 1, error: { code: "CONFLICT" } },
      { index: 2, error: { code: "NOT_FOUND" } },
      { index: 3, error: { code: "DUPLICATE_ID" } },
    ],
  });
});

test("nothing is written until every item has been judged", async () => {
  const t = deploy();
  const { ada } = people(t);
  const loose = new Docs(components.docs, {
    fields: { ...fields, extra: v.optional(v.any()) },
    identify,
  });
  // Each of these would fail in the database itself, as the last of many writes.
  const bad: [unknown, string][] = [
    [{ a: { $x: 1 } }, "extra.a.$x"],
    [{ ä: 1 }, "extra.ä"],
    [[new Date()], "extra.0"],
    [2n ** 64n, "extra"],
  ];
  for (const [extra, path] of bad) {
    const items = [draft("A"), draft("B"), { ...draft("C"), extra }];
    const data = await refused(t, () =>
      ada.mutation((ctx) => loose.batchCreate(ctx, { items, mode: "partial" })),
    );
    expect(blamed(data)).toEqual([`items.2.${path}`]);
  }
});

test("a batch creates its items in order, drafts and keys and all", async () => {
  const t = deploy();
  const { ada } = people(t);
  const { results } = await ada.mutation((ctx) =>
    docs.batchCreate(ctx, {
      items: [
        draft("A"),
        { ...draft("B"), key: "b", status: "published" },
        { ...draft("C"), isPublic: true },
      ],
    }),
  );
  const stored = await rows(t);
  expect(stored.map(({ _id }) => ({ ok: true, id: _id, version: 1 }))).toEqual(
    results,
  );
  expect(stored).toMatchObject([
    { fields: { title: "A" }, status: "draft" },
    { key: "b", status: "published" },
    { isPublic: true },
  ]);
});

test("a batch removes, and with a trash trashes", async () => {
  const t = deploy();
  const { ada } = people(t);
  const [a, b] = await seedMany(t, "ada", 2);
  await ada.mutation((ctx) => docs.batchRemove(ctx, { ids: [a!] }));
  await ada.mutation((ctx) => docsWithTrash.batchRemove(ctx, { ids: [b!] }));
  expect(await rows(t)).toMatchObject([{ _id: b, trashed: true, version: 2 }]);
});

test("unchanged items of a batch keep their versions", async () => {
  const t = deploy();
  const { ada } = people(t);
  const ids = await seedMany(t, "ada", 2);
  const items = [{ id: ids[0]!, title: "new" }, { id: ids[1]! }];
  const { results } = await ada.mutation((ctx) =>
    docs.batchUpdate(ctx, { items }),
  );
  expect(results).toMatchObject([{ version: 2 }, { version: 1 }]);
});

test("an empty batch does nothing and says so", async () => {
  const t = deploy();
  const { ada } = people(t);
  const nothing = { results: [], succeeded: 0, failed: 0 };
  expect(
    await ada.mutation((ctx) => docs.batchRemove(ctx, { ids: [] })),
  ).toEqual(nothing);
  expect(
    await ada.mutation((ctx) =>
      docs.batchCreate(ctx, { items: [], mode: "partial" }),
    ),
  ).toEqual(nothing);
});

test("more items than the host allows are refused before they are looked at", async () => {
  const t = deploy();
  const { ada } = people(t);
  const small = new Docs(components.docs, {
    fields,
    identify,
    maxBatchItems: 2,
  });
  const items = Array(3).fill("not even an object") as never[];
  const data = await refused(t, () =>
    ada.mutation((ctx) => small.batchCreate(ctx, { items })),
  );
  expect(data).toMatchObject({
    code: "BATCH_TOO_LARGE",
    what: "items",
    limit: 2,
    got: 3,
  });
  const ids = Array.from({ length: 101 }, (_, n) => `id${n}`);
  expect(
    await refused(t, () =>
      ada.mutation((ctx) => docs.batchRemove(ctx, { ids })),
    ),
  ).toMatchObject({ code: "BATCH_TOO_LARGE", limit: 100, got: 101 });
});
