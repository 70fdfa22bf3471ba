import { makeFunctionReference } from "convex/server";
import { v } from "convex/values";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Jobs } from "../../src/jobs/index.js";
import { deploy, freshHost, restore, type DataModel } from "../support/jobs.js";

beforeEach(freshHost);
afterEach(restore);

const seen: string[] = [];
beforeEach(() => void (seen.length = 0));

const make = (jobs: Jobs<DataModel>) => ({
  summarize: jobs.action("summarize", {
    args: { id: v.string() },
    key: ({ id }) => id,
    handler: async (_ctx, _run, { id }) => void seen.push(id),
  }),
  note: jobs.mutation("note", {
    args: { id: v.string() },
    handler: async (ctx, _run, { id }) => {
      await ctx.db.insert("effects", { note: id });
    },
  }),
  pull: jobs.action("pull", {
    overlap: "queue",
    handler: async () => void seen.push("pull"),
  }),
});

type Name = keyof ReturnType<typeof make>;

function started() {
  const functions: Partial<ReturnType<typeof make>> = {};
  const d = deploy((jobs) => Object.assign(functions, make(jobs)));
  const call = (
    job: Name,
    args: Record<string, unknown>,
    at: string = job,
  ) => ({
    job: functions[job]!,
    function: makeFunctionReference<"action">(`jobs:${at}`) as never,
    args: args as never,
  });
  return { ...d, call };
}

test("start begins a run in the caller's transaction, of an action's job and of a mutation's", async () => {
  const { t, jobs, call, soon, runs, effects } = started();
  const answers = await t.mutation(async (ctx) => [
    await jobs.start(ctx, call("summarize", { id: "a" })),
    await jobs.start(ctx, call("note", { id: "b" })),
  ]);
  expect(answers).toEqual([
    { runId: expect.any(String) as string },
    { runId: expect.any(String) as string },
  ]);
  expect(await runs()).toMatchObject([
    { name: "summarize", key: "a", status: "running", attempt: 1 },
    { name: "note", key: "", status: "running" },
  ]);
  await soon();
  expect(seen).toEqual(["a"]);
  expect(await effects()).toEqual(["b"]);
  expect(await runs()).toMatchObject([
    { status: "success" },
    { status: "success" },
  ]);
});

test("what a rolled-back caller started does not exist", async () => {
  const { t, jobs, call, late, runs } = started();
  const refused = t.mutation(async (ctx) => {
    await jobs.start(ctx, call("summarize", { id: "a" }));
    throw new Error("Changed its mind.");
  });
  await expect(refused).rejects.toThrow("Changed its mind.");
  await late();
  expect(seen).toEqual([]);
  expect(await runs()).toEqual([]);
});

test("start says what a call led to: skipped by its key, or queued", async () => {
  const { t, jobs, call } = started();
  const answers = await t.mutation(async (ctx) => [
    await jobs.start(ctx, call("summarize", { id: "a" })),
    await jobs.start(ctx, call("summarize", { id: "a" })),
    await jobs.start(ctx, call("pull", {})),
    await jobs.start(ctx, call("pull", {})),
  ]);
  expect(answers).toMatchObject([
    { runId: expect.any(String) as string },
    { skipped: "overlap" },
    { runId: expect.any(String) as string },
    { queued: true },
  ]);
});

test.each([
  ["of another type", { id: 5 }, "id"],
  ["that is missing", {}, "id"],
  ["that the job does not have", { id: "a", other: 1 }, "other"],
])("an argument %s is refused in the caller's transaction", async (...row) => {
  const { t, jobs, call, runs } = started();
  const [, args, path] = row;
  await expect(
    t.mutation(async (ctx) => await jobs.start(ctx, call("summarize", args))),
  ).rejects.toMatchObject({
    data: { code: "VALIDATION_FAILED", issues: [{ path }] },
  });
  expect(await runs()).toEqual([]);
});

test.each<[Name, Name]>([
  ["summarize", "note"],
  ["note", "summarize"],
])(
  "a run of %s whose function makes %s fails at once, and does neither's work",
  async (job, at) => {
    const { t, jobs, call, late, runs, effects } = started();
    await t.mutation((ctx) => jobs.start(ctx, call(job, { id: "a" }, at)));
    await late();
    expect(await runs()).toMatchObject([
      {
        name: job,
        status: "failed",
        attempt: 1,
        error: {
          issues: [
            {
              message: `Run belongs to the job "${job}", and its function to "${at}".`,
            },
          ],
        },
      },
    ]);
    expect([seen, await effects()]).toEqual([[], []]);
  },
);

test("a function that is no job is refused", async () => {
  const { t, jobs, call } = started();
  const foreign = { ...call("note", { id: "a" }), job: {} as never };
  await expect(
    t.mutation(async (ctx) => await jobs.start(ctx, foreign)),
  ).rejects.toThrow("not a job");
});
