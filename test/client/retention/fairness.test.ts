/**
 * With more due than a run may take: nothing waits for all that is due elsewhere. The bound is that of docs/retention.md.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Status } from "../../../src/client/index.js";
import { turnSize } from "../../../src/model/retention/place.js";
import { CLEANUP } from "../../../src/shared/retention.js";
import {
  cleanUp,
  DAY,
  deployRetention,
  idsLeft,
  left,
  preview,
  put,
  runs,
} from "../../support/retention.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

type World = ReturnType<typeof deployRetention>;

/** More becomes due each day than a run takes. */
const FLOOD = { maxPerRun: 10, batchSize: 5 };

async function floodDaily(
  { t }: World,
  days: number,
  columns?: Parameters<typeof put>[3],
): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    await put(t, 31 * DAY, 12, columns);
    vi.advanceTimersByTime(DAY);
    await cleanUp(t);
  }
}

const setRule = ({ t, docs }: World, ownerId: string) =>
  t.mutation((ctx) =>
    docs.asSystem("test").setRetention(ctx, {
      ownerId,
      status: "draft",
      olderThan: { days: 1 },
    }),
  );

describe("with more old drafts each day than a run takes", () => {
  test("a document with a time of its own goes with the first run", async () => {
    const world = deployRetention(FLOOD);
    const [id] = await put(world.t, 0, 1, { expiresAt: Date.now() });
    await floodDaily(world, 1);
    expect(await idsLeft(world.t)).not.toContain(id);
  });

  test("an owner with a shorter rule is served by the first run", async () => {
    const world = deployRetention(FLOOD);
    await setRule(world, "bob");
    const [id] = await put(world.t, 2 * DAY, 1, { owner: "bob" });
    await floodDaily(world, 1, { owner: "huge" });
    expect(await idsLeft(world.t)).not.toContain(id);
  });

  test("the second policy is served by the first run", async () => {
    const world = deployRetention({
      ...FLOOD,
      policies: [
        { status: "draft", olderThan: { days: 30 } },
        { status: "archived", olderThan: { days: 30 } },
      ],
    });
    const [id] = await put(world.t, 31 * DAY, 1, { status: "archived" });
    await floodDaily(world, 1);
    expect(await idsLeft(world.t)).not.toContain(id);
  });

  test("each run takes as much as it may, whoever has it", async () => {
    const world = deployRetention(FLOOD);
    await floodDaily(world, 3);
    const taken = (await runs(world.t)).map(({ counts }) => counts["removed"]);
    expect(taken).toEqual([10, 10, 10]);
  });
});

test("an owner with a rule does not wait for another one's backlog", async () => {
  const world = deployRetention({ ...FLOOD, maxPerRun: 12 });
  for (const owner of ["ada", "bob", "eve"]) await setRule(world, owner);
  await put(world.t, 9 * DAY, 60, { owner: "ada" });
  const few = [
    ...(await put(world.t, 2 * DAY, 3, { owner: "bob" })),
    ...(await put(world.t, 2 * DAY, 3, { owner: "eve" })),
  ];
  await cleanUp(world.t);
  const there = await idsLeft(world.t);
  expect(few.filter((id) => there.includes(id))).toEqual([]);
  // And what is left of the run is for who has more.
  expect(there).toHaveLength(54);
});

test("each status in the trash is purged, however much lies there of another", async () => {
  const { t } = deployRetention({ ...FLOOD, options: { trash: true } });
  const old = { deletedAt: Date.now() - 31 * DAY };
  await put(t, 31 * DAY, 50, old);
  const archived = await put(t, 31 * DAY, 1, { ...old, status: "archived" });
  const timed = await put(t, 31 * DAY, 1, { ...old, expiresAt: 1e12 });
  await cleanUp(t, "purgeTrash");
  const there = await idsLeft(t);
  expect([...archived, ...timed].filter((id) => there.includes(id))).toEqual(
    [],
  );
});

test("an owner with many pinned documents is served in large turns, each document once", async () => {
  const world = deployRetention();
  await setRule(world, "ada");
  await put(world.t, 9 * DAY, 100, { owner: "ada", pinned: true });
  await put(world.t, 8 * DAY, CLEANUP.turn + 100, { owner: "ada" });
  await cleanUp(world.t);
  expect(await left(world.t)).toHaveLength(100);
  const [run] = await runs(world.t);
  // The pinned ones are read again by each of the two turns, and by no batch in between.
  expect(run?.counts).toMatchObject({
    removed: CLEANUP.turn + 100,
    scanned: CLEANUP.turn + 100 + 2 * 100,
  });
});

test("a document that fails in one turn is not tried again in the next turn of the run", async () => {
  const tried: string[] = [];
  const world = deployRetention({
    ...FLOOD,
    maxPerRun: 30,
    onDelete: (_, { document }) => {
      tried.push(document.title);
      if (document.title === "poison") throw new Error("no");
    },
  });
  await setRule(world, "ada");
  await put(world.t, 9 * DAY, 1, { owner: "ada", title: "poison" });
  await put(world.t, 8 * DAY, 25, { owner: "ada" });
  await cleanUp(world.t);
  expect(await left(world.t)).toHaveLength(1);
  expect((await runs(world.t))[0]?.counts).toMatchObject({
    removed: 25,
    failed: 1,
  });
  // Alone after halving, and never again.
  expect(tried.lastIndexOf("poison")).toBeLessThan(10);
});

test("turns go on where a full run stopped, and after one that was not full they begin anew", async () => {
  const { t } = deployRetention({ maxPerRun: 1, batchSize: 1 });
  await put(t, 31 * DAY, 2);
  await put(t, 0, 1, { expiresAt: Date.now() });
  const seen: number[] = [];
  for (let run = 0; run < 4; run += 1) {
    await cleanUp(t);
    const [last] = await runs(t);
    seen.push(last?.counts["expired"] ?? -1);
  }
  expect(seen).toEqual([0, 1, 0, 0]);
  expect((await preview(t)).cleanup.map(({ count }) => count)).toEqual([0, 0]);
});

/* A model of a few lines: in which range a document is, and how long it may wait */

const { NUM_RUNS, SEED } = import.meta.env as Record<string, string>;
/** One of these takes as long as twenty of the sequences of test/model. */
const RUNS = Number(NUM_RUNS ?? 500) / 20;

const STATUSES: Status[] = ["draft", "published", "archived"];
const OWNERS = ["ada", "bob", "eve", "joe"];
const days = fc.integer({ min: 1, max: 4 });
const host = fc.record({
  policies: fc.uniqueArray(
    fc.record({ status: fc.constantFrom(...STATUSES), days }),
    { selector: ({ status }) => status, minLength: 1, maxLength: 3 },
  ),
  rules: fc.uniqueArray(
    fc.record({
      owner: fc.constantFrom(...OWNERS),
      status: fc.constantFrom(...STATUSES),
      days,
    }),
    { selector: ({ owner, status }) => owner + status, maxLength: 4 },
  ),
  maxPerRun: fc.integer({ min: 1, max: 24 }),
  batchSize: fc.integer({ min: 1, max: 12 }),
});
type Host = typeof host extends fc.Arbitrary<infer T> ? T : never;

const arrival = fc.record({
  owner: fc.constantFrom(...OWNERS),
  status: fc.constantFrom(...STATUSES),
  /** Days since the last change, and until it expires, if it does. */
  age: fc.integer({ min: 0, max: 6 }),
  expires: fc.option(fc.integer({ min: 0, max: 3 }), { freq: 4 }),
  count: fc.integer({ min: 1, max: 12 }),
});
type Arrival = typeof arrival extends fc.Arbitrary<infer T> ? T : never;

type Model = {
  id: string;
  /** Its range, and whether that is one of owners. */
  range: string;
  rule: boolean;
  owner: string;
  status: Status;
  dueAt: number;
};
/** A document that a run found due, and how many runs there have been since. */
type Waiting = Model & { runs: number; before: number };

class FairWorld {
  readonly #host: Host;
  readonly #world: World;
  #removed: string[] = [];
  #documents: Model[] = [];
  #waiting: Waiting[] = [];

  constructor(given: Host) {
    this.#host = given;
    this.#world = deployRetention({
      policies: given.policies.map(({ status, days }) => ({
        status,
        olderThan: { days },
      })),
      maxPerRun: given.maxPerRun,
      batchSize: given.batchSize,
      onDelete: (_, { document }) => {
        this.#removed.push(document._id);
      },
    });
  }

  async begin(): Promise<void> {
    const { t, docs } = this.#world;
    for (const { owner: ownerId, status, days } of this.#host.rules) {
      const rule = { ownerId, status, olderThan: { days } };
      await t.mutation((ctx) => docs.asSystem("test").setRetention(ctx, rule));
    }
  }

  async arrive(one: Arrival): Promise<void> {
    const { owner, status, age, expires, count } = one;
    const now = Date.now();
    const expiresAt = expires === null ? undefined : now + expires * DAY;
    const ids = await put(this.#world.t, age * DAY, count, {
      owner,
      status,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    const { policies, rules } = this.#host;
    const policy = policies.find((p) => p.status === status);
    const own = rules.find((r) => r.owner === owner && r.status === status);
    if (!policy && expiresAt === undefined) return;
    const keptMs = (own ?? policy)?.days ?? 0;
    const dueAt = expiresAt ?? now - age * DAY + keptMs * DAY + 1;
    const rule = expiresAt === undefined && own !== undefined;
    const range =
      expiresAt === undefined ? `${status} ${rule}` : "with a time of its own";
    const more = ids.map((id) => ({ id, range, rule, owner, status, dueAt }));
    this.#documents.push(...more);
  }

  /** A run, and who waited longer than the bound. */
  async pass(): Promise<void> {
    const { t } = this.#world;
    vi.advanceTimersByTime(DAY);
    const now = Date.now();
    const known = new Set(this.#waiting.map(({ id }) => id));
    const fresh = this.#documents
      .filter(({ id, dueAt }) => dueAt <= now && !known.has(id))
      .map((one) => ({ ...one, runs: 0, before: 0 }));
    this.#waiting.push(...fresh);
    for (const one of this.#waiting) one.runs += 1;
    this.#removed = [];
    await cleanUp(t);
    // Each was found once.
    expect((await runs(t))[0]?.counts).toMatchObject({
      removed: this.#removed.length,
      kept: 0,
    });
    for (const id of this.#removed) this.#remove(id);
    const late = this.#waiting.filter((one) => one.runs >= this.#bound(one));
    // A run that is the last in time must have taken it.
    expect(late).toEqual([]);
    const { maxPerRun } = this.#host;
    if (this.#removed.length < maxPerRun) expect(this.#waiting).toEqual([]);
  }

  #remove(id: string): void {
    const gone = this.#waiting.find((one) => one.id === id);
    if (!gone) throw new Error("What is not due was removed.");
    expect(gone.runs).toBeLessThanOrEqual(this.#bound(gone));
    this.#waiting = this.#waiting.filter((one) => one !== gone);
    this.#documents = this.#documents.filter((one) => one.id !== id);
    for (const one of this.#waiting) {
      const isOneQueue =
        one.range === gone.range && (!one.rule || one.owner === gone.owner);
      if (isOneQueue) one.before += 1;
    }
  }

  /** Runs until a document is gone, before which others of its range, or of its owner's, went. */
  #bound({ before, rule, status }: Waiting): number {
    const { policies, rules, maxPerRun } = this.#host;
    const ranges = 2 * policies.length + 1;
    const turn = turnSize(ranges, maxPerRun);
    const owners = rule ? rules.filter((r) => r.status === status).length : 1;
    const turns = Math.ceil((before + 1) / turn);
    return Math.ceil((ranges * owners * turns * turn) / maxPerRun);
  }
}

test("whatever comes due, nothing waits longer than the bound", async () => {
  await fc.assert(
    fc.asyncProperty(
      host,
      fc.array(fc.array(arrival, { maxLength: 4 }), {
        minLength: 3,
        maxLength: 14,
        size: "max",
      }),
      async (given, arrivals) => {
        vi.setSystemTime(Date.UTC(2026, 0, 1));
        const world = new FairWorld(given);
        await world.begin();
        for (const some of arrivals) {
          for (const one of some) await world.arrive(one);
          await world.pass();
        }
      },
    ),
    { numRuns: RUNS, ...(SEED ? { seed: Number(SEED) } : {}) },
  );
}, 240_000);
