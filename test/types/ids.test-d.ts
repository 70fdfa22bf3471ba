/**
 * Ids of two mounts are two types, and each is a string.
 */
import {
  mutationGeneric,
  queryGeneric,
  type ApiFromModules,
  type FilterApi,
  type FunctionArgs,
  type FunctionReference,
  type FunctionReturnType,
  type GenericDataModel,
  type GenericMutationCtx,
} from "convex/server";
import { v, type Infer } from "convex/values";
import { describe, expectTypeOf, it } from "vitest";
import {
  Docs,
  type ComponentApi,
  type DocumentId,
  type DocumentOf,
} from "../../src/client/index.js";
import {
  optimisticUpdate,
  useDocsMutation,
  useDocument,
  useDocumentEditor,
  useDocuments,
  type DocumentState,
} from "../../src/react/index.js";

declare const components: {
  docs: ComponentApi<"docs">;
  other: ComponentApi<"other">;
};
declare const ctx: GenericMutationCtx<GenericDataModel>;
declare const id: DocumentId<"docs">;
declare const otherId: DocumentId<"other">;
declare const text: string;

const fields = { title: v.string(), slug: v.string() };
const declared = {
  fields,
  identify: () => "ada",
  sharing: true,
  history: {},
  workingCopy: true,
  views: { slug: { by: ["slug"], unique: true, public: true } },
} as const;
const docs = new Docs(components.docs, declared);
const other = new Docs(components.other, declared);
const paginationOpts = { numItems: 5, cursor: null };
const updates = { title: "B" };
type DocsId = DocumentId<"docs">;
type Note = DocumentOf<typeof fields, DocsId>;

describe("an id", () => {
  it("is a string, and a string is one", () => {
    expectTypeOf(id).toExtend<string>();
    expectTypeOf(text).toExtend<DocsId>();
    expectTypeOf(id.length).toEqualTypeOf<number>();
    const byId: Record<string, number> = {};
    expectTypeOf(byId[id]).toEqualTypeOf<number | undefined>();
  });

  it("is not another mount's", () => {
    expectTypeOf(id).not.toExtend<DocumentId<"other">>();
    // @ts-expect-error it is of another mount
    const _mine: DocsId = otherId;
  });

  it("is a plain string where the mount is not known", () => {
    expectTypeOf<DocumentId>().toEqualTypeOf<string>();
    const plain = new Docs({} as ComponentApi, declared);
    void plain.get(ctx, { id });
    void plain.get(ctx, { id: otherId });
    expectTypeOf<
      NonNullable<Awaited<ReturnType<typeof plain.get>>>["_id"]
    >().toEqualTypeOf<string>();
  });
});

describe("what is answered", () => {
  it("names documents of this mount", async () => {
    const document = await docs.getOrThrow(ctx, { id: text });
    expectTypeOf(document).toEqualTypeOf<Note>();
    expectTypeOf(document._id).toEqualTypeOf<DocsId>();
    const { page } = await docs.list(ctx, { paginationOpts });
    expectTypeOf(page[0]!._id).toEqualTypeOf<DocsId>();
    const written = await docs.create(ctx, { title: "A", slug: "a" });
    expectTypeOf(written).toEqualTypeOf<{ id: DocsId; version: number }>();
    const { results } = await docs.batchRemove(ctx, { ids: [] });
    for (const result of results) {
      if (result.ok) expectTypeOf(result.id).toEqualTypeOf<DocsId>();
    }
    const bulk = await docs.bulkStatus(ctx, { jobId: "" });
    expectTypeOf(bulk!.failures[0]!.id).toEqualTypeOf<DocsId>();
    const found = await docs.getBy(ctx, { view: "slug", where: { slug: "a" } });
    expectTypeOf(found!._id).toEqualTypeOf<DocsId>();
    const shared = await docs.listShared(ctx, { paginationOpts });
    expectTypeOf(shared.page[0]!.document._id).toEqualTypeOf<DocsId>();
    const reverted = await docs.revert(ctx, { id, to: 1 });
    expectTypeOf(reverted.id).toEqualTypeOf<DocsId>();
    const published = await docs.publish(ctx, { id });
    expectTypeOf(published.id).toEqualTypeOf<DocsId>();
    const linked = await docs.withLink("token").getOrThrow(ctx, { id });
    expectTypeOf(linked._id).toEqualTypeOf<DocsId>();
    const [asked] = await docs.as("bob").getMany(ctx, { ids: [text] });
    expectTypeOf(asked!._id).toEqualTypeOf<DocsId>();
  });

  it("is what hooks are told", () => {
    new Docs(components.docs, {
      ...declared,
      access: (_ctx, { document, byDefault }) => {
        expectTypeOf(document._id).toEqualTypeOf<DocsId>();
        return byDefault;
      },
      onChange: (_ctx: unknown, { after }) => {
        expectTypeOf(after!._id).toEqualTypeOf<DocsId>();
      },
      onShare: (_ctx, { documentId }) => {
        expectTypeOf(documentId).toEqualTypeOf<DocsId>();
      },
    });
    docs.retention({
      policies: [],
      onDelete: (_ctx, { document }) => {
        expectTypeOf(document._id).toEqualTypeOf<DocsId>();
      },
    });
  });
});

describe("an id of another mount", () => {
  it("reads and writes nothing here", () => {
    void other.get(ctx, { id: otherId });
    // @ts-expect-error another mount's
    void docs.get(ctx, { id: otherId });
    // @ts-expect-error another mount's
    void docs.getMany(ctx, { ids: [id, otherId] });
    // @ts-expect-error another mount's
    void docs.can(ctx, { id: otherId, operation: "read" });
    // @ts-expect-error another mount's
    void docs.update(ctx, { id: otherId, ...updates });
    // @ts-expect-error another mount's
    void docs.remove(ctx, { id: otherId });
    // @ts-expect-error another mount's
    void docs.transfer(ctx, { id: otherId, to: "bob" });
    // @ts-expect-error another mount's
    void docs.batchUpdate(ctx, { ids: [otherId], updates });
    // @ts-expect-error another mount's
    void docs.batchUpdate(ctx, { items: [{ id: otherId, ...updates }] });
    // @ts-expect-error another mount's
    void docs.batchRemove(ctx, { ids: [otherId] });
    // @ts-expect-error another mount's
    void docs.as("bob").get(ctx, { id: otherId });
    const system = docs.asSystem("test");
    // @ts-expect-error another mount's
    void system.hold(ctx, { id: otherId });
    // @ts-expect-error another mount's
    void system.forgetRevision(ctx, { id: otherId, version: 1 });
  });

  it("names nothing in the background, in histories and in sharing", () => {
    const bulk = { ids: [otherId], operation: "remove" } as const;
    void other.startBulk(ctx, { ids: [otherId], operation: "publish" });
    void docs.startBulk(ctx, { ids: [id], operation: "update", updates });
    // @ts-expect-error another mount's
    void docs.startBulk(ctx, { ...bulk, ids: [otherId] });
    // @ts-expect-error another mount's
    void docs.startBulk(ctx, { ids: [otherId], operation: "publish" });
    // @ts-expect-error another mount's
    void docs.listRevisions(ctx, { id: otherId, paginationOpts });
    // @ts-expect-error another mount's
    void docs.revert(ctx, { id: otherId, to: 1 });
    // @ts-expect-error another mount's
    void docs.publish(ctx, { id: otherId });
    // @ts-expect-error another mount's
    void docs.batchPublish(ctx, { ids: [otherId] });
    // @ts-expect-error another mount's
    void docs.share(ctx, { id: otherId, principal: "bob", role: "viewer" });
    // @ts-expect-error another mount's
    void docs.members(ctx, { id: otherId });
    // @ts-expect-error another mount's
    void docs.withLink("token").get(ctx, { id: otherId });
  });
});

const _own = {
  rename: mutationGeneric({
    args: { id: docs.validators.id, title: v.string() },
    returns: docs.validators.written,
    handler: async (given, args) => {
      expectTypeOf(args.id).toEqualTypeOf<DocsId>();
      // @ts-expect-error another mount's
      void other.update(given, args);
      return await docs.update(given, args);
    },
  }),
  change: mutationGeneric({
    args: docs.validators.update,
    handler: async (given, args) => {
      // @ts-expect-error another mount's
      void other.update(given, args);
      return await docs.update(given, args);
    },
  }),
  first: queryGeneric({
    args: {},
    returns: docs.validators.document,
    handler: (given) => docs.getOrThrow(given, { id: text }),
  }),
};
const _functions = { ...docs.api(), ...docs.operator() };
declare const api: ApiFromModules<{
  docs: typeof _functions;
  own: typeof _own;
}>;
declare const _internal: FilterApi<
  ApiFromModules<{ docs: typeof _functions }>,
  FunctionReference<"mutation", "internal">
>;

describe("functions", () => {
  it("take a client's text, and answer with ids of the mount", () => {
    type Get = FunctionArgs<typeof api.docs.get>;
    expectTypeOf<{ id: string }>().toExtend<Get>();
    expectTypeOf<{ id: typeof otherId }>().not.toExtend<Get>();
    type Hold = FunctionArgs<typeof _internal.docs.hold>;
    expectTypeOf<{ id: string }>().toExtend<Hold>();
    expectTypeOf<{ id: typeof otherId }>().not.toExtend<Hold>();
    type Updated = FunctionReturnType<typeof api.docs.update>;
    expectTypeOf<Updated["id"]>().toEqualTypeOf<DocsId>();
    type Published = FunctionReturnType<typeof api.docs.publish>;
    expectTypeOf<Published["id"]>().toEqualTypeOf<DocsId>();
    type Renamed = FunctionReturnType<typeof api.own.rename>;
    expectTypeOf<Renamed["id"]>().toEqualTypeOf<DocsId>();
    type First = FunctionReturnType<typeof api.own.first>;
    expectTypeOf<First>().toEqualTypeOf<Note>();
    expectTypeOf<Infer<typeof docs.validators.id>>().toEqualTypeOf<DocsId>();
  });

  it("serve the hooks of React", () => {
    const state = useDocument(api.docs.get, { id: text });
    expectTypeOf(state).toEqualTypeOf<DocumentState<Note>>();
    // @ts-expect-error another mount's
    useDocument(api.docs.get, { id: otherId });
    const list = useDocuments(api.docs.list, {});
    if (list.status === "ready") {
      expectTypeOf(list.documents[0]!).toEqualTypeOf<Note>();
    }
    const { mutate } = useDocsMutation(api.docs.update, {
      optimistic: optimisticUpdate(api.docs),
    });
    void mutate({ id, title: "B" });
    void mutate({ id: text, title: "B" });
    // @ts-expect-error another mount's
    void mutate({ id: otherId, title: "B" });
    const { values } = useDocumentEditor(api.docs.update, {} as Note);
    expectTypeOf(values).toEqualTypeOf<Note>();
    const elsewhere = {} as DocumentOf<typeof fields, DocumentId<"other">>;
    // @ts-expect-error another mount's
    useDocumentEditor(api.docs.update, elsewhere);
  });
});
