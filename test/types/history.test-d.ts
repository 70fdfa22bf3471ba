/**
 * What the option `history` adds to the types, and that it adds nothing where it is not declared.
 */
import {
  mutationGeneric,
  type ApiFromModules,
  type FunctionArgs,
  type FunctionReturnType,
  type GenericDataModel,
  type GenericMutationCtx,
  type GenericQueryCtx,
  type RegisteredMutation,
  type RegisteredQuery,
} from "convex/server";
import { v, type Infer } from "convex/values";
import { describe, expectTypeOf, it } from "vitest";
import {
  Docs,
  type BatchResult,
  type ComponentApi,
  type Erasure,
  type ExportPage,
  type Reverted,
  type Revision,
  type Written,
} from "../../src/client/index.js";

declare const component: ComponentApi;
declare const mutationCtx: GenericMutationCtx<GenericDataModel>;
declare const queryCtx: GenericQueryCtx<GenericDataModel>;

const fields = { title: v.string(), summary: v.optional(v.string()) };
const identify = () => "ada";
const plain = new Docs(component, { fields, identify });
const docs = new Docs(component, {
  fields,
  identify,
  history: { keep: "all", for: { days: 30 }, coalesce: false },
});
const paginationOpts = { numItems: 20, cursor: null };

describe("without the option", () => {
  it("there are no methods, functions or clean-ups of it", () => {
    expectTypeOf(plain).not.toHaveProperty("revert");
    expectTypeOf(plain).not.toHaveProperty("listRevisions");
    expectTypeOf(plain.as("ada")).not.toHaveProperty("revert");
    expectTypeOf(plain.asSystem("test")).not.toHaveProperty("revert");
    expectTypeOf(plain.api()).not.toHaveProperty("listRevisions");
    expectTypeOf(plain.retention({ policies: [] })).not.toHaveProperty(
      "pruneHistory",
    );
  });
});

describe("with it", () => {
  it("they are those of the caller, of a user and of the system", async () => {
    for (const actor of [docs, docs.as("ada"), docs.asSystem("test")]) {
      const { page } = await actor.listRevisions(queryCtx, {
        id: "x",
        paginationOpts,
      });
      expectTypeOf(page).toEqualTypeOf<Revision[]>();
      const found = await actor.getRevision(queryCtx, { id: "x", version: 1 });
      expectTypeOf(found?.fields).toEqualTypeOf<
        Record<string, unknown> | undefined
      >();
      expectTypeOf(
        await actor.revert(mutationCtx, { id: "x", to: 1 }),
      ).toEqualTypeOf<Reverted>();
    }
    expectTypeOf<Revision["by"]>().toEqualTypeOf<string | null | undefined>();
  });

  it("a revert names fields of the host's", () => {
    void docs.revert(mutationCtx, { id: "x", to: 1, only: ["summary"] });
    // @ts-expect-error there is no such field
    void docs.revert(mutationCtx, { id: "x", to: 1, only: ["text"] });
    // @ts-expect-error nor such a mode
    void docs.revert(mutationCtx, { id: "x", to: 1, mode: "loose" });
    // @ts-expect-error a query does not write
    void docs.revert(queryCtx, { id: "x", to: 1 });
  });

  it("an update says why, and its arguments do not", () => {
    void docs.update(mutationCtx, { id: "x", title: "A" }, { reason: "why" });
    // @ts-expect-error among the arguments it could be a field
    void docs.update(mutationCtx, { id: "x", title: "A", reason: "why" });
  });

  it("the api has them, and they are typed", () => {
    type Api = ApiFromModules<{ documents: ReturnType<typeof docs.api> }>;
    type Functions = Api["documents"];
    expectTypeOf<
      FunctionReturnType<Functions["revert"]>
    >().toEqualTypeOf<Reverted>();
    expectTypeOf<FunctionArgs<Functions["revert"]>["only"]>().toEqualTypeOf<
      ("title" | "summary")[] | undefined
    >();
    expectTypeOf<
      FunctionReturnType<Functions["update"]>["version"]
    >().toEqualTypeOf<number>();
    expectTypeOf(docs.retention({ policies: [] })).toHaveProperty(
      "pruneHistory",
    );
  });
});

describe("the system", () => {
  it("forgets a revision where there are any, and holds any document", () => {
    expectTypeOf(docs.asSystem("test")).toHaveProperty("forgetRevision");
    expectTypeOf(docs.as("ada")).not.toHaveProperty("forgetRevision");
    expectTypeOf(docs).not.toHaveProperty("forgetRevision");
    expectTypeOf(plain.asSystem("test")).not.toHaveProperty("forgetRevision");
    expectTypeOf(plain.asSystem("test")).toHaveProperty("hold");
    expectTypeOf(plain).not.toHaveProperty("hold");
    expectTypeOf(
      docs
        .asSystem("test")
        .forgetRevision(mutationCtx, { id: "x", version: 1 }),
    ).toEqualTypeOf<Promise<void>>();
  });
});

describe("one person's data", () => {
  it("is erased and exported by the system alone, with the host's fields", async () => {
    expectTypeOf(plain).not.toHaveProperty("erase");
    expectTypeOf(plain.as("ada")).not.toHaveProperty("export");
    expectTypeOf(plain.api()).not.toHaveProperty("erase");
    const system = plain.asSystem("test");
    expectTypeOf(
      await system.erase(mutationCtx, { userId: "a", principals: ["b"] }),
    ).toEqualTypeOf<{ runId: string }>();
    expectTypeOf(
      await system.erasure(queryCtx, { runId: "x" }),
    ).toEqualTypeOf<Erasure | null>();
    for await (const items of system.export(queryCtx, { userId: "a" })) {
      const [item] = items;
      if (item?.kind === "document") {
        expectTypeOf(item.document.title).toEqualTypeOf<string>();
      }
    }
  });
});

const _openOperator = () => plain.operator({ authorize: () => undefined });

describe("an operator's functions", () => {
  it("are internal, or public behind a check", () => {
    expectTypeOf(plain.operator().erase).toExtend<
      RegisteredMutation<
        "internal",
        { userId: string; principals?: string[] },
        Promise<{ runId: string }>
      >
    >();
    const authorize = () => undefined;
    expectTypeOf(plain.operator({ authorize }).erasure).toExtend<
      RegisteredQuery<"public", { userId: string }, Promise<Erasure | null>>
    >();
  });

  it("export a person's documents with the host's fields, and forget where there is a history", () => {
    type Own = FunctionReturnType<
      ApiFromModules<{
        made: ReturnType<typeof _openOperator>;
      }>["made"]["exportPage"]
    >;
    expectTypeOf<Own>().toEqualTypeOf<ExportPage<typeof fields>>();
    expectTypeOf<Infer<typeof docs.validators.exportPage>>().toEqualTypeOf<
      ExportPage<typeof fields>
    >();
    expectTypeOf(plain.operator()).not.toHaveProperty("forgetRevision");
    expectTypeOf(docs.operator().forgetRevision).toExtend<
      RegisteredMutation<
        "internal",
        { id: string; version: number },
        Promise<null>
      >
    >();
  });
});

describe("a working copy", () => {
  const copied = new Docs(component, {
    fields,
    identify,
    history: {},
    workingCopy: true,
  });

  it("adds publishing to each actor and to the functions", () => {
    for (const actor of [copied, copied.as("ada"), copied.asSystem("test")]) {
      expectTypeOf(
        actor.publish(mutationCtx, { id: "1" }),
      ).resolves.toEqualTypeOf<Written>();
      expectTypeOf(
        actor.batchDiscardDraft(mutationCtx, { ids: ["1"] }),
      ).resolves.toEqualTypeOf<BatchResult>();
      void actor.startBulk(mutationCtx, { operation: "publish", ids: ["1"] });
      void actor.startBulk(mutationCtx, { operation: "remove", ids: ["1"] });
    }
    expectTypeOf(copied.api()).toHaveProperty("discardDraft");
    expectTypeOf(copied.api()).toHaveProperty("revert");
  });

  it("adds to what a bulk operation of a client does, by ids, by last change and by a view", () => {
    const viewed = new Docs(component, {
      fields,
      identify,
      views: { byTitle: ["title"] },
      history: {},
      workingCopy: true,
    });
    const _functions = viewed.api();
    const _built = viewed.api({ mutation: mutationGeneric });
    type Own = ApiFromModules<{
      made: typeof _functions;
      built: typeof _built;
    }>;
    type Args = FunctionArgs<Own["made"]["startBulk"]>;
    expectTypeOf<
      FunctionArgs<Own["built"]["startBulk"]>
    >().toEqualTypeOf<Args>();
    const view = "byTitle";
    const _calls: Args[] = [
      { operation: "publish", ids: ["1"] },
      { operation: "unpublish", where: { status: "published" } },
      { operation: "discardDraft", view, where: { title: "a" } },
      { operation: "remove", view, where: { title: "a" } },
      { operation: "update", updates: { title: "b" }, ids: ["1"] },
      // @ts-expect-error publishing changes no field
      { operation: "publish", updates: { title: "b" }, ids: ["1"] },
      // @ts-expect-error there is no such view
      { operation: "publish", view: "byTag" },
      // @ts-expect-error nor such an operation
      { operation: "schedule", ids: ["1"] },
    ];
    type Without = ApiFromModules<{ made: ReturnType<typeof docs.api> }>;
    expectTypeOf<{
      operation: "publish";
      ids: string[];
    }>().not.toExtend<FunctionArgs<Without["made"]["startBulk"]>>();
    void viewed.startBulk(mutationCtx, { operation: "publish", view });
    // @ts-expect-error by ids or by a view
    void viewed.startBulk(mutationCtx, { operation: "publish", view, ids: [] });
  });

  it("is nowhere without it", () => {
    expectTypeOf(docs).not.toHaveProperty("publish");
    expectTypeOf(docs.as("ada")).not.toHaveProperty("publish");
    expectTypeOf(docs.api()).not.toHaveProperty("publish");
    // @ts-expect-error there is no such operation.
    void docs.startBulk(mutationCtx, { operation: "publish", ids: ["1"] });
  });
});
