/**
 * The app that docs/recipes.md builds up, at work: what the page says of each recipe holds.
 */
import { isDocsError, retryDelay } from "@acme/convex-docs/errors";
import aggregate from "@convex-dev/aggregate/test";
import rateLimiter from "@convex-dev/rate-limiter/test";
import { expect, test, vi } from "vitest";
import {
  mutation,
  pageApp,
  query,
  refusal,
  write,
  type Caller,
} from "../support/pageApp.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const app = await pageApp("docs/recipes.md");

function start() {
  const started = app.start();
  aggregate.register(started.t);
  rateLimiter.register(started.t);
  return started;
}

test("rate limits: the fourth at once is refused with the time to wait, and what is refused is not counted", async () => {
  const { t, ada, bob } = start();
  const create = (who: Pick<Caller, "mutation">, args: object = {}) =>
    who.mutation(mutation("limits:create"), {
      title: "Plan",
      content: "",
      ...args,
    });
  await create(ada);
  await create(ada);
  // Refused by the document's own rules: its place is free again.
  await refusal(create(ada, { key: "" }));
  await create(ada);
  const error = await refusal(create(ada));
  expect(isDocsError(error, "RATE_LIMITED")).toBe(true);
  const wait = retryDelay(error, 0, () => 0)!;
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(MINUTE / 10);
  await create(bob);
  vi.advanceTimersByTime(wait);
  await create(ada);
  expect(isDocsError(await refusal(create(t)), "UNAUTHORIZED")).toBe(true);
});

test("exact totals: they follow every change, and count older documents once", async () => {
  const { t, ada, bob, settle } = start();
  const mine = (who: Caller) => who.query(query("totals:mine"), {});
  const ids = [await write(ada), await write(ada), await write(ada)];
  await write(bob);
  await ada.mutation(mutation("documents:update"), {
    id: ids[0],
    status: "published",
  });
  expect(await mine(ada)).toEqual({ all: 3, published: 1 });
  await ada.mutation(mutation("documents:remove"), { id: ids[0] });
  expect(await mine(ada)).toEqual({ all: 2, published: 0 });
  expect(await mine(bob)).toEqual({ all: 1, published: 0 });
  // As if they were from before there was a hook.
  await t.mutation(async (ctx) => {
    const { totals } = (await app.load("convex/model/totals.ts")) as {
      totals: { clear(ctx: unknown, opts: object): Promise<void> };
    };
    await totals.clear(ctx, { namespace: "test|ada" });
  });
  expect(await mine(ada)).toEqual({ all: 0, published: 0 });
  await write(ada);
  for (let round = 0; round < 2; round++) {
    await t.mutation(mutation("totals:countOlder"), {
      ownerId: "test|ada",
      cursor: null,
    });
    await settle();
    expect(await mine(ada)).toEqual({ all: 3, published: 0 });
  }
});

test("attachments: for whom the document is for, gone with it, and without a document after a day", async () => {
  const { t, ada, bob, settle } = start();
  const documentId = await write(ada);
  const upload = () => t.run((ctx) => ctx.storage.store(new Blob(["text"])));
  const attach = (who: Caller, storageId: string, id = documentId) =>
    who.mutation(mutation("attachments:attach"), {
      documentId: id,
      storageId,
      name: "a.txt",
    });
  const stored = () =>
    t.run((ctx) => ctx.db.system.query("_storage").collect());
  const [storageId, loose] = [await upload(), await upload()];
  expect(isDocsError(await refusal(attach(bob, storageId)), "NOT_FOUND")).toBe(
    true,
  );
  await attach(ada, storageId);
  const list = (who: Caller) =>
    who.query(query("attachments:list"), { documentId });
  expect(await list(ada)).toMatchObject([{ name: "a.txt" }]);
  expect(isDocsError(await refusal(list(bob)), "NOT_FOUND")).toBe(true);
  // Who knows the id of a file cannot read it through a document of their own.
  const theirs = await write(bob);
  expect(
    isDocsError(await refusal(attach(bob, storageId, theirs)), "NOT_FOUND"),
  ).toBe(true);

  const sweep = async () => {
    await t.mutation(mutation("attachments:deleteLoose"), { cursor: null });
    await settle();
  };
  await sweep();
  expect((await stored()).map(({ _id }) => _id)).toEqual([storageId, loose]);
  vi.advanceTimersByTime(DAY + 1);
  await sweep();
  expect((await stored()).map(({ _id }) => _id)).toEqual([storageId]);
  await ada.mutation(mutation("documents:remove"), { id: documentId });
  expect(await stored()).toEqual([]);
});

test("who is here: whoever may read it and was heard of lately, until they are forgotten", async () => {
  const { t, ada, bob } = start();
  const documentId = await write(ada);
  const here = (who: Caller) =>
    who.mutation(mutation("presence:here"), { documentId });
  const who = () =>
    ada.query(query("presence:who"), {
      documentId,
      since: Date.now() - 20_000,
    });
  expect(isDocsError(await refusal(here(bob)), "NOT_FOUND")).toBe(true);
  await here(ada);
  await here(ada);
  expect(await who()).toEqual(["ada"]);
  vi.advanceTimersByTime(20_001);
  expect(await who()).toEqual([]);
  vi.advanceTimersByTime(60 * MINUTE);
  await t.mutation(mutation("presence:forget"), {});
  expect(await t.run((ctx) => ctx.db.query("presence").collect())).toEqual([]);
});

test("an audit log: a line for each change with the names of its fields, and none for what is refused", async () => {
  const { t, ada, bob } = start();
  const documentId = await write(ada);
  const update = (who: Caller, title: string) =>
    who.mutation(mutation("documents:update"), { id: documentId, title });
  await update(ada, "B");
  await refusal(update(bob, "C"));
  const list = (who: Caller) =>
    who.query(query("audit:list"), {
      documentId,
      paginationOpts: { numItems: 10, cursor: null },
    });
  expect(await list(ada)).toMatchObject({
    page: [
      { operation: "update", userId: "test|ada", fields: ["title"] },
      { operation: "create", userId: "test|ada", fields: [] },
    ],
  });
  expect(isDocsError(await refusal(list(bob)), "NOT_FOUND")).toBe(true);
  await ada.mutation(mutation("documents:remove"), { id: documentId });
  const lines = await t.run((ctx) => ctx.db.query("audit").collect());
  expect(lines).toHaveLength(3);
});

test("what goes with its parent: the project's documents, in the background, and no other", async () => {
  const { t, ada, bob, settle } = start();
  const id = (await ada.mutation(mutation("projects:create"), {
    name: "P",
  })) as string;
  for (let n = 0; n < 3; n++) await write(ada, { projectId: id });
  const other = await write(ada);
  const remove = (who: Caller) =>
    who.mutation(mutation("projects:remove"), { id });
  expect(isDocsError(await refusal(remove(bob)), "NOT_FOUND")).toBe(true);
  const { jobId } = (await remove(ada)) as { jobId: string };
  await settle();
  const list = (await ada.query(query("documents:list"), {
    paginationOpts: { numItems: 10, cursor: null },
  })) as { page: { _id: string }[] };
  expect(list.page.map(({ _id }) => _id)).toEqual([other]);
  expect(
    await ada.query(query("documents:bulkStatus"), { jobId }),
  ).toMatchObject({ state: "done", done: 3 });
  // Each was told, as one that somebody removes.
  const lines = await t.run((ctx) => ctx.db.query("audit").collect());
  expect(lines.filter(({ operation }) => operation === "remove")).toHaveLength(
    3,
  );
});
