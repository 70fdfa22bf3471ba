/**
 * The app that docs/batches.md builds up, at work: what the page says of batches and bulk operations holds.
 */
import { expect, test, vi } from "vitest";
import { deploymentOf } from "../../../dev/strict/index.js";
import {
  mutation,
  pageApp,
  query,
  refusal,
  write,
  type Caller,
} from "../support/pageApp.js";

const tickets = (worker: string) => `
  import { Docs } from "@acme/convex-docs";
  import { v } from "convex/values";
  import * as z from "zod";
  import { components, internal } from "./_generated/api";
  export const { startBulk } = new Docs(components.tickets, {
    fields: { title: v.string() },
    identify: async (ctx) => (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
    schema: z.object({ title: z.string().min(1) }),
    ${worker}
  }).api();
`;
const { start } = await pageApp("docs/batches.md", {
  "convex/ticketsApi.ts": `
    import { tickets } from "./tickets";
    export const { create, startBulk, bulkStatus } = tickets.api();
  `,
  "convex/without.ts": tickets(""),
  "convex/another.ts": tickets("worker: internal.clearing.clear,"),
  "convex/more.ts": `
    import { docs } from "./documents";
    export const { batchCreate, count, startBulk, transfer } = docs.api();
  `,
});

const HOUR = 60 * 60_000;
type Job = { jobId: string };
const call = <T = unknown>(who: Caller, name: string, args: object = {}) =>
  who.mutation(mutation(name), args) as Promise<T>;
const get = (who: Caller, id: string) =>
  who.query(query("documents:get"), { id }) as Promise<object | null>;
const statusOf = (who: Caller, jobId: string) =>
  who.query(query("archive:bulkStatus"), { jobId }) as Promise<object | null>;

test("all or nothing: nothing is written, and each item that is refused is listed by its index", async () => {
  const { ada, bob } = start();
  const [first, second] = [await write(ada), await write(ada)];
  const publishAll = (ids: string[]) =>
    call(ada, "publishing:publishAll", { ids });
  const theirs = await write(bob);
  const error = await refusal(publishAll([first, theirs, second, first]));
  expect(error).toMatchObject({
    data: {
      code: "BATCH_FAILED",
      errors: [
        { index: 1, error: { code: "NOT_FOUND", documentId: theirs } },
        { index: 3, error: { code: "DUPLICATE_ID", documentId: first } },
      ],
    },
  });
  expect(await get(ada, first)).toMatchObject({ status: "draft", version: 1 });
  await publishAll([first, second]);
  for (const id of [first, second]) {
    expect(await get(ada, id)).toMatchObject({ status: "published" });
  }
});

test("a change for each, at the version that the user saw", async () => {
  const { ada } = start();
  const ids = [await write(ada), await write(ada)];
  const renumber = (version: number) =>
    call(ada, "publishing:renumber", {
      items: ids.map((id, n) => ({
        id,
        title: `${n + 1}`,
        ifVersion: n ? version : 1,
      })),
    });
  expect(await refusal(renumber(2))).toMatchObject({
    data: {
      code: "BATCH_FAILED",
      errors: [
        { index: 1, error: { code: "CONFLICT", expected: 2, actual: 1 } },
      ],
    },
  });
  await renumber(1);
  expect(await Promise.all(ids.map((id) => get(ada, id)))).toMatchObject([
    { title: "1", version: 2 },
    { title: "2", version: 2 },
  ]);
});

test("each for itself: what may be removed is, and each of the others is named with its code", async () => {
  const { ada, bob } = start();
  const log = vi.spyOn(console, "log").mockReturnValue();
  const [mine, theirs] = [await write(ada), await write(bob)];
  const ids = [theirs, mine, "nonsense"];
  expect(await call(ada, "clearing:clear", { ids })).toEqual({
    succeeded: 1,
    failed: 2,
  });
  expect(log.mock.calls).toEqual([
    [theirs, "NOT_FOUND"],
    ["nonsense", "NOT_FOUND"],
  ]);
  log.mockRestore();
  expect(await get(ada, mine)).toBeNull();
  expect(await get(bob, theirs)).not.toBeNull();
});

test("what a batch may hold: more is refused with the limit, before anything is written", async () => {
  const { ada } = start();
  const id = await write(ada);
  const ids = [id, ...Array.from({ length: 100 }, (_, n) => `${n}`)];
  for (const name of ["publishing:publishAll", "clearing:clear"]) {
    expect(await refusal(call(ada, name, { ids }))).toMatchObject({
      data: { code: "BATCH_TOO_LARGE", what: "items", limit: 100, got: 101 },
    });
  }
  expect(await get(ada, id)).toMatchObject({ version: 1 });
});

test("a bulk operation: every draft of the caller, in the background, and nobody else's or later ones", async () => {
  const { ada, bob, settle } = start();
  const ids = [];
  for (let n = 0; n < 3; n++) ids.push(await write(ada));
  const shown = await write(ada, { status: "published" });
  const theirs = await write(bob);
  vi.advanceTimersByTime(1000);
  const { jobId } = await call<Job>(ada, "archive:archiveDrafts");
  // Before the first is written.
  expect(await get(ada, ids[0]!)).toMatchObject({ version: 1 });
  expect(await statusOf(ada, jobId)).toMatchObject({ done: 0, failed: 0 });
  vi.advanceTimersByTime(1);
  const later = await write(ada);
  await settle();
  expect(await statusOf(ada, jobId)).toMatchObject({
    state: "done",
    done: 3,
    failed: 0,
    failures: [],
  });
  for (const id of ids) {
    expect(await get(ada, id)).toMatchObject({
      status: "archived",
      version: 2,
    });
  }
  expect(await get(ada, shown)).toMatchObject({ status: "published" });
  expect(await get(ada, later)).toMatchObject({ status: "draft" });
  expect(await get(bob, theirs)).toMatchObject({ status: "draft" });
});

test.each([
  [7 * 24 - 1, true],
  [7 * 24, false],
])(
  "its status is for who started it, and %i hours after the end it is kept: %j",
  async (hours, isKept) => {
    const { t, ada, bob, settle } = start();
    await write(ada);
    const { jobId } = await call<Job>(ada, "archive:archiveDrafts");
    await settle();
    expect(await statusOf(ada, jobId)).toMatchObject({ state: "done" });
    expect(await statusOf(bob, jobId)).toBeNull();
    vi.advanceTimersByTime(hours * HOUR);
    await t.finishInProgressScheduledFunctions();
    expect((await statusOf(ada, jobId)) !== null).toBe(isKept);
  },
);

test("rights are checked when a document's turn comes: one that was transferred is refused, counted and left", async () => {
  const { ada, bob, settle } = start();
  const ids = [await write(ada), await write(ada)];
  const { jobId } = await call<Job>(ada, "more:startBulk", {
    operation: "remove",
    ids,
  });
  await call(ada, "more:transfer", { id: ids[0], to: "test|bob" });
  await settle();
  expect(await statusOf(ada, jobId)).toMatchObject({
    state: "done",
    total: 2,
    done: 1,
    failed: 1,
    failures: [{ id: ids[0], error: { code: "NOT_FOUND" } }],
  });
  expect(await get(bob, ids[0]!)).not.toBeNull();
});

test("cancelBulk: it stops after the step, which took a hundred; what is done stays done", async () => {
  const { t, ada, bob, settle } = start();
  const items = Array.from({ length: 75 }, () => ({ title: "A", content: "" }));
  for (let n = 0; n < 2; n++) await call(ada, "more:batchCreate", { items });
  vi.advanceTimersByTime(1000);
  const { jobId } = await call<Job>(ada, "archive:archiveDrafts");
  vi.advanceTimersByTime(1);
  await t.finishInProgressScheduledFunctions();
  const cancel = (who: Caller) => call(who, "archive:cancelBulk", { jobId });
  expect(await refusal(cancel(bob))).toMatchObject({
    data: { code: "NOT_FOUND" },
  });
  await cancel(ada);
  await settle();
  expect(await statusOf(ada, jobId)).toMatchObject({
    state: "cancelled",
    done: 100,
  });
  const count = ada.query(query("more:count"), { status: "archived" });
  expect(await count).toMatchObject({ count: 100 });
});

test("with a schema: it holds in the worker, which is waited for while it is not deployed", async () => {
  const { t, ada, settle } = start(["docs", "tickets"]);
  const log = vi.spyOn(console, "error").mockReturnValue();
  const { id } = await call<{ id: string }>(ada, "ticketsApi:create", {
    title: "A",
  });
  const rename = async (title: string, api = "ticketsApi") => {
    const updates = { title };
    const order = { operation: "update", updates, ids: [id] };
    return (await call<Job>(ada, `${api}:startBulk`, order)).jobId;
  };
  const status = (jobId: string) =>
    ada.query(query("ticketsApi:bulkStatus"), { jobId }) as Promise<object>;
  const empty = await rename("");
  await settle();
  expect(await status(empty)).toMatchObject({
    done: 0,
    failures: [{ id, error: { code: "VALIDATION_FAILED" } }],
  });
  for (const api of ["without", "another"]) {
    await expect(rename("B", api)).rejects.toThrow(/worker/);
  }

  const jobId = await rename("B");
  deploymentOf(t).deploy({ remove: ["tickets:worker"] });
  for (let looks = 0; looks < 3; looks++) {
    await settle();
    vi.advanceTimersByTime(HOUR);
  }
  expect(await status(jobId)).toMatchObject({ state: "running", done: 0 });
  expect(log).toHaveBeenCalledExactlyOnceWith(
    expect.stringContaining("tickets:worker"),
  );
  log.mockRestore();
  deploymentOf(t).redeploy();
  vi.advanceTimersByTime(HOUR);
  await settle();
  expect(await status(jobId)).toMatchObject({ state: "done", done: 1 });
});
