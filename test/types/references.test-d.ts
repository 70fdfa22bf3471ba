/**
 * What a host's generated API says of the functions that this package makes.
 */
import type {
  ApiFromModules,
  FilterApi,
  FunctionArgs,
  FunctionReference,
  FunctionReturnType,
} from "convex/server";
import { v } from "convex/values";
import { expectTypeOf, it } from "vitest";
import {
  Docs,
  type ComponentApi,
  type ViewStatus,
} from "../../src/client/index.js";

declare const component: ComponentApi;
const docs = new Docs(component, {
  fields: { title: v.string() },
  identify: () => "ada",
  views: { byTitle: { by: ["title"], unique: true } },
  sharing: true,
  history: {},
});
export const functions = {
  ...docs.api(),
  ...docs.retention({
    policies: [{ status: "draft", olderThan: { days: 30 } }],
  }),
  buildViews: docs.buildViews(),
  dropView: docs.dropView(),
  viewStatus: docs.viewStatus(),
  worker: docs.worker(),
};
type References = FilterApi<
  ApiFromModules<{ documents: typeof functions }>,
  // As in Convex's generated code.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  FunctionReference<any, any>
>["documents"];

/** The names of functions whose reference does not know what they return. */
type Untyped = {
  [Name in keyof References]: unknown extends FunctionReturnType<
    References[Name]
  >
    ? Name
    : never;
}[keyof References];

it("knows what each function returns", () => {
  expectTypeOf<Untyped>().toEqualTypeOf<never>();
});

it("knows what an operator's functions take and return", () => {
  type Drop = References["dropView"];
  expectTypeOf<FunctionArgs<Drop>>().toEqualTypeOf<{ view: string }>();
  expectTypeOf<FunctionReturnType<Drop>>().toEqualTypeOf<number>();
  type Status = References["viewStatus"];
  expectTypeOf<FunctionReturnType<Status>>().toEqualTypeOf<ViewStatus[]>();
  type Unshare = References["unshare"];
  expectTypeOf<FunctionReturnType<Unshare>>().toEqualTypeOf<null>();
});
