/** Rows of before the engine, among more healthy ones than one transaction reads. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deploymentOf } from "../../../dev/strict/index.js";
import { internal } from "../../../src/component/_generated/api.js";
import { DAY } from "../../support/retention.js";
import {
  deploy,
  freshHost,
  type HostDeployment,
} from "../../support/webhooks.js";

beforeEach(freshHost);
afterEach(() => void vi.useRealTimers());

/** Of work that is under way, and not overdue for a year. */
const lease = () =>
  ({
    phase: "scheduled",
    attempt: 1,
    tries: 0,
    wakeAt: Date.now() + 365 * DAY,
    size: 0,
    blocks: 0,
    timer: null,
  }) as const;
const healthy = () => ({ lease: lease() });
const old = () => ({});

/** The hourly look, until it has nothing more to heal. Returns how many there were. */
async function heal(d: HostDeployment): Promise<number> {
  const healed = () =>
    d.inComponent(
      async (ctx) => (await ctx.db.query("lifeline").first())?.healed,
    );
  await d.inComponent(async (ctx) => {
    await ctx.scheduler.runAfter(0, internal.engine.look, {});
  });
  for (let looks = 1; looks < 50; looks += 1) {
    vi.advanceTimersByTime(1);
    await d.t.finishInProgressScheduledFunctions();
    if ((await healed()) !== undefined) return looks;
  }
  throw new Error("Healing does not come to its end.");
}

test("events of each status get their lease, wherever they stand", async () => {
  const d = deploy();
  const policy = { bodyMs: DAY, dedupeMs: DAY, deadMs: DAY };
  const statuses = ["pending", "running", "held"] as const;
  const put = (keys: string[], columns: object) =>
    d.inComponent(async (ctx) => {
      for (const key of keys) {
        for (const status of statuses) {
          await ctx.db.insert("webhookEvents", {
            source: "pay",
            key: `${status} ${key}`,
            type: "payment.completed",
            status,
            attempt: 1,
            at: Date.now() + 365 * DAY,
            bytes: 0,
            headers: {},
            policy,
            ...columns,
          });
        }
      }
    });
  await put(["first"], old());
  const many = Array.from({ length: 1_100 }, (_, n) => `${n}`);
  await put(many, healthy());
  await put(["last"], old());
  const looks = await heal(d);
  const rows = await d.inComponent(({ db }) =>
    db.query("webhookEvents").collect(),
  );
  expect(rows.filter((row) => !row.lease).map(({ key }) => key)).toEqual([]);
  // One for each status that does not fit, and the last.
  expect(looks).toBe(4);
  expect(deploymentOf(d.t).largest("ranges").ranges).toBeLessThan(2_048);
}, 30_000);

test("runs, bulk operations and queues get theirs", async () => {
  const d = deploy();
  const run = {
    name: "pull",
    key: "",
    status: "running",
    trigger: "call",
    attempt: 1,
    counts: {},
    startedAt: 0,
  } as const;
  const reaction = {};
  const call = { attempts: 1, baseMs: 1, capMs: 1, timeoutMs: 1, queue: true };
  const task = { ...call, args: {}, reaction };
  const put = (name: string, columns: object) =>
    d.inComponent(async (ctx) => {
      const { db } = ctx;
      await db.insert("jobRuns", { ...run, ...columns });
      await db.insert("jobs", { name, key: "", paused: true, failures: 0 });
      await db.insert("jobQueue", { name, task, ...columns });
      const bulk = {
        state: "running" as const,
        done: 0,
        failed: 0,
        failures: [],
      };
      const orderId = await db.insert("bulkOrders", {
        actor: { kind: "anonymous" },
        operation: "remove",
        rules: "{}",
      });
      await db.insert("bulkJobs", {
        ...bulk,
        startedAt: 0,
        orderId,
        cursor: null,
        ...columns,
      });
    });
  await put("a", old());
  for (let n = 0; n < 120; n += 1) await put(`b ${n}`, healthy());
  await put("c", old());
  await heal(d);
  for (const table of ["jobRuns", "jobQueue", "bulkJobs"] as const) {
    const rows = await d.inComponent(({ db }) => db.query(table).collect());
    const sick = rows.filter(
      (row) => !row.lease && !("purgeAt" in row && row.purgeAt),
    );
    expect([table, sick.length]).toEqual([table, 0]);
  }
});
