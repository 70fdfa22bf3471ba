/**
 * The app that docs/documents.md builds up, at work: what the page says of each task holds.
 */
import { retryDelay } from "@acme/convex-docs/errors";
import { afterEach, expect, test, vi } from "vitest";
import {
  mutation,
  pageApp,
  query,
  refusal,
  write,
  type Caller,
} from "../support/pageApp.js";

const apiOf = (name: string) => ({
  [`convex/${name}Api.ts`]: `
    import { ${name} } from "./${name}";
    export const { create, batchCreate, get, list, update, remove, transfer, count } = ${name}.api();
  `,
});
const app = await pageApp("docs/documents.md", {
  ...apiOf("shared"),
  ...apiOf("audited"),
  ...apiOf("limited"),
  // The functions of the last deploy, and the documents as they were declared before the first.
  "convex/after.ts": `
    import { retired } from "@acme/convex-docs";
    import { mutation } from "./_generated/server";
    import { todos } from "./todosAfter";
    export const { create, list, update } = todos.api();
    export const clean = mutation((ctx, { id }) => todos.update(ctx, { id, unset: [retired("color")] }));
  `,
  "convex/before.ts": `
    import { Docs } from "@acme/convex-docs";
    import { v } from "convex/values";
    import { components } from "./_generated/api";
    export const { create } = new Docs(components.todos, {
      fields: { name: v.string(), color: v.optional(v.string()) },
      identify: async (ctx) => (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
    }).api();
  `,
});
afterEach(() => void vi.unstubAllGlobals());

const { start } = app;
/** What a refusal says of itself, among the rest. */
const failed = (code: string, details: object = {}) => ({
  data: { code, ...details },
});
type Calls = Pick<Caller, "mutation" | "query">;
type Written = { id: string; version: number };
const call = (who: Pick<Calls, "mutation">, name: string, args: object = {}) =>
  who.mutation(mutation(name), args) as Promise<Written>;
const ask = (who: Pick<Calls, "query">, name: string, args: object = {}) =>
  who.query(query(name), args) as Promise<unknown>;

test("functions of your own: a project and its document, or neither", async () => {
  const { t, ada, bob } = start();
  const { id, version } = await call(ada, "projects:begin", { name: "P" });
  expect(version).toBe(1);
  expect(await ask(ada, "documents:get", { id })).toMatchObject({ title: "P" });
  expect(await ask(bob, "documents:get", { id })).toBeNull();
  const refused = call(t, "projects:begin", { name: "Q" });
  expect(await refusal(refused)).toMatchObject(failed("UNAUTHORIZED"));
  const projects = await t.run((ctx) => ctx.db.query("projects").collect());
  expect(projects).toMatchObject([{ name: "P", documentId: id }]);
});

test("docs.validators: Convex checks the arguments, with an error of its own", async () => {
  const { ada } = start();
  const create = (args: object) => call(ada, "careful:create", args);
  expect(await create({ title: "A", content: "", key: "a" })).toMatchObject({
    version: 1,
  });
  const error = await refusal(create({ title: 1, content: 2 }));
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toHaveProperty("data");
});

test("a builder limits the functions that are made with it, and no others", async () => {
  const limit = vi.fn(() => ({ ok: false, retryAfter: 5000 }));
  vi.stubGlobal("rateLimiter", { limit });
  const { ada } = start();
  const id = await write(ada);
  const error = await refusal(
    call(ada, "rateLimited:update", { id, title: "B" }),
  );
  expect(error).toMatchObject(failed("RATE_LIMITED"));
  expect(retryDelay(error, 0, () => 0)).toBe(5000);
  expect(limit).toHaveBeenCalledWith(expect.anything(), "write", {
    key: "test|ada",
  });
  expect(await call(ada, "documents:update", { id, title: "C" })).toMatchObject(
    { version: 2 },
  );
  limit.mockReturnValue({ ok: true, retryAfter: 0 });
  expect(await call(ada, "rateLimited:remove", { id })).toMatchObject({ id });
});

test("reading: null for what the caller may not see, in the order of the ids", async () => {
  const { ada, bob } = start();
  const [mine, theirs] = [await write(ada), await write(bob)];
  expect(await ask(ada, "reading:titleOf", { id: mine })).toBe("Plan");
  for (const id of [theirs, "nonsense"]) {
    expect(await ask(ada, "reading:titleOf", { id })).toBeNull();
  }
  expect(await ask(ada, "reading:both", { ids: [theirs, mine] })).toMatchObject(
    [null, { _id: mine }],
  );
});

test("changing: only what is sent, for the version that was seen; unset deletes", async () => {
  const { ada, bob } = start();
  const id = await write(ada, { summary: "S", content: "Text" });
  const publish = (ifVersion: number) =>
    call(ada, "changing:publish", { id, ifVersion });
  expect(await refusal(publish(2))).toMatchObject(
    failed("CONFLICT", { expected: 2, actual: 1 }),
  );
  expect(await ask(bob, "documents:get", { id })).toBeNull();
  await publish(1);
  const seen = await ask(bob, "documents:get", { id });
  expect(seen).toMatchObject({ title: "Plan", content: "Text", version: 2 });
  expect(seen).not.toHaveProperty("summary");
});

test("handing over: the document becomes private, and its key stays behind", async () => {
  const { ada, bob, as } = start();
  const shown = { status: "published", isPublic: true, key: "settings" };
  const id = await write(ada, shown);
  const handOver = (who: Caller) =>
    call(who, "changing:handOver", { id, to: "test|bob" });
  expect(await refusal(handOver(bob))).toMatchObject(failed("FORBIDDEN"));
  await handOver(ada);
  const theirs = await ask(bob, "documents:get", { id });
  expect(theirs).toMatchObject({ ownerId: "test|bob", isPublic: false });
  expect(theirs).not.toHaveProperty("key");
  for (const who of [ada, as("cleo")]) {
    expect(await ask(who, "documents:get", { id })).toBeNull();
  }
  expect(await ask(ada, "settings:load")).toBeNull();
});

test("keys: two windows at once leave one document, for each owner", async () => {
  const { ada, bob } = start();
  expect(await ask(ada, "settings:load")).toBeNull();
  const ensure = () => call(ada, "settings:ensure");
  const [first, second] = await Promise.all([ensure(), ensure()]);
  expect(second).toEqual(first);
  expect(await ask(ada, "settings:load")).toMatchObject({ _id: first.id });
  expect(await ask(bob, "settings:load")).toBeNull();

  const again = (more: object) =>
    write(ada, { title: "B", key: "settings", ...more });
  expect(await refusal(again({}))).toMatchObject(
    failed("ALREADY_EXISTS", { key: "settings" }),
  );
  await again({ ifExists: "update" });
  // What has become of it since stays.
  await ensure();
  expect(await ask(ada, "settings:load")).toMatchObject({
    title: "B",
    version: 2,
  });
});

test("roles by access: an editor changes fields, a manager the status too, and neither deletes or transfers", async () => {
  const { ada, as } = start();
  const { id } = await call(ada, "sharedApi:create", {
    title: "A",
    editors: ["test|ed"],
    managers: ["test|mo"],
  });
  const changes: [string, object][] = [
    ["update", { title: "B" }],
    ["update", { status: "published" }],
    ["remove", {}],
    ["transfer", { to: "test|ed" }],
  ];
  const answers = async (who: Caller) => {
    const codes: unknown[] = [];
    for (const [name, args] of changes) {
      const error = await refusal(
        call(who, `sharedApi:${name}`, { id, ...args }),
      );
      codes.push((error as { data: { code: string } } | null)?.data.code);
    }
    return codes;
  };
  const no = "FORBIDDEN";
  expect(await answers(as("ed"))).toEqual([undefined, no, no, no]);
  expect(await answers(as("mo"))).toEqual([undefined, undefined, no, no]);
  expect(await answers(as("cleo"))).toEqual(Array(4).fill("NOT_FOUND"));
  // A list walks the caller's own: the hook adds nothing to it.
  const paginationOpts = { numItems: 10, cursor: null };
  expect(
    await ask(as("ed"), "sharedApi:list", { paginationOpts }),
  ).toMatchObject({ page: [] });
  // As the page warns of.
  await call(as("ed"), "sharedApi:update", { id, managers: ["test|ed"] });
  expect(
    await call(as("ed"), "sharedApi:update", { id, status: "draft" }),
  ).toMatchObject({ id });
});

test("access by a table of yours: the role that it has, over HTTP too", async () => {
  const { t, ada, bob } = start();
  const { id } = await call(ada, "plans:create", { title: "A", team: "red" });
  const path = `/api/plans/${id}`;
  const fetch = async (headers: object) =>
    (
      await bob.fetch(path, { headers: { ...headers } })
    ).json() as Promise<unknown>;
  const signedIn = { Authorization: "Bearer token" };
  expect(await fetch(signedIn)).toMatchObject({ code: "NOT_FOUND" });
  const can = (operation: string) => ask(bob, "plans:can", { id, operation });
  expect(await can("read")).toEqual({ allowed: false, code: "NOT_FOUND" });

  const member = await t.run((ctx) =>
    ctx.db.insert("members", {
      team: "red",
      userId: "test|bob",
      role: "viewer",
    }),
  );
  expect(await fetch(signedIn)).toMatchObject({ title: "A" });
  expect(await fetch({})).toMatchObject({ code: "NOT_FOUND" });
  expect(await can("update")).toEqual({
    allowed: false,
    role: "viewer",
    code: "FORBIDDEN",
  });
  await t.run((ctx) => ctx.db.patch(member, { role: "editor" }));
  expect(await can("update")).toEqual({ allowed: true, role: "editor" });
  // And so decides who else reads it.
  await call(bob, "plans:update", { id, team: "blue" });
  expect(await ask(bob, "plans:get", { id })).toBeNull();
});

test("comments: for whom the document is for", async () => {
  const { t, ada, bob } = start();
  const documentId = await write(ada);
  const add = (who: Calls, text: string) =>
    call(who, "comments:add", { documentId, text });
  const list = (who: Calls) => ask(who, "comments:list", { documentId });
  await add(ada, "First");
  await add(ada, "Second");
  expect(await list(ada)).toMatchObject([
    { text: "Second" },
    { text: "First" },
  ]);
  expect(await list(bob)).toEqual([]);
  expect(await refusal(add(bob, "No"))).toMatchObject(
    failed("NOT_FOUND", { documentId }),
  );

  const shown = { status: "published", isPublic: true };
  await call(ada, "documents:update", { id: documentId, ...shown });
  expect(await list(t)).toHaveLength(2);
  expect(await refusal(add(bob, "No"))).toMatchObject(failed("FORBIDDEN"));
  expect(await refusal(add(t, "No"))).toMatchObject(failed("UNAUTHORIZED"));
  expect(await list(ada)).toHaveLength(2);

  const ids = [documentId, await write(bob)];
  expect(await ask(ada, "comments:mayPublish", { ids })).toEqual([true, false]);
  expect(await ask(bob, "comments:mayPublish", { ids })).toEqual([false, true]);
});

test("following changes: one line a change, and none for what changes nothing or is refused", async () => {
  const { t, ada, bob } = start();
  const { id } = await call(ada, "auditedApi:create", { title: "A" });
  await call(ada, "auditedApi:update", { id, title: "A" });
  await call(ada, "auditedApi:update", { id, title: "B" });
  await refusal(call(bob, "auditedApi:update", { id, title: "C" }));
  await call(ada, "auditedApi:remove", { id });
  const lines = await t.run((ctx) => ctx.db.query("audit").collect());
  expect(lines).toMatchObject(
    ["create", "update", "remove"].map((operation) => ({
      operation,
      id,
      userId: "test|ada",
    })),
  );
});

test("a quota: the document beyond it is not written, whether created or received", async () => {
  const { ada, bob } = start();
  const items = Array.from({ length: 100 }, () => ({ title: "A" }));
  await call(ada, "limitedApi:batchCreate", { items });
  const full = failed("FORBIDDEN", { message: "100 at most." });
  const create = (who: Caller) =>
    call(who, "limitedApi:create", { title: "A" });
  expect(await refusal(create(ada))).toMatchObject(full);
  const { id } = await create(bob);
  const give = call(bob, "limitedApi:transfer", { id, to: "test|ada" });
  expect(await refusal(give)).toMatchObject(full);
  const count = (who: Caller) => ask(who, "limitedApi:count", { upTo: 200 });
  expect(await count(ada)).toEqual({ count: 100, more: false });
  expect(await count(bob)).toEqual({ count: 1, more: false });
});

test("changing fields: fill, clear and the last deploy lose nothing", async () => {
  const { t, ada, settle } = start();
  const { id } = await call(ada, "before:create", { name: "A", color: "red" });
  await call(ada, "before:create", { name: "B" });
  const { todos } = (await app.load("convex/todos.ts")) as {
    todos: {
      asSystem(why: string): { bulkStatus(...args: unknown[]): unknown };
    };
  };
  const move = async (name: string) => {
    vi.advanceTimersByTime(1000);
    const bulk = await call(t, `todos:${name}`, { ownerId: "test|ada" });
    await settle();
    return t.query(
      (ctx) => todos.asSystem("test").bulkStatus(ctx, bulk) as Promise<unknown>,
    );
  };
  const list = async () => {
    const paginationOpts = { numItems: 10, cursor: null };
    const { page } = (await ask(ada, "after:list", { paginationOpts })) as {
      page: { title: string }[];
    };
    return page.sort((a, b) => a.title.localeCompare(b.title));
  };
  expect(await move("fill")).toMatchObject({
    state: "done",
    done: 2,
    failed: 0,
  });
  expect(await list()).toMatchObject([
    { name: "A", title: "A", priority: 1, color: "red" },
    { name: "B", title: "B", priority: 1 },
  ]);
  // A page of before, which sends a name.
  await call(ada, "todos:update", { id, name: "A2" });
  expect(await move("clear")).toMatchObject({ state: "done", failed: 0 });
  const moved = await list();
  expect(moved).toMatchObject([{ title: "A2" }, { title: "B" }]);
  for (const todo of moved) {
    expect(Object.keys(todo)).toContain("priority");
    expect(Object.keys(todo)).not.toContain("name");
    expect(Object.keys(todo)).not.toContain("color");
  }

  // Not locked by what is no longer declared, which stays until it is named.
  const old = await call(ada, "before:create", { name: "C", color: "red" });
  await call(ada, "after:update", { id: old.id, title: "C" });
  const last = async () => (await list()).at(-1);
  expect(await last()).toMatchObject({ title: "C", color: "red" });
  await call(ada, "after:clean", { id: old.id });
  expect(await last()).not.toHaveProperty("color");
});
