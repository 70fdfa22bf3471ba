/**
 * What an edit costs with a history and with a working copy, beside one that keeps nothing.
 */
import { v } from "convex/values";
import { Docs } from "../../src/client/index.js";
import { content } from "../document.js";
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
  sharing: true,
} as const;
const neither = new Docs(components.docs, host);
// Each edit keeps what it replaces: the dearer case. A step keeps nothing.
const history = { coalesce: false } as const;
const kept = new Docs(components.docs, { ...host, history });
const copied = new Docs(components.docs, {
  ...host,
  history,
  workingCopy: true,
});

const OWNER = "somebody else";
/** 1 kB, and what does not fit into a revision's own row. */
const small = content(0);
const large = { ...small, content: "x".repeat(100_000) };
const live = { status: "published", isPublic: true } as const;
const paginationOpts = { numItems: 20, cursor: null };

type Writer = Pick<typeof neither, "create" | "update" | "get" | "remove">;

/** A document of the caller's, after so many edits: the newest has the title of their number. */
async function make(
  app: HostApp,
  docs: Writer,
  edits = 0,
  args: object = {},
): Promise<string> {
  const { id } = await app.write((ctx) =>
    docs.create(ctx, { ...small, ...args }),
  );
  for (let at = 0; at < edits; at += 1) {
    await app.write((ctx) => docs.update(ctx, { id, title: `Edit ${at}` }));
  }
  return id;
}

/** What every host does. `edits`: of the document before. */
function common(docs: typeof neither) {
  const update =
    (edits: number, args: object = {}): Measured =>
    async (app) => {
      const id = await make(app, docs, edits, args);
      return await app.mutation((ctx) =>
        docs.update(ctx, { id, title: "Document renamed" }),
      );
    };
  const updateOthers =
    (edits: number): Measured =>
    async (app) => {
      const owner = docs.as(OWNER);
      const { id } = await app.write((ctx) => owner.create(ctx, small));
      await app.write(async (ctx) => {
        const by = await host.identify(ctx);
        const role = "editor" as const;
        await owner.share(ctx, { id, principal: by ?? "", role });
      });
      for (let at = 0; at < edits; at += 1) {
        await app.write((ctx) => docs.update(ctx, { id, title: `Edit ${at}` }));
      }
      return await app.mutation((ctx) =>
        docs.update(ctx, { id, title: "Document renamed" }),
      );
    };
  return {
    update: update(0),
    "update of 100 kB": update(0, large),
    "update of what is published": update(0, live),
    "the next of it": update(1, live),
    "update of the status alone": async (app) => {
      const id = await make(app, docs);
      return await app.mutation((ctx) =>
        docs.update(ctx, { id, status: "archived" }),
      );
    },
    "first update in another's": updateOthers(0),
    "the next in it": updateOthers(1),
    "remove, 20 edits later": async (app) => {
      const id = await make(app, docs, 20);
      return await app.mutation((ctx) => docs.remove(ctx, { id }));
    },
    "get, by a stranger": async (app) => {
      const { id } = await app.write((ctx) =>
        docs.as(OWNER).create(ctx, { ...small, ...live }),
      );
      return await app.query((ctx) => docs.get(ctx, { id }));
    },
    "get, by a stranger, of what was edited since": async (app) => {
      const owner = docs.as(OWNER);
      const { id } = await app.write((ctx) =>
        owner.create(ctx, { ...small, ...live }),
      );
      await app.write((ctx) => owner.update(ctx, { id, title: "Edit" }));
      return await app.query((ctx) => docs.get(ctx, { id }));
    },
  } satisfies Record<string, Measured>;
}

/** What there is with a history alone. */
function ofHistory(docs: typeof kept) {
  return {
    "page of 20 revisions": async (app) => {
      const id = await make(app, docs, 40);
      return await app.query((ctx) =>
        docs.listRevisions(ctx, { id, paginationOpts }),
      );
    },
    "get a revision": async (app) => {
      const id = await make(app, docs, 2);
      return await app.query((ctx) =>
        docs.getRevision(ctx, { id, version: 1 }),
      );
    },
    revert: async (app) => {
      const id = await make(app, docs, 2);
      return await app.mutation((ctx) => docs.revert(ctx, { id, to: 1 }));
    },
  } satisfies Record<string, Measured>;
}

/** What there is with a working copy alone. */
function ofPublishing(docs: typeof copied) {
  const ahead =
    (run: (ctx: never, id: string) => Promise<unknown>): Measured =>
    async (app) => {
      const id = await make(app, docs, 1, live);
      return await app.mutation((ctx) => run(ctx as never, id));
    };
  return {
    publish: ahead((ctx, id) => docs.publish(ctx, { id })),
    unpublish: ahead((ctx, id) => docs.unpublish(ctx, { id })),
    "discard the draft": ahead((ctx, id) => docs.discardDraft(ctx, { id })),
    schedule: ahead((ctx, id) => {
      const at = Date.now() + 60 * 60 * 1000;
      return docs.schedule(ctx, { id, action: "publish", at });
    }),
  } satisfies Record<string, Measured>;
}

/** One of several, as the tables name it. */
export const HISTORY_HOSTS: Record<string, Record<string, Measured>> = {
  "without history": common(neither),
  "with history": {
    ...common(kept),
    ...ofHistory(kept),
  },
  "with a working copy": {
    ...common(copied),
    ...ofHistory(copied),
    ...ofPublishing(copied),
  },
};
