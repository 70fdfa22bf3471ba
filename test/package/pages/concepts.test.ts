/**
 * The app that docs/concepts.md builds up, at work: what the page says of each term holds.
 */
import { expect, test } from "vitest";
import {
  mutation,
  pageApp,
  query,
  refusal,
  write,
  type Caller,
} from "../support/pageApp.js";

const { start, load } = await pageApp("docs/concepts.md", {
  "convex/notesApi.ts": `
    import { notes } from "./notes";
    export const { create, get, update } = notes.api();
  `,
});

const SHOWN = { status: "published", isPublic: true };
const failed = (code: string) => ({ data: { code } });
type Calls = Pick<Caller, "mutation" | "query">;
const call = (who: Calls, name: string, args: object) =>
  who.mutation(mutation(name), args) as Promise<{
    id: string;
    version: number;
  }>;
const read = (who: Calls, id: string, from = "documents") =>
  who.query(query(`${from}:get`), { id }) as Promise<object | null>;

test("a mount has its own tables: an id of one is unknown in another", async () => {
  const { ada } = start();
  const note = await call(ada, "notesApi:create", { text: "A", color: "red" });
  expect(await read(ada, note.id, "notesApi")).toMatchObject({ color: "red" });
  expect(await read(ada, note.id)).toBeNull();
  const change = call(ada, "documents:update", { id: note.id, title: "B" });
  expect(await refusal(change)).toMatchObject(failed("NOT_FOUND"));
  // convex-test numbers the ids of each mount from the same start.
  await write(ada);
  expect(await read(ada, await write(ada), "notesApi")).toBeNull();
});

test("a document has its fields, flat, beside those of every document", async () => {
  const { ada } = start();
  const id = await write(ada);
  expect(await read(ada, id)).toEqual({
    _id: id,
    _creationTime: expect.any(Number) as number,
    title: "Plan",
    content: "",
    ownerId: "test|ada",
    status: "draft",
    isPublic: false,
    version: 1,
    createdAt: Date.now(),
    updatedAt: Date.now(),
  });
});

test("a write that breaks three rules lists three problems and changes nothing", async () => {
  const { ada } = start();
  const { id } = await call(ada, "notesApi:create", { text: "A" });
  const wrong = { id, text: 1, color: "green", status: "secret" };
  const error = await refusal(call(ada, "notesApi:update", wrong));
  expect(error).toMatchObject(failed("VALIDATION_FAILED"));
  const { issues } = (error as { data: { issues: { path: string }[] } }).data;
  expect(issues.map(({ path }) => path).sort()).toEqual([
    "color",
    "status",
    "text",
  ]);
  expect(await read(ada, id, "notesApi")).toMatchObject({
    text: "A",
    version: 1,
  });
});

test("who acts: the caller, another user with that user's rights, or the system", async () => {
  const { t, ada, bob } = start();
  const id = await write(ada);
  const mine = (who: Calls) => call(who, "actors:mine", { id });
  const theirs = (userId: string) => call(t, "actors:theirs", { userId, id });
  expect(await refusal(mine(t))).toMatchObject(failed("UNAUTHORIZED"));
  expect(await refusal(mine(bob))).toMatchObject(failed("NOT_FOUND"));
  expect(await refusal(theirs("test|bob"))).toMatchObject(failed("NOT_FOUND"));
  await theirs("test|ada");
  expect(await read(ada, id)).toMatchObject({ status: "published" });
  await call(ada, "documents:update", { id, status: "draft", isPublic: true });
  expect(await mine(ada)).toMatchObject({ version: 4 });
  expect(await read(bob, id)).not.toBeNull();
  await call(t, "actors:any", { id });
  expect(await read(bob, id)).toBeNull();
});

test.each([
  [{}, false],
  [{ status: "published" }, false],
  [{ isPublic: true }, false],
  [{ isPublic: true, status: "archived" }, false],
  [SHOWN, true],
])("who sees what: of %j others see: %j", async (state, seen) => {
  const { t, ada, bob } = start();
  const id = await write(ada, state);
  expect(await read(ada, id)).not.toBeNull();
  for (const who of [bob, t]) {
    expect((await read(who, id)) !== null).toBe(seen);
  }
  const change = call(bob, "documents:update", { id, title: "B" });
  expect(await refusal(change)).toMatchObject(
    failed(seen ? "FORBIDDEN" : "NOT_FOUND"),
  );
});

test("what the caller may not see is answered like what does not exist, byte for byte", async () => {
  const { ada, bob } = start();
  const gone = await write(ada);
  await call(ada, "documents:remove", { id: gone });
  const answers = new Set<string>();
  for (const id of [await write(ada), gone, "nonsense"]) {
    expect(await read(bob, id)).toBeNull();
    const error = await refusal(call(bob, "documents:remove", { id }));
    const { data } = error as { data: object };
    answers.add(JSON.stringify(data).replaceAll(id, "…"));
  }
  expect([...answers]).toEqual([expect.stringContaining("NOT_FOUND")]);
});

test("a version: an edit of another than the one that was seen is not saved, and any other error is thrown", async () => {
  const { ada, bob } = start();
  const { save } = (await load("src/save.ts")) as {
    save: (
      update: (args: object) => Promise<unknown>,
      ...args: [id: string, title: string, seen: number]
    ) => Promise<boolean>;
  };
  const by = (who: Caller) => (args: object) =>
    call(who, "documents:update", args);
  const id = await write(ada);
  // Two windows at once.
  const both = ["B", "C"].map((title) => save(by(ada), id, title, 1));
  expect((await Promise.all(both)).sort()).toEqual([false, true]);
  expect(await read(ada, id)).toMatchObject({ version: 2 });
  expect(await refusal(save(by(bob), id, "D", 2))).toMatchObject(
    failed("NOT_FOUND"),
  );
  // Without `ifVersion` the last write wins; one that changes nothing writes nothing.
  for (let round = 0; round < 2; round++) {
    expect(await by(ada)({ id, title: "E" })).toMatchObject({ version: 3 });
  }
});
