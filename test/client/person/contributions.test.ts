/**
 * Who leaves their id in a document of another's is found again without a look at every document.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { measure, type Usage } from "../../../bench/engine/usage.js";
import { Docs } from "../../../src/client/index.js";
import { contributions } from "../../support/contributions.js";
import { components, type HostCtx } from "../../support/host.js";
import { row, rows } from "../../support/stored.js";
import { cast, docs as sharing, made, options } from "../sharing/world.js";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const kept = {
  ...options,
  trash: false,
  history: { coalesce: false },
} as const;
const docs = new Docs(components.docs, kept);

type Cast = ReturnType<typeof cast>;

/** A document of Ada's, with Bob and Cy for editors or whatever is said. */
async function shared(c: Cast, role: "editor" | "manager" = "editor") {
  const { id } = await c.ada.mutation((ctx) =>
    docs.create(ctx, { title: "T" }),
  );
  const members = ["bob", "cy"].map((principal) => ({ principal, role }));
  await c.ada.mutation((ctx) => docs.share(ctx, { id, members }));
  return id;
}
const edit = (who: Cast["ada"], id: string, title: string) =>
  who.mutation((ctx) => docs.update(ctx, { id, title }));

async function settle({ t }: Cast) {
  vi.advanceTimersByTime(60_000);
  await t.finishInProgressScheduledFunctions();
}

test("an author of what is another's is found, once, however often they write", async () => {
  const c = cast();
  const id = await shared(c);
  await edit(c.ada, id, "by its owner");
  expect(await contributions(c.t)).toEqual([]);
  expect(await row(c.t, id)).not.toHaveProperty("contributed");
  for (const title of ["1", "2"]) await edit(c.bob, id, title);
  await edit(c.cy, id, "3");
  for (const title of ["4", "5"]) await edit(c.bob, id, title);
  expect(await contributions(c.t)).toEqual([
    ["bob", id],
    ["cy", id],
  ]);
});

test("who shares what is another's is found, with or without a history", async () => {
  const c = cast();
  const id = await shared(c, "manager");
  for (const principal of ["eve", "team:1"])
    await c.bob.mutation((ctx) =>
      sharing.share(ctx, { id, principal, role: "viewer" }),
    );
  await c.bob.mutation((ctx) => sharing.unshare(ctx, { id, principal: "eve" }));
  expect(await contributions(c.t)).toEqual([["bob", id]]);
  expect(await row(c.t, id)).toMatchObject({ contributed: true });
});

test("who gives a document away stays its author of before", async () => {
  const c = cast();
  const id = await shared(c);
  await edit(c.ada, id, "Ada's");
  await edit(c.bob, id, "Bob's");
  await c.ada.mutation((ctx) => docs.transfer(ctx, { id, to: "eve" }));
  await c.eve.mutation((ctx) => docs.transfer(ctx, { id, to: "bob" }));
  expect(await contributions(c.t)).toEqual([
    ["bob", id],
    ["ada", id],
    ["eve", id],
  ]);
  await c.bob.mutation((ctx) => docs.transfer(ctx, { id, to: "ada" }));
  expect(await contributions(c.t)).toHaveLength(3);
});

test("who shared what the system gives away is found, without a history too", async () => {
  const c = cast();
  const id = await made(c);
  await c.ada.mutation((ctx) =>
    sharing.share(ctx, { id, principal: "bob", role: "viewer" }),
  );
  const system = sharing.asSystem("test");
  await c.t.mutation((ctx) => system.transfer(ctx, { id, to: "eve" }));
  expect(await contributions(c.t)).toEqual([["ada", id]]);
});

test("the system leaves nobody's id", async () => {
  const c = cast();
  const id = await shared(c);
  const system = docs.asSystem("test");
  await c.t.mutation((ctx) => system.update(ctx, { id, title: "new" }));
  await c.t.mutation((ctx) =>
    system.share(ctx, { id, principal: "eve", role: "viewer" }),
  );
  expect(await contributions(c.t)).toEqual([]);
});

test("a call that onChange takes back leaves rows too many and none too few", async () => {
  const c = cast();
  const id = await shared(c);
  const refusing = new Docs(components.docs, {
    ...kept,
    onChange: () => {
      throw new Error("no");
    },
  });
  await edit(c.bob, id, "first");
  await c.cy.mutation(async (ctx) => {
    const refused = refusing.update(ctx, { id, title: "X" });
    await expect(refused).rejects.toThrow("no");
  });
  const mine = (await rows(c.t)).map(({ contributed }) => contributed);
  expect(mine).toEqual([true]);
  await edit(c.cy, id, "second");
  expect(await contributions(c.t)).toEqual([
    ["bob", id],
    ["cy", id],
  ]);
});

test("with the document they go, also when its deletion is told to a hook", async () => {
  const c = cast();
  const told: string[] = [];
  const telling = new Docs(components.docs, {
    ...kept,
    onChange: (_ctx: HostCtx, { operation }) => void told.push(operation),
  });
  const ids = [await shared(c), await shared(c), await shared(c)];
  for (const id of ids) await edit(c.bob, id, "Bob's");
  const [one = "", other = "", stays = ""] = ids;
  await c.ada.mutation((ctx) => docs.remove(ctx, { id: one }));
  await c.ada.mutation((ctx) => telling.remove(ctx, { id: other }));
  await settle(c);
  expect(told).toEqual(["remove"]);
  expect(await contributions(c.t)).toEqual([["bob", stays]]);
});

test("of a document that has no history they go too", async () => {
  const c = cast();
  const id = await shared(c, "manager");
  const given = await made(c);
  await c.ada.mutation((ctx) =>
    sharing.share(ctx, { id: given, principal: "bob", role: "viewer" }),
  );
  await c.bob.mutation((ctx) =>
    sharing.share(ctx, { id, principal: "eve", role: "viewer" }),
  );
  await c.ada.mutation((ctx) => docs.transfer(ctx, { id: given, to: "eve" }));
  expect(await contributions(c.t)).toEqual([
    ["bob", id],
    ["ada", given],
  ]);
  await c.ada.mutation((ctx) => docs.remove(ctx, { id }));
  await c.eve.mutation((ctx) => docs.remove(ctx, { id: given }));
  await settle(c);
  expect(await contributions(c.t)).toEqual([]);
});

/* Costs: index ranges / documents read / documents written. */

async function cost(who: Cast["ada"], run: (ctx: HostCtx) => Promise<unknown>) {
  let used: Usage | undefined;
  await who.mutation(async (ctx) => {
    used = await measure(ctx, run);
  });
  const { indexRanges, documentsRead, documentsWritten } = used!;
  return `${indexRanges}/${documentsRead}/${documentsWritten}`;
}

test("an owner pays nothing for it, another one range and one row for their first write, a range where authors change", async () => {
  const c = cast();
  const id = await shared(c);
  const update = (who: Cast["ada"], title: string) =>
    cost(who, (ctx) => docs.update(ctx, { id, title }));
  // As without contributions: the document, and the content that it had.
  expect(await update(c.ada, "1")).toBe("1/2/2");
  // A member's look at their grant comes on top.
  expect(await update(c.bob, "2")).toBe("3/3/3");
  expect(await update(c.bob, "3")).toBe("2/3/2");
  expect(await update(c.ada, "4")).toBe("1/2/2");
  expect(await update(c.bob, "5")).toBe("3/4/2");
  const plain = await c.ada.mutation((ctx) => docs.create(ctx, { title: "T" }));
  const give = (given: string) =>
    cost(c.ada, (ctx) => docs.transfer(ctx, { id: given, to: "eve" }));
  // Without anything of the owner's in it, apart from its present content.
  expect(await give(plain.id)).toBe("2/2/2");
});

test("without history and sharing there is no row and no range", async () => {
  const c = cast();
  const { sharing: _sharing, ...rest } = options;
  const off = new Docs(components.docs, { ...rest, trash: false });
  const { id } = await c.ada.mutation((ctx) => off.create(ctx, { title: "T" }));
  expect(await cost(c.ada, (ctx) => off.update(ctx, { id, title: "U" }))).toBe(
    "1/2/1",
  );
  expect(await cost(c.ada, (ctx) => off.transfer(ctx, { id, to: "bob" }))).toBe(
    "1/2/1",
  );
  expect(await cost(c.bob, (ctx) => off.remove(ctx, { id }))).toBe("1/2/1");
  expect(await contributions(c.t)).toEqual([]);
});

test("a batch of another's documents leaves a row for each", async () => {
  const c = cast();
  const ids = [await shared(c), await shared(c)];
  await c.bob.mutation((ctx) =>
    docs.batchUpdate(ctx, { ids, updates: { title: "Bob's" } }),
  );
  expect(await contributions(c.t)).toEqual(ids.map((id) => ["bob", id]));
});
