/**
 * The app that docs/migration.md builds up, at work: what goes wrong with the code before, what it becomes, and how the
 * documents come over.
 */
import {
  errorMessage,
  getDocsError,
  isDocsError,
} from "@acme/convex-docs/errors";
import { ConvexError } from "convex/values";
import type { HttpRouter } from "convex/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  mutation,
  pageApp,
  query,
  refusal,
  write,
  type Caller,
} from "../support/pageApp.js";
import { callCrons, pass } from "../support/running.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** As the page has it. */
const ISSUER = "https://issuer.example";

const page = await pageApp("docs/migration.md", {
  // What the page says in a line: the routes, and here the webhook of before too.
  "convex/http.ts": `
    import { httpRouter } from "convex/server";
    import { docs } from "./documents";
    import { stripe } from "./before/webhook";
    const http = httpRouter();
    docs.registerRoutes(http, { prefix: "/api/documents" });
    http.route({ path: "/before", method: "POST", handler: stripe });
    export default http;`,
});

beforeEach(() => void vi.spyOn(console, "info").mockReturnValue());
afterEach(() => void vi.restoreAllMocks());

type Old = Record<string, unknown>;

function start() {
  const app = page.start();
  const { t } = app;
  const user = (subject: string) =>
    app.as(subject, { subject, tokenIdentifier: `${ISSUER}|${subject}` });
  return {
    ...app,
    ada: user("ada"),
    bob: user("bob"),
    /** A document of before. */
    old: (more: object = {}) =>
      t.run((ctx) =>
        ctx.db.insert("documents", {
          ...{ ownerId: "ada", title: "Plan", content: "", status: "draft" },
          ...more,
        }),
      ),
    before: (id: string) =>
      t.run((ctx) =>
        ctx.db.get("documents", id as never),
      ) as Promise<Old | null>,
    bringOver: async () => {
      await t.mutation(mutation("bringOver:step"), { cursor: null });
      await pass(t, 2_000);
    },
  };
}

const list = async (who: Caller) =>
  (
    (await who.query(query("documents:list"), {
      paginationOpts: { cursor: null, numItems: 100 },
    })) as { page: Old[] }
  ).page;

/** What an update is refused with, as its caller sees it. */
async function refused(who: Caller, path: string, args: object) {
  const error = await refusal(who.mutation(mutation(path), args));
  if (error === null) return null;
  return getDocsError(error)?.code ?? "Server Error";
}

test("an update answers its owner alike; to a stranger, one that is not theirs and none are the same now, and so is a malformed id", async () => {
  const app = start();
  const { t, ada, bob, old, before } = app;
  const [was, gone] = [await old(), await old()];
  await t.run((ctx) => ctx.db.delete(gone));
  const now = await write(ada);
  const lost = await write(ada);
  await ada.mutation(mutation("documents:remove"), { id: lost });
  // Another provider's, who has the same subject there.
  const namesake = app.as("x", {
    subject: "ada",
    tokenIdentifier: "other|ada",
  });
  const answers = async (path: string, id: string, missing: string) => [
    await refused(namesake, path, { id, title: "A" }),
    await refused(ada, path, { id, title: "B" }),
    await refused(t, path, { id, title: "C" }),
    await refused(bob, path, { id, title: "C" }),
    await refused(bob, path, { id: missing, title: "C" }),
    await refused(ada, path, { id: id.slice(0, 5), title: "C" }),
  ];
  expect(await answers("before/documents:update", was, gone)).toEqual([
    null,
    null,
    "UNAUTHORIZED",
    "FORBIDDEN",
    "NOT_FOUND",
    "Server Error",
  ]);
  expect(await answers("documents:update", now, lost)).toEqual([
    "NOT_FOUND",
    null,
    "UNAUTHORIZED",
    "NOT_FOUND",
    "NOT_FOUND",
    "NOT_FOUND",
  ]);
  expect(await before(was)).toMatchObject({ title: "B" });
  expect(await list(ada)).toMatchObject([{ title: "B" }]);
});

test("two windows: the last write won before, and the second is refused with ifVersion", async () => {
  const { ada, old, before } = start();
  const was = await old();
  for (const title of ["first", "second"]) {
    expect(
      await refused(ada, "before/documents:update", { id: was, title }),
    ).toBeNull();
  }
  expect(await before(was)).toMatchObject({ title: "second" });
  const id = await write(ada);
  const save = (title: string) =>
    refused(ada, "documents:update", { id, title, ifVersion: 1 });
  expect([await save("first"), await save("second")]).toEqual([
    null,
    "CONFLICT",
  ]);
  expect(await list(ada)).toMatchObject([{ title: "first" }]);
});

test("many at once: any caller changed any document, and now a stranger's stands in the way of all", async () => {
  const { ada, bob, old, before } = start();
  const was = await old();
  const updates = { status: "published" };
  const many = { ids: [was], updates };
  expect(await refused(bob, "before/batch:batchUpdate", many)).toBeNull();
  expect(await before(was)).toMatchObject(updates);
  const ids = [await write(bob), await write(ada)];
  const error = await refusal(
    bob.mutation(mutation("documents:batchUpdate"), { ids, updates }),
  );
  expect(isDocsError(error, "BATCH_FAILED", "NOT_FOUND")).toBe(true);
  expect(JSON.stringify(getDocsError(error))).toContain(ids[1]);
  expect(await list(bob)).toMatchObject([{ status: "draft" }]);
  await bob.mutation(mutation("documents:batchUpdate"), {
    ids: [ids[0]],
    updates,
  });
  expect(await list(bob)).toMatchObject([updates]);
});

test("plain texts of an old server have a meaning now, which the code before did not find", async () => {
  const { explain } = (await page.load("src/before/errors.ts")) as {
    explain: (error: unknown) => string;
  };
  for (const code of ["UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND"]) {
    const error = new ConvexError(code);
    expect(explain(error)).toBe("Something went wrong.");
    expect(getDocsError(error)?.code).toBe(code);
    expect(errorMessage(error)).not.toBe("");
  }
});

test("over HTTP: the path of before answers to no id, and the route of now serves a document and a list", async () => {
  const { ada, bob } = start();
  const { default: was } = (await page.load("convex/before/http.ts")) as {
    default: HttpRouter;
  };
  expect(was.lookup("/api/documents/abc", "GET")).toBeNull();
  expect(was.lookup("/api/documents/:id", "GET")).not.toBeNull();
  const id = await write(ada);
  const get = async (who: Caller, path = "") => {
    const headers = { Authorization: "Bearer of who is calling" };
    const response = await who.fetch(`/api/documents${path}`, { headers });
    return [response.status, await response.json()] as const;
  };
  expect(await get(ada, `/${id}`)).toMatchObject([200, { title: "Plan" }]);
  expect(await get(ada)).toMatchObject([200, { documents: [{ _id: id }] }]);
  expect(await get(bob, `/${id}`)).toMatchObject([404, { code: "NOT_FOUND" }]);
});

test("the clean-up: an old draft that was just edited went before, and stays now, while one that was not goes", async () => {
  const { t, ada, old, before } = start();
  const was = await old();
  const edited = await write(ada, { title: "edited" });
  await write(ada, { title: "left" });
  vi.advanceTimersByTime(31 * DAY);
  for (const [path, id] of [
    ["before/documents:update", was],
    ["documents:update", edited],
  ] as const) {
    await ada.mutation(mutation(path), { id, content: "B" });
  }
  await t.mutation(mutation("before/cleanup:cleanupOldDrafts"), {});
  expect(await before(was)).toBeNull();
  expect(
    await t.query(query("retention:previewCleanup"), { at: Date.now() }),
  ).toMatchObject({
    cleanup: [{ count: 1 }, { count: 0 }],
  });
  expect(await callCrons(page, t)).toMatchObject({
    "retention:cleanupOldDrafts": { started: true },
  });
  await pass(t, MINUTE);
  expect(await list(ada)).toMatchObject([{ title: "edited" }]);
});

test("the webhook of before takes any signature", async () => {
  const { t } = start();
  const send = (headers: Record<string, string>) =>
    t.fetch("/before", { method: "POST", headers, body: '{"type":"x"}' });
  expect((await send({})).status).toBe(401);
  expect((await send({ "stripe-signature": "any" })).status).toBe(200);
});

test("what is stored comes over in steps, to whom it belongs, as it was; an old link finds it for its owner", async () => {
  const { t, ada, bob, old, bringOver } = start();
  const ids: string[] = [];
  for (let n = 0; n < 51; n++) ids.push(await old({ title: `Plan ${n}` }));
  const shown = { status: "published", isPublic: true };
  const theirs = await old({ ownerId: "bob", ...shown });
  await t.mutation(mutation("bringOver:step"), { cursor: null });
  expect(await list(ada)).toHaveLength(50);
  await pass(t, 2_000);
  expect(await list(ada)).toHaveLength(51);
  expect(await list(bob)).toMatchObject([{ title: "Plan", ...shown }]);
  const link = (who: Caller, oldId = "") =>
    who.query(query("oldLinks:get"), { oldId });
  expect(await link(ada, ids[50])).toMatchObject({ title: "Plan 50" });
  expect(await link(ada, theirs)).toBeNull();
  await bringOver();
  expect(await list(ada)).toHaveLength(51);
});

test("run again, it brings over what has changed since, and writes nothing else", async () => {
  const { ada, old, bringOver } = start();
  const [, second] = [await old(), await old()];
  await bringOver();
  await ada.mutation(mutation("before/documents:update"), {
    id: second,
    title: "B",
  });
  await old({ title: "C" });
  await bringOver();
  expect(await list(ada)).toMatchObject([
    { title: "C", version: 1 },
    { title: "B", version: 2 },
    { title: "Plan", version: 1 },
  ]);
});

test("a status that there is not stops the copy, and nothing of its step is left", async () => {
  const { t, ada, old } = start();
  await old();
  await old({ status: "done" });
  const error = await refusal(
    t.mutation(mutation("bringOver:step"), { cursor: null }),
  );
  expect(error).not.toBeNull();
  expect(await list(ada)).toEqual([]);
});
