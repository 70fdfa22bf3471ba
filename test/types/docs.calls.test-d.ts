/**
 * Where the operations of a `Docs` can be called from, and how its public functions look to a client.
 */
import {
  customCtx,
  customMutation,
  customQuery,
} from "convex-helpers/server/customFunctions";
import {
  actionGeneric,
  internalMutationGeneric,
  mutationGeneric,
  queryGeneric,
} from "convex/server";
import type {
  ApiFromModules,
  FunctionArgs,
  FunctionReference,
  FunctionReturnType,
  GenericActionCtx,
  GenericDataModel,
  GenericMutationCtx,
  GenericQueryCtx,
} from "convex/server";
import { v } from "convex/values";
import { describe, expectTypeOf, it } from "vitest";
import {
  Docs,
  type BatchResult,
  type ComponentApi,
  type DocsArgs,
  type DocsWorker,
  type DocumentOf,
  type Retired,
} from "../../src/client/index.js";

declare const component: ComponentApi;
declare const mutationCtx: GenericMutationCtx<GenericDataModel>;
declare const queryCtx: GenericQueryCtx<GenericDataModel>;
declare const actionCtx: GenericActionCtx<GenericDataModel>;

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

describe("contexts", () => {
  it("writes go where writes can go", () => {
    void docs.create(actionCtx, whole);
    void docs.get(actionCtx, { id: "x" });
    // @ts-expect-error a query does not write
    void docs.create(queryCtx, whole);
  });

  it("identify says what it needs of ctx", () => {
    type Db = Pick<GenericQueryCtx<GenericDataModel>, "db">;
    const looking = new Docs(component, {
      fields,
      identify: (ctx: Db) => (use(ctx.db), "ada"),
    });
    void looking.get(queryCtx, { id: "x" });
    // @ts-expect-error an action has no db
    void looking.get(actionCtx, { id: "x" });
    void looking.as("ada");
  });

  it("onChange that writes keeps writes out of actions, and reads not", () => {
    const watched = new Docs(component, {
      fields,
      identify,
      onChange: (
        ctx: GenericMutationCtx<GenericDataModel>,
        { before, after, operation },
      ) => {
        expectTypeOf(before).toEqualTypeOf<DocumentOf<typeof fields> | null>();
        expectTypeOf(after?.kind).toEqualTypeOf<"note" | "task" | undefined>();
        expectTypeOf(operation).toExtend<string>();
        use(ctx.db);
      },
    });
    void watched.update(mutationCtx, { id: "x" });
    void watched.get(actionCtx, { id: "x" });
    // @ts-expect-error an action has no transaction for it
    void watched.update(actionCtx, { id: "x" });
    // @ts-expect-error nor has another's
    void watched.as("ada").batchRemove(actionCtx, { ids: [] });
  });

  it("access is asked about a document of the host's", () => {
    new Docs(component, {
      fields,
      identify,
      access: (_ctx, { document, operation, userId, byDefault }) => {
        expectTypeOf(document.kind).toEqualTypeOf<"note" | "task">();
        expectTypeOf(operation).toEqualTypeOf<
          | "read"
          | "update"
          | "remove"
          | "transfer"
          | "share"
          | "members"
          | "history"
        >();
        expectTypeOf(userId).toEqualTypeOf<string | null>();
        return byDefault;
      },
    });
    // @ts-expect-error the answer is yes or no
    new Docs(component, { fields, identify, access: () => "yes" });
  });
});

describe("owners", () => {
  const views = { byTitle: ["title"] } as const;
  const shared = new Docs(component, {
    fields,
    identify,
    views,
    sharing: true,
    principals: () => ["team:7", { id: "team:8", upTo: "owner" }],
  });
  const paginationOpts = { numItems: 1, cursor: null };
  const ownerId = "team:7";

  it("are named where documents can be shared", () => {
    void shared.create(mutationCtx, { ...whole, ownerId });
    void shared.batchCreate(mutationCtx, {
      items: [whole, { ...whole, ownerId }],
    });
    void shared.list(queryCtx, { ownerId, paginationOpts });
    void shared.list(queryCtx, { view: "byTitle", ownerId, paginationOpts });
    void shared.listTrash(queryCtx, { ownerId, paginationOpts });
    void shared.count(queryCtx, { ownerId });
    void shared.search(queryCtx, { query: "a", ownerId });
    void shared.getByKey(queryCtx, { key: "k", ownerId });
    void shared.as("ada").list(queryCtx, { ownerId, paginationOpts });
    const where = {};
    void shared.startBulk(mutationCtx, { operation: "remove", where, ownerId });
    // @ts-expect-error a document says whose it is
    void shared.update(mutationCtx, { id: "x", ownerId });
    // @ts-expect-error what is public is everybody's
    void shared.listPublic(queryCtx, { ownerId, paginationOpts });
  });

  it("say who wrote, and in which name", () => {
    new Docs(component, {
      fields,
      identify,
      sharing: true,
      onChange: (_ctx, { userId, actingAs, after }) => {
        expectTypeOf(userId).toEqualTypeOf<string | null>();
        expectTypeOf(actingAs).toEqualTypeOf<string | undefined>();
        expectTypeOf(after?.updatedBy).toEqualTypeOf<
          string | null | undefined
        >();
      },
    });
    // @ts-expect-error nobody says so of themselves
    void shared.update(mutationCtx, { id: "x", updatedBy: "ada" });
  });

  it("are nothing that a host without sharing meets", () => {
    // @ts-expect-error a document is its creator's
    void docs.create(mutationCtx, { ...whole, ownerId });
    // @ts-expect-error a list is the caller's own
    void docs.list(queryCtx, { ownerId, paginationOpts });
    type Api = ApiFromModules<{ docs: ReturnType<typeof docs.api> }>["docs"];
    type Args = FunctionArgs<Api["create"]> | FunctionArgs<Api["list"]>;
    expectTypeOf<Extract<keyof Args, "ownerId">>().toEqualTypeOf<never>();
  });

  it("are arguments of the functions for clients", () => {
    type Api = ApiFromModules<{ docs: ReturnType<typeof shared.api> }>["docs"];
    type Owner = string | undefined;
    expectTypeOf<
      FunctionArgs<Api["create"]>["ownerId"]
    >().toEqualTypeOf<Owner>();
    expectTypeOf<FunctionArgs<Api["list"]>["ownerId"]>().toEqualTypeOf<Owner>();
    type Item = FunctionArgs<Api["batchCreate"]>["items"][number];
    expectTypeOf<Item["ownerId"]>().toEqualTypeOf<Owner>();
    expectTypeOf(shared.validators.create.type.ownerId).toEqualTypeOf<Owner>();
    // @ts-expect-error there is none without sharing
    docs.validators.create.type.ownerId satisfies unknown;
  });
});

describe("links", () => {
  const shared = new Docs(component, { fields, identify, sharing: true });
  const kept = new Docs(component, {
    fields,
    identify,
    sharing: true,
    history: {},
  });
  const plain = new Docs(component, { fields, identify });

  it("reads and edits, and neither lists, shares nor removes", () => {
    const by = shared.withLink("token");
    void by.update(mutationCtx, { id: "x", title: "y" });
    // @ts-expect-error a link removes nothing
    by.remove satisfies unknown;
    // @ts-expect-error a link shares with nobody
    by.share satisfies unknown;
    // @ts-expect-error there is no history
    by.listRevisions satisfies unknown;
    kept.withLink(undefined).listRevisions satisfies unknown;
    // @ts-expect-error documents cannot be shared
    plain.withLink("token");
    // @ts-expect-error a link makes nobody a manager
    void shared.createLink(mutationCtx, { id: "x", role: "manager" });
  });

  it("functions take its token where documents can be shared", () => {
    type Api = ApiFromModules<{
      shared: ReturnType<typeof kept.api>;
      plain: ReturnType<typeof plain.api>;
    }>;
    type Shared = Api["shared"];
    type Plain = Api["plain"];
    type Args = { id: string; linkToken?: string };
    expectTypeOf<FunctionArgs<Shared["get"]>>().toExtend<Args>();
    expectTypeOf<FunctionArgs<Shared["update"]>>().toExtend<Args>();
    expectTypeOf<FunctionArgs<Shared["revert"]>>().toExtend<Args>();
    expectTypeOf<FunctionArgs<Shared["get"]>>().toHaveProperty("linkToken");
    expectTypeOf<FunctionArgs<Shared["remove"]>>().not.toHaveProperty(
      "linkToken",
    );
    expectTypeOf<FunctionArgs<Plain["get"]>>().not.toHaveProperty("linkToken");
  });
});

describe("api()", () => {
  type Api = ApiFromModules<{ documents: ReturnType<typeof docs.api> }>;
  type Functions = Api["documents"];

  it("is typed end to end for a client", () => {
    expectTypeOf<FunctionArgs<Functions["create"]>>().toExtend<{
      title: string;
      kind: "note" | "task";
      key?: string;
    }>();
    expectTypeOf<FunctionArgs<Functions["create"]>>().not.toHaveProperty(
      "ownerId",
    );
    expectTypeOf<FunctionArgs<Functions["update"]>>().toHaveProperty("unset");
    expectTypeOf<FunctionReturnType<Functions["update"]>>().toEqualTypeOf<{
      id: string;
      version: number;
    }>();
    expectTypeOf<
      FunctionReturnType<Functions["get"]>
    >().toEqualTypeOf<DocumentOf<typeof fields> | null>();
    expectTypeOf<
      FunctionReturnType<Functions["list"]>["page"][number]["title"]
    >().toEqualTypeOf<string>();
    expectTypeOf<
      FunctionReturnType<Functions["batchUpdate"]>
    >().toEqualTypeOf<BatchResult>();
  });
});

describe("api() with builders", () => {
  const session = { session: v.string() };
  const input = () => Promise.resolve({ ctx: {}, args: {} });
  const adding = customMutation(mutationGeneric, { args: session, input });
  const wrapping = customQuery(
    queryGeneric,
    customCtx(() => ({ user: "a" })),
  );

  it("has the builder's arguments beside its own, in each form", () => {
    const _built = docs.api({ mutation: adding, query: wrapping });
    type Functions = ApiFromModules<{ documents: typeof _built }>["documents"];
    expectTypeOf<FunctionArgs<Functions["remove"]>>().toEqualTypeOf<{
      id: string;
      ifVersion?: number;
      session: string;
    }>();
    type Batch = FunctionArgs<Functions["batchUpdate"]>;
    expectTypeOf<Batch["session"]>().toEqualTypeOf<string>();
    expectTypeOf<Extract<Batch, { ids: unknown }>>().toHaveProperty("updates");
    expectTypeOf<Extract<Batch, { items: unknown }>>().toHaveProperty("mode");
    expectTypeOf<FunctionArgs<Functions["get"]>>().toEqualTypeOf<{
      id: string;
    }>();
    expectTypeOf<
      FunctionReturnType<Functions["get"]>
    >().toEqualTypeOf<DocumentOf<typeof fields> | null>();
  });

  it("is internal where the builder is", () => {
    const built = docs.api({ mutation: internalMutationGeneric });
    type Functions = ApiFromModules<{ documents: typeof built }>["documents"];
    expectTypeOf<
      Functions["remove"]["_visibility"]
    >().toEqualTypeOf<"internal">();
    expectTypeOf<Functions["get"]["_visibility"]>().toEqualTypeOf<"public">();
    expectTypeOf(built.list).toEqualTypeOf(docs.api().list);
  });

  it("takes no builder of the other kind, and none that asks for more", () => {
    // @ts-expect-error this makes queries
    docs.api({ mutation: queryGeneric });
    const asking = customMutation(mutationGeneric, {
      args: {},
      input: (_ctx, _args, _options: { limit: number }) => input(),
    });
    // @ts-expect-error nobody says which limit
    docs.api({ mutation: asking });
    // @ts-expect-error there are no such functions
    docs.api({ action: actionGeneric });
  });
});

describe("DocsArgs", () => {
  type Args = DocsArgs<"update", typeof fields>;

  it("is what the method takes", () => {
    expectTypeOf<Args>().toEqualTypeOf<Parameters<typeof docs.update>[1]>();
    expectTypeOf<Args["unset"]>().toEqualTypeOf<
      ("summary" | "tags" | "place" | Retired)[] | undefined
    >();
    expectTypeOf<DocsArgs<"transfer">>().toEqualTypeOf<{
      id: string;
      ifVersion?: number;
      to: string;
    }>();
  });

  it("knows the operations alone", () => {
    // @ts-expect-error there is no such operation
    expectTypeOf<DocsArgs<"rename">>().toBeAny();
  });
});

describe("worker", () => {
  type Worker = ApiFromModules<{
    documents: { worker: ReturnType<typeof docs.worker> };
  }>["documents"]["worker"];

  it("takes a reference to what worker() makes", () => {
    const use = (worker: DocsWorker) =>
      new Docs(component, { fields, identify, worker });
    use(null as unknown as Worker);
    // @ts-expect-error a path is not a reference
    use("documents:worker");
    // @ts-expect-error a query does not write
    use(null as unknown as FunctionReference<"query", "internal">);
    type Other = FunctionReference<
      "mutation",
      "internal",
      { id: string },
      null
    >;
    // @ts-expect-error a mutation with other arguments
    use(null as unknown as Other);
  });
});

describe("sixty fields", () => {
  const text = v.string();
  const maybe = v.optional(v.number());
  // prettier-ignore
  const sixty = {
    a0: text, a1: text, a2: text, a3: text, a4: text, a5: text, a6: text, a7: text, a8: text, a9: text,
    b0: text, b1: text, b2: text, b3: text, b4: text, b5: text, b6: text, b7: text, b8: text, b9: text,
    c0: maybe, c1: maybe, c2: maybe, c3: maybe, c4: maybe, c5: maybe, c6: maybe, c7: maybe, c8: maybe, c9: maybe,
    d0: maybe, d1: maybe, d2: maybe, d3: maybe, d4: maybe, d5: maybe, d6: maybe, d7: maybe, d8: maybe, d9: maybe,
    e0: v.array(text), e1: v.record(text, text), e2: v.object({ x: text }), e3: v.union(text, v.null()), e4: v.any(),
    e5: text, e6: text, e7: text, e8: text, e9: text,
    f0: maybe, f1: maybe, f2: maybe, f3: maybe, f4: maybe, f5: maybe, f6: maybe, f7: maybe, f8: maybe, f9: maybe,
  };
  const wide = new Docs(component, { fields: sixty, identify });

  it("are as well typed as one", async () => {
    const document = await wide.getOrThrow(queryCtx, { id: "x" });
    expectTypeOf(document.f9).toEqualTypeOf<number | undefined>();
    expectTypeOf(document.e2.x).toEqualTypeOf<string>();
    void wide.update(mutationCtx, { id: "x", d7: 5, unset: ["f0"] });
    // @ts-expect-error a0 is required
    void wide.update(mutationCtx, { id: "x", unset: ["a0"] });
    type Api = ApiFromModules<{ documents: ReturnType<typeof wide.api> }>;
    expectTypeOf<
      FunctionReturnType<Api["documents"]["list"]>["page"][number]["b9"]
    >().toEqualTypeOf<string>();
  });
});
