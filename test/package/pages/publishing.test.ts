/**
 * The app that docs/publishing.md builds up, at work.
 */
import { afterEach, expect, test, vi } from "vitest";
import {
  mutation,
  outcome,
  pageApp,
  query,
  type Caller,
} from "../support/pageApp.js";

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const paginationOpts = { numItems: 20, cursor: null };

/** The functions of another release. */
const release = (options: string) => `
  import { Docs } from "@acme/convex-docs";
  import { v } from "convex/values";
  import { components } from "./_generated/api";
  const docs = new Docs(components.pages, {
    fields: { title: v.string(), content: v.string() },
    identify: async (ctx) => (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
    history: {},
    ${options}
  });
  export const { get, listPublic, update, remove, restore, revert, transfer, share, publish } = docs.api();
`;
afterEach(() => void vi.unstubAllGlobals());

const app = await pageApp("docs/publishing.md", {
  "convex/trashed.ts": release("trash: true, workingCopy: true,"),
  "convex/shared.ts": release("sharing: true, workingCopy: true,"),
  "convex/off.ts": release(""),
});

type Anyone = Pick<Caller, "query" | "mutation">;
type Page = { title: string; version: number; hasDraft?: boolean };

/** A published, public page of Ada's, which is ahead unless `edited` is false. */
async function begin({ edited = true, module = "pages" } = {}) {
  const started = app.start();
  const { t, ada, bob } = started;
  const { id } = (await ada.mutation(mutation(`pages:create`), {
    title: "Live",
    content: "",
    status: "published",
    isPublic: true,
  })) as { id: string };
  const call = (name: string, args: object = {}, who: Anyone = ada) =>
    who.mutation(mutation(name.includes(":") ? name : `pages:${name}`), {
      id,
      ...args,
    });
  const get = async (who: Anyone) =>
    (await who.query(query(`${module}:get`), { id })) as Page | null;
  const mine = async () => await get(ada);
  /** What everybody sees, in each way the same. */
  const live = async () => {
    const { page } = (await t.query(query(`${module}:listPublic`), {
      paginationOpts,
    })) as { page: Page[] };
    const shown = await get(bob);
    expect(page).toEqual(shown === null ? [] : [shown]);
    return shown;
  };
  if (edited) await call("update", { title: "Edited" });
  /** Lets time pass up to a moment. */
  const until = async (at: number) => {
    vi.advanceTimersByTime(Math.max(0, at - Date.now()));
    await t.finishInProgressScheduledFunctions();
    vi.advanceTimersByTime(1);
    await t.finishInProgressScheduledFunctions();
  };
  const plans = async () =>
    (
      (await ada.query(query("pages:schedules"), { id })) as {
        action: string;
        state: string;
      }[]
    ).map(({ action, state }) => `${action} ${state}`);
  return { ...started, id, call, get, mine, live, until, plans };
}

test("an edit of what is published waits; everybody else sees what was, and nothing tells of it", async () => {
  const { call, mine, live } = await begin({ edited: false });
  const before = await live();
  vi.advanceTimersByTime(HOUR);
  await call("update", { title: "Edited" });
  expect(await mine()).toMatchObject({ title: "Edited", hasDraft: true });
  expect(await live()).toEqual(before);
  await call("publish");
  expect(await live()).toMatchObject({ title: "Edited" });
  expect(await mine()).not.toHaveProperty("hasDraft");
});

test.each([
  ["update", { content: "C" }, { title: "Edited", hasDraft: true }, "Live"],
  ["trashed:revert", { to: 1 }, { title: "Live", hasDraft: true }, "Live"],
  ["update", { status: "published" }, { title: "Edited" }, "Edited"],
  ["update", { status: "draft" }, { title: "Edited", status: "draft" }, null],
  ["publish", {}, { title: "Edited", status: "published" }, "Edited"],
  ["unpublish", {}, { title: "Edited", status: "draft" }, null],
  ["discardDraft", {}, { title: "Live", status: "published" }, "Live"],
  ["trashed:remove", {}, null, null],
])(
  "%s with %o does what the table says of a page that is ahead",
  async (name, args, document, everybody) => {
    const { call, mine, live } = await begin();
    await call(name, args);
    const found = await mine();
    if (document === null) expect(found).toBeNull();
    else {
      expect(found).toMatchObject(document);
      expect("hasDraft" in found!).toBe("hasDraft" in document);
    }
    expect((await live())?.title ?? null).toBe(everybody);
  },
);

test("back from the trash it has its edits, and everybody what was there; a new owner has both, private", async () => {
  const { call, mine, live, bob, get } = await begin();
  await call("trashed:remove");
  await call("trashed:restore");
  expect(await mine()).toMatchObject({ title: "Edited", hasDraft: true });
  expect(await live()).toMatchObject({ title: "Live" });
  await call("trashed:transfer", { to: "test|bob" });
  expect(await get(bob)).toMatchObject({ title: "Edited", isPublic: false });
  expect(await mine()).toBeNull();
});

test("a call that changes nothing writes nothing; a discarded edit is in the history", async () => {
  const { call, mine, live, ada, id } = await begin();
  await call("publish");
  const before = await mine();
  await call("publish");
  await call("discardDraft");
  expect(await mine()).toEqual(before);
  await call("update", { title: "Discarded" });
  const { version } = (await mine())!;
  await call("discardDraft");
  expect(await live()).toMatchObject({ title: "Edited", version: version + 1 });
  const { pages } = (await app.load("convex/pages.ts")) as {
    pages: Record<
      "getRevision" | "batchPublish",
      (ctx: unknown, args: object) => Promise<unknown>
    >;
  };
  expect(
    await ada.query((ctx) => pages.getRevision(ctx, { id, version })),
  ).toMatchObject({ fields: { title: "Discarded" } });
  await call("update", { title: "In a batch" });
  await ada.mutation((ctx) => pages.batchPublish(ctx, { ids: [id] }));
  expect(await live()).toMatchObject({ title: "In a batch" });
});

test("at a time: published as it is then and taken off at another, never before", async () => {
  const { call, live, until, plans } = await begin();
  const [from, to] = [Date.now() + HOUR, Date.now() + 2 * HOUR];
  await call("launch:launch", { from, to });
  await call("update", { title: "Last word" });
  await until(from - 1000);
  expect(await live()).toMatchObject({ title: "Live" });
  await until(from);
  expect(await live()).toMatchObject({ title: "Last word" });
  await until(to);
  expect(await live()).toBeNull();
  expect(await plans()).toEqual(["unpublish done", "publish done"]);
});

test("a plan: the last of its kind, of a version that is pinned, until it is cancelled or done by hand", async () => {
  const { call, live, until, plans } = await begin();
  const plan = (at: number, more: object = {}) =>
    call("schedule", { action: "publish", at, ...more });
  const at = Date.now() + HOUR;
  await plan(at);
  await plan(at + HOUR);
  await until(at);
  expect(await plans()).toEqual(["publish pending", "publish cancelled"]);
  await call("cancelSchedule", { action: "publish" });
  await until(at + HOUR);
  expect(await live()).toMatchObject({ title: "Live" });
  await plan(at + 2 * HOUR, { ifVersion: 2 });
  await call("update", { title: "Not approved" });
  await until(at + 2 * HOUR);
  expect((await plans())[0]).toBe("publish refused");
  expect(await live()).toMatchObject({ title: "Live" });
  await plan(at + 3 * HOUR);
  await call("publish");
  expect((await plans())[0]).toBe("publish cancelled");
  await plan(at + 3 * HOUR);
  await call("unpublish");
  expect((await plans())[0]).toBe("publish cancelled");
  const pass = async (days: number) => {
    for (let day = 0; day < days; day++) await until(Date.now() + DAY);
    return (await plans()).length;
  };
  expect([await pass(29), await pass(2)]).toEqual([5, 0]);
});

test("who may only read does none of it, and is not shown the plans", async () => {
  const { t, call, bob, id } = await begin();
  const at = Date.now() + HOUR;
  const calls: [string, object][] = [
    ["publish", {}],
    ["unpublish", {}],
    ["discardDraft", {}],
    ["launch:launch", { from: at, to: at + 1 }],
  ];
  for (const [name, args] of calls) {
    expect(await outcome(call(name, args, bob))).toBe("FORBIDDEN");
    expect(await outcome(call(name, args, t))).toBe("UNAUTHORIZED");
  }
  await call("schedule", { action: "publish", at });
  expect(await bob.query(query("pages:schedules"), { id })).toEqual([]);
});

test("whoever has a role sees the document itself; an editor edits, and a manager publishes", async () => {
  const { call, as, get, live } = await begin({ module: "shared" });
  const roles = ["viewer", "editor", "manager"];
  const members = roles.map((role) => ({ principal: `test|${role}`, role }));
  await call("shared:share", { members });
  for (const role of roles)
    expect(await get(as(role))).toMatchObject({ title: "Edited" });
  const does = (role: string, name: string, args: object = {}) =>
    outcome(call(`shared:${name}`, args, as(role)));
  expect(await does("viewer", "update", { title: "No" })).toBe("FORBIDDEN");
  expect(await does("editor", "update", { title: "Better" })).toBe("done");
  expect(await does("editor", "publish")).toBe("FORBIDDEN");
  expect(await live()).toMatchObject({ title: "Live" });
  expect(await does("manager", "publish")).toBe("done");
  expect(await live()).toMatchObject({ title: "Better" });
});

test("onChange: the site is built anew when what everybody sees changes, and not before", async () => {
  const { ada, settle } = await begin({ edited: false });
  const { site } = (await app.load("convex/site.ts")) as {
    site: Record<
      string,
      (ctx: unknown, args: object) => Promise<{ id: string }>
    >;
  };
  const built = vi.fn(() => Promise.resolve(new Response()));
  vi.stubGlobal("fetch", built);
  const builds = async (name: string, args: object) => {
    built.mockClear();
    const answer = await ada.mutation((ctx) => site[name]!(ctx, args));
    await settle();
    return [answer.id, built.mock.calls.length] as const;
  };
  const [id, first] = await builds("create", {
    title: "T",
    content: "",
    status: "published",
    isPublic: true,
  });
  const counts = [first];
  const calls: [string, object][] = [
    ["update", { title: "U" }],
    ["update", { title: "V" }],
    ["publish", {}],
    ["update", { title: "W" }],
    ["discardDraft", {}],
    ["unpublish", {}],
    ["update", { title: "X" }],
    ["remove", {}],
  ];
  for (const [name, args] of calls)
    counts.push((await builds(name, { id, ...args }))[1]);
  // To discard brings everybody a later version of the same.
  expect(counts).toEqual([1, 0, 0, 1, 0, 1, 1, 0, 0]);
});

test("off again: what is ahead is hidden until it is published, unless it was discarded before", async () => {
  const ahead = await begin({ module: "off" });
  expect(await ahead.live()).toBeNull();
  expect(await ahead.mine()).toMatchObject({ title: "Edited" });
  await ahead.call("off:update", { status: "published" });
  expect(await ahead.live()).toMatchObject({ title: "Edited" });

  const { t, id, settle, live } = await begin({ module: "off" });
  await t.mutation(mutation("leave:discard"), { ids: [id] });
  await settle();
  expect(await live()).toMatchObject({ title: "Live" });
});
