/**
 * What each operation costs, in the units Convex bills: index ranges read, documents read, documents written.
 *
 * Index ranges are counted as a deployment counts them. convex-test counts one for each read, a deployment one for each range:
 * a document that is read by its id again, and then patched, is one.
 */
import type { GenericMutationCtx, GenericQueryCtx } from "convex/server";
import { describe, expect, test } from "vitest";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  docs,
  docsWithTrash,
  fields,
  identify,
  people,
  seed,
  type HostCtx,
} from "../support/host.js";
import { fill } from "../support/stored.js";

type Ctx = Pick<GenericQueryCtx<never>, "meta" | "runQuery" | "auth">;
type Metered = Pick<GenericMutationCtx<never>, "meta">;

/** A document of 1.14 kB, as in the table of the package's promises. */
const content = "x".repeat(1000);

async function used({ meta }: Ctx | Metered) {
  const metrics = await meta.getTransactionMetrics();
  return [
    metrics.databaseQueries.used,
    metrics.documentsRead.used,
    metrics.documentsWritten.used,
  ];
}

/** Queries, reads and writes of one mutation of Ada's, with 20 documents of hers and as many of Bob's there. */
async function mutationCost(
  run: (ctx: HostCtx, ids: string[]) => Promise<unknown>,
  count = 20,
) {
  const t = deploy();
  const ids = await fill(t, "ada", count, content);
  await fill(t, "bob", count, content);
  return await people(t).ada.mutation(async (ctx: HostCtx) => {
    await run(ctx, ids);
    return await used(ctx);
  });
}

describe("writing", () => {
  test("create: one look for views, nothing read, one written", async () => {
    expect(
      await mutationCost((ctx) => docs.create(ctx, { title: "A", content })),
    ).toEqual([1, 0, 1]);
  });

  test("create with a key: one more look for it", async () => {
    expect(
      await mutationCost((ctx) =>
        docs.create(ctx, { title: "A", content, key: "k" }),
      ),
    ).toEqual([2, 0, 1]);
  });

  test("update: the floor of one range, two reads, one write", async () => {
    expect(
      await mutationCost((ctx, [id]) =>
        docs.update(ctx, { id: id!, title: "B", ifVersion: 1 }),
      ),
    ).toEqual([1, 2, 1]);
  });

  test("an update that changes nothing: read once, not written", async () => {
    expect(
      await mutationCost((ctx, [id]) => docs.update(ctx, { id: id! })),
    ).toEqual([1, 1, 0]);
  });

  test.each([
    ["remove", docs],
    ["remove to the trash", docsWithTrash],
  ])("%s: the floor", async (_, using) => {
    expect(
      await mutationCost((ctx, [id]) => using.remove(ctx, { id: id! })),
    ).toEqual([1, 2, 1]);
  });

  test("transfer: the floor", async () => {
    expect(
      await mutationCost((ctx, [id]) =>
        docs.transfer(ctx, { id: id!, to: "bob" }),
      ),
    ).toEqual([1, 2, 1]);
  });

  test("a refused write: the document is read once", async () => {
    expect(
      await mutationCost(async (ctx, [id]) => {
        const call = docs.as("cleo").update(ctx, { id: id!, title: "B" });
        await call.catch(() => undefined);
      }),
    ).toEqual([1, 1, 0]);
  });
});

describe("batches cost what their items cost", () => {
  test("100 updates", async () => {
    expect(
      await mutationCost(
        (ctx, ids) => docs.batchUpdate(ctx, { ids, updates: { title: "B" } }),
        100,
      ),
    ).toEqual([100, 200, 100]);
  });

  test("100 removals", async () => {
    expect(
      await mutationCost((ctx, ids) => docs.batchRemove(ctx, { ids }), 100),
    ).toEqual([100, 200, 100]);
  });

  test("100 new ones", async () => {
    expect(
      await mutationCost((ctx) => {
        const item = { title: "A", content };
        const items = Array<typeof item>(100).fill(item);
        return docs.batchCreate(ctx, { items });
      }),
    ).toEqual([1, 0, 100]);
  });

  test("a refused batch is read once and written never", async () => {
    expect(
      await mutationCost(async (ctx, ids) => {
        const call = docs.batchRemove(ctx, { ids: [...ids, "gone"] });
        await call.catch(() => undefined);
      }),
    ).toEqual([20, 20, 0]);
  });
});

describe("hooks cost what they say", () => {
  const hooks = {
    access: () => true,
    onChange: () => undefined,
  };
  test.each([
    ["access", { access: hooks.access }, [1, 3, 1]],
    ["onChange", { onChange: hooks.onChange }, [1, 2, 1]],
    ["both", hooks, [1, 3, 1]],
  ])("an update with %s", async (_, options, cost) => {
    const hooked = new Docs(components.docs, { fields, identify, ...options });
    expect(
      await mutationCost((ctx, [id]) =>
        hooked.update(ctx, { id: id!, title: "B" }),
      ),
    ).toEqual(cost);
  });
});

describe("reading", () => {
  const paginationOpts = { numItems: 20, cursor: null };
  type Read = (ctx: Ctx, ids: string[]) => Promise<unknown>;
  const reads: Record<string, [Read, number, number]> = {
    "a page of 20": [(ctx) => docs.list(ctx, { paginationOpts }), 1, 21],
    "a page of 20 of one status": [
      (ctx) => docs.list(ctx, { status: "draft", paginationOpts }),
      1,
      21,
    ],
    "an empty public page": [
      (ctx) => docs.listPublic(ctx, { paginationOpts }),
      1,
      0,
    ],
    get: [(ctx, [id]) => docs.get(ctx, { id: id! }), 1, 1],
    "get of a malformed id": [(ctx) => docs.get(ctx, { id: "x" }), 0, 0],
    getMany: [
      (ctx, ids) => docs.getMany(ctx, { ids: ids.slice(0, 10) }),
      10,
      10,
    ],
    count: [(ctx) => docs.count(ctx, { upTo: 10 }), 1, 11],
  };
  test.each(Object.entries(reads))("%s", async (_, [read, queries, rows]) => {
    const t = deploy();
    const ids = await fill(t, "ada", 100, content);
    await seed(t, "bob");
    const cost = await people(t).ada.query(async (ctx) => {
      await read(ctx, ids);
      return await used(ctx);
    });
    expect(cost).toEqual([queries, rows, 0]);
  });
});
