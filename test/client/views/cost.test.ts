/**
 * What views cost, in the units Convex bills: index ranges read, documents read, documents written. Ranges are counted as a
 * deployment counts them: an entry that is patched or deleted is one.
 */
import { describe, expect, it } from "vitest";
import { Docs } from "../../../src/client/index.js";
import {
  components,
  deploy,
  identify,
  people,
  type HostCtx,
} from "../../support/host.js";
import { fields } from "../../support/views.js";

const two = new Docs(components.docs, {
  fields,
  identify,
  views: { byProject: ["projectId", "dueAt"], byTitle: ["title"] },
});
const tagged = new Docs(components.docs, {
  fields,
  identify,
  views: {
    byProject: ["projectId", "dueAt"],
    byTitle: ["title"],
    byTag: { each: "tags", by: ["dueAt"] },
  },
});
/** The mount has views, and this code does not know of them. */
const without = new Docs(components.docs, { fields, identify });
const tags = ["u", "v", "w"];
type Host = typeof two | typeof tagged;

async function costs(
  host: Host,
  run: (ctx: HostCtx, ids: string[]) => Promise<unknown>,
  before: (ctx: HostCtx) => Promise<unknown> = () => Promise.resolve(),
) {
  const t = deploy();
  const { ada } = people(t);
  const items = Array.from({ length: 100 }, (_, n) => ({
    title: `t${n}`,
    projectId: "p",
    tags,
  }));
  const made = await ada.mutation((ctx: HostCtx) =>
    host.batchCreate(ctx, { items }),
  );
  const ids = made.results.flatMap((one) => (one.ok ? [one.id] : []));
  await ada.mutation(before);
  return await ada.mutation(async (ctx: HostCtx) => {
    await run(ctx, ids);
    const metrics = await ctx.meta.getTransactionMetrics();
    return [
      metrics.databaseQueries.used,
      metrics.documentsRead.used,
      metrics.documentsWritten.used,
    ];
  });
}
const paginationOpts = { numItems: 20, cursor: null };
const where = { projectId: "p" };

describe.each([
  [
    "two views",
    two,
    {
      create: [1, 1, 3],
      update: [2, 3, 1],
      move: [4, 6, 2],
      remove: [5, 7, 3],
    },
  ],
  [
    "three, one by three tags",
    tagged,
    {
      create: [1, 1, 6],
      update: [2, 3, 1],
      move: [4, 9, 2],
      remove: [8, 13, 6],
    },
  ],
] as const)("%s", (_, host, expected) => {
  it("create", async () => {
    expect(
      await costs(host, (ctx) =>
        host.create(ctx, { title: "a", projectId: "p", tags }),
      ),
    ).toEqual(expected.create);
  });
  it("an update of nothing that is a key", async () => {
    expect(
      await costs(host, (ctx, [id]) =>
        host.update(ctx, { id: id!, slug: "x" }),
      ),
    ).toEqual(expected.update);
  });
  it("an update of a key", async () => {
    expect(
      await costs(host, (ctx, [id]) =>
        host.update(ctx, { id: id!, title: "x" }),
      ),
    ).toEqual(expected.move);
  });
  it("remove", async () => {
    expect(
      await costs(host, (ctx, [id]) => host.remove(ctx, { id: id! })),
    ).toEqual(expected.remove);
  });
  it("a page of 20, and a count of 50", async () => {
    expect(
      await costs(host, (ctx) =>
        host.list(ctx, { view: "byProject", where, paginationOpts }),
      ),
    ).toEqual([22, 42, 0]);
    expect(
      await costs(host, (ctx) =>
        host.count(ctx, { view: "byProject", where, upTo: 50 }),
      ),
    ).toEqual([2, 52, 0]);
  });
});

describe("what has been in the trash", () => {
  const trashed = new Docs(components.docs, {
    fields,
    identify,
    views: { byProject: ["projectId", "dueAt"], byTitle: ["title"] },
    trash: true,
  });

  it("has no places, and is deleted for good without a look for any", async () => {
    const remove = (ctx: HostCtx, [id]: string[]) =>
      trashed.remove(ctx, { id: id! });
    expect(await costs(trashed, remove)).toEqual([5, 7, 3]);
    const both = async (ctx: HostCtx, ids: string[]) => {
      await remove(ctx, ids);
      await trashed.purge(ctx, { id: ids[0]! });
    };
    // The document, twice, and which views are kept: both have been read by then.
    expect(await costs(trashed, both)).toEqual([5, 7 + 3, 3 + 1]);
  });
});

describe("a page of a view", () => {
  it(
    "costs of 1,000 documents what it costs of 100",
    { timeout: 60_000 },
    async () => {
      const t = deploy();
      const { ada } = people(t);
      const items = Array.from({ length: 100 }, (_, n) => ({
        title: `t${n}`,
        projectId: "p",
      }));
      const read = () =>
        ada.query(async (ctx) => {
          const args = { view: "byProject", where, paginationOpts } as const;
          await two.list(ctx, args);
          const { databaseQueries, documentsRead, bytesRead } =
            await ctx.meta.getTransactionMetrics();
          return [databaseQueries.used, documentsRead.used, bytesRead.used];
        });
      const add = () =>
        ada.mutation((ctx: HostCtx) => two.batchCreate(ctx, { items }));
      await add();
      const few = await read();
      for (let n = 0; n < 9; n++) await add();
      expect(await read()).toEqual(few);
    },
  );
});

describe("code without views, on a mount that has some", () => {
  it("asks which are kept up where a document has the mark", async () => {
    // It announces itself once.
    const first = (ctx: HostCtx) => without.create(ctx, one);
    const one = { title: "a", projectId: "p" };
    const update = async (ctx: HostCtx, [id]: string[]) =>
      without.update(ctx, { id: id!, slug: "x" });
    expect(await costs(two, update, first)).toEqual([2, 3, 1]);
  });
});

describe("a batch of 100 with all 16 places", () => {
  const full = new Docs(components.docs, {
    fields,
    identify,
    views: { byTag: { each: "tags", by: ["dueAt"] }, byTitle: ["title"] },
  });
  const many = Array.from({ length: 15 }, (_, n) => `tag ${n}`);

  it("fits when every key changes", { timeout: 60_000 }, async () => {
    const t = deploy();
    const { ada } = people(t);
    const items = Array.from({ length: 100 }, (_, n) => ({
      title: `t${n}`,
      projectId: "p",
      tags: many,
    }));
    const made = await ada.mutation((ctx: HostCtx) =>
      full.batchCreate(ctx, { items }),
    );
    const ids = made.results.flatMap((one) => (one.ok ? [one.id] : []));
    const updates = { dueAt: 5, title: "x" };
    const done = await ada.mutation((ctx: HostCtx) =>
      full.batchUpdate(ctx, { ids, updates }),
    );
    expect(done.succeeded).toBe(100);
    const gone = await ada.mutation((ctx: HostCtx) =>
      full.batchRemove(ctx, { ids }),
    );
    expect(gone.succeeded).toBe(100);
  });
});
