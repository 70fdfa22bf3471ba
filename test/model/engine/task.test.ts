/**
 * Tasks on a deployment, with every rule of the backend on. Their kind is this file's: it works through numbers.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { MutationCtx } from "../../../src/component/_generated/server.js";
import {
  cancelTask,
  lastTask,
  startTask,
  type TaskKind,
} from "../../../src/model/engine/task.js";
import { TASK_KINDS } from "../../../src/model/engine/taskKinds.js";
import { failure } from "../../../src/shared/failures.js";
import { TASK } from "../../../src/shared/tasks.js";
import { deploymentOf } from "../../../dev/strict/index.js";
import { underEveryRule } from "../../strict/suite.js";
import { inComponent } from "../../support/component.js";
import { deploy, type Deployment } from "../../support/host.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What this test's kind did, and is told to do. */
const world = {
  done: [] as number[],
  sizes: [] as number[],
  ends: [] as string[],
};
let step: TaskKind<{ items: number }>["step"];

const count: TaskKind<{ items: number }> = {
  name: "test.count",
  maxSize: 8,
  step: (ctx, task, size) => step(ctx, task, size),
  itemAt: async (_ctx, { cursor }) => {
    const at = (cursor as number | undefined) ?? 0;
    return { id: `item ${at}`, behind: at + 1 };
  },
  onEnd: async (_ctx, _task, state) => void world.ends.push(state),
};
const whole: TaskKind = {
  name: "test.whole",
  maxSize: 0,
  step: (ctx, task, size) => step(ctx, { ...task, input: { items: 1 } }, size),
};

/** Does the items from the cursor on. */
const work: typeof step = async (_ctx, { cursor, input }, size) => {
  const from = (cursor as number | undefined) ?? 0;
  const to = Math.min(from + size, input.items);
  world.sizes.push(to - from);
  for (let item = from; item < to; item += 1) world.done.push(item);
  const counts = { items: to - from };
  if (to === input.items) return { kind: "done", counts };
  return { kind: "more", cursor: to, counts };
};

underEveryRule();
beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockReturnValue();
  for (const kind of [count, whole]) {
    TASK_KINDS.set(kind.name, kind);
  }
  Object.assign(world, { done: [], sizes: [], ends: [] });
  step = work;
});
afterEach(() => {
  TASK_KINDS.delete(count.name);
  TASK_KINDS.delete(whole.name);
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function start(t: Deployment, items = 20, at?: number) {
  return await inComponent(t, (ctx) =>
    startTask(ctx, count, {
      subject: "numbers",
      input: { items },
      ...(at === undefined ? {} : { at }),
    }),
  );
}
const last = (t: Deployment) =>
  inComponent(t, (ctx) => lastTask(ctx, count, "numbers"));

async function pass(t: Deployment, ms: number, by = MINUTE) {
  for (let left = ms; left > 0; left -= by) {
    await vi.advanceTimersByTimeAsync(Math.min(by, left));
    await t.finishInProgressScheduledFunctions();
  }
}
const run = (t: Deployment) => pass(t, 1_000, 10);

async function look(t: Deployment) {
  const { internal } = await import("../../../src/component/_generated/api.js");
  await inComponent(t, (ctx: MutationCtx) =>
    ctx.runMutation(internal.engine.look, {}),
  );
}

describe("a task", () => {
  test("does each item once, in steps, and says what it has done", async () => {
    const t = deploy();
    await start(t, 20);
    expect(await last(t)).toMatchObject({ state: "running", counts: {} });
    await run(t);
    expect(world.done).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(world.sizes).toEqual([8, 8, 4]);
    expect(world.ends).toEqual(["done"]);
    expect(await last(t)).toMatchObject({
      state: "done",
      counts: { items: 20 },
    });
  });

  test("is deleted a week after its end", async () => {
    const t = deploy();
    await start(t);
    await pass(t, 5 * MINUTE);
    await look(t);
    vi.advanceTimersByTime(TASK.keepMs);
    await look(t);
    expect(await last(t)).toBeNull();
  });

  test("that is cancelled makes no further step", async () => {
    const t = deploy();
    await start(t);
    const task = (await last(t))!;
    await inComponent(t, (ctx) => cancelTask(ctx, count, task));
    await inComponent(t, (ctx) => cancelTask(ctx, count, task));
    await run(t);
    expect(world).toMatchObject({ done: [], ends: ["cancelled"] });
    expect(await last(t)).toMatchObject({ state: "cancelled" });
  });

  test("refuses an input that is too large for a row that is rewritten often", async () => {
    const t = deploy();
    const subject = "numbers";
    const big: TaskKind<string> = {
      ...count,
      step: count.step as never,
    } as never;
    const input = "x".repeat(TASK.maxInputBytes);
    await expect(
      inComponent(t, (ctx) => startTask(ctx, big, { subject, input })),
    ).rejects.toThrow(/input of a task/);
  });

  test("that waits between its steps is not taken for lost", async () => {
    const t = deploy();
    step = async (...call) => {
      const outcome = await work(...call);
      return outcome.kind === "more"
        ? { ...outcome, waitMs: 10 * MINUTE }
        : outcome;
    };
    await start(t, 20);
    await pass(t, 9 * MINUTE);
    expect(world.sizes).toEqual([8]);
    await pass(t, 15 * MINUTE);
    expect(world.sizes).toEqual([8, 8, 4]);
  });
});

describe("an item", () => {
  test("that throws is left out and named, and costs no other", async () => {
    const t = deploy();
    const error = failure("INTERNAL", {});
    step = async (ctx, task, size) => {
      const from = (task.cursor as number | undefined) ?? 0;
      const taken = Math.min(size, task.input.items - from);
      const isPoisoned = from <= 5 && 5 < from + taken;
      return isPoisoned
        ? { kind: "failed", error, taken }
        : await work(ctx, task, size);
    };
    await start(t, 20);
    await run(t);
    const items = Array.from({ length: 20 }, (_, n) => n);
    expect(world.done).toEqual(items.filter((item) => item !== 5));
    expect(await last(t)).toMatchObject({
      state: "done",
      counts: { items: 19 },
      failed: 1,
      failures: [{ id: "item 5", error: { code: "INTERNAL" } }],
    });
  });

  test("that kills its step is left out after three deaths, with TIMEOUT", async () => {
    const t = deploy();
    await start(t, 1);
    // From 8 to a step of one: 4, 2, 1.
    deploymentOf(t).timeout("docs:engine:step", 3 + TASK.maxDeaths);
    await pass(t, 30 * MINUTE);
    expect(await last(t)).toMatchObject({
      state: "done",
      failed: 1,
      failures: [{ id: "item 0", error: { code: "TIMEOUT" } }],
    });
  });

  test("after item kills its step: the task is given up", async () => {
    const t = deploy();
    await start(t, 40);
    deploymentOf(t).timeout("docs:engine:step", 1_000);
    await pass(t, 3 * HOUR);
    expect(await last(t)).toMatchObject({
      state: "failed",
      failed: TASK.maxDeadItems,
      error: { code: "TIMEOUT" },
    });
    expect(world.ends).toEqual(["failed"]);
  });
});

describe("a task without items", () => {
  const startWhole = (t: Deployment) =>
    inComponent(t, async (ctx) =>
      startTask(ctx, whole, { subject: "it", input: undefined }),
    );
  const lastWhole = (t: Deployment) =>
    inComponent(t, (ctx) => lastTask(ctx, whole, "it"));

  test("is tried again, and then ends with why it failed", async () => {
    const t = deploy();
    const error = failure("LIMIT_EXCEEDED", {});
    let tries = 0;
    step = async () => {
      tries += 1;
      return { kind: "failed", error };
    };
    await startWhole(t);
    await pass(t, HOUR);
    expect(tries).toBe(TASK.maxTries);
    expect(await lastWhole(t)).toMatchObject({ state: "failed", error });
  });

  test("is not tried again where that cannot help", async () => {
    const t = deploy();
    const error = failure("INTERNAL", {});
    step = async () => ({ kind: "failed", error, isFinal: true });
    await startWhole(t);
    await run(t);
    expect(await lastWhole(t)).toMatchObject({ state: "failed", error });
  });
});

describe("a deployment", () => {
  test("whose scheduled functions are all cancelled: the hourly look takes the task up", async () => {
    const t = deploy();
    await start(t);
    await deploymentOf(t).cancelAllScheduled();
    await pass(t, 5 * MINUTE);
    await look(t);
    await run(t);
    expect(await last(t)).toMatchObject({
      state: "done",
      counts: { items: 20 },
    });
  });

  test("that has no function for it: the task waits seven days, then fails with HANDLER_NOT_FOUND", async () => {
    const t = deploy();
    step = async () => ({ kind: "missing", name: "f" });
    await start(t);
    await pass(t, 6 * DAY, 10 * MINUTE);
    expect(await last(t)).toMatchObject({
      state: "running",
      lease: { phase: "blocked", blockedOn: "f", tries: 0 },
    });
    await pass(t, 2 * DAY, 10 * MINUTE);
    expect(await last(t)).toMatchObject({
      state: "failed",
      error: { code: "HANDLER_NOT_FOUND" },
    });
  }, 30_000);

  test("of an older release leaves a task of an unknown kind alone, and the newer one finds it", async () => {
    const t = deploy();
    await start(t);
    TASK_KINDS.delete(count.name);
    await pass(t, 2 * HOUR);
    expect(await last(t)).toMatchObject({ state: "running", counts: {} });
    TASK_KINDS.set(count.name, count);
    await pass(t, 2 * HOUR);
    expect(await last(t)).toMatchObject({ state: "done" });
  });
});

describe("a task for later", () => {
  test("runs at its time, and until an hour before it the hourly look reads one row", async () => {
    const t = deploy();
    await look(t);
    await start(t, 3, Date.now() + 10 * HOUR);
    const before = deploymentOf(t).transactions.length;
    await look(t);
    await pass(t, 8 * HOUR, HOUR);
    const [transaction, ...ticks] = deploymentOf(t).transactions.slice(before);
    expect(transaction?.asked).toEqual({ query: 1 });
    expect(ticks).toEqual([]);
    await pass(t, 2 * HOUR + 1_000, HOUR);
    expect(await last(t)).toMatchObject({ state: "done" });
  });

  test("is not lost with all scheduled functions", async () => {
    const t = deploy();
    await look(t);
    await start(t, 3, Date.now() + 10 * HOUR);
    await deploymentOf(t).cancelAllScheduled();
    for (let hour = 0; hour < 11; hour += 1) {
      await pass(t, HOUR);
      await look(t);
    }
    await pass(t, 5 * MINUTE);
    expect(await last(t)).toMatchObject({ state: "done" });
  });

  test("is found although a clock that ran a year ahead has arranged a tick", async () => {
    const t = deploy();
    await look(t);
    await start(t, 3, Date.now() + 10 * HOUR);
    const now = Date.now();
    vi.setSystemTime(now + 365 * DAY);
    await start(t, 1);
    vi.setSystemTime(now);
    await deploymentOf(t).cancelAllScheduled();
    for (let hour = 0; hour < 11; hour += 1) {
      await pass(t, HOUR);
      await look(t);
    }
    await pass(t, 5 * MINUTE);
    expect(world.sizes).toContain(3);
  });

  test("is done although a clock that ran a year ahead has written its lease and its look", async () => {
    const t = deploy();
    await look(t);
    const now = Date.now();
    vi.setSystemTime(now + 365 * DAY);
    await start(t, 3, Date.now() + 10 * HOUR);
    vi.setSystemTime(now);
    await deploymentOf(t).cancelAllScheduled();
    await look(t);
    await pass(t, 5 * MINUTE);
    expect(await last(t)).toMatchObject({ state: "done" });
  });

  test("costs a start two ranges, and writes the lifeline only if nothing is due before it", async () => {
    const t = deploy();
    await start(t, 3, Date.now() + 10 * HOUR);
    const before = deploymentOf(t).transactions.length;
    await start(t, 3, Date.now() + 11 * HOUR);
    const [transaction] = deploymentOf(t).transactions.slice(before);
    // The lifeline, and the row itself, which is patched with its timer.
    expect(transaction?.ranges).toBe(2);
    expect(transaction?.asked).toEqual({ query: 1, shallowMerge: 1 });
  });
});
