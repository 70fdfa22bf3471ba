/**
 * Where many write, the person who wrote stays visible: to who has a role in the document, to the host, and to nobody else.
 */
import { v } from "convex/values";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Docs, type DocumentChange } from "../../../src/client/index.js";
import {
  components,
  deploy,
  identify,
  type HostCtx,
} from "../../support/host.js";
import { contributions } from "../../support/contributions.js";
import { row } from "../../support/stored.js";
import { settle } from "../../support/tasks.js";
import { start } from "../http/support.js";
import {
  cast,
  DAY,
  docs,
  fields,
  forGood,
  made,
  options,
  paginationOpts,
  plain,
  principals,
  world,
} from "./world.js";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const ownerId = "team:7";

/** A document of a team that Ada leads and Bob works in. */
async function ofTeam(using = docs) {
  const c = cast();
  world.held = {
    ada: [{ id: ownerId, upTo: "owner" }],
    bob: [ownerId],
    cy: [{ id: ownerId, upTo: "viewer" }],
  };
  const { id } = await c.ada.mutation((ctx) =>
    using.create(ctx, { title: "T", ownerId }),
  );
  const by = async () => (await row(c.t, id))?.["updatedBy"];
  return { ...c, id, by };
}

test("a document says who made its last version, in whosever name they did", async () => {
  const { t, ada, bob, cy, id, by } = await ofTeam();
  expect(await by()).toBe("ada");
  await bob.mutation((ctx) => docs.update(ctx, { id, title: "B" }));
  // What changes nothing is nobody's.
  await ada.mutation((ctx) => docs.update(ctx, { id, title: "B" }));
  expect(await by()).toBe("bob");
  for (const who of [ada, bob, cy]) {
    const seen = { ownerId, updatedBy: "bob" };
    const one = await who.query((ctx) => docs.get(ctx, { id }));
    expect(one).toMatchObject(seen);
    const { page } = await who.query((ctx) =>
      docs.list(ctx, { ownerId, paginationOpts }),
    );
    expect(page).toMatchObject([seen]);
  }
  await t.mutation((ctx) =>
    docs.asSystem("test").update(ctx, { id, title: "C" }),
  );
  expect(await by()).toBeNull();
  await ada.mutation((ctx) => docs.transfer(ctx, { id, to: "bob" }));
  expect(await by()).toBe("ada");
});

test("who a document is shared with, with a link too, sees who wrote it", async () => {
  const c = cast();
  const id = await made(c);
  await c.ada.mutation((ctx) =>
    docs.share(ctx, { id, principal: "bob", role: "editor" }),
  );
  const { token } = await c.ada.mutation((ctx) =>
    docs.createLink(ctx, { id, role: "viewer" }),
  );
  await c.bob.mutation((ctx) => docs.update(ctx, { id, title: "B" }));
  const signed = { updatedBy: "bob" };
  const { page } = await c.bob.query((ctx) =>
    docs.listShared(ctx, { paginationOpts }),
  );
  expect(page).toMatchObject([{ document: signed }]);
  const found = await c.t.query((ctx) => docs.withLink(token).get(ctx, { id }));
  expect(found).toMatchObject(signed);
});

const open = {
  ...options,
  principals,
  search: ["title" as const],
  views: { byTitle: { by: ["title"], public: true } },
} as const;
const shown = new Docs(components.docs, { ...open, search: ["title"] });
const hooked = new Docs(components.docs, {
  ...open,
  search: ["title"],
  access: (_ctx, { byDefault }) => byDefault,
});
const ruled = new Docs(components.docs, {
  ...open,
  search: ["title"],
  readable: { public: ["title"] },
});

test.each([
  ["", shown],
  [", asking a hook", hooked],
  [", with fields of their own", ruled],
])("a stranger sees it nowhere%s", async (_, using) => {
  const c = cast();
  const { id } = await c.ada.mutation((ctx) =>
    using.create(ctx, { title: "Plan", status: "published", isPublic: true }),
  );
  for (const who of [c.eve, c.t]) {
    const told = await who.query(async (ctx) => [
      await using.get(ctx, { id }),
      (await using.getMany(ctx, { ids: [id] }))[0],
      (await using.listPublic(ctx, { paginationOpts })).page[0],
      (await using.listPublic(ctx, { view: "byTitle", paginationOpts }))
        .page[0],
      (await using.search(ctx, { query: "Plan", scope: "public" }))[0],
    ]);
    for (const document of told) {
      expect(document).toMatchObject({ _id: id });
      expect(document).not.toHaveProperty("updatedBy");
    }
  }
  expect(await c.ada.query((ctx) => using.get(ctx, { id }))).toMatchObject({
    updatedBy: "ada",
  });
});

test("over HTTP neither, and an answer that a stranger's cache keeps is not a member's", async () => {
  const { identify: who } = options;
  const title = { title: v.string() };
  const served = new Docs(components.docs, {
    fields: title,
    identify: who,
    sharing: true,
  });
  const { ada, bob, ask } = start({}, served);
  const { id } = await ada.mutation((ctx) =>
    served.create(ctx, { title: "T", status: "published", isPublic: true }),
  );
  const first = await ask(bob, `/${id}`);
  expect(await first.json()).not.toHaveProperty("updatedBy");
  await ada.mutation((ctx) =>
    served.share(ctx, { id, principal: "bob", role: "viewer" }),
  );
  const headers = { "If-None-Match": first.headers.get("ETag") ?? "" };
  const second = await ask(bob, `/${id}`, { headers });
  expect(second.status).toBe(200);
  expect(await second.json()).toHaveProperty("updatedBy", "ada");
});

/** A host that hears of changes. */
function hearing() {
  const heard: Pick<
    DocumentChange<typeof fields>,
    "operation" | "userId" | "actingAs" | "live"
  >[] = [];
  const using = new Docs(components.docs, {
    ...options,
    principals,
    history: {},
    workingCopy: true,
    onChange: (_ctx, { operation, userId, actingAs, live }) => {
      heard.push({
        operation,
        userId,
        ...(actingAs === undefined ? {} : { actingAs }),
        ...(live ? { live } : {}),
      });
    },
  });
  const names = () =>
    heard
      .splice(0)
      .map(({ operation, userId, actingAs }) => [operation, userId, actingAs]);
  return { using, heard, names };
}

test("onChange hears who did it, and in which name", async () => {
  const { using, names } = hearing();
  const c = cast();
  world.held = {
    ada: [{ id: ownerId, upTo: "owner" }],
    bob: ["team:8", ownerId],
  };
  const { id } = await c.ada.mutation((ctx) =>
    using.create(ctx, { title: "T", ownerId }),
  );
  const edit = (who: typeof c.ada, one: string, title: string) =>
    who.mutation((ctx) => using.update(ctx, { id: one, title }));
  await edit(c.bob, id, "B");
  await c.ada.mutation((ctx) => using.remove(ctx, { id }));
  await c.ada.mutation((ctx) => using.restore(ctx, { id }));
  await c.ada.mutation((ctx) => using.transfer(ctx, { id, to: "ada" }));
  expect(names()).toEqual([
    ["create", "ada", ownerId],
    ["update", "bob", ownerId],
    ["trash", "ada", ownerId],
    ["restore", "ada", ownerId],
    ["transfer", "ada", ownerId],
  ]);
  // What is one's own one does in one's own name.
  await edit(c.ada, id, "A");
  await c.ada.mutation((ctx) =>
    using.share(ctx, { id, principal: "team:8", role: "editor" }),
  );
  await edit(c.bob, id, "by the team's role");
  await c.ada.mutation((ctx) =>
    using.share(ctx, { id, principal: "bob", role: "editor" }),
  );
  await edit(c.bob, id, "by his own, which is as good");
  const { token } = await c.ada.mutation((ctx) =>
    using.createLink(ctx, { id, role: "editor" }),
  );
  await c.eve.mutation((ctx) =>
    using.withLink(token).update(ctx, { id, title: "by a link" }),
  );
  await c.t.mutation((ctx) =>
    using.asSystem("test").update(ctx, { id, title: "S" }),
  );
  expect(names()).toEqual([
    ["update", "ada", undefined],
    ["update", "bob", "team:8"],
    ["update", "bob", undefined],
    ["update", "eve", undefined],
    ["update", null, undefined],
  ]);
});

test("each item of a batch is done in the name that counts for it", async () => {
  const { using, names } = hearing();
  const c = cast();
  world.held = { ada: [ownerId] };
  const items = [{ title: "Mine" }, { title: "The team's", ownerId }];
  const { results } = await c.ada.mutation((ctx) =>
    using.batchCreate(ctx, { items }),
  );
  const ids = results.map((each) => (each.ok ? each.id : ""));
  await c.ada.mutation((ctx) =>
    using.batchUpdate(ctx, { ids, updates: { title: "X" } }),
  );
  expect(names()).toEqual([
    ["create", "ada", undefined],
    ["create", "ada", ownerId],
    ["update", "ada", undefined],
    ["update", "ada", ownerId],
  ]);
});

test("what everybody sees, as onChange is told, does not say who wrote it", async () => {
  const { using, heard } = hearing();
  const c = cast();
  const { id } = await c.ada.mutation((ctx) =>
    using.create(ctx, { title: "T", status: "published", isPublic: true }),
  );
  await c.ada.mutation((ctx) => using.update(ctx, { id, title: "U" }));
  const lives = heard.flatMap(({ live }) => [live?.before, live?.after]);
  const told = lives.filter((document) => document != null);
  expect(told).toHaveLength(3);
  for (const one of told) expect(one).not.toHaveProperty("updatedBy");
});

test("history names the person, not the team", async () => {
  const kept = new Docs(components.docs, {
    ...options,
    principals,
    history: { coalesce: false },
  });
  const { bob, id } = await ofTeam(kept);
  await bob.mutation((ctx) => kept.update(ctx, { id, title: "B" }));
  const { page } = await bob.query((ctx) =>
    kept.listRevisions(ctx, { id, paginationOpts }),
  );
  expect(page.map(({ by }) => by)).toEqual(["bob", "ada"]);
});

test("what a hook refuses leaves the name that was there", async () => {
  const { bob, id, by } = await ofTeam();
  const refusing = new Docs(components.docs, {
    ...options,
    principals,
    onChange: () => {
      throw new Error("no");
    },
  });
  await bob.mutation(async (ctx) => {
    const call = refusing.update(ctx, { id, title: "B" });
    await expect(call).rejects.toThrow("no");
  });
  expect(await by()).toBe("ada");
});

test("without sharing nobody is named; a document that names somebody goes on telling the truth", async () => {
  const owned = new Docs(components.docs, { fields, identify });
  const c = cast();
  const { id } = await c.ada.mutation((ctx) =>
    owned.create(ctx, { title: "T" }),
  );
  await c.ada.mutation((ctx) => owned.update(ctx, { id, title: "U" }));
  expect(await row(c.t, id)).not.toHaveProperty("updatedBy");
  await c.ada.mutation((ctx) => plain.update(ctx, { id, title: "V" }));
  expect(await row(c.t, id)).toHaveProperty("updatedBy", "ada");
  const edit = (ctx: HostCtx) =>
    owned.asSystem("test").update(ctx, { id, title: "W" });
  await c.t.mutation(edit);
  expect(await row(c.t, id)).toHaveProperty("updatedBy", null);
});

test("a clean-up is the system's", async () => {
  const c = cast();
  const id = await made(c);
  const { cleanupOldDrafts } = docs.retention({
    policies: [{ status: "draft", olderThan: { days: 1 } }],
  });
  await vi.advanceTimersByTimeAsync(2 * DAY);
  const { _handler: clean } = cleanupOldDrafts as unknown as {
    _handler: (ctx: unknown, args: object) => Promise<unknown>;
  };
  await c.t.mutation((ctx) => clean(ctx, {}));
  await vi.advanceTimersByTimeAsync(60_000);
  await c.t.finishInProgressScheduledFunctions();
  expect(await row(c.t, id)).toMatchObject({ trashed: true, updatedBy: null });
});

test("who is erased is named no more in what a team owns, which stays as it is", async () => {
  const { t, ada, bob, id, by } = await ofTeam(forGood);
  await bob.mutation((ctx) => docs.update(ctx, { id, title: "B" }));
  await bob.mutation((ctx) => docs.update(ctx, { id, title: "C" }));
  expect(await contributions(t)).toEqual([
    ["ada", id],
    ["bob", id],
  ]);
  const { items } = await t.query((ctx) =>
    forGood.asSystem("asked").exportPage(ctx, { userId: "bob" }),
  );
  expect(items).toEqual([
    { kind: "contribution", documentId: id, version: 3, at: Date.now() },
  ]);
  await t.mutation((ctx) =>
    forGood.asSystem("asked").erase(ctx, { userId: "bob" }),
  );
  await settle(t);
  expect(await by()).toBeUndefined();
  expect(await contributions(t)).toEqual([["ada", id]]);
  expect(await ada.query((ctx) => docs.get(ctx, { id }))).toMatchObject({
    title: "C",
    version: 3,
  });
  // Who writes after them is found again.
  await ada.mutation((ctx) => docs.update(ctx, { id, title: "D" }));
  expect(await by()).toBe("ada");
});

test("a deployment without people has no such column", async () => {
  const t = deploy();
  const owned = new Docs(components.docs, { fields, identify });
  const { id } = await t.mutation((ctx) =>
    owned.asSystem("test").create(ctx, { title: "T", ownerId: "ada" }),
  );
  expect(await row(t, id)).not.toHaveProperty("updatedBy");
});
