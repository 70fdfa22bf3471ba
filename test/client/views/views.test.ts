/**
 * Views by example: what they find, what they refuse, and what they never tell.
 */
import { v, type GenericId } from "convex/values";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Docs } from "../../../src/client/index.js";
import { getDocsError } from "../../../src/errors/index.js";
import { TASK } from "../../../src/shared/tasks.js";
import { VIEW } from "../../../src/shared/views.js";
import { inComponent, rows } from "../../support/stored.js";
import {
  components,
  deploy,
  identify,
  people,
  type Deployment,
} from "../../support/host.js";
import {
  docs,
  expectExactEntries,
  fields,
  plain,
  stored,
  views,
} from "../../support/views.js";

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

const paginationOpts = { numItems: 50, cursor: null };

async function put(t: Deployment, args: object, who = "ada") {
  const draft = { title: "a", projectId: "p", ...args };
  const made = await t.mutation((ctx) => docs.as(who).create(ctx, draft));
  vi.advanceTimersByTime(1);
  return made.id;
}

async function titles(t: Deployment, view: string, where: object, who = "ada") {
  const args = { view, where, paginationOpts } as never;
  const { page } = await t.query((ctx) => docs.as(who).list(ctx, args));
  return page.map(({ title }) => title);
}

async function refusal(run: Promise<unknown>) {
  return getDocsError(
    await run.then(
      () => null,
      (error: unknown) => error,
    ),
  );
}

const versions = (all: Record<string, unknown>[]) =>
  all.map(({ version }) => version);

/** Lets background work end. */
async function settle(t: Deployment) {
  for (let round = 0; round < 20; round++) {
    vi.advanceTimersByTime(5);
    await t.finishInProgressScheduledFunctions();
  }
}

describe("a view", () => {
  it("finds by values, by null and by ranges", async () => {
    const t = deploy();
    await put(t, { title: "minus zero", dueAt: -0 });
    await put(t, { title: "nan", dueAt: NaN });
    await put(t, { title: "null", dueAt: null });
    await put(t, { title: "unset" });
    await put(t, { title: "five", dueAt: 5 });
    const due = (dueAt: unknown) =>
      titles(t, "byProject", { projectId: "p", dueAt });
    expect(await due(0)).toEqual(["minus zero"]);
    expect(await due(null)).toEqual(["nan", "null", "unset"]);
    expect(await due({ lt: 5 })).toEqual(["minus zero"]);
    expect(await due({ gte: 0, lte: 5 })).toEqual(["minus zero", "five"]);
    expect(await titles(t, "byProject", {})).toHaveLength(5);
  });

  it("compares long texts exactly up to what can be asked for", async () => {
    const t = deploy();
    const long = "x".repeat(255);
    await put(t, { title: long });
    await put(t, { title: `${long}🙂` });
    await put(t, { title: `${long}yz` });
    expect(await titles(t, "byTitle", { title: long })).toEqual([long]);
    expect(await titles(t, "byTitle", { title: { gt: long } })).toEqual([
      `${long}yz`,
      `${long}🙂`,
    ]);
  });

  it("folds case and accents where it says so", async () => {
    const t = deploy();
    await put(t, { title: "Éa" });
    await put(t, { title: "eb" });
    expect(await titles(t, "byTitle", { title: { startsWith: "E" } })).toEqual([
      "Éa",
      "eb",
    ]);
  });

  it("keeps the items of one call in their order", async () => {
    const t = deploy();
    const items = ["c", "a", "b"].map((title) => ({ title, projectId: "p" }));
    await t.mutation((ctx) => docs.as("ada").batchCreate(ctx, { items }));
    expect(await titles(t, "byProject", {})).toEqual(["c", "a", "b"]);
    const [{ createdAt }] = (await stored(t)).all as unknown as [
      { createdAt: number },
    ];
    const [id] = (await stored(t)).all.map(({ _id }) => _id);
    const document = await t.query((ctx) =>
      docs.as("ada").get(ctx, { id: id! }),
    );
    expect(document!.createdAt).toBe(Math.floor(createdAt));
  });

  it("says everything that is wrong with a question, and where", async () => {
    const t = deploy();
    const bad: [string, object, string][] = [
      ["byProject", { dueAt: 1 }, "where.dueAt"],
      ["byProject", { projectId: undefined }, "where.projectId"],
      [
        "byProject",
        { projectId: "p", dueAt: { gt: 1, gte: 2 } },
        "where.dueAt.gte",
      ],
      ["byTag", {}, "where.tags"],
      ["byTag", { tags: { gt: "a" } }, "where.tags"],
      ["byTitle", { title: "x".repeat(256) }, "where.title"],
      ["byTitle", { titel: "x" }, "where.titel"],
      ["nope", {}, "view"],
      ["byTitle", { title: "\ud800" }, "where.title"],
      ["byProject", { projectId: ["p"] }, "where.projectId"],
    ];
    for (const [view, where, path] of bad) {
      const error = await refusal(titles(t, view, where));
      expect(error).toMatchObject({
        code: "VALIDATION_FAILED",
        issues: [{ path }],
      });
    }
    const error = await refusal(titles(t, "nope", {}));
    expect(error!.message).toBe(
      "View is not known: it must be one of byProject, byTag, board, byTitle, slug.",
    );
  });

  it("is public only where it says so, and then of what is public", async () => {
    const t = deploy();
    const shown = { isPublic: true, status: "published", tags: ["u"] };
    await put(t, { title: "shown", ...shown });
    await put(t, { title: "draft", ...shown, status: "draft" });
    await put(t, { title: "private", ...shown, isPublic: false });
    const ask = (view: string) =>
      t.query((ctx) =>
        docs.listPublic(ctx, {
          view,
          where: { tags: "u" },
          paginationOpts,
        } as never),
      );
    expect((await ask("byTag")).page.map(({ title }) => title)).toEqual([
      "shown",
    ]);
    expect(await refusal(ask("byTitle"))).toMatchObject({
      issues: [{ path: "view" }],
    });
  });

  it("refuses a document with too many places, and leaves one that has them alone", async () => {
    const t = deploy();
    const tags = Array.from({ length: 17 }, (_, n) => `t${n}`);
    expect(await refusal(put(t, { tags }))).toMatchObject({
      code: "VALIDATION_FAILED",
      issues: [{ path: "tags" }],
    });
    expect((await stored(t)).all).toEqual([]);
  });
});

describe("a unique view", () => {
  it("refuses what its owner has already, and finds it", async () => {
    const t = deploy();
    const id = await put(t, { slug: "one" });
    expect(await refusal(put(t, { slug: "one" }))).toMatchObject({
      code: "ALREADY_EXISTS",
      key: "slug",
    });
    await put(t, { slug: "one" }, "bob");
    await put(t, {});
    await put(t, {});
    const found = await t.query((ctx) =>
      docs.as("ada").getBy(ctx, { view: "slug", where: { slug: "one" } }),
    );
    expect(found!._id).toBe(id);
    const none = await t.query((ctx) =>
      docs.as("ada").getBy(ctx, { view: "slug", where: { slug: "two" } }),
    );
    expect(none).toBeNull();
    // The same value again is its own.
    await t.mutation((ctx) =>
      docs.as("ada").update(ctx, { id, slug: "one", title: "b" }),
    );
  });

  it("counts within one call, and when a document comes back from the trash", async () => {
    const t = deploy();
    const item = { title: "a", projectId: "p", slug: "two" };
    const batch = await t.mutation((ctx) =>
      docs.as("ada").batchCreate(ctx, { mode: "partial", items: [item, item] }),
    );
    expect(batch.results.map(({ ok }) => ok)).toEqual([true, false]);
    const id = (batch.results[0] as { id: string }).id;
    await t.mutation((ctx) => docs.as("ada").remove(ctx, { id }));
    await put(t, { slug: "two" });
    const back = t.mutation((ctx) => docs.as("ada").restore(ctx, { id }));
    expect(await refusal(back)).toMatchObject({
      code: "ALREADY_EXISTS",
      key: "slug",
    });
  });

  it("lets the owner alone write what is unique: the answer tells about their other documents", async () => {
    const t = deploy();
    const shared = new Docs(components.docs, {
      fields,
      identify,
      views,
      trash: true,
      access: () => "manager" as const,
    });
    await put(t, { slug: "taken" });
    const id = await put(t, { slug: "mine" });
    const { bob } = people(t);
    const write = (slug: string) =>
      bob.mutation((ctx) => shared.update(ctx, { id, slug }));
    const [taken, free] = [
      await refusal(write("taken")),
      await refusal(write("free")),
    ];
    expect(taken).toMatchObject({ code: "FORBIDDEN" });
    expect(free).toEqual(taken);
    await bob.mutation((ctx) => shared.update(ctx, { id, title: "by bob" }));
  });

  it("getBy asks for a value of each key: without one it would find anything", async () => {
    const t = deploy();
    await put(t, {});
    for (const where of [
      undefined,
      {},
      { slug: undefined },
      { slug: null },
      { slug: { gte: "a" } },
    ]) {
      const found = t.query((ctx) =>
        docs.as("ada").getBy(ctx, { view: "slug", where } as never),
      );
      expect(await refusal(found)).toMatchObject({
        code: "VALIDATION_FAILED",
        issues: [{ path: "where.slug" }],
      });
    }
  });

  it("takes a document of another owner without asking, and getBy answers the oldest", async () => {
    const t = deploy();
    const oldest = await put(t, { slug: "s" }, "bob");
    const id = await put(t, { slug: "s" });
    await t.mutation((ctx) => docs.as("ada").transfer(ctx, { id, to: "bob" }));
    const found = await t.query((ctx) =>
      docs.as("bob").getBy(ctx, { view: "slug", where: { slug: "s" } }),
    );
    expect(found!._id).toBe(oldest);
  });
});

describe("startBulk by a view", () => {
  it("does each document once that is there when it starts, though its key moves", async () => {
    const t = deploy();
    for (let n = 0; n < 5; n++) await put(t, { rank: n, status: "draft" });
    const operation = {
      operation: "update",
      updates: { status: "archived", rank: 9 },
    } as const;
    const where = { status: "draft" } as const;
    const { jobId } = await t.mutation((ctx) =>
      docs.as("ada").startBulk(ctx, { view: "board", where, ...operation }),
    );
    await settle(t);
    const status = await t.query((ctx) =>
      docs.as("ada").bulkStatus(ctx, { jobId }),
    );
    expect(status).toMatchObject({
      state: "done",
      done: 5,
      failed: 0,
      total: 5,
    });
    expect(versions(await rows(t))).toEqual([2, 2, 2, 2, 2]);
    await expectExactEntries(t);
  });
});

describe("operators", () => {
  const run = <Result>(t: Deployment, registered: unknown, args: object = {}) =>
    t.mutation(
      async (ctx) =>
        await (
          registered as {
            _handler: (ctx: unknown, args: object) => Promise<Result>;
          }
        )._handler(ctx, args),
    );
  const status = (
    t: Deployment,
    host: Docs<typeof fields> | typeof docs = docs,
  ) =>
    run<
      {
        name: string;
        state: string;
        documents: number;
        failed: number;
        failures: unknown[];
      }[]
    >(t, host.viewStatus());

  it("see a view before, during and after its build, and what it has left out", async () => {
    const t = deploy();
    const made = (slug: string) =>
      t.mutation((ctx) =>
        plain.as("ada").create(ctx, { title: "a", projectId: "p", slug }),
      );
    for (const slug of ["s", "s", "t"]) await made(slug);
    expect((await status(t)).map(({ state }) => state)).toEqual(
      Array(5).fill("unregistered"),
    );
    await run(t, docs.buildViews());
    expect((await status(t)).map(({ state }) => state)).toEqual(
      Array(5).fill("building"),
    );
    await settle(t);
    const after = await status(t);
    expect(after.every(({ state }) => state === "ready")).toBe(true);
    const [slug] = after.filter(({ name }) => name === "slug");
    expect(slug).toMatchObject({
      documents: 3,
      failed: 1,
      failures: [{ error: { code: "ALREADY_EXISTS", key: "slug" } }],
    });
    // What is wrong with one view is not told of the others.
    const others = after.filter(({ name }) => name !== "slug");
    expect(others.map(({ failed }) => failed)).toEqual([0, 0, 0, 0]);
    expect(others.flatMap(({ failures }) => failures)).toEqual([]);
    await expectExactEntries(t);
  });

  it("see of each view what is wrong with it, however much is wrong with another", async () => {
    const t = deploy();
    const make = (more: object) =>
      t.mutation((ctx) =>
        plain.as("ada").create(ctx, { title: "a", projectId: "p", ...more }),
      );
    for (let n = 0; n < TASK.maxFailures + 2; n++) await make({ slug: "s" });
    const tags = Array.from({ length: VIEW.maxEntries + 1 }, (_, n) => `${n}`);
    const { id } = await make({ tags });
    await run(t, docs.buildViews());
    await settle(t);
    const told = await status(t);
    const [slug] = told.filter(({ name }) => name === "slug");
    // The twins that are named, and the one that is left out of every new view.
    expect(slug?.failures).toHaveLength(TASK.maxFailures + 1);
    const [byTag] = told.filter(({ name }) => name === "byTag");
    expect(byTag).toMatchObject({ failed: 1, failures: [{ id }] });
  });

  it("see which documents have too many places for a new view, and not of one that was there before", async () => {
    const t = deploy();
    const before = new Docs(components.docs, {
      fields,
      identify,
      trash: true,
      views: { byTitle: views.byTitle },
    });
    const tags = Array.from({ length: VIEW.maxEntries + 1 }, (_, n) => `${n}`);
    const { id } = await t.mutation((ctx) =>
      before.as("ada").create(ctx, { title: "a", projectId: "p", tags }),
    );
    await run(t, docs.buildViews());
    await settle(t);
    const told = Object.fromEntries(
      (await status(t)).map(({ name, ...rest }) => [name, rest]),
    );
    expect(told["byTag"]).toMatchObject({
      state: "ready",
      failed: 1,
      failures: [{ id, error: { code: "VALIDATION_FAILED" } }],
    });
    expect(told["byTitle"]).toMatchObject({ state: "ready", failed: 0 });
    // Its places in what was there before are kept, and no list that it is left out of has it.
    expect(await titles(t, "byTitle", {})).toEqual(["a"]);
    expect(await titles(t, "byTag", { tags: "1" })).toEqual([]);
  });

  it("drop a view that is declared no more, and not one that is", async () => {
    const t = deploy();
    await put(t, { tags: ["u"] });
    const error = await refusal(run(t, docs.dropView(), { view: "byTag" }));
    expect(error).toMatchObject({
      code: "VALIDATION_FAILED",
      issues: [{ path: "view" }],
    });
    expect(await run(t, plain.dropView(), { view: "byTag" })).toBe(1);
    await settle(t);
    const { entries, registry } = await stored(t);
    expect(registry!.views.map(({ id }) => id)).not.toContain("byTag.2");
    expect(entries.some(({ view }) => view === "byTag.2")).toBe(false);
    // The code that still declares it brings it back.
    await put(t, { tags: ["v"] });
    await settle(t);
    expect(await titles(t, "byTag", { tags: "u" })).toEqual(["a"]);
    await expectExactEntries(t);
  });

  it("have a build repeated that finds what was lost", async () => {
    const t = deploy();
    await put(t, {});
    await inComponent(t, async (ctx) => {
      for (const { _id } of await ctx.db.query("entries").collect())
        await ctx.db.delete(_id as GenericId<string>);
    });
    await run(t, docs.buildViews(), { again: true });
    await settle(t);
    await expectExactEntries(t);
  });
});

describe("a view that is being built", () => {
  it(
    "is computed of up to 1,000 documents, and says beyond that it is being built",
    { timeout: 60_000 },
    async () => {
      const t = deploy();
      const items = Array.from({ length: 100 }, () => ({
        title: "a",
        projectId: "p",
      }));
      for (let n = 0; n < VIEW.maxComputed / 100; n++) {
        await t.mutation((ctx) => plain.as("ada").batchCreate(ctx, { items }));
      }
      expect(await titles(t, "byProject", { projectId: "p" })).toHaveLength(50);
      await t.mutation((ctx) =>
        plain.as("ada").create(ctx, { title: "a", projectId: "p" }),
      );
      expect(await refusal(titles(t, "byProject", {}))).toMatchObject({
        code: "VIEW_BUILDING",
        view: "byProject",
        retryable: true,
      });
      // Of others it says nothing: they have few.
      expect(await titles(t, "byProject", {}, "bob")).toEqual([]);
    },
  );
});

describe("a view that is being built, of large documents", () => {
  it("is computed of up to 4 MiB", async () => {
    const t = deploy();
    const large = { title: "x".repeat(250_000), projectId: "p" };
    const add = () => t.mutation((ctx) => plain.as("ada").create(ctx, large));
    for (let n = 0; n < 16; n++) await add();
    expect(await titles(t, "byProject", { projectId: "p" })).toHaveLength(16);
    await add();
    expect(await refusal(titles(t, "byProject", {}))).toMatchObject({
      code: "VIEW_BUILDING",
    });
  });
});

describe("what no view can be", () => {
  const make = (given: object) => () =>
    new Docs(components.docs, {
      fields: {
        ...fields,
        any: v.any(),
        at: v.object({}),
        list: v.array(v.any()),
      },
      identify,
      views: given as never,
    });

  it.each<[string, object, RegExp]>([
    ["an unknown key", { a: ["nope"] }, /the view a cannot go by nope/],
    ["any", { a: ["any"] }, /cannot go by any/],
    ["an object", { a: ["at"] }, /cannot go by at/],
    ["an array", { a: ["tags"] }, /cannot go by tags/],
    ["no key", { a: [] }, /has 0 keys/],
    [
      "seven keys",
      { a: ["title", "projectId", "dueAt", "rank", "slug", "status", "key"] },
      /has 7 keys/,
    ],
    ["a key twice", { a: ["title", "title"] }, /has the key title twice/],
    [
      "each of a text",
      { a: { each: "title", by: [] } },
      /cannot take each of title/,
    ],
    [
      "each of an array of anything",
      { a: { each: "list", by: [] } },
      /cannot take each of list/,
    ],
    ["fold of no key", { a: { by: ["title"], fold: ["rank"] } }, /folds rank/],
    [
      "unique with each",
      { a: { each: "tags", by: [], unique: true } },
      /cannot be unique/,
    ],
    ["a bad name", { "a b": ["title"] }, /has an impossible name/],
    [
      "an unknown option",
      { a: { by: ["title"], uniqe: true } },
      /has an unknown option: uniqe/,
    ],
    ["no keys at all", { a: {} }, /takes `by`/],
    [
      "17 views",
      Object.fromEntries(
        Array.from({ length: 17 }, (_, n) => [`v${n}`, ["title"]]),
      ),
      /there are 17 views/,
    ],
  ])("is refused at once: %s", (_, given, message) => {
    expect(make(given)).toThrow(message);
  });
});
