import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  deploy,
  docs,
  people,
  seed,
  seedMany,
  type Deployment,
} from "../support/host.js";
import { walkAll, type Load } from "../support/pages.js";
import { fill, rows } from "../support/stored.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The ids of Ada's documents, by last change, ties in the order of creation. */
async function expected(t: Deployment, status?: string) {
  const own = (await rows(t)).filter(
    (row) =>
      row["ownerId"] === "ada" &&
      (status === undefined || row["status"] === status),
  );
  const at = (row: (typeof own)[number]) => Number(row["updatedAt"]);
  return own.sort((a, b) => at(a) - at(b)).map(({ _id }) => _id);
}

/** Three bursts of documents, each in one millisecond, some changed later, and somebody else's among them. */
async function bursts(t: Deployment) {
  for (const status of ["draft", "published", "draft"] as const) {
    vi.advanceTimersByTime(10);
    await seedMany(t, "ada", 7, { status });
    await seedMany(t, "bob", 3, { status, isPublic: true });
  }
  vi.advanceTimersByTime(10);
  const ids = (await expected(t)).filter((_, index) => index % 4 === 0);
  await t.mutation((ctx) =>
    docs.as("ada").batchUpdate(ctx, { ids, updates: { content: "changed" } }),
  );
}

describe.each(["asc", "desc"] as const)("in order %s", (order) => {
  test.each([1, 2, 7, 20, 21, 100])(
    "pages of %i walk documents of the same millisecond once each, in order",
    async (numItems) => {
      const t = deploy();
      await bursts(t);
      const { ada } = people(t);
      const load: Load = (paginationOpts) =>
        ada.query((ctx) => docs.list(ctx, { order, paginationOpts }));
      const pages = await walkAll(load, numItems);
      const all = await expected(t);
      if (order === "desc") {
        // Ties come in the index's own order, reversed with the rest.
        all.reverse();
      }
      expect(pages.flat()).toEqual(all);
      for (const page of pages.slice(0, -1))
        expect(page).toHaveLength(numItems);
      expect(pages).toHaveLength(Math.ceil(21 / numItems));
    },
  );

  test("a status filter walks its own documents", async () => {
    const t = deploy();
    await bursts(t);
    const { ada } = people(t);
    for (const status of ["draft", "published", "archived"] as const) {
      const load: Load = (paginationOpts) =>
        ada.query((ctx) => docs.list(ctx, { order, status, paginationOpts }));
      const all = await expected(t, status);
      if (order === "desc") all.reverse();
      expect((await walkAll(load, 3)).flat()).toEqual(all);
    }
  });

  test("public documents of everybody are one list", async () => {
    const t = deploy();
    await bursts(t);
    const load: Load = (paginationOpts) =>
      t.query((ctx) => docs.listPublic(ctx, { order, paginationOpts }));
    const found = (await walkAll(load, 2)).flat();
    const visible = (await rows(t)).filter(
      (row) => row["isPublic"] === true && row["status"] === "published",
    );
    expect([...found].sort()).toEqual(visible.map(({ _id }) => _id).sort());
    expect(found).toHaveLength(3);
  });
});

test("newest change first when no order is given", async () => {
  const t = deploy();
  await bursts(t);
  const page = await people(t).ada.query((ctx) =>
    docs.list(ctx, { paginationOpts: { numItems: 100, cursor: null } }),
  );
  expect(page.page.map(({ _id }) => _id)).toEqual(
    (await expected(t)).reverse(),
  );
});

test("a changed document moves to the front of its list, and its version says so", async () => {
  const t = deploy();
  const { ada } = people(t);
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) {
    vi.advanceTimersByTime(10);
    ids.push(await seed(t, "ada"));
  }
  vi.advanceTimersByTime(10);
  await ada.mutation((ctx) => docs.update(ctx, { id: ids[0]!, title: "B" }));
  const { page } = await ada.query((ctx) =>
    docs.list(ctx, { paginationOpts: { numItems: 5, cursor: null } }),
  );
  expect(page.map(({ _id, version }) => [_id, version])).toEqual([
    [ids[0], 2],
    [ids[2], 1],
    [ids[1], 1],
  ]);
});

test("a page is the same whatever the time", async () => {
  const t = deploy();
  await bursts(t);
  const { ada } = people(t);
  const load = () =>
    ada.query((ctx) =>
      docs.list(ctx, { paginationOpts: { numItems: 5, cursor: null } }),
    );
  const now = await load();
  vi.setSystemTime(9e12);
  expect(await load()).toEqual(now);
  vi.setSystemTime(0);
  expect(await load()).toEqual(now);
});

test(
  "a page of large documents ends at 4 MiB, and the next goes on behind it",
  { timeout: 30_000 },
  async () => {
    const t = deploy();
    const { ada } = people(t);
    for (let n = 0; n < 20; n++) {
      await seed(t, "ada", { content: "x".repeat(250_000) });
    }
    const read: number[] = [];
    const load: Load = (paginationOpts) =>
      ada.query(async (ctx) => {
        const page = await docs.list(ctx, { order: "asc", paginationOpts });
        const metrics = await ctx.meta.getTransactionMetrics();
        read.push(metrics.bytesRead.used);
        return page;
      });
    const pages = await walkAll(load, 50);
    expect(pages.flat()).toEqual(await expected(t));
    expect(pages.length).toBeGreaterThan(1);
    const largest = 256 * 1024;
    for (const bytes of read)
      expect(bytes).toBeLessThan(4 * 2 ** 20 + 2 * largest);
  },
);

test(
  "a page costs the same with 100 documents and with 5,000",
  { timeout: 30_000 },
  async () => {
    const costs: unknown[] = [];
    for (const count of [100, 5000]) {
      const t = deploy();
      await fill(t, "ada", count);
      await fill(t, "bob", 100);
      costs.push(
        await people(t).ada.query(async (ctx) => {
          const opts = { numItems: 20, cursor: null };
          const { continueCursor } = await docs.list(ctx, {
            paginationOpts: opts,
          });
          const first = await ctx.meta.getTransactionMetrics();
          await docs.list(ctx, {
            paginationOpts: { numItems: 20, cursor: continueCursor },
          });
          const second = await ctx.meta.getTransactionMetrics();
          return [first, second].map(({ documentsRead, databaseQueries }) => [
            databaseQueries.used,
            documentsRead.used,
          ]);
        }),
      );
    }
    expect(costs[1]).toEqual(costs[0]);
    // The second page starts inside a millisecond's ties and finds enough of them: one range more for the exact ties.
    expect(costs[0]).toEqual([
      [1, 21],
      [3, 42],
    ]);
  },
);

test("an empty list is one empty page that is done", async () => {
  const t = deploy();
  const { page, isDone } = await people(t).ada.query((ctx) =>
    docs.list(ctx, { paginationOpts: { numItems: 5, cursor: null } }),
  );
  expect({ page, isDone }).toEqual({ page: [], isDone: true });
});

test("a list refuses the one hook that would leave out rows of it, and says which to use", async () => {
  const t = deploy();
  const { ada } = people(t);
  // As Convex's own `usePaginatedQuery` sends it.
  const paginationOpts = { numItems: 5, cursor: null, id: 1 };
  for (const list of ["list", "listPublic", "listTrash"] as const) {
    const call = ada.query((ctx) => docs[list](ctx, { paginationOpts }));
    await expect(call).rejects.toMatchObject({
      data: {
        code: "VALIDATION_FAILED",
        issues: [
          {
            path: "paginationOpts.id",
            message: expect.stringContaining(
              "Use useDocuments of @acme/convex-docs/react",
            ) as string,
          },
        ],
      },
    });
  }
});
