/**
 * Erasing a person leaves nothing of them, and nobody else loses anything.
 */
import {
  internalMutationGeneric,
  makeFunctionReference,
  type GenericMutationCtx,
  type GenericDataModel,
} from "convex/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { deploymentOf } from "../../../dev/strict/index.js";
import { Docs, type DocsWorker } from "../../../src/client/index.js";
import { components, deploy, type Deployment } from "../../support/host.js";
import { inComponent } from "../../support/component.js";
import {
  deployLarge,
  docs,
  everything,
  fillPerson,
  MAIL,
  options,
  PERSON,
  populate,
  revise,
  START,
  system,
  traces,
} from "../../support/person.js";
import { refusal } from "../../support/refusals.js";
import { settle } from "../../support/tasks.js";

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const erase = (t: Deployment, principals = [MAIL], using: object = docs) =>
  t.mutation((ctx) =>
    (using as typeof docs)
      .asSystem("asked")
      .erase(ctx, { userId: PERSON, principals }),
  );
const receipt = (t: Deployment, runId: string) =>
  t.query((ctx) => system.erasure(ctx, { runId }));

/** As in a deployment: 2,000, 20 and 400. */
const DOCUMENTS = Number(process.env["ERASE_DOCUMENTS"] ?? 60);
const REVISIONS = Number(process.env["ERASE_REVISIONS"] ?? 20);
const OTHERS = Number(process.env["ERASE_OTHERS"] ?? 4);

test(
  "nothing with the person's id or address remains in any table, and what is others' is there",
  async () => {
    const t = deployLarge();
    const { others, given, ada } = await populate(
      t,
      DOCUMENTS,
      REVISIONS,
      OTHERS,
    );
    expect((await traces(t, PERSON)).length).toBeGreaterThan(DOCUMENTS);
    const { runId } = await erase(t);
    await settle(t);
    expect(await receipt(t, runId)).toEqual({
      runId,
      state: "done",
      // The running bulk operation is theirs, and what it did is not.
      counts: {
        bulk: 1,
        documents: DOCUMENTS,
        anonymized: expect.any(Number) as number,
        grants: 2 * OTHERS,
        overrides: 1,
        plans: 1,
      },
      failed: 0,
      failures: [],
      startedAt: expect.any(Number) as number,
      finishedAt: expect.any(Number) as number,
    });
    expect(await traces(t, PERSON)).toEqual([]);
    expect(await traces(t, MAIL)).toEqual([]);
    const found = await everything(t);
    expect(found.documents.filter(({ planned }) => planned)).toEqual([]);
    expect(found.documents.map(({ _id }) => _id)).toEqual([...others, given]);
    expect(found.entries).toHaveLength(OTHERS + 1);
    expect(found.bulkOrders).toEqual([]);
    // Contents stay: only who wrote them is not known any more.
    const { page } = await ada.query((ctx) =>
      docs.listRevisions(ctx, {
        id: others[0]!,
        paginationOpts: { numItems: 20, cursor: null },
      }),
    );
    // The bulk operation may have come first.
    expect(page.map(({ by }) => by).slice(-5)).toEqual([
      "bob",
      undefined,
      "bob",
      undefined,
      "ada",
    ]);
    const half = Math.ceil(OTHERS / 2);
    expect(found.contributions.map(({ by }) => by)).toEqual(
      Array<string>(half).fill("bob"),
    );
    const principals = found.grants.map(({ principal }) => principal).sort();
    expect(principals).toEqual([
      ...Array<string>(OTHERS).fill("bob"),
      ...Array<string>(OTHERS).fill("cy"),
    ]);
  },
  10 * 60_000,
);

describe("what is left is named", () => {
  test("a held document, with all that is in it, and one of another's that is held", async () => {
    const t = deploy();
    const { own, others } = await populate(t, 8, 3);
    const holds = [own[0]!, own[4]!, others[0]!];
    for (const id of holds) await t.mutation((ctx) => system.hold(ctx, { id }));
    const { runId } = await erase(t);
    await settle(t);
    const left = await receipt(t, runId);
    expect(left).toMatchObject({
      state: "partial",
      failed: 3,
      counts: { documents: 6 },
    });
    expect(left?.failures.map(({ id }) => id)).toEqual(holds);
    expect(left?.failures[0]?.error).toMatchObject({
      code: "FORBIDDEN",
      held: true,
    });
    const found = await everything(t);
    const of = (id: string) =>
      found.revisions.filter(({ documentId }) => documentId === id).length;
    expect([of(own[0]!), of(own[4]!)]).toEqual([4, 3]);
    expect(found.contributions.filter(({ by }) => by === PERSON)).toHaveLength(
      1,
    );
    // Released, the next erasure takes the rest.
    for (const id of holds)
      await t.mutation((ctx) => system.release(ctx, { id }));
    const again = await erase(t);
    expect(again.runId).not.toBe(runId);
    await settle(t);
    expect(await receipt(t, again.runId)).toMatchObject({ state: "done" });
    expect(await traces(t, PERSON)).toEqual([]);
  });

  const told: string[] = [];
  const worker: DocsWorker = makeFunctionReference("people:worker");
  const hooked = new Docs(components.docs, {
    ...options,
    worker,
    onChange: (
      _ctx: GenericMutationCtx<GenericDataModel>,
      { operation, before },
    ) => {
      if (before?.title === "T1") throw new Error("It is needed.");
      told.push(`${operation} ${before?.title}`);
    },
  });
  const modules = {
    "./convex/people.ts": () => Promise.resolve({ worker: hooked.worker() }),
  };

  test("what a hook of the host's refuses, alone; the hook is told of all that goes", async () => {
    told.length = 0;
    const t = deploy({ modules });
    const own = await fillPerson(t, 12, 2);
    const { runId } = await erase(t, [], hooked);
    await settle(t);
    expect(await receipt(t, runId)).toMatchObject({
      state: "partial",
      failed: 1,
      failures: [{ id: own[1], error: { code: "INTERNAL" } }],
      counts: { documents: 11 },
    });
    expect(new Set(told).size).toBe(11);
    expect(told).toContain("purge T4");
    expect(told).toContain("remove T0");
    const found = await everything(t);
    expect(found.documents.map(({ _id }) => _id)).toEqual([own[1]]);
    expect(found.revisions).toHaveLength(2);
  });

  test("while the host's function is not deployed it waits, and then goes on", async () => {
    const t = deploy({ modules });
    await fillPerson(t, 1, 1);
    const { runId } = await erase(t, [], hooked);
    deploymentOf(t).deploy({ remove: ["people:worker"] });
    vi.advanceTimersByTime(61_000);
    await t.finishInProgressScheduledFunctions();
    expect(await receipt(t, runId)).toMatchObject({
      state: "running",
      stage: "documents",
    });
    deploymentOf(t).redeploy();
    for (let minutes = 0; minutes < 10; minutes += 1) {
      vi.advanceTimersByTime(61_000);
      await t.finishInProgressScheduledFunctions();
    }
    expect(await receipt(t, runId)).toMatchObject({ state: "done" });
  });

  test("while another function is deployed under its name it waits, and loses no document", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    let deployed: object = hooked.worker();
    const t = deploy({
      modules: {
        "./convex/people.ts": () => Promise.resolve({ worker: deployed }),
      },
    });
    await fillPerson(t, 1, 1);
    const { runId } = await erase(t, [], hooked);
    deployed = internalMutationGeneric(() => []);
    const pass = async (minutes: number) => {
      for (; minutes > 0; minutes -= 1) {
        vi.advanceTimersByTime(61_000);
        await t.finishInProgressScheduledFunctions();
      }
    };
    await pass(10);
    expect(await receipt(t, runId)).toMatchObject({
      state: "running",
      stage: "documents",
    });
    expect((await everything(t)).tasks).toMatchObject([
      { lease: { phase: "blocked", blockedOn: "people:worker" } },
    ]);
    deployed = hooked.worker();
    await pass(20);
    expect(await receipt(t, runId)).toMatchObject({
      state: "done",
      counts: { documents: 1 },
    });
  });

  test("with hooks and no worker it does not begin", async () => {
    const t = deploy();
    const { worker: _worker, ...rest } = { ...options, worker };
    const lacking = new Docs(components.docs, {
      ...rest,
      onChange: () => undefined,
    });
    await expect(erase(t, [], lacking)).rejects.toThrow(/worker/);
    expect((await everything(t)).tasks).toEqual([]);
  });
});

test("one at a time: a call while it runs answers with the run, and the last is found by the person", async () => {
  const t = deploy();
  await fillPerson(t, 3, 1);
  const { runId } = await erase(t);
  expect(await erase(t)).toEqual({ runId });
  const byPerson = (userId: string) =>
    t.query((ctx) => system.erasure(ctx, { userId }));
  expect(await byPerson(PERSON)).toMatchObject({
    runId,
    state: "running",
    stage: "bulk",
  });
  await settle(t);
  expect(await byPerson(PERSON)).toMatchObject({ runId, state: "done" });
  expect(await byPerson("ada")).toBeNull();
  expect(await receipt(t, "nonsense")).toBeNull();
  const other = (await everything(t)).documents;
  expect(other).toEqual([]);
});

test("of somebody of whom there is nothing it is done at once, and says so", async () => {
  const t = deploy();
  const { runId } = await erase(t);
  await settle(t);
  expect(await receipt(t, runId)).toMatchObject({
    state: "done",
    counts: { documents: 0, anonymized: 0, grants: 0, overrides: 0, bulk: 0 },
  });
});

test("names that nobody has are refused", async () => {
  const t = deploy();
  const call = (userId: string, principals: string[] = []) =>
    refusal(t.mutation((ctx) => system.erase(ctx, { userId, principals })));
  for (const wrong of [
    await call(""),
    await call("x".repeat(600)),
    await call("a", [""]),
    await call(
      "a",
      Array.from({ length: 17 }, (_, n) => `p${n}`),
    ),
  ])
    expect(wrong).toMatchObject({ code: "VALIDATION_FAILED" });
});

test("as many names as there may be, each as long as it may be, are erased", async () => {
  const t = deploy();
  const long = (n: number) => "€".repeat(511) + String.fromCharCode(65 + n);
  const principals = Array.from({ length: 16 }, (_, n) => long(n));
  const { runId } = await t.mutation((ctx) =>
    system.erase(ctx, { userId: long(16), principals }),
  );
  await settle(t);
  expect(await receipt(t, runId)).toMatchObject({ state: "done" });
});

test("a document with thousands of contents of many authors takes several steps", async () => {
  const t = deploy();
  const ada = t.withIdentity({ subject: "ada" });
  const { id } = await ada.mutation((ctx) =>
    docs.create(ctx, { title: "Long", content: "" }),
  );
  for (let part = 0; part < 3; part += 1)
    await inComponent(t, async (ctx) => {
      const documentId = ctx.db.normalizeId("documents", id)!;
      const authors = ["ada", PERSON, "bob"];
      await revise(ctx, documentId, 1_000, authors, part * 1_000);
      if (part > 0) return;
      await ctx.db.insert("contributions", { by: PERSON, documentId });
      await ctx.db.patch("documents", documentId, { contributed: true });
    });
  const { runId } = await erase(t);
  await settle(t);
  expect(await receipt(t, runId)).toMatchObject({ state: "done" });
  expect(await traces(t, PERSON)).toEqual([]);
  expect((await everything(t)).revisions).toHaveLength(3_000);
}, 60_000);

test("an owner whose turn it is in a clean-up is taken out of it", async () => {
  const t = deploy();
  const place = (owner: string) => ({
    turn: 0,
    taken: 3,
    ranges: [
      { after: [1, 2], of: { owner, taken: 3, again: true } },
      null,
      { after: ["draft", 5] },
    ],
  });
  await inComponent(t, async (ctx) => {
    const run = {
      name: "cleanupOldDrafts",
      key: "",
      status: "success" as const,
      attempt: 1,
      trigger: "call" as const,
      startedAt: 1,
      counts: {},
    };
    const runId = await ctx.db.insert("jobRuns", {
      ...run,
      cursor: place(PERSON),
    });
    await ctx.db.insert("jobRuns", { ...run, cursor: place("ada") });
    await ctx.db.insert("jobs", {
      name: "cleanupOldDrafts",
      key: "",
      paused: false,
      failures: 0,
      runId,
      cursor: place(PERSON),
    });
  });
  await erase(t);
  await settle(t);
  expect(await traces(t, PERSON)).toEqual([]);
  const { jobs, jobRuns } = await everything(t);
  const anew = {
    ...place("x"),
    ranges: [{ after: null }, null, place("x").ranges[2]],
  };
  expect([jobs, jobRuns].map(([row]) => row?.["cursor"])).toEqual([anew, anew]);
  expect(jobRuns[1]?.["cursor"]).toEqual(place("ada"));
});
