import type {
  GenericDataModel,
  GenericMutationCtx,
  GenericQueryCtx,
} from "convex/server";
import { v } from "convex/values";
import { describe, expectTypeOf, it } from "vitest";
import { z } from "zod";
import {
  Docs,
  retired,
  type BatchResult,
  type ComponentApi,
  type DocumentOf,
  type Status,
} from "../../src/client/index.js";

declare const component: ComponentApi;
declare const mutationCtx: GenericMutationCtx<GenericDataModel>;
declare const queryCtx: GenericQueryCtx<GenericDataModel>;

const fields = {
  title: v.string(),
  kind: v.union(v.literal("note"), v.literal("task")),
  summary: v.optional(v.string()),
  tags: v.optional(v.array(v.string())),
  place: v.optional(v.object({ city: v.string() })),
};
const identify = () => "ada";
/** What it is given is looked at by the compiler alone. */
const use = (_value: unknown) => undefined;
const docs = new Docs(component, { fields, identify });
const whole = { title: "A", kind: "note" } as const;
const paginationOpts = { numItems: 5, cursor: null };

describe("a document", () => {
  it("has the host's fields, flat, beside ours", async () => {
    const document = await docs.getOrThrow(queryCtx, { id: "x" });
    expectTypeOf(document.title).toEqualTypeOf<string>();
    expectTypeOf(document.kind).toEqualTypeOf<"note" | "task">();
    expectTypeOf(document.place?.city).toEqualTypeOf<string | undefined>();
    expectTypeOf(document._id).toEqualTypeOf<string>();
    expectTypeOf(document.status).toEqualTypeOf<Status>();
    expectTypeOf(document.version).toEqualTypeOf<number>();
    expectTypeOf(document.createdAt).toEqualTypeOf<number>();
    expectTypeOf(document).toEqualTypeOf<DocumentOf<typeof fields>>();
    // @ts-expect-error there is no such field
    use(document.subtitle);
    // @ts-expect-error the object that holds the fields is the component's own business
    use(document.fields);
  });

  it("may be missing", async () => {
    const document = await docs.get(queryCtx, { id: "x" });
    expectTypeOf(document).toEqualTypeOf<DocumentOf<typeof fields> | null>();
    // @ts-expect-error it may be null
    use(document.title);
  });

  it("comes in pages, lists and searches", async () => {
    const { page } = await docs.list(queryCtx, { paginationOpts });
    expectTypeOf(page[0]!.summary).toEqualTypeOf<string | undefined>();
    const many = await docs.getMany(queryCtx, { ids: [] });
    expectTypeOf(many).toEqualTypeOf<(DocumentOf<typeof fields> | null)[]>();
    const found = await docs.search(queryCtx, { query: "x" });
    expectTypeOf(found[0]!.title).toEqualTypeOf<string>();
  });
});

describe("create", () => {
  it("takes the host's fields", () => {
    void docs.create(mutationCtx, { ...whole, key: "k", status: "archived" });
    // @ts-expect-error kind is missing
    void docs.create(mutationCtx, { title: "A" });
    // @ts-expect-error no such kind
    void docs.create(mutationCtx, { title: "A", kind: "book" });
    // @ts-expect-error no such field
    void docs.create(mutationCtx, { ...whole, subtitle: "B" });
    // @ts-expect-error the owner is whoever calls
    void docs.create(mutationCtx, { ...whole, ownerId: "bob" });
    // @ts-expect-error versions are ours to count
    void docs.create(mutationCtx, { ...whole, version: 1 });
    // @ts-expect-error no such status
    void docs.create(mutationCtx, { ...whole, status: "gone" });
    // @ts-expect-error deep inside
    void docs.create(mutationCtx, { ...whole, place: { city: 5 } });
  });

  it("is the system's only with an owner", () => {
    const system = docs.asSystem("test");
    void system.create(mutationCtx, { ...whole, ownerId: "bob" });
    // @ts-expect-error whose is it?
    void system.create(mutationCtx, whole);
    // @ts-expect-error whose are they?
    void system.list(queryCtx, { paginationOpts });
    // @ts-expect-error a user's own are the user's
    void docs.as("ada").list(queryCtx, { paginationOpts, ownerId: "bob" });
    // @ts-expect-error the bypass takes a reason
    docs.asSystem();
  });
});

describe("update", () => {
  it("takes some fields, and unsets optional ones", () => {
    void docs.update(mutationCtx, { id: "x", title: "B", unset: ["summary"] });
    // @ts-expect-error which one?
    void docs.update(mutationCtx, { title: "B" });
    // @ts-expect-error a required field stays
    void docs.update(mutationCtx, { id: "x", unset: ["title"] });
    // @ts-expect-error no such field
    void docs.update(mutationCtx, { id: "x", unset: ["subtitle"] });
    void docs.update(mutationCtx, { id: "x", unset: [retired("subtitle")] });
    // @ts-expect-error only transfer changes an owner
    void docs.update(mutationCtx, { id: "x", ownerId: "bob" });
    // @ts-expect-error a key is given once
    void docs.update(mutationCtx, { id: "x", key: "k" });
    // @ts-expect-error a version is a number
    void docs.update(mutationCtx, { id: "x", ifVersion: "1" });
  });

  it("has nothing to unset where nothing is optional", () => {
    const strict = new Docs(component, {
      fields: { title: v.string() },
      identify,
    });
    void strict.update(mutationCtx, { id: "x", title: "B" });
    // @ts-expect-error nothing is optional
    void strict.update(mutationCtx, { id: "x", unset: ["title"] });
  });
});

describe("batches", () => {
  it("take the same change for all, or a change each, and no mode but two", async () => {
    void docs.batchUpdate(mutationCtx, { ids: [], updates: { kind: "task" } });
    void docs.batchUpdate(mutationCtx, { items: [{ id: "x", title: "A" }] });
    const updates = { title: 5 };
    // @ts-expect-error a title is text
    void docs.batchUpdate(mutationCtx, { ids: [], updates });
    // @ts-expect-error neither ids nor items
    void docs.batchUpdate(mutationCtx, { mode: "atomic" });
    // @ts-expect-error the component's own mode
    void docs.batchRemove(mutationCtx, { ids: [], mode: "single" });
    // @ts-expect-error kind is missing
    void docs.batchCreate(mutationCtx, { items: [{ title: "A" }] });
    const result = await docs.batchRemove(mutationCtx, { ids: [] });
    expectTypeOf(result).toEqualTypeOf<BatchResult>();
    for (const item of result.results) {
      if (item.ok) expectTypeOf(item.version).toEqualTypeOf<number>();
      else expectTypeOf(item.error.code).toExtend<string>();
      // @ts-expect-error only a success has an id
      use(item.id);
    }
  });
});

describe("construction", () => {
  it("needs identify, and fields with names of their own", () => {
    // @ts-expect-error who calls?
    new Docs(component, { fields });
    // @ts-expect-error an id is text
    new Docs(component, { fields, identify: () => 5 });
    // @ts-expect-error undefined is nobody's id
    new Docs(component, { fields, identify: () => undefined });
    const own = v.string();
    // @ts-expect-error "version" is a reserved name
    new Docs(component, { fields: { version: own }, identify });
    // @ts-expect-error "linkToken" is a reserved name
    new Docs(component, { fields: { linkToken: own }, identify });
    // @ts-expect-error "_mine" is a reserved name
    new Docs(component, { fields: { _mine: own }, identify });
    // @ts-expect-error "$mine" is a reserved name
    new Docs(component, { fields: { $mine: own }, identify });
    // @ts-expect-error there is no such field to search
    new Docs(component, { fields, identify, search: ["subtitle"] });
    // @ts-expect-error trash is yes or no
    new Docs(component, { fields, identify, trash: "yes" });
  });

  it("takes any Standard Schema", () => {
    new Docs(component, { fields, identify, schema: z.object({}) });
    // @ts-expect-error a validator is none
    new Docs(component, { fields, identify, schema: v.object({}) });
  });
});
