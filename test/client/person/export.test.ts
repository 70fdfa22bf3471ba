/**
 * What a person is given of what there is of them: all of it, once, and nothing of anybody else's.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ExportItem } from "../../../src/client/index.js";
import type { Id } from "../../../src/component/_generated/dataModel.js";
import { inComponent } from "../../support/component.js";
import { deploy, type Deployment, type fields } from "../../support/host.js";
import {
  docs,
  everything,
  MAIL,
  PERSON,
  populate,
  revise,
  START,
  system,
} from "../../support/person.js";
import { refusal } from "../../support/refusals.js";

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

type Item = ExportItem<typeof fields>;
const person = { userId: PERSON, principals: [MAIL] };

/** Every page, each in a transaction of its own. */
async function pages(t: Deployment): Promise<Item[][]> {
  const all: Item[][] = [];
  for (let cursor: string | null = null; ;) {
    const page: { items: Item[]; cursor: string | null } = await t.query(
      (ctx) => system.exportPage(ctx, { ...person, cursor }),
    );
    all.push(page.items);
    cursor = page.cursor;
    if (cursor === null) return all;
  }
}
const countsOf = (items: Item[]) =>
  Object.fromEntries(
    [...new Set(items.map(({ kind }) => kind))].map((kind) => [
      kind,
      items.filter((item) => item.kind === kind).length,
    ]),
  );

test("everything of a person, once, over as many pages as it takes, and nothing of others", async () => {
  const t = deploy();
  const { own, others, given } = await populate(t, 30, 20);
  const found = await pages(t);
  expect(found.length).toBeGreaterThan(1);
  for (const items of found) expect(items.length).toBeLessThanOrEqual(510);
  const items = found.flat();
  expect(countsOf(items)).toEqual({
    bulk: 1,
    document: 30,
    // Three more were replaced by Ada.
    revision: 30 * 20 + 3,
    // To Ada of their own; four to Cy; four to them, and four to their address.
    grant: 3 + 4 + 8,
    // Two in each of four of Ada's, and two in what was theirs.
    contribution: 4 * 2 + 3,
    retention: 1,
    plan: 1,
  });
  const keys = items.map((item) => JSON.stringify(item));
  expect(new Set(keys).size).toBe(keys.length);
  const documents = items.flatMap((item) =>
    item.kind === "document" ? [item.document] : [],
  );
  expect(new Set(documents.map(({ _id }) => _id))).toEqual(new Set(own));
  // As `get` shows them, with the host's fields, and no column that is hidden.
  expect(documents[0]).toMatchObject({
    ownerId: PERSON,
    title: expect.any(String) as string,
  });
  expect(documents[0]).not.toHaveProperty("head");
  const elsewhere = items.flatMap((item) =>
    item.kind === "contribution" ? [item.documentId] : [],
  );
  expect(new Set(elsewhere)).toEqual(new Set([...others, given]));
  // Where they wrote, and not what others' documents contain.
  expect(keys.filter((key) => key.includes("by Bob"))).toEqual([]);
  const before = await everything(t);
  await pages(t);
  expect(await everything(t)).toEqual(before);
}, 60_000);

test("large contents end a page at 4 MiB", async () => {
  const t = deploy();
  const content = "x".repeat(200_000);
  const mallory = t.withIdentity({ subject: PERSON });
  const { id } = await mallory.mutation((ctx) =>
    docs.create(ctx, { title: "Large", content }),
  );
  for (let n = 0; n < 30; n += 1)
    await mallory.mutation((ctx) =>
      docs.update(ctx, { id, content: `${n}${content}` }),
    );
  const found = await pages(t);
  expect(found.length).toBeGreaterThanOrEqual(2);
  for (const items of found)
    expect(JSON.stringify(items).length).toBeLessThan(4.5 * 1024 * 1024);
  expect(countsOf(found.flat())).toMatchObject({ document: 1, revision: 30 });
}, 30_000);

test("a loop over it has every page, also of a document with thousands of others' contents", async () => {
  const t = deploy();
  const { others } = await populate(t, 3, 2);
  await inComponent(t, (ctx) =>
    revise(ctx, others[0] as Id<"documents">, 1_500, ["bob"], 100),
  );
  const items: Item[] = [];
  await t.query(async (ctx) => {
    for await (const some of system.export(ctx, person)) items.push(...some);
  });
  expect(items).toEqual((await pages(t)).flat());
  expect(countsOf(items)).toMatchObject({ document: 3, contribution: 11 });
}, 30_000);

test("a cursor that somebody has made leads to nothing of another's, and nonsense is refused", async () => {
  const t = deploy();
  const { others } = await populate(t, 2, 2);
  const read = (cursor: string) =>
    t.query((ctx) => system.exportPage(ctx, { ...person, cursor }));
  const id = others[0]!;
  for (const forged of [
    [1, { of: '[0,0,""]', id, version: -1 }],
    [3, { documentId: id, version: -1 }],
  ]) {
    const { items } = await read(JSON.stringify(forged));
    const of = items.filter(
      (item) => item.kind === "revision" && item.documentId === id,
    );
    expect(of).toEqual([]);
  }
  for (const nonsense of ["x", "{}", "[", '["a"]'])
    expect(await refusal(read(nonsense))).toMatchObject({
      code: "INVALID_CURSOR",
    });
  const nobody = (userId: string) =>
    t.query((ctx) => system.exportPage(ctx, { userId }));
  expect(await refusal(nobody(""))).toMatchObject({
    code: "VALIDATION_FAILED",
  });
  expect(await nobody("stranger")).toEqual({ items: [], cursor: null });
});
