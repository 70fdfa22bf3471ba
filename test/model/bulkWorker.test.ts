/**
 * A worker that goes wrong after its operation has begun, as a deploy may bring: it is noticed, said once, and no document is lost to
 * it.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BULK } from "../../src/shared/bulk.js";
import * as host from "../client/fixture/worker.js";
import { deploy, docs, type Deployment } from "../support/host.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let worker: object = host.worker;
let log: string[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  worker = host.worker;
  log = [];
  vi.spyOn(console, "error").mockImplementation((...args: unknown[]) => {
    log.push(args.join(" "));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function start(documents: number) {
  const t = deploy({
    modules: {
      "./convex/worker.ts": () => Promise.resolve({ ...host, worker }),
    },
  });
  const items = Array.from({ length: documents }, (_, n) => ({
    title: `fine ${n}`,
    content: "",
  }));
  await t.mutation((ctx) => docs.as("ada").batchCreate(ctx, { items }));
  vi.advanceTimersByTime(1_000);
  const { jobId } = await t.mutation((ctx) =>
    host.hooked.as("ada").startBulk(ctx, {
      operation: "update",
      updates: { status: "archived" },
      where: {},
    }),
  );
  return { t, jobId };
}

async function pass(t: Deployment, ms: number, step = MINUTE) {
  for (let left = ms; left > 0; left -= step) {
    await vi.advanceTimersByTimeAsync(Math.min(step, left));
    await t.finishInProgressScheduledFunctions();
  }
}

const statusOf = (t: Deployment, jobId: string) =>
  t.query((ctx) => docs.as("ada").bulkStatus(ctx, { jobId }));

test.each([
  ["answers nothing", host.wrong.answersNothing],
  ["answers what is no outcome", host.wrong.answersGarbage],
])(
  "one that %s costs no document: the operation waits for the right one",
  async (_, wrong) => {
    const { t, jobId } = await start(20);
    worker = wrong;
    await pass(t, 30 * MINUTE);
    expect(await statusOf(t, jobId)).toMatchObject({
      state: "running",
      done: 0,
      failed: 0,
    });
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(
      /"bulkJobs" waits for the function "worker:worker".*Deploy that one under this name/,
    );
    worker = host.worker;
    await pass(t, 2 * HOUR);
    expect(await statusOf(t, jobId)).toMatchObject({
      state: "done",
      done: 20,
      failed: 0,
    });
  },
);

test("one that stays wrong ends the operation as failed after a week", async () => {
  const { t, jobId } = await start(3);
  worker = host.wrong.answersNothing;
  await pass(t, 8 * 24 * HOUR, HOUR);
  expect(await statusOf(t, jobId)).toMatchObject({ state: "failed", done: 0 });
  expect(log).toHaveLength(2);
  expect(log[1]).toMatch(/ended as failed after 0 documents/);
}, 30_000);

test("one that crashes at every document ends it as failed, and the log has what it threw", async () => {
  const { t, jobId } = await start(40);
  worker = host.wrong.throws;
  await pass(t, MINUTE, 10);
  const status = await statusOf(t, jobId);
  expect(status).toMatchObject({
    state: "failed",
    done: 0,
    failed: BULK.maxDeadItems,
  });
  expect(JSON.stringify(status)).not.toContain("secret");
  expect(log).toHaveLength(2);
  expect(log[0]).toMatch(/"worker:worker" threw.*secret of the host/s);
  expect(log[1]).toMatch(/ended as failed/);
}, 30_000);

test("one that refuses every document on purpose does its work", async () => {
  const { t, jobId } = await start(15);
  worker = host.wrong.refuses;
  await pass(t, MINUTE, 10);
  expect(await statusOf(t, jobId)).toMatchObject({
    state: "done",
    done: 0,
    failed: 15,
  });
  expect(log).toEqual([]);
}, 30_000);
