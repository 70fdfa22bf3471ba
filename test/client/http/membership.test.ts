/**
 * `access` that reads a table of the app's own, over HTTP: an HTTP action has no tables, a query of the host's has.
 */
import {
  httpRouter,
  makeFunctionReference,
  type DataModelFromSchemaDefinition,
  type GenericQueryCtx,
} from "convex/server";
import { expect, test, vi } from "vitest";
import { Docs } from "../../../src/client/index.js";
import {
  components,
  deploy,
  fields,
  people,
  type Caller,
  type hostSchema,
} from "../../support/host.js";
import { problem } from "./support.js";

type QueryCtx = GenericQueryCtx<
  DataModelFromSchemaDefinition<typeof hostSchema>
>;

/** Whoever is a member of the team that a document is tagged with may read it. A line says "team:user". */
const teams = new Docs(components.docs, {
  fields,
  // Not annotated, as in the README: what `access` needs is not what `identify` is given.
  identify: async (ctx) => (await ctx.auth.getUserIdentity())?.subject ?? null,
  access: async (ctx: QueryCtx, { operation, document, userId, byDefault }) => {
    if (byDefault || operation !== "read") return byDefault;
    const members = await ctx.db.query("audit").take(100);
    const tags = document.tags ?? [];
    return members.some(({ line }) =>
      tags.some((tag) => line === `${tag}:${String(userId)}`),
    );
  },
});

function start() {
  const http = httpRouter();
  teams.registerRoutes(http, {
    prefix: "/api/documents",
    query: makeFunctionReference<"query">("teams:httpApi"),
  });
  const t = deploy({
    modules: {
      "./convex/teams.ts": () => Promise.resolve({ httpApi: teams.httpApi() }),
      "./convex/http.ts": () => Promise.resolve({ default: http }),
    },
  });
  const { ada, bob, nobody } = people(t);
  const ask = (caller: Caller, path: string) =>
    caller.fetch(`/api/documents${path}`, {
      headers: caller === nobody ? {} : { Authorization: "Bearer token" },
    });
  return { t, ada, bob, nobody, ask };
}

test("a member reads over HTTP what the table says, and somebody else finds nothing", async () => {
  const { t, ada, bob, nobody, ask } = start();
  await t.run((ctx) => ctx.db.insert("audit", { line: "red:bob" }));
  const create = (tag: string) =>
    ada.mutation((ctx) =>
      teams.create(ctx, { title: tag, content: "", tags: [tag] }),
    );
  const [red, blue] = [await create("red"), await create("blue")];
  const seen = await ask(bob, `/${red.id}`);
  expect(seen.status).toBe(200);
  expect(await seen.json()).toMatchObject({ title: "red", ownerId: "ada" });
  expect(seen.headers.get("Cache-Control")).toContain("private");
  for (const [caller, id] of [
    [bob, blue.id],
    [nobody, red.id],
    [bob, "missing"],
  ] as const) {
    expect(await problem(await ask(caller, `/${id}`))).toMatchObject({
      status: 404,
      code: "NOT_FOUND",
    });
  }
});

test("pages go through the query too, with its refusals", async () => {
  const { ada, nobody, ask } = start();
  await ada.mutation((ctx) => teams.create(ctx, { title: "A", content: "" }));
  const page: unknown = await (await ask(ada, "")).json();
  expect(page).toMatchObject({ documents: [{ title: "A" }], nextCursor: null });
  expect(await (await ask(nobody, "")).json()).toMatchObject({ documents: [] });
  expect(await problem(await ask(ada, "?cursor=forged"))).toMatchObject({
    status: 400,
    code: "INVALID_CURSOR",
  });
  expect(await problem(await ask(nobody, "?scope=own"))).toMatchObject({
    status: 401,
  });
});

test("without the query, an access that reads a table fails and shows nothing", async () => {
  const http = httpRouter();
  teams.registerRoutes(http, { prefix: "/api/documents" });
  const t = deploy({
    modules: { "./convex/http.ts": () => Promise.resolve({ default: http }) },
  });
  const { ada } = people(t);
  const { id } = await ada.mutation((ctx) =>
    teams.create(ctx, { title: "A", content: "", tags: ["red"] }),
  );
  const log = vi.spyOn(console, "error").mockReturnValue();
  const response = await people(t).bob.fetch(`/api/documents/${id}`, {
    headers: { Authorization: "Bearer token" },
  });
  expect(response.status).toBe(500);
  expect(log).toHaveBeenCalled();
  log.mockRestore();
});
