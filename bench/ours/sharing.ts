/**
 * What sharing costs: the owner, who pays nothing for it, and those with whom a document is shared, by how many names they act.
 */
import { v } from "convex/values";
import { Docs } from "../../src/client/index.js";
import { CHANGE, content, contents } from "../document.js";
import type { Usage } from "../engine/usage.js";
import { components } from "./components.js";
import type { HostApp } from "./host.js";
import type { Measured } from "./operations.js";

type Ctx = {
  auth: { getUserIdentity(): Promise<{ subject: string } | null> };
};
const host = {
  fields: { title: v.string(), content: v.string() },
  identify: async (ctx: Ctx) =>
    (await ctx.auth.getUserIdentity())?.subject ?? null,
} as const;
const shared = { ...host, sharing: true } as const;

const alone = new Docs(components.docs, host);
const plain = new Docs(components.docs, shared);
const signedOut = new Docs(components.docs, {
  ...shared,
  identify: () => null,
});
/** Of a host that would have to look teams up: who works on what is their own must not make it. */
const unaskedOf = new Docs(components.docs, {
  ...shared,
  principals: () => {
    throw new Error("What is one's own asks for no names.");
  },
});

const OWNER = "somebody else";
const paginationOpts = { numItems: 20, cursor: null };
type Sharing = typeof plain;

/** What an owner does. `members`: with how many people the documents are shared. */
function ofOwner(docs: typeof alone, members = 0) {
  const make = async (app: HostApp): Promise<string> => {
    const { id } = await app.write((ctx) => docs.create(ctx, content(0)));
    await app.write((ctx) => share(ctx, id, members));
    return id;
  };
  return {
    "get own": async (app) => {
      const id = await make(app);
      return await app.query((ctx) => docs.get(ctx, { id }));
    },
    "update own": async (app) => {
      const id = await make(app);
      return await app.mutation((ctx) => docs.update(ctx, { id, ...CHANGE }));
    },
    "list own, page of 20": async (app) => {
      const items = contents(40);
      await app.write((ctx) => docs.batchCreate(ctx, { items }));
      return await app.query((ctx) => docs.list(ctx, { paginationOpts }));
    },
  } satisfies Record<string, Measured>;
}

type WriteCtx = Parameters<Sharing["share"]>[0];

/** Shares a document with so many people. */
async function share(ctx: WriteCtx, id: string, count: number): Promise<void> {
  if (count === 0) return;
  const principals = Array.from({ length: count }, (_, n) => `person ${n}`);
  await plain.asSystem("measured").share(ctx, {
    id,
    members: principals.map((principal) => ({ principal, role: "viewer" })),
  });
}

/** What somebody does in what another owns, acting by so many names. It is shared with the last of them and ten people. */
function ofMember(names: number) {
  const teams = Array.from({ length: names - 1 }, (_, n) => `team:${n}`);
  const docs: Sharing =
    names === 1
      ? plain
      : new Docs(components.docs, { ...shared, principals: () => teams });
  const make = async (app: HostApp, edits = 0): Promise<string> => {
    const owner = docs.as(OWNER);
    return await app.write(async (ctx) => {
      const { id } = await owner.create(ctx, content(0));
      await share(ctx, id, 10);
      const principal = teams.at(-1) ?? (await host.identify(ctx)) ?? "";
      await owner.share(ctx, { id, principal, role: "editor" });
      for (let at = 0; at < edits; at += 1)
        await docs.update(ctx, { id, title: `Edit ${at}` });
      return id;
    });
  };
  return {
    "get another's": async (app) => {
      const id = await make(app);
      return await app.query((ctx) => docs.get(ctx, { id }));
    },
    "first update of it": async (app) => {
      const id = await make(app);
      return await app.mutation((ctx) => docs.update(ctx, { id, ...CHANGE }));
    },
    "the next": async (app) => {
      const id = await make(app, 1);
      return await app.mutation((ctx) => docs.update(ctx, { id, ...CHANGE }));
    },
    "listShared, page of 20": async (app) => {
      for (let at = 0; at < 25; at += 1) await make(app);
      return await app.query((ctx) => docs.listShared(ctx, { paginationOpts }));
    },
  } satisfies Record<string, Measured>;
}

/** What whoever shares does, in what is their own. */
const ofGiver = {
  "share with one": (app) =>
    giving(app, (ctx, id) =>
      plain.share(ctx, { id, principal: "one", role: "viewer" }),
    ),
  "share with 10 at once": (app) =>
    giving(app, (ctx, id) =>
      plain.share(ctx, {
        id,
        members: Array.from({ length: 10 }, (_, n) => ({
          principal: `another ${n}`,
          role: "viewer" as const,
        })),
      }),
    ),
  unshare: (app) =>
    giving(app, (ctx, id) => plain.unshare(ctx, { id, principal: "person 0" })),
  "create a link": (app) =>
    giving(app, (ctx, id) => plain.createLink(ctx, { id, role: "viewer" })),
  "get by a link, signed out": async (app) => {
    const { id, token } = await app.write(async (ctx) => {
      const { id } = await plain.create(ctx, content(0));
      return { id, ...(await plain.createLink(ctx, { id, role: "viewer" })) };
    });
    return await app.query((ctx) => signedOut.withLink(token).get(ctx, { id }));
  },
} satisfies Record<string, Measured>;

/** In a document of one's own that is shared with two. */
async function giving(
  app: HostApp,
  run: (ctx: WriteCtx, id: string) => Promise<unknown>,
): Promise<Usage> {
  const id = await app.write(async (ctx) => {
    const made = await plain.create(ctx, content(0));
    await share(ctx, made.id, 2);
    return made.id;
  });
  return await app.mutation((ctx) => run(ctx, id));
}

/** One of several, as the tables name it. */
export const SHARING_HOSTS: Record<string, Record<string, Measured>> = {
  "without sharing": ofOwner(alone),
  "with sharing": { ...ofOwner(plain), ...ofMember(1), ...ofGiver },
  "shared with 10": ofOwner(plain, 10),
  "by 4 names": { ...ofOwner(unaskedOf, 10), ...ofMember(4) },
  "by 16 names": { ...ofOwner(unaskedOf, 10), ...ofMember(16) },
};
