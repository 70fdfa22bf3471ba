/**
 * Giving, changing and taking away roles.
 */
import { beforeEach, expect, test, vi } from "vitest";
import { Docs, type Role } from "../../../src/client/index.js";
import { components, type HostCtx } from "../../support/host.js";
import { anonymous, blamed, refused } from "../../support/refusals.js";
import { row } from "../../support/stored.js";
import {
  cast,
  DAY,
  docs,
  grants,
  made,
  options,
  paginationOpts,
  plain,
  world,
} from "./world.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ["Date"] });
  return () => vi.useRealTimers();
});

type Cast = ReturnType<typeof cast>;
type Ctx = HostCtx;
type Given = Exclude<Role, "owner">;

async function give(c: Cast, id: string, principal: string, role: Given) {
  await c.ada.mutation((ctx) => docs.share(ctx, { id, principal, role }));
}
/** Why somebody may not. */
async function no(c: Cast, who: string, run: (ctx: Ctx) => Promise<unknown>) {
  return (await refused(c.t, () => c.as(who).mutation(run))).code;
}

test("each role may do what it stands for, and no more", async () => {
  const roles: Given[] = ["viewer", "commenter", "editor", "manager"];
  for (const [rank, role] of roles.entries()) {
    const c = cast();
    const id = await made(c);
    await give(c, id, "bob", role);
    const { bob } = c;
    const operations = [
      "read",
      "comment",
      "update",
      "share",
      "members",
      "remove",
      "transfer",
    ] as const;
    const allowed = await bob.query((ctx) =>
      Promise.all(
        operations.map((operation) => docs.can(ctx, { id, operation })),
      ),
    );
    const needs = [0, 1, 2, 3, 3, 3, 4];
    expect(allowed).toEqual(
      needs.map((least) =>
        rank >= least
          ? { allowed: true, role }
          : { allowed: false, role, code: "FORBIDDEN" },
      ),
    );
    const at = { least: (n: number) => rank >= n };
    expect(await bob.query((ctx) => docs.get(ctx, { id }))).toMatchObject({
      title: "T",
    });
    const attempts: [least: number, (ctx: Ctx) => Promise<unknown>][] = [
      [2, (ctx) => docs.update(ctx, { id, title: "X" })],
      [3, (ctx) => docs.update(ctx, { id, status: "archived" })],
      [3, (ctx) => docs.update(ctx, { id, isPublic: true })],
      [3, (ctx) => docs.update(ctx, { id, expiresAt: Date.now() + DAY })],
      [3, (ctx) => docs.share(ctx, { id, principal: "eve", role: "viewer" })],
      [3, (ctx) => docs.unshare(ctx, { id, principal: "eve" })],
      [3, (ctx) => docs.members(ctx, { id })],
      [4, (ctx) => docs.transfer(ctx, { id, to: "bob" })],
      [3, (ctx) => docs.remove(ctx, { id })],
    ];
    for (const [least, run] of attempts) {
      if (at.least(least)) await bob.mutation(run);
      else expect(await no(c, "bob", run)).toBe("FORBIDDEN");
    }
  }
});

test("a manager deletes nothing for good, and sets no end that would", async () => {
  const c = cast();
  const id = await made(c);
  await give(c, id, "bob", "manager");
  const forGood = new Docs(components.docs, { ...options, trash: false });
  expect(await no(c, "bob", (ctx) => forGood.remove(ctx, { id }))).toBe(
    "FORBIDDEN",
  );
  const expiresAt = Date.now() + DAY;
  const end = (ctx: Ctx) => forGood.update(ctx, { id, expiresAt });
  expect(await no(c, "bob", end)).toBe("FORBIDDEN");
});

test("nobody makes an equal, changes or removes one, or raises themselves", async () => {
  const c = cast();
  const id = await made(c);
  await give(c, id, "bob", "manager");
  await give(c, id, "cy", "manager");
  const attempts: ((ctx: Ctx) => Promise<unknown>)[] = [
    (ctx) => docs.share(ctx, { id, principal: "x", role: "manager" }),
    (ctx) => docs.share(ctx, { id, principal: "cy", role: "viewer" }),
    (ctx) => docs.share(ctx, { id, principal: "bob", role: "viewer" }),
    (ctx) => docs.unshare(ctx, { id, principal: "cy" }),
    (ctx) => docs.unshare(ctx, { id, principal: "bob" }),
  ];
  for (const run of attempts) expect(await no(c, "bob", run)).toBe("FORBIDDEN");
  await c.bob.mutation((ctx) => docs.leave(ctx, { id }));
  expect(await c.bob.query((ctx) => docs.get(ctx, { id }))).toBeNull();
});

test("the owner is no member: not shared with, not removed, and does not leave", async () => {
  const c = cast();
  const id = await made(c);
  await give(c, id, "bob", "manager");
  const share = () =>
    c.bob.mutation((ctx) =>
      docs.share(ctx, { id, principal: "ada", role: "viewer" }),
    );
  expect(blamed(await refused(c.t, share))).toEqual(["principal"]);
  await c.bob.mutation((ctx) => docs.unshare(ctx, { id, principal: "ada" }));
  expect(await no(c, "ada", (ctx) => docs.leave(ctx, { id }))).toBe(
    "FORBIDDEN",
  );
  await c.ada.mutation((ctx) => docs.update(ctx, { id, isPublic: true }));
});

test("who is here for a time shares with nobody, and changes no role", async () => {
  const c = cast();
  const id = await made(c);
  const expiresAt = Date.now() + DAY;
  await give(c, id, "eve", "viewer");
  await c.ada.mutation((ctx) =>
    docs.share(ctx, { id, principal: "bob", role: "manager", expiresAt }),
  );
  for (const principal of ["cy", "eve"]) {
    const share = (ctx: Ctx) =>
      docs.share(ctx, { id, principal, role: "commenter" });
    expect(await no(c, "bob", share)).toBe("FORBIDDEN");
  }
  await c.bob.query((ctx) => docs.members(ctx, { id }));
});

test("the next question after a role is taken away is answered without it", async () => {
  const c = cast();
  const id = await made(c);
  await give(c, id, "bob", "editor");
  await c.bob.mutation((ctx) => docs.update(ctx, { id, title: "X" }));
  await c.ada.mutation((ctx) => docs.unshare(ctx, { id, principal: "bob" }));
  expect(await c.bob.query((ctx) => docs.get(ctx, { id }))).toBeNull();
  const update = (ctx: Ctx) => docs.update(ctx, { id, title: "Y" });
  expect(await no(c, "bob", update)).toBe("NOT_FOUND");
  expect(await row(c.t, id)).not.toHaveProperty("shared");
  expect(await grants(c.t)).toEqual([]);
});

test("sharing changes no version, so that an open form is not disturbed", async () => {
  const c = cast();
  const id = await made(c);
  await give(c, id, "bob", "editor");
  expect(
    await c.ada.mutation((ctx) =>
      docs.update(ctx, { id, title: "N", ifVersion: 1 }),
    ),
  ).toEqual({ id, version: 2 });
});

test("members: who has what, since when, and from whom; neither ids nor what is over", async () => {
  const c = cast();
  const id = await made(c);
  await give(c, id, "bob", "manager");
  const expiresAt = Date.now() + DAY;
  await c.bob.mutation((ctx) =>
    docs.share(ctx, { id, principal: "cy", role: "viewer", expiresAt }),
  );
  const at = { grantedAt: Date.now() };
  const bob = { principal: "bob", role: "manager", grantedBy: "ada", ...at };
  const cy = {
    principal: "cy",
    role: "viewer",
    grantedBy: "bob",
    expiresAt,
    ...at,
  };
  const members = () => c.ada.query((ctx) => docs.members(ctx, { id }));
  expect(await members()).toEqual({
    ownerId: "ada",
    members: [bob, cy],
    links: [],
  });
  vi.setSystemTime(expiresAt);
  expect(await members()).toEqual({
    ownerId: "ada",
    members: [bob],
    links: [],
  });
});

test("several at once: all or none, each once, and with nobody twice", async () => {
  const c = cast();
  const id = await made(c);
  const share = (...principals: string[]) => {
    const members = principals.map((principal) => ({
      principal,
      role: "viewer" as const,
    }));
    return c.ada.mutation((ctx) => docs.share(ctx, { id, members }));
  };
  await share("bob", "cy");
  await share("bob", "cy", "eve");
  expect((await grants(c.t)).map(({ principal }) => principal)).toEqual([
    "bob",
    "cy",
    "eve",
  ]);
  for (const wrong of [
    ["x", "x"],
    ["x", "ada"],
    ["x", " "],
    ["x", "y".repeat(513)],
  ]) {
    expect(blamed(await refused(c.t, () => share(...wrong)))).toEqual([
      "members.1.principal",
    ]);
  }
  expect(await refused(c.t, () => share("ada"))).toMatchObject({
    issues: [
      {
        path: "members.0.principal",
        message: "Principal of item 1 of members is the document's owner.",
      },
    ],
  });
});

test("everything that is wrong with what is given is told at once, each with its place, and nothing is given", async () => {
  const c = cast();
  const id = await made(c);
  const role = "viewer";
  const members = [
    { principal: "bob", role },
    { principal: " ", role, expiresAt: 0 },
    { principal: "link:x", role },
    { principal: "bob", role, acceptBy: Date.now() + 1 },
    { principal: "email:", role: "owner" },
  ];
  const wrong = (call: (ctx: Ctx) => Promise<unknown>) =>
    refused(c.t, () => c.ada.mutation(call)).then(blamed);
  expect(
    await wrong((ctx) => docs.share(ctx, { id, members } as never)),
  ).toEqual([
    "members.4.role",
    "members.1.principal",
    "members.1.expiresAt",
    "members.2.principal",
    "members.3.principal",
    "members.3.acceptBy",
    "members.4.principal",
  ]);
  const link = { id, role: "manager", label: " ", expiresAt: 1 };
  expect(await wrong((ctx) => docs.createLink(ctx, link as never))).toEqual([
    "role",
    "label",
    "expiresAt",
  ]);
  expect(
    await wrong((ctx) => docs.unshare(ctx, { id, principal: "" })),
  ).toEqual(["principal"]);
  expect(await grants(c.t)).toEqual([]);
});

test("the arguments say one or several, a role that can be given, and a time to come", async () => {
  const c = cast();
  const id = await made(c);
  const wrong = async (args: object) =>
    blamed(
      await refused(c.t, () =>
        c.ada.mutation((ctx) => docs.share(ctx, { id, ...args } as never)),
      ),
    );
  const one = { principal: "bob", role: "viewer" };
  expect(await wrong({})).toEqual(["members"]);
  expect(await wrong({ ...one, members: [one] })).toEqual([
    "principal",
    "role",
  ]);
  const expiresAt = Date.now() + DAY;
  expect(await wrong({ members: [one], expiresAt })).toEqual(["expiresAt"]);
  expect(await wrong({ members: [], principal: "bob" })).toEqual(["principal"]);
  expect(await wrong({ ...one, role: "owner" })).toEqual(["role"]);
  expect(await wrong({ ...one, expiresAt: Date.now() })).toEqual(["expiresAt"]);
  expect(await wrong({ ...one, expiresAt: NaN })).toEqual(["expiresAt"]);
});

test("can says of sharing what sharing says: who is here for a time shares with nobody", async () => {
  const c = cast();
  const id = await made(c);
  const expiresAt = Date.now() + DAY;
  await c.ada.mutation((ctx) =>
    docs.share(ctx, { id, principal: "bob", role: "manager", expiresAt }),
  );
  const can = (operation: "share" | "members") =>
    c.bob.query((ctx) => docs.can(ctx, { id, operation }));
  const refusal = { allowed: false, role: "manager", code: "FORBIDDEN" };
  expect(await can("share")).toEqual(refusal);
  expect(await can("members")).toEqual({ allowed: true, role: "manager" });
  await give(c, id, "bob", "viewer");
  await give(c, id, "cy", "manager");
  expect(
    await c.cy.query((ctx) => docs.can(ctx, { id, operation: "share" })),
  ).toEqual({ allowed: true, role: "manager" });
});

test("of as many as one transaction can read once, what is others' answers as what is not there, however large it is", async () => {
  const c = cast();
  const body = "x".repeat(250_000);
  const ids: string[] = [];
  for (let n = 0; n < 43; n += 1) {
    const draft = { title: `${n}`, body };
    ids.push((await c.ada.mutation((ctx) => docs.create(ctx, draft))).id);
  }
  expect(await c.eve.query((ctx) => docs.getMany(ctx, { ids }))).toEqual(
    ids.map(() => null),
  );
  const asked = await c.eve.query((ctx) =>
    docs.can(ctx, { ids, operation: "read" }),
  );
  expect(asked).toEqual(ids.map(() => ({ allowed: false, code: "NOT_FOUND" })));
  for (const id of ids) await give(c, id, "eve", "viewer");
  const shared = await c.eve.query((ctx) => docs.getMany(ctx, { ids }));
  expect(shared.map((document) => document?.title)).toEqual(
    ids.map((_, n) => `${n}`),
  );
});

test("the 101st member is refused, and one of the hundred can still be changed", async () => {
  const c = cast();
  const id = await made(c);
  const members = Array.from({ length: 100 }, (_, n) => ({
    principal: `u${n}`,
    role: "viewer" as const,
  }));
  await c.ada.mutation((ctx) => docs.share(ctx, { id, members }));
  const more = () => give(c, id, "one more", "viewer");
  expect(blamed(await refused(c.t, more))).toEqual(["principal"]);
  await give(c, id, "u7", "editor");
});

test("to a stranger, every call of sharing answers as if there were nothing", async () => {
  const c = cast();
  const shared = await made(c);
  await give(c, shared, "bob", "viewer");
  const trashed = await made(c);
  await c.ada.mutation((ctx) => docs.remove(ctx, { id: trashed }));
  const other = (await grants(c.t))[0]?._id ?? "";
  const { linkId } = await c.ada.mutation((ctx) =>
    docs.createLink(ctx, { id: shared, role: "viewer" }),
  );
  const calls: ((id: string) => (ctx: Ctx) => Promise<unknown>)[] = [
    (id) => (ctx) => docs.share(ctx, { id, principal: "eve", role: "viewer" }),
    (id) => (ctx) => plain.share(ctx, { id, principal: "x", role: "manager" }),
    (id) => (ctx) => docs.unshare(ctx, { id, principal: "bob" }),
    (id) => (ctx) => docs.leave(ctx, { id }),
    (id) => (ctx) => docs.members(ctx, { id }),
    (id) => (ctx) => docs.createLink(ctx, { id, role: "viewer" }),
    (id) => (ctx) => docs.revokeLink(ctx, { id, linkId }),
  ];
  for (const call of calls) {
    const answers: string[] = [];
    for (const id of [shared, trashed, "rubbish", other]) {
      const data = await refused(c.t, () => c.eve.mutation(call(id)));
      answers.push(anonymous(data, id));
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain("NOT_FOUND");
    const asked = await c.eve.query((ctx) =>
      docs.can(ctx, {
        ids: [shared, trashed, "rubbish", other],
        operation: "share",
      }),
    );
    expect(asked).toEqual(Array(4).fill({ allowed: false, code: "NOT_FOUND" }));
    const signedOut = await refused(c.t, () => c.t.mutation(call(shared)));
    expect(signedOut.code).toBe("UNAUTHORIZED");
  }
});

test("signed out is told so by every call that writes or shares, whatever the host adds to who may what", async () => {
  const c = cast();
  const id = await made(c);
  const rules = { history: {}, workingCopy: true } as const;
  const readable = { public: ["title"] } as const;
  for (const docs of [
    new Docs(components.docs, { ...options, ...rules, access: () => true }),
    new Docs(components.docs, { ...options, ...rules, readable }),
  ]) {
    const at = Date.now() + DAY;
    const principal = "bob";
    const calls: ((ctx: Ctx) => Promise<unknown>)[] = [
      (ctx) => docs.share(ctx, { id, principal, role: "viewer" }),
      (ctx) => docs.unshare(ctx, { id, principal }),
      (ctx) => docs.leave(ctx, { id }),
      (ctx) => docs.members(ctx, { id }),
      (ctx) => docs.createLink(ctx, { id, role: "viewer" }),
      (ctx) => docs.revokeLink(ctx, { id, linkId: "none" }),
      (ctx) => docs.update(ctx, { id, title: "B" }),
      (ctx) => docs.transfer(ctx, { id, to: "bob" }),
      (ctx) => docs.publish(ctx, { id }),
      (ctx) => docs.discardDraft(ctx, { id }),
      (ctx) => docs.schedule(ctx, { id, action: "publish", at }),
      (ctx) => docs.cancelSchedule(ctx, { id, action: "publish" }),
      (ctx) => docs.revert(ctx, { id, to: 1 }),
      (ctx) => docs.nameRevision(ctx, { id, version: 1, name: "First" }),
    ];
    for (const call of calls) {
      const { code } = await refused(c.t, () => c.t.mutation(call));
      expect(code, String(call)).toBe("UNAUTHORIZED");
    }
  }
});

test("a public document is seen by all, and shared by none of them", async () => {
  const c = cast();
  const id = await made(c, { status: "published", isPublic: true });
  const share = (ctx: Ctx) =>
    docs.share(ctx, { id, principal: "eve", role: "viewer" });
  expect(await no(c, "eve", share)).toBe("FORBIDDEN");
  expect(await no(c, "eve", (ctx) => docs.leave(ctx, { id }))).toBe(
    "FORBIDDEN",
  );
  expect(await no(c, "eve", (ctx) => docs.members(ctx, { id }))).toBe(
    "FORBIDDEN",
  );
});

test("a batch is decided item by item", async () => {
  const c = cast();
  const [edit, view, none] = [await made(c), await made(c), await made(c)];
  await give(c, edit, "bob", "editor");
  await give(c, view, "bob", "viewer");
  const ids = [edit, view, none];
  for (const using of [plain, docs]) {
    const { results } = await c.bob.mutation((ctx) =>
      using.batchUpdate(ctx, { ids, updates: { title: "X" }, mode: "partial" }),
    );
    expect(results.map((r) => (r.ok ? "ok" : r.error.code))).toEqual([
      "ok",
      "FORBIDDEN",
      "NOT_FOUND",
    ]);
    const atomic = (ctx: Ctx) =>
      using.batchUpdate(ctx, { ids, updates: { title: "Y" } });
    expect(await no(c, "bob", atomic)).toBe("BATCH_FAILED");
  }
});

test("the access hook hears the role, and narrows and widens sharing with a role alone", async () => {
  const c = cast();
  const id = await made(c);
  const heard: unknown[] = [];
  let answer: Role | boolean = true;
  const hooked = new Docs(components.docs, {
    ...options,
    access: (_ctx, { operation, userId, role, byDefault }) => {
      heard.push([operation, userId, role, byDefault]);
      return operation === "share" || operation === "members"
        ? answer
        : byDefault;
    },
  });
  await give(c, id, "bob", "manager");
  await give(c, id, "cy", "editor");
  const share = (ctx: Ctx) =>
    hooked.share(ctx, { id, principal: "eve", role: "viewer" });
  expect(await no(c, "cy", share)).toBe("FORBIDDEN");
  await c.bob.mutation(share);
  await c.ada.mutation((ctx) => hooked.unshare(ctx, { id, principal: "eve" }));
  answer = "manager";
  await c.cy.mutation(share);
  answer = false;
  expect(await no(c, "bob", share)).toBe("FORBIDDEN");
  expect(heard).toContainEqual(["share", "bob", "manager", true]);
  expect(heard).toContainEqual(["share", "cy", "editor", false]);
  await c.cy.mutation((ctx) => hooked.update(ctx, { id, title: "X" }));
  expect(heard).toContainEqual(["update", "cy", "editor", true]);
  expect(await c.cy.query((ctx) => hooked.get(ctx, { id }))).not.toBeNull();
  const { page } = await c.cy.query((ctx) =>
    hooked.listShared(ctx, { paginationOpts }),
  );
  expect(page).toMatchObject([{ role: "editor", document: { _id: id } }]);
  expect(heard).toContainEqual(["read", "cy", "editor", true]);
});

test("the role goes between the host's answer and the write of an action: the write is refused", async () => {
  const c = cast();
  const id = await made(c);
  await give(c, id, "bob", "editor");
  const revoking = new Docs(components.docs, {
    ...options,
    access: async (_ctx, { operation, byDefault }) => {
      if (operation === "update") {
        await c.ada.mutation((ctx) =>
          docs.unshare(ctx, { id, principal: "bob" }),
        );
      }
      return byDefault;
    },
  });
  await expect(
    c.bob.action((ctx) => revoking.update(ctx, { id, title: "late" })),
  ).rejects.toThrow("NOT_FOUND");
  expect(await row(c.t, id)).toMatchObject({ fields: { title: "T" } });
});

test("onShare hears of each change, in its transaction, and what it refuses is taken back, caught or not", async () => {
  const c = cast();
  const id = await made(c);
  const heard: unknown[] = [];
  const told = new Docs(components.docs, {
    ...options,
    onShare: (_ctx, change) => {
      heard.push(change);
      if (change.principal === "boom") throw new Error("no");
    },
  });
  const by = { documentId: id, userId: "ada" };
  const member = (principal: string, role: Given) => ({ principal, role });
  await c.ada.mutation((ctx) =>
    told.share(ctx, { id, ...member("bob", "viewer") }),
  );
  // It is so already.
  await c.ada.mutation((ctx) =>
    told.share(ctx, { id, ...member("bob", "viewer") }),
  );
  const members = [member("bob", "editor"), member("boom", "viewer")];
  const before = await grants(c.t);
  for (const share of [
    () => c.ada.mutation((ctx) => told.share(ctx, { id, members })),
    () =>
      c.ada.mutation(async (ctx) => {
        await expect(told.share(ctx, { id, members })).rejects.toThrow("no");
        throw new Error("no");
      }),
  ]) {
    await expect(share()).rejects.toThrow("no");
  }
  await c.ada.mutation(async (ctx) => {
    await expect(told.share(ctx, { id, members })).rejects.toThrow("no");
  });
  expect(await grants(c.t)).toEqual(before);
  await c.bob.mutation((ctx) => told.leave(ctx, { id }));
  expect(heard[0]).toEqual({
    operation: "share",
    ...by,
    ...member("bob", "viewer"),
  });
  expect(heard).toHaveLength(1 + 3 * 2 + 1);
  expect(heard.at(-1)).toEqual({
    operation: "leave",
    documentId: id,
    principal: "bob",
    role: null,
    userId: "bob",
  });
  await expect(
    c.ada.action((ctx) =>
      told.share(ctx as never, { id, ...member("cy", "viewer") }),
    ),
  ).rejects.toThrow("an action has none");
});

test("principals and onShare without sharing are a mistake that is told", () => {
  const { sharing: _sharing, ...rest } = options;
  expect(
    () => new Docs(components.docs, { ...rest, principals: () => [] }),
  ).toThrow("without sharing: true");
});

test("without sharing there is no function of it", () => {
  const { sharing: _sharing, ...rest } = options;
  const off = Object.keys(new Docs(components.docs, rest).api());
  const on = Object.keys(docs.api());
  expect(on.filter((name) => !off.includes(name))).toEqual([
    "share",
    "unshare",
    "leave",
    "acceptInvitations",
    "createLink",
    "revokeLink",
    "members",
    "listShared",
  ]);
  expect(world.asked).toBe(0);
});
