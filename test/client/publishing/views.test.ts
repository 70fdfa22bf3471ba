/**
 * Views of documents that are ahead: an owner's by the document, everybody's by what is published.
 */
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeFunctionReference } from "convex/server";
import { v } from "convex/values";
import { Docs } from "../../../src/client/index.js";
import {
  components,
  deploy,
  identify,
  people,
  type Deployment,
  type HostCtx,
} from "../../support/host.js";
import { stored } from "../../support/publishing.js";
import { refusal } from "../../support/refusals.js";
import { START } from "../../support/history.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(START);
});
afterEach(() => vi.useRealTimers());

const declared = {
  fields: { title: v.string(), tags: v.optional(v.array(v.string())) },
  identify,
  trash: true,
  history: { coalesce: false },
  views: {
    byTag: { each: "tags", by: ["title"], public: true },
    byStatus: { by: ["status", "updatedAt"], public: true },
    slug: { by: ["title"], unique: true },
  },
} as const;
const docs = new Docs(components.docs, { ...declared, workingCopy: true });
const plain = new Docs(components.docs, {
  fields: declared.fields,
  identify,
  trash: true,
});
const off = new Docs(components.docs, declared);
const page = { paginationOpts: { numItems: 50, cursor: null } };

async function make(t: Deployment, title: string, args: object = {}) {
  const { id } = await people(t).ada.mutation((ctx) =>
    docs.create(ctx, {
      title,
      tags: ["a", "b"],
      status: "published",
      isPublic: true,
      ...args,
    }),
  );
  return id;
}
const edit = (t: Deployment, id: string, change: object) =>
  people(t).ada.mutation((ctx) => docs.update(ctx, { id, ...change }));

/** The titles under a tag, as the owner and as everybody sees them. */
async function tagged(t: Deployment, tag: string) {
  const { ada, nobody } = people(t);
  const asked = { view: "byTag", where: { tag }, ...page } as const;
  const by = { ...asked, where: { tags: tag } };
  const own = await ada.query((ctx) => docs.list(ctx, by));
  const open = await nobody.query((ctx) => docs.listPublic(ctx, by));
  const titles = ({ page: rows }: typeof own) => rows.map((row) => row.title);
  return { own: titles(own), open: titles(open) };
}

test("a public view goes by what is published, and shows it", async () => {
  const t = deploy();
  const id = await make(t, "Live");
  await edit(t, id, { title: "Draft", tags: ["c"] });
  expect(await tagged(t, "a")).toEqual({ own: [], open: ["Live"] });
  expect(await tagged(t, "c")).toEqual({ own: ["Draft"], open: [] });
  await edit(t, id, { title: "Second", tags: ["d"] });
  expect(await tagged(t, "a")).toEqual({ own: [], open: ["Live"] });
  const { ada } = people(t);
  await ada.mutation((ctx) => docs.publish(ctx, { id }));
  expect(await tagged(t, "a")).toEqual({ own: [], open: [] });
  expect(await tagged(t, "d")).toEqual({ own: ["Second"], open: ["Second"] });
  await edit(t, id, { tags: ["e"] });
  await ada.mutation((ctx) => docs.unpublish(ctx, { id }));
  expect(await tagged(t, "d")).toEqual({ own: [], open: [] });
  expect(await tagged(t, "e")).toEqual({ own: ["Second"], open: [] });
});

test("in bulk, a part of a view is published by a function of the api", async () => {
  const { startBulk } = docs.api();
  const t = deploy({
    modules: { "./convex/bulk.ts": () => Promise.resolve({ startBulk }) },
  });
  const ids = [await make(t, "A"), await make(t, "B")];
  const [first = "", second = ""] = ids;
  await edit(t, first, { title: "A2", tags: ["go"] });
  await edit(t, second, { title: "B2", tags: ["stay"] });
  const start = makeFunctionReference<"mutation">("bulk:startBulk");
  const asked = { view: "byTag", where: { tags: "go" }, operation: "publish" };
  await people(t).ada.mutation(start, asked);
  vi.advanceTimersByTime(1_000);
  await t.finishInProgressScheduledFunctions();
  expect((await tagged(t, "go")).open).toEqual(["A2"]);
  expect((await tagged(t, "stay")).open).toEqual([]);
});

test("without the option, a view leaves out what is ahead", async () => {
  const t = deploy();
  const id = await make(t, "Live");
  await edit(t, id, { title: "Draft" });
  const asked = { view: "byTag", where: { tags: "a" }, ...page } as const;
  const found = await t.query((ctx) => off.listPublic(ctx, asked));
  expect(found.page).toEqual([]);
});

test("a published name stays taken while its document is ahead, and is free after it", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await make(t, "about");
  await edit(t, id, { title: "imprint" });
  for (const title of ["about", "imprint"]) {
    expect(await refusal(make(t, title))).toMatchObject({
      code: "ALREADY_EXISTS",
    });
  }
  // Its own document may take it back, by hand or by discarding.
  await edit(t, id, { title: "about" });
  await edit(t, id, { title: "imprint" });
  await ada.mutation((ctx) => docs.discardDraft(ctx, { id }));
  expect(await refusal(make(t, "about"))).toMatchObject({
    code: "ALREADY_EXISTS",
  });
  await edit(t, id, { title: "imprint" });
  await ada.mutation((ctx) => docs.publish(ctx, { id }));
  await make(t, "about");
  // Out of the trash it needs both of its names.
  await edit(t, id, { title: "legal" });
  await ada.mutation((ctx) => docs.remove(ctx, { id }));
  await make(t, "imprint");
  expect(
    await refusal(ada.mutation((ctx) => docs.restore(ctx, { id }))),
  ).toMatchObject({ code: "ALREADY_EXISTS" });
});

type Step =
  | { kind: "edit"; title: string; tags: string[] }
  | { kind: "public"; isPublic: boolean }
  | { kind: "status"; status: "draft" | "published" | "archived" }
  | {
      kind:
        | "publish"
        | "unpublish"
        | "discardDraft"
        | "remove"
        | "restore"
        | "transfer"
        | "refused";
    };
const tag = fc.constantFrom("a", "b", "c");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("edit" as const),
    title: fc.constantFrom("one", "two", "three"),
    tags: fc.uniqueArray(tag, { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("public" as const),
    isPublic: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("status" as const),
    status: fc.constantFrom("draft", "published", "archived"),
  }),
  fc.record({
    kind: fc.constantFrom(
      "publish",
      "unpublish",
      "discardDraft",
      "remove",
      "restore",
      "transfer",
      "refused",
    ),
  }),
);

const refusing = new Docs(components.docs, {
  ...declared,
  workingCopy: true,
  onChange: (_ctx: HostCtx) => {
    throw new Error("no");
  },
});

/** Applies a step; what is refused changes nothing. */
async function apply(t: Deployment, id: string, one: Step) {
  const system = docs.asSystem("test");
  const { version = 0 } =
    (await t.query((ctx) => system.get(ctx, { id }))) ?? {};
  await t
    .mutation(async (ctx: HostCtx) => {
      switch (one.kind) {
        case "edit":
          return await system.update(ctx, {
            id,
            title: one.title,
            tags: one.tags,
          });
        case "public":
          return await system.update(ctx, { id, isPublic: one.isPublic });
        case "status":
          return await system.update(ctx, { id, status: one.status });
        case "transfer":
          return await system.transfer(ctx, { id, to: `owner ${version % 3}` });
        case "refused":
          await refusing
            .asSystem("test")
            .publish(ctx, { id })
            .catch(() => null);
          await refusing
            .asSystem("test")
            .discardDraft(ctx, { id })
            .catch(() => null);
          return await refusing
            .asSystem("test")
            .remove(ctx, { id })
            .catch(() => null);
        default:
          return await system[one.kind](ctx, { id });
      }
    })
    .catch(() => null);
}

test("in any order, the places of a document are those of what each sees, and a build finds them so", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      const t = deploy();
      const id = await make(t, "one");
      for (const one of steps) {
        vi.advanceTimersByTime(1_000);
        await apply(t, id, one);
      }
      const places = async () => {
        const { documents, publications, entries } = await stored(t);
        const [row] = documents;
        expect(publications).toHaveLength(row?.hasDraft ? 1 : 0);
        return entries
          .map(({ scope, key, view }) => JSON.stringify([view, scope, key]))
          .sort();
      };
      const kept = await places();
      // The same document as a build meets it: with no entries, and without its mark.
      const { inComponent } = await import("../../support/component.js");
      await inComponent(t, async (ctx) => {
        for (const { _id } of await ctx.db.query("entries").collect()) {
          await ctx.db.delete("entries", _id);
        }
      });
      const build = docs.buildViews();
      const run = build as unknown as {
        _handler: (ctx: unknown, args: object) => Promise<unknown>;
      };
      await t.mutation((ctx) => run._handler(ctx, { again: true }) as never);
      for (let seconds = 0; seconds < 5; seconds += 1) {
        vi.advanceTimersByTime(1_000);
        await t.finishInProgressScheduledFunctions();
      }
      expect(await places()).toEqual(kept);
    }),
    { numRuns: 30 },
  );
}, 60_000);

test("code without views keeps the places of a document that is ahead", async () => {
  const t = deploy();
  const id = await make(t, "Live");
  await edit(t, id, { title: "Draft", tags: ["c"] });
  const { ada } = people(t);
  await ada.mutation((ctx) => plain.update(ctx, { id, title: "Plain" }));
  expect(await tagged(t, "a")).toEqual({ own: [], open: ["Live"] });
  expect(await tagged(t, "c")).toEqual({ own: ["Plain"], open: [] });
});
