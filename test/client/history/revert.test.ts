/**
 * What a document contained comes back.
 */
import { v } from "convex/values";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { Docs, type DocumentChange } from "../../../src/client/index.js";
import {
  components,
  deploy,
  fields,
  identify,
  people,
  type HostCtx,
} from "../../support/host.js";
import {
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

describe("revert", () => {
  test("brings a content back as a new version, and keeps what it replaces", async () => {
    const t = deploy();
    const id = await make(t, { status: "published", isPublic: true });
    await edit(t, id, { title: "Two", status: "draft" });
    vi.advanceTimersByTime(1_000);
    const back = await people(t).ada.mutation((ctx) =>
      docs.revert(ctx, { id, to: 1 }),
    );
    expect(back).toEqual({ id, version: 3, left: [] });
    const now = await people(t).ada.query((ctx) => docs.get(ctx, { id }));
    expect(now).toMatchObject({ title: "One", status: "draft", version: 3 });
    expect((await list(t, id)).page).toMatchObject([
      { version: 3, kind: "revert" },
      { version: 2 },
      { version: 1 },
    ]);
    expect((await get(t, id, 2))?.fields["title"]).toBe("Two");
  });

  test("of some fields leaves the others", async () => {
    const t = deploy();
    const id = await make(t, { content: "old", summary: "s" });
    await edit(t, id, { title: "Two", content: "new", unset: ["summary"] });
    await people(t).ada.mutation((ctx) =>
      docs.revert(ctx, { id, to: 1, only: ["content"] }),
    );
    const now = await people(t).ada.query((ctx) => docs.get(ctx, { id }));
    expect(now).toMatchObject({ title: "Two", content: "old" });
    expect(now).not.toHaveProperty("summary");
    const wrong = refusal(
      people(t).ada.mutation((ctx) =>
        docs.revert(ctx, { id, to: 1, only: ["nothing" as "title"] }),
      ),
    );
    expect(blamed(await wrong)).toEqual(["only.0"]);
  });

  test("to what is there already changes nothing", async () => {
    const t = deploy();
    const id = await make(t);
    const before = await stored(t);
    expect(
      await people(t).ada.mutation((ctx) => docs.revert(ctx, { id, to: 1 })),
    ).toMatchObject({ version: 1 });
    expect(await stored(t)).toEqual(before);
  });

  test("to a version that is not kept, or from another version, is refused", async () => {
    const t = deploy();
    const id = await make(t);
    await edit(t, id, { title: "Two" });
    const before = await stored(t);
    const revert = (args: object) =>
      refusal(
        people(t).ada.mutation((ctx) =>
          docs.revert(ctx, { id, to: 1, ...args }),
        ),
      );
    expect(blamed(await revert({ to: 7 }))).toEqual(["to"]);
    expect(await revert({ ifVersion: 1 })).toMatchObject({
      code: "CONFLICT",
      expected: 1,
      actual: 2,
    });
    expect(await stored(t)).toEqual(before);
  });

  /** As the host declared its documents before, and as it does now. */
  const old = new Docs(components.docs, {
    fields: { title: v.string(), body: v.string(), color: v.string() },
    identify,
    history: { coalesce: false },
  });
  const colors = v.union(v.literal("red"), v.literal("blue"));
  const today = { title: v.string(), content: v.string(), color: colors };

  test.each([
    [
      "by validators",
      new Docs(components.docs, {
        fields: today,
        identify,
        history: { coalesce: false },
      }),
    ],
    [
      "by a schema too",
      new Docs(components.docs, {
        fields: today,
        identify,
        history: { coalesce: false },
        schema: z.strictObject({
          title: z.string().max(9),
          content: z.string(),
          color: z.string(),
        }),
      }),
    ],
  ])(
    "to what is not valid any more names every field, or leaves them: %s",
    async (_, now) => {
      const t = deploy();
      const { ada } = people(t);
      const { id } = await ada.mutation((ctx) =>
        old.create(ctx, { title: "Old", body: "words", color: "teal" }),
      );
      await ada.mutation((ctx) =>
        now.asSystem("migration").update(ctx, {
          id,
          title: "New",
          content: "more",
          color: "red",
          unset: ["body" as never],
        }),
      );
      const exact = await refusal(
        ada.mutation((ctx) => now.revert(ctx, { id, to: 1 })),
      );
      expect(blamed(exact).sort()).toEqual(["body", "color", "content"]);
      const { left, version } = await ada.mutation((ctx) =>
        now.revert(ctx, { id, to: 1, mode: "fitting" }),
      );
      expect({ left: [...left].sort(), version }).toEqual({
        left: ["body", "color", "content"],
        version: 3,
      });
      expect(await ada.query((ctx) => now.get(ctx, { id }))).toMatchObject({
        title: "Old",
        content: "more",
        color: "red",
      });
    },
  );

  test("leaves what the schema of today refuses", async () => {
    const t = deploy();
    const { ada } = people(t);
    const strict = new Docs(components.docs, {
      fields,
      identify,
      history: { coalesce: false },
      schema: z.object({ title: z.string().max(5), content: z.string() }),
    });
    const { id } = await ada.mutation((ctx) =>
      docs.create(ctx, { title: "Far too long", content: "old" }),
    );
    await ada.mutation((ctx) =>
      docs.update(ctx, { id, title: "Short", content: "new" }),
    );
    expect(
      blamed(
        await refusal(ada.mutation((ctx) => strict.revert(ctx, { id, to: 1 }))),
      ),
    ).toEqual(["title"]);
    expect(
      await ada.mutation((ctx) =>
        strict.revert(ctx, { id, to: 1, mode: "fitting" }),
      ),
    ).toMatchObject({ left: ["title"] });
    expect(await ada.query((ctx) => docs.get(ctx, { id }))).toMatchObject({
      title: "Short",
      content: "old",
    });
  });

  test("is told as one, and a throw takes back the revision and the head", async () => {
    const t = deploy();
    const told: DocumentChange<typeof fields>[] = [];
    let refuses = false;
    const listening = new Docs(components.docs, {
      fields,
      identify,
      history: {},
      onChange: (_ctx: HostCtx, change: DocumentChange<typeof fields>) => {
        told.push(change);
        if (refuses) throw new Error("no");
      },
    });
    const id = await make(t, { content: "x".repeat(5_000) });
    await edit(t, id, { title: "Two", content: "y".repeat(5_000) });
    await people(t).ada.mutation((ctx) =>
      listening.revert(ctx, { id, to: 1, only: ["title"] }),
    );
    expect(
      told.map(({ operation, after }) => [operation, after?.title]),
    ).toEqual([["revert", "One"]]);
    const before = await stored(t);
    refuses = true;
    await people(t).ada.mutation(async (ctx) => {
      vi.advanceTimersByTime(MINUTE);
      await expect(listening.revert(ctx, { id, to: 1 })).rejects.toThrow("no");
      await expect(
        listening.update(ctx, { id, title: "step" }),
      ).rejects.toThrow("no");
      await expect(
        listening.update(ctx, { id, status: "published" }),
      ).rejects.toThrow("no");
      await expect(
        listening.create(ctx, { title: "New", content: "" }),
      ).rejects.toThrow("no");
      await expect(listening.batchRemove(ctx, { ids: [id] })).rejects.toThrow(
        "no",
      );
    });
    expect(await stored(t)).toEqual(before);
    // And the next archive begins where the last one that stands ended.
    refuses = false;
    vi.advanceTimersByTime(60 * MINUTE);
    await people(t).ada.mutation((ctx) =>
      listening.update(ctx, { id, title: "Three" }),
    );
    expect((await revisions(t)).map(({ n }) => n)).toEqual([1, 2, 3]);
  });
});
