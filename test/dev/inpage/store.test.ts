// @vitest-environment node
import { convexTest } from "convex-test";
import {
  defineSchema,
  defineTable,
  internalActionGeneric,
  internalMutationGeneric,
  makeFunctionReference,
} from "convex/server";
import { v } from "convex/values";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Engine } from "../../../dev/deployment/core/engine.js";
import type { Change, Memo, Row } from "../../../dev/inpage/database.js";
import { rearm } from "../../../dev/inpage/schedule.js";
import { Store } from "../../../dev/inpage/store.js";
import { strict, type Deployment } from "../../../dev/strict/index.js";

const MINUTE = 60_000;
const add = makeFunctionReference<"mutation", { text: string }>("notes:add");
const hang = makeFunctionReference<"action">("notes:hang");
const notes = {
  add: internalMutationGeneric({
    args: { text: v.string() },
    handler: async (ctx, { text }) => {
      await ctx.db.insert("notes", { text });
    },
  }),
  plan: internalMutationGeneric({
    args: {},
    handler: async (ctx) =>
      await ctx.scheduler.runAfter(MINUTE, add, { text: "planned" }),
  }),
  planAction: internalMutationGeneric({
    args: {},
    handler: async (ctx) => await ctx.scheduler.runAfter(MINUTE, hang, {}),
  }),
  hang: internalActionGeneric({
    args: {},
    handler: () => new Promise<never>(() => undefined),
  }),
};
const modules = {
  "./notes.ts": () => Promise.resolve(notes),
  "./_generated/none.js": () => Promise.resolve({}),
};
const schema = defineSchema({ notes: defineTable({ text: v.string() }) });

/** What a browser would hold, between the lives of workers. */
class MemoryDatabase {
  rows = new Map<string, Row>();
  memo: Memo | undefined;
  isFull = false;

  read() {
    const { rows, memo } = this;
    return Promise.resolve(structuredClone({ rows: [...rows.values()], memo }));
  }
  write(changes: Iterable<Change>, memo: Memo) {
    if (this.isFull) return Promise.reject(new Error("QuotaExceededError"));
    for (const { component, id, row } of changes) {
      if (row) this.rows.set(component + id, structuredClone(row));
      else this.rows.delete(component + id);
    }
    this.memo = structuredClone(memo);
    return Promise.resolve();
  }
  clear() {
    this.rows.clear();
    this.memo = undefined;
    return Promise.resolve();
  }
}

/** One life of a worker. */
async function live(database: MemoryDatabase, stamp = "one") {
  const failures: unknown[] = [];
  const store = new Store(database, stamp, (error) => failures.push(error));
  const made: Deployment[] = [];
  const make = strict(convexTest, {}, (one) => made.push(one));
  const { onCommit } = store;
  const engine = new Engine({ modules, schema, make, onCommit });
  const { handles } = made[0]!;
  const { data, scheduled } = await store.restore({ engine, handles });
  for (const row of scheduled) await rearm(engine, () => modules, row);
  const call = async (name: keyof typeof notes, args: object = {}) => {
    const found = await engine.functions.find(`notes:${name}`);
    const caller = { identity: null };
    return await engine.invoke(found!, {
      path: name,
      args: args as never,
      caller,
    });
  };
  const texts = () =>
    engine.run(async ({ db }) =>
      (await db.query("notes").collect()).map(({ text }) => text as string),
    );
  const jobs = () =>
    engine.run(
      async ({ db }) => await db.system.query("_scheduled_functions").collect(),
    );
  return { store, engine, handles, data, call, texts, jobs, failures };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

it("brings back documents, and numbers new ones after them", async () => {
  const database = new MemoryDatabase();
  const first = await live(database);
  expect(first.data).toBe("none");
  await first.call("add", { text: "kept" });
  await first.store.flushed();
  const second = await live(database);
  expect(second.data).toBe("kept");
  expect(await second.texts()).toEqual(["kept"]);
  await second.call("add", { text: "new" });
  expect(await second.texts()).toEqual(["kept", "new"]);
});

it("runs what was scheduled when it is due, under its old id, once", async () => {
  const database = new MemoryDatabase();
  const first = await live(database);
  const id = await first.call("plan");
  const [before] = await first.jobs();
  await first.store.flushed();

  const second = await live(database);
  const [job] = await second.jobs();
  expect(job).toMatchObject({ _id: id, state: { kind: "pending" } });
  expect(job?.scheduledTime).toBeCloseTo(before!.scheduledTime, 0);
  await vi.advanceTimersByTimeAsync(MINUTE);
  await vi.waitFor(async () =>
    expect(await second.jobs()).toMatchObject([{ state: { kind: "success" } }]),
  );
  expect(await second.texts()).toEqual(["planned"]);
  await second.store.flushed();

  const third = await live(database);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(await third.texts()).toEqual(["planned"]);
  // Done for a week, it is forgotten.
  await vi.advanceTimersByTimeAsync(8 * 24 * 60 * MINUTE);
  const fourth = await live(database);
  expect(await fourth.jobs()).toEqual([]);
});

it("says that an action has failed which was cut short", async () => {
  const database = new MemoryDatabase();
  const first = await live(database);
  await first.call("planAction");
  await vi.advanceTimersByTimeAsync(MINUTE);
  await vi.waitFor(async () =>
    expect(await first.jobs()).toMatchObject([
      { state: { kind: "inProgress" } },
    ]),
  );
  await first.store.flushed();
  const second = await live(database);
  expect(await second.jobs()).toMatchObject([{ state: { kind: "failed" } }]);
});

it("begins anew where the data are of another version, and where they were cleared", async () => {
  const database = new MemoryDatabase();
  const first = await live(database);
  await first.call("add", { text: "old" });
  await first.store.flushed();
  const second = await live(database, "two");
  expect(second.data).toBe("outdated");
  expect(await second.texts()).toEqual([]);
  await second.call("add", { text: "new" });
  await second.store.clear();
  const third = await live(database, "two");
  expect(third.data).toBe("none");
  expect(await third.texts()).toEqual([]);
});

it("keeps function handles", async () => {
  const database = new MemoryDatabase();
  const first = await live(database);
  const handle = await first.handles.create("function://;notes:add");
  await first.call("add", { text: "any" });
  await first.store.flushed();
  const second = await live(database);
  expect(await second.handles.resolve(handle)).toBe("function://;notes:add");
});

it("says that nothing can be written, goes on, and writes all of it once it can", async () => {
  const database = new MemoryDatabase();
  const first = await live(database);
  database.isFull = true;
  await first.call("add", { text: "one" });
  await first.store.flushed();
  expect(first.failures).toHaveLength(1);
  database.isFull = false;
  await first.call("add", { text: "two" });
  await first.store.flushed();
  const second = await live(database);
  expect(await second.texts()).toEqual(["one", "two"]);
});
