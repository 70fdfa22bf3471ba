/**
 * `onChange` that reads and writes documents: it is called at one moment for every operation, after the write of the whole call.
 */
import { makeFunctionReference } from "convex/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  Docs,
  docsError,
  type DocumentChange,
} from "../../src/client/index.js";
import {
  components,
  deploy,
  docs as plain,
  fields,
  identify,
  people,
  seed,
  seedMany,
  type Deployment,
  type HostCtx,
} from "../support/host.js";
import { refusal } from "../support/refusals.js";
import { cleanUp, DAY, deployRetention, put } from "../support/retention.js";
import { row, rows } from "../support/stored.js";
import { limited } from "./fixture/limited.js";

type Change = DocumentChange<typeof fields>;
type Hook = (ctx: HostCtx, change: Change) => Promise<void> | void;
type Listening = Docs<typeof fields, Parameters<typeof identify>[0], HostCtx>;

/** Documents whose hook may use them. */
function listening(
  hook: (docs: Listening) => Hook,
  options: { trash?: boolean } = {},
): Listening {
  const docs: Listening = new Docs(components.docs, {
    fields,
    identify,
    ...options,
    onChange: (ctx: HostCtx, change: Change) => hook(docs)(ctx, change),
  });
  return docs;
}

const firstPage = { numItems: 50, cursor: null };

describe("a quota by count holds for every way to get a document", () => {
  const docs = limited;

  const liveOf = async (t: Deployment, owner: string) =>
    (await rows(t)).filter(
      ({ ownerId, trashed }) => ownerId === owner && trashed === false,
    );
  type Attempt = (
    ctx: HostCtx,
    t: { gone: string; bobs: string },
  ) => Promise<unknown>;
  const attempts: Record<string, Attempt> = {
    create: (ctx) => docs.as("ada").create(ctx, { title: "x", content: "" }),
    "create by key": (ctx) =>
      docs
        .as("ada")
        .create(ctx, { title: "x", content: "", key: "k", ifExists: "return" }),
    "batch create": (ctx) =>
      docs.as("ada").batchCreate(ctx, { items: [{ title: "x", content: "" }] }),
    restore: (ctx, { gone }) => docs.as("ada").restore(ctx, { id: gone }),
    transfer: (ctx, { bobs }) =>
      docs.as("bob").transfer(ctx, { id: bobs, to: "ada" }),
  };
  test.each(Object.entries(attempts))("%s", async (_, attempt) => {
    const t = deploy();
    const write = <T>(run: (ctx: HostCtx) => Promise<T>) => t.mutation(run);
    const { id: gone } = await write((ctx) =>
      docs.as("ada").create(ctx, { title: "a", content: "" }),
    );
    await write((ctx) => docs.as("ada").remove(ctx, { id: gone }));
    const items = [
      { title: "b", content: "" },
      { title: "c", content: "" },
    ];
    await write((ctx) => docs.as("ada").batchCreate(ctx, { items }));
    const { id: bobs } = await write((ctx) =>
      docs.as("bob").create(ctx, { title: "d", content: "" }),
    );
    const before = await rows(t);
    // Caught or not: the host's mutation commits.
    const caught = await write(async (ctx) => {
      const call = attempt(ctx, { gone, bobs });
      return await call.then(() => "not refused", String);
    });
    expect(caught).toContain("Two at most.");
    expect(await rows(t)).toEqual(before);
    expect(await liveOf(t, "ada")).toHaveLength(2);
  });

  describe("in the background", () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    test("a bulk restore brings back two", async () => {
      const t = deploy({
        modules: {
          "./convex/limited.ts": () => import("./fixture/limited.js"),
        },
      });
      await seedMany(t, "ada", 4);
      await t.mutation(async (ctx) => {
        const { page } = await plain
          .as("ada")
          .list(ctx, { paginationOpts: firstPage });
        const ids = page.map(({ _id }) => _id);
        await docs.as("ada").batchRemove(ctx, { ids });
      });
      vi.advanceTimersByTime(1000);
      const { jobId } = await t.mutation((ctx) =>
        docs.as("ada").startBulk(ctx, { operation: "restore", where: {} }),
      );
      await t.finishAllScheduledFunctions(() => vi.advanceTimersByTime(50));
      const job = await t.query((ctx) =>
        docs.as("ada").bulkStatus(ctx, { jobId }),
      );
      expect(job).toMatchObject({ state: "done", done: 2, failed: 2 });
      expect(job?.failures[0]?.error).toMatchObject({ code: "FORBIDDEN" });
      expect(await liveOf(t, "ada")).toHaveLength(2);
    });
  });
});

describe("what the hook reads is what the call has written", () => {
  test("each operation", async () => {
    const t = deploy();
    const seen: unknown[] = [];
    const docs = listening(
      (own) =>
        async (ctx, { operation, before, after }) => {
          const id = (after ?? before)!._id;
          const system = own.asSystem("test");
          const now = await system.get(ctx, { id });
          const { count } = await system.count(ctx, { ownerId: "ada" });
          seen.push([operation, now?.version ?? null, count]);
          const isThere = after !== null && after.deletedAt === undefined;
          expect(now).toEqual(isThere ? now && { ...after } : null);
        },
      { trash: true },
    );
    const ada = docs.as("ada");
    await t.mutation(async (ctx) => {
      const { id } = await ada.create(ctx, { title: "A", content: "" });
      await ada.update(ctx, { id, title: "B" });
      await ada.remove(ctx, { id });
      await ada.restore(ctx, { id });
      await ada.remove(ctx, { id });
      await ada.purge(ctx, { id });
      const { id: other } = await ada.create(ctx, { title: "C", content: "" });
      await ada.transfer(ctx, { id: other, to: "bob" });
    });
    expect(seen).toEqual([
      ["create", 1, 1],
      ["update", 2, 1],
      ["trash", null, 0],
      ["restore", 4, 1],
      ["trash", null, 0],
      ["purge", null, 0],
      ["create", 1, 1],
      ["transfer", 2, 0],
    ]);
    expect(await rows(t)).toHaveLength(1);
  });

  test("a batch is written as a whole before the first of it is told", async () => {
    const t = deploy();
    const counts: number[] = [];
    const docs = listening((own) => async (ctx) => {
      const { count } = await own
        .asSystem("test")
        .count(ctx, { ownerId: "ada" });
      counts.push(count);
    });
    const items = ["a", "b", "c"].map((title) => ({ title, content: "" }));
    const { results } = await t.mutation((ctx) =>
      docs.as("ada").batchCreate(ctx, { items }),
    );
    const ids = results.map((one) => (one.ok ? one.id : ""));
    await t.mutation((ctx) => docs.as("ada").batchRemove(ctx, { ids }));
    expect(counts).toEqual([3, 3, 3, 0, 0, 0]);
  });
});

describe("a hook that keeps a field of the same document", () => {
  const slugged = listening((own) => async (ctx, { after }) => {
    const summary = after?.title.toLowerCase();
    if (!after || after.summary === summary) return;
    await own
      .asSystem("slug")
      .update(ctx, { id: after._id, summary: summary! });
  });

  test("the answer carries the version that is stored, and no call is a CONFLICT with itself", async () => {
    const t = deploy();
    const { ada } = people(t);
    const made = await ada.mutation((ctx) =>
      slugged.create(ctx, { title: "A", content: "" }),
    );
    expect(made.version).toBe(2);
    const changed = await ada.mutation((ctx) =>
      slugged.update(ctx, { id: made.id, title: "B", ifVersion: 2 }),
    );
    expect(changed.version).toBe(4);
    const { results } = await ada.mutation((ctx) =>
      slugged.batchUpdate(ctx, {
        ids: [made.id],
        updates: { title: "C" },
        mode: "partial",
      }),
    );
    expect(results).toMatchObject([{ ok: true, version: 6 }]);
    expect(await row(t, made.id)).toMatchObject({
      version: 6,
      fields: { title: "C", summary: "c" },
    });
  });

  test.each([
    ["from a copy of its ctx", (ctx: HostCtx): HostCtx => ({ ...ctx })],
    ["from the ctx itself", (ctx: HostCtx) => ctx],
  ])("one that never ends is refused, %s", async (_, through) => {
    const t = deploy();
    const endless = listening((own) => async (ctx, { after }) => {
      if (!after) return;
      const content = `${after.content}x`;
      const system = own.asSystem("test");
      await system.update(through(ctx), { id: after._id, content });
    });
    const id = await seed(t, "ada");
    const before = await rows(t);
    const caught = await t.mutation((ctx) =>
      endless
        .as("ada")
        .update(ctx, { id, title: "B" })
        .then(() => "not refused", String),
    );
    expect(caught).toMatch(
      /onChange keeps changing the document .* only what differs/,
    );
    expect(await rows(t)).toEqual(before);
  });

  test("two that change each other are refused", async () => {
    const t = deploy();
    const [a, b] = await seedMany(t, "ada", 2);
    const pair = listening((own) => async (ctx, { after }) => {
      const id = after?._id === a ? b! : a!;
      const content = `${after?.content}x`;
      await own.asSystem("test").update(ctx, { id, content });
    });
    const call = t.mutation((ctx) =>
      pair.as("ada").update(ctx, { id: a!, title: "B" }),
    );
    await expect(call).rejects.toThrow(/onChange keeps changing the document/);
  });

  test("one that creates a document for each that is created is refused", async () => {
    const t = deploy();
    const growing = listening((own) => async (ctx) => {
      const child = { ownerId: "ada", title: "child", content: "" };
      await own.asSystem("test").create(ctx, child);
    });
    const caught = await t.mutation((ctx) =>
      growing
        .as("ada")
        .create(ctx, { title: "A", content: "" })
        .then(() => "not refused", String),
    );
    expect(caught).toMatch(/more than 16 deep/);
    expect(await rows(t)).toEqual([]);
  });
});

describe("nothing is told twice", () => {
  /** A document's summary is its parent's id; with a parent go its children. */
  const told: string[] = [];
  const family = listening((own) => async (ctx, change) => {
    const { operation, before, after, userId } = change;
    const title = (after ?? before)!.title;
    told.push(`${operation} ${title} ${after?.version ?? "-"}`);
    if (operation !== "remove" || userId === null) return;
    const system = own.asSystem("cascade");
    const args = { ownerId: "ada", paginationOpts: firstPage };
    const { page } = await system.list(ctx, args);
    for (const child of page) {
      if (child.summary === before!._id) {
        await system.remove(ctx, { id: child._id });
      }
    }
  });
  beforeEach(() => {
    told.length = 0;
  });

  test.each(["atomic", "partial"] as const)(
    "a cascade in one batch: %s",
    async (mode) => {
      const t = deploy();
      const parent = await seed(t, "ada", { title: "parent" });
      const child = await seed(t, "ada", { title: "child", summary: parent });
      await seed(t, "ada", { title: "grown up", summary: parent });
      const { results } = await people(t).ada.mutation((ctx) =>
        family.batchRemove(ctx, { ids: [parent, child], mode }),
      );
      expect(results.map(({ ok }) => ok)).toEqual([true, true]);
      expect(told.sort()).toEqual([
        "remove child -",
        "remove grown up -",
        "remove parent -",
      ]);
      expect(await rows(t)).toEqual([]);
    },
  );

  test("the changes of one document are told in their order, whichever call made them", async () => {
    const t = deploy();
    const [a, b] = await seedMany(t, "ada", 2);
    const lines: string[] = [];
    const docs = listening((own) => async (ctx, { before, after }) => {
      lines.push(
        `${after?._id === a ? "a" : "b"} ${before?.version} ${after?.version}`,
      );
      if (after?._id !== a) return;
      const system = own.asSystem("test");
      await system.update(ctx, { id: b!, content: "by a" });
    });
    const items = [
      { id: a!, title: "A" },
      { id: b!, title: "B" },
    ];
    const { results } = await t.mutation((ctx) =>
      docs.as("ada").batchUpdate(ctx, { items }),
    );
    expect(lines).toEqual(["a 1 2", "b 1 2", "b 2 3"]);
    expect(results).toMatchObject([{ version: 2 }, { version: 3 }]);
  });

  test("a document that its own hook deletes is gone, and told", async () => {
    const t = deploy();
    const lines: string[] = [];
    const docs = listening((own) => async (ctx, { operation, after }) => {
      lines.push(operation);
      if (after) await own.asSystem("test").remove(ctx, { id: after._id });
    });
    const made = await t.mutation((ctx) =>
      docs.as("ada").create(ctx, { title: "A", content: "" }),
    );
    expect(made.version).toBe(1);
    expect(lines).toEqual(["create", "remove"]);
    expect(await rows(t)).toEqual([]);
  });
});

describe("a throw takes back what the hook's own calls wrote too", () => {
  test.each([
    ["documents with the hook", (own: Listening) => own],
    ["documents of the same mount without one", () => plain],
  ])("of %s", async (_, through) => {
    const t = deploy();
    const [a, b, c] = await seedMany(t, "ada", 3);
    const docs = listening((own) => async (ctx, { userId }) => {
      if (userId === null) return;
      const system = through(own).asSystem("test");
      await system.update(ctx, { id: b!, title: "B" });
      await system.remove(ctx, { id: c! });
      await system.create(ctx, { ownerId: "ada", title: "D", content: "" });
      throw docsError("FORBIDDEN", { documentId: a! });
    });
    const before = await rows(t);
    const data = await t.mutation(async (ctx) => {
      const { code } = await refusal(docs.as("ada").remove(ctx, { id: a! }));
      return code;
    });
    expect(data).toBe("FORBIDDEN");
    expect(await rows(t)).toEqual(before);
  });

  test("a removal that was taken back can be found, listed, searched and removed", async () => {
    const t = deploy();
    const found = { fields, identify, search: ["title" as const] };
    const docs = new Docs(components.docs, {
      ...found,
      onChange: (_ctx: HostCtx, { operation }: Change) => {
        if (operation === "remove") throw new Error("no");
      },
    });
    const { id } = await t.mutation((ctx) =>
      docs.as("ada").create(ctx, { title: "Plan", content: "", key: "k" }),
    );
    const before = await row(t, id);
    await t.mutation((ctx) =>
      docs
        .as("ada")
        .remove(ctx, { id })
        .catch(() => undefined),
    );
    expect(await row(t, id)).toEqual(before);
    const hits = await t.query((ctx) =>
      docs.as("ada").search(ctx, { query: "plan" }),
    );
    expect(hits).toHaveLength(1);
    await t.mutation((ctx) => plain.as("ada").remove(ctx, { id }));
  });
});

test("from a function that the hook calls, a change is told there, and the answer is right", async () => {
  const t = deploy({
    modules: { "./convex/limited.ts": () => import("./fixture/limited.js") },
  });
  const touch = makeFunctionReference<"mutation">("limited:touch");
  const docs = listening(() => async (ctx, { after }) => {
    if (after?.content === "") await ctx.runMutation(touch, { id: after._id });
  });
  const made = await t.mutation((ctx) =>
    docs.as("ada").create(ctx, { title: "A", content: "" }),
  );
  expect(made.version).toBe(2);
  expect(await row(t, made.id)).toMatchObject({ version: 2 });
});

describe("clean-up", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(console, "info").mockReturnValue();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  test("a removed document is gone when it is told, and a cascade tells each once", async () => {
    const counts: number[] = [];
    const { t, docs } = deployRetention({
      options: {
        onChange: async (ctx: HostCtx, { operation }) => {
          if (operation !== "remove") return;
          const system = docs.asSystem("test");
          const { count } = await system.count(ctx, { ownerId: "ada" });
          counts.push(count);
        },
      },
    });
    await put(t, 31 * DAY, 3);
    await put(t, DAY, 2);
    await cleanUp(t);
    expect(counts).toEqual([2, 2, 2]);
  });
});
