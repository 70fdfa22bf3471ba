/**
 * A deployment with functions of a test's own, and a component `c` that calls what it is given.
 */
import { convexTest } from "convex-test";
import {
  componentsGeneric,
  defineSchema,
  defineTable,
  httpActionGeneric,
  httpRouter,
  makeFunctionReference,
  mutationGeneric,
  queryGeneric,
  type DataModelFromSchemaDefinition,
  type FunctionHandle,
  type FunctionReference,
  type GenericActionCtx,
  type GenericMutationCtx,
} from "convex/server";
import { v } from "convex/values";
import { afterEach, beforeEach, vi } from "vitest";
import { deploymentOf, strict } from "../../dev/strict/index.js";
import type { Rules } from "../../dev/strict/rules.js";

const schema = defineSchema({
  rows: defineTable({ n: v.number(), s: v.optional(v.string()) }),
});
type DataModel = DataModelFromSchemaDefinition<typeof schema>;
export type Ctx = GenericMutationCtx<DataModel>;
export type ActionCtx = GenericActionCtx<DataModel>;

export const mutation = (name: string) =>
  makeFunctionReference<"mutation">(name);
export const action = (name: string) => makeFunctionReference<"action">(name);

export const component = componentsGeneric()["c"] as unknown as {
  f: {
    list: FunctionReference<"query">;
    call: FunctionReference<"mutation">;
    later: FunctionReference<"mutation">;
  };
};
type Called = FunctionHandle<"mutation">;
const componentModules = {
  "./component/_generated/api.js": () => Promise.resolve({}),
  "./component/f.ts": () =>
    Promise.resolve({
      list: queryGeneric({
        handler: (ctx) =>
          ctx.db.query("rows").paginate({ cursor: null, numItems: 1 }),
      }),
      call: mutationGeneric({
        handler: async (ctx, { handle }: { handle: Called }) =>
          (await ctx.runMutation(handle, {})) as unknown,
      }),
      later: mutationGeneric({
        handler: async (ctx, { handle }: { handle: Called }) => {
          await ctx.scheduler.runAfter(0, handle, {});
        },
      }),
    }),
};

/** `functions` are those of the module `a`. Every rule is on unless it is switched off. */
export function deploy(
  functions: Record<string, unknown> = {},
  rules: Partial<Rules> = {},
) {
  const http = httpRouter();
  http.route({
    path: "/hello",
    method: "GET",
    handler: httpActionGeneric((_ctx, request) =>
      Promise.resolve(new Response(request.url)),
    ),
  });
  const t = strict(
    convexTest,
    rules,
  )({
    schema,
    modules: {
      "./convex/_generated/api.js": () => Promise.resolve({}),
      "./convex/a.ts": () => Promise.resolve(functions),
      "./convex/http.ts": () => Promise.resolve({ default: http }),
    },
    transactionLimits: true,
  });
  t.registerComponent("c", schema, componentModules);
  return {
    t,
    deployment: deploymentOf(t),
    rows: async () =>
      (await t.run((ctx) => ctx.db.query("rows").take(100))).length,
    drain: () => t.finishAllScheduledFunctions(() => vi.runAllTimers()),
  };
}

/** Inserts a row, and says so. */
export const log: string[] = [];
export const insert = mutationGeneric({
  handler: async (ctx: Ctx) => {
    log.push("insert");
    await ctx.db.insert("rows", { n: 1 });
  },
});

export function freshEachTest(): void {
  beforeEach(() => {
    log.length = 0;
    vi.useFakeTimers();
    vi.spyOn(console, "error").mockReturnValue();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
}
