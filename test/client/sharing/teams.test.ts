/**
 * Documents that a team owns: who creates, lists, changes and gives them away, by what the host says of each member, for as long as
 * it says so.
 */
import { v } from "convex/values";
import { expect, test, vi } from "vitest";
import { Docs } from "../../../src/client/index.js";
import { components, deploy } from "../../support/host.js";
import { refused } from "../../support/refusals.js";
import { inComponent, row, rows } from "../../support/stored.js";
import {
  cast,
  docs,
  fields,
  options,
  paginationOpts,
  principals,
  world,
} from "./world.js";

const ownerId = "team:7";

/** Ada leads the team, Bob works in it, Cy looks on, and Eve is in none. */
function team() {
  const c = cast();
  world.held = {
    ada: [{ id: ownerId, upTo: "owner" }],
    bob: [ownerId],
    cy: [{ id: ownerId, upTo: "viewer" }],
  };
  return c;
}
type Cast = ReturnType<typeof team>;

async function ofTeam({ ada }: Cast, title = "T"): Promise<string> {
  const made = await ada.mutation((ctx) =>
    everything.create(ctx, { title, ownerId }),
  );
  return made.id;
}

/** Everything by which all documents of an owner can be told, with the numbers of what is told. */
async function told(who: Cast["bob"], using = everything) {
  return await who.query(async (ctx) => ({
    list: (await using.list(ctx, { ownerId, paginationOpts })).page.length,
    view: (await using.list(ctx, { ownerId, view: "byTitle", paginationOpts }))
      .page.length,
    trash: (await using.listTrash(ctx, { ownerId, paginationOpts })).page
      .length,
    count: (await using.count(ctx, { ownerId })).count,
    countOfView: (await using.count(ctx, { ownerId, view: "byTitle" })).count,
    search: (await using.search(ctx, { ownerId, query: "Plan" })).length,
    key: (await using.getByKey(ctx, { ownerId, key: "k" })) !== null,
    unique:
      (await using.getBy(ctx, {
        ownerId,
        view: "bySlug",
        where: { slug: "s" },
      })) !== null,
  }));
}
const NOTHING = {
  list: 0,
  view: 0,
  trash: 0,
  count: 0,
  countOfView: 0,
  search: 0,
  key: false,
  unique: false,
};

const declared = {
  ...options,
  fields: { ...fields, slug: v.optional(v.string()) },
  principals,
  views: {
    byTitle: ["title"],
    bySlug: { by: ["slug"], unique: true },
  },
} as const;
const everything = new Docs(components.docs, {
  ...declared,
  search: ["title"],
});
const hooked = new Docs(components.docs, {
  ...declared,
  search: ["title"],
  access: (_ctx, { byDefault }) => byDefault,
});

test("what a team owns is in the team's lists for each of its members, and in nobody's own", async () => {
  const c = team();
  const all = { title: "Plan", key: "k", slug: "s", ownerId };
  await c.ada.mutation((ctx) => everything.create(ctx, all));
  const { id } = await c.bob.mutation((ctx) =>
    everything.create(ctx, { title: "Plan B", ownerId }),
  );
  expect(await row(c.t, id)).toMatchObject({ ownerId });
  const { id: gone } = await c.ada.mutation((ctx) =>
    everything.create(ctx, { title: "Plan C", ownerId }),
  );
  await c.ada.mutation((ctx) => everything.remove(ctx, { id: gone }));
  const seen = {
    list: 2,
    view: 2,
    trash: 0,
    count: 2,
    countOfView: 2,
    search: 2,
    key: true,
    unique: true,
  };
  for (const using of [everything, hooked]) {
    // The trash is its owner's alone.
    expect(await told(c.ada, using)).toEqual({ ...seen, trash: 1 });
    expect(await told(c.bob, using)).toEqual(seen);
    expect(await told(c.cy, using)).toEqual(seen);
    expect(await told(c.eve, using)).toEqual(NOTHING);
  }
  const mine = await c.bob.query((ctx) =>
    everything.list(ctx, { paginationOpts }),
  );
  expect(mine.page).toEqual([]);
});

test("who leaves the team has an empty list from the next call on, and no error", async () => {
  const c = team();
  const id = await ofTeam(c);
  world.held = {};
  for (const using of [everything, hooked]) {
    expect(await told(c.bob, using)).toEqual(NOTHING);
    expect(await told(c.ada, using)).toEqual(NOTHING);
  }
  expect(await c.bob.query((ctx) => docs.get(ctx, { id }))).toBeNull();
  const { code } = await refused(c.t, () =>
    c.bob.mutation((ctx) => docs.update(ctx, { id, title: "X" })),
  );
  expect(code).toBe("NOT_FOUND");
});

test("the page of a list that goes on ends, too, when its reader leaves the team", async () => {
  const c = team();
  for (const title of ["A", "B", "C"]) await ofTeam(c, title);
  const page = (endCursor?: string) =>
    c.bob.query((ctx) =>
      docs.list(ctx, {
        ownerId,
        paginationOpts: {
          numItems: 2,
          cursor: null,
          ...(endCursor === undefined ? {} : { endCursor }),
        },
      }),
    );
  const first = await page();
  expect(first).toMatchObject({ isDone: false });
  world.held = {};
  expect(await page(first.continueCursor)).toMatchObject({
    page: [],
    continueCursor: first.continueCursor,
  });
  expect(await page()).toMatchObject({ page: [], isDone: true });
});

test("each member may what the host says: a bare name is an editor's", async () => {
  const c = team();
  const id = await ofTeam(c);
  const no = async (who: Cast["bob"], run: (ctx: never) => Promise<unknown>) =>
    (await refused(c.t, () => who.mutation((ctx) => run(ctx as never)))).code;
  await c.bob.mutation((ctx) => docs.update(ctx, { id, title: "X" }));
  const managing = [
    (ctx: never) => docs.remove(ctx, { id }),
    (ctx: never) => docs.share(ctx, { id, principal: "eve", role: "viewer" }),
    (ctx: never) => docs.members(ctx, { id }),
    (ctx: never) => docs.update(ctx, { id, isPublic: true }),
    (ctx: never) => docs.transfer(ctx, { id, to: "bob" }),
  ];
  for (const run of managing) expect(await no(c.bob, run)).toBe("FORBIDDEN");
  const edit = (ctx: never) => docs.update(ctx, { id, title: "Y" });
  expect(await no(c.cy, edit)).toBe("FORBIDDEN");
  expect(await no(c.eve, edit)).toBe("NOT_FOUND");
  expect(await c.cy.query((ctx) => docs.get(ctx, { id }))).toMatchObject({
    title: "X",
  });
  world.held["bob"] = [{ id: ownerId, upTo: "manager" }];
  await c.bob.mutation((ctx) =>
    docs.share(ctx, { id, principal: "eve", role: "viewer" }),
  );
  await c.bob.mutation((ctx) => docs.remove(ctx, { id }));
  // What is in the trash is nobody's to see but the owner's.
  expect(await no(c.bob, (ctx) => docs.restore(ctx, { id }))).toBe("NOT_FOUND");
  await c.ada.mutation((ctx) => docs.restore(ctx, { id }));
});

test("a document is given to a team and taken from it by who may give it away", async () => {
  const c = team();
  const { id } = await c.bob.mutation((ctx) =>
    docs.create(ctx, { title: "Mine", key: "k" }),
  );
  await c.bob.mutation((ctx) => docs.transfer(ctx, { id, to: ownerId }));
  expect(await row(c.t, id)).toMatchObject({ ownerId, isPublic: false });
  expect(await c.cy.query((ctx) => docs.get(ctx, { id }))).not.toBeNull();
  // He made it, and is an editor of it now like everybody in the team.
  const { code } = await refused(c.t, () =>
    c.bob.mutation((ctx) => docs.transfer(ctx, { id, to: "bob" })),
  );
  expect(code).toBe("FORBIDDEN");
  await c.ada.mutation((ctx) => docs.transfer(ctx, { id, to: "bob" }));
  expect(await row(c.t, id)).toMatchObject({ ownerId: "bob" });
});

test.each([
  [{ secret: "S" }, ["secret"]],
  [{ isPublic: true, status: "published" as const }, ["status", "isPublic"]],
  [{ pinned: true }, ["pinned"]],
  [{ expiresAt: Date.now() + 1e9 }, ["expiresAt"]],
  [{ key: "k" }, ["key"]],
  [{ slug: "s" }, ["slug"]],
])(
  "in a team's name one sets what one could write of what is the team's: %j is not an editor's",
  async (more, names) => {
    const c = team();
    const ruled = {
      ...declared,
      fields: { ...declared.fields, secret: v.optional(v.string()) },
      readable: { editor: ["title", "body", "slug"] },
    } as const;
    const plain = new Docs(components.docs, ruled);
    const told = new Docs(components.docs, { ...ruled, onChange: () => {} });
    for (const using of [plain, told]) {
      const create = (who: Cast["bob"]) => () =>
        who.mutation((ctx) =>
          using.create(ctx, { title: "T", ownerId, ...more }),
        );
      const data = await refused(c.t, create(c.bob));
      expect(data).toMatchObject({ code: "VALIDATION_FAILED" });
      const { issues } = data as unknown as { issues: { path: string }[] };
      expect(issues.map(({ path }) => path).sort()).toEqual(names.sort());
    }
    await c.ada.mutation((ctx) =>
      plain.create(ctx, { title: "T", ownerId, ...more }),
    );
  },
);

test("for whom one may not act is answered alike, whether there is such a team or not", async () => {
  const c = team();
  await ofTeam(c);
  const answers = new Set<string>();
  for (const one of [ownerId, "team:8", "ada", "Team:7", "team:7 "]) {
    const data = await refused(c.t, () =>
      c.eve.mutation((ctx) => docs.create(ctx, { title: "T", ownerId: one })),
    );
    answers.add(JSON.stringify(data));
    const batch = await refused(c.t, () =>
      c.eve.mutation((ctx) =>
        docs.batchCreate(ctx, { items: [{ title: "T", ownerId: one }] }),
      ),
    );
    expect(batch.code).toBe("BATCH_FAILED");
  }
  expect([...answers]).toHaveLength(1);
  expect([...answers][0]).toContain("ownerId");
  // Who only looks on may not create either.
  const looking = await refused(c.t, () =>
    c.cy.mutation((ctx) => docs.create(ctx, { title: "T", ownerId })),
  );
  expect(JSON.stringify(looking)).toBe([...answers][0]);
});

test("a key is the team's: it is found in the team's name, and nowhere else", async () => {
  const c = team();
  const draft = { title: "T", key: "settings", ifExists: "update" } as const;
  const first = await c.ada.mutation((ctx) =>
    docs.create(ctx, { ...draft, ownerId }),
  );
  const again = await c.ada.mutation((ctx) =>
    docs.create(ctx, { ...draft, ownerId, title: "U" }),
  );
  expect(again).toEqual({ id: first.id, version: 2 });
  const own = await c.ada.mutation((ctx) => docs.create(ctx, draft));
  expect(own.id).not.toBe(first.id);
  const found = await c.bob.query((ctx) =>
    docs.getByKey(ctx, { ownerId, key: "settings" }),
  );
  expect(found).toMatchObject({ _id: first.id, title: "U" });
});

test("one's own is what it was, and the host is not asked: with one's id named, too", async () => {
  const c = team();
  await c.ada.mutation((ctx) => docs.create(ctx, { title: "T" }));
  await c.ada.mutation((ctx) =>
    docs.create(ctx, { title: "T", ownerId: "ada" }),
  );
  const mine = { ownerId: "ada", paginationOpts };
  const { page } = await c.ada.query((ctx) => docs.list(ctx, mine));
  expect(page).toHaveLength(2);
  expect(world.asked).toBe(0);
  await c.ada.query((ctx) => docs.list(ctx, { ownerId, paginationOpts }));
  expect(world.asked).toBe(1);
  await ofTeam(c);
  expect(world.asked).toBe(2);
});

test("without sharing there is no such argument", async () => {
  const t = deploy();
  const { identify } = options;
  const owned = new Docs(components.docs, { fields, identify });
  const ada = t.withIdentity({ subject: "ada" });
  const data = await refused(t, () =>
    ada.mutation((ctx) =>
      owned.create(ctx, { title: "T", ownerId: "ada" } as never),
    ),
  );
  expect(data).toMatchObject({
    code: "VALIDATION_FAILED",
    issues: [{ path: "ownerId" }],
  });
});

test("public documents have no owner to choose by", async () => {
  const c = team();
  const search = () =>
    c.ada.query((ctx) =>
      everything.search(ctx, { query: "Plan", scope: "public", ownerId }),
    );
  await expect(search()).rejects.toThrow("VALIDATION_FAILED");
});

/** A host whose bulk operations run, and the end of one. */
function withWorker(held = world.held) {
  vi.useFakeTimers();
  const bulk = new Docs(components.docs, {
    ...options,
    worker: "worker:run" as never,
    principals,
  });
  const modules = {
    "./convex/worker.ts": () => Promise.resolve({ run: bulk.worker() }),
  };
  const t = deploy({ modules });
  world.held = held;
  const as = (subject: string) => t.withIdentity({ subject });
  const finish = async (who: ReturnType<typeof as>, jobId: string) => {
    for (let n = 0; n < 6; n++) {
      await vi.advanceTimersByTimeAsync(2);
      await t.finishInProgressScheduledFunctions();
    }
    return await who.query((ctx) => bulk.bulkStatus(ctx, { jobId }));
  };
  return { bulk, t, as, finish };
}

test("a bulk operation on all of a team's: for who may do it when each document's turn comes", async () => {
  const held = { bob: [{ id: ownerId, upTo: "manager" as const }] };
  const { bulk, t, as, finish } = withWorker(held);
  const bob = as("bob");
  await bob.mutation((ctx) => bulk.create(ctx, { title: "T", ownerId }));
  await bob.mutation((ctx) => bulk.create(ctx, { title: "Mine" }));
  const archive = {
    operation: "update",
    updates: { status: "archived" },
    where: {},
    ownerId,
  } as const;
  const start = (who: typeof bob) =>
    who.mutation((ctx) => bulk.startBulk(ctx, archive));
  await expect(start(as("eve"))).rejects.toThrow("VALIDATION_FAILED");
  const { jobId } = await start(bob);
  // What else he acts as is no part of it.
  const orders = await inComponent(t, (ctx) =>
    ctx.db.query("bulkOrders").take(2),
  );
  expect(orders.map(({ actor }) => actor)).toEqual([
    { kind: "user", id: "bob" },
  ]);
  expect(await finish(bob, jobId)).toMatchObject({ done: 1, failed: 0 });
  const stored = (await rows(t)).map((each) => [each["ownerId"], each.status]);
  expect(stored.sort()).toEqual([
    ["bob", "draft"],
    [ownerId, "archived"],
  ]);
  const second = await start(bob);
  world.held = {};
  expect(await finish(bob, second.jobId)).toMatchObject({ failed: 1 });
  vi.useRealTimers();
});

test("a bulk operation tells nobody what is in a team's trash who may not see it", async () => {
  const { bulk, as, finish } = withWorker({
    ada: [{ id: ownerId, upTo: "owner" }],
    bob: [{ id: ownerId, upTo: "manager" }],
  });
  const ada = as("ada");
  const { id } = await ada.mutation((ctx) =>
    bulk.create(ctx, { title: "T", ownerId }),
  );
  await ada.mutation((ctx) => bulk.remove(ctx, { id }));
  const restore = { operation: "restore", where: {}, ownerId } as const;
  const start = (who: typeof ada) =>
    who.mutation((ctx) => bulk.startBulk(ctx, restore));
  await expect(start(as("bob"))).rejects.toThrow("VALIDATION_FAILED");
  const { jobId } = await start(ada);
  expect(await finish(ada, jobId)).toMatchObject({ done: 1, failed: 0 });
  vi.useRealTimers();
});

test("one's own name may be said or left out: two new documents of one key are one too many either way", async () => {
  const { ada, t } = team();
  const data = await refused(t, () =>
    ada.mutation((ctx) =>
      everything.batchCreate(ctx, {
        items: [
          { title: "A", key: "k" },
          { title: "B", key: "k", ownerId: "ada" },
        ],
      }),
    ),
  );
  expect(data).toMatchObject({
    code: "BATCH_FAILED",
    errors: [{ index: 1, error: { code: "ALREADY_EXISTS", key: "k" } }],
  });
});
