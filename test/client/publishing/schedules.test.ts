/**
 * Publishing at a time: late rather than never, once, and by who may.
 */
import { internalMutationGeneric, makeFunctionReference } from "convex/server";
import { ConvexError } from "convex/values";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { deploymentOf } from "../../../dev/strict/index.js";
import { Docs, type DocsWorker } from "../../../src/client/index.js";
import { look } from "../../../src/model/engine/rescue.js";
import {
  components,
  deploy,
  fields,
  identify,
  people,
  type Deployment,
  type HostCtx,
} from "../../support/host.js";
import { inComponent } from "../../support/component.js";
import { docs, edit, publish, shown } from "../../support/publishing.js";
import { refusal } from "../../support/refusals.js";
import { START } from "../../support/history.js";

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(START);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Lets time pass up to a moment, with the scheduler and the engine's tick. */
async function until(t: Deployment, at: number) {
  vi.advanceTimersByTime(Math.max(0, at - Date.now()));
  await t.finishInProgressScheduledFunctions();
  vi.advanceTimersByTime(1);
  await t.finishInProgressScheduledFunctions();
}
const plan = (
  t: Deployment,
  id: string,
  args: { action: "publish" | "unpublish"; at: number; ifVersion?: number },
) => people(t).ada.mutation((ctx) => docs.schedule(ctx, { id, ...args }));
const plans = (t: Deployment, id: string) =>
  people(t).ada.query((ctx) => docs.schedules(ctx, { id }));
const states = async (t: Deployment, id: string) =>
  (await plans(t, id)).map(({ action, state }) => `${action} ${state}`);
const live = async (t: Deployment, id: string) =>
  (await shown(people(t).nobody, id)).document?.title;

test("a document is published at its time, as it is then, and taken off at another", async () => {
  const t = deploy();
  const id = await publish(t);
  await edit(t, id, { title: "Draft" });
  await plan(t, id, { action: "publish", at: START + HOUR });
  await plan(t, id, { action: "unpublish", at: START + 2 * HOUR });
  await edit(t, id, { title: "Last word" });
  await until(t, START + HOUR - 1_000);
  expect(await live(t, id)).toBe("Live");
  await until(t, START + HOUR);
  expect(await live(t, id)).toBe("Last word");
  expect(await states(t, id)).toEqual(["unpublish pending", "publish done"]);
  await until(t, START + 2 * HOUR);
  expect(await live(t, id)).toBeUndefined();
  expect(await states(t, id)).toEqual(["unpublish done", "publish done"]);
  // Nobody's id is kept of a plan that is over.
  const rows = await inComponent(t, (ctx) =>
    ctx.db.query("schedules").collect(),
  );
  expect(rows.every(({ by, order }) => !by && !order)).toBe(true);
});

test("what is taken off at its time comes back at another, unless somebody took it off before", async () => {
  const t = deploy();
  const id = await publish(t);
  await plan(t, id, { action: "unpublish", at: START + HOUR });
  await plan(t, id, { action: "publish", at: START + 2 * HOUR });
  await until(t, START + HOUR);
  expect(await live(t, id)).toBeUndefined();
  expect(await states(t, id)).toEqual(["publish pending", "unpublish done"]);
  await until(t, START + 2 * HOUR);
  expect(await live(t, id)).toBe("Live");
  await plan(t, id, { action: "publish", at: START + 4 * HOUR });
  await people(t).ada.mutation((ctx) => docs.unpublish(ctx, { id }));
  await until(t, START + 4 * HOUR);
  expect(await live(t, id)).toBeUndefined();
});

test("a plan replaces the one before it, and is cancelled", async () => {
  const t = deploy();
  const id = await publish(t, { status: "draft" });
  const { ada } = people(t);
  await plan(t, id, { action: "publish", at: START + HOUR });
  await plan(t, id, { action: "publish", at: START + 2 * HOUR });
  expect(await states(t, id)).toEqual(["publish pending", "publish cancelled"]);
  await until(t, START + HOUR);
  expect(await live(t, id)).toBeUndefined();
  const cancel = () =>
    ada.mutation((ctx) => docs.cancelSchedule(ctx, { id, action: "publish" }));
  await cancel();
  await cancel();
  await until(t, START + 2 * HOUR);
  expect(await live(t, id)).toBeUndefined();
  expect(await states(t, id)).toEqual([
    "publish cancelled",
    "publish cancelled",
  ]);
});

test("a pinned version that has changed is refused, with its error", async () => {
  const t = deploy();
  const id = await publish(t);
  await edit(t, id, { title: "Approved" });
  await plan(t, id, { action: "publish", at: START + HOUR, ifVersion: 2 });
  await edit(t, id, { title: "Not approved" });
  await until(t, START + HOUR);
  expect(await live(t, id)).toBe("Live");
  expect(await plans(t, id)).toMatchObject([
    { state: "refused", error: { code: "CONFLICT", expected: 2, actual: 3 } },
  ]);
  const outdated = plan(t, id, {
    action: "publish",
    at: START + 2 * HOUR,
    ifVersion: 2,
  });
  expect(await refusal(outdated)).toMatchObject({ code: "CONFLICT" });
});

describe("rights", () => {
  test("are asked when it is planned, and again when it is carried out", async () => {
    const t = deploy();
    const id = await publish(t);
    const { ada, bob, nobody } = people(t);
    await edit(t, id, { title: "Draft" });
    const at = START + HOUR;
    const by = (who: typeof bob) =>
      who.mutation((ctx) => docs.schedule(ctx, { id, action: "publish", at }));
    expect(await refusal(by(bob))).toMatchObject({ code: "FORBIDDEN" });
    expect(await refusal(by(nobody))).toMatchObject({ code: "UNAUTHORIZED" });
    const share = (role: "editor" | "manager") =>
      ada.mutation((ctx) => docs.share(ctx, { id, principal: "bob", role }));
    await share("editor");
    expect(await refusal(by(bob))).toMatchObject({ code: "FORBIDDEN" });
    const seen = await bob.query((ctx) => docs.schedules(ctx, { id }));
    expect(seen).toEqual([]);
    await share("manager");
    await by(bob);
    await ada.mutation((ctx) => docs.unshare(ctx, { id, principal: "bob" }));
    await until(t, at);
    expect(await live(t, id)).toBe("Live");
    expect(await plans(t, id)).toMatchObject([
      { state: "refused", error: { code: "FORBIDDEN" } },
    ]);
  });
});

test.each([
  [
    "a transfer",
    (ctx: HostCtx, id: string) => docs.transfer(ctx, { id, to: "bob" }),
  ],
  ["the trash", (ctx: HostCtx, id: string) => docs.remove(ctx, { id })],
  ["taking off", (ctx: HostCtx, id: string) => docs.unpublish(ctx, { id })],
  [
    "archiving",
    (ctx: HostCtx, id: string) => docs.update(ctx, { id, status: "archived" }),
  ],
] as const)("%s ends every plan", async (_name, run) => {
  const t = deploy();
  const id = await publish(t);
  await edit(t, id, { title: "Draft" });
  await plan(t, id, { action: "publish", at: START + HOUR });
  await plan(t, id, { action: "unpublish", at: START + 2 * HOUR });
  await people(t).ada.mutation((ctx: HostCtx) => run(ctx, id));
  await until(t, START + HOUR);
  await until(t, START + 2 * HOUR);
  expect(await live(t, id)).toBeUndefined();
  const rows = await inComponent(t, (ctx) =>
    ctx.db.query("schedules").collect(),
  );
  expect(rows.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
});

test("publishing by hand ends a plan to publish, and leaves the one to take off", async () => {
  const t = deploy();
  const id = await publish(t);
  await edit(t, id, { title: "Draft" });
  await plan(t, id, { action: "publish", at: START + HOUR });
  await plan(t, id, { action: "unpublish", at: START + 2 * HOUR });
  await people(t).ada.mutation((ctx) => docs.publish(ctx, { id }));
  await edit(t, id, { title: "Not yet" });
  await until(t, START + HOUR);
  expect(await live(t, id)).toBe("Draft");
  await until(t, START + 2 * HOUR);
  expect(await live(t, id)).toBeUndefined();
});

test("what onChange refuses brings its plans back", async () => {
  const t = deploy();
  const id = await publish(t);
  const refusing = new Docs(components.docs, {
    fields,
    identify,
    history: {},
    workingCopy: true,
    onChange: (_ctx: HostCtx) => {
      throw new Error("no");
    },
  });
  await plan(t, id, { action: "unpublish", at: START + HOUR });
  await people(t).ada.mutation(async (ctx: HostCtx) => {
    await expect(refusing.unpublish(ctx, { id })).rejects.toThrow("no");
  });
  expect(await states(t, id)).toEqual(["unpublish pending"]);
});

test("late rather than never: its timer is lost, and the engine's look finds it", async () => {
  const t = deploy();
  const id = await publish(t);
  await plan(t, id, { action: "unpublish", at: START + 400 * DAY });
  await inComponent(t, async (ctx) => {
    const timers = await ctx.db.system.query("_scheduled_functions").collect();
    for (const { _id } of timers) await ctx.scheduler.cancel(_id);
  });
  vi.setSystemTime(START + 400 * DAY + HOUR);
  await inComponent(t, (ctx) => look(ctx));
  for (let minutes = 0; minutes < 5; minutes += 1) {
    vi.advanceTimersByTime(61_000);
    await t.finishInProgressScheduledFunctions();
  }
  expect(await live(t, id)).toBeUndefined();
  expect(await states(t, id)).toEqual(["unpublish done"]);
});

test("a plan is gone thirty days after its time, with its document or without", async () => {
  const t = deploy();
  const id = await publish(t);
  await plan(t, id, { action: "unpublish", at: START + HOUR });
  await people(t).ada.mutation((ctx) => docs.remove(ctx, { id }));
  await people(t).ada.mutation((ctx) => docs.purge(ctx, { id }));
  await until(t, START + HOUR);
  await until(t, START + 31 * DAY);
  const left = await inComponent(t, async (ctx) => [
    ...(await ctx.db.query("schedules").collect()),
    ...(await ctx.db.query("tasks").collect()),
  ]);
  expect(left).toEqual([]);
});

test("what lies in the trash is not planned for", async () => {
  const t = deploy();
  const id = await publish(t);
  await people(t).ada.mutation((ctx) => docs.remove(ctx, { id }));
  const call = plan(t, id, { action: "publish", at: START + HOUR });
  expect(await refusal(call)).toMatchObject({ code: "NOT_FOUND" });
  expect(await plans(t, id)).toEqual([]);
});

test.each([START / 1000, NaN, -1])("%s is no time", async (at) => {
  const t = deploy();
  const id = await publish(t);
  expect(await refusal(plan(t, id, { action: "publish", at }))).toMatchObject({
    code: "VALIDATION_FAILED",
    issues: [{ path: "at" }],
  });
});

test("a clock that goes back makes it later, never earlier", async () => {
  const t = deploy();
  const id = await publish(t);
  await plan(t, id, { action: "unpublish", at: START + HOUR });
  vi.advanceTimersByTime(HOUR - 1);
  vi.setSystemTime(START - 10 * DAY);
  vi.advanceTimersByTime(10);
  await t.finishInProgressScheduledFunctions();
  expect(await states(t, id)).toEqual(["unpublish pending"]);
  await until(t, START + HOUR);
  expect(await states(t, id)).toEqual(["unpublish done"]);
});

test("a plan for another year is in its place to the day, and taken out of no earlier one", async () => {
  const t = deploy();
  const id = await publish(t);
  const at = START + 400 * DAY;
  await plan(t, id, { action: "unpublish", at });
  for (let day = 0; day < 399; day += 7) await until(t, START + day * DAY);
  await until(t, at - 1_000);
  expect(await states(t, id)).toEqual(["unpublish pending"]);
  await until(t, at);
  expect(await states(t, id)).toEqual(["unpublish done"]);
});

describe("with hooks", () => {
  const heard: string[] = [];
  const worker: DocsWorker = makeFunctionReference<"mutation">("pages:worker");
  const options = {
    fields,
    identify,
    search: ["title" as const],
    history: {},
    workingCopy: true as const,
    onChange: (
      _ctx: HostCtx,
      {
        operation,
        after,
      }: { operation: string; after: { title: string } | null },
    ) => {
      if (after?.title === "Refused") throw new ConvexError("no");
      heard.push(`${operation} ${after?.title ?? "nothing"}`);
    },
  };
  const hooked = new Docs(components.docs, { ...options, worker });
  const modules = {
    "./convex/pages.ts": () => Promise.resolve({ worker: hooked.worker() }),
  };
  const planned = async (title: string, t = deploy({ modules })) => {
    heard.length = 0;
    const id = await publish(t);
    await edit(t, id, { title });
    await people(t).ada.mutation((ctx) =>
      hooked.schedule(ctx, { id, action: "publish", at: START + HOUR }),
    );
    return { t, id };
  };

  test("the host's worker carries it out, and the hook is told", async () => {
    const { t, id } = await planned("Draft");
    await until(t, START + HOUR);
    expect(heard).toEqual(["publish Draft"]);
    expect(await live(t, id)).toBe("Draft");
    expect(await states(t, id)).toEqual(["publish done"]);
  });

  test("what the hook refuses is tried again, and then refused", async () => {
    const { t, id } = await planned("Refused");
    await until(t, START + HOUR);
    expect(await states(t, id)).toEqual(["publish pending"]);
    for (let hours = 0; hours < 48; hours += 1) {
      await until(t, Date.now() + HOUR);
    }
    expect(await live(t, id)).toBe("Live");
    expect(await plans(t, id)).toMatchObject([
      { state: "refused", error: { code: "INTERNAL" } },
    ]);
    // It is kept as long as any other.
    await until(t, Date.now() + 14 * DAY);
    expect(await states(t, id)).toEqual(["publish refused"]);
    for (let weeks = 0; weeks < 3; weeks += 1) {
      await until(t, Date.now() + 7 * DAY);
    }
    expect(await states(t, id)).toEqual([]);
  });

  test("while the worker is not deployed it waits, and then happens once", async () => {
    const { t, id } = await planned("Draft");
    deploymentOf(t).deploy({ remove: ["pages:worker"] });
    await until(t, START + 2 * HOUR);
    expect(await states(t, id)).toEqual(["publish pending"]);
    deploymentOf(t).redeploy();
    // The hourly look.
    vi.advanceTimersByTime(HOUR);
    await inComponent(t, (ctx) => look(ctx));
    await until(t, Date.now() + 61_000);
    expect(await states(t, id)).toEqual(["publish done"]);
    expect(heard).toEqual(["publish Draft"]);
  });

  test("while another function is deployed under its name it waits, and then happens once", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    let deployed: object = hooked.worker();
    const t = deploy({
      modules: {
        "./convex/pages.ts": () => Promise.resolve({ worker: deployed }),
      },
    });
    const { id } = await planned("Draft", t);
    deployed = internalMutationGeneric(() => []);
    await until(t, START + 2 * HOUR);
    expect(await states(t, id)).toEqual(["publish pending"]);
    deployed = hooked.worker();
    // The hourly look.
    vi.advanceTimersByTime(HOUR);
    await inComponent(t, (ctx) => look(ctx));
    await until(t, Date.now() + 61_000);
    expect(await states(t, id)).toEqual(["publish done"]);
    expect(heard).toEqual(["publish Draft"]);
  });

  test("without a worker nothing is planned", async () => {
    const t = deploy();
    const lacking = new Docs(components.docs, options);
    const id = await publish(t);
    const call = people(t).ada.mutation((ctx) =>
      lacking.schedule(ctx, { id, action: "publish", at: START + HOUR }),
    );
    await expect(call).rejects.toThrow(/needs a function.*docs\.worker/s);
    expect(await states(t, id)).toEqual([]);
  });
});

test("killed at any step, by a conflict, a time limit, a lost timer or a restore, it happens once", async () => {
  const t = deploy();
  const deployment = deploymentOf(t);
  const faults = [
    () => deployment.conflict("docs:engine:step", 2),
    () => deployment.timeout("docs:engine:step", 1, "before"),
    () => deployment.timeout("docs:engine:step", 1, "after"),
    () => deployment.cancelAllScheduled(),
    () => deployment.importElsewhere(),
  ];
  for (const [turn, fault] of faults.entries()) {
    const id = await publish(t);
    await edit(t, id, { title: `Turn ${turn}` });
    const before = await people(t).ada.query((ctx) => docs.get(ctx, { id }));
    await plan(t, id, { action: "publish", at: Date.now() + HOUR });
    fault();
    vi.advanceTimersByTime(HOUR);
    for (let minutes = 0; minutes < 70; minutes += 1) {
      await until(t, Date.now() + 61_000);
    }
    await inComponent(t, (ctx) => look(ctx));
    for (let minutes = 0; minutes < 10; minutes += 1) {
      await until(t, Date.now() + 61_000);
    }
    expect(await live(t, id)).toBe(`Turn ${turn}`);
    expect(await states(t, id)).toEqual(["publish done"]);
    const after = await people(t).ada.query((ctx) => docs.get(ctx, { id }));
    expect(after?.version).toBe((before?.version ?? 0) + 1);
  }
}, 60_000);
