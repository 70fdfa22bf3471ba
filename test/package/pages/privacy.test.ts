/**
 * The app that docs/privacy.md builds up, at work.
 */
import { getDocsError } from "@acme/convex-docs/errors";
import { afterEach, expect, test, vi } from "vitest";
import {
  action,
  mutation,
  outcome,
  pageApp,
  query,
  refusal,
  write,
  type Caller,
} from "../support/pageApp.js";

const HOUR = 60 * 60_000;
const ADA = "test|ada";

const app = await pageApp("docs/privacy.md", {
  // An app with everything of which there can be something of a person.
  "convex/full.ts": `
    import { Docs } from "@acme/convex-docs";
    import { v } from "convex/values";
    import { components } from "./_generated/api";
    const docs = new Docs(components.docs, {
      fields: { title: v.string(), content: v.string() },
      identify: async (ctx) => (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
      sharing: true, trash: true, history: { coalesce: false }, workingCopy: true,
    });
    export const { create, get, update, remove, restore, transfer, share, members, listRevisions, schedule, startBulk } = docs.api();`,
  "convex/operators.ts": `
    import { docs } from "./documents";
    export const { hold } = docs.operator({
      authorize: async (ctx) => {
        if ((await ctx.auth.getUserIdentity())?.name !== "bob") throw new Error("Operators only.");
      },
    });`,
});
afterEach(() => void vi.unstubAllGlobals());

type Anyone = Pick<Caller, "query" | "mutation">;
type Operations = Record<
  string,
  (ctx: unknown, args: object) => Promise<Record<string, unknown>>
>;
const run = (who: Anyone, name: string, args: object): Promise<unknown> =>
  who.mutation(mutation(name), args);
const ask = (who: Anyone, name: string, args: object): Promise<unknown> =>
  who.query(query(name), args);
const titles = async (who: Caller) => {
  const paginationOpts = { numItems: 20, cursor: null };
  const { page } = (await ask(who, "documents:list", { paginationOpts })) as {
    page: { title: string }[];
  };
  return page.map(({ title }) => title);
};
const start = async (who: Anyone, more: object = {}) =>
  (await run(who, "people:erase", { userId: ADA, ...more })) as {
    runId: string;
  };

test("erasing: what a person owns goes in the background, nobody else's, and one run at a time", async () => {
  const { t, ada, bob, settle } = app.start();
  for (let n = 0; n < 3; n++) await write(ada);
  await write(bob, { title: "Bob's" });
  const { runId } = await start(t);
  expect(await ask(t, "people:receipt", { runId })).toMatchObject({
    state: "running",
  });
  expect(await start(t)).toEqual({ runId });
  await settle();
  const receipt = await ask(t, "people:receipt", { runId });
  expect(receipt).toMatchObject({
    state: "done",
    counts: { documents: 3 },
    failed: 0,
  });
  expect(receipt).not.toHaveProperty("stage");
  expect(JSON.stringify(receipt)).not.toContain(ADA);
  expect(await ask(t, "privacy:erasure", { userId: ADA })).toEqual(receipt);
  expect(await ask(t, "privacy:erasure", { userId: "test|bob" })).toBeNull();
  expect([await titles(ada), await titles(bob)]).toEqual([[], ["Bob's"]]);
});

test("erasing: each row of the table, in others' documents too, whose contents stay", async () => {
  const { t, ada, bob, settle } = app.start();
  const make = async (who: Caller) =>
    (
      (await run(who, "full:create", {
        title: "Plan",
        content: "",
        status: "published",
        isPublic: true,
      })) as { id: string }
    ).id;
  const [trashed, , id] = [await make(ada), await make(ada), await make(bob)];
  await run(ada, "full:remove", { id: trashed });
  const members = [
    { principal: ADA, role: "manager" },
    { principal: "email:ada@example.com", role: "viewer" },
    { principal: "team:7", role: "viewer" },
  ];
  await run(bob, "full:share", { id, members });
  await run(ada, "full:update", { id, title: "Ada's words" });
  const at = Date.now() + HOUR;
  await run(ada, "full:schedule", { id, action: "unpublish", at });
  await run(ada, "full:startBulk", {
    operation: "update",
    updates: { title: "In bulk" },
    ids: [id],
  });
  const { runId } = (await run(t, "privacy:erase", {
    userId: ADA,
    principals: ["email:ada@example.com"],
  })) as { runId: string };
  await settle();
  expect(await ask(t, "people:receipt", { runId })).toMatchObject({
    state: "done",
    counts: { bulk: 1, documents: 2, anonymized: 1, grants: 2, plans: 1 },
  });
  expect(await ask(bob, "full:members", { id })).toMatchObject({
    members: [{ principal: "team:7" }],
  });
  expect(await ask(bob, "full:get", { id })).toMatchObject({
    title: "Ada's words",
    status: "published",
  });
  const paginationOpts = { numItems: 10, cursor: null };
  const { page } = (await ask(bob, "full:listRevisions", {
    id,
    paginationOpts,
  })) as { page: { by?: string }[] };
  expect(page.map(({ by }) => by)).toEqual([undefined, "test|bob"]);
  vi.advanceTimersByTime(2 * HOUR);
  await t.finishInProgressScheduledFunctions();
  expect(await ask(bob, "full:get", { id })).toMatchObject({
    status: "published",
  });
});

test("erasing what is held: the rest goes, the receipt says what is left and why, and another run takes it once released", async () => {
  const { t, ada, settle } = app.start();
  const id = await write(ada, { title: "Held" });
  await write(ada);
  await run(t, "legal:hold", { id });
  const { runId } = await start(t);
  await settle();
  expect(await ask(t, "people:receipt", { runId })).toMatchObject({
    state: "partial",
    failed: 1,
    failures: [{ id, error: { code: "FORBIDDEN" } }],
  });
  expect(await titles(ada)).toEqual(["Held"]);
  await run(t, "legal:release", { id });
  const again = await start(t);
  await settle();
  expect(await ask(t, "people:receipt", again)).toMatchObject({
    state: "done",
    counts: { documents: 1 },
  });
});

test("an operator's functions are internal; with `authorize` they are public, and it is asked first", async () => {
  const { ada, bob } = app.start();
  const made = await app.load("convex/privacy.ts");
  expect(Object.keys(made).sort()).toEqual(
    ["erase", "erasure", "exportPage", "hold", "release"].sort(),
  );
  for (const each of Object.values(made))
    expect(each).toHaveProperty("isInternal", true);
  const { articles } = (await app.load("convex/articles.ts")) as {
    articles: { operator(): object };
  };
  expect(articles.operator()).toHaveProperty("forgetRevision");
  const { hold } = await app.load("convex/operators.ts");
  expect(hold).toHaveProperty("isPublic", true);
  const id = await write(ada);
  await expect(run(ada, "operators:hold", { id })).rejects.toThrow(
    "Operators only.",
  );
  await run(bob, "operators:hold", { id });
  expect(await outcome(run(ada, "documents:remove", { id }))).toBe("FORBIDDEN");
});

test("an export: all there is of one person, page by page, and it stops where a page does not arrive", async () => {
  const { t, ada, bob } = app.start();
  const { docs } = (await app.load("convex/documents.ts")) as {
    docs: Operations;
  };
  const items = Array.from({ length: 20 }, (_, n) => ({
    title: `${n}`,
    content: "x".repeat(250_000),
  }));
  await ada.mutation((ctx) => docs["batchCreate"]!(ctx, { items }));
  await write(bob);
  const bodies: string[] = [];
  const answer = { status: 200 };
  vi.stubGlobal("fetch", (_url: string, { body }: { body: string }) => {
    bodies.push(body);
    return Promise.resolve(new Response(null, answer));
  });
  const args = { userId: ADA, url: "https://store.example/ada" };
  await t.action(action("exports:exportTo"), args);
  expect(bodies.length).toBeGreaterThan(1);
  const lines = bodies.join("").trimEnd().split("\n");
  const found = lines.map(
    (line) =>
      JSON.parse(line) as {
        kind: string;
        document: { title: string; ownerId: string };
      },
  );
  expect(found.map(({ document }) => document.title).sort()).toEqual(
    items.map(({ title }) => title).sort(),
  );
  for (const { kind, document } of found)
    expect([kind, document.ownerId]).toEqual(["document", ADA]);
  answer.status = 500;
  bodies.length = 0;
  await expect(t.action(action("exports:exportTo"), args)).rejects.toThrow(
    "500",
  );
  expect(bodies).toHaveLength(1);
});

test("a page of an export: its cursor is null at the end, and leads to nothing of anybody else's", async () => {
  const { t, ada, bob } = app.start();
  const { docs } = (await app.load("convex/documents.ts")) as {
    docs: Operations;
  };
  const items = Array.from({ length: 20 }, () => ({
    title: "Ada's",
    content: "x".repeat(250_000),
  }));
  await ada.mutation((ctx) => docs["batchCreate"]!(ctx, { items }));
  await write(bob, { title: "Bob's" });
  type Page = { items: { document: { title: string } }[]; cursor: string };
  const page = async (userId: string, cursor: string | null) =>
    (await ask(t, "privacy:exportPage", { userId, cursor })) as Page;
  const first = await page(ADA, null);
  const second = await page(ADA, first.cursor);
  expect(second.cursor).toBeNull();
  expect(first.items.length + second.items.length).toBe(20);
  const other = await page("test|bob", first.cursor);
  expect(other.items.map(({ document }) => document.title)).toEqual(["Bob's"]);
});

test("what is held is deleted by nobody, and may be changed; only who could delete it is told", async () => {
  const { t, ada, bob, settle } = app.start();
  const { docs } = (await app.load("convex/documents.ts")) as {
    docs: Operations & { asSystem(why: string): Operations };
  };
  const id = await write(ada);
  await run(t, "legal:hold", { id });
  expect(await ask(ada, "documents:get", { id })).toMatchObject({ version: 1 });
  const system = docs.asSystem("test");
  for (const call of [
    run(ada, "documents:remove", { id }),
    t.mutation((ctx) => system["remove"]!(ctx, { id })),
  ]) {
    expect(getDocsError(await refusal(call))).toMatchObject({
      code: "FORBIDDEN",
      held: true,
    });
  }
  expect(await outcome(run(bob, "documents:remove", { id }))).toBe("NOT_FOUND");
  const bulk = { operation: "remove", ids: [id] };
  const { jobId } = await ada.mutation((ctx) => docs["startBulk"]!(ctx, bulk));
  await settle();
  expect(
    await ada.query((ctx) => docs["bulkStatus"]!(ctx, { jobId })),
  ).toMatchObject({ failed: 1 });
  await run(ada, "documents:update", { id, title: "Changed" });
  await run(ada, "full:remove", { id });
  await run(ada, "full:restore", { id });
  await run(ada, "full:transfer", { id, to: "test|bob" });
  expect(await titles(bob)).toEqual(["Changed"]);
  await run(t, "legal:release", { id });
  expect(await outcome(run(bob, "documents:remove", { id }))).toBe("done");
});

test("forgetting one content: it is gone, named or not, the others stay, and the present one has to be changed first", async () => {
  const { t, ada } = app.start();
  const { articles } = (await app.load("convex/articles.ts")) as {
    articles: Operations & { asSystem(why: string): Operations };
  };
  const does = (name: string, args: object) =>
    ada.mutation((ctx) => articles[name]!(ctx, args));
  const { id } = await does("create", { title: "A", content: "" });
  for (const content of ["a secret", "corrected"]) {
    vi.advanceTimersByTime(HOUR);
    await does("update", { id, content });
  }
  await does("nameRevision", { id, version: 2, name: "Named" });
  const forget = (version: number) => run(t, "leaks:forget", { id, version });
  const kept = (version: number) =>
    ada.query((ctx) => articles["getRevision"]!(ctx, { id, version }));
  expect(await kept(2)).toMatchObject({ fields: { content: "a secret" } });
  const system = articles.asSystem("law");
  await t.mutation((ctx) => system["hold"]!(ctx, { id }));
  expect(await outcome(forget(2))).toBe("FORBIDDEN");
  await t.mutation((ctx) => system["release"]!(ctx, { id }));
  await forget(2);
  expect(await kept(2)).toBeNull();
  expect(await kept(1)).toMatchObject({ fields: { content: "" } });
  expect(await outcome(forget(3))).toBe("VALIDATION_FAILED");
  expect(await kept(3)).toMatchObject({ fields: { content: "corrected" } });
});
