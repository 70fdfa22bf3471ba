import type {
  ApiFromModules,
  GenericDataModel,
  GenericMutationCtx,
  GenericQueryCtx,
} from "convex/server";
import { v, type GenericId } from "convex/values";
import { describe, expectTypeOf, it } from "vitest";
import {
  Docs,
  type ComponentApi,
  type DocumentOf,
} from "../../src/client/index.js";
import { useDocuments } from "../../src/react/index.js";

declare const component: ComponentApi;
declare const ctx: GenericQueryCtx<GenericDataModel>;
declare const mutationCtx: GenericMutationCtx<GenericDataModel>;
declare const projectId: GenericId<"projects">;

const identify = () => "ada";
const fields = {
  title: v.string(),
  projectId: v.id("projects"),
  dueAt: v.optional(v.number()),
  rank: v.string(),
  tags: v.optional(v.array(v.string())),
  slug: v.optional(v.string()),
  meta: v.any(),
  at: v.object({ x: v.number() }),
  big: v.union(v.int64(), v.null()),
};
const docs = new Docs(component, {
  fields,
  identify,
  views: {
    byProject: ["projectId", "dueAt"],
    byTag: { each: "tags", by: ["updatedAt"] },
    board: ["status", "rank"],
    feed: { by: ["publishedAt"], public: true },
    slug: { by: ["slug"], unique: true },
    byTitle: { by: ["title"], fold: ["title"] },
    byBig: ["big"],
  },
});
const plain = new Docs(component, { fields, identify });
const page = { paginationOpts: { numItems: 20, cursor: null } };
const list = (args: Parameters<typeof docs.list>[1]) => docs.list(ctx, args);

const bulk = (args: Parameters<typeof docs.startBulk>[1]) =>
  docs.startBulk(mutationCtx, args);
const view = "byProject";

describe("a view", () => {
  it("goes by fields that have an order, and by columns", () => {
    const it = { fields, identify };
    // @ts-expect-error there is no such field
    new Docs(component, { ...it, views: { a: ["projctId"] } });
    // @ts-expect-error anything has no order
    new Docs(component, { ...it, views: { a: ["meta"] } });
    // @ts-expect-error an object has no order
    new Docs(component, { ...it, views: { a: ["at"] } });
    // @ts-expect-error an array has no order; it has elements
    new Docs(component, { ...it, views: { a: ["tags"] } });
    // @ts-expect-error a title has no elements
    new Docs(component, { ...it, views: { a: { each: "title", by: [] } } });
    new Docs(component, {
      ...it,
      views: { a: ["ownerId", "expiresAt", "key"] },
    });
  });

  it("is asked by its keys, in order", () => {
    void list(page);
    void list({ status: "draft", ...page });
    void list({ view: "byProject", ...page });
    void list({ view, where: { projectId }, ...page });
    const due = { gte: 1, lt: 2 };
    void list({ view, where: { projectId, dueAt: due }, ...page });
    void list({ view, where: { projectId, dueAt: null }, ...page });
    void list({
      view: "byTag",
      where: { tags: "urgent" },
      order: "desc",
      ...page,
    });
    void list({
      view: "byTag",
      where: { tags: "urgent", updatedAt: { gt: 3 } },
      ...page,
    });
    void list({
      view: "byTitle",
      where: { title: { startsWith: "Pl" } },
      ...page,
    });
    void list({ view: "byBig", where: { big: { lt: 5n } }, ...page });
    void docs.count(ctx, {
      view: "board",
      where: { status: "draft" },
      upTo: 10,
    });
    void docs.listPublic(ctx, { view: "feed", order: "desc", ...page });
    void bulk({ view: "byTag", where: { tags: "old" }, operation: "remove" });
    void bulk({ view: "board", operation: "update", updates: { rank: "a" } });
    void docs
      .asSystem("test")
      .list(ctx, { view: "board", ownerId: "ada", ...page });
    void docs.as("bob").list(ctx, { view: "board", ...page });
  });

  it("does not compile where it could not be answered", () => {
    // @ts-expect-error there is no such view
    void list({ view: "byProjct", ...page });
    // @ts-expect-error the key before it is missing
    void list({ view, where: { dueAt: 3 }, ...page });
    const from = { gte: projectId };
    // @ts-expect-error the key before it is a range
    void list({ view, where: { projectId: from, dueAt: 3 }, ...page });
    // @ts-expect-error a project's id is no number
    void list({ view, where: { projectId: 3 }, ...page });
    const two = { gte: 1, gt: 2 };
    // @ts-expect-error two bounds on one side
    void list({ view, where: { projectId, dueAt: two }, ...page });
    // @ts-expect-error the view has no such key
    void list({ view, where: { projectId, title: "x" }, ...page });
    // @ts-expect-error which tag?
    void list({ view: "byTag", ...page });
    // @ts-expect-error which tag?
    void list({ view: "byTag", where: { updatedAt: { gt: 1 } }, ...page });
    // @ts-expect-error a status is for the list by last change
    void list({ view: "byProject", status: "draft", ...page });
    // @ts-expect-error the view is not public
    void docs.listPublic(ctx, { view: "byProject", ...page });
    // @ts-expect-error of which view?
    void list({ where: { projectId }, ...page });
    const one = { startsWith: "1" };
    // @ts-expect-error a number has no beginning
    void list({ view, where: { projectId, dueAt: one }, ...page });
    // @ts-expect-error by ids or by a view
    void bulk({ view: "board", ids: [], operation: "remove" });
    // @ts-expect-error what is in the trash has no place in a view
    void bulk({ view: "board", operation: "purge" });
  });

  it("that is unique has one document", () => {
    const found = docs.getBy(ctx, { view: "slug", where: { slug: "a" } });
    expectTypeOf(found).resolves.toEqualTypeOf<DocumentOf<
      typeof fields
    > | null>();
    // @ts-expect-error the view is not unique
    void docs.getBy(ctx, { view, where: { projectId } });
    // @ts-expect-error documents without a slug are many
    void docs.getBy(ctx, { view: "slug", where: { slug: null } });
    // @ts-expect-error by which slug?
    void docs.getBy(ctx, { view: "slug", where: {} });
  });

  it("is not there where none is declared", () => {
    void plain.list(ctx, { status: "draft", ...page });
    // @ts-expect-error there are no views
    void plain.list(ctx, { view: "byProject", ...page });
    // @ts-expect-error there are no views
    void plain.count(ctx, { view: "byProject" });
    // @ts-expect-error no view is unique
    void plain.getBy(ctx, { view: "slug", where: { slug: "a" } });
    expectTypeOf(plain.api()).not.toHaveProperty("getBy");
    expectTypeOf(docs.api()).toHaveProperty("getBy");
  });
});

const _functions = docs.api();
/** What a host's code generation makes of these functions. */
declare const api: ApiFromModules<{ documents: typeof _functions }>;

describe("useDocuments", () => {
  it("takes what the view of the function takes", () => {
    const { list, listPublic } = api.documents;
    useDocuments(list, { status: "draft" });
    useDocuments(list, { view: "byTag", where: { tags: "urgent" } });
    useDocuments(listPublic, { view: "feed", order: "desc" });
    // @ts-expect-error there is no such view
    useDocuments(list, { view: "byTags", where: { tags: "urgent" } });
    // @ts-expect-error which tag?
    useDocuments(list, { view: "byTag" });
    // @ts-expect-error the key before it is missing
    useDocuments(list, { view: "board", where: { rank: "a" } });
    // @ts-expect-error the view is not public
    useDocuments(listPublic, { view: "board" });
  });
});
