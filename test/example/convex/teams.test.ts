/** What teams own in the example: who reads, writes and sees what, and that somebody leads each. */
import { getDocsError } from "@acme/convex-docs/errors";
import { afterEach, expect, test, vi } from "vitest";
import { api } from "../../../example/convex/_generated/api.js";
import { app } from "./app.js";

afterEach(() => void vi.useRealTimers());

const { documents, teams } = api;
const page = { paginationOpts: { numItems: 10, cursor: null } };
const [ADA, GRACE] = ["https://demo|ada", "https://demo|grace"];

/** A team that Ada leads and Grace is in, and a public document of it. */
async function world() {
  const { t, ada, grace } = app();
  const { teamId } = await ada.mutation(teams.start, { name: " Engines " });
  await ada.mutation(teams.add, { teamId, userId: GRACE, leads: false });
  const [team] = await grace.query(teams.mine, {});
  const { ownerId } = team!;
  const { id } = await ada.mutation(documents.create, {
    title: "Plan",
    content: "Cards",
    dueAt: 1,
    status: "published",
    isPublic: true,
    ownerId,
  });
  return { t, ada, grace, teamId, ownerId, id, team };
}

const codeOf = async (call: Promise<unknown>) =>
  await call.then(
    () => "ok",
    (error: unknown) => getDocsError(error)?.code ?? error,
  );

test("what the team owns is everybody's who is in it, with the person who wrote it, until they are taken out", async () => {
  const { ada, grace, teamId, ownerId, id, team } = await world();
  expect(team).toMatchObject({
    name: "Engines",
    leads: false,
    people: [
      { userId: ADA, leads: true },
      { userId: GRACE, leads: false },
    ],
  });
  await grace.mutation(documents.update, { id, content: "Punched cards" });
  const list = { ownerId, ...page };
  const [shown] = (await ada.query(documents.list, list)).page;
  expect(shown).toMatchObject({ ownerId, updatedBy: GRACE, dueAt: 1 });
  // Neither's own.
  expect((await ada.query(documents.list, page)).page).toEqual([]);
  const hers = { title: "Notes", content: "", ownerId };
  await grace.mutation(documents.create, hers);
  expect((await ada.query(documents.list, list)).page).toHaveLength(2);

  await ada.mutation(teams.remove, { teamId, userId: GRACE });
  expect((await grace.query(documents.list, list)).page).toEqual([]);
  const update = grace.mutation(documents.update, { id, content: "Mine" });
  expect(await codeOf(update)).toBe("FORBIDDEN");
  const create = grace.mutation(documents.create, hers);
  expect(await codeOf(create)).toBe("VALIDATION_FAILED");
});

test("who leads the team publishes and removes, and the others do not", async () => {
  const { ada, grace, id, ownerId } = await world();
  for (const change of [{ status: "draft" }, { isPublic: false }] as const) {
    const update = grace.mutation(documents.update, { id, ...change });
    expect(await codeOf(update)).toBe("FORBIDDEN");
  }
  const remove = grace.mutation(documents.remove, { id });
  expect(await codeOf(remove)).toBe("FORBIDDEN");
  const asked = { id, operation: "remove" } as const;
  expect(await grace.query(documents.can, asked)).toMatchObject({
    allowed: false,
    role: "editor",
  });
  await ada.mutation(documents.remove, { id });
  const trash = { ownerId, ...page };
  expect((await ada.query(documents.listTrash, trash)).page).toHaveLength(1);
});

test("strangers see neither when it is due, nor its place on the board, nor who wrote it", async () => {
  const { t, grace, id } = await world();
  const seen = await t.query(documents.get, { id });
  expect(Object.keys(seen!)).toEqual(
    expect.arrayContaining(["title", "content"]),
  );
  for (const hidden of ["dueAt", "rank", "updatedBy"])
    expect(seen).not.toHaveProperty(hidden);
  const [row] = (await grace.query(documents.listPublic, page)).page;
  expect(row).not.toHaveProperty("dueAt");
  // By her own role.
  expect(await grace.query(documents.get, { id })).toHaveProperty("dueAt", 1);
});

test("somebody leads each team, and nobody gets in by themselves", async () => {
  const { ada, grace, teamId } = await world();
  const [self, other] = [
    { teamId, userId: ADA },
    { teamId, userId: GRACE },
  ];
  for (const call of [
    ada.mutation(teams.remove, self),
    ada.mutation(teams.add, { ...self, leads: false }),
    grace.mutation(teams.add, { ...other, leads: true }),
    grace.mutation(teams.remove, self),
    ada.mutation(teams.start, { name: " " }),
  ])
    expect(await codeOf(call)).toBe("VALIDATION_FAILED");
  await ada.mutation(teams.add, { ...other, leads: true });
  await ada.mutation(teams.remove, self);
  expect(await ada.query(teams.mine, {})).toEqual([]);
  const back = ada.mutation(teams.add, { ...self, leads: true });
  expect(await codeOf(back)).toBe("VALIDATION_FAILED");
  // One leaves by oneself, but not as the last who leads.
  expect(await codeOf(grace.mutation(teams.remove, other))).toBe(
    "VALIDATION_FAILED",
  );
});

test("who is erased is in no team any more: another leads it, and what the last of a team has left goes too", async () => {
  vi.useFakeTimers();
  const { t, ada, grace, teamId, id } = await world();
  const settle = () =>
    t.finishAllScheduledFunctions(() => vi.advanceTimersByTime(50));
  await ada.mutation(api.account.erase, {});
  await settle();
  const [team] = await grace.query(teams.mine, {});
  expect(team!.people).toEqual([{ userId: GRACE, leads: true }]);
  expect(await grace.query(documents.get, { id })).not.toBeNull();
  await grace.mutation(api.account.erase, {});
  await settle();
  expect(await t.query(documents.get, { id })).toBeNull();
  expect(await t.run(({ db }) => db.get("teams", teamId))).toBeNull();
});

test("nobody is taken into more teams than they can see", async () => {
  const { ada, grace, teamId } = await world();
  await ada.mutation(teams.remove, { teamId, userId: GRACE });
  for (let n = 0; n < 10; n += 1)
    await grace.mutation(teams.start, { name: `Team ${n}` });
  const more = { teamId, userId: GRACE, leads: false };
  expect(await codeOf(ada.mutation(teams.add, more))).toBe("VALIDATION_FAILED");
});
