/**
 * Sets of views that come and go: deploys and rollbacks, code that declares none, and two `Docs` on one mount.
 */
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Docs } from "../../../src/client/index.js";
import { viewDefinitions } from "../../../src/client/views.js";
import { VIEW } from "../../../src/shared/views.js";
import {
  components,
  deploy,
  identify,
  type Deployment,
} from "../../support/host.js";
import { inComponent } from "../../support/stored.js";
import {
  answer,
  docs,
  expectExactEntries,
  fields,
  plain,
  stored,
  views,
} from "../../support/views.js";

const HOUR = 3_600_000;
const RUNS = Number(process.env["RUNS"] ?? 25);

/** The next version of the host: a view has gone, one has other keys, one is new. */
const nextViews = {
  byProject: views.byProject,
  byTag: { each: "tags", by: ["title"] },
  recent: ["updatedAt"],
} as const;
const next = new Docs(components.docs, {
  fields,
  identify,
  views: nextViews,
  trash: true,
});
const hosts = { plain, docs, next };
type HostName = keyof typeof hosts;
const declared = {
  plain: [],
  docs: viewDefinitions(fields, views),
  next: viewDefinitions(fields, nextViews),
};

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

const moves = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("create", "update", "remove", "restore", "transfer"),
      host: fc.constantFrom<HostName>("plain", "docs", "next"),
      at: fc.nat(20),
      title: fc.constantFrom("a", "b", "c"),
      tags: fc.subarray(["u", "v"]),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      hours: fc.constantFrom(0, 1, 13, 25),
    }),
  },
);
type Move = typeof moves extends fc.Arbitrary<infer T> ? T : never;

async function play(t: Deployment, ids: string[], move: Move): Promise<void> {
  if (move.do === "wait") {
    await pass(t, move.hours * HOUR);
    return;
  }
  const as = hosts[move.host].as("ada") as ReturnType<typeof plain.as>;
  const { title, tags } = move;
  const id = ids[move.at % Math.max(1, ids.length)] ?? "none";
  const run = () =>
    t.mutation(async (ctx) => {
      switch (move.do) {
        case "create":
          ids.push((await as.create(ctx, { title, tags, projectId: "p" })).id);
          return;
        case "update":
          await as.update(ctx, { id, title, tags });
          return;
        case "transfer":
          await as.transfer(ctx, { id, to: "bob" });
          return;
        default:
          await as[move.do](ctx, { id });
      }
    });
  // What is not there, or not in its place, is refused.
  await run().catch(() => undefined);
  vi.advanceTimersByTime(1);
}

/** Lets time pass, and background work with it. */
async function pass(t: Deployment, ms: number): Promise<void> {
  for (const part of [5, ms, 5, 5, 5, 5]) {
    vi.advanceTimersByTime(part);
    await t.finishInProgressScheduledFunctions();
  }
}

/** What every host lists, by every view that it declares, is what sorting all documents would be. */
async function expectRight(t: Deployment): Promise<void> {
  const { all } = await stored(t);
  const where = { tags: "u" };
  for (const name of ["docs", "next"] as const) {
    for (const view of declared[name]) {
      const asked = view.each ? { where } : {};
      const paginationOpts = { numItems: 50, cursor: null };
      const args = { view: view.name, ...asked, paginationOpts } as never;
      const found = await t.query((ctx) =>
        hosts[name].as("ada").list(ctx, args),
      );
      const question = {
        view,
        where: view.each ? where : {},
        order: "asc",
        size: 50,
        who: "ada",
        isPublic: false,
      } as const;
      const ids = found.page.map(({ _id }) => _id);
      expect(ids).toEqual(answer(all, question));
    }
  }
}

async function registry(t: Deployment) {
  const { registry, entries } = await stored(t);
  const ids = new Set(entries.map(({ view }) => view));
  return {
    kept: (registry?.views ?? []).map(({ id }) => id).sort(),
    stored: [...ids].sort(),
  };
}

describe("sets of views", () => {
  it(
    "are right for whoever declares them, whoever writes, in any order",
    { timeout: 600_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(moves, { minLength: 1, maxLength: 25 }),
          async (played) => {
            const t = deploy();
            const ids: string[] = [];
            for (const move of played) {
              await play(t, ids, move);
              await expectRight(t);
            }
            await pass(t, 0);
            await expectExactEntries(t);
            await expectRight(t);
          },
        ),
        { numRuns: RUNS },
      );
    },
  );

  it("are kept up through a rollback to code without views, and what that creates is not missed", async () => {
    const t = deploy();
    const create = (host: HostName, title: string) =>
      t.mutation((ctx) =>
        (hosts[host].as("ada") as ReturnType<typeof plain.as>).create(ctx, {
          title,
          projectId: "p",
        }),
      );
    await create("docs", "before");
    await create("plain", "during");
    const { page } = await t.query((ctx) =>
      docs.as("ada").list(ctx, {
        view: "byTitle",
        paginationOpts: { numItems: 5, cursor: null },
      }),
    );
    expect(page.map(({ title }) => title)).toEqual(["before", "during"]);
    await expectExactEntries(t);
  });

  it("are kept up by code without views in documents that a build gave their places", async () => {
    const t = deploy();
    const as = plain.as("ada");
    const draft = { title: "a", projectId: "p" };
    const { id } = await t.mutation((ctx) => as.create(ctx, draft));
    await t.mutation((ctx) => docs.as("ada").create(ctx, draft));
    await pass(t, 0);
    await t.mutation((ctx) => as.update(ctx, { id, title: "b" }));
    await expectExactEntries(t);
    await t.mutation((ctx) => as.remove(ctx, { id }));
    await expectExactEntries(t);
  });

  it("leave by themselves two days after the last code that declares them", async () => {
    const t = deploy();
    const create = (host: HostName) =>
      t.mutation((ctx) =>
        (hosts[host].as("ada") as ReturnType<typeof plain.as>).create(ctx, {
          title: "a",
          projectId: "p",
          tags: ["u"],
        }),
      );
    await create("docs");
    await create("next");
    await pass(t, 0);
    const both = await registry(t);
    expect(both.kept).toEqual([
      "board.3",
      "byProject.1",
      "byTag.2",
      "byTag.6",
      "byTitle.4",
      "recent.7",
      "slug.5",
    ]);
    await pass(t, VIEW.rollCallMs);
    await create("next");
    await pass(t, VIEW.rollCallMs);
    await pass(t, 0);
    const left = await registry(t);
    expect(left.kept).toEqual(["byProject.1", "byTag.6", "recent.7"]);
    expect(left.stored).toEqual(left.kept);
    await expectExactEntries(t);
  });

  it("stay as long as nobody has written since the roll call", async () => {
    const t = deploy();
    for (const host of ["docs", "next"] as const) {
      await t.mutation((ctx) =>
        (hosts[host].as("ada") as ReturnType<typeof plain.as>).create(ctx, {
          title: "a",
          projectId: "p",
        }),
      );
    }
    const before = (await registry(t)).kept;
    for (let day = 0; day < 5; day++) await pass(t, VIEW.rollCallMs);
    expect((await registry(t)).kept).toEqual(before);
  });

  it("leave when all code has dropped them", async () => {
    const t = deploy();
    const write = (host: HostName) =>
      t.mutation((ctx) =>
        (hosts[host].as("ada") as ReturnType<typeof plain.as>).create(ctx, {
          title: "a",
          projectId: "p",
        }),
      );
    await write("docs");
    await write("plain");
    await pass(t, VIEW.rollCallMs);
    await write("plain");
    await pass(t, VIEW.rollCallMs);
    await pass(t, 0);
    expect(await registry(t)).toEqual({ kept: [], stored: [] });
    const idle = await inComponent(t, async (ctx) =>
      (await ctx.db.query("tasks").collect()).filter(
        (task) => task["state"] === "running",
      ),
    );
    expect(idle).toEqual([]);
  });
});
