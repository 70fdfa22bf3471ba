import { makeFunctionReference } from "convex/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { v } from "convex/values";
import { Jobs } from "../../src/jobs/index.js";
import {
  components,
  deploy,
  freshHost,
  MINUTE,
  NOON,
  restore,
} from "../support/jobs.js";

beforeEach(freshHost);
afterEach(restore);

const withOperator = () =>
  deploy((jobs) => ({
    sync: jobs.mutation("sync", { handler: async () => undefined }),
    ...jobs.operator(),
  }));

test("an operator's functions are internal, and do what the command line asks", async () => {
  const d = withOperator();
  const ask = (name: string, args: Record<string, unknown>) =>
    d.t.mutation(makeFunctionReference<"mutation">(`jobs:${name}`), args);
  const look = (name: string, args: Record<string, unknown> = {}) =>
    d.t.query(makeFunctionReference<"query">(`jobs:${name}`), args);
  expect(await look("status", { job: "sync" })).toBeNull();
  await ask("pause", { job: "sync" });
  expect(await d.call("sync", {}, "mutation")).toEqual({ skipped: "paused" });
  await ask("resume", { job: "sync" });
  await d.call("sync", {}, "mutation");
  expect(await ask("cancel", { job: "sync" })).toBe(true);
  await ask("resetCursor", { job: "sync" });
  expect(await look("list")).toMatchObject([
    {
      job: "sync",
      paused: false,
      nextDueAt: null,
      run: { status: "canceled" },
    },
  ]);
  expect(await look("runs", { job: "sync" })).toMatchObject({ isDone: true });
  for (const registered of Object.values(
    new Jobs(components.docs).operator(),
  )) {
    expect(registered).toHaveProperty("isInternal", true);
  }
});

test("with `authorize` they are public, and each calls it first", async () => {
  const functions = new Jobs(components.docs).operator({
    authorize: () => {
      throw new Error("No operator.");
    },
  });
  const d = deploy(() => functions);
  const job = { job: "sync" };
  const args = { list: {}, runs: {} } as Record<string, object>;
  for (const [name, registered] of Object.entries(functions)) {
    expect(registered).toHaveProperty("isPublic", true);
    const given = args[name] ?? job;
    const call =
      "isQuery" in registered
        ? d.t.query(makeFunctionReference<"query">(`jobs:${name}`), given)
        : d.t.mutation(
            makeFunctionReference<"mutation">(`jobs:${name}`),
            given,
          );
    await expect(call).rejects.toThrow("No operator.");
  }
});

test("an operator's typing error is refused, and makes no job", async () => {
  const d = withOperator();
  const pause = (job: string) =>
    d.t.mutation((ctx) => d.jobs.pause(ctx, { job }));
  await expect(pause("snyc")).rejects.toMatchObject({
    data: { code: "VALIDATION_FAILED", issues: [{ path: "job" }] },
  });
  expect(await d.t.query((ctx) => d.jobs.list(ctx))).toEqual([]);
  // Another `Jobs`, in another module, declares it and had it run.
  await d.call("sync", {}, "mutation");
  const elsewhere = new Jobs(components.docs);
  await d.t.mutation((ctx) => elsewhere.pause(ctx, { job: "sync" }));
  expect(await d.status("sync")).toMatchObject({ paused: true });
});

test("a job of another host's status, a key that never was: null, and nothing to cancel", async () => {
  const d = withOperator();
  expect(await d.status("sync", "a")).toBeNull();
  const cancel = d.t.mutation((ctx) =>
    d.jobs.cancel(ctx, { job: "sync", key: "a" }),
  );
  expect(await cancel).toBe(false);
});

const handler = async () => undefined;
test.each<[string, string, object]>([
  ["no name", "", {}],
  ["a name with a space", "daily report", {}],
  ["a name that is too long", "x".repeat(129), {}],
  ["our own argument", "a", { args: { jobRun: v.string() } }],
  ["a period that is none", "a", { period: "fortnight" }],
  ["a period and a key", "a", { period: "day", key: () => "k" }],
  ["catchUp without a period", "a", { catchUp: 1 }],
  ["catchUp without a limit", "a", { period: "day", catchUp: Infinity }],
  ["a queue of periods", "a", { period: "day", overlap: "queue" }],
  ["no attempt", "a", { retry: { attempts: 0 } }],
  ["a cap below the base", "a", { retry: { baseMs: 100, capMs: 50 } }],
  ["a timeout that Convex does not wait for", "a", { timeoutMs: 31 * MINUTE }],
  ["a timeout that is no number", "a", { timeoutMs: NaN }],
  ["a breaker that is always open", "a", { breaker: { after: 0, forMs: 1 } }],
  ["an alert before any failure", "a", { alertAfter: 0 }],
])("a mistake is found at construction: %s", (_what, name, options) => {
  const jobs = new Jobs(components.docs);
  expect(() => jobs.action(name, { ...options, handler })).toThrow(
    /^convex-docs: the job /,
  );
});

test("two jobs of one name, and a component that is not mounted, are found at construction", () => {
  const jobs = new Jobs(components.docs);
  jobs.action("a", { handler });
  expect(() => jobs.mutation("a", { handler })).toThrow("two jobs");
  expect(() => new Jobs(undefined as never)).toThrow("app.use(docs)");
});

test("a job that was never done is due at the end of its first period; done, at the end of the next", async () => {
  const d = deploy((jobs) => ({
    report: jobs.mutation("report", { period: "hour", handler }),
  }));
  await d.call("report", {}, "mutation");
  expect(await d.status("report")).toMatchObject({ nextDueAt: NOON });
  await d.late();
  expect(await d.status("report")).toMatchObject({
    nextDueAt: NOON + 60 * MINUTE,
  });
});
