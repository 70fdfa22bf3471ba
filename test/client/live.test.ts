import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  deploy,
  docs,
  docsWithTrash,
  people,
  seed,
  seedMany,
  type Deployment,
} from "../support/host.js";
import { LivePages, type Load } from "../support/pages.js";
import { rows } from "../support/stored.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

type Order = "asc" | "desc";

function loader(t: Deployment, order: Order): Load {
  return (paginationOpts) =>
    people(t).ada.query((ctx) => docs.list(ctx, { order, paginationOpts }));
}

/** Ada's live documents in the order of the list. */
async function all(t: Deployment, order: Order) {
  const own = (await rows(t)).filter(
    (row) => row["ownerId"] === "ada" && row["trashed"] === false,
  );
  const key = (row: (typeof own)[number]) =>
    [row["updatedAt"], row["_creationTime"]] as [number, number];
  own.sort((a, b) => key(a)[0] - key(b)[0] || key(a)[1] - key(b)[1]);
  if (order === "desc") own.reverse();
  return own.map(({ _id }) => _id);
}

describe.each(["asc", "desc"] as const)("subscribed pages, %s", (order) => {
  test("stay gapless and without repeats while documents come, go and change", async () => {
    const t = deploy();
    const ada = docsWithTrash.as("ada");
    const ids = await seedMany(t, "ada", 12);
    vi.advanceTimersByTime(5);
    ids.push(...(await seedMany(t, "ada", 8)));
    const live = new LivePages(loader(t, order), 5);
    await live.refresh();
    await live.loadMore();
    await live.loadMore();
    expect(live.ids).toEqual((await all(t, order)).slice(0, 15));

    const changes: (() => Promise<unknown>)[] = [
      () => t.mutation((ctx) => ada.remove(ctx, { id: ids[6]! })),
      () => t.mutation((ctx) => ada.remove(ctx, { id: ids[11]! })),
      () =>
        t.mutation((ctx) => ada.update(ctx, { id: ids[0]!, title: "moved" })),
      () => seedMany(t, "ada", 3),
      () => t.mutation((ctx) => ada.restore(ctx, { id: ids[6]! })),
      () =>
        t.mutation((ctx) =>
          ada.batchUpdate(ctx, {
            ids: [ids[3]!, ids[14]!, ids[19]!],
            updates: { summary: "tied" },
          }),
        ),
      () => t.mutation((ctx) => ada.transfer(ctx, { id: ids[8]!, to: "bob" })),
    ];
    for (const change of changes) {
      vi.advanceTimersByTime(5);
      await change();
      await live.refresh();
      const expected = await all(t, order);
      // What is loaded is a prefix of the list: no gap, no repeat.
      expect(live.ids).toEqual(expected.slice(0, live.ids.length));
    }
    while (!live.isDone) await live.loadMore();
    expect(live.ids).toEqual(await all(t, order));
  });
});

test("a pinned page keeps its end, and the last page takes in what is added at it", async () => {
  const t = deploy();
  await seedMany(t, "ada", 6);
  const load = loader(t, "asc");
  const first = await load({ numItems: 3, cursor: null });
  const pin = { numItems: 3, cursor: null, endCursor: first.continueCursor };
  const last = await load({ numItems: 3, cursor: first.continueCursor });
  vi.advanceTimersByTime(5);
  const added = await seed(t, "ada");
  expect(await load(pin)).toMatchObject({
    page: first.page,
    isDone: false,
    continueCursor: first.continueCursor,
  });
  const grown = await load({
    numItems: 3,
    cursor: first.continueCursor,
    endCursor: last.continueCursor,
  });
  expect(grown.page.map(({ _id }) => _id)).toEqual([
    ...last.page.map(({ _id }) => _id),
    added,
  ]);
  expect(grown.isDone).toBe(true);
});

test("a pinned page that has doubled recommends a split, and its halves are the page", async () => {
  const t = deploy();
  await seedMany(t, "ada", 4);
  const load = loader(t, "asc");
  const { continueCursor: endCursor } = await load({
    numItems: 5,
    cursor: null,
  });
  vi.advanceTimersByTime(5);
  await seedMany(t, "ada", 6);
  const ten = await load({ numItems: 5, cursor: null, endCursor });
  expect(ten.page).toHaveLength(10);
  expect(ten).not.toHaveProperty("pageStatus");
  await seed(t, "ada");
  const grown = await load({ numItems: 5, cursor: null, endCursor });
  expect(grown).toMatchObject({ pageStatus: "SplitRecommended" });
  const splitCursor = grown.splitCursor!;
  const halves = [
    await load({ numItems: 5, cursor: null, endCursor: splitCursor }),
    await load({ numItems: 5, cursor: splitCursor, endCursor }),
  ];
  expect(halves.flatMap(({ page }) => page)).toEqual(grown.page);
  expect(halves.map(({ page }) => page.length)).toEqual([6, 5]);
});

test("a pinned page that has outgrown every bound asks for a split, and loses nothing by it", async () => {
  const t = deploy();
  const load = loader(t, "asc");
  await seedMany(t, "ada", 3);
  const live = new LivePages(load, 50);
  await live.refresh();
  vi.advanceTimersByTime(5);
  await seedMany(t, "ada", 450);
  const { continueCursor: endCursor } = await load({
    numItems: 50,
    cursor: "end",
  });
  const grown = await load({ numItems: 50, cursor: null, endCursor });
  expect(grown).toMatchObject({ pageStatus: "SplitRequired" });
  expect(grown.page.length).toBeLessThanOrEqual(200);
  await live.refresh();
  expect(live.ids).toEqual(await all(t, "asc"));
  expect(live.count).toBeGreaterThan(2);
});

test("a pinned page of a few huge documents asks for a split at 4 MiB", async () => {
  const t = deploy();
  const load = loader(t, "asc");
  const live = new LivePages(load, 20);
  await live.refresh();
  for (let n = 0; n < 20; n++) {
    await seed(t, "ada", { content: "x".repeat(255_000) });
  }
  await live.refresh();
  expect(live.ids).toEqual(await all(t, "asc"));
  expect(live.count).toBeGreaterThan(1);
});
