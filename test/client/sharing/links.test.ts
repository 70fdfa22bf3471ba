/**
 * Links: what whoever has the token may do, and for how long.
 */
import { mutationGeneric, queryGeneric } from "convex/server";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Docs, type SharingChange } from "../../../src/client/index.js";
import { components, type HostCtx } from "../../support/host.js";
import { blamed, refused } from "../../support/refusals.js";
import { inComponent, row } from "../../support/stored.js";
import {
  cast,
  DAY,
  docs,
  grants,
  made,
  options,
  plain,
  world,
} from "./world.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  return () => vi.useRealTimers();
});

type Cast = ReturnType<typeof cast>;
type LinkArgs = Omit<Parameters<typeof docs.createLink>[1], "id">;

const link = (c: Cast, id: string, args: LinkArgs) =>
  c.ada.mutation((ctx) => docs.createLink(ctx, { id, ...args }));
const seen = (
  c: Cast,
  id: string,
  token: unknown,
  who: Cast["ada"] | Cast["t"] = c.t,
) => who.query((ctx) => docs.withLink(token as string).get(ctx, { id }));

describe("who has the token", () => {
  test("reads, signed in or not, a draft too; nobody else does", async () => {
    const c = cast();
    const id = await made(c);
    const { token } = await link(c, id, { role: "viewer" });
    expect(token).toMatch(/^[\w-]{43}$/);
    for (const using of [docs, plain]) {
      for (const who of [c.t, c.eve]) {
        const found = await who.query(async (ctx) => {
          const by = using.withLink(token);
          const ids = [id, "rubbish"];
          return [
            await by.get(ctx, { id }),
            ...(await by.getMany(ctx, { ids })),
            await by.getOrThrow(ctx, { id }),
            await using.get(ctx, { id }),
          ];
        });
        expect(found).toMatchObject([
          { title: "T" },
          { title: "T" },
          null,
          { title: "T" },
          null,
        ]);
      }
    }
  });

  test("writes by an editor's link as themselves, and not without a name", async () => {
    const c = cast();
    const id = await made(c);
    const { token } = await link(c, id, { role: "editor" });
    const update = (ctx: HostCtx) =>
      docs.withLink(token).update(ctx, { id, title: "X" });
    const out = await refused(c.t, () => c.t.mutation(update));
    expect(out.code).toBe("UNAUTHORIZED");
    expect(await row(c.t, id)).toMatchObject({ fields: { title: "T" } });
    await c.eve.mutation(update);
    await c.eve.mutation((ctx) =>
      docs
        .withLink(token)
        .batchUpdate(ctx, { ids: [id], updates: { title: "Y" } }),
    );
    expect(await row(c.t, id)).toMatchObject({ fields: { title: "Y" } });
    for (const more of [{ isPublic: true }, { expiresAt: Date.now() + DAY }]) {
      const manage = () =>
        c.eve.mutation((ctx) =>
          docs.withLink(token).update(ctx, { id, ...more }),
        );
      expect((await refused(c.t, manage)).code).toBe("FORBIDDEN");
    }
    const can = (who: Cast["ada"] | Cast["t"]) =>
      who.query((ctx) =>
        docs.withLink(token).can(ctx, { id, operation: "read" }),
      );
    expect(await can(c.eve)).toEqual({ allowed: true, role: "editor" });
    expect(await can(c.t)).toEqual({ allowed: true, role: "commenter" });
  });

  test("by a viewer's link is refused an update as who may read, and keeps the more that they are", async () => {
    const c = cast();
    const id = await made(c);
    const { token } = await link(c, id, { role: "viewer" });
    const update = (ctx: HostCtx) =>
      docs.withLink(token).update(ctx, { id, title: "X" });
    const no = await refused(c.t, () => c.eve.mutation(update));
    expect(no.code).toBe("FORBIDDEN");
    world.held = { bob: ["team:7"] };
    await c.ada.mutation((ctx) =>
      docs.share(ctx, { id, principal: "team:7", role: "editor" }),
    );
    await c.bob.mutation(update);
    await c.ada.mutation(update);
  });

  test("has it in no list, and opens no other document", async () => {
    const c = cast();
    const [id, other] = [await made(c), await made(c)];
    await link(c, other, { role: "viewer" });
    const { token } = await link(c, id, { role: "editor" });
    expect(await seen(c, other, token, c.eve)).toBeNull();
    const by = docs.withLink(token) as unknown as typeof docs;
    const lists = await c.eve.query(async (ctx) => {
      const paginationOpts = { numItems: 20, cursor: null };
      const { page: shared } = await by.listShared(ctx, { paginationOpts });
      const { page: own } = await by.list(ctx, { paginationOpts });
      return [...shared, ...own];
    });
    expect(lists).toEqual([]);
    const pass = () =>
      c.eve.mutation((ctx) =>
        by.share(ctx, { id, principal: "eve", role: "viewer" }),
      );
    expect((await refused(c.t, pass)).code).toBe("FORBIDDEN");
  });
});

test("a token that is none, is over or was revoked is as none, byte for byte", async () => {
  const c = cast();
  const id = await made(c);
  const { token, linkId } = await link(c, id, { role: "viewer" });
  const ends = await link(c, id, {
    role: "viewer",
    expiresAt: Date.now() + DAY,
  });
  const [stored] = await grants(c.t);
  const hash = stored?.principal ?? "";
  const wrong: unknown[] = [
    "",
    "x",
    token.slice(1),
    `${token}=`,
    token.toLowerCase(),
    "x".repeat(9_999),
    "A".repeat(43),
    hash,
    hash.slice("link:".length),
    linkId,
    null,
    undefined,
    7,
  ];
  const answer = async (one: unknown) => {
    const by = docs.withLink(one as string);
    const data = await refused(c.t, () =>
      c.eve.mutation((ctx) => by.update(ctx, { id, title: "X" })),
    );
    return JSON.stringify([
      await seen(c, id, one),
      await seen(c, id, one, c.eve),
      await c.t.query((ctx) => by.can(ctx, { id, operation: "read" })),
      data,
    ]);
  };
  const none = await answer(undefined);
  expect(none).toContain("NOT_FOUND");
  for (const one of wrong) expect(await answer(one)).toBe(none);
  vi.setSystemTime(Date.now() + DAY - 1);
  expect(await seen(c, id, ends.token)).not.toBeNull();
  vi.setSystemTime(Date.now() + 1);
  expect(await answer(ends.token)).toBe(none);
  expect(await seen(c, id, token)).not.toBeNull();
  await c.ada.mutation((ctx) => docs.revokeLink(ctx, { id, linkId }));
  expect(await answer(token)).toBe(none);
});

test("the token is nowhere in the tables, and neither it nor its hash in the list", async () => {
  const c = cast();
  const id = await made(c);
  const { token, linkId } = await link(c, id, {
    role: "commenter",
    label: "For the press",
  });
  const stored = await inComponent(c.t, async (ctx) => [
    ...(await ctx.db.query("grants").take(10)),
    ...(await ctx.db.query("documents").take(10)),
  ]);
  expect(JSON.stringify(stored)).not.toContain(token);
  const found = await c.ada.query((ctx) => docs.members(ctx, { id }));
  expect(found).toEqual({
    ownerId: "ada",
    members: [],
    links: [
      {
        linkId,
        role: "commenter",
        label: "For the press",
        grantedBy: "ada",
        grantedAt: Date.now(),
      },
    ],
  });
});

test("links rest in the trash, come back with it, and end when the document changes hands", async () => {
  const c = cast();
  const id = await made(c);
  await c.ada.mutation((ctx) =>
    docs.share(ctx, { id, principal: "cy", role: "viewer" }),
  );
  const { token } = await link(c, id, { role: "viewer" });
  await link(c, id, { role: "editor" });
  await c.ada.mutation((ctx) => docs.remove(ctx, { id }));
  expect(await seen(c, id, token)).toBeNull();
  await c.ada.mutation((ctx) => docs.restore(ctx, { id }));
  expect(await seen(c, id, token)).not.toBeNull();
  await c.ada.mutation((ctx) => docs.transfer(ctx, { id, to: "bob" }));
  expect(await seen(c, id, token)).toBeNull();
  expect((await grants(c.t)).map(({ principal }) => principal)).toEqual(["cy"]);
  await c.bob.mutation((ctx) => docs.unshare(ctx, { id, principal: "cy" }));
  expect(await row(c.t, id)).not.toHaveProperty("shared");
});

test("a link that ends goes from the tables, and with the last grant the document's mark", async () => {
  const c = cast();
  const id = await made(c);
  await link(c, id, { role: "viewer", expiresAt: Date.now() + DAY });
  await vi.advanceTimersByTimeAsync(DAY + 60_000);
  await c.t.finishInProgressScheduledFunctions();
  expect(await grants(c.t)).toEqual([]);
  expect(await row(c.t, id)).not.toHaveProperty("shared");
});

test("the 21st link is refused; members have a number of their own", async () => {
  const c = cast();
  const id = await made(c);
  const links = [];
  for (let n = 0; n < 20; n++)
    links.push(await link(c, id, { role: "viewer" }));
  const more = () => link(c, id, { role: "viewer" });
  expect(blamed(await refused(c.t, more))).toEqual(["id"]);
  const members = Array.from({ length: 100 }, (_, n) => ({
    principal: `u${n}`,
    role: "viewer" as const,
  }));
  await c.ada.mutation((ctx) => docs.share(ctx, { id, members }));
  const found = await c.ada.query((ctx) => docs.members(ctx, { id }));
  expect(found.members).toHaveLength(100);
  expect(found.links.map(({ linkId }) => linkId).sort()).toEqual(
    links.map(({ linkId }) => linkId).sort(),
  );
  const linkId = links[7]?.linkId ?? "";
  await c.ada.mutation((ctx) => docs.revokeLink(ctx, { id, linkId }));
  await more();
});

test("what makes no link: a manager's role, an end that is past, a label of nothing; and no link is a member", async () => {
  const c = cast();
  const id = await made(c);
  const wrong = async (args: object) =>
    blamed(await refused(c.t, () => link(c, id, args as LinkArgs)));
  expect(await wrong({ role: "manager" })).toEqual(["role"]);
  expect(await wrong({ role: "viewer", expiresAt: Date.now() })).toEqual([
    "expiresAt",
  ]);
  expect(await wrong({ role: "viewer", label: " " })).toEqual(["label"]);
  expect(await wrong({ role: "viewer", label: "x".repeat(129) })).toEqual([
    "label",
  ]);
  await link(c, id, { role: "viewer" });
  const principal = (await grants(c.t))[0]?.principal ?? "";
  for (const run of [
    (ctx: HostCtx) => docs.share(ctx, { id, principal, role: "editor" }),
    (ctx: HostCtx) => docs.unshare(ctx, { id, principal }),
  ]) {
    const data = await refused(c.t, () => c.ada.mutation(run));
    expect(blamed(data)).toEqual(["principal"]);
  }
  world.held = { bob: [principal] };
  await expect(c.bob.query((ctx) => docs.get(ctx, { id }))).rejects.toThrow(
    "principals()",
  );
  const given = await refused(c.t, () =>
    c.ada.mutation((ctx) => docs.transfer(ctx, { id, to: principal })),
  );
  expect(blamed(given)).toEqual(["to"]);
  const taken = { ownerId: principal, title: "T" };
  const owned = await refused(c.t, () =>
    c.t.mutation((ctx) => docs.asSystem("test").create(ctx, taken)),
  );
  expect(blamed(owned)).toEqual(["ownerId"]);
  // Nobody is who has the link.
  const named = await refused(c.t, () =>
    c.as(principal).query((ctx) => docs.get(ctx, { id })),
  );
  expect(blamed(named)).toEqual(["userId"]);
});

test("makes and ends links: a manager, and nobody who is here for a time", async () => {
  const c = cast();
  const id = await made(c);
  const { linkId } = await link(c, id, { role: "viewer" });
  const create = (ctx: HostCtx) => docs.createLink(ctx, { id, role: "editor" });
  const revoke = (ctx: HostCtx) => docs.revokeLink(ctx, { id, linkId });
  const give = (role: "editor" | "manager", expiresAt?: number) =>
    c.ada.mutation((ctx) =>
      docs.share(ctx, {
        id,
        principal: "bob",
        role,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      }),
    );
  await give("editor");
  for (const run of [create, revoke]) {
    const data = await refused(c.t, () => c.bob.mutation(run));
    expect(data.code).toBe("FORBIDDEN");
  }
  await give("manager", Date.now() + DAY);
  const data = await refused(c.t, () => c.bob.mutation(create));
  expect(data.code).toBe("FORBIDDEN");
  await c.bob.mutation(revoke);
  // There is none any more, and none of another document's is touched.
  await c.bob.mutation(revoke);
  const other = await made(c);
  const kept = await link(c, other, { role: "viewer" });
  await c.bob.mutation((ctx) =>
    docs.revokeLink(ctx, { id, linkId: kept.linkId }),
  );
  expect(await seen(c, other, kept.token)).not.toBeNull();
  const [grant] = await grants(c.t);
  await c.ada.mutation((ctx) =>
    docs.revokeLink(ctx, { id, linkId: grant?._id ?? "" }),
  );
  expect(await c.bob.query((ctx) => docs.get(ctx, { id }))).not.toBeNull();
});

test("onShare hears of links by their ids, and what it refuses is taken back", async () => {
  const c = cast();
  const id = await made(c);
  const heard: SharingChange[] = [];
  let refuses = false;
  const told = new Docs(components.docs, {
    ...options,
    onShare: (_ctx, change) => {
      heard.push(change);
      if (refuses) throw new Error("no");
    },
  });
  const { linkId, token } = await c.ada.mutation((ctx) =>
    told.createLink(ctx, { id, role: "viewer", label: "L" }),
  );
  const by = { documentId: id, principal: null, linkId, userId: "ada" };
  expect(heard).toEqual([{ operation: "createLink", ...by, role: "viewer" }]);
  refuses = true;
  await c.ada.mutation(async (ctx) => {
    const create = told.createLink(ctx, { id, role: "editor" });
    await expect(create).rejects.toThrow("no");
  });
  expect(await grants(c.t)).toHaveLength(1);
  await c.ada.mutation(async (ctx) => {
    await expect(told.revokeLink(ctx, { id, linkId })).rejects.toThrow("no");
  });
  expect(await seen(c, id, token)).not.toBeNull();
  const { links } = await c.ada.query((ctx) => told.members(ctx, { id }));
  expect(links).toMatchObject([{ role: "viewer", label: "L" }]);
});

test("the access hook hears the role that a link gives, and may answer no", async () => {
  const c = cast();
  const id = await made(c);
  const { token } = await link(c, id, { role: "editor" });
  const heard: unknown[] = [];
  let answer = true;
  const hooked = new Docs(components.docs, {
    ...options,
    access: (_ctx, { operation, userId, role, byDefault }) => {
      heard.push([operation, userId, role]);
      return answer && byDefault;
    },
  });
  const by = hooked.withLink(token);
  const get = (who: Cast["ada"] | Cast["t"]) =>
    who.query((ctx) => by.get(ctx, { id }));
  expect(await get(c.t)).not.toBeNull();
  await c.eve.mutation((ctx) => by.update(ctx, { id, title: "X" }));
  expect(heard).toEqual([
    ["read", null, "commenter"],
    ["update", "eve", "editor"],
  ]);
  answer = false;
  expect(await get(c.t)).toBeNull();
});

test("the functions of api() take linkToken where documents can be shared, and only there", async () => {
  const c = cast();
  const id = await made(c);
  const withHistory = new Docs(components.docs, { ...options, history: {} });
  const { token: linkToken } = await link(c, id, { role: "editor" });
  type Run = {
    _handler: (ctx: unknown, args: object) => Promise<unknown>;
  };
  const builders = { query: queryGeneric, mutation: mutationGeneric };
  const plainApi = withHistory.api();
  for (const api of [plainApi, withHistory.api(builders as object)]) {
    const call = (
      who: Cast["ada"] | Cast["t"],
      name: keyof typeof plainApi,
      args: object,
    ) =>
      who.mutation((ctx) => (api[name] as unknown as Run)._handler(ctx, args));
    const shown = { id, linkToken };
    expect(await call(c.t, "get", shown)).toMatchObject({ _id: id });
    const ids = [id];
    expect(await call(c.t, "getMany", { ids, linkToken })).toMatchObject([
      { _id: id },
    ]);
    const question = { operation: "read" };
    expect(await call(c.t, "can", { ...shown, ...question })).toEqual({
      allowed: true,
      role: "commenter",
    });
    await call(c.eve, "update", { ...shown, title: "X" });
    const updates = { title: "Y" };
    await call(c.eve, "batchUpdate", { ids, updates, linkToken });
    const paginationOpts = { numItems: 5, cursor: null };
    const { page } = (await call(c.eve, "listRevisions", {
      ...shown,
      paginationOpts,
    })) as { page: { version: number }[] };
    const { version = 0 } = page.at(-1) ?? {};
    const revision = await call(c.eve, "getRevision", { ...shown, version });
    expect(revision).toMatchObject({ fields: { title: "T" } });
    await call(c.eve, "revert", { ...shown, to: version });
    expect(await call(c.ada, "get", { id })).toMatchObject({ title: "T" });
    expect(await call(c.t, "get", { id })).toBeNull();
    expect(await call(c.t, "get", { id, linkToken: 7 })).toBeNull();
  }
  const { sharing: _sharing, ...rest } = options;
  const { get } = new Docs(components.docs, rest).api();
  const off = await refused(c.t, () =>
    c.t.query((ctx) =>
      (get as unknown as Run)._handler(ctx, { id, linkToken }),
    ),
  );
  expect(blamed(off)).toEqual(["linkToken"]);
});
