/**
 * What `readable` and `writable` do to the types, and that they do nothing where they are not declared.
 */
import type { GenericDataModel, GenericQueryCtx } from "convex/server";
import type { FunctionReturnType, ApiFromModules } from "convex/server";
import { v, type Infer } from "convex/values";
import { describe, expectTypeOf, it } from "vitest";
import { Docs, type ComponentApi } from "../../src/client/index.js";

declare const component: ComponentApi;
declare const ctx: GenericQueryCtx<GenericDataModel>;

const options = {
  fields: { title: v.string(), body: v.string(), rank: v.number() },
  identify: () => "ada",
  sharing: true,
} as const;
const plain = new Docs(component, options);
const ruled = new Docs(component, {
  ...options,
  readable: { public: ["title"], editor: ["title", "body"] },
  writable: { commenter: ["body"], manager: ["title", "body", "status"] },
});
type Functions = ApiFromModules<{
  docs: ReturnType<typeof ruled.api>;
}>["docs"];

describe("a field that is hidden from somebody may be absent", () => {
  it("in what the operations return", async () => {
    const one = await ruled.getOrThrow(ctx, { id: "x" });
    expectTypeOf(one.title).toEqualTypeOf<string>();
    expectTypeOf(one.body).toEqualTypeOf<string | undefined>();
    expectTypeOf(one.rank).toEqualTypeOf<number | undefined>();
    const paginationOpts = { numItems: 1, cursor: null };
    const { page } = await ruled.as("bob").listShared(ctx, { paginationOpts });
    expectTypeOf(page[0]!.document.rank).toEqualTypeOf<number | undefined>();
    const all = await ruled.asSystem("test").list(ctx, {
      paginationOpts,
      ownerId: "ada",
    });
    expectTypeOf(all.page[0]!.body).toEqualTypeOf<string | undefined>();
  });

  it("in what the functions and validators say", () => {
    type Got = NonNullable<FunctionReturnType<Functions["get"]>>;
    expectTypeOf<Got["title"]>().toEqualTypeOf<string>();
    expectTypeOf<Got["body"]>().toEqualTypeOf<string | undefined>();
    type Document = Infer<typeof ruled.validators.document>;
    expectTypeOf<Document["rank"]>().toEqualTypeOf<number | undefined>();
  });

  it("and nothing is where nothing is declared", async () => {
    const one = await plain.getOrThrow(ctx, { id: "x" });
    expectTypeOf(one.rank).toEqualTypeOf<number>();
  });
});

it("hooks get the whole document", () => {
  new Docs(component, {
    ...options,
    readable: { public: ["title"] },
    access: (_ctx, { document }) => {
      expectTypeOf(document.rank).toEqualTypeOf<number>();
      return true;
    },
  });
});

it("a name that is no field does not compile", () => {
  new Docs(component, {
    ...options,
    // @ts-expect-error -- misspelt
    readable: { public: ["titel"] },
  });
  new Docs(component, {
    ...options,
    // @ts-expect-error -- nobody writes a version
    writable: { editor: ["version"] },
  });
});
