/**
 * Bulk operations on a deployment, with every rule of the backend on.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BULK } from "../../src/shared/bulk.js";
import { hooked } from "../client/fixture/worker.js";
import { deploy, docs, seedMany, type Deployment } from "../support/host.js";
import { inComponent } from "../support/component.js";
import { deploymentOf } from "../../dev/strict/index.js";
import { underEveryRule } from "../strict/suite.js";

underEveryRule();
beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const archive = {
  operation: "update",
  updates: { status: "archived" },
  where: {},
} as const;

const start = () =>
  deploy({
    modules: {
      "./convex/worker.ts": () => import("../client/fixture/worker.js"),
    },
  });

/** Lets time pass, a step at a time, and runs what comes due. */
async function pass(t: Deployment, ms: number, step = MINUTE) {
  for (let left = ms; left > 0; left -= step) {
    await vi.advanceTimersByTimeAsync(Math.min(step, left));
    await t.finishInProgressScheduledFunctions();
  }
}

/** Ends an operation that makes progress by itself. */
const run = (t: Deployment) => pass(t, 1_000, 10);

const statusOf = (t: Deployment, jobId: string) =>
  t.query((ctx) => docs.as("ada").bulkStatus(ctx, { jobId }));

async function startHooked(t: Deployment, titles: string[]) {
  const items = titles.map((title) => ({ title, content: "" }));
  await t.mutation((ctx) => docs.as("ada").batchCreate(ctx, { items }));
  vi.advanceTimersByTime(1_000);
  return await t.mutation((ctx) => hooked.as("ada").startBulk(ctx, archive));
}

const named = (count: number, poison: number[] = []) =>
  Array.from({ length: count }, (_, n) =>
    poison.includes(n) ? `poison ${n}` : `fine ${n}`,
  );

describe("a document whose hook throws", () => {
  test("costs itself and no other, and no transaction makes more than eight nested calls", async () => {
    const t = start();
    const { jobId } = await startHooked(t, named(100, [7, 42]));
    await run(t);
    expect(await statusOf(t, jobId)).toMatchObject({
      state: "done",
      done: 98,
      failed: 2,
    });
    const { nested } = deploymentOf(t).largest("nested");
    expect(nested).toBeLessThanOrEqual(8);
  }, 30_000);
});

describe("a step that dies", () => {
  test("is found within two ticks, and the operation goes on from its cursor", async () => {
    const t = start();
    const { jobId } = await startHooked(t, named(20));
    deploymentOf(t).timeout("docs:bulk:step");
    await run(t);
    expect(await statusOf(t, jobId)).toMatchObject({ done: 0 });
    await pass(t, 3 * MINUTE);
    await run(t);
    expect(await statusOf(t, jobId)).toMatchObject({
      state: "done",
      done: 20,
      failed: 0,
    });
  });

  test("three times with one document alone costs that document, which is named", async () => {
    const t = start();
    const { jobId } = await startHooked(t, named(1));
    // From 100 to a batch of one: 50, 25, 12, 6, 3, 1.
    deploymentOf(t).timeout("docs:bulk:step", 6 + BULK.maxDeaths);
    await pass(t, 30 * MINUTE);
    const job = await statusOf(t, jobId);
    expect(job).toMatchObject({ state: "done", done: 0, failed: 1 });
    expect(job?.failures[0]?.error.message).toMatch(/ended 3 times/);
  });

  test("where the first row of ids is done costs no id of the next row", async () => {
    const t = start();
    const ids = Array.from({ length: BULK.idsPerRow + 1 }, (_, n) => `${n}`);
    const { jobId } = await t.mutation((ctx) =>
      docs.as("ada").startBulk(ctx, { operation: "remove", ids }),
    );
    const failed = async () => (await statusOf(t, jobId))?.failed;
    while ((await failed()) !== BULK.idsPerRow) {
      await pass(t, 1);
    }
    deploymentOf(t).timeout("docs:bulk:step", 6 + BULK.maxDeaths);
    await pass(t, 30 * MINUTE);
    expect(await statusOf(t, jobId)).toMatchObject({
      state: "done",
      failed: BULK.idsPerRow + 1,
    });
  });
});

test("all scheduled functions are cancelled: the hourly look finds the operation, and it ends without a new call", async () => {
  const t = start();
  const { jobId } = await startHooked(t, named(20));
  await deploymentOf(t).cancelAllScheduled();
  await pass(t, 5 * MINUTE);
  expect(await statusOf(t, jobId)).toMatchObject({ state: "running", done: 0 });
  await look(t);
  await run(t);
  expect(await statusOf(t, jobId)).toMatchObject({ state: "done", done: 20 });
});

test("a deploy without the worker costs no document: the operation waits, and goes on when it is back", async () => {
  const t = start();
  const { jobId } = await startHooked(t, named(20));
  deploymentOf(t).deploy({ remove: ["worker:worker"] });
  await pass(t, 30 * MINUTE);
  expect(await statusOf(t, jobId)).toMatchObject({
    state: "running",
    done: 0,
    failed: 0,
  });
  deploymentOf(t).redeploy();
  await pass(t, 2 * HOUR);
  expect(await statusOf(t, jobId)).toMatchObject({ state: "done", done: 20 });
});

test("a start from another deployment's data wakes what waits there for the worker, at once", async () => {
  const t = start();
  const { jobId } = await startHooked(t, named(20));
  await deploymentOf(t).importElsewhere();
  vi.advanceTimersByTime(5 * MINUTE);
  // The hourly look finds the operation, whose handle means nothing here.
  await look(t);
  await run(t);
  expect(await blockedOn(t)).toEqual(["worker:worker"]);
  const other = await startHooked(t, named(1));
  await run(t);
  const ended = [await statusOf(t, jobId), await statusOf(t, other.jobId)];
  expect(ended.map((job) => job?.state)).toEqual(["done", "done"]);
  // Either may have come first to a document, and the other finds it changed.
  expect(ended.reduce((sum, job) => sum + (job?.done ?? 0), 0)).toBe(21);
});

test("work that is due in more than an hour keeps no tick going: the hourly look finds it", async () => {
  const t = start();
  await startHooked(t, named(3));
  await deploymentOf(t).cancelAllScheduled();
  const wakeAt = Date.now() + 5 * HOUR;
  await inComponent(t, async (ctx) => {
    const job = (await ctx.db.query("bulkJobs").first())!;
    await ctx.db.patch("bulkJobs", job._id, {
      lease: { ...job.lease!, wakeAt },
    });
  });
  await look(t);
  await look(t);
  expect(await ticksAhead(t)).toBe(0);
  const before = deploymentOf(t).transactions.length;
  await look(t);
  const [transaction] = deploymentOf(t).transactions.slice(before);
  expect(transaction?.asked).toEqual({ query: 1 });
  vi.setSystemTime(wakeAt - HOUR);
  await look(t);
  expect(await ticksAhead(t)).toBe(1);
  await pass(t, HOUR + MINUTE);
  await run(t);
  expect(await blockedOn(t)).toEqual([]);
  expect(
    await inComponent(t, (ctx) => ctx.db.query("bulkOrders").first()),
  ).toBeNull();
});

test("a tick that is late enough to be replaced does nothing: there is one chain of them", async () => {
  const t = start();
  await startHooked(t, named(3));
  // The clock goes on and the scheduler does not: the start that follows arms another tick.
  vi.setSystemTime(Date.now() + 5 * MINUTE);
  await startHooked(t, named(3));
  expect(await ticksAhead(t)).toBe(1);
  const { internal } = await import("../../src/component/_generated/api.js");
  await inComponent(t, (ctx) => ctx.runMutation(internal.engine.tick, {}));
  expect(await ticksAhead(t)).toBe(1);
});

describe("an upgrade", () => {
  test("an operation of before there were leases is taken up by the first look", async () => {
    const t = deploy();
    const ids = await seedMany(t, "ada", 3);
    const { jobId } = await t.mutation((ctx) =>
      docs.as("ada").startBulk(ctx, { operation: "remove", ids }),
    );
    await deploymentOf(t).cancelAllScheduled();
    await inComponent(t, async (ctx) => {
      const job = (await ctx.db.query("bulkJobs").first())!;
      const { lease: _lease, _id, _creationTime, ...columns } = job;
      const old = { generation: 0, seenAt: Date.now(), deaths: 0 };
      await ctx.db.replace("bulkJobs", _id, { ...columns, ...old });
    });
    // Another start has made the lifeline before the first look.
    vi.advanceTimersByTime(5 * MINUTE);
    await look(t);
    expect(await ticksAhead(t)).toBe(1);
    await run(t);
    expect(await statusOf(t, jobId)).toMatchObject({ state: "done", done: 3 });
  });

  test("an operation that ended before there were leases is deleted when its week is over", async () => {
    const t = deploy();
    const ids = await seedMany(t, "ada", 3);
    const { jobId } = await t.mutation((ctx) =>
      docs.as("ada").startBulk(ctx, { operation: "remove", ids }),
    );
    await run(t);
    await inComponent(t, async (ctx) => {
      const job = (await ctx.db.query("bulkJobs").first())!;
      const { purgeAt: _purgeAt, _id, _creationTime, ...columns } = job;
      await ctx.db.replace("bulkJobs", _id, columns);
      const lifeline = (await ctx.db.query("lifeline").first())!;
      await ctx.db.delete("lifeline", lifeline._id);
    });
    await look(t);
    expect(await statusOf(t, jobId)).not.toBeNull();
    vi.advanceTimersByTime(BULK.keepMs);
    await look(t);
    expect(await statusOf(t, jobId)).toBeNull();
  });
});

describe("what it costs a mount that does nothing", () => {
  test("the hourly look reads one row and writes nothing", async () => {
    const t = deploy();
    await look(t);
    const before = deploymentOf(t).transactions.length;
    await look(t);
    const [transaction] = deploymentOf(t).transactions.slice(before);
    expect(transaction?.ranges).toBe(1);
    // It inserts, patches and schedules nothing.
    expect(transaction?.asked).toEqual({ query: 1 });
  });
});

async function look(t: Deployment) {
  const { internal } = await import("../../src/component/_generated/api.js");
  await inComponent(t, (ctx) => ctx.runMutation(internal.engine.look, {}));
}

/** What operations in flight wait for. */
async function blockedOn(t: Deployment) {
  return await inComponent(t, async (ctx) => {
    const jobs = await ctx.db.query("bulkJobs").take(10);
    return jobs.flatMap(({ lease }) => lease?.blockedOn ?? []);
  });
}

/** Ticks that are scheduled and not due yet. */
async function ticksAhead(t: Deployment) {
  return await inComponent(t, async (ctx) => {
    let count = 0;
    for await (const job of ctx.db.system.query("_scheduled_functions")) {
      const isAhead = job.scheduledTime > Date.now();
      const isPending = job.state.kind === "pending";
      if (job.name.includes("tick") && isAhead && isPending) count += 1;
    }
    return count;
  });
}
