/**
 * What an edit replaces is kept.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { deploy, people } from "../../support/host.js";
import {
  coalescing,
  docs,
  edit,
  get,
  list,
  make,
  MINUTE,
  revisions,
  START,
  stored,
} from "../../support/history.js";
import { blamed, refusal } from "../../support/refusals.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(START);
});
afterEach(() => vi.useRealTimers());

describe("what is kept", () => {
  test("the first row is the present content, the others are what it replaced, the newest first", async () => {
    const t = deploy();
    const id = await make(t);
    await edit(t, id, { title: "Two" });
    await edit(t, id, { title: "Three" });
    const { page, isDone } = await list(t, id);
    expect(isDone).toBe(true);
    expect(page).toEqual([
      { version: 3, upTo: 3, by: "ada", at: START + 2_000, kind: "edit" },
      {
        version: 2,
        upTo: 2,
        by: "ada",
        at: START + 1_000,
        until: START + 2_000,
        kind: "edit",
        bytes: expect.any(Number) as number,
      },
      {
        version: 1,
        upTo: 1,
        by: "ada",
        at: START,
        until: START + 1_000,
        kind: "edit",
        bytes: expect.any(Number) as number,
      },
    ]);
    expect((await get(t, id, 1))?.fields).toEqual({
      title: "One",
      content: "",
    });
    expect((await get(t, id, 2))?.fields).toEqual({
      title: "Two",
      content: "",
    });
    expect((await get(t, id, 3))?.fields).toEqual({
      title: "Three",
      content: "",
    });
    expect(await get(t, id, 4)).toBeNull();
    expect(await get(t, id, 0)).toBeNull();
    expect(await get(t, id, NaN)).toBeNull();
  });

  test("pages meet, and only the first begins with the present content", async () => {
    const t = deploy();
    const id = await make(t);
    for (const title of ["a", "b", "c", "d"]) await edit(t, id, { title });
    const page = (cursor: string | null) =>
      people(t).ada.query((ctx) =>
        docs.listRevisions(ctx, {
          id,
          paginationOpts: { numItems: 2, cursor },
        }),
      );
    const one = await page(null);
    const two = await page(one.continueCursor);
    expect(
      [one, two].map((each) => each.page.map(({ version }) => version)),
    ).toEqual([
      [5, 4, 3],
      [2, 1],
    ]);
    expect(two.isDone).toBe(true);
  });

  test("a change of status makes no revision, and the content has both versions", async () => {
    const t = deploy();
    const id = await make(t);
    await edit(t, id, { status: "archived" });
    expect(await revisions(t)).toEqual([]);
    await edit(t, id, { title: "Two" });
    expect(await revisions(t)).toMatchObject([
      { version: 1, upTo: 2, fields: { title: "One" } },
    ]);
    expect((await get(t, id, 2))?.fields).toEqual(
      (await get(t, id, 1))?.fields,
    );
  });

  test("a large content lies apart, and comes back whole", async () => {
    const t = deploy();
    const content = "x".repeat(5_000);
    const id = await make(t, { content });
    await edit(t, id, { title: "Two", content: "" });
    const {
      revisions: [row],
      bodies,
    } = await stored(t);
    expect(row?.fields).toBeUndefined();
    expect(bodies).toHaveLength(1);
    expect((await get(t, id, 1))?.fields).toEqual({ title: "One", content });
  });

  test("one write in a batch, in a bulk operation, and by key is kept like any other", async () => {
    const t = deploy();
    const { ada } = people(t);
    const id = await make(t, { key: "k" });
    await ada.mutation((ctx) =>
      docs.batchUpdate(
        ctx,
        { ids: [id], updates: { title: "Batch" } },
        { reason: "all at once" },
      ),
    );
    await ada.mutation((ctx) =>
      docs.create(ctx, {
        key: "k",
        ifExists: "update",
        title: "Key",
        content: "",
      }),
    );
    await ada.mutation((ctx) =>
      docs.startBulk(ctx, {
        ids: [id],
        operation: "update",
        updates: { title: "Bulk" },
      }),
    );
    for (let step = 0; step < 4; step += 1) {
      vi.advanceTimersByTime(1_000);
      await t.finishInProgressScheduledFunctions();
    }
    const titles = (await revisions(t)).map((row) => [
      row.fields?.["title"] as string,
      row.reason,
    ]);
    expect(titles).toEqual([
      ["One", undefined],
      ["Batch", "all at once"],
      ["Key", undefined],
    ]);
    expect((await list(t, id)).page[0]).toMatchObject({
      version: 4,
      by: "ada",
    });
  });

  test("another page of a document is another document", async () => {
    const t = deploy();
    const [one, two] = [await make(t), await make(t)];
    await edit(t, one, { title: "A" });
    expect((await list(t, two)).page).toHaveLength(1);
  });
});

describe("edits that follow one another", () => {
  async function after(
    change: object,
    {
      ms = MINUTE,
      options = {},
      note = {},
    }: { ms?: number; options?: object; note?: object } = {},
  ) {
    const t = deploy();
    const { ada } = people(t);
    const { id } = await ada.mutation((ctx) =>
      coalescing.create(ctx, {
        title: "One",
        content: "some words",
        summary: "s",
        ...options,
      }),
    );
    vi.advanceTimersByTime(ms);
    await ada.mutation((ctx) =>
      coalescing.update(ctx, { id, ...change }, note),
    );
    return (await revisions(t)).length;
  }

  test("of one author within the time are one revision, counted from the first of them", async () => {
    expect(await after({ title: "Two" })).toBe(0);
    expect(await after({ title: "Two" }, { ms: 5 * MINUTE - 1 })).toBe(0);
    expect(await after({ title: "Two" }, { ms: 5 * MINUTE })).toBe(1);
    const t = deploy();
    const id = await make(t);
    for (let edits = 0; edits < 10; edits += 1) {
      vi.advanceTimersByTime(MINUTE);
      await people(t).ada.mutation((ctx) =>
        coalescing.update(ctx, { id, title: `${edits}` }),
      );
    }
    // The run begins with version 1, and again at minutes 5 and 10.
    expect((await revisions(t)).map(({ version }) => version)).toEqual([5, 10]);
    expect(await get(t, id, 5)).toMatchObject({ fields: { title: "3" } });
    expect(await get(t, id, 4)).toBeNull();
  });

  test("that drop a field, or more than half, keep what was there", async () => {
    expect(await after({ unset: ["summary"] })).toBe(1);
    expect(
      await after({ content: "" }, { options: { content: "x".repeat(200) } }),
    ).toBe(1);
  });

  test("for another reason, or after a publication, are revisions of their own", async () => {
    expect(await after({ title: "Two" }, { note: { reason: "legal" } })).toBe(
      1,
    );
    expect(
      await after({ title: "Two" }, { options: { status: "published" } }),
    ).toBe(1);
  });

  test("of somebody else are too", async () => {
    const t = deploy();
    const { id } = await people(t).ada.mutation((ctx) =>
      coalescing.create(ctx, { title: "One", content: "" }),
    );
    await t.mutation((ctx) =>
      coalescing.asSystem("import").update(ctx, { id, title: "Two" }),
    );
    expect(await revisions(t)).toMatchObject([
      { by: "ada", fields: { title: "One" } },
    ]);
    expect((await list(t, id)).page[0]?.by).toBeNull();
  });

  test("after a name keep what is named", async () => {
    const t = deploy();
    const { ada } = people(t);
    const { id } = await ada.mutation((ctx) =>
      coalescing.create(ctx, { title: "One", content: "" }),
    );
    await ada.mutation((ctx) =>
      coalescing.nameRevision(ctx, { id, version: 1, name: "first" }),
    );
    await ada.mutation((ctx) => coalescing.update(ctx, { id, title: "Two" }));
    expect(await revisions(t)).toMatchObject([{ version: 1, name: "first" }]);
  });
});

describe("names", () => {
  test("stay through edits, bring no version, and can be taken back", async () => {
    const t = deploy();
    const id = await make(t);
    const name = (version: number, text: string | null) =>
      people(t).ada.mutation((ctx) =>
        docs.nameRevision(ctx, { id, version, name: text }),
      );
    await name(1, "first");
    await edit(t, id, { title: "Two" });
    await name(2, "second");
    expect((await list(t, id)).page).toMatchObject([
      { version: 2, name: "second" },
      { version: 1, name: "first" },
    ]);
    expect(
      (await people(t).ada.query((ctx) => docs.get(ctx, { id })))?.version,
    ).toBe(2);
    await name(1, null);
    await name(2, null);
    const { page } = await list(t, id);
    expect(page.some((row) => row.name !== undefined)).toBe(false);
    expect((await stored(t)).documents[0]?.head?.named).toBe(0);
  });

  test("that are empty, too long, of nothing, or too many are refused", async () => {
    const t = deploy();
    const id = await make(t);
    const name = (text: string, version = 1) =>
      people(t).ada.mutation((ctx) =>
        docs.nameRevision(ctx, { id, version, name: text }),
      );
    expect(blamed(await refusal(name(" ")))).toEqual(["name"]);
    expect(blamed(await refusal(name("x".repeat(257))))).toEqual(["name"]);
    expect(blamed(await refusal(name("x", 9)))).toEqual(["version"]);
    for (let version = 1; version <= 200; version += 1) {
      await name(`${version}`, version);
      await edit(t, id, { title: `v${version}` });
    }
    expect(blamed(await refusal(name("one more", 201)))).toEqual(["name"]);
    // A new name for what has one is none more.
    await name("renamed", 200);
  });
});
