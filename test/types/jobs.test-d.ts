import type {
  FunctionReference,
  GenericActionCtx,
  GenericMutationCtx,
  RegisteredAction,
  RegisteredMutation,
} from "convex/server";
import { v } from "convex/values";
import { expectTypeOf, test } from "vitest";
import type { ComponentApi } from "../../src/component/_generated/component.js";
import {
  Jobs,
  type JobAlert,
  type Period,
  type Started,
} from "../../src/jobs/index.js";

type DataModel = {
  reports: {
    document: { _id: string; _creationTime: number; day: string };
    fieldPaths: "_id" | "_creationTime" | "day";
    indexes: Record<never, never>;
    searchIndexes: Record<never, never>;
    vectorIndexes: Record<never, never>;
  };
};
declare const component: ComponentApi;
const jobs = new Jobs<DataModel>(component);

test("a job's function takes the arguments that were declared, and no more", () => {
  const job = jobs.mutation("a", {
    args: { id: v.string(), n: v.optional(v.number()) },
    handler: async (_ctx, _run, args) => {
      expectTypeOf(args).toEqualTypeOf<{ id: string; n?: number }>();
    },
  });
  expectTypeOf(job).toEqualTypeOf<
    RegisteredMutation<
      "internal",
      { id: string; n?: number },
      Promise<Started | null>
    >
  >();
  const bare = jobs.action("b", { handler: async () => undefined });
  expectTypeOf(bare).toExtend<
    RegisteredAction<"internal", Record<never, never>, Promise<Started | null>>
  >();
  jobs.action("c", {
    args: { id: v.string() },
    handler: async (_ctx, _run, args) => {
      expectTypeOf(args).not.toHaveProperty("other");
    },
  });
  jobs.action("d", {
    args: { id: v.string() },
    // @ts-expect-error a key of another argument
    key: ({ other }) => String(other),
    handler: async () => undefined,
  });
});

test("start takes a job, its reference, and the arguments of that", () => {
  const job = jobs.action("a", {
    args: { id: v.string(), n: v.optional(v.number()) },
    handler: async () => undefined,
  });
  const reference = {} as FunctionReference<
    "action",
    "internal",
    { id: string; n?: number }
  >;
  const ctx = {} as GenericMutationCtx<DataModel>;
  const started = jobs.start(ctx, {
    job,
    function: reference,
    args: { id: "a" },
  });
  expectTypeOf(started).resolves.toEqualTypeOf<Started>();
  void jobs.start({} as GenericActionCtx<DataModel>, {
    job,
    function: reference,
    args: { id: "a", n: 1 },
  });
  // @ts-expect-error an argument that is missing
  void jobs.start(ctx, { job, function: reference, args: {} });
  // @ts-expect-error an argument of another type
  void jobs.start(ctx, { job, function: reference, args: { id: 1 } });
  const args = { id: "a" };
  // @ts-expect-error what is no function
  void jobs.start(ctx, { job: {}, function: reference, args });
  const open = {} as FunctionReference<"action", "public", { id: string }>;
  // @ts-expect-error a public function
  void jobs.start(ctx, { job, function: open, args });
});

test("a mutation's handler has the database, an action's has none but calls and a signal", () => {
  jobs.mutation("a", {
    handler: async (ctx, run) => {
      expectTypeOf(ctx).toEqualTypeOf<GenericMutationCtx<DataModel>>();
      await ctx.db.query("reports").first();
      // @ts-expect-error a table that there is not
      await ctx.db.query("orders").first();
      // Only an action can be aborted, and nobody could see progress before the transaction ends.
      expectTypeOf(run).not.toHaveProperty("signal");
      expectTypeOf(run).not.toHaveProperty("progress");
    },
  });
  jobs.action("b", {
    handler: async (ctx, run) => {
      expectTypeOf(ctx).toEqualTypeOf<GenericActionCtx<DataModel>>();
      expectTypeOf(run.signal).toEqualTypeOf<AbortSignal>();
      await run.progress({ n: 1 });
      expectTypeOf(ctx).not.toHaveProperty("db");
    },
  });
  jobs.mutation("c", {
    // @ts-expect-error only an action has a timeout
    timeoutMs: 1_000,
    handler: async () => undefined,
  });
});

test("a period is there for jobs that have periods, and for no others", () => {
  jobs.mutation("a", {
    period: "day",
    handler: async (_ctx, run) => {
      expectTypeOf(run.period).toEqualTypeOf<Period>();
    },
  });
  jobs.mutation("b", {
    handler: async (_ctx, run) => {
      expectTypeOf(run.period).toEqualTypeOf<undefined>();
    },
  });
  jobs.mutation("c", {
    // @ts-expect-error no unit of the calendar
    period: "fortnight",
    handler: async () => undefined,
  });
});

test("a cursor is a string, or what its validator says; another is refused", () => {
  jobs.action("a", {
    handler: async (_ctx, run) => {
      expectTypeOf(run.cursor).toEqualTypeOf<string | null>();
      return { cursor: "next", counts: { n: 1 } };
    },
  });
  jobs.action("b", {
    cursor: v.object({ at: v.number() }),
    handler: async (_ctx, run) => {
      expectTypeOf(run.cursor).toEqualTypeOf<{ at: number } | null>();
      return { cursor: { at: 5 } };
    },
  });
  jobs.action("c", {
    // @ts-expect-error a cursor that is no string
    handler: async () => ({ cursor: 5 }),
  });
  jobs.action("d", {
    cursor: v.number(),
    // @ts-expect-error a cursor of another type
    handler: async () => ({ cursor: "five" }),
  });
  jobs.action("e", {
    // @ts-expect-error counts that are no numbers
    handler: async () => ({ counts: { n: "one" } }),
  });
  jobs.action("f", {
    handler: async (_ctx, run) => {
      if (run.attempt > 1) return;
      return { cursor: "some ways return nothing" };
    },
  });
});

test("a failure is told to an internal mutation that takes the alert", () => {
  type Ref<
    Visibility extends "public" | "internal",
    Args extends Record<string, unknown>,
  > = FunctionReference<"mutation", Visibility, Args>;
  const handler = async () => undefined;
  const right = {} as Ref<"internal", { alert: JobAlert }>;
  jobs.action("a", { onFailure: right, handler });
  jobs.action("b", { onFailure: "ops:alert", handler });
  const open = {} as Ref<"public", { alert: JobAlert }>;
  // @ts-expect-error a function that clients may call
  jobs.action("c", { onFailure: open, handler });
  const wrong = {} as Ref<"internal", { alert: { job: number } }>;
  // @ts-expect-error a function that takes something else
  jobs.action("d", { onFailure: wrong, handler });
});
