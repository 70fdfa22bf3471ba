/**
 * The ready-made public functions, called as a client calls them: by name, through JSON.
 */
import { makeFunctionReference, type FunctionReference } from "convex/server";
import { describe, expect, test } from "vitest";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  fields,
  identify,
  people,
  seed,
  type Caller,
} from "../support/host.js";
import { blamed, refusal, refused } from "../support/refusals.js";
import { row, rows } from "../support/stored.js";

const docs = new Docs(components.docs, {
  fields,
  identify,
  trash: true,
  search: ["title"],
});
const functions = docs.api();
type Name = keyof typeof functions;

/** Whatever a client may send under a function's name. */
type Loose<Kind extends "query" | "mutation"> = FunctionReference<
  Kind,
  "public",
  Record<string, unknown>,
  unknown
>;
const queries: Name[] = [
  "get",
  "getMany",
  "getByKey",
  "can",
  "list",
  "listPublic",
  "listTrash",
  "count",
  "search",
  "bulkStatus",
];

async function call(caller: Caller, name: Name, args: object) {
  const path = `documents:${name}`;
  const sent = args as Record<string, unknown>;
  if (queries.includes(name)) {
    const query = makeFunctionReference(path) as unknown as Loose<"query">;
    return await caller.query(query, sent);
  }
  const mutation = makeFunctionReference(path) as unknown as Loose<"mutation">;
  return await caller.mutation(mutation, sent);
}

function deployApi() {
  const modules = { "./convex/documents.ts": () => Promise.resolve(functions) };
  return deploy({ modules });
}

const page = (numItems: unknown, cursor: unknown = null) => ({
  paginationOpts: { numItems, cursor },
});

test("every function does what its method does", async () => {
  const t = deployApi();
  const { ada, bob, nobody } = people(t);
  const written = await call(ada, "create", {
    title: "Plan",
    content: "",
    key: "k",
    status: "published",
    isPublic: true,
  });
  const { id } = written as { id: string };
  expect(written).toEqual({ id, version: 1 });
  expect(await call(nobody, "get", { id })).toMatchObject({ title: "Plan" });
  expect(await call(bob, "getMany", { ids: ["x", id] })).toMatchObject([
    null,
    { _id: id },
  ]);
  expect(await call(ada, "getByKey", { key: "k" })).toMatchObject({ _id: id });
  expect(await call(bob, "can", { id, operation: "update" })).toEqual({
    allowed: false,
    role: "public",
    code: "FORBIDDEN",
  });
  expect(await call(ada, "list", page(5))).toMatchObject({
    page: [{ _id: id }],
    isDone: true,
  });
  expect(await call(nobody, "listPublic", page(5))).toMatchObject({
    page: [{ _id: id }],
  });
  expect(await call(ada, "search", { query: "plan" })).toMatchObject([
    { _id: id },
  ]);
  expect(await call(ada, "count", {})).toEqual({ count: 1, more: false });
  expect(await call(ada, "update", { id, title: "B" })).toEqual({
    id,
    version: 2,
  });
  await call(ada, "remove", { id });
  expect(await call(ada, "listTrash", page(5))).toMatchObject({
    page: [{ _id: id }],
  });
  await call(ada, "restore", { id });
  await call(ada, "transfer", { id, to: "bob" });
  await call(bob, "remove", { id, ifVersion: 5 });
  expect(await call(bob, "purge", { id })).toEqual({ id, version: 6 });
  const items = [
    { title: "A", content: "" },
    { title: "B", content: "" },
  ];
  const batch = await call(ada, "batchCreate", { items });
  const ids = (batch as { results: { id: string }[] }).results.map(
    (result) => result.id,
  );
  expect(
    await call(ada, "batchUpdate", { ids, updates: { status: "archived" } }),
  ).toMatchObject({ succeeded: 2, failed: 0 });
  expect(
    await call(ada, "batchRemove", { ids: [...ids, "x"], mode: "partial" }),
  ).toMatchObject({ succeeded: 2, failed: 1 });
});

describe("bad ids and bad objects are answered with a code, not with a server error", () => {
  const id = "x";
  const bad: [Name, object, string[]][] = [
    ["create", {}, ["content", "title"]],
    ["create", { title: 5, content: "", extra: 1 }, ["extra", "title"]],
    ["create", { title: "A", content: "", ownerId: "bob" }, ["ownerId"]],
    ["create", { title: "A", content: "", status: "gone" }, ["status"]],
    ["create", { title: "A", content: "", isPublic: 1 }, ["isPublic"]],
    ["create", { title: "A", content: "", tags: ["a", 2] }, ["tags.1"]],
    ["create", { title: "A", content: "", key: "" }, ["key"]],
    ["create", { title: "A", content: "", ifExists: "x" }, ["ifExists"]],
    ["update", { title: "A" }, ["id"]],
    ["update", { id, ifVersion: "1" }, ["ifVersion"]],
    ["update", { id, unset: ["title"] }, ["unset.0"]],
    ["update", { id, version: 7 }, ["version"]],
    ["remove", { id: null }, ["id"]],
    ["restore", { id: ["x"] }, ["id"]],
    ["purge", {}, ["id"]],
    ["transfer", { id }, ["to"]],
    ["transfer", { id, to: "" }, ["to"]],
    ["batchCreate", { items: "all" }, ["items"]],
    ["batchCreate", { items: [5] }, ["items.0"]],
    ["batchUpdate", {}, ["items"]],
    ["batchUpdate", { ids: [id] }, ["updates"]],
    ["batchUpdate", { ids: [id], updates: {}, items: [] }, ["items"]],
    ["batchUpdate", { items: [{ id, unset: [5] }] }, ["items.0.unset.0"]],
    ["batchRemove", { ids: [id, 5] }, ["ids.1"]],
    ["batchRemove", { ids: [id], mode: "all" }, ["mode"]],
    ["get", { id: 5 }, ["id"]],
    ["getMany", { ids: "x" }, ["ids"]],
    ["getByKey", {}, ["key"]],
    ["list", {}, ["paginationOpts"]],
    ["list", { ...page(5), ownerId: "bob" }, ["ownerId"]],
    ["list", { ...page(5), order: "random" }, ["order"]],
    ["list", page("5"), ["paginationOpts.numItems"]],
    ["list", page(NaN), ["paginationOpts.numItems"]],
    ["list", page(0), ["paginationOpts.numItems"]],
    ["list", page(1.5), ["paginationOpts.numItems"]],
    ["list", page(5, 5), ["paginationOpts.cursor"]],
    ["listPublic", { ...page(5), status: "draft" }, ["status"]],
    ["listTrash", page(-1), ["paginationOpts.numItems"]],
    ["count", { upTo: 0 }, ["upTo"]],
    ["count", { upTo: 1e9 }, ["upTo"]],
    ["search", { query: 5 }, ["query"]],
    ["search", { query: "x", limit: 0.5 }, ["limit"]],
    ["search", { query: "x", scope: "trash" }, ["scope"]],
    ["search", { query: "x", ownerId: "bob" }, ["ownerId"]],
  ];
  test.each(bad)("%s %j", async (name, args, paths) => {
    const t = deployApi();
    await seed(t, "ada");
    const data = await refused(t, () => call(people(t).ada, name, args));
    expect(blamed(data).sort()).toEqual(paths);
  });

  const targets: [Name, object][] = [
    ["update", { title: "B" }],
    ["remove", {}],
    ["restore", {}],
    ["purge", {}],
    ["transfer", { to: "bob" }],
  ];
  test.each(targets)("%s of an id that is none", async (name, args) => {
    const t = deployApi();
    const host = await t.run((ctx) => ctx.db.insert("audit", { line: "x" }));
    for (const id of ["x", "", "🙂", host, "9".repeat(300_000), "{}"]) {
      const data = await refused(t, () =>
        call(people(t).ada, name, { ...args, id }),
      );
      expect(data.code).toBe("NOT_FOUND");
    }
  });

  test("reads of ids that are none find nothing", async () => {
    const t = deployApi();
    for (const id of ["x", "", "🙂", "9".repeat(300_000)]) {
      expect(await call(people(t).ada, "get", { id })).toBeNull();
    }
  });
});

test("signed out: writes and own lists are UNAUTHORIZED, by name as by method", async () => {
  const t = deployApi();
  const id = await seed(t, "ada", { isPublic: true, status: "published" });
  const calls: [Name, object][] = [
    ["create", { title: "A", content: "" }],
    ["update", { id, title: "B" }],
    ["remove", { id }],
    ["batchRemove", { ids: [id] }],
    ["list", page(5)],
    ["count", {}],
  ];
  for (const [name, args] of calls) {
    const data = await refused(t, () => call(t, name, args));
    expect(data.code).toBe("UNAUTHORIZED");
  }
});

test("a row written before the fields changed is served, alone and among others", async () => {
  const t = deployApi();
  const id = await seed(t, "ada");
  await t.mutation(async (ctx) => {
    const before = new Docs(components.docs, { fields: {}, identify });
    await before.as("ada").create(ctx, {});
  });
  const stored = await rows(t);
  const old = stored.find(({ _id }) => _id !== id)!;
  const { ada } = people(t);
  expect(await call(ada, "get", { id: old._id })).toMatchObject({
    _id: old._id,
  });
  const listed = (await call(ada, "list", page(5))) as { page: unknown[] };
  expect(listed.page).toHaveLength(2);
  const data = await refusal(call(ada, "update", { id: old._id, title: "A" }));
  expect(blamed(data)).toEqual(["content"]);
  await call(ada, "update", { id: old._id, title: "A", content: "" });
  expect(await row(t, old._id)).toMatchObject({ version: 2 });
});
