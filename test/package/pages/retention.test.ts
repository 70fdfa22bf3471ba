/**
 * The app that docs/retention.md builds up, at work: what goes, when, and what keeps it.
 */
import type { Docs } from "@acme/convex-docs";
import { isDocsError } from "@acme/convex-docs/errors";
import type { VString } from "convex/values";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  mutation,
  pageApp,
  query,
  refusal,
  write,
  type Caller,
} from "../support/pageApp.js";
import { callCrons, pass } from "../support/running.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const page = await pageApp("docs/retention.md", {
  // As docs/jobs.md has it.
  "convex/operations.ts": `
    import { Jobs } from "@acme/convex-docs/jobs";
    import { components } from "./_generated/api";
    export const { runs, pause, resume, cancel } = new Jobs(components.docs).operator();`,
});

beforeEach(() => {
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => void vi.restoreAllMocks());

type Forecast = { status?: string; reason: string; count: number };
type Preview = { at: number; cleanup: Forecast[]; purge: Forecast[] };
type Row = { _id: string; title: string };

function start() {
  const app = page.start(["docs", "reports"]);
  const { t, ada } = app;
  const operate = (name: string) =>
    t.mutation(mutation(`operations:${name}`), { job: "cleanupOldDrafts" });
  /** Calls a function that cleans up, and lets its run come to its end. */
  const run = async (name: string): Promise<unknown> => {
    const answer: unknown = await t.mutation(mutation(name), {});
    await pass(t, MINUTE);
    return answer;
  };
  return {
    ...app,
    operate,
    cleanUp: () => run("documents:cleanupOldDrafts"),
    purge: () => run("documents:purgeTrash"),
    cleanUpFiles: () => run("files:cleanupOldDrafts"),
    preview: async (args: object = {}) =>
      (await t.query(query("documents:previewCleanup"), args)) as Preview,
    update: (id: string, args: object) =>
      ada.mutation(mutation("documents:update"), { id, ...args }),
    left: () => titles(ada, "list"),
    trash: () => titles(ada, "listTrash"),
  };
}

async function titles(who: Caller, list: "list" | "listTrash") {
  const paginationOpts = { cursor: null, numItems: 20 };
  const { page } = (await who.query(query(`documents:${list}`), {
    paginationOpts,
  })) as { page: Row[] };
  return page.map(({ title }) => title).sort();
}

test("drafts go once they are older than thirty days since their last edit, and archived ones a year after their creation", async () => {
  const { ada, cleanUp, update, left, trash } = start();
  for (const title of ["A", "B"]) await write(ada, { title });
  await write(ada, { title: "published", status: "published" });
  const archived = await write(ada, { title: "archived", status: "archived" });
  const edited = await write(ada, { title: "edited since" });
  vi.advanceTimersByTime(30 * DAY);
  await update(edited, { content: "B" });
  await cleanUp();
  expect(await trash()).toEqual([]);
  await cleanUp();
  expect(await trash()).toEqual(["A", "B"]);
  vi.advanceTimersByTime(335 * DAY);
  await update(archived, { content: "B" });
  await update(edited, { content: "C" });
  await cleanUp();
  expect(await left()).toEqual(["edited since", "published"]);
});

test("its crons start both runs, and a call while one is under way says so", async () => {
  const { t } = start();
  const started = { started: true, runId: expect.any(String) as string };
  expect(await callCrons(page, t)).toEqual({
    "documents:cleanupOldDrafts": started,
    "documents:purgeTrash": started,
  });
  expect(await t.mutation(mutation("documents:cleanupOldDrafts"), {})).toEqual({
    started: false,
    reason: "overlap",
  });
});

test("a preview says what would go at a time, changes nothing, and is what a run then takes", async () => {
  const { ada, preview, cleanUp, left } = start();
  const ids = [await write(ada), await write(ada)];
  expect((await preview()).cleanup).toMatchObject([
    { status: "draft", count: 0 },
    { status: "archived", count: 0 },
    { reason: "expired", count: 0 },
  ]);
  const at = Date.now() + 31 * DAY;
  const later = await preview({ at });
  expect(later).toMatchObject({ at, purge: expect.any(Array) as unknown[] });
  expect(later.cleanup[0]).toMatchObject({ count: 2, shown: "2", sample: ids });
  expect(await left()).toHaveLength(2);
  vi.setSystemTime(at);
  await cleanUp();
  expect(await left()).toEqual([]);
});

test("what is in the trash is brought back and stays, or is deleted for good after thirty days, whoever put it there", async () => {
  const { ada, cleanUp, purge, left, trash } = start();
  const [back] = [
    await write(ada, { title: "back" }),
    await write(ada, { title: "gone" }),
  ];
  const own = await write(ada, { title: "own", status: "published" });
  vi.advanceTimersByTime(31 * DAY);
  await cleanUp();
  await ada.mutation(mutation("documents:remove"), { id: own });
  await ada.mutation(mutation("documents:restore"), { id: back });
  await cleanUp();
  expect(await left()).toEqual(["back"]);
  await purge();
  expect(await trash()).toEqual(["gone", "own"]);
  vi.advanceTimersByTime(30 * DAY);
  await purge();
  expect(await trash()).toEqual([]);
});

test("a pinned document is kept, by whoever may write it, and a held one; unpinned and released, it goes", async () => {
  const { t, ada, bob, cleanUp, update, left } = start();
  const id = await write(ada);
  const keep = (who: Caller) => who.mutation(mutation("notices:keep"), { id });
  expect(isDocsError(await refusal(keep(bob)), "NOT_FOUND")).toBe(true);
  await keep(ada);
  vi.advanceTimersByTime(31 * DAY);
  await cleanUp();
  expect(await left()).toEqual(["Plan"]);
  await update(id, { pinned: false });
  const { docs } = (await page.load("convex/documents.ts")) as {
    docs: Docs<Record<string, never>>;
  };
  const system = docs.asSystem("test");
  await t.mutation((ctx) => system.hold(ctx, { id }));
  vi.advanceTimersByTime(31 * DAY);
  await cleanUp();
  expect(await left()).toEqual(["Plan"]);
  await t.mutation((ctx) => system.release(ctx, { id }));
  await cleanUp();
  expect(await left()).toEqual([]);
});

test("an announcement goes in a week, however often it is edited, and is read until a run takes it", async () => {
  const { ada, bob, cleanUp, update, left, preview } = start();
  const { id } = (await ada.mutation(mutation("notices:announce"), {
    title: "Fair",
  })) as { id: string };
  const read = () => bob.query(query("documents:get"), { id });
  vi.advanceTimersByTime(7 * DAY - 2 * MINUTE);
  await update(id, { content: "Soon" });
  await cleanUp();
  expect(await read()).toMatchObject({ title: "Fair" });
  vi.advanceTimersByTime(2 * MINUTE);
  expect(await read()).toMatchObject({ title: "Fair" });
  expect((await preview({ at: Date.now() })).cleanup[2]).toMatchObject({
    count: 1,
  });
  await cleanUp();
  expect(await read()).toBeNull();
  // Brought back, it has no time of its own any more.
  await ada.mutation(mutation("documents:restore"), { id });
  await cleanUp();
  expect(await left()).toEqual(["Fair"]);
  const inSeconds = { expiresAt: Math.floor(Date.now() / 1000) + 60 };
  expect(
    isDocsError(await refusal(update(id, inSeconds)), "VALIDATION_FAILED"),
  ).toBe(true);
});

test("an owner with a rule of their own goes by it, and others by the policy", async () => {
  const { ada, bob, t, cleanUp, left } = start();
  await write(ada);
  await write(bob);
  await t.mutation(mutation("plans:upgraded"), { userId: "test|ada" });
  vi.advanceTimersByTime(364 * DAY);
  await cleanUp();
  expect(await left()).toEqual(["Plan"]);
  expect(await titles(bob, "list")).toEqual([]);
  vi.advanceTimersByTime(2 * DAY);
  await cleanUp();
  expect(await left()).toEqual([]);
});

test("a report's file goes with it; one whose hook fails stays, stops no other, and is left alone after five failures until it is released", async () => {
  const { t, ada, cleanUpFiles } = start();
  const other = await write(ada);
  const { reports } = (await page.load("convex/files.ts")) as {
    reports: Docs<{ title: VString; file: VString }>;
  };
  const report = (file: string) =>
    t.mutation((ctx) => reports.as("ada").create(ctx, { title: "R", file }));
  const store = () => t.run((ctx) => ctx.storage.store(new Blob(["text"])));
  const [gone, file] = [await store(), await store()];
  const broken = await report(gone);
  await report(file);
  await t.run((ctx) => ctx.storage.delete(gone));
  vi.advanceTimersByTime(31 * DAY);
  const quarantined = async () =>
    (
      (await t.query(query("files:previewCleanup"), {})) as {
        quarantined: unknown[];
      }
    ).quarantined;
  for (let failure = 1; failure <= 5; failure++) {
    expect(await quarantined()).toEqual([]);
    await cleanUpFiles();
  }
  expect(await quarantined()).toMatchObject([
    { id: broken.id, code: "INTERNAL", failures: 5 },
  ]);
  const files = await t.run((ctx) => ctx.db.system.query("_storage").collect());
  expect(files).toEqual([]);
  expect(
    await t.mutation(mutation("files:releaseQuarantined"), {
      ids: [broken.id],
    }),
  ).toBe(1);
  expect(await quarantined()).toEqual([]);
  // Documents of the other mount are no reports.
  expect(await ada.query(query("documents:get"), { id: other })).toMatchObject({
    title: "Plan",
  });
});

test("a run is a job's: it says what it did, and is paused and cancelled as one", async () => {
  const { t, ada, operate, cleanUp, left } = start();
  await write(ada);
  await operate("pause");
  vi.advanceTimersByTime(31 * DAY);
  expect(await cleanUp()).toEqual({ started: false, reason: "paused" });
  await operate("resume");
  await t.mutation(mutation("documents:cleanupOldDrafts"), {});
  await operate("cancel");
  await pass(t, MINUTE);
  expect(await left()).toEqual(["Plan"]);
  await cleanUp();
  expect(
    await t.query(query("operations:runs"), { job: "cleanupOldDrafts" }),
  ).toMatchObject({
    page: [
      { status: "success", counts: { scanned: 1, removed: 1, failed: 0 } },
      { status: "canceled" },
    ],
  });
});
