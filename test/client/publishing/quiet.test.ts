/**
 * What an owner types disturbs nobody who may not see it, and what it costs.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Docs } from "../../../src/client/index.js";
import {
  components,
  deploy,
  fields,
  identify,
  people,
  type Caller,
  type Deployment,
  type HostCtx,
} from "../../support/host.js";
import { docs, edit, publish, without } from "../../support/publishing.js";
import { START, used } from "../../support/history.js";
import { isDisturbed, readSetOf, snapshot } from "../../support/readSet.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(START);
});
afterEach(() => vi.useRealTimers());

const viewed = new Docs(components.docs, {
  fields,
  identify,
  trash: true,
  search: ["title"],
  sharing: true,
  history: { coalesce: false },
  workingCopy: true,
  views: { byTitle: { by: ["title"], public: true } },
});

const page = { paginationOpts: { numItems: 10, cursor: null } };
type Reader = Pick<typeof docs, "get" | "listPublic" | "search">;

/** The queries of somebody who is looking at everything that is public. */
const queries: [string, (who: Caller, id: string) => Promise<unknown>][] = [
  ["get", (who, id) => who.query((ctx) => docs.get(ctx, { id }))],
  ["listPublic", (who) => who.query((ctx) => docs.listPublic(ctx, page))],
  [
    "a public view",
    (who) =>
      who.query((ctx) => viewed.listPublic(ctx, { view: "byTitle", ...page })),
  ],
  [
    "search",
    (who) =>
      who.query((ctx) => docs.search(ctx, { query: "Live", scope: "public" })),
  ],
];

/** How often a subscribed query runs again over these edits. */
async function reruns(
  t: Deployment,
  query: () => Promise<unknown>,
  edits: (() => Promise<unknown>)[],
): Promise<number> {
  let count = 0;
  for (const write of edits) {
    const read = await readSetOf(query);
    const before = await snapshot(t);
    await write();
    if (isDisturbed(read, before, await snapshot(t))) count += 1;
  }
  return count;
}

describe.each(queries)("%s", (_name, query) => {
  const typing = (t: Deployment, id: string, host: Pick<Reader, never>) =>
    Array.from({ length: 10 }, (_, at) => async () => {
      vi.advanceTimersByTime(1_000);
      await edit(t, id, { title: `Draft ${at}` }, host as typeof docs);
    });

  test("of a stranger runs again once, for the first edit, and not for those after it", async () => {
    const t = deploy();
    const host = viewed;
    const id = await publish(t);
    await edit(t, id, { title: "Live", status: "published" }, host);
    for (const who of [people(t).bob, t as unknown as Caller]) {
      const run = () => query(who, id);
      // A row of the public index leaves it, and its publication comes.
      expect(await reruns(t, run, typing(t, id, host))).toBeLessThanOrEqual(1);
      expect(await reruns(t, run, typing(t, id, host))).toBe(0);
    }
  });

  test("would run again for each without a working copy", async () => {
    const t = deploy();
    const id = await publish(t);
    const off = new Docs(components.docs, {
      fields,
      identify,
      search: ["title"],
      views: { byTitle: { by: ["title"], public: true } },
    });
    await edit(t, id, { title: "Live!" }, off);
    const run = () => query(people(t).bob, id);
    expect(await reruns(t, run, typing(t, id, off))).toBe(10);
  });
});

describe("what it costs: index ranges, documents read, documents written", () => {
  async function cost(
    run: (ctx: HostCtx, id: string) => Promise<unknown>,
    edits = 0,
    content = "x".repeat(1_000),
  ) {
    const t = deploy();
    const id = await publish(t, { content });
    for (let at = 0; at < edits; at += 1) await edit(t, id, { title: `${at}` });
    return await people(t).ada.mutation(async (ctx: HostCtx) => {
      await run(ctx, id);
      return await used(ctx);
    });
  }
  const large = "x".repeat(100_000);
  const typed = (ctx: HostCtx, id: string) =>
    docs.update(ctx, { id, title: "Draft" });

  test.each([
    ["the first edit after publishing", typed, 0, [1, 2, 3], [1, 2, 4]],
    ["the next", typed, 1, [1, 2, 2], [1, 2, 3]],
    [
      "publish",
      (ctx: HostCtx, id: string) => docs.publish(ctx, { id }),
      1,
      [2, 3, 2],
      [2, 3, 2],
    ],
    [
      "unpublish",
      (ctx: HostCtx, id: string) => docs.unpublish(ctx, { id }),
      1,
      [2, 3, 2],
      [2, 3, 2],
    ],
    [
      "discardDraft",
      (ctx: HostCtx, id: string) => docs.discardDraft(ctx, { id }),
      1,
      [2, 4, 3],
      [2, 4, 4],
    ],
    [
      "schedule",
      (ctx: HostCtx, id: string) => {
        const at = Date.now() + 60_000;
        return docs.schedule(ctx, { id, action: "publish", at });
      },
      1,
      [3, 3, 5],
      [3, 3, 5],
    ],
    [
      "publishing a draft",
      (ctx: HostCtx, id: string) => docs.publish(ctx, { id }),
      0,
      [1, 1, 0],
      [1, 1, 0],
    ],
  ])("%s", async (_name, run, edits, small, big) => {
    expect(await cost(run, edits)).toEqual(small);
    expect(await cost(run, edits, large)).toEqual(big);
  });

  test("get: of a stranger one range more, and while it is ahead the same as without", async () => {
    const t = deploy();
    const id = await publish(t);
    const { ada, bob } = people(t);
    const get = async (who: Caller, host: Reader) =>
      await who.query(async (ctx) => {
        await host.get(ctx, { id });
        return await used(ctx as unknown as HostCtx);
      });
    expect(await get(bob, without)).toEqual([1, 1, 0]);
    expect(await get(bob, docs)).toEqual([2, 1, 0]);
    await edit(t, id, { title: "Draft" });
    expect(await get(bob, docs)).toEqual([1, 1, 0]);
    expect(await get(ada, docs)).toEqual([2, 2, 0]);
  });
});
