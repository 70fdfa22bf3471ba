/**
 * What sharing costs: index ranges / documents read / documents written.
 */
import { v } from "convex/values";
import { describe, expect, test } from "vitest";
import { measure, type Usage } from "../../../bench/engine/usage.js";
import { Docs } from "../../../src/client/index.js";
import { components, type HostCtx } from "../../support/host.js";
import {
  cast,
  docs,
  fields,
  made,
  options,
  plain,
  principals,
  world,
} from "./world.js";

type Cast = ReturnType<typeof cast>;
type Using = typeof plain | typeof docs;

const short = ({ indexRanges, documentsRead, documentsWritten }: Usage) =>
  `${indexRanges}/${documentsRead}/${documentsWritten}`;

async function cost(
  who: Cast["ada"] | Cast["t"],
  run: (ctx: HostCtx) => Promise<unknown>,
): Promise<string> {
  let used: Usage | undefined;
  await who.mutation(async (ctx) => {
    used = await measure(ctx, run);
  });
  return used ? short(used) : "";
}

/** What Bob pays who acts by so many names, the last of which was given an editor's role in what Ada owns. */
async function costs(using: Using, names: number) {
  const c = cast();
  const teams = Array.from({ length: names - 1 }, (_, n) => `team:${n}`);
  world.held = { bob: teams };
  const through = ["bob", ...teams];
  const principal = through.at(-1)!;
  const id = await made(c);
  const share = (ctx: HostCtx, one: string, given = id) =>
    using.share(ctx, { id: given, principal: one, role: "editor" });
  const found = {
    "share, the first": await cost(c.ada, (ctx) => share(ctx, principal)),
    "share, the second": await cost(c.ada, (ctx) => share(ctx, "x")),
    "share 10 at once": await cost(c.ada, (ctx) => {
      const members = Array.from({ length: 10 }, (_, n) => ({
        principal: `u${n}`,
        role: "viewer" as const,
      }));
      return using.share(ctx, { id, members });
    }),
    "get own": await cost(c.ada, (ctx) => using.get(ctx, { id })),
    "update own": await cost(c.ada, (ctx) =>
      using.update(ctx, { id, title: "A" }),
    ),
    "get, member": await cost(c.bob, (ctx) => using.get(ctx, { id })),
    // It leaves his id, and a row says so.
    "update, member, the first": await cost(c.bob, (ctx) =>
      using.update(ctx, { id, title: "B" }),
    ),
    "update, member": await cost(c.bob, (ctx) =>
      using.update(ctx, { id, title: "C" }),
    ),
    members: await cost(c.ada, (ctx) => using.members(ctx, { id })),
    unshare: await cost(c.ada, (ctx) =>
      using.unshare(ctx, { id, principal: "x" }),
    ),
    "get, stranger, not shared": "",
    "listShared, page of 20": "",
  };
  const unshared = await made(c);
  found["get, stranger, not shared"] = await cost(c.bob, (ctx) =>
    using.get(ctx, { id: unshared }),
  );
  for (let n = 0; n < 40; n++) {
    const one = await made(c);
    await c.ada.mutation((ctx) => share(ctx, through[n % names]!, one));
  }
  found["listShared, page of 20"] = await cost(c.bob, async (ctx) => {
    const paginationOpts = { numItems: 20, cursor: null };
    const { page } = await using.listShared(ctx, { paginationOpts });
    expect(page).toHaveLength(20);
  });
  return found;
}

const owners = {
  "share, the first": "2/2/2",
  "share, the second": "2/2/1",
  "share 10 at once": "2/3/10",
  "get own": "1/1/0",
  "update own": "1/2/1",
  members: "2/13/0",
};

test("people alone", async () => {
  expect(await costs(plain, 1)).toEqual({
    ...owners,
    "get, member": "2/2/0",
    "update, member, the first": "3/3/2",
    "update, member": "2/3/1",
    unshare: "4/4/1",
    "get, stranger, not shared": "1/1/0",
    "listShared, page of 20": "21/41/0",
  });
});

test.each([
  [1, "2/3/0", "3/4/2", "2/4/1", "21/41/0"],
  [4, "5/3/0", "3/15/2", "2/15/1", "84/44/0"],
  [16, "17/3/0", "3/15/2", "2/15/1", "336/56/0"],
])(
  "people who act by %i names: the document once more, for they are asked about only then",
  async (names, get, first, update, list) => {
    expect(await costs(docs, names)).toEqual({
      ...owners,
      "get, member": get,
      "update, member, the first": first,
      "update, member": update,
      unshare: "4/4/1",
      "get, stranger, not shared": "1/2/0",
      "listShared, page of 20": list,
    });
  },
);

test("by a link: as a member who acts by one name; a token that is none costs a look at most", async () => {
  const c = cast();
  const id = await made(c);
  const { token } = await c.ada.mutation((ctx) =>
    plain.createLink(ctx, { id, role: "editor" }),
  );
  const get = (who: Cast["ada"] | Cast["t"], one: string) =>
    cost(who, (ctx) => plain.withLink(one).get(ctx, { id }));
  expect(await get(c.t, token)).toBe("2/2/0");
  expect(await get(c.t, "A".repeat(43))).toBe("2/1/0");
  expect(await get(c.t, "x")).toBe("1/1/0");
  expect(await get(c.ada, token)).toBe("1/1/0");
  expect(await get(c.bob, token)).toBe("3/2/0");
  let count = 0;
  const update = (ctx: HostCtx) =>
    plain.withLink(token).update(ctx, { id, title: `${(count += 1)}` });
  expect(await cost(c.bob, update)).toBe("4/3/2");
  expect(await cost(c.bob, update)).toBe("3/3/1");
  const create = (ctx: HostCtx) =>
    plain.createLink(ctx, { id, role: "viewer" });
  expect(await cost(c.ada, create)).toBe("2/2/1");
  const { links } = await c.ada.query((ctx) => plain.members(ctx, { id }));
  const revoke = (ctx: HostCtx) =>
    plain.revokeLink(ctx, { id, linkId: links[1]?.linkId ?? "" });
  expect(await cost(c.ada, revoke)).toBe("3/4/1");
  expect(
    await cost(c.ada, (ctx) => plain.transfer(ctx, { id, to: "eve" })),
    // The grant of the new owner, the links, what is left, and the contribution of the old one.
  ).toBe("6/5/4");
});

test("a hundred of others' documents by sixteen names, in one batch: half of a transaction at most", async () => {
  const c = cast();
  const teams = Array.from({ length: 15 }, (_, n) => `team:${n}`);
  world.held = { bob: teams };
  const ids: string[] = [];
  for (let n = 0; n < 100; n++) {
    const id = await made(c);
    ids.push(id);
    const members = [...Array(9).keys()].map((m) => ({
      principal: `u${m}`,
      role: "viewer" as const,
    }));
    await c.ada.mutation((ctx) =>
      docs.share(ctx, {
        id,
        members: [...members, { principal: "team:14", role: "editor" }],
      }),
    );
  }
  const used = await cost(c.bob, (ctx) =>
    docs.batchUpdate(ctx, { ids, updates: { title: "X" } }),
  );
  // The document, its ten grants, the row that a patch replaces, and what says that his id is left there; and the first eight
  // for the user alone.
  expect(used).toBe("300/1208/200");
}, 30_000);

test("without sharing there is no row and no range", async () => {
  const c = cast();
  const { sharing: _sharing, ...rest } = options;
  const off = new Docs(components.docs, { ...rest, fields, trash: false });
  let id = "";
  expect(
    await cost(c.ada, async (ctx) => {
      ({ id } = await off.create(ctx, { title: "A" }));
    }),
  ).toBe(await cost(c.ada, (ctx) => plain.create(ctx, { title: "A" })));
  const found = {
    "update own": await cost(c.ada, (ctx) =>
      off.update(ctx, { id, title: "B" }),
    ),
    "get own": await cost(c.ada, (ctx) => off.get(ctx, { id })),
    "get, stranger": await cost(c.bob, (ctx) => off.get(ctx, { id })),
    transfer: await cost(c.ada, (ctx) => off.transfer(ctx, { id, to: "bob" })),
    remove: await cost(c.bob, (ctx) => off.remove(ctx, { id })),
  };
  expect(found).toEqual({
    "update own": "1/2/1",
    "get own": "1/1/0",
    "get, stranger": "1/1/0",
    transfer: "1/2/1",
    remove: "1/2/1",
  });
});

describe("with views, a history and what is published beside, in as many places as the design counts with", () => {
  const full = new Docs(components.docs, {
    ...options,
    principals,
    fields: { ...fields, tags: v.array(v.string()) },
    history: { coalesce: false },
    workingCopy: true,
    views: {
      byTitle: ["title"],
      byBody: ["body"],
      byTag: { each: "tags", by: ["title"] },
    },
  });
  const tags = ["a", "b", "c", "d"];
  const live = { status: "published", isPublic: true } as const;
  /** Twelve places in lists each, six of its owner's and six of everybody's. */
  const draft = { title: "T", body: "B", tags, ...live };

  /** Shared with so many people, and by so many links, once it is ahead of what is published. */
  async function ahead(c: Cast, members: number, links: number) {
    return await c.ada.mutation(async (ctx) => {
      const { id } = await full.create(ctx, draft);
      await full.share(ctx, {
        id,
        members: Array.from({ length: members }, (_, n) => ({
          principal: n === 0 ? "eve" : `u${n}`,
          role: "viewer" as const,
        })),
      });
      for (let n = 0; n < links; n++)
        await full.createLink(ctx, { id, role: "viewer" });
      await full.update(ctx, { id, title: "U" });
      return id;
    });
  }
  const within = async (
    who: Cast["ada"],
    most: [ranges: number, read: number, written: number],
    run: (ctx: HostCtx) => Promise<unknown>,
  ) => {
    const used = (await cost(who, run)).split("/").map(Number);
    const over = used.filter((amount, at) => amount > most[at]!);
    expect([used, over]).toEqual([used, []]);
  };

  test.each([
    [10, 2, [25, 46, 19]],
    [100, 20, [43, 172, 37]],
  ] as const)(
    "a transfer, with %i members and %i links",
    async (members, links, most) => {
      const c = cast();
      const id = await ahead(c, members, links);
      await within(c.ada, [...most], (ctx) =>
        full.transfer(ctx, { id, to: "eve" }),
      );
    },
  );

  test("the first edit after publishing of ten documents of another's, by sixteen names", async () => {
    const c = cast();
    const teams = Array.from({ length: 15 }, (_, n) => `team:${n}`);
    world.held = { bob: teams };
    const principal = teams.at(-1)!;
    const ids: string[] = [];
    await c.ada.mutation(async (ctx) => {
      for (let n = 0; n < 10; n++) {
        const { id } = await full.create(ctx, draft);
        await full.share(ctx, { id, principal, role: "editor" });
        ids.push(id);
      }
    });
    const updates = { title: "U", body: "C", tags: ["e", "f", "g", "h"] };
    await within(c.bob, [121, 311, 121], (ctx) =>
      full.batchUpdate(ctx, { ids, updates }),
    );
  });
});
