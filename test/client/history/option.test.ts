/**
 * A history that is not there, comes later, or goes; and what it costs.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { deploy, people, type HostCtx } from "../../support/host.js";
import {
  coalescing,
  docs,
  edit,
  get,
  list,
  make,
  revisions,
  START,
  stored,
  used,
  withHistory,
  without,
} from "../../support/history.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(START);
});
afterEach(() => vi.useRealTimers());

describe("without the option", () => {
  test("there are no methods, nothing is stored, and a reason is a mistake", async () => {
    const t = deploy();
    expect("listRevisions" in without).toBe(false);
    expect("revert" in without.api()).toBe(false);
    expect("pruneHistory" in without.retention({ policies: [] })).toBe(false);
    const { ada } = people(t);
    const { id } = await ada.mutation((ctx) =>
      without.create(ctx, { title: "One", content: "" }),
    );
    await ada.mutation((ctx) => without.update(ctx, { id, title: "Two" }));
    const { documents, revisions: kept } = await stored(t);
    expect(documents[0]).not.toHaveProperty("head");
    expect(kept).toEqual([]);
    await expect(
      ada.mutation((ctx) =>
        without.update(ctx, { id, title: "x" }, { reason: "why" }),
      ),
    ).rejects.toThrow("history: {}");
  });

  test("switched on, the first edit keeps what was there, by nobody that is known", async () => {
    const t = deploy();
    const { ada } = people(t);
    const { id } = await ada.mutation((ctx) =>
      without.create(ctx, { title: "Before", content: "" }),
    );
    expect((await list(t, id)).page).toEqual([
      { version: 1, upTo: 1, at: START, kind: "edit" },
    ]);
    await edit(t, id, { title: "After" }, coalescing);
    expect((await get(t, id, 1))?.fields["title"]).toBe("Before");
    expect(await revisions(t)).toMatchObject([{ version: 1, at: START }]);
  });

  test("switched off and on again, no version shows what it did not contain", async () => {
    const t = deploy();
    const id = await make(t);
    await edit(t, id, { title: "Two" });
    await edit(t, id, { title: "Lost" }, without);
    await edit(t, id, { title: "Four" }, without);
    expect(await revisions(t)).toHaveLength(1);
    await edit(t, id, { title: "Five" });
    const titles = await Promise.all(
      [1, 2, 3, 4, 5].map(
        async (version) => (await get(t, id, version))?.fields["title"],
      ),
    );
    expect(titles).toEqual(["One", undefined, undefined, "Four", "Five"]);
  });

  test.each([
    [{ keep: 0 }, "history.keep"],
    [{ keep: 1001 }, "history.keep"],
    [{ for: { minutes: 5 } }, "history.for"],
    [{ for: { days: -1 } }, "history.for"],
    [{ coalesce: { days: 2 } }, "history.coalesce"],
    [{ coalesce: { minutes: NaN } }, "history.coalesce"],
  ])("an option out of range fails the deploy: %j", (history, named) => {
    expect(() => withHistory(history)).toThrow(named);
  });
});

describe("what it costs: index ranges, documents read, documents written", () => {
  async function cost(
    host: typeof docs,
    run: (ctx: HostCtx, id: string) => Promise<unknown>,
    content = "x".repeat(1_000),
  ) {
    const t = deploy();
    const { ada } = people(t);
    const { id } = await ada.mutation((ctx) =>
      host.create(ctx, { title: "A", content }),
    );
    await ada.mutation((ctx) => docs.update(ctx, { id, title: "B" }));
    return await ada.mutation(async (ctx: HostCtx) => {
      await run(ctx, id);
      return await used(ctx);
    });
  }
  const large = "x".repeat(100_000);

  test("create", async () => {
    expect(
      await cost(docs, (ctx) => docs.create(ctx, { title: "B", content: "" })),
    ).toEqual([1, 0, 1]);
  });
  test("an update writes one row more, two if it is large, and reads nothing more", async () => {
    expect(
      await cost(docs, (ctx, id) => docs.update(ctx, { id, title: "C" })),
    ).toEqual([1, 2, 2]);
    expect(
      await cost(
        docs,
        (ctx, id) => docs.update(ctx, { id, title: "C" }),
        large,
      ),
    ).toEqual([1, 2, 3]);
  });
  test("a step, and a change of status, cost what they do without a history", async () => {
    expect(
      await cost(coalescing, (ctx, id) =>
        coalescing.update(ctx, { id, title: "C" }),
      ),
    ).toEqual([1, 2, 1]);
    expect(
      await cost(docs, (ctx, id) => docs.update(ctx, { id, isPublic: true })),
    ).toEqual([1, 2, 1]);
  });
  test("a revert", async () => {
    expect(
      await cost(docs, (ctx, id) => docs.revert(ctx, { id, to: 1 })),
    ).toEqual([2, 4, 2]);
  });
  test("a revert of a large one", async () => {
    expect(
      await cost(docs, (ctx, id) => docs.revert(ctx, { id, to: 1 }), large),
    ).toEqual([3, 5, 3]);
  });
  test("reading a revision, and a page of them", async () => {
    const get = (ctx: HostCtx, id: string) =>
      docs.getRevision(ctx, { id, version: 1 });
    expect(await cost(docs, get)).toEqual([2, 2, 0]);
    expect(await cost(docs, get, large)).toEqual([3, 3, 0]);
    const page = (ctx: HostCtx, id: string) =>
      docs.listRevisions(ctx, {
        id,
        paginationOpts: { numItems: 20, cursor: null },
      });
    expect(await cost(docs, page)).toEqual([2, 2, 0]);
  });
  test("a removal begins a task", async () => {
    expect(await cost(docs, (ctx, id) => docs.remove(ctx, { id }))).toEqual([
      3, 3, 4,
    ]);
  });
  test("a batch of a hundred", async () => {
    const t = deploy();
    const items = Array.from({ length: 100 }, (_, at) => ({
      title: `${at}`,
      content: "y",
    }));
    const { ada } = people(t);
    const { results } = await ada.mutation((ctx) =>
      docs.batchCreate(ctx, { items }),
    );
    const ids = results.map((each) => (each.ok ? each.id : ""));
    const measured = await ada.mutation(async (ctx: HostCtx) => {
      await docs.batchUpdate(ctx, { ids, updates: { title: "new" } });
      return await used(ctx);
    });
    expect(measured).toEqual([100, 200, 200]);
  });
});
