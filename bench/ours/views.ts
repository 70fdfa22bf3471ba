/**
 * Documents by the host's own fields: two views, and one more that gives a document a place for each of three tags.
 */
import { v } from "convex/values";
import { Docs } from "../../src/client/index.js";
import { content } from "../document.js";
import { components } from "./components.js";
import type { HostApp } from "./host.js";
import type { Measured } from "./operations.js";
import { seed } from "./seed.js";

const fields = {
  title: v.string(),
  content: v.string(),
  project: v.string(),
  note: v.optional(v.string()),
  tags: v.array(v.string()),
};
type Ctx = {
  auth: { getUserIdentity(): Promise<{ subject: string } | null> };
};
const identify = async (ctx: Ctx) =>
  (await ctx.auth.getUserIdentity())?.subject ?? null;
const two = {
  byProject: ["project", "createdAt"],
  byTitle: { by: ["title"], fold: ["title"] },
} as const;
const three = { ...two, byTag: { each: "tags", by: ["title"] } } as const;

const withTwo = new Docs(components.docs, { fields, identify, views: two });
const withThree = new Docs(components.docs, { fields, identify, views: three });

const where = { project: "p" };
const draft = (n: number) => ({
  ...content(n),
  project: "p",
  tags: ["a", "b", "c"],
});

/** Puts so many documents of one project there, each with its places in two views. */
export async function seedViews(app: HostApp, amount: number): Promise<void> {
  await seed(app, amount, (to) =>
    to.write((ctx) => withTwo.create(ctx, draft(0))),
  );
}

const paginationOpts = { numItems: 20, cursor: null };

/** A page of 20 of a view. */
export const pageOfView = (app: HostApp) =>
  app.query((ctx) =>
    withTwo.list(ctx, { view: "byProject", where, paginationOpts }),
  );

/** One of several, as the tables name it. */
export const VIEW_HOSTS = {
  "two views": operations(withTwo),
  "and one by 3 tags": operations(withThree),
};

export const VIEW_OPERATIONS = [
  "create",
  "update, no key",
  "update, a key",
  "remove",
  "list, page of 20",
  "count of 50",
] as const;

function operations(
  docs: typeof withTwo,
): Record<(typeof VIEW_OPERATIONS)[number], Measured> {
  const fill = async (app: HostApp) => {
    const items = Array.from({ length: 100 }, (_, n) => draft(n));
    const made = await app.write((ctx) => docs.batchCreate(ctx, { items }));
    const [first] = made.results;
    return first?.ok ? first.id : "";
  };
  const change =
    (updates: { note: string } | { title: string }): Measured =>
    async (app) => {
      const id = await fill(app);
      return await app.mutation((ctx) => docs.update(ctx, { id, ...updates }));
    };
  return {
    create: async (app) => {
      await fill(app);
      return await app.mutation((ctx) => docs.create(ctx, draft(0)));
    },
    "update, no key": change({ note: "x" }),
    "update, a key": change({ title: "Document renamed" }),
    remove: async (app) => {
      const id = await fill(app);
      return await app.mutation((ctx) => docs.remove(ctx, { id }));
    },
    "list, page of 20": async (app) => {
      await fill(app);
      return await app.query((ctx) =>
        docs.list(ctx, { view: "byProject", where, paginationOpts }),
      );
    },
    "count of 50": async (app) => {
      await fill(app);
      return await app.query((ctx) =>
        docs.count(ctx, { view: "byProject", where, upTo: 50 }),
      );
    },
  };
}
