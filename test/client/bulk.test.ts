import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BULK } from "../../src/shared/bulk.js";
import { inComponent } from "../support/component.js";
import { deploymentOf } from "../../dev/strict/index.js";
import { deploy, docs, type Deployment } from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const archive = {
  operation: "update",
  updates: { status: "archived" },
} as const;

async function seed(t: Deployment, owner: string, count: number) {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 100) {
    const length = Math.min(100, count - at);
    const items = Array.from({ length }, (_, n) => ({
      title: `${owner} ${at + n}`,
      content: "",
    }));
    const { results } = await t.mutation((ctx) =>
      docs.as(owner).batchCreate(ctx, { items }),
    );
    ids.push(...results.map((result) => (result.ok ? result.id : "")));
  }
  vi.advanceTimersByTime(1000);
  return ids;
}

const start = (
  t: Deployment,
  args: Parameters<ReturnType<typeof docs.as>["startBulk"]>[1],
  owner = "ada",
) => t.mutation((ctx) => docs.as(owner).startBulk(ctx, args));

const status = (t: Deployment, jobId: string, owner = "ada") =>
  t.query((ctx) => docs.as(owner).bulkStatus(ctx, { jobId }));

const finish = (t: Deployment) =>
  t.finishAllScheduledFunctions(() => vi.advanceTimersByTime(50));

/** Runs what is due within this time, and no more. */
async function pass(t: Deployment, ms: number) {
  vi.advanceTimersByTime(ms);
  await t.finishInProgressScheduledFunctions();
}

const versions = async (t: Deployment, ids: string[]) =>
  await inComponent(t, async (ctx) =>
    Promise.all(
      ids.map(async (id) => {
        const found = ctx.db.normalizeId("documents", id);
        return found && (await ctx.db.get("documents", found))?.version;
      }),
    ),
  );

test("a bulk operation by where changes every document of its owner once and nobody else's", async () => {
  const t = deploy();
  const mine = await seed(t, "ada", 250);
  const bobs = await seed(t, "bob", 2);
  const { jobId } = await start(t, { ...archive, where: { status: "draft" } });
  await finish(t);
  expect(await status(t, jobId)).toMatchObject({
    state: "done",
    done: 250,
    failed: 0,
    failures: [],
  });
  expect(new Set(await versions(t, mine))).toEqual(new Set([2]));
  expect(await versions(t, bobs)).toEqual([1, 1]);
});

test("a bulk operation by ids does each id once, reports those refused, and goes on", async () => {
  const t = deploy();
  const mine = await seed(t, "ada", 620);
  const [bobs = ""] = await seed(t, "bob", 1);
  const ids = [bobs, ...mine, "nobody", ...mine.slice(0, 10)];
  const { jobId } = await start(t, { ...archive, ids });
  await finish(t);
  const job = await status(t, jobId);
  expect(job).toMatchObject({
    state: "done",
    total: 622,
    done: 620,
    failed: 2,
  });
  // A stranger's document and one that does not exist are told apart by nothing but the id.
  expect(job?.failures.map(({ error }) => error.code)).toEqual([
    "NOT_FOUND",
    "NOT_FOUND",
  ]);
  expect(new Set(await versions(t, mine))).toEqual(new Set([2]));
});

test("rights are those of the moment a document's turn comes, not of the start", async () => {
  const t = deploy();
  const ids = await seed(t, "ada", 3);
  const [first = ""] = ids;
  const { jobId } = await start(t, { ...archive, ids });
  await t.mutation((ctx) =>
    docs.as("ada").transfer(ctx, { id: first, to: "bob" }),
  );
  await finish(t);
  expect(await status(t, jobId)).toMatchObject({ done: 2, failed: 1 });
  const document = await t.query((ctx) =>
    docs.as("bob").get(ctx, { id: first }),
  );
  expect(document?.status).toBe("draft");
});

test("what a bulk operation by where writes lies behind its cutoff and is not met again", async () => {
  const t = deploy();
  const ids = await seed(t, "ada", 150);
  // The same millisecond for the start and the documents' last change.
  await t.mutation((ctx) =>
    docs.as("ada").update(ctx, { id: ids[0] ?? "", title: "just now" }),
  );
  const { jobId } = await start(t, {
    operation: "update",
    updates: { title: "all the same" },
    where: {},
  });
  await finish(t);
  expect(await status(t, jobId)).toMatchObject({ done: 150 });
});

test("what is created while a bulk operation runs is left alone", async () => {
  const t = deploy();
  await seed(t, "ada", 150);
  const { jobId } = await start(t, { ...archive, where: {} });
  await pass(t, 1);
  const [late = ""] = await seed(t, "ada", 1);
  await finish(t);
  expect(await status(t, jobId)).toMatchObject({ state: "done", done: 150 });
  expect(await versions(t, [late])).toEqual([1]);
});

test("progress is seen between the steps, and a cancelled bulk operation stops after its step", async () => {
  const t = deploy();
  await seed(t, "ada", 250);
  const { jobId } = await start(t, { ...archive, where: {} });
  await pass(t, 1);
  expect(await status(t, jobId)).toMatchObject({
    state: "running",
    done: BULK.stepItems,
  });
  await t.mutation((ctx) => docs.as("ada").cancelBulk(ctx, { jobId }));
  await finish(t);
  const count = await t.query((ctx) =>
    docs.as("ada").count(ctx, { status: "archived", upTo: 1000 }),
  );
  expect(count.count).toBe(BULK.stepItems);
});

test("a chain that died is found by the watch and goes on from its cursor, no item twice", async () => {
  const t = deploy();
  const ids = await seed(t, "ada", 250);
  const { jobId } = await start(t, { ...archive, where: {} });
  await pass(t, 1);
  await inComponent(t, async (ctx) => {
    for await (const job of ctx.db.system.query("_scheduled_functions")) {
      if (job.name.includes("step") && job.state.kind === "pending") {
        await ctx.scheduler.cancel(job._id);
      }
    }
  });
  await pass(t, 10);
  expect(await status(t, jobId)).toMatchObject({ done: 100 });
  await pass(t, BULK.graceMs);
  await pass(t, BULK.graceMs);
  await finish(t);
  expect(await status(t, jobId)).toMatchObject({ state: "done", done: 250 });
  expect(new Set(await versions(t, ids))).toEqual(new Set([2]));
});

test("an operation whose every document dies is given up and says so", async () => {
  const t = deploy();
  await seed(t, "ada", 20);
  const { jobId } = await start(t, { ...archive, where: {} });
  await inComponent(t, async (ctx) => {
    const order = await ctx.db.query("bulkOrders").first();
    if (order) await ctx.db.patch(order._id, { rules: "not JSON" });
  });
  const silence = vi.spyOn(console, "error").mockReturnValue();
  // Each death is found within two ticks: of a late start, and of its end.
  const most = 2 * (BULK.maxDeadItems + 2) * (BULK.maxDeaths + 1);
  for (let look = 0; look <= most; look++) {
    await pass(t, 1);
    await pass(t, BULK.graceMs);
  }
  silence.mockRestore();
  const job = await status(t, jobId);
  expect(job).toMatchObject({ state: "failed", done: 0 });
  expect(job?.failures.map(({ error }) => error.code)).toEqual(
    Array(BULK.maxDeadItems).fill("TIMEOUT"),
  );
});

test("remove, restore and purge go by where too", async () => {
  const t = deploy();
  await seed(t, "ada", 5);
  const { jobId } = await start(t, { operation: "remove", where: {} });
  await finish(t);
  expect(await status(t, jobId)).toMatchObject({ done: 5 });
  const left = await t.query((ctx) => docs.as("ada").count(ctx, {}));
  expect(left).toEqual({ count: 0, more: false });
});

test("a stranger learns nothing of a bulk operation and cannot stop it", async () => {
  const t = deploy();
  await seed(t, "ada", 3);
  const { jobId } = await start(t, { ...archive, where: {} });
  expect(await status(t, jobId, "bob")).toBeNull();
  await expect(
    t.mutation((ctx) => docs.as("bob").cancelBulk(ctx, { jobId })),
  ).rejects.toMatchObject({ data: { code: "NOT_FOUND" } });
  await finish(t);
  expect(await status(t, jobId)).toMatchObject({ state: "done" });
});

test("a finished bulk operation leaves nothing behind: its order and ids at once, itself after a week", async () => {
  const t = deploy();
  const ids = await seed(t, "ada", 3);
  const { jobId } = await start(t, { ...archive, ids });
  await pass(t, 1);
  await pass(t, 1);
  await pass(t, 1);
  expect(await status(t, jobId)).toMatchObject({ state: "done" });
  const rows = () =>
    inComponent(t, async (ctx) => [
      await ctx.db.query("bulkOrders").first(),
      await ctx.db.query("bulkIds").first(),
    ]);
  expect(await rows()).toEqual([null, null]);
  await pass(t, BULK.keepMs);
  expect(await status(t, jobId)).toBeNull();
});

test.each([
  [{ ...archive }, "ids"],
  [{ ...archive, ids: [], where: {} }, "ids"],
  [{ operation: "update", where: {} }, "updates"],
  [{ operation: "remove", updates: { title: "x" }, where: {} }, "updates"],
  [{ ...archive, updates: { title: 5 }, where: {} }, "updates.title"],
  [{ ...archive, operation: "explode", where: {} }, "operation"],
])("a malformed order %j starts nothing and names %s", async (args, path) => {
  const t = deploy();
  const call = start(t, args as never);
  await expect(call).rejects.toMatchObject({
    data: { code: "VALIDATION_FAILED", issues: [{ path }] },
  });
});

test.each([NaN, Infinity, -Infinity])(
  "a time that is none (%s) chooses no documents: it is refused by name",
  async (updatedBefore) => {
    const t = deploy();
    await seed(t, "ada", 1);
    const call = () =>
      start(t, { operation: "remove", where: { updatedBefore } });
    expect(blamed(await refused(t, call))).toEqual(["where.updatedBefore"]);
  },
);

test("two spellings of an id are one document", async () => {
  const t = deploy();
  const [id] = await seed(t, "ada", 1);
  const old = deploymentOf(t).oldSpelling(id!);
  const { jobId } = await start(t, { ...archive, ids: [old, id!, id!] });
  expect(await status(t, jobId)).toMatchObject({ total: 1 });
  await finish(t);
  expect(await status(t, jobId)).toMatchObject({ done: 1, failed: 0 });
});

test("texts too long to be ids and refusals that say much fit a row", async () => {
  const t = deploy();
  const long = Array.from(
    { length: 500 },
    (_, n) => `${n}${"x".repeat(10_000)}`,
  );
  const { jobId } = await start(t, { ...archive, ids: long });
  await finish(t);
  const after = await status(t, jobId);
  expect(after).toMatchObject({ done: 0, failed: 500, total: 500 });
  expect(JSON.stringify(after).length).toBeLessThan(BULK.failureBytes);
});
