/**
 * Sharing with an e-mail address, and taking it up.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  Docs,
  emailPrincipal,
  type DocsArgs,
  type SharingChange,
} from "../../../src/client/index.js";
import { components, type HostCtx } from "../../support/host.js";
import { blamed, refused } from "../../support/refusals.js";
import { row } from "../../support/stored.js";
import {
  cast,
  DAY,
  docs,
  grants,
  made,
  options,
  paginationOpts,
  principals,
  world,
} from "./world.js";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

type Cast = ReturnType<typeof cast>;
type Invitation = Partial<Extract<DocsArgs<"share">, { principal: string }>>;

const BOB = emailPrincipal("bob@x.org");

async function invite(c: Cast, id: string, more: Invitation = {}) {
  const args = { id, principal: BOB, role: "editor" as const, ...more };
  await c.ada.mutation((ctx) => docs.share(ctx, args));
}
const sees = async (who: Cast["bob"], id: string) =>
  (await who.query((ctx) => docs.get(ctx, { id }))) !== null;
const accept = (who: Cast["bob"]) =>
  who.mutation((ctx) => docs.acceptInvitations(ctx));
async function pass(c: Cast, ms: number) {
  await vi.advanceTimersByTimeAsync(ms);
  await c.t.finishInProgressScheduledFunctions();
}

describe("an address", () => {
  test("is the same in upper and lower case, with spaces around it, and however its letters are composed", async () => {
    const c = cast();
    const id = await made(c);
    await invite(c, id, { principal: "email: RENÉ@Example.FR " });
    world.held = {
      bob: [emailPrincipal("rene\u0301@example.fr")],
      cy: [{ id: "email:René@EXAMPLE.fr", upTo: "viewer" }],
      eve: [emailPrincipal("rene@example.fr")],
    };
    expect(await sees(c.bob, id)).toBe(true);
    expect(await sees(c.cy, id)).toBe(true);
    expect(await sees(c.eve, id)).toBe(false);
    const { members } = await c.ada.query((ctx) => docs.members(ctx, { id }));
    expect(members).toMatchObject([{ principal: "email:rené@example.fr" }]);
    const principal = "email:René@example.fr";
    await c.ada.mutation((ctx) => docs.unshare(ctx, { id, principal }));
    expect(await grants(c.t)).toEqual([]);
  });

  test("has one form, which is its own, and which differs where dots and a plus differ", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const name = emailPrincipal(text);
        expect(emailPrincipal(name.slice("email:".length))).toBe(name);
        expect(emailPrincipal(` ${text}\t`)).toBe(name);
      }),
    );
    const names = ["a.b@x.org", "ab@x.org", "ab+1@x.org"].map(emailPrincipal);
    expect(new Set(names).size).toBe(3);
  });

  test("that is none is refused, and stops a call if the host says that somebody has it", async () => {
    const c = cast();
    const id = await made(c);
    for (const principal of ["email:", "email:bob", "email:a b@x.org"]) {
      const run = () => invite(c, id, { principal });
      expect(blamed(await refused(c.t, run))).toEqual(["principal"]);
    }
    world.held = { bob: ["email:"] };
    await expect(sees(c.bob, id)).rejects.toThrow("principals()");
  });
});

describe("an invitation", () => {
  test("counts for whoever has the address, and shows until when it can be taken up", async () => {
    const c = cast();
    const id = await made(c);
    await invite(c, id);
    expect(await sees(c.bob, id)).toBe(false);
    world.held = { bob: [BOB] };
    await c.bob.mutation((ctx) => docs.update(ctx, { id, title: "X" }));
    const { page } = await c.bob.query((ctx) =>
      docs.listShared(ctx, { paginationOpts }),
    );
    expect(page).toMatchObject([{ document: { _id: id }, role: "editor" }]);
    const { members } = await c.ada.query((ctx) => docs.members(ctx, { id }));
    expect(members).toEqual([
      {
        principal: BOB,
        role: "editor",
        grantedBy: "ada",
        grantedAt: Date.now(),
        acceptBy: Date.now() + 30 * DAY,
      },
    ]);
  });

  test("is over after 30 days, or when its giver says, and is not revived by taking it up", async () => {
    const c = cast();
    const [id, sooner] = [await made(c), await made(c)];
    await invite(c, id);
    await invite(c, sooner, { acceptBy: Date.now() + DAY });
    world.held = { bob: [BOB] };
    vi.setSystemTime(Date.now() + DAY - 1);
    expect(await sees(c.bob, sooner)).toBe(true);
    vi.setSystemTime(Date.now() + 1);
    expect(await sees(c.bob, sooner)).toBe(false);
    expect(await sees(c.bob, id)).toBe(true);
    vi.setSystemTime(Date.now() + 29 * DAY);
    expect(await sees(c.bob, id)).toBe(false);
    expect(await accept(c.bob)).toEqual({ accepted: 0, more: false });
    expect(await grants(c.t)).toEqual([]);
    expect(await row(c.t, id)).not.toHaveProperty("shared");
  });

  test("goes from the tables at its end, and one that was given again does not", async () => {
    const c = cast();
    const [id, again] = [await made(c), await made(c)];
    await invite(c, id);
    await invite(c, again);
    await pass(c, 20 * DAY);
    await invite(c, again);
    await pass(c, 10 * DAY + 60_000);
    const left = (await grants(c.t)).map(({ documentId }) => documentId);
    expect(left).toEqual([again]);
    await pass(c, 20 * DAY);
    expect(await grants(c.t)).toEqual([]);
  });

  test("has an end, so who was only invited shares with nobody", async () => {
    const c = cast();
    const id = await made(c);
    await invite(c, id, { role: "manager" });
    world.held = { bob: [BOB] };
    const share = (ctx: HostCtx) =>
      docs.share(ctx, { id, principal: "eve", role: "viewer" });
    const data = await refused(c.t, () => c.bob.mutation(share));
    expect(data.code).toBe("FORBIDDEN");
    await accept(c.bob);
    await c.bob.mutation(share);
  });

  test("is declined with leave", async () => {
    const c = cast();
    const id = await made(c);
    await invite(c, id);
    world.held = { bob: [BOB, "team:7"] };
    await c.ada.mutation((ctx) =>
      docs.share(ctx, { id, principal: "team:7", role: "viewer" }),
    );
    await c.bob.mutation((ctx) => docs.leave(ctx, { id }));
    const left = (await grants(c.t)).map(({ principal }) => principal);
    expect(left).toEqual(["team:7"]);
  });

  test("alone has a time to be taken up by, and that is to come", async () => {
    const c = cast();
    const id = await made(c);
    const wrong = async (more: Invitation) =>
      blamed(await refused(c.t, () => invite(c, id, more)));
    const acceptBy = Date.now() + DAY;
    expect(await wrong({ principal: "bob", acceptBy })).toEqual(["acceptBy"]);
    expect(await wrong({ acceptBy: Date.now() })).toEqual(["acceptBy"]);
  });
});

describe("taken up", () => {
  test("it is the user's, whoever has the address then", async () => {
    const c = cast();
    const id = await made(c);
    await invite(c, id, { expiresAt: Date.now() + 90 * DAY });
    const [{ _id } = { _id: "" }] = await grants(c.t);
    world.held = { bob: [BOB] };
    expect(await accept(c.bob)).toEqual({ accepted: 1, more: false });
    world.held = { cy: [BOB] };
    expect(await sees(c.cy, id)).toBe(false);
    expect(await grants(c.t)).toMatchObject([
      { _id, principal: "bob", role: "editor", grantedBy: "ada" },
    ]);
    await pass(c, 89 * DAY);
    expect(await sees(c.bob, id)).toBe(true);
    await pass(c, DAY + 60_000);
    expect(await grants(c.t)).toEqual([]);
    expect(await accept(c.bob)).toEqual({ accepted: 0, more: false });
  });

  test("it gives no more than the host says the user is by the address", async () => {
    const c = cast();
    const id = await made(c);
    await invite(c, id);
    world.held = { bob: [{ id: BOB, upTo: "viewer" }] };
    await accept(c.bob);
    expect(await grants(c.t)).toMatchObject([
      { principal: "bob", role: "viewer" },
    ]);
  });

  test("it takes nothing away, and of two the one that says all is left", async () => {
    const c = cast();
    const soon = Date.now() + DAY;
    world.held = { bob: [BOB] };
    const outcome = async (own: Invitation, invited: Invitation) => {
      const id = await made(c);
      await invite(c, id, { principal: "bob", ...own });
      await invite(c, id, invited);
      await accept(c.bob);
      const all = await grants(c.t);
      return all
        .filter(({ documentId }) => documentId === id)
        .map(({ principal, role }) => `${principal} ${role}`)
        .sort();
    };
    const viewer: Invitation = { role: "viewer" };
    const editor: Invitation = { role: "editor" };
    expect(await outcome(editor, viewer)).toEqual(["bob editor"]);
    expect(await outcome(viewer, editor)).toEqual(["bob editor"]);
    expect(await outcome({ expiresAt: soon }, editor)).toEqual(["bob editor"]);
    // Neither says all: a viewer for good, and an editor for a day.
    expect(await outcome(viewer, { ...editor, expiresAt: soon })).toEqual([
      "bob viewer",
      `${BOB} editor`,
    ]);
  });

  test("what is the user's own or gone is no invitation, and nobody else's is touched", async () => {
    const c = cast();
    const [own, gone, kept] = [await made(c), await made(c), await made(c)];
    for (const id of [own, gone]) await invite(c, id);
    await invite(c, kept, { principal: "email:cy@x.org" });
    await c.ada.mutation((ctx) => docs.transfer(ctx, { id: own, to: "bob" }));
    await c.ada.mutation((ctx) => docs.remove(ctx, { id: gone }));
    await c.ada.mutation((ctx) => docs.purge(ctx, { id: gone }));
    world.held = { bob: [BOB] };
    expect(await accept(c.bob)).toEqual({ accepted: 0, more: false });
    const left = (await grants(c.t)).map(({ principal }) => principal);
    expect(left).toEqual(["email:cy@x.org"]);
    expect(await row(c.t, own)).not.toHaveProperty("shared");
  });

  test("hundreds come in calls, and what stays an invitation ends them", async () => {
    const c = cast();
    world.held = { bob: [BOB, "email:other@x.org"] };
    for (let n = 0; n < 60; n++) {
      const principal = n % 2 === 0 ? BOB : "email:other@x.org";
      await invite(c, await made(c), { principal });
    }
    expect(await accept(c.bob)).toEqual({ accepted: 50, more: true });
    expect(await accept(c.bob)).toEqual({ accepted: 10, more: false });
    for (let n = 0; n < 50; n++) {
      const id = await made(c);
      await invite(c, id, { principal: "bob", role: "viewer" });
      await invite(c, id, { expiresAt: Date.now() + DAY });
    }
    expect(await accept(c.bob)).toEqual({ accepted: 0, more: false });
  }, 60_000);

  test("nobody takes up for who is not signed in, and no token of another's counts", async () => {
    const c = cast();
    const id = await made(c);
    await invite(c, id);
    const data = await refused(c.t, () =>
      c.t.mutation((ctx) => docs.acceptInvitations(ctx)),
    );
    expect(data.code).toBe("UNAUTHORIZED");
    const byToken = new Docs(components.docs, {
      ...options,
      principals: async (ctx: HostCtx) => {
        const { email } = (await ctx.auth.getUserIdentity()) ?? {};
        return email ? [emailPrincipal(email)] : [];
      },
    });
    const caller = c.t.withIdentity({ subject: "zed", email: "bob@x.org" });
    const taken = await caller.mutation((ctx) =>
      byToken.as("bob").acceptInvitations(ctx),
    );
    expect(taken).toEqual({ accepted: 0, more: false });
    expect(await grants(c.t)).toMatchObject([{ principal: BOB }]);
  });

  test("onShare hears of an invitation that its address's owner has no use for: the document is theirs", async () => {
    const told: SharingChange[] = [];
    const hearing = new Docs(components.docs, {
      ...options,
      principals,
      onShare: (_ctx, change) => void told.push(change),
    });
    const c = cast();
    const id = await made(c);
    await invite(c, id);
    await c.ada.mutation((ctx) => docs.transfer(ctx, { id, to: "bob" }));
    world.held = { bob: [BOB] };
    await c.bob.mutation((ctx: HostCtx) => hearing.acceptInvitations(ctx));
    expect(told).toMatchObject([{ principal: BOB, documentId: id }]);
    expect(await grants(c.t)).toEqual([]);
  });

  test("to two addresses of one user are both as they were once onShare has refused", async () => {
    const c = cast();
    const told = new Docs(components.docs, {
      ...options,
      principals,
      onShare: (_ctx, { role }) => {
        if (role === "editor") throw new Error("no");
      },
    });
    const id = await made(c);
    const other = emailPrincipal("bob@y.org");
    await invite(c, id, { role: "viewer" });
    await invite(c, id, { principal: other, role: "editor" });
    world.held = { bob: [BOB, other] };
    await c.bob.mutation(async (ctx) => {
      await expect(told.acceptInvitations(ctx)).rejects.toThrow("no");
    });
    const stored = await grants(c.t);
    const roles = stored.map(({ principal, role }) => [principal, role]);
    expect(roles.sort()).toEqual([
      [BOB, "viewer"],
      [other, "editor"],
    ]);
  });

  test("onShare hears who has no role any more and who has one, and takes back all that it refuses", async () => {
    const c = cast();
    const heard: SharingChange[] = [];
    let refuses = "";
    const told = new Docs(components.docs, {
      ...options,
      principals,
      onShare: (_ctx, change) => {
        heard.push(change);
        if (change.documentId === refuses) throw new Error("no");
      },
    });
    const ids = [await made(c), await made(c)];
    for (const id of ids) await invite(c, id, { role: "viewer" });
    world.held = { bob: [BOB] };
    refuses = ids[1] ?? "";
    await c.bob.mutation(async (ctx) => {
      await expect(told.acceptInvitations(ctx)).rejects.toThrow("no");
    });
    const stored = await grants(c.t);
    expect(stored.map(({ principal }) => principal)).toEqual([BOB, BOB]);
    refuses = "";
    heard.length = 0;
    await c.bob.mutation((ctx) => told.acceptInvitations(ctx));
    // They were given back, the last first.
    expect(heard).toEqual(
      ids.reverse().flatMap((documentId) => {
        const by = { operation: "accept", documentId, userId: "bob" };
        return [
          { ...by, principal: BOB, role: null },
          { ...by, principal: "bob", role: "viewer" },
        ];
      }),
    );
  });
});

test("there is a function for it where documents can be shared", async () => {
  const c = cast();
  const id = await made(c);
  await invite(c, id);
  world.held = { bob: [BOB] };
  const { acceptInvitations } = docs.api();
  type Run = {
    _handler: (ctx: unknown, args: object) => Promise<unknown>;
  };
  const run = (args: object) =>
    c.bob.mutation((ctx) =>
      (acceptInvitations as unknown as Run)._handler(ctx, args),
    );
  expect(blamed(await refused(c.t, () => run({ id })))).toEqual(["id"]);
  expect(await run({})).toEqual({ accepted: 1, more: false });
});
