/**
 * The app that docs/views.md builds up, at work.
 */
import { isDocsError } from "@acme/convex-docs/errors";
import { expect, test, vi } from "vitest";
import {
  mutation,
  outcome,
  pageApp,
  query,
  refusal,
  type Caller,
} from "../support/pageApp.js";

const DAY = 24 * 60 * 60 * 1000;
const paginationOpts = { numItems: 20, cursor: null };
const seen = { status: "published", isPublic: true };

const DECLARED = ["byProject", "byTag", "board", "byTitle", "slug"];

const app = await pageApp("docs/views.md", {
  // The release before the views.
  "convex/before.ts": `
    import { Docs } from "@acme/convex-docs";
    import { v } from "convex/values";
    import { components } from "./_generated/api";
    export const { create, batchCreate } = new Docs(components.docs, {
      fields: { title: v.string(), projectId: v.string(), tags: v.array(v.string()) },
      identify: async (ctx) => (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
      views: { wasHere: ["title"] },
    }).api();`,
  "convex/http.ts": `
    import { httpRouter } from "convex/server";
    import { tasks } from "./tasks";
    const http = httpRouter();
    tasks.registerRoutes(http, { prefix: "/api/tasks" });
    export default http;`,
});

type Page = { page: { _id: string; title: string; rank?: string }[] };

async function add(who: Caller, title: string, more: object = {}) {
  const args = { title, projectId: "p1", tags: [], ...more };
  const { id } = (await who.mutation(mutation("tasks:create"), args)) as {
    id: string;
  };
  vi.advanceTimersByTime(1);
  return id;
}
const titles = async (answer: Promise<unknown>) =>
  ((await answer) as Page).page.map(({ title }) => title);
const listed = (who: Caller, args: object) =>
  titles(who.query(query("tasks:list"), { paginationOpts, ...args }));

test("by project and due date: the week's by their date, and what has none in no range", async () => {
  const { ada, bob } = app.start();
  const today = 100 * DAY;
  await add(ada, "in a week", { dueAt: today + 7 * DAY });
  await add(ada, "tomorrow", { dueAt: today + DAY });
  await add(ada, "today", { dueAt: today });
  await add(ada, "yesterday", { dueAt: today - 1 });
  await add(ada, "some day");
  await add(ada, "elsewhere", { projectId: "p2", dueAt: today });
  await add(bob, "Bob's", { dueAt: today });
  const args = { projectId: "p1", today };
  expect(await titles(ada.query(query("due:thisWeek"), args))).toEqual([
    "today",
    "tomorrow",
  ]);
  const undated = query("due:withoutDate");
  expect(await ada.query(undated, { projectId: "p1" })).toMatchObject({
    count: 1,
  });
  expect(await bob.query(undated, { projectId: "p1" })).toMatchObject({
    count: 0,
  });
});

test("equal keys stand in the order of their creation; page after page, there and back", async () => {
  const { ada } = app.start();
  for (const title of ["c", "a", "b"]) await add(ada, title);
  const where = { projectId: "p1" };
  expect(await listed(ada, { view: "byProject", where })).toEqual([
    "c",
    "a",
    "b",
  ]);
  const args = { view: "byProject", where, order: "desc" };
  const first = (await ada.query(query("tasks:list"), {
    ...args,
    paginationOpts: { numItems: 2, cursor: null },
  })) as Page & { continueCursor: string };
  expect(first.page.map(({ title }) => title)).toEqual(["b", "a"]);
  const next = { numItems: 2, cursor: first.continueCursor };
  expect(await listed(ada, { ...args, paginationOpts: next })).toEqual(["c"]);
});

test("by tag: one place for each element, which has to be said, and for everybody what is public and published", async () => {
  const { ada, bob } = app.start();
  await add(ada, "both", { tags: ["red", "blue"], ...seen });
  await add(ada, "draft", { tags: ["red"] });
  const byTag = (tags: string) => ({ view: "byTag", where: { tags } });
  expect(await listed(ada, { ...byTag("red"), order: "desc" })).toEqual([
    "draft",
    "both",
  ]);
  expect(await listed(ada, byTag("blue"))).toEqual(["both"]);
  expect(await listed(bob, byTag("red"))).toEqual([]);
  const shown = (who: Caller, args: object) =>
    titles(who.query(query("tasks:listPublic"), { paginationOpts, ...args }));
  expect(await shown(bob, byTag("red"))).toEqual(["both"]);
  for (const call of [
    listed(ada, { view: "byTag", where: {} }),
    shown(bob, { view: "byProject", where: { projectId: "p1" } }),
  ]) {
    expect(isDocsError(await refusal(call), "VALIDATION_FAILED")).toBe(true);
  }
});

test("a board: a card goes below another one or to the top, and what has no rank comes last, the newest first", async () => {
  const { ada, bob } = app.start();
  const [a, b, c] = [
    await add(ada, "a"),
    await add(ada, "b"),
    await add(ada, "c"),
  ];
  const column = (status = "draft") =>
    titles(ada.query(query("board:column"), { status }));
  const move = (
    id: string,
    after: string | null,
    { who = ada, status = "draft" } = {},
  ) => who.mutation(mutation("board:move"), { id, status, after });
  expect(await column()).toEqual(["c", "b", "a"]);
  await move(a, null);
  await move(b, a);
  expect(await column()).toEqual(["a", "b", "c"]);
  await move(c, a);
  expect(await column()).toEqual(["a", "c", "b"]);
  await move(b, null);
  expect(await column()).toEqual(["b", "a", "c"]);
  // Two windows at once.
  const [d, e] = [await add(ada, "d"), await add(ada, "e")];
  await Promise.all([move(d, b), move(e, b)]);
  expect(await column()).toEqual(["b", "e", "d", "a", "c"]);
  await move(a, null, { status: "published" });
  expect([await column(), await column("published")]).toEqual([
    ["b", "e", "d", "c"],
    ["a"],
  ]);
  // The card above has no rank yet: see the page.
  const unplaced = await add(ada, "unplaced");
  expect(isDocsError(await refusal(move(c, unplaced)), "NOT_FOUND")).toBe(true);
  // The card above has left the column; and who may not see the card.
  const gone = await refusal(move(c, a));
  expect(isDocsError(gone, "NOT_FOUND") && gone.data.documentId).toBe(a);
  const theirs = await refusal(move(c, null, { who: bob }));
  expect(isDocsError(theirs, "NOT_FOUND") && theirs.data.documentId).toBe(c);
});

test("a board: there is a place between any two cards, however often they move", async () => {
  const { ada } = app.start();
  let order: string[] = [];
  for (const title of ["a", "b", "c", "d"]) {
    const id = await add(ada, title);
    await ada.mutation(mutation("board:move"), {
      id,
      status: "draft",
      after: null,
    });
    order = [id, ...order];
  }
  // The last goes below the first, or the first to the end, or the last to the top.
  for (let n = 0; n < 45; n++) {
    const id = n % 3 === 1 ? order.shift()! : order.pop()!;
    const place = [1, 3, 0][n % 3]!;
    const after = order[place - 1] ?? null;
    await ada.mutation(mutation("board:move"), { id, status: "draft", after });
    order.splice(place, 0, id);
    const { page } = (await ada.query(query("board:column"), {
      status: "draft",
    })) as Page;
    expect(page.map(({ _id }) => _id)).toEqual(order);
  }
});

test("alphabetical: upper case and accents make no difference, and the beginning of a word is a range", async () => {
  const { ada } = app.start();
  for (const title of ["arger", "Berg", "Ärger", "ARGERN", "Zoo"])
    await add(ada, title);
  const begin = (text: string) =>
    titles(ada.query(query("names:beginningWith"), { text }));
  expect(await begin("ärg")).toEqual(["arger", "Ärger", "ARGERN"]);
  expect(await begin("B")).toEqual(["Berg"]);
  expect(await begin("x")).toEqual([]);
});

test("a unique slug: the second of one owner is refused with the view's name; a transfer may leave two, and the older answers", async () => {
  const { ada, bob } = app.start();
  const older = await add(ada, "older", { slug: "plan" });
  const other = await add(ada, "no slug");
  await add(ada, "no slug either");
  for (const call of [
    add(ada, "again", { slug: "plan" }),
    ada.mutation(mutation("tasks:update"), { id: other, slug: "plan" }),
  ]) {
    const error = await refusal(call);
    expect(isDocsError(error, "ALREADY_EXISTS") && error.data.key).toBe("slug");
  }
  const id = await add(bob, "Bob's", { slug: "plan" });
  const bySlug = (who: Caller, slug = "plan") =>
    who.query(query("slugs:bySlug"), { slug });
  expect(await bySlug(bob)).toMatchObject({ _id: id });
  expect(await bySlug(bob, "none")).toBeNull();
  const { tasks } = (await app.load("convex/tasks.ts")) as {
    tasks: { transfer(ctx: unknown, args: object): Promise<unknown> };
  };
  await bob.mutation((ctx) => tasks.transfer(ctx, { id, to: "test|ada" }));
  expect(await bySlug(ada)).toMatchObject({ _id: older });
  expect(await bySlug(bob)).toBeNull();
});

test("many at once: what is in that part of the view when it starts, of the caller, each once", async () => {
  const { ada, bob, settle } = app.start();
  for (const tag of ["old", "old", "new"]) await add(ada, tag, { tags: [tag] });
  await add(bob, "old", { tags: ["old"] });
  await ada.mutation(mutation("cleaning:dropTag"), { tag: "old" });
  await add(ada, "old, later", { tags: ["old"] });
  await settle();
  const archived = { view: "board", where: { status: "archived" } };
  expect(await listed(ada, archived)).toEqual(["old", "old"]);
  expect(await listed(bob, archived)).toEqual([]);
});

test("over HTTP: the caller's own by any view, anybody's by the public ones, and each problem with its path", async () => {
  const { t, ada } = app.start();
  for (const dueAt of [1767225600000, 1767225600001, 1])
    await add(ada, `at ${dueAt}`, { dueAt });
  await add(ada, "undated", { tags: ["red"], ...seen });
  const headers = { Authorization: "Bearer token" };
  const ask = (question: string, who: Pick<Caller, "fetch"> = ada) =>
    who.fetch(`/api/tasks?${question}`, who === ada ? { headers } : {});
  const found = async (answer: Promise<Response>) =>
    (
      (await (await answer).json()) as { documents: { title: string }[] }
    ).documents.map(({ title }) => title);
  expect(
    await found(
      ask(
        "view=byProject&where[projectId]=p1&where[dueAt][gte]=1767225600000&order=desc",
      ),
    ),
  ).toEqual(["at 1767225600001", "at 1767225600000"]);
  const undated = "view=byProject&where[projectId]=p1&where[dueAt][is]=null";
  expect(await found(ask(undated))).toEqual(["undated"]);
  const red = "view=byTag&where[tags]=red";
  expect(await found(ask(red, t))).toEqual(["undated"]);
  expect(await found(ask(`${red}&scope=public`))).toEqual(["undated"]);
  const wrong = await ask(
    "view=byProject&where[projectId]=p1&where[dueAt][gte]=soon",
  );
  expect(wrong.status).toBe(422);
  expect(await wrong.json()).toMatchObject({
    code: "VALIDATION_FAILED",
    data: { issues: [{ path: "where.dueAt.gte" }] },
  });
});

test("adding a view: right before it is built and after; removing one: what no code declares is dropped by name", async () => {
  const { t, ada, bob, settle } = app.start();
  const args = { title: "before", projectId: "p1", tags: ["old"], ...seen };
  const three = Array.from({ length: 3 }, () => "before");
  for (const _ of three) await ada.mutation(mutation("before:create"), args);
  const asked = { paginationOpts, view: "byTag", where: { tags: "old" } };
  const status = async () =>
    (await t.query(query("tasks:viewStatus"), {})) as {
      name: string;
      state: string;
    }[];
  const expectState = async (state: string) => {
    expect(await status()).toContainEqual(
      expect.objectContaining({ name: "byTag", state }),
    );
    expect(await listed(ada, asked)).toEqual(three);
    expect(await titles(bob.query(query("tasks:listPublic"), asked))).toEqual(
      three,
    );
  };
  await t.mutation(mutation("tasks:buildViews"), {});
  await expectState("building");
  await settle();
  await expectState("ready");
  const drop = (view: string) =>
    t.mutation(mutation("tasks:dropView"), { view });
  await drop("wasHere");
  await settle();
  expect((await status()).map(({ name }) => name)).toEqual(DECLARED);
  expect(isDocsError(await refusal(drop("byTag")), "VALIDATION_FAILED")).toBe(
    true,
  );
});

test("until a view of over 4 MiB of documents is built, the answer says so", async () => {
  const { t, ada, settle } = app.start();
  const item = { title: "x".repeat(250_000), projectId: "p1", tags: [] };
  const items = Array.from({ length: 20 }, () => item);
  await ada.mutation(mutation("before:batchCreate"), { items });
  const count = () => ada.query(query("due:withoutDate"), { projectId: "p1" });
  expect(await outcome(count())).toBe("VIEW_BUILDING");
  await t.mutation(mutation("tasks:buildViews"), {});
  await settle();
  expect(await count()).toMatchObject({ count: 20 });
});
