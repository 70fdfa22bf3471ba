/**
 * All of it together, on the embedded deployment: people editing, batches, bulk jobs, webhooks arriving, drafts being cleaned
 * up, jobs failing, a deployment that goes away in between. First everything happens; then each test looks at what has come
 * of it.
 */
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEMO_WEBHOOK_SECRET } from "../../dev/auth.js";
import { api } from "../../example/convex/_generated/api.js";
import { FIRST_PAGE, openWindow, type Audience } from "./actors/audience.js";
import { forgetful, titlesIn, type Left } from "./actors/forgetful.js";
import { isAnyAtWork, operator, run } from "./actors/operator.js";
import { provider, type Ledger } from "./actors/payments.js";
import { person } from "./actors/person.js";
import { restarts, total } from "./actors/restarts.js";
import { rowsOf, scheduled } from "./tables.js";
import { createWorld, type Actor, type World } from "./world.js";

/** Another seed is another run. A failure names it. */
const SEED = Number(process.env["SEED"] ?? 20_261_124);
const NAMES = ["ada", "grace", "alan", "edsger"];
/** Leaves drafts behind, and does nothing else. */
const FORGETFUL = "charles";
const OPERATIONS = 260;
const EVENTS = 150;
const BATCHES = 20;
const ROUNDS = 30;
/** How long everything may take, and how long what is still under way then, in ms. */
const BUDGET = 150_000;
const PATIENCE = 30_000;

const ledger: Ledger = {
  payments: new Set(),
  cancelled: new Set(),
  unknown: new Set(),
  unhandled: new Set(),
  forged: 0,
};
const left: Left = { expired: [], kept: [] };
let world: World;
let windows: Audience[];

beforeAll(async () => {
  world = await createWorld(SEED, [...NAMES, FORGETFUL]);
  windows = world.people.map((one) => openWindow(world, one));
  const actors: Actor[] = [
    ...world.people
      .filter(({ name }) => name !== FORGETFUL)
      .map((one) => person(one, OPERATIONS)),
    forgetful(forgetter(), left, BATCHES),
    operator(world.people[0]!, ROUNDS),
    provider(ledger, EVENTS),
    restarts([400, 1200]),
  ];
  const played = await Promise.allSettled(
    actors.map((actor) => actor.play(world)),
  );
  const failed = played.flatMap((result, index) =>
    result.status === "rejected"
      ? [new Error(actors[index]!.name, { cause: result.reason })]
      : [],
  );
  if (failed.length > 0) throw new AggregateError(failed, `Seed ${SEED}`);
  await settled();
  // What was left behind since the last clean-up.
  await run(world, world.people[0]!, "cleanupOldDrafts");
  await settled();
}, BUDGET);

afterAll(async () => {
  await Promise.all(windows.map((window) => window.close()));
  await world.close();
});

const inbox = async () =>
  await world
    .client(world.people[0]!)
    .query(api.webhooks.stats, { source: "stripe" });
const forgetter = () => world.people.find(({ name }) => name === FORGETFUL)!;

/** Waits until every event is applied or given up, and no job is at work. */
async function settled(): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    await setTimeout(100);
    const { events } = await inbox();
    const isPending = events.pending.count + events.running.count > 0;
    if (!isPending && !(await isAnyAtWork(world, world.people[0]!))) return;
    if (Date.now() > deadline) throw new Error("Something is still at work.");
  }
}

test("thousands of operations were answered, of every kind, and the deployment was gone in between", () => {
  expect(total(world)).toBeGreaterThan(2000);
  expect([...world.done.keys()]).toEqual(
    expect.arrayContaining([
      "create",
      "update",
      "save at once",
      "remove",
      "restore",
      "purge",
      "batch, partial",
      "batch, atomic",
      "batch, atomic, refused",
      "bulk job",
      "update a stranger's, refused",
      "get over HTTP",
      "search",
      "list public",
      "delivery",
      "forgery",
      "leave drafts",
      "run a job",
      "pause a job",
    ]),
  );
  expect(world.restarts).toBe(2);
  expect(world.lost).toBeGreaterThan(0);
});

test("nobody was shown what was not theirs", () => {
  expect(world.evidence.leaks).toEqual([]);
});

test("no log line and no error has a secret, a token, or anybody's text", () => {
  const { errors, lines } = world.evidence;
  expect(errors.length).toBeGreaterThan(100);
  expect(lines.length).toBeGreaterThan(100);
  const secrets = [
    DEMO_WEBHOOK_SECRET,
    ...world.people.map(({ token }) => token),
    "secret-of-",
    "open-of-",
  ];
  const found = [...errors, ...lines].filter((text) =>
    secrets.some((secret) => text.includes(secret)),
  );
  expect(found).toEqual([]);
});

test("open windows were kept up to date, across restarts", async () => {
  for (const [index, one] of world.people.entries()) {
    const { page } = await world
      .client(one)
      .query(api.documents.list, FIRST_PAGE);
    const titles = page.map(({ title }) => title);
    await expect
      .poll(() => windows[index]!.titles(), { timeout: 10_000 })
      .toEqual(titles);
    expect(windows[index]!.updates()).toBeGreaterThan(10);
  }
});

test("every event was applied once or is dead", async () => {
  const rows = await world.deployment.run((ctx) =>
    ctx.db.query("payments").take(10_000),
  );
  expect(new Set(rows.map((row) => row["paymentId"]))).toEqual(ledger.payments);
  for (const row of rows) {
    expect(row).toMatchObject({ status: "completed", timesCompleted: 1 });
  }
  const subscriptions = await world.deployment.run((ctx) =>
    ctx.db.query("subscriptions").take(10_000),
  );
  expect(new Set(subscriptions.map((row) => row["subscriptionId"]))).toEqual(
    ledger.cancelled,
  );
  for (const row of subscriptions) expect(row["status"]).toBe("cancelled");

  const events = await rowsOf(world, "webhookEvents");
  const keysOf = (status: string) =>
    new Set(
      events.filter((row) => row["status"] === status).map(({ key }) => key),
    );
  expect(keysOf("dead")).toEqual(ledger.unknown);
  expect(keysOf("unhandled")).toEqual(ledger.unhandled);
  expect(keysOf("processed").size).toBe(
    ledger.payments.size + ledger.cancelled.size,
  );
});

test("counts add up", async () => {
  const { events, lastRejected } = await inbox();
  const { payments, cancelled, unknown, unhandled, forged } = ledger;
  // The operator's counts stop at 100, and then say that there are more.
  const counted = (of: number) => ({
    count: Math.min(of, 100),
    more: of > 100,
  });
  expect(events).toMatchObject({
    processed: counted(payments.size + cancelled.size),
    dead: counted(unknown.size),
    unhandled: counted(unhandled.size),
    pending: counted(0),
    running: counted(0),
  });
  expect(lastRejected).toMatchObject({ code: "SIGNATURE_MISMATCH" });
  // Written down once a minute at most, however many are forged.
  expect(forged).toBeGreaterThan(1);
  const rejections = await rowsOf(world, "webhookRejections");
  expect(rejections).toHaveLength(1);
  expect(rejections[0]!["count"]).toBeLessThan(forged);
});

test("what had expired is in the trash, and nothing else was cleaned up", async () => {
  const { documents } = api;
  expect(left.expired.length).toBeGreaterThan(50);
  expect(await titlesIn(world, forgetter(), documents.listTrash)).toEqual(
    left.expired.sort(),
  );
  expect(await titlesIn(world, forgetter(), documents.list)).toEqual(
    left.kept.sort(),
  );
});

test("jobs ran one at a time, failed and were tried again, and did each thing once", async () => {
  const runs = await rowsOf(world, "jobRuns");
  const of = (job: string) => runs.filter((row) => row["name"] === job);
  const sumOf = (job: string, what: string) =>
    of(job).reduce(
      (sum, { counts }) =>
        sum + ((counts as Record<string, number>)[what] ?? 0),
      0,
    );
  expect(runs.filter((row) => row["status"] === "running")).toEqual([]);
  expect(sumOf("cleanupOldDrafts", "removed")).toBe(left.expired.length);
  expect(sumOf("purgeTrash", "removed")).toBe(0);
  for (const job of new Set(runs.map(({ name }) => name as string))) {
    const times = of(job).map((row) => [row["startedAt"], row["finishedAt"]]);
    const inOrder = times.flat() as number[];
    expect(inOrder, job).toEqual([...inOrder].sort((a, b) => a - b));
  }

  const updates = await world.deployment.run((ctx) =>
    ctx.db.query("updates").take(1_000),
  );
  const ids = updates.map((row) => row["externalId"]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(sumOf("pull-updates", "applied")).toBe(ids.length);
  expect(of("pull-updates").some((row) => Number(row["attempt"]) > 1)).toBe(
    true,
  );
  const reports = await world.deployment.run((ctx) =>
    ctx.db.query("reports").take(10),
  );
  expect(reports).toHaveLength(1);
});

test("no row is left that belongs to nothing", async () => {
  const [documents, events, bodies, bulk, ...rest] = await Promise.all(
    [
      "documents",
      "webhookEvents",
      "webhookBodies",
      "bulkJobs",
      "jobs",
      "jobRuns",
      // What is taken away when it has been done, or has succeeded.
      "bulkOrders",
      "bulkIds",
      "jobQueue",
      "retentionFailures",
    ].map((table) => rowsOf(world, table)),
  );
  const owners = new Set<unknown>(world.people.map(({ ownerId }) => ownerId));
  expect(documents!.filter((row) => !owners.has(row["ownerId"]))).toEqual([]);
  const kept = events!.flatMap(({ bodyId, payloadId }) => [bodyId, payloadId]);
  expect(new Set(bodies!.map(({ _id }) => _id))).toEqual(
    new Set(kept.filter((id) => id !== undefined)),
  );
  expect(bulk!.length).toBeGreaterThan(0);
  expect(bulk!.filter((row) => row["state"] !== "done")).toEqual([]);
  const [jobs, runs, ...done] = rest;
  const names = new Set(jobs!.map(({ name }) => name));
  expect(names.size).toBe(4);
  expect(runs!.filter(({ name }) => !names.has(name))).toEqual([]);
  expect(done.flat()).toEqual([]);
});

test("nothing that was scheduled failed, and what is left is for later", async () => {
  const jobs = await scheduled(world);
  expect(jobs.filter(({ state }) => state === "failed")).toEqual([]);
  const left = jobs.filter(({ state }) =>
    ["pending", "inProgress"].includes(state),
  );
  const names = new Set(left.map(({ name }) => name));
  for (const name of names) expect(name).toMatch(/engine:tick|jobs:prune/);
});
