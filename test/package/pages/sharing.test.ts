/**
 * The app that docs/sharing.md builds up, at work.
 */
import { getDocsError } from "@acme/convex-docs/errors";
import type { GenericId } from "convex/values";
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

const app = await pageApp("docs/sharing.md", {
  "convex/http.ts": `
    import { httpRouter } from "convex/server";
    import { plans } from "./plans";
    const http = httpRouter();
    plans.registerRoutes(http, { prefix: "/api/plans" });
    export default http;`,
});

type Anyone = Pick<Caller, "query" | "mutation">;
type Operations = Record<
  string,
  (ctx: unknown, args?: object) => Promise<Record<string, unknown>>
>;
/** What a module of the page exports under a name, for the operations that the page makes no function of. */
const operations = async (file: string, name: string) =>
  (await app.load(`convex/${file}.ts`))[name] as Operations;

const run = (who: Anyone, name: string, args: object) =>
  who.mutation(mutation(name), args);
const ask = (who: Anyone, name: string, args: object): Promise<unknown> =>
  who.query(query(name), args);

async function begin(title = "Plan") {
  const started = app.start();
  const args = { title, body: "B" };
  const { id } = (await run(started.ada, "plans:create", args)) as {
    id: string;
  };
  const share = (principal: string, role: string, more: object = {}) =>
    run(started.ada, "plans:share", { id, principal, role, ...more });
  return { ...started, id, share };
}
const reads = async (who: Anyone, id: string, more: object = {}) =>
  (await ask(who, "plans:get", { id, ...more })) !== null;

test("without `sharing`, there is none of these functions", async () => {
  const { docs } = (await app.load("convex/documents.ts")) as {
    docs: { api(): object };
  };
  const { plans } = (await app.load("convex/plans.ts")) as {
    plans: { api(): object };
  };
  const own = ["share", "unshare", "leave", "members", "listShared"];
  const more = ["createLink", "revokeLink", "acceptInvitations"];
  expect(Object.keys(plans.api())).toEqual(
    expect.arrayContaining([...own, ...more]),
  );
  expect(
    Object.keys(docs.api()).filter((name) => [...own, ...more].includes(name)),
  ).toEqual([]);
});

test.each([
  ["viewer", { body: "FORBIDDEN", status: "FORBIDDEN", share: "FORBIDDEN" }],
  ["commenter", { body: "FORBIDDEN", status: "FORBIDDEN", share: "FORBIDDEN" }],
  ["editor", { body: "done", status: "FORBIDDEN", share: "FORBIDDEN" }],
  ["manager", { body: "done", status: "done", share: "done" }],
])("a %s reads a draft, and does what the role adds", async (role, may) => {
  const { bob, id, share } = await begin();
  expect(await reads(bob, id)).toBe(false);
  await share("test|bob", role);
  expect(await reads(bob, id)).toBe(true);
  const does = (args: object) => outcome(run(bob, "plans:update", args));
  const cy = { id, principal: "test|cy", role: "viewer" };
  expect({
    body: await does({ id, body: "C" }),
    status: await does({ id, status: "published" }),
    share: await outcome(run(bob, "plans:share", cy)),
  }).toEqual(may);
});

test("share: an editor for good and a team until tomorrow, without a new version; gone in the next call", async () => {
  const { ada, bob, id } = await begin();
  await run(ada, "planMembers:invite", { id, userId: "test|bob" });
  expect(await ask(ada, "planMembers:withWhom", { id })).toMatchObject({
    ownerId: "test|ada",
    members: [
      { principal: "team:7", role: "viewer", expiresAt: Date.now() + DAY },
      { principal: "test|bob", role: "editor" },
    ],
  });
  expect(await ask(bob, "plans:get", { id })).toMatchObject({ version: 1 });
  vi.advanceTimersByTime(DAY);
  expect(await ask(ada, "planMembers:withWhom", { id })).toMatchObject({
    members: [{ principal: "test|bob" }],
  });
  await run(ada, "plans:unshare", { id, principal: "test|bob" });
  expect(await reads(bob, id)).toBe(false);
});

test("share: all or none, only below one's own role, never with the owner, and not by who is here for a time", async () => {
  const { ada, bob, as, id, share } = await begin();
  const cy = { principal: "test|cy", role: "viewer" };
  const members = [cy, { principal: "test|ada", role: "viewer" }];
  const shareAs = (who: Caller, args: object) =>
    outcome(run(who, "plans:share", { id, ...args }));
  expect(await shareAs(ada, { members })).toBe("VALIDATION_FAILED");
  expect(await reads(as("cy"), id)).toBe(false);
  await share("test|bob", "manager");
  await share("test|dan", "manager");
  expect(await shareAs(bob, { ...cy, role: "manager" })).toBe("FORBIDDEN");
  const dan = { id, principal: "test|dan" };
  expect(await outcome(run(bob, "plans:unshare", dan))).toBe("FORBIDDEN");
  const expiresAt = Date.now() + DAY;
  await share("test|eve", "manager", { expiresAt });
  expect(await shareAs(as("eve"), cy)).toBe("FORBIDDEN");
  await run(bob, "plans:leave", { id });
  expect(await reads(bob, id)).toBe(false);
  // As if there were such a user.
  expect(await shareAs(ada, { principal: "nobody", role: "viewer" })).toBe(
    "done",
  );
});

test("to a stranger, each call answers as for a document that does not exist", async () => {
  const { ada, bob, id } = await begin();
  const { id: gone } = (await run(ada, "plans:create", {
    title: "Gone",
    body: "",
  })) as { id: string };
  const plans = await operations("plans", "plans");
  await ada.mutation((ctx) => plans["remove"]!(ctx, { id: gone }));
  const answers = (of: string) =>
    Promise.all(
      [
        run(bob, "plans:share", {
          id: of,
          principal: "test|bob",
          role: "viewer",
        }),
        run(bob, "plans:unshare", { id: of, principal: "test|bob" }),
        run(bob, "plans:leave", { id: of }),
        run(bob, "plans:createLink", { id: of, role: "viewer" }),
        run(bob, "plans:revokeLink", { id: of, linkId: "x" }),
        ask(bob, "plans:members", { id: of }),
      ].map(async (call) =>
        JSON.stringify(getDocsError(await refusal(call))).replaceAll(of, "ID"),
      ),
    );
  const there = await answers(id);
  expect(there).toEqual(await answers(gone));
  for (const answer of there) expect(answer).toContain('"NOT_FOUND"');
});

test("invitations: for who has verified the address, for 30 days, and for good once taken up", async () => {
  const { ada, as } = app.start();
  const invited = await operations("invitations", "invited");
  const make = async () =>
    (
      await ada.mutation((ctx) =>
        invited["create"]!(ctx, { title: "Plan", body: "" }),
      )
    )["id"] as string;
  const [id, late] = [await make(), await make()];
  const email = "bob@example.com";
  const bob = as("bob", { email, emailVerified: true });
  const sees = async (who: Caller, of = id) =>
    Boolean(await who.query((ctx) => invited["get"]!(ctx, { id: of })));
  const invite = { id, address: " Bob@Example.com" };
  await run(ada, "invitations:invite", invite);
  await run(ada, "invitations:invite", { ...invite, id: late });
  expect(await sees(bob)).toBe(true);
  expect(await sees(as("bob", { email, emailVerified: false }))).toBe(false);
  expect(
    await sees(as("eve", { email: "b.ob@example.com", emailVerified: true })),
  ).toBe(false);
  const members = () => ada.query((ctx) => invited["members"]!(ctx, { id }));
  expect(await members()).toMatchObject({
    members: [
      { principal: "email:bob@example.com", acceptBy: Date.now() + 30 * DAY },
    ],
  });
  await bob.mutation((ctx) => invited["leave"]!(ctx, { id: late }));
  expect(await sees(bob, late)).toBe(false);
  await run(ada, "invitations:invite", { ...invite, id: late });

  const shared = { id, principal: "test|cy", role: "viewer" };
  const share = (who: Caller) =>
    outcome(who.mutation((ctx) => invited["share"]!(ctx, shared)));
  expect(await share(bob)).toBe("FORBIDDEN");
  const other = as("other", { email, emailVerified: true });
  vi.advanceTimersByTime(29 * DAY);
  // Again: that time again.
  await run(ada, "invitations:invite", invite);
  vi.advanceTimersByTime(DAY);
  expect([await sees(bob), await sees(bob, late)]).toEqual([true, false]);
  await run(bob, "invitations:takeUp", {});
  expect(await members()).toMatchObject({
    members: [{ principal: "test|bob", role: "editor" }],
  });
  // The address is somebody else's now.
  expect([await sees(as("bob")), await sees(other)]).toEqual([true, false]);
});

test("links: whoever has the token reads a draft until it is over; another token is answered like none", async () => {
  const { t, ada, bob, id } = await begin();
  const expiresAt = Date.now() + DAY;
  const made = (await run(ada, "press:forThePress", { id, expiresAt })) as {
    linkId: string;
    address: string;
  };
  const token = made.address.split("#")[1]!;
  const open = (who: Anyone, args: object = { token }) =>
    ask(who, "press:open", { id, ...args });
  for (const who of [t, bob]) {
    expect(await open(who)).toMatchObject({ title: "Plan", status: "draft" });
    expect(await open(who, {})).toBeNull();
    expect(await open(who, { token: `x${token}` })).toBeNull();
  }
  const members = await ask(ada, "plans:members", { id });
  expect(members).toMatchObject({
    members: [],
    links: [{ linkId: made.linkId, label: "For the press" }],
  });
  expect(JSON.stringify(members)).not.toContain(token);
  expect(await ask(bob, "plans:listShared", { paginationOpts })).toMatchObject({
    page: [],
  });
  vi.advanceTimersByTime(DAY);
  expect(await open(bob)).toBeNull();
});

test("links: who is signed in edits by an editor's link as themselves, nobody by one that was revoked", async () => {
  const { t, ada, bob, id } = await begin();
  const { token: linkToken, linkId } = (await run(ada, "plans:createLink", {
    id,
    role: "editor",
  })) as { token: string; linkId: string };
  const edit = (who: Anyone, more: object) =>
    outcome(run(who, "plans:update", { id, linkToken, ...more }));
  expect(await edit(t, { title: "B" })).toBe("UNAUTHORIZED");
  expect(await edit(bob, { title: "B" })).toBe("done");
  expect(await edit(bob, { isPublic: true })).toBe("FORBIDDEN");
  expect(await ask(ada, "plans:get", { id })).toMatchObject({
    title: "B",
    updatedBy: "test|bob",
  });
  expect(await reads(bob, id)).toBe(false);
  const over = await t.fetch(`/api/plans/${id}`, {
    headers: { "Docs-Link": linkToken },
  });
  expect(over.status).toBe(200);
  expect(await over.json()).toMatchObject({ title: "B" });
  expect(over.headers.get("Cache-Control")).toBe("private, no-store");
  expect(over.headers.get("Referrer-Policy")).toBe("no-referrer");
  expect((await t.fetch(`/api/plans/${id}`)).status).toBe(404);
  await run(ada, "plans:revokeLink", { id, linkId });
  expect(await edit(bob, { title: "C" })).toBe("NOT_FOUND");
  expect(await reads(t, id, { linkToken })).toBe(false);
});

test("shared with me: the newest first, and nothing of one's own", async () => {
  const { ada, bob, id, share } = await begin("first");
  await share("test|bob", "viewer");
  vi.advanceTimersByTime(1);
  const { id: second } = (await run(ada, "plans:create", {
    title: "second",
    body: "",
  })) as { id: string };
  await run(ada, "planMembers:invite", { id: second, userId: "test|bob" });
  await run(bob, "plans:create", { title: "own", body: "" });
  const list = (who: Caller) =>
    ask(who, "plans:listShared", { paginationOpts });
  expect(await list(bob)).toMatchObject({
    page: [
      { document: { _id: second }, role: "editor" },
      { document: { _id: id }, role: "viewer", sharedBy: "test|ada" },
    ],
  });
  expect(await list(ada)).toMatchObject({ page: [] });
});

/** Ada leads team 7, Bob is a member of it, Gil a guest. */
async function team() {
  const started = app.start();
  const who = { ada: "lead", bob: "member", gil: "guest" };
  const rows: Record<string, GenericId<string>> = {};
  await started.t.run(async (ctx) => {
    for (const [name, as] of Object.entries(who)) {
      const row = { userId: `test|${name}`, teamId: "7", as };
      rows[name] = await ctx.db.insert("memberships", row);
    }
  });
  const leave = (name: string) =>
    started.t.run((ctx) => ctx.db.delete(rows[name]!));
  return { ...started, gil: started.as("gil"), eve: started.as("eve"), leave };
}

test("teams: a document is shared with whoever is in one, at most as what they are there, while they are; of several ways the highest counts", async () => {
  const { as, bob, gil, eve, leave } = await team();
  const plans = await operations("teamPlans", "teamPlans");
  const owner = as("owner");
  const { id } = await owner.mutation((ctx) =>
    plans["create"]!(ctx, { title: "Plan", body: "" }),
  );
  const team7 = { id, principal: "team:7", role: "editor" };
  await owner.mutation((ctx) => plans["share"]!(ctx, team7));
  const edit = (who: Caller) =>
    outcome(who.mutation((ctx) => plans["update"]!(ctx, { id, title: "B" })));
  expect([await edit(bob), await edit(gil), await edit(eve)]).toEqual([
    "done",
    "FORBIDDEN",
    "NOT_FOUND",
  ]);
  const shared = (who: Caller) =>
    who.query((ctx) => plans["listShared"]!(ctx, { paginationOpts }));
  expect(await shared(gil)).toMatchObject({
    page: [{ document: { _id: id }, role: "viewer" }],
  });
  const asGil = { id, principal: "test|gil", role: "commenter" };
  await owner.mutation((ctx) => plans["share"]!(ctx, asGil));
  expect((await shared(gil))["page"] as object[]).toMatchObject([
    { document: { _id: id }, role: "commenter" },
  ]);
  await leave("bob");
  expect(await edit(bob)).toBe("NOT_FOUND");
  expect(await shared(bob)).toMatchObject({ page: [] });
});

test("what a team owns: begun and listed by its members, removed by who leads it, named by who wrote it", async () => {
  const { ada, bob, gil, eve, leave } = await team();
  const wiki = await operations("wiki", "wiki");
  const start = (who: Caller) => run(who, "wiki:begin", { teamId: "7" });
  const pages = async (who: Caller) =>
    (
      (await ask(who, "wiki:pages", { teamId: "7", paginationOpts })) as {
        page: object[];
      }
    ).page;
  const { id } = (await start(bob)) as { id: string };
  expect(await outcome(start(eve))).toBe("VALIDATION_FAILED");
  expect(await outcome(start(gil))).toBe("VALIDATION_FAILED");
  for (const who of [ada, bob, gil]) {
    expect(await pages(who)).toMatchObject([
      { ownerId: "team:7", title: "Onboarding", updatedBy: "test|bob" },
    ]);
  }
  expect(await pages(eve)).toEqual([]);
  const open = { title: "Open", ownerId: "team:7", isPublic: true };
  const error = await refusal(
    bob.mutation((ctx) => wiki["create"]!(ctx, open)),
  );
  expect(getDocsError(error)).toMatchObject({
    code: "VALIDATION_FAILED",
    issues: [{ path: "isPublic" }],
  });
  const own = { paginationOpts };
  expect(await bob.query((ctx) => wiki["list"]!(ctx, own))).toMatchObject({
    page: [],
  });
  const does = (who: Caller, name: string, args: object) =>
    outcome(who.mutation((ctx) => wiki[name]!(ctx, { id, ...args })));
  expect(await does(bob, "update", { title: "Welcome" })).toBe("done");
  expect(await does(bob, "update", { isPublic: true })).toBe("FORBIDDEN");
  expect(await does(gil, "update", { title: "No" })).toBe("FORBIDDEN");
  expect(await does(bob, "remove", {})).toBe("FORBIDDEN");
  await leave("bob");
  expect(await does(bob, "update", { title: "No" })).toBe("NOT_FOUND");
  expect(await pages(bob)).toEqual([]);
  expect(await pages(ada)).toMatchObject([{ title: "Welcome" }]);
  expect(await does(ada, "remove", {})).toBe("done");
});

test("fields by role: each sees and writes its own, and a name that is not among them is refused", async () => {
  const { ada, t, as } = app.start();
  const offers = await operations("offers", "offers");
  const whole = { title: "T", body: "B", comments: ["c"], margin: 5 };
  const seen = { status: "published", isPublic: true };
  const { id } = await ada.mutation((ctx) =>
    offers["create"]!(ctx, { ...whole, ...seen }),
  );
  const members = ["viewer", "commenter", "editor", "manager"].map((role) => ({
    principal: `test|${role}`,
    role,
  }));
  await ada.mutation((ctx) => offers["share"]!(ctx, { id, members }));
  const shown = async (who: Anyone) => {
    const document = await (who as Caller).query((ctx) =>
      offers["get"]!(ctx, { id }),
    );
    return Object.keys(whole).filter((name) => name in document);
  };
  expect(await shown(t)).toEqual(["title"]);
  for (const role of ["viewer", "commenter", "editor"])
    expect(await shown(as(role))).toEqual(["title", "body", "comments"]);
  for (const who of [as("manager"), ada])
    expect(await shown(who)).toEqual(Object.keys(whole));
  const writes = async (role: string, args: object) => {
    const error = await refusal(
      as(role).mutation((ctx) => offers["update"]!(ctx, { id, ...args })),
    );
    return error && getDocsError(error);
  };
  expect(await writes("commenter", { comments: ["d"] })).toBeNull();
  // The value that is there already would be a guess that hits.
  expect(await writes("commenter", { title: "T" })).toMatchObject({
    code: "FORBIDDEN",
    fields: ["title"],
  });
  expect(await writes("editor", { title: "U" })).toBeNull();
  expect(await writes("editor", { title: "V", margin: 5 })).toMatchObject({
    code: "FORBIDDEN",
    fields: ["margin"],
  });
  expect(await writes("manager", { margin: 6 })).toBeNull();
});

test("a transfer: the roles of others stay; the new owner's and the links go", async () => {
  const { t, ada, bob, as, id, share } = await begin();
  await share("test|bob", "editor");
  await share("test|cy", "viewer");
  const { token } = (await run(ada, "plans:createLink", {
    id,
    role: "viewer",
  })) as { token: string };
  const plans = await operations("plans", "plans");
  await ada.mutation((ctx) => plans["transfer"]!(ctx, { id, to: "test|bob" }));
  expect(await ask(bob, "plans:members", { id })).toMatchObject({
    ownerId: "test|bob",
    members: [{ principal: "test|cy", role: "viewer" }],
    links: [],
  });
  expect(await reads(as("cy"), id)).toBe(true);
  expect(await ask(t, "press:open", { id, token })).toBeNull();
});
