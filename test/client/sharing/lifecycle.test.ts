/**
 * What becomes of grants: in the trash, with a deletion, a transfer, at their end, and when a call is taken back.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Docs, type SharingChange } from "../../../src/client/index.js";
import { omitUndefined } from "../../../src/shared/omitUndefined.js";
import { components, type HostCtx } from "../../support/host.js";
import { inComponent, row, rows } from "../../support/stored.js";
import {
  cast,
  DAY,
  docs,
  forGood,
  grants,
  made,
  options,
  paginationOpts,
} from "./world.js";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

type Cast = ReturnType<typeof cast>;

async function share(c: Cast, id: string, ...principals: string[]) {
  const members = principals.map((principal) => ({
    principal,
    role: "editor" as const,
  }));
  await c.ada.mutation((ctx) => docs.share(ctx, { id, members }));
}
async function pass(c: Cast, ms: number) {
  await vi.advanceTimersByTimeAsync(ms);
  await c.t.finishInProgressScheduledFunctions();
}
const sees = async (who: Cast["bob"], id: string) =>
  (await who.query((ctx) => docs.get(ctx, { id }))) !== null;
const names = async ({ t }: Cast) =>
  (await grants(t)).map(({ principal }) => principal);
const tasks = (c: Cast) =>
  inComponent(c.t, (ctx) => ctx.db.query("tasks").take(100));

test("in the trash nothing granted counts; out of it, it does again", async () => {
  const c = cast();
  const id = await made(c);
  await share(c, id, "bob");
  await c.ada.mutation((ctx) => docs.remove(ctx, { id }));
  expect(await sees(c.bob, id)).toBe(false);
  const { page } = await c.bob.query((ctx) =>
    docs.listShared(ctx, { paginationOpts }),
  );
  expect(page).toEqual([]);
  for (const operation of ["restore", "purge"] as const) {
    await expect(
      c.bob.mutation((ctx) => docs[operation](ctx, { id })),
    ).rejects.toThrow("NOT_FOUND");
  }
  await c.ada.mutation((ctx) => docs.restore(ctx, { id }));
  expect(await sees(c.bob, id)).toBe(true);
});

test("with the document its grants go, in one task a call, and with no trace", async () => {
  const c = cast();
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) ids.push(await made(c));
  for (const id of ids) await share(c, id, "bob", "cy");
  const kept = await made(c);
  await share(c, kept, "bob");
  const unshared = await made(c);
  await c.ada.mutation((ctx) =>
    forGood.batchRemove(ctx, { ids: [...ids, unshared] }),
  );
  expect(await tasks(c)).toHaveLength(1);
  for (const id of ids) expect(await sees(c.bob, id)).toBe(false);
  await pass(c, 1000);
  expect(await names(c)).toEqual(["bob"]);
  expect(await tasks(c)).toEqual([]);
});

test("hundreds of grants go in steps", async () => {
  const c = cast();
  const ids: string[] = [];
  const many = Array.from({ length: 70 }, (_, n) => `u${n}`);
  for (let n = 0; n < 4; n++) {
    const id = await made(c);
    ids.push(id);
    await share(c, id, ...many);
  }
  await c.ada.mutation((ctx) => forGood.batchRemove(ctx, { ids }));
  await pass(c, 60_000);
  expect(await names(c)).toEqual([]);
});

test("a purge takes the grants that rested in the trash", async () => {
  const c = cast();
  const id = await made(c);
  await share(c, id, "bob");
  await c.ada.mutation((ctx) => docs.remove(ctx, { id }));
  await c.ada.mutation((ctx) => docs.purge(ctx, { id }));
  await pass(c, 1000);
  expect(await names(c)).toEqual([]);
});

test("a clean-up takes the grants with the documents", async () => {
  const c = cast();
  const id = await made(c);
  await share(c, id, "bob", "cy");
  const { cleanupOldDrafts } = forGood.retention({
    policies: [{ status: "draft", olderThan: { days: 1 } }],
  });
  await pass(c, 2 * DAY);
  await c.t.mutation((ctx) =>
    (
      cleanupOldDrafts as unknown as {
        _handler: (ctx: unknown, args: object) => Promise<unknown>;
      }
    )._handler(ctx, {}),
  );
  await pass(c, 60_000);
  expect(await rows(c.t)).toEqual([]);
  expect(await names(c)).toEqual([]);
});

test("a transfer keeps the members, and drops what the new owner was given", async () => {
  const c = cast();
  const id = await made(c);
  await share(c, id, "bob", "cy");
  await c.ada.mutation((ctx) => docs.transfer(ctx, { id, to: "bob" }));
  expect(await names(c)).toEqual(["cy"]);
  expect(await sees(c.ada, id)).toBe(false);
  expect(await sees(c.cy, id)).toBe(true);
  await c.bob.mutation((ctx) => docs.transfer(ctx, { id, to: "eve" }));
  // The grant that Bob once had is not his again.
  expect(await sees(c.bob, id)).toBe(false);
  await c.eve.mutation((ctx) => docs.transfer(ctx, { id, to: "cy" }));
  expect(await names(c)).toEqual([]);
  expect(await row(c.t, id)).not.toHaveProperty("shared");
});

test("a grant that ends is refused by the clock, in the same millisecond, and deleted for live queries", async () => {
  const c = cast();
  const id = await made(c);
  const expiresAt = Date.now() + DAY;
  await c.ada.mutation((ctx) =>
    docs.share(ctx, { id, principal: "bob", role: "editor", expiresAt }),
  );
  vi.setSystemTime(expiresAt - 1);
  expect(await sees(c.bob, id)).toBe(true);
  vi.setSystemTime(expiresAt);
  expect(await sees(c.bob, id)).toBe(false);
  await expect(
    c.bob.mutation((ctx) => docs.update(ctx, { id, title: "X" })),
  ).rejects.toThrow("NOT_FOUND");
  const { page } = await c.bob.query((ctx) =>
    docs.listShared(ctx, { paginationOpts }),
  );
  expect(page).toEqual([]);
  expect(await names(c)).toEqual(["bob"]);
  await pass(c, DAY + 60_000);
  expect(await names(c)).toEqual([]);
  expect(await row(c.t, id)).not.toHaveProperty("shared");
  expect(await tasks(c)).toEqual([]);
});

test("what was given longer does not end with the shorter time, and each of several ends at its own", async () => {
  const c = cast();
  const id = await made(c);
  const end = Date.now() + DAY;
  const give = (expiresAt: number | null, ...principals: string[]) => {
    const members = principals.map((principal) => ({
      principal,
      role: "viewer" as const,
      expiresAt,
    }));
    return c.ada.mutation((ctx) => docs.share(ctx, { id, members }));
  };
  await give(end, "bob", "cy", "eve");
  await give(end + DAY, "bob");
  await give(null, "eve");
  await pass(c, DAY + 60_000);
  expect(await names(c)).toEqual(["bob", "eve"]);
  await pass(c, DAY + 60_000);
  expect(await names(c)).toEqual(["eve"]);
  expect(await sees(c.eve, id)).toBe(true);
});

test("a grant that is over and given anew is a new one: without the old end, and in place of today", async () => {
  const c = cast();
  const [old, other] = [await made(c), await made(c)];
  const expiresAt = Date.now() + 1000;
  const give = (id: string, more = {}) =>
    c.ada.mutation((ctx) =>
      docs.share(ctx, { id, principal: "bob", role: "viewer", ...more }),
    );
  await give(old, { expiresAt });
  await give(other);
  vi.setSystemTime(expiresAt + 1);
  await give(old);
  await pass(c, 3 * DAY);
  const { page } = await c.bob.query((ctx) =>
    docs.listShared(ctx, { paginationOpts }),
  );
  expect(page.map(({ document }) => document._id)).toEqual([old, other]);
});

/** Refuses a change whose document has this title, or is gone. */
const told = new Docs(components.docs, {
  ...options,
  trash: false,
  onChange: (_ctx, { operation, after }) => {
    if (operation === "remove" || after?.ownerId === "boom") {
      throw new Error("no");
    }
  },
});

test("a removal and a transfer that onChange refuses leave every grant as it was, even if the host catches it", async () => {
  const c = cast();
  const id = await made(c);
  await share(c, id, "bob", "boom");
  const before = [await grants(c.t), await row(c.t, id)];
  await c.ada.mutation(async (ctx) => {
    await expect(told.remove(ctx, { id })).rejects.toThrow("no");
    await expect(told.transfer(ctx, { id, to: "boom" })).rejects.toThrow("no");
  });
  await pass(c, 60_000);
  // Where ids are looked for is noted once too often rather than once too seldom.
  const { contributed, ...after } = (await row(c.t, id))!;
  expect(contributed).toBe(true);
  expect([await grants(c.t), after]).toEqual(before);
  expect(await sees(c.bob, id)).toBe(true);
});

test("a removal and a transfer that onChange hears of do what they do without it", async () => {
  const c = cast();
  const [gone, given] = [await made(c), await made(c)];
  await share(c, gone, "bob");
  await share(c, given, "bob", "cy");
  const heard = new Docs(components.docs, {
    ...options,
    trash: false,
    onChange: () => undefined,
  });
  await c.ada.mutation((ctx) => heard.remove(ctx, { id: gone }));
  await c.ada.mutation((ctx) => heard.transfer(ctx, { id: given, to: "cy" }));
  expect(
    (await grants(c.t)).filter(({ documentId }) => documentId === given),
  ).toMatchObject([{ principal: "bob" }]);
  await pass(c, 60_000);
  expect(await names(c)).toEqual(["bob"]);
});

describe("what a transfer takes away", () => {
  /** Shared with Bob, the new owner, and Cy, who stays, and by a link. */
  async function world() {
    const c = cast();
    const id = await made(c);
    await share(c, id, "bob", "cy");
    const { linkId, token } = await c.ada.mutation((ctx) =>
      docs.createLink(ctx, { id, role: "viewer" }),
    );
    const heard: unknown[] = [];
    const onShare = (_ctx: unknown, change: SharingChange) => {
      heard.push(change);
    };
    const by = { operation: "transfer", documentId: id, userId: "ada" };
    const told = [
      { ...by, principal: "bob", role: null },
      { ...by, principal: null, linkId, role: null },
    ];
    return { c, id, token, heard, onShare, told };
  }

  test("onShare hears of it once, with onChange and without, and what it throws takes the transfer back", async () => {
    for (const onChange of [undefined, () => undefined]) {
      const { c, id, token, heard, onShare, told } = await world();
      const hooks = { ...options, onShare, ...omitUndefined({ onChange }) };
      const sorted = async () => (await names(c)).sort();
      const before = [await sorted(), await row(c.t, id)];
      const refusing = new Docs(components.docs, {
        ...hooks,
        onShare: (ctx, change) => {
          onShare(ctx, change);
          if (heard.length === told.length) throw new Error("no");
        },
      });
      await c.ada.mutation(async (ctx) => {
        const moved = refusing.transfer(ctx, { id, to: "bob" });
        await expect(moved).rejects.toThrow("no");
      });
      expect(heard).toEqual(told);
      const { contributed: _, ...after } = (await row(c.t, id))!;
      expect([await sorted(), after]).toEqual(before);
      const opened = await c.t.query((ctx) =>
        docs.withLink(token).get(ctx, { id }),
      );
      expect(opened).not.toBeNull();

      heard.length = 0;
      const hearing = new Docs(components.docs, hooks);
      await c.ada.mutation((ctx) => hearing.transfer(ctx, { id, to: "bob" }));
      // The link is another row since it was taken back.
      const link = { ...told[1], linkId: expect.any(String) as string };
      expect(heard).toEqual([told[0], link]);
      expect(await names(c)).toEqual(["cy"]);
      // Nothing more to take away.
      await c.bob.mutation((ctx) => hearing.transfer(ctx, { id, to: "eve" }));
      expect(heard).toHaveLength(told.length);
      const inAction = (ctx: unknown) =>
        hearing.transfer(ctx as never, { id, to: "ada" });
      const eve = c.as("eve");
      await expect(eve.action(inAction)).rejects.toThrow("an action has none");
    }
  });

  test("onShare hears of the transfer of a hook's own, and what is over it is not told of", async () => {
    const { c, id, heard, onShare, told } = await world();
    const hearing = new Docs(components.docs, { ...options, onShare });
    const passing = new Docs(components.docs, {
      ...options,
      onChange: async (ctx: HostCtx, { operation }) => {
        if (operation !== "update") return;
        await hearing.transfer(ctx, { id, to: "bob" });
        expect(heard).toEqual([]);
      },
    });
    const expiresAt = Date.now() + 1_000;
    await c.ada.mutation((ctx) =>
      docs.createLink(ctx, { id, role: "viewer", expiresAt }),
    );
    vi.setSystemTime(expiresAt);
    await c.ada.mutation((ctx) => passing.update(ctx, { id, title: "Hers" }));
    expect(heard).toEqual(told);
    expect(await names(c)).toEqual(["cy"]);
  });
});

test("what the hook has shared of a document whose creation it then refuses is gone", async () => {
  const c = cast();
  const sharing = new Docs(components.docs, {
    ...options,
    onChange: async (ctx: Parameters<typeof docs.share>[0], { after }) => {
      const id = after?._id ?? "";
      await docs.as("ada").share(ctx, { id, principal: "bob", role: "viewer" });
      throw new Error("no");
    },
  });
  await c.ada.mutation(async (ctx) => {
    await expect(sharing.create(ctx, { title: "N" })).rejects.toThrow("no");
  });
  await pass(c, 60_000);
  expect(await rows(c.t)).toEqual([]);
  expect(await names(c)).toEqual([]);
});
