/**
 * Clean-ups where views are kept: what they take leaves its places, too.
 */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { batch, cleanUp, DAY, HOUR, runs } from "../../support/retention.js";
import { Docs } from "../../../src/client/index.js";
import { VIEW } from "../../../src/shared/views.js";
import { components, deploy, identify } from "../../support/host.js";
import { expectExactEntries, fields, stored } from "../../support/views.js";

const docs = new Docs(components.docs, {
  fields,
  identify,
  trash: true,
  views: {
    byTag: { each: "tags", by: ["updatedAt"] },
    byTitle: { by: ["title"], fold: ["title"] },
  },
});
const functions = docs.retention({
  policies: [{ status: "draft", olderThan: { days: 30 } }],
  undoFor: { days: 7 },
});
/** As many places as a document may have. */
const tags = Array.from({ length: VIEW.maxEntries - 1 }, (_, n) => `tag ${n}`);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.spyOn(console, "info").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it("takes documents out of every list, and purges them, within the limits of a transaction", async () => {
  const t = deploy({
    modules: { "./convex/retention.ts": () => Promise.resolve(functions) },
  });
  const items = Array.from({ length: 100 }, (_, n) => ({
    title: `t${n}`,
    projectId: "p",
    tags,
  }));
  for (let call = 0; call < 2; call++)
    await t.mutation((ctx) => docs.as("ada").batchCreate(ctx, { items }));
  vi.advanceTimersByTime(31 * DAY);
  const young = await t.mutation((ctx) =>
    docs.as("ada").create(ctx, { title: "young", projectId: "p", tags }),
  );
  await cleanUp(t);
  const [run] = await runs(t);
  expect(run).toMatchObject({ status: "success", counts: { removed: 200 } });
  const { entries } = await stored(t);
  expect(new Set(entries.map(({ documentId }) => documentId))).toEqual(
    new Set([young.id]),
  );
  await expectExactEntries(t);
  vi.advanceTimersByTime(7 * DAY + HOUR);
  await cleanUp(t, "purgeTrash");
  await batch(t);
  expect((await stored(t)).all.map(({ _id }) => _id)).toEqual([young.id]);
  await expectExactEntries(t);
});
