/**
 * A history and a working copy on the documents of a release that had neither, and a host that turns them off and on again while
 * documents are ahead and plans are pending.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { inComponent } from "../support/component.js";
import {
  deploy,
  docsWithTrash as before,
  people,
  type Deployment,
} from "../support/host.js";
import { docs, edit, publish, stored, without } from "../support/publishing.js";
import { settle } from "../support/tasks.js";
import { underEveryRule } from "../strict/suite.js";
import documentsOfFirst from "./first/documents.json" with { type: "json" };
import { restore, type Snapshot } from "./snapshot.js";

underEveryRule();
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;
const paginationOpts = { numItems: 20, cursor: null };

/** The title that everybody sees of a document: by itself, and in the list. */
async function seen(t: Deployment, id: string, host: typeof before = docs) {
  const document = await t.query((ctx) => host.get(ctx, { id }));
  const { page } = await t.query((ctx) =>
    host.listPublic(ctx, { paginationOpts }),
  );
  const titles = page.filter(({ _id }) => _id === id).map(({ title }) => title);
  expect(titles).toEqual(document ? [document.title] : []);
  return document?.title;
}
const plan = (t: Deployment, id: string, action: "publish" | "unpublish") =>
  people(t).ada.mutation((ctx) =>
    docs.schedule(ctx, { id, action, at: Date.now() + MINUTE }),
  );
const plansOf = async (t: Deployment, id: string) =>
  (await people(t).ada.query((ctx) => docs.schedules(ctx, { id }))).map(
    ({ action, state }) => `${action} ${state}`,
  );

/** A minute and what comes due in it. */
async function planned(t: Deployment) {
  vi.advanceTimersByTime(MINUTE);
  await settle(t);
}

test("documents of the first release are kept at their first edit, which waits, and can be planned, published and brought back", async () => {
  const t = deploy();
  const ids = await restore(documentsOfFirst as unknown as Snapshot, {
    inComponent: (work) => inComponent(t, work),
    inHost: (work) => t.run(work),
  });
  const old = documentsOfFirst.tables.documents.find(
    ({ fields }) => fields.title === "Public",
  )!;
  const id = ids.get(old._id)!;
  const rows = await stored(t);
  expect(await seen(t, id)).toBe("Public");
  // Nothing is written by looking, and nothing before the first edit.
  expect(await stored(t)).toEqual(rows);
  await edit(t, id, { title: "Draft" });
  expect(await seen(t, id)).toBe("Public");
  const { ada } = people(t);
  const { page } = await ada.query((ctx) =>
    docs.listRevisions(ctx, { id, paginationOpts }),
  );
  // Who wrote what was there is not known.
  expect(page.map(({ by }) => by)).toEqual(["ada", undefined]);
  await plan(t, id, "publish");
  await planned(t);
  expect(await seen(t, id)).toBe("Draft");
  expect(await plansOf(t, id)).toEqual(["publish done"]);
  await ada.mutation((ctx) => docs.revert(ctx, { id, to: old.version }));
  expect(await seen(t, id)).toBe("Draft");
  await ada.mutation((ctx) => docs.publish(ctx, { id }));
  expect(await seen(t, id)).toBe("Public");
  expect((await stored(t)).publications).toEqual([]);
});

// Without a working copy, and without a history either: the code of before.
describe.each([
  ["the working copy", without as unknown as typeof before],
  ["the history too", before],
])("%s turned off and on again", (_name, off) => {
  test("what is ahead is hidden meanwhile; what was published of it is there again, and is what discarding brings", async () => {
    const t = deploy();
    const id = await publish(t);
    await edit(t, id, { title: "Draft" });
    expect(await seen(t, id, off)).toBeUndefined();
    await edit(t, id, { title: "Draft, off" }, off);
    expect(await seen(t, id, off)).toBeUndefined();
    expect(await seen(t, id)).toBe("Live");
    await people(t).ada.mutation((ctx) => docs.discardDraft(ctx, { id }));
    expect(await seen(t, id)).toBe("Live");
    expect(await seen(t, id, off)).toBe("Live");
    const { documents, publications } = await stored(t);
    expect(publications).toEqual([]);
    expect(documents[0]).not.toHaveProperty("hasDraft");
  });

  test("a plan that comes due meanwhile publishes what is there then, and the next edit is ahead of that", async () => {
    const t = deploy();
    const id = await publish(t);
    await edit(t, id, { title: "Draft" });
    await plan(t, id, "publish");
    await edit(t, id, { title: "Draft, off" }, off);
    await planned(t);
    expect(await seen(t, id, off)).toBe("Draft, off");
    expect(await plansOf(t, id)).toEqual(["publish done"]);
    await edit(t, id, { title: "On again" });
    expect(await seen(t, id)).toBe("Draft, off");
    expect((await stored(t)).publications).toHaveLength(1);
  });

  test("a plan to take off comes due meanwhile, once, and nobody sees it any more", async () => {
    const t = deploy();
    const id = await publish(t);
    await edit(t, id, { title: "Draft" });
    await plan(t, id, "unpublish");
    await planned(t);
    expect(await seen(t, id, off)).toBeUndefined();
    expect(await seen(t, id)).toBeUndefined();
    await edit(t, id, { status: "published" }, off);
    await planned(t);
    expect(await seen(t, id)).toBe("Draft");
    expect(await plansOf(t, id)).toEqual(["unpublish done"]);
  });

  test("what is deleted meanwhile leaves no revision, publication or plan", async () => {
    const t = deploy();
    const { ada } = people(t);
    const id = await publish(t);
    await edit(t, id, { title: "Draft" });
    await plan(t, id, "publish");
    await ada.mutation((ctx) => off.remove(ctx, { id }));
    expect(await seen(t, id)).toBeUndefined();
    await ada.mutation((ctx) => off.purge(ctx, { id }));
    await planned(t);
    const left = await inComponent(t, async (ctx) => [
      ...(await ctx.db.query("revisions").collect()),
      ...(await ctx.db.query("publications").collect()),
      ...(await ctx.db.query("documents").collect()),
    ]);
    expect(left).toEqual([]);
    // A plan's record goes 30 days after its end.
    vi.advanceTimersByTime(31 * 24 * 60 * MINUTE);
    await settle(t);
    vi.advanceTimersByTime(31 * 24 * 60 * MINUTE);
    await settle(t);
    expect(
      await inComponent(t, (ctx) => ctx.db.query("schedules").collect()),
    ).toEqual([]);
  });
});
