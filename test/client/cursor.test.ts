import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { END } from "../../src/shared/cursor.js";
import {
  deploy,
  docs,
  docsWithTrash,
  people,
  seed,
  seedMany,
  type Caller,
  type Deployment,
} from "../support/host.js";
import type { AnyPage } from "../support/pages.js";
import { blamed, refused } from "../support/refusals.js";
import { rows } from "../support/stored.js";

type Options = {
  numItems: number;
  cursor: string | null;
  endCursor?: string | null;
};
type Order = "asc" | "desc";

/** Every list, as somebody calls it. */
const lists = {
  own: (caller: Caller, order: Order, paginationOpts: Options) =>
    caller.query((ctx) => docs.list(ctx, { order, paginationOpts })),
  drafts: (caller: Caller, order: Order, paginationOpts: Options) =>
    caller.query((ctx) =>
      docs.list(ctx, { order, status: "draft", paginationOpts }),
    ),
  trash: (caller: Caller, order: Order, paginationOpts: Options) =>
    caller.query((ctx) => docs.listTrash(ctx, { order, paginationOpts })),
  public: (caller: Caller, order: Order, paginationOpts: Options) =>
    caller.query((ctx) => docs.listPublic(ctx, { order, paginationOpts })),
};

/** Two owners whose ids sort on either side of "bob", with documents of every kind. */
async function crowd(t: Deployment) {
  for (const owner of ["ada", "bob", "zoe"]) {
    for (const status of ["draft", "published"] as const) {
      await seedMany(t, owner, 2, { status });
    }
    await seed(t, owner, { status: "published", isPublic: true });
    const id = await seed(t, owner);
    await t.mutation((ctx) => docsWithTrash.as(owner).remove(ctx, { id }));
  }
}

/** Cursors of every list there is, of every owner: honest ones, which their receivers may pass on. */
async function honest(t: Deployment) {
  const cursors: string[] = [END];
  for (const subject of ["ada", "bob", "zoe"]) {
    for (const list of Object.values(lists)) {
      for (const order of ["asc", "desc"] as const) {
        for (let cursor: string | null = null; cursor !== END;) {
          const caller = t.withIdentity({ subject });
          const page: AnyPage = await list(caller, order, {
            numItems: 1,
            cursor,
          });
          cursor = page.continueCursor;
          cursors.push(cursor);
        }
      }
    }
  }
  return [...new Set(cursors)];
}

/** What Bob may find in each list, whatever he sends. */
async function allowed(t: Deployment) {
  const all = await rows(t);
  const ids = (keep: (row: (typeof all)[number]) => boolean) =>
    new Set(all.filter(keep).map(({ _id }) => _id));
  const own = (row: (typeof all)[number]) => row["ownerId"] === "bob";
  return {
    own: ids((row) => own(row) && row["trashed"] === false),
    drafts: ids(
      (row) =>
        own(row) && row["trashed"] === false && row["status"] === "draft",
    ),
    trash: ids((row) => own(row) && row["trashed"] === true),
    public: ids(
      (row) =>
        row["isPublic"] === true &&
        row["status"] === "published" &&
        row["trashed"] === false,
    ),
  };
}

const FORGED = [
  "[]",
  '["z",0]',
  '["a",99]',
  '["ada",false,0,0,""]',
  "[0,0]",
  "[0,0,0]",
  '[null,0,""]',
  '["0",0,""]',
  '[1e999,0,""]',
  '[0,0,"",""]',
  '[0,0,"\\ud800"]',
  "{}",
  "null",
  "end ",
  "END",
  "undefined",
  "",
  "ünï",
  "[".repeat(100),
  `[0,0,"${"x".repeat(300)}"]`,
  "x".repeat(300_000),
];

describe("cursors from a client", () => {
  test.each(FORGED.map((cursor) => [cursor.slice(0, 30), cursor]))(
    "%s is none of ours: INVALID_CURSOR, as start and as end",
    async (_, cursor) => {
      const t = deploy();
      const { bob } = people(t);
      for (const options of [
        { numItems: 5, cursor },
        { numItems: 5, cursor: null, endCursor: cursor },
      ]) {
        for (const list of Object.values(lists)) {
          const data = await refused(t, () => list(bob, "asc", options));
          expect(data).toMatchObject({
            code: "INVALID_CURSOR",
            isConvexSystemError: true,
            paginationError: "InvalidCursor",
          });
          expect(JSON.stringify(data).length).toBeLessThan(400);
        }
      }
    },
  );

  test("any two cursors, honest or forged in our own form, keep each list to its own rows", async () => {
    const t = deploy();
    await crowd(t);
    const { bob } = people(t);
    const extremes = [0, -1, 1e15, -1e300, 1e300, 0.1].map((time) =>
      JSON.stringify([time, 0, time > 0 ? "" : "zzz"]),
    );
    const cursors = [...(await honest(t)), ...extremes];
    const may = await allowed(t);
    const pairs = fc.record({
      which: fc.constantFrom(...(Object.keys(lists) as (keyof typeof lists)[])),
      order: fc.constantFrom<Order>("asc", "desc"),
      cursor: fc.constantFrom(null, ...cursors),
      endCursor: fc.constantFrom(null, ...cursors),
      numItems: fc.constantFrom(1, 2, 100),
    });
    await fc.assert(
      fc.asyncProperty(pairs, async ({ which, order, ...options }) => {
        const { page } = await lists[which](bob, order, options);
        const strangers = page.filter(({ _id }) => !may[which].has(_id));
        expect(strangers).toEqual([]);
        expect(new Set(page.map(({ _id }) => _id)).size).toBe(page.length);
      }),
      { numRuns: Number(import.meta.env["NUM_RUNS"] ?? 300) },
    );
  }, 60_000);

  test("the final cursor sent again finds an empty page that is done, not the next owner's rows", async () => {
    const t = deploy();
    await crowd(t);
    const { bob } = people(t);
    for (const list of Object.values(lists)) {
      const first = await list(bob, "asc", { numItems: 100, cursor: null });
      expect(first.isDone).toBe(true);
      const again = await list(bob, "asc", {
        numItems: 100,
        cursor: first.continueCursor,
      });
      expect(again).toMatchObject({ page: [], isDone: true });
    }
  });

  test("a page is capped whatever is asked for, with an end cursor too", async () => {
    const t = deploy();
    await seedMany(t, "bob", 250);
    const { bob } = people(t);
    for (const numItems of [101, 1e9, Number.MAX_SAFE_INTEGER, 2 ** 53]) {
      const open = await lists.own(bob, "asc", { numItems, cursor: null });
      expect(open.page).toHaveLength(100);
      const pinned = { numItems, cursor: null, endCursor: END };
      const { page } = await lists.own(bob, "asc", pinned);
      expect(page.length).toBeLessThanOrEqual(200);
    }
  });

  test.each([NaN, 0, -1, 1.5, Infinity, -Infinity])(
    "numItems %d is refused by name",
    async (numItems) => {
      const t = deploy();
      const { bob } = people(t);
      for (const list of Object.values(lists)) {
        const data = await refused(t, () =>
          list(bob, "desc", { numItems, cursor: null }),
        );
        expect(blamed(data)).toEqual(["paginationOpts.numItems"]);
      }
    },
  );

  test("a cursor says where and not whose: it holds no owner, no status and no key", async () => {
    const t = deploy();
    await crowd(t);
    for (const cursor of await honest(t)) {
      expect(cursor).not.toMatch(/ada|bob|zoe|draft|published/);
      expect(cursor.length).toBeLessThanOrEqual(200);
    }
  });
});
