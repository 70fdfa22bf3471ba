import { describe, expect, test } from "vitest";
import { Docs, type DocumentChange } from "../../src/client/index.js";
import {
  components,
  deploy,
  docs,
  fields,
  identify,
  people,
  seed,
  seedMany,
  type HostCtx,
} from "../support/host.js";
import { refused } from "../support/refusals.js";
import { contents, row, rows } from "../support/stored.js";

type Change = DocumentChange<typeof fields>;

/** Keeps a line of each change in the host's own table; refuses what is titled "bad". */
const audited = new Docs(components.docs, {
  fields,
  identify,
  trash: true,
  onChange: async (ctx: HostCtx, change: Change) => {
    const { operation, before, after, userId } = change;
    const line = [
      operation,
      userId,
      before && `${before.title} v${before.version}`,
      after && `${after.title} v${after.version}`,
    ];
    await ctx.db.insert("audit", { line: JSON.stringify(line) });
    if (after?.title === "bad" || before?.title === "keep") {
      throw new Error("the host says no");
    }
  },
});

async function auditOf(t: ReturnType<typeof deploy>) {
  const { audit } = await contents(t);
  return audit.map(({ line }) => JSON.parse(line) as unknown);
}

test("every kind of write is told, with the document before and after and who did it", async () => {
  const t = deploy();
  const { ada } = people(t);
  const { id } = await ada.mutation((ctx) =>
    audited.create(ctx, { title: "A", content: "" }),
  );
  await ada.mutation((ctx) => audited.update(ctx, { id, title: "B" }));
  await ada.mutation((ctx) => audited.remove(ctx, { id }));
  await ada.mutation((ctx) => audited.restore(ctx, { id }));
  await ada.mutation((ctx) => audited.transfer(ctx, { id, to: "bob" }));
  const system = audited.asSystem("test");
  await t.mutation((ctx) => system.remove(ctx, { id }));
  await t.mutation((ctx) => system.purge(ctx, { id }));
  expect(await auditOf(t)).toEqual([
    ["create", "ada", null, "A v1"],
    ["update", "ada", "A v1", "B v2"],
    ["trash", "ada", "B v2", "B v3"],
    ["restore", "ada", "B v3", "B v4"],
    ["transfer", "ada", "B v4", "B v5"],
    ["trash", null, "B v5", "B v6"],
    ["purge", null, "B v6", null],
  ]);
  expect(await rows(t)).toEqual([]);
});

test("what is told is what is stored", async () => {
  const t = deploy();
  const { ada } = people(t);
  const told: Change[] = [];
  const listening = new Docs(components.docs, {
    fields,
    identify,
    onChange: (_ctx: HostCtx, change: Change) => {
      told.push(change);
    },
  });
  const { id } = await ada.mutation((ctx) =>
    listening.create(ctx, { title: "A", content: "", key: "k" }),
  );
  const created = await ada.query((ctx) => docs.get(ctx, { id }));
  await ada.mutation((ctx) =>
    listening.update(ctx, { id, status: "published", summary: "s" }),
  );
  const updated = await ada.query((ctx) => docs.get(ctx, { id }));
  const { updatedAt, publishedAt, ...rest } = updated!;
  expect(told[0]).toMatchObject({ before: null, after: created });
  expect(told[1]).toMatchObject({ before: created, after: rest });
  for (const time of [updatedAt, publishedAt!]) {
    expect(Math.abs(time - told[1]!.after!.updatedAt)).toBeLessThan(1000);
  }
});

test("a write that changes nothing is not told", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await seed(t, "ada", { key: "k" });
  await ada.mutation((ctx) => audited.update(ctx, { id, title: "Plan" }));
  await ada.mutation((ctx) => audited.transfer(ctx, { id, to: "ada" }));
  const again = { title: "other", content: "", key: "k" };
  await ada.mutation((ctx) =>
    audited.create(ctx, { ...again, ifExists: "return" }),
  );
  await ada.mutation((ctx) =>
    audited.batchUpdate(ctx, { ids: [id], updates: {} }),
  );
  expect(await auditOf(t)).toEqual([]);
  expect(await row(t, id)).toMatchObject({ version: 1 });
});

test("a refused call is not told", async () => {
  const t = deploy();
  const { bob } = people(t);
  const id = await seed(t, "ada");
  await refused(t, () =>
    bob.mutation((ctx) => audited.update(ctx, { id, title: "bad" })),
  );
  await refused(t, () =>
    bob.mutation((ctx) =>
      audited.batchCreate(ctx, {
        items: [{ title: "A", content: "" }, { title: 5 } as never],
      }),
    ),
  );
  expect(await auditOf(t)).toEqual([]);
});

describe("a throw undoes the call even if the host's mutation catches it", () => {
  const ada = audited.as("ada");
  type Attempt = (ctx: HostCtx, id: string, kept: string) => Promise<unknown>;
  const attempts: Record<string, Attempt> = {
    create: (ctx) => ada.create(ctx, { title: "bad", content: "" }),
    update: (ctx, id) => ada.update(ctx, { id, title: "bad" }),
    "update of a key": (ctx) =>
      ada.create(ctx, {
        title: "bad",
        content: "",
        key: "k",
        ifExists: "update",
      }),
    remove: (ctx, _, kept) => ada.remove(ctx, { id: kept }),
    transfer: (ctx, _, kept) => ada.transfer(ctx, { id: kept, to: "bob" }),
    "batch update": (ctx, id, kept) =>
      ada.batchUpdate(ctx, { ids: [id, kept], updates: { content: "new" } }),
    "partial batch": (ctx, id, kept) =>
      ada.batchRemove(ctx, { ids: [id, "gone", kept], mode: "partial" }),
    "batch create": (ctx) =>
      ada.batchCreate(ctx, {
        items: [
          { title: "fresh", content: "" },
          { title: "changed", content: "", key: "k", ifExists: "update" },
          { title: "bad", content: "" },
        ],
      }),
    "batch create, the change last": (ctx) =>
      ada.batchCreate(ctx, {
        items: [
          { title: "fresh", content: "" },
          { title: "bad", content: "", key: "k", ifExists: "update" },
        ],
        mode: "partial",
      }),
  };
  test.each(Object.entries(attempts))("%s", async (_, attempt) => {
    const t = deploy();
    const id = await seed(t, "ada", { key: "k" });
    const kept = await seed(t, "ada", { title: "keep" });
    const before = await rows(t);
    const caught = await t.mutation(async (ctx) => {
      try {
        await attempt(ctx, id, kept);
        return "not refused";
      } catch (error) {
        return String(error);
      }
    });
    expect(caught).toContain("the host says no");
    expect(await rows(t)).toEqual(before);
  });
});

test("a batch keeps room to take itself back: what its hook used up leaves nothing behind, caught or not", async () => {
  const t = deploy({ limits: { bytesWritten: 1024 * 1024 + 200_000 } });
  const big = "x".repeat(80_000);
  const id = await seed(t, "ada", { content: big, key: "k" });
  const before = await rows(t);
  const verbose = new Docs(components.docs, {
    fields,
    identify,
    onChange: async (ctx: HostCtx) => {
      await ctx.db.insert("audit", { line: "x".repeat(900_000) });
      throw new Error("the host says no");
    },
  }).as("ada");
  const attempt = (items: { id: string; content: string }[]) =>
    t.mutation(async (ctx) => {
      const call = verbose.batchUpdate(ctx, { items });
      return await call.then(() => "not refused", String);
    });
  // It and what it replaces are 160 kB.
  expect(await attempt([{ id, content: `${big}y` }])).toContain("says no");
  expect(await rows(t)).toEqual(before);
  const larger = { id, content: big.repeat(2) };
  expect(await attempt([larger])).toContain("BATCH_TOO_LARGE");
  expect(await rows(t)).toEqual(before);
});

test("from an action there is no transaction to run in: refused before anything is written", async () => {
  const t = deploy();
  const id = await seed(t, "ada");
  const before = await contents(t);
  const ada = audited.as("ada");
  for (const attempt of [
    (ctx: HostCtx) => ada.update(ctx, { id, title: "B" }),
    (ctx: HostCtx) => ada.create(ctx, { title: "B", content: "" }),
    (ctx: HostCtx) => ada.batchRemove(ctx, { ids: [id] }),
  ]) {
    const call = t.action((ctx) => attempt(ctx as unknown as HostCtx));
    await expect(call).rejects.toThrow(/onChange runs in the transaction/);
  }
  expect(await contents(t)).toEqual(before);
});

test("a batch is told item by item, in order, and commits with what the hook wrote", async () => {
  const t = deploy();
  const { ada } = people(t);
  const [a, b] = await seedMany(t, "ada", 2);
  await ada.mutation((ctx) =>
    audited.batchUpdate(ctx, {
      items: [{ id: b!, title: "B" }, { id: a!, title: "A" }, { id: "gone" }],
      mode: "partial",
    }),
  );
  expect(await auditOf(t)).toEqual([
    ["update", "ada", "ada 1 v1", "B v2"],
    ["update", "ada", "ada 0 v1", "A v2"],
  ]);
});
