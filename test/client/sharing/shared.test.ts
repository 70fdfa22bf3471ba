/**
 * `listShared`: one list of all that was shared with somebody.
 */
import type { PaginationOptions } from "convex/server";
import { expect, test } from "vitest";
import { refusal } from "../../support/refusals.js";
import { LivePages, walkAll } from "../../support/pages.js";
import { cast, docs, made, paginationOpts, world } from "./world.js";

type Cast = ReturnType<typeof cast>;

async function give(
  c: Cast,
  id: string,
  principal: string,
  role: "viewer" | "editor" = "viewer",
) {
  await c.ada.mutation((ctx) => docs.share(ctx, { id, principal, role }));
}
const loader =
  ({ bob }: Cast) =>
  async (options: PaginationOptions) => {
    const found = await bob.query((ctx) =>
      docs.listShared(ctx, { paginationOpts: options }),
    );
    return { ...found, page: found.page.map(({ document }) => document) };
  };

test("newest first or last, with the role, the time and who shared it", async () => {
  const c = cast();
  const [first, second] = [await made(c), await made(c)];
  await give(c, first, "bob", "editor");
  await give(c, second, "bob");
  const { page } = await c.bob.query((ctx) =>
    docs.listShared(ctx, { paginationOpts }),
  );
  expect(page).toMatchObject([
    { document: { _id: second, title: "T" }, role: "viewer", sharedBy: "ada" },
    { document: { _id: first }, role: "editor" },
  ]);
  expect(Number.isInteger(page[0]?.sharedAt)).toBe(true);
  const { page: oldest } = await c.bob.query((ctx) =>
    docs.listShared(ctx, { order: "asc", paginationOpts }),
  );
  expect(oldest.map(({ document }) => document._id)).toEqual([first, second]);
});

test("several ways to one document show it once, in place of the newest, with the most that one of them gives", async () => {
  const c = cast();
  const [id, other] = [await made(c), await made(c)];
  world.held = { bob: ["team:1"] };
  await give(c, id, "bob", "editor");
  await give(c, other, "bob");
  await give(c, id, "team:1");
  const { page } = await c.bob.query((ctx) =>
    docs.listShared(ctx, { paginationOpts }),
  );
  expect(page.map(({ document, role }) => [document._id, role])).toEqual([
    [id, "editor"],
    [other, "viewer"],
  ]);
});

test("what is one's own, or one's team's, stands in the lists of its owner", async () => {
  const c = cast();
  const id = await made(c);
  await give(c, id, "bob");
  await c.ada.mutation((ctx) => docs.transfer(ctx, { id, to: "team:1" }));
  world.held = { bob: ["team:1"] };
  const list = () =>
    c.bob.query((ctx) => docs.listShared(ctx, { paginationOpts }));
  expect((await list()).page).toEqual([]);
  world.held = {};
  expect((await list()).page).toHaveLength(1);
});

test("forty documents by four ways are all there, whatever the size of the page, and stay while the list grows", async () => {
  const c = cast();
  world.held = { bob: ["team:1", "team:2", "email:bob@x.org"] };
  const ways = ["team:1", "bob", "email:bob@x.org", "team:2"];
  const ids: string[] = [];
  for (let n = 0; n < 40; n++) {
    const id = await made(c);
    ids.push(id);
    for (const principal of ways.slice(n % 4)) await give(c, id, principal);
  }
  const load = loader(c);
  for (const size of [1, 7, 50]) {
    const all = (await walkAll(load, size)).flat();
    expect(all).toEqual([...ids].reverse());
  }
  const live = new LivePages(load, 10);
  await live.refresh();
  await live.loadMore();
  for (let n = 0; n < 6; n++) {
    const id = await made(c);
    ids.push(id);
    await give(c, id, n % 2 ? "team:1" : "bob");
    await live.refresh();
  }
  while (!live.isDone) await live.loadMore();
  expect(live.ids).toEqual([...ids].reverse());
}, 60_000);

test("signed out there is no list, and a cursor of another list is told", async () => {
  const c = cast();
  const list = (who: typeof c.t | typeof c.bob, cursor: string | null) =>
    refusal(
      who.query((ctx) =>
        docs.listShared(ctx, { paginationOpts: { numItems: 5, cursor } }),
      ),
    );
  expect((await list(c.t, null)).code).toBe("UNAUTHORIZED");
  expect((await list(c.bob, "x")).code).toBe("INVALID_CURSOR");
});
