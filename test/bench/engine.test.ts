import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { describe, expect, test } from "vitest";
import { deploy } from "../../bench/engine/app.js";
import { Clock } from "../../bench/engine/clock.js";
import { listen } from "../../bench/engine/transactions.js";
import { deployHost, docs } from "../../bench/ours/host.js";
import { runBulk } from "../../bench/ours/bulk.js";
import { seed } from "../../bench/ours/seed.js";

const schema = defineSchema({ notes: defineTable({ text: v.string() }) });

describe("the clock", () => {
  test("moves only when told to, and gives the real time back", async () => {
    const clock = new Clock();
    const realBefore = Date.now();
    await clock.during(async () => {
      const start = Date.now();
      await new Promise((resolve) => setImmediate(resolve));
      expect(Date.now()).toBe(start);
      clock.tick(5);
      expect(Date.now()).toBe(start + 5);
    });
    expect(Date.now()).toBeGreaterThanOrEqual(realBefore);
  });

  test("fires what is due next, at its time, and nothing that is further away", async () => {
    const clock = new Clock();
    const fired: [string, number][] = [];
    await clock.during(async () => {
      const start = Date.now();
      const note = (name: string) => () =>
        fired.push([name, Date.now() - start]);
      setTimeout(note("late"), 60_000);
      setTimeout(note("second"), 20);
      setTimeout(note("first"), 10);
      while (clock.fireNext(1_000));
    });
    expect(fired).toEqual([
      ["first", 10],
      ["second", 20],
    ]);
  });

  test("begins anew with a fresh deployment, which hears nothing of the one before", async () => {
    const clock = new Clock();
    let fired = 0;
    await clock.during(async () => {
      const start = Date.now();
      setTimeout(() => (fired += 1), 10);
      clock.tick(20);
      deploy(clock, schema);
      expect(Date.now()).toBe(start);
      expect(clock.fireNext(1_000)).toBe(false);
    });
    expect(fired).toBe(0);
  });

  test("is put back after a failure", async () => {
    const { now } = Date;
    const failing = new Clock().during(() => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(Date.now).toBe(now);
  });
});

describe("a measurement", () => {
  test("counts what was done in it and not what was done before", async () => {
    const clock = new Clock();
    const app = deploy(clock, schema);
    const id = await app.write((ctx) => ctx.db.insert("notes", { text: "a" }));
    const used = await app.mutation(async (ctx) => {
      await ctx.db.get("notes", id);
      await ctx.db.patch("notes", id, { text: "b" });
    });
    expect(used).toMatchObject({
      indexRanges: 1,
      documentsRead: 2,
      documentsWritten: 1,
      calls: 0,
    });
    expect(used.bytesRead).toBe(2 * used.bytesWritten);
  });
});

describe("listening", () => {
  test("sees every transaction of a bulk job, each within its own limits", async () => {
    const clock = new Clock();
    await clock.during(async () => {
      const app = deployHost(clock, { large: true });
      await seed(app, 250);
      const update = {
        operation: "update",
        updates: { status: "published" },
        where: { status: "draft" },
      } as const;
      const run = await runBulk(app, docs, update, 250);
      // Its start, and three steps of at most a hundred.
      expect(run.transactions).toBe(4);
      expect(run.used.documentsWritten).toBeGreaterThanOrEqual(250);
      expect(run.peak.share).toBeGreaterThan(0);
      expect(run.peak.share).toBeLessThanOrEqual(0.5);
    });
  });

  test("fails for a job that leaves documents undone", async () => {
    const clock = new Clock();
    await clock.during(async () => {
      const app = deployHost(clock, { large: true });
      await seed(app, 3);
      const remove = { operation: "remove", where: {} } as const;
      await expect(runBulk(app, docs, remove, 4)).rejects.toThrow(
        "did 3 of 4 documents",
      );
    });
  });

  test("counts calls into a component, and is over when it is over", async () => {
    const clock = new Clock();
    const app = deployHost(clock);
    const create = () =>
      app.write((ctx) => docs.create(ctx, { title: "", content: "" }));
    const { transactions } = await listen(create);
    await create();
    expect(transactions.map(({ used }) => used.calls)).toEqual([1]);
  });
});
