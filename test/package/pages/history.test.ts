/**
 * The app that docs/history.md builds up, at work.
 */
import { getDocsError } from "@acme/convex-docs/errors";
import { expect, test, vi } from "vitest";
import {
  mutation,
  pageApp,
  query,
  refusal,
  type Caller,
} from "../support/pageApp.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const CONTENT = "words ".repeat(100);

/** The functions of another release. */
const release = (fields: string, options: string) => `
  import { Docs } from "@acme/convex-docs";
  import { v } from "convex/values";
  import { components } from "./_generated/api";
  const docs = new Docs(components.articles, {
    fields: ${fields},
    identify: async (ctx) => (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
    ${options}
  });
  export const { create, revert } = docs.api();
`;

const app = await pageApp("docs/history.md", {
  "convex/before.ts": release(`{ title: v.string(), content: v.string() }`, ""),
  // In which a field is retired.
  "convex/later.ts": release("{ title: v.string() }", "history: {},"),
});

type Revision = { version: number; upTo: number; by?: string; at: number };

/** An article of Ada's, and what is done with it. */
async function begin(create = "articles:create") {
  const started = app.start();
  const { ada } = started;
  const { id } = (await ada.mutation(mutation(create), {
    title: "One",
    content: CONTENT,
  })) as { id: string };
  const call = (name: string, args: object = {}, who: Caller = ada) =>
    who.mutation(mutation(name), { id, ...args });
  const edit = (args: object, who?: Caller) =>
    call("articles:update", args, who);
  const list = async (more: object = {}, who: Caller = ada) =>
    (await who.query(query("articles:listRevisions"), {
      id,
      paginationOpts: { numItems: 20, cursor: null, ...more },
    })) as { page: Revision[]; continueCursor: string; isDone: boolean };
  const versions = async () =>
    (await list()).page.map(({ version }) => version);
  const get = (version: number, who: Caller = ada): Promise<unknown> =>
    who.query(query("articles:getRevision"), { id, version });
  const shown = (): Promise<unknown> =>
    ada.query(query("articles:get"), { id });
  /** Edits in runs of their own. */
  const later = async (...titles: string[]) => {
    for (const title of titles) {
      vi.advanceTimersByTime(6 * MINUTE);
      await edit({ title });
    }
  };
  return { ...started, id, call, edit, list, versions, get, shown, later };
}

const refused = async (call: Promise<unknown>) =>
  getDocsError(await refusal(call));

test("an autosave every ten seconds makes a revision every five minutes; a step is no neighbour's content", async () => {
  const { edit, versions, get } = await begin();
  for (let n = 1; n <= 40; n++) {
    vi.advanceTimersByTime(10_000);
    await edit({ title: `Draft ${n}` });
  }
  // Version 31 is of five minutes after the first.
  expect(await versions()).toEqual([41, 30]);
  expect(await get(29)).toBeNull();
  expect(await get(30)).toMatchObject({ fields: { title: "Draft 29" } });
});

type Article = Awaited<ReturnType<typeof begin>>;
const replacements: [string, number[], (a: Article) => Promise<unknown>][] = [
  ["is an edit like it", [3, 1], ({ edit }) => edit({ title: "Three" })],
  ["drops half", [3, 2, 1], ({ edit }) => edit({ content: "" })],
  [
    "has another reason",
    [3, 2, 1],
    ({ call }) => call("legal:redact", { content: CONTENT.slice(1) }),
  ],
  ["is a revert", [3, 2, 1], ({ call }) => call("articles:revert", { to: 1 })],
  [
    "comes after it has got a name",
    [3, 2, 1],
    async ({ call, edit }) => {
      await call("articles:nameRevision", { version: 2, name: "Mine" });
      await edit({ title: "Three" });
    },
  ],
  [
    "changes the status only",
    [2, 1],
    ({ edit }) => edit({ status: "archived" }),
  ],
];
test.each(replacements)(
  "of the last minutes, what is kept when the next write %s",
  async (_next, kept, next) => {
    const article = await begin();
    await article.later("Two");
    expect(await article.versions()).toEqual([2, 1]);
    await next(article);
    expect(await article.versions()).toEqual(kept);
  },
);

test("the list: the present content first, by whom and when, page by page", async () => {
  const { later, list, get } = await begin();
  const start = Date.now();
  await later("Two", "Three");
  const { page, continueCursor } = await list({ numItems: 1 });
  const by = "test|ada";
  const kind = "edit";
  const [one, two] = [start + 6 * MINUTE, start + 12 * MINUTE];
  expect(page).toMatchObject([
    { version: 3, upTo: 3, by, kind, at: two },
    { version: 2, upTo: 2, by, kind, at: one, until: two },
  ]);
  expect(page[0]).not.toHaveProperty("until");
  expect(await list({ cursor: continueCursor })).toMatchObject({
    page: [{ version: 1, upTo: 1, by, kind, at: start, until: one }],
    isDone: true,
  });
  expect(await get(1)).toMatchObject({
    fields: { title: "One", content: CONTENT },
  });
});

test("revert: fields and never the status, as a version that can be reverted; a part with `only`", async () => {
  const { later, edit, call, shown, versions } = await begin();
  await later("Two");
  await edit({ status: "published", content: "" });
  await call("articles:revert", { to: 1, only: ["title"] });
  const status = "published";
  expect(await shown()).toMatchObject({ title: "One", content: "", status });
  await call("articles:revert", { to: 1 });
  expect(await shown()).toMatchObject({
    title: "One",
    content: CONTENT,
    status,
    version: 5,
  });
  await call("articles:revert", { to: 3 });
  expect(await shown()).toMatchObject({ title: "Two", content: "" });
  expect(await versions()).toEqual([6, 5, 4, 3, 2, 1]);
  expect(await refused(call("articles:revert", { to: 9 }))).toMatchObject({
    code: "VALIDATION_FAILED",
    issues: [{ path: "to" }],
  });
});

test("revert to what is not valid any more: refused with what is wrong, or as far as it fits", async () => {
  const { later, edit, call, shown } = await begin();
  await later("Two");
  await edit({ content: "now" });
  const revert = (more: object = {}) =>
    call("later:revert", { to: 1, ...more });
  expect(await refused(revert())).toMatchObject({
    code: "VALIDATION_FAILED",
    issues: [{ path: "content" }],
  });
  expect(await revert({ mode: "fitting" })).toMatchObject({
    left: ["content"],
  });
  expect(await shown()).toMatchObject({ title: "One", content: "now" });
});

test("why, and names: the reason of the system's edit stands in its row; a name brings no version", async () => {
  const { later, call, list, shown } = await begin();
  await later("Two");
  await call("legal:redact", { content: "gone" });
  const name = (text: string | null) =>
    call("articles:nameRevision", { version: 1, name: text });
  await name("As sent");
  expect((await list()).page).toMatchObject([
    { version: 3, by: null, reason: "Redacted by order" },
    { version: 2 },
    { version: 1, name: "As sent" },
  ]);
  expect(await shown()).toMatchObject({ content: "gone", version: 3 });
  for (const text of ["", "x".repeat(257)])
    expect(await refused(name(text))).toMatchObject({
      code: "VALIDATION_FAILED",
    });
  await name(null);
  expect((await list()).page[2]).not.toHaveProperty("name");
});

test("to everybody else there is no history, though they may read the document; a new owner has it", async () => {
  const { later, edit, call, list, get, id, ada, bob } = await begin();
  await later("Two");
  await edit({ status: "published", isPublic: true });
  expect(await bob.query(query("articles:get"), { id })).not.toBeNull();
  expect([(await list({}, bob)).page, await get(1, bob)]).toEqual([[], null]);
  expect(await refused(call("articles:revert", { to: 1 }, bob))).toMatchObject({
    code: "FORBIDDEN",
  });
  const { articles } = (await app.load("convex/articles.ts")) as {
    articles: Record<
      "transfer" | "remove",
      (ctx: unknown, args: object) => Promise<unknown>
    >;
  };
  const to = "test|bob";
  await ada.mutation((ctx) => articles.transfer(ctx, { id, to }));
  expect((await list()).page).toEqual([]);
  expect((await list({}, bob)).page).toHaveLength(2);
  await bob.mutation((ctx) => articles.remove(ctx, { id }));
  expect([(await list({}, bob)).page, await get(1, bob)]).toEqual([[], null]);
});

test("old ones: 90 days after their content was replaced, if they have no name", async () => {
  const { t, later, call, versions, settle } = await begin();
  vi.advanceTimersByTime(700 * DAY);
  await later("Two", "Three");
  await call("articles:nameRevision", { version: 2, name: "Kept" });
  const { default: cronJobs } = await app.load("convex/crons.ts");
  const { crons } = cronJobs as {
    crons: Record<"old revisions", { name: string }>;
  };
  const prune = async () => {
    await t.mutation(mutation(crons["old revisions"].name), {});
    await settle();
    return await versions();
  };
  vi.advanceTimersByTime(89 * DAY);
  expect(await prune()).toEqual([3, 2, 1]);
  vi.advanceTimersByTime(DAY);
  expect(await prune()).toEqual([3, 2]);
});

test("switched on: the first edit archives what was there, whose author is not known", async () => {
  const { edit, list } = await begin("before:create");
  await edit({ title: "Two" });
  const { page } = await list();
  expect(page).toMatchObject([{ version: 2, by: "test|ada" }, { version: 1 }]);
  expect(page[1]).not.toHaveProperty("by");
});
