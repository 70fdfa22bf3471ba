import {
  makeFunctionReference,
  mutationGeneric,
  queryGeneric,
  type FunctionReference,
} from "convex/server";
import type { Infer } from "convex/values";
import { v } from "convex/values";
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
  type HostCtx,
} from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";
import { row } from "../support/stored.js";

const { validators } = docs;
/** The same documents after a deploy that declares no `summary`. */
const { summary: _summary, ...rest } = fields;
const after = new Docs(components.docs, { fields: rest, identify });

/** A host's own functions, checked by Convex itself. */
const own = {
  create: mutationGeneric({
    args: validators.create,
    returns: validators.written,
    handler: (ctx, args) => docs.create(ctx as unknown as HostCtx, args),
  }),
  update: mutationGeneric({
    args: validators.update,
    returns: validators.written,
    handler: (ctx, args) => docs.update(ctx as unknown as HostCtx, args),
  }),
  updateAfter: mutationGeneric({
    args: after.validators.update,
    returns: after.validators.written,
    handler: (ctx, args) => after.update(ctx as unknown as HostCtx, args),
  }),
  get: queryGeneric({
    args: { id: validators.id },
    returns: v.union(v.null(), validators.document),
    handler: (ctx, args) => docs.get(ctx, args),
  }),
  list: queryGeneric({
    args: {},
    returns: validators.page,
    handler: (ctx) =>
      docs.list(ctx, { paginationOpts: { numItems: 5, cursor: null } }),
  }),
};
type Page = Infer<typeof validators.page>;
const list: FunctionReference<
  "query",
  "public",
  Record<string, never>,
  Page
> = makeFunctionReference("own:list");
const call = (name: string) => makeFunctionReference<"mutation">(`own:${name}`);

function start() {
  const t = deploy({
    modules: { "./convex/own.ts": () => Promise.resolve(own) },
  });
  return { t, ...people(t) };
}

test("a host's functions take and return what the operations do", async () => {
  const { ada } = start();
  const every = {
    title: "Plan",
    content: "",
    summary: "s",
    tags: ["a"],
    status: "published",
    isPublic: true,
    pinned: true,
    expiresAt: 5e12,
    key: "plan",
  };
  const made = (await ada.mutation(call("create"), every)) as { id: string };
  await ada.mutation(call("update"), {
    id: made.id,
    ifVersion: 1,
    title: "Plan B",
    unset: ["summary", "tags"],
    expiresAt: null,
  });
  const { page } = await ada.query(list, {});
  expect(page).toMatchObject([{ _id: made.id, title: "Plan B", version: 2 }]);
  const get = makeFunctionReference<"query">("own:get");
  expect(await ada.query(get, { id: made.id })).toEqual(page[0]);
});

test("a document that has a retired field is saved, and loses it when that is asked", async () => {
  const { t, ada } = start();
  const id = await seed(t, "ada", { summary: "old" });
  await ada.mutation(call("updateAfter"), { id, title: "Plan B" });
  expect((await row(t, id))!["fields"]).toMatchObject({ summary: "old" });
  await ada.mutation(call("updateAfter"), { id, unset: ["summary"] });
  expect((await row(t, id))!["fields"]).toEqual({
    title: "Plan B",
    content: "",
  });
  const data = await refused(t, () =>
    ada.mutation(call("updateAfter"), { id, unset: ["summary", "title"] }),
  );
  expect(blamed(data)).toEqual(["unset.1"]);
});

test.each([
  ["create", { title: "Plan" }],
  ["create", { title: "Plan", content: "", ownerId: "bob" }],
  ["update", { id: "x", unset: [5] }],
  ["update", { title: "Plan" }],
])("Convex refuses what %s does not take: %j", async (name, args) => {
  const { t, ada } = start();
  await seed(t, "ada");
  await expect(ada.mutation(call(name), args)).rejects.toThrow(/Validator/);
});
