import fc from "fast-check";
import { expect, test } from "vitest";
import { api } from "../../../example/convex/_generated/api.js";
import { LONG } from "../../../example/convex/rank.js";
import { app } from "./app.js";

const { documents, board } = api;
type Person = ReturnType<typeof app>["ada"];
type Status = "draft" | "published" | "archived";

async function cards(person: Person, status: Status = "draft") {
  const { page } = await person.query(documents.list, {
    view: "board",
    where: { status },
    order: "desc",
    paginationOpts: { numItems: 200, cursor: null },
  });
  return page;
}
async function column(person: Person, status: Status = "draft") {
  return (await cards(person, status)).map(({ title }) => title);
}
/** The ids of new documents, the last of which is the newest. */
async function create(person: Person, count: number, status: Status = "draft") {
  const items = Array.from({ length: count }, (_, n) => ({
    title: `${status} ${n}`,
    content: "",
    status,
  }));
  const { results } = await person.mutation(documents.batchCreate, { items });
  return results.flatMap((item) => (item.ok ? [item.id] : []));
}
const draft = (...numbers: number[]) => numbers.map((n) => `draft ${n}`);

test("what nobody has placed stands below what somebody has, the newest first", async () => {
  const { ada } = app();
  const [first = ""] = await create(ada, 3);
  expect(await column(ada)).toEqual(draft(2, 1, 0));
  await ada.mutation(board.move, { id: first, status: "draft", after: null });
  expect(await column(ada)).toEqual(draft(0, 2, 1));
  await create(ada, 1, "published");
  await ada.mutation(board.move, {
    id: first,
    status: "published",
    after: null,
  });
  expect(await column(ada)).toEqual(draft(2, 1));
  expect(await column(ada, "published")).toEqual(["draft 0", "published 0"]);
});

test("a card in an empty column, and below one that has never been placed", async () => {
  const { ada } = app();
  const [a = "", b = "", c = "", d = ""] = await create(ada, 4);
  await ada.mutation(board.move, { id: a, status: "archived", after: null });
  expect(await column(ada, "archived")).toEqual(draft(0));
  // Of 3, 2, 1: below 2. What stands above it gets a rank, what stands below keeps having none.
  await ada.mutation(board.move, { id: a, status: "draft", after: c });
  expect(await column(ada)).toEqual(draft(3, 2, 0, 1));
  const ranked = (await cards(ada)).filter(({ rank }) => rank !== undefined);
  expect(ranked.map(({ _id }) => _id)).toEqual([d, c, a]);
  await ada.mutation(board.move, { id: b, status: "draft", after: d });
  expect(await column(ada)).toEqual(draft(3, 1, 2, 0));
});

test("a card that two columns gave the same rank has something between and below it", async () => {
  const { ada } = app();
  const [a = "", b = "", c = "", d = ""] = await create(ada, 4);
  await ada.mutation(board.move, { id: a, status: "draft", after: null });
  await ada.mutation(board.move, { id: b, status: "published", after: null });
  await ada.mutation(documents.update, { id: b, status: "draft" });
  const [one, two] = await cards(ada);
  expect(one?.rank).toBe(two?.rank);
  await ada.mutation(board.move, { id: c, status: "draft", after: b });
  expect(await column(ada)).toEqual(draft(1, 2, 0, 3));
  await ada.mutation(board.move, { id: d, status: "draft", after: a });
  expect(await column(ada)).toEqual(draft(1, 2, 0, 3));
});

test("ranks stay short however often cards go to the same place, in either direction", async () => {
  const { ada } = app();
  const ids = await create(ada, 12);
  const [top = ""] = ids;
  await ada.mutation(board.move, { id: top, status: "draft", after: null });
  for (let n = 1; n < 90; n++) {
    const id = ids[1 + (n % 11)] ?? "";
    await ada.mutation(board.move, { id, status: "draft", after: top });
    expect((await column(ada))[1]).toBe(`draft ${1 + (n % 11)}`);
  }
  let after = top;
  for (let n = 1; n < 90; n++) {
    const id = ids[1 + (n % 11)] ?? "";
    await ada.mutation(board.move, { id, status: "draft", after });
    after = id;
  }
  const lengths = (await cards(ada)).map(({ rank = "" }) => rank.length);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(LONG);
}, 60_000);

test(
  "any moves leave the columns that a list would",
  { timeout: 60_000 },
  async () => {
    const statuses = ["draft", "published"] as const;
    const moves = fc.array(
      fc.record({
        card: fc.nat(5),
        status: fc.constantFrom(...statuses),
        at: fc.nat(6),
      }),
      { minLength: 1, maxLength: 15 },
    );
    await fc.assert(
      fc.asyncProperty(moves, async (moves) => {
        const { ada } = app();
        const ids = await create(ada, 6);
        const model: Record<(typeof statuses)[number], string[]> = {
          draft: [...ids].reverse(),
          published: [],
        };
        for (const { card, status, at } of moves) {
          const id = ids[card] ?? "";
          for (const each of statuses) {
            model[each] = model[each].filter((other) => other !== id);
          }
          const place = Math.min(at, model[status].length);
          const after = model[status][place - 1] ?? null;
          model[status].splice(place, 0, id);
          await ada.mutation(board.move, { id, status, after });
          for (const each of statuses) {
            const found = await cards(ada, each);
            expect(found.map(({ _id }) => _id)).toEqual(model[each]);
          }
        }
      }),
      { numRuns: 25 },
    );
  },
);

test("only one's own cards move, and only next to one's own", async () => {
  const { t, ada, grace } = app();
  const [a = "", b = ""] = await create(ada, 2);
  const [shown = ""] = await create(ada, 1, "published");
  await ada.mutation(documents.update, { id: shown, isPublic: true });
  const [own = ""] = await create(grace, 1);
  const asked = { status: "draft", after: null } as const;
  const refused = async (by: Person | typeof t, args: object, error: object) =>
    await expect(
      by.mutation(board.move, { ...asked, id: own, ...args }),
    ).rejects.toMatchObject({ data: error });
  await refused(grace, { id: a }, { code: "NOT_FOUND", documentId: a });
  await refused(grace, { id: shown }, { code: "FORBIDDEN" });
  await refused(grace, { after: a }, { code: "NOT_FOUND", documentId: a });
  await refused(
    grace,
    { after: shown, status: "published" },
    { code: "NOT_FOUND", documentId: shown },
  );
  await refused(t, { id: a }, { code: "UNAUTHORIZED" });
  // It has left the column meanwhile, and a card cannot stand below itself.
  await ada.mutation(documents.update, { id: b, status: "archived" });
  await refused(ada, { id: a, after: b }, { code: "NOT_FOUND", documentId: b });
  await refused(ada, { id: a, after: a }, { code: "NOT_FOUND", documentId: a });
  expect(await column(ada)).toEqual(draft(0));
});

test("a place is no unpublished change, and publishes none", async () => {
  const { t, ada } = app();
  const [a = "", b = "", c = ""] = await create(ada, 3, "published");
  for (const id of [a, b, c]) {
    await ada.mutation(documents.update, { id, isPublic: true });
  }
  await ada.mutation(documents.update, { id: b, title: "Not yet" });
  const below = (id: string, after: string | null) =>
    ada.mutation(board.move, { id, status: "published", after });
  // A card, and the one that needs a rank for it.
  await below(a, c);
  await below(b, null);
  const waiting = (await cards(ada, "published")).map(
    ({ title, hasDraft = false }) => [title, hasDraft],
  );
  expect(waiting).toEqual([
    ["Not yet", true],
    ["published 2", false],
    ["published 0", false],
  ]);
  expect((await t.query(documents.get, { id: b }))?.title).toBe("published 1");
  // Into the column is to publish it.
  await ada.mutation(board.move, { id: b, status: "draft", after: null });
  await below(b, null);
  expect((await t.query(documents.get, { id: b }))?.title).toBe("Not yet");
});

test("31 cards that have never been placed get ranks together, and more are refused", async () => {
  const { ada } = app();
  // From the top: 33, 32, … 0.
  const ids = await create(ada, 34);
  const at = (place: number) => ids[33 - place] ?? "";
  const moving = { id: at(33), status: "draft" } as const;
  const deep = ada.mutation(board.move, { ...moving, after: at(31) });
  await expect(deep).rejects.toMatchObject({
    data: { code: "BATCH_TOO_LARGE", limit: 31 },
  });
  await ada.mutation(board.move, { ...moving, after: at(30) });
  expect((await column(ada)).slice(-4)).toEqual(draft(3, 0, 2, 1));
});

test("a rank that nothing can stand above is refused at the field", async () => {
  const { ada } = app();
  const [id = ""] = await create(ada, 1);
  for (const rank of ["", "a0", "Z", "é"]) {
    await expect(
      ada.mutation(documents.update, { id, rank }),
    ).rejects.toMatchObject({
      data: { code: "VALIDATION_FAILED", issues: [{ path: "rank" }] },
    });
  }
});
