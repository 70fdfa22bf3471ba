/** `docs.api()` with builders of the host's. */
import {
  customCtx,
  customMutation,
  customQuery,
} from "convex-helpers/server/customFunctions";
import {
  makeFunctionReference,
  mutationGeneric,
  queryGeneric,
  type FunctionReference,
} from "convex/server";
import { v, type PropertyValidators } from "convex/values";
import { beforeEach, describe, expect, test } from "vitest";
import { Docs, docsError } from "../../src/client/index.js";
import { components, deploy, docs, fields, people } from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";
import { rows } from "../support/stored.js";

type Caller = ReturnType<typeof deploy>;
type Loose<Kind extends "query" | "mutation"> = FunctionReference<
  Kind,
  "public",
  Record<string, unknown>
>;

/** Calls as a client does: by name. */
function client(caller: Pick<Caller, "query" | "mutation">) {
  const at = (name: string) => `documents:${name}`;
  return {
    write: (name: string, args: object) =>
      caller.mutation(
        makeFunctionReference(at(name)) as unknown as Loose<"mutation">,
        { ...args },
      ),
    read: (name: string, args: object) =>
      caller.query(
        makeFunctionReference(at(name)) as unknown as Loose<"query">,
        { ...args },
      ),
  };
}

function serve(functions: object) {
  const t = deploy({
    modules: { "./convex/documents.ts": () => Promise.resolve(functions) },
  });
  return { t, ada: client(people(t).ada), nobody: client(t) };
}

/** What the builders have seen. */
let seen: string[] = [];
beforeEach(() => {
  seen = [];
});

const note = { title: "Plan", content: "" };
const paginationOpts = { numItems: 5, cursor: null };

/** Adds an argument, and leaves it among those of the function. */
const withSession = {
  args: { session: v.string() },
  input: (_ctx: object, { session }: { session: string }) => {
    seen.push(session);
    return Promise.resolve({ ctx: {}, args: { session } });
  },
};

describe("a builder that adds an argument", () => {
  const functions = docs.api({
    mutation: customMutation(mutationGeneric, withSession),
    query: customQuery(queryGeneric, withSession),
  });
  const session = "s1";

  test("sees it, and the operations take what they always take", async () => {
    const { ada } = serve(functions);
    const { id } = (await ada.write("create", { ...note, session })) as {
      id: string;
    };
    const updates = { status: "published" };
    await ada.write("batchUpdate", { ids: [id], updates, session });
    const items = [{ id, isPublic: true }];
    await ada.write("batchUpdate", { items, mode: "partial", session });
    await ada.write("update", { id, ifVersion: 3, title: "B", session });
    expect(await ada.read("get", { id, session })).toMatchObject({
      title: "B",
      status: "published",
      isPublic: true,
      version: 4,
    });
    expect(await ada.read("list", { paginationOpts, session })).toMatchObject({
      page: [{ _id: id }],
    });
    const bulk = { ids: [id], operation: "remove", session };
    const { jobId } = (await ada.write("startBulk", bulk)) as { jobId: string };
    await ada.read("bulkStatus", { jobId, session });
    expect(seen).toEqual(Array(8).fill(session));
  });

  test.each(Object.keys(functions))("is around %s", async (name) => {
    const { ada } = serve(functions);
    const isQuery = "isQuery" in functions[name as keyof typeof functions];
    const call = isQuery ? ada.read : ada.write;
    await expect(call(name, {})).rejects.toThrow(/session/);
  });

  test("takes nothing from the answer to bad values: all of them, at once", async () => {
    const { t, ada } = serve(functions);
    const data = await refused(t, () =>
      ada.write("create", { title: 5, tags: ["a", 7], session }),
    );
    expect(blamed(data).sort()).toEqual(["content", "tags.1", "title"]);
  });

  test("is around views", async () => {
    const viewed = new Docs(components.docs, {
      fields,
      identify: () => "ada",
      views: { title: { by: ["title"], unique: true } },
    });
    const { ada } = serve(
      viewed.api({
        mutation: customMutation(mutationGeneric, withSession),
        query: customQuery(queryGeneric, withSession),
      }),
    );
    await ada.write("create", { ...note, session });
    const where = { title: "Plan" };
    const asked = { view: "title", where, session };
    expect(await ada.read("getBy", asked)).toMatchObject(where);
    expect(await ada.read("list", { ...asked, paginationOpts })).toMatchObject({
      page: [where],
    });
    await expect(ada.read("getBy", {})).rejects.toThrow(/session/);
  });

  test("cannot take an argument's name", () => {
    const clash = {
      ...withSession,
      args: { session: v.string(), id: v.string() },
    };
    expect(() =>
      docs.api({ mutation: customMutation(mutationGeneric, clash) }),
    ).toThrow(/different kinds/);
  });
});

describe("a builder that only wraps", () => {
  const limited = customMutation(mutationGeneric, {
    args: {},
    input: async (ctx) => {
      const calls = await ctx.db.query("audit").collect();
      if (calls.length >= 2) {
        throw docsError("RATE_LIMITED", { retryAfterMs: 1000 });
      }
      await ctx.db.insert("audit", { line: "call" });
      return { ctx: {}, args: {} };
    },
  });
  const functions = docs.api({ mutation: limited });

  test("refuses before the operation, which then writes nothing", async () => {
    const { t, ada } = serve(functions);
    await ada.write("create", note);
    await ada.write("create", note);
    const data = await refused(t, () => ada.write("create", note));
    expect(data).toMatchObject({ code: "RATE_LIMITED", retryAfterMs: 1000 });
    expect(await rows(t)).toHaveLength(2);
  });

  test("is taken back together with an operation that refuses", async () => {
    const { t, ada } = serve(functions);
    await refused(t, () => ada.write("update", { id: "x", title: "B" }));
    const calls = await t.run((ctx) => ctx.db.query("audit").collect());
    expect(calls).toEqual([]);
  });

  test("leaves the other kind of function as it is", async () => {
    const { ada } = serve(functions);
    expect(await ada.read("list", { paginationOpts })).toMatchObject({
      page: [],
    });
  });
});

test("what a builder adds to ctx reaches identify", async () => {
  const known = new Docs(components.docs, {
    fields,
    identify: (ctx: { user: string | null }) => ctx.user,
  });
  const withUser = customCtx(
    async (ctx: { auth: { getUserIdentity(): Promise<unknown> } }) => ({
      user: (await ctx.auth.getUserIdentity()) ? "user of the session" : null,
    }),
  );
  const { t, ada, nobody } = serve(
    known.api({
      mutation: customMutation(mutationGeneric, withUser),
      query: customQuery(queryGeneric, withUser),
    }),
  );
  await ada.write("create", note);
  expect(await ada.read("list", { paginationOpts })).toMatchObject({
    page: [{ ownerId: "user of the session" }],
  });
  const data = await refused(t, () => nobody.write("create", note));
  expect(data.code).toBe("UNAUTHORIZED");
});

test("a builder may be a function of the host's own", async () => {
  const traced = (definition: {
    args: PropertyValidators;
    handler: (ctx: unknown, args: never) => Promise<unknown>;
  }) =>
    mutationGeneric({
      ...definition,
      args: { ...definition.args, trace: v.optional(v.string()) },
      handler: async (ctx, args: Record<string, unknown>) => {
        seen.push(String(args["trace"]));
        return await definition.handler(ctx, args as never);
      },
    });
  const { t, ada } = serve(docs.api({ mutation: traced }));
  await ada.write("create", { ...note, trace: "t1" });
  expect(seen).toEqual(["t1"]);
  expect(await rows(t)).toHaveLength(1);
});
