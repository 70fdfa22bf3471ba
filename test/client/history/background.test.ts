/**
 * What is too many, too old, or of a document that is gone goes in steps that fit a transaction.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeFunctionReference } from "convex/server";
import type { Id } from "../../../src/component/_generated/dataModel.js";
import type { Head } from "../../../src/shared/history.js";
import { Docs } from "../../../src/client/index.js";
import { inComponent } from "../../support/component.js";
import {
  components,
  deploy,
  fields,
  identify,
  people,
  type Deployment,
  type HostCtx,
} from "../../support/host.js";
import {
  countRows,
  docs,
  edit,
  make,
  MINUTE,
  revisions,
  START,
  used,
  withHistory,
} from "../../support/history.js";
import { cleanUp, DAY, deployRetention, put } from "../../support/retention.js";
import { settle } from "../../support/tasks.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(START);
});
afterEach(() => vi.useRealTimers());

/** Puts revisions of one size there, some of them with a name. */
async function fill(
  t: Deployment,
  id: string,
  count: number,
  size: number,
  isNamed = (_n: number) => false,
) {
  const documentId = id as Id<"documents">;
  const perCall = Math.max(1, Math.min(500, Math.floor(4e6 / size)));
  const content = { title: "T", content: "x".repeat(size) };
  for (let from = 1; from <= count; from += perCall) {
    await inComponent(t, async (ctx) => {
      for (let n = from; n < Math.min(from + perCall, count + 1); n += 1) {
        const fields =
          size > 4_096
            ? {
                bodyId: await ctx.db.insert("revisionBodies", {
                  fields: content,
                }),
              }
            : { fields: content };
        const name = isNamed(n) ? { name: `${n}` } : {};
        await ctx.db.insert("revisions", {
          documentId,
          version: n,
          upTo: n,
          by: "ada",
          at: n,
          kind: "edit",
          n,
          bytes: size,
          ...fields,
          ...name,
        });
      }
    });
  }
  const head: Head = {
    version: count + 1,
    by: "ada",
    at: START,
    since: START,
    kind: "edit",
    n: count,
  };
  await inComponent(t, (ctx) =>
    ctx.db.patch("documents", documentId, { version: count + 1, head }),
  );
}

test.each([
  [10_000, 300],
  [200, 100_000],
])(
  "a document of %d revisions of %d bytes goes at once, and they in steps",
  async (count, size) => {
    const t = deploy();
    const [id, other] = [await make(t), await make(t)];
    await fill(t, id, count, size, (n) => n % 100 === 0);
    await edit(t, other, { title: "stays" });
    const cost = await people(t).ada.mutation(async (ctx: HostCtx) => {
      await docs.remove(ctx, { id });
      return await used(ctx);
    });
    // The document, and the beginning of a task.
    expect(cost[2]).toBeLessThanOrEqual(4);
    expect(
      await t.query((ctx) =>
        docs.asSystem("test").getRevision(ctx, { id, version: 5 }),
      ),
    ).toBeNull();
    await settle(t);
    expect(await countRows(t)).toEqual({ revisions: 1, bodies: 0, tasks: 0 });
  },
  60_000,
);

test("a batch that deletes hundreds of documents begins a task for each two hundred", async () => {
  const t = deploy();
  const { ada } = people(t);
  const many = withHistory({ coalesce: false });
  const ids: string[] = [];
  for (let batch = 0; batch < 5; batch += 1) {
    const items = Array.from({ length: 100 }, () => ({
      title: "One",
      content: "",
    }));
    const { results } = await ada.mutation((ctx) =>
      many.batchCreate(ctx, { items }),
    );
    ids.push(...results.map((each) => (each.ok ? each.id : "")));
    await ada.mutation((ctx) =>
      many.batchUpdate(ctx, {
        ids: ids.slice(-100),
        updates: { title: "Two" },
      }),
    );
  }
  expect(await revisions(t)).toHaveLength(500);
  await ada.mutation(async (ctx) => {
    const { jobId } = await many.startBulk(ctx, { ids, operation: "remove" });
    return jobId;
  });
  const begun = new Set<string>();
  for (let seconds = 0; seconds < 30; seconds += 1) {
    vi.advanceTimersByTime(1_000);
    await t.finishInProgressScheduledFunctions();
    const tasks = await inComponent(t, (ctx) =>
      ctx.db.query("tasks").collect(),
    );
    for (const { _id } of tasks) begun.add(_id);
  }
  await settle(t);
  expect(await countRows(t)).toEqual({ revisions: 0, bodies: 0, tasks: 0 });
  expect(begun.size).toBeLessThanOrEqual(10);
}, 30_000);

test("a clean-up takes the revisions of what it deletes along", async () => {
  const { t } = deployRetention();
  const [id = ""] = await put(t, 0);
  await fill(t, id, 20, 100);
  vi.setSystemTime(START + 400 * DAY);
  await cleanUp(t);
  await settle(t);
  expect(await countRows(t)).toMatchObject({ revisions: 0 });
});

test("keep: the oldest go, thirty-two at a time, and what has a name stays", async () => {
  const t = deploy();
  const ten = withHistory({ keep: 10, coalesce: false });
  const id = await make(t);
  const { ada } = people(t);
  for (let edits = 0; edits < 5; edits += 1)
    await edit(t, id, { title: `${edits}` }, ten);
  await ada.mutation((ctx) =>
    ten.nameRevision(ctx, { id, version: 3, name: "the good one" }),
  );
  for (let edits = 5; edits < 70; edits += 1) {
    await edit(t, id, { title: `${edits}` }, ten);
    await settle(t);
    expect((await revisions(t)).length).toBeLessThanOrEqual(10 + 32 + 1);
  }
  const versions = (await revisions(t)).map(({ version }) => version);
  // Pruned when the 64th was archived.
  expect(versions).toEqual([
    3,
    ...Array.from({ length: 16 }, (_, at) => 55 + at),
  ]);
});

test("keep: whoever keeps all prunes nothing", async () => {
  const t = deploy();
  const all = withHistory({ keep: "all", coalesce: false });
  const id = await make(t);
  await fill(t, id, 1_055, 100);
  await edit(t, id, { title: "1056th" }, all);
  expect(await settle(t)).toBe(0);
  expect(await countRows(t)).toMatchObject({ revisions: 1_056 });
});

test("keep: a prune whose call was taken back takes nothing too much", async () => {
  const t = deploy();
  const id = await make(t);
  await fill(t, id, 31, 100);
  const refusing = new Docs(components.docs, {
    fields,
    identify,
    history: { keep: 1, coalesce: false },
    onChange: (_ctx: HostCtx) => {
      throw new Error("no");
    },
  });
  await people(t).ada.mutation(async (ctx: HostCtx) => {
    const refused = refusing.update(ctx, { id, title: "32nd" });
    await expect(refused).rejects.toThrow("no");
  });
  expect(await settle(t)).toBeGreaterThan(0);
  expect((await revisions(t)).map(({ n }) => n)).toEqual([31]);
});

const prune = makeFunctionReference<
  "mutation",
  Record<string, never>,
  { started: boolean }
>("history:pruneHistory");

function deployPruning(age: { days: number } | "ever") {
  const { pruneHistory } = withHistory({ for: age, coalesce: false }).retention(
    { policies: [] },
  );
  return deploy({
    modules: { "./convex/history.ts": () => Promise.resolve({ pruneHistory }) },
  });
}

test("for: the age counts from when a content was replaced, and what has a name stays", async () => {
  const t = deployPruning({ days: 90 });
  const id = await make(t);
  vi.setSystemTime(START + 700 * DAY);
  await edit(t, id, { title: "Two" });
  await edit(t, id, { title: "Three" });
  await people(t).ada.mutation((ctx) =>
    docs.nameRevision(ctx, { id, version: 2, name: "kept" }),
  );
  expect(await t.mutation(prune, {})).toEqual({ started: true });
  expect(await t.mutation(prune, {})).toEqual({ started: false });
  await settle(t);
  expect(await revisions(t)).toHaveLength(2);
  vi.setSystemTime(Date.now() + 90 * DAY + MINUTE);
  await t.mutation(prune, {});
  await settle(t);
  expect((await revisions(t)).map(({ version }) => version)).toEqual([2]);
});

test("for: thousands, with named ones in between, go in steps", async () => {
  const t = deployPruning({ days: 90 });
  const id = await make(t);
  await fill(t, id, 3_000, 100, (n) => n <= 1_200 || n % 10 === 0);
  vi.setSystemTime(START + 100 * DAY);
  await t.mutation(prune, {});
  expect(await settle(t)).toBeGreaterThan(2);
  expect(await countRows(t)).toMatchObject({ revisions: 1_200 + 180 });
});

test("for: ever begins nothing", async () => {
  const t = deployPruning("ever");
  expect(await t.mutation(prune, {})).toEqual({ started: false });
  expect(await countRows(t)).toMatchObject({ tasks: 0 });
});
