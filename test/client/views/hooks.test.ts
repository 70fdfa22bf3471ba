/**
 * Views beside the hooks of the host: `onChange`, whose throw takes everything back, and `access`, which hides.
 */
import { describe, expect, it } from "vitest";
import { Docs } from "../../../src/client/index.js";
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

let fails = false;
const told: string[] = [];
const onChange = (_: unknown, { operation }: { operation: string }) => {
  told.push(operation);
  if (fails) throw new Error("no");
};
const hooked = new Docs(components.docs, {
  fields,
  identify,
  views,
  trash: true,
  onChange,
});
const deleting = new Docs(components.docs, {
  fields,
  identify,
  views,
  onChange,
});

async function put(t: Deployment, host: typeof docs | typeof plain, n = 3) {
  const items = Array.from({ length: n }, (_, at) => ({
    title: `t${at}`,
    projectId: "p",
    tags: ["u"],
    slug: `s${at}`,
  }));
  const as = host.as("ada") as ReturnType<typeof plain.as>;
  const made = await t.mutation((ctx) => as.batchCreate(ctx, { items }));
  return made.results.flatMap((one) => (one.ok ? [one.id] : []));
}

describe("a throw of onChange that the host catches", () => {
  it.each([
    ["of documents with places", docs],
    ["of documents that were not given any yet", plain],
  ])("takes back the places %s", async (_, host) => {
    const t = deploy();
    const ids = await put(t, host);
    const before = await stored(t);
    const { ada } = people(t);
    fails = true;
    const tries = [
      (ctx: never) =>
        hooked.batchUpdate(ctx, { ids, updates: { title: "x", tags: ["v"] } }),
      (ctx: never) => hooked.batchRemove(ctx, { ids }),
      (ctx: never) => deleting.batchRemove(ctx, { ids }),
      (ctx: never) => hooked.create(ctx, { title: "n", projectId: "p" }),
      (ctx: never) => hooked.transfer(ctx, { id: ids[0]!, to: "bob" }),
    ];
    for (const run of tries) {
      await ada.mutation((ctx) => run(ctx as never).catch(() => undefined));
    }
    fails = false;
    expect(told.length).toBeGreaterThan(0);
    const after = await stored(t);
    expect(after.all).toEqual(before.all);
    const keys = ({ entries }: typeof after) =>
      entries.map(({ view, key }) => JSON.stringify([view, key.map(String)]));
    expect(keys(after).sort()).toEqual(keys(before).sort());
  });

  it("leaves right what it lets through", async () => {
    const t = deploy();
    const ids = await put(t, docs);
    const { ada } = people(t);
    await ada.mutation((ctx) =>
      hooked.batchUpdate(ctx, { ids, updates: { title: "x", tags: ["v"] } }),
    );
    await ada.mutation((ctx) => deleting.remove(ctx, { id: ids[0]! }));
    await ada.mutation((ctx) => hooked.remove(ctx, { id: ids[1]! }));
    await expectExactEntries(t);
    expect((await stored(t)).entries).toHaveLength(5);
  });
});

describe("access", () => {
  const hiding = new Docs(components.docs, {
    fields,
    identify,
    views,
    access: (_: unknown, { document }: { document: { title: string } }) =>
      !document.title.startsWith("hidden") && "viewer",
  });
  const shown = { isPublic: true, status: "published" } as const;

  it("hides rows of a page, and no cursor tells their values", async () => {
    const t = deploy();
    const titles = Array.from({ length: 60 }, (_, n) =>
      n % 5 === 4 ? `shown ${n}` : `hidden secret ${n}`,
    );
    const items = titles.map((title, rank) => ({
      title,
      projectId: "p",
      rank: `${title} rank ${rank}`,
      ...shown,
    }));
    await t.mutation((ctx) => docs.as("ada").batchCreate(ctx, { items }));
    const found: string[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < 40; pages++) {
      const paginationOpts = { numItems: 3, cursor };
      const page: {
        page: { title: string }[];
        isDone: boolean;
        continueCursor: string;
      } = await t.query((ctx) =>
        hiding.listPublic(ctx, { view: "board", paginationOpts }),
      );
      found.push(...page.page.map(({ title }) => title));
      expect(page.continueCursor).not.toContain("secret");
      cursor = page.continueCursor;
      if (page.isDone) break;
    }
    expect(found.sort()).toEqual(
      titles.filter((title) => title.startsWith("shown")).sort(),
    );
  });

  it("is asked by count", async () => {
    const t = deploy();
    const items = ["hidden a", "b", "c"].map((title) => ({
      title,
      projectId: "p",
    }));
    await t.mutation((ctx) => docs.as("ada").batchCreate(ctx, { items }));
    const counted = await people(t).ada.query((ctx) =>
      hiding.count(ctx, { view: "byProject", where: { projectId: "p" } }),
    );
    expect(counted).toEqual({ count: 2, more: false });
  });
});
