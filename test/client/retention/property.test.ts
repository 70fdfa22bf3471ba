/**
 * Random documents, edits, policies, rules of owners, crashes and clocks, against a model of a few lines: nothing goes that is
 * not due, and after a run to the end nothing is left that is.
 */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RetentionPolicy, Status } from "../../../src/client/index.js";
import {
  batch,
  cleanUp,
  DAY,
  deployRetention,
  drain,
  idsLeft,
  kill,
  put,
  start,
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

const { NUM_RUNS, SEED } = import.meta.env as Record<string, string>;
/** One of these takes as long as ten of the sequences of test/model. */
const RUNS = Number(NUM_RUNS ?? 500) / 10;

const STATUSES: Status[] = ["draft", "published", "archived"];
const status = fc.constantFrom(...STATUSES);
const owner = fc.constantFrom("ada", "bob", "eve");
const days = fc.integer({ min: 1, max: 5 });

const policies = fc.uniqueArray(
  fc.record({
    status,
    olderThan: fc.record({ days }),
    by: fc.constantFrom("updatedAt" as const, "createdAt" as const),
  }),
  { selector: (policy) => policy.status, maxLength: 3 },
);
const rule = fc.record({
  owner,
  status,
  olderThan: fc.oneof(
    fc.record({ days }),
    fc.constantFrom("never" as const, "default" as const),
  ),
});
const columns = fc.record(
  {
    pinned: fc.boolean(),
    /** Days from now; `null` takes it back. */
    expires: fc.option(fc.integer({ min: -3, max: 3 })),
    status,
  },
  { requiredKeys: [] },
);
const command = fc.oneof(
  fc.record({ put: owner, age: fc.integer({ min: 0, max: 6 }), columns }),
  fc.record({ edit: fc.nat(), columns }),
  fc.record({ rule }),
  fc.record({ pass: fc.integer({ min: 0, max: 2 }) }),
  fc.constant({ start: true } as const),
  fc.constant({ batch: true } as const),
  fc.constant({ kill: true } as const),
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;
type Columns = typeof columns extends fc.Arbitrary<infer C> ? C : never;
type Rule = typeof rule extends fc.Arbitrary<infer C> ? C : never;

type Model = {
  id: string;
  owner: string;
  status: Status;
  createdAt: number;
  updatedAt: number;
  pinned: boolean;
  expiresAt: number | null;
};

class World {
  readonly #world;
  readonly #policies: RetentionPolicy[];
  #documents: Model[] = [];
  #rules = new Map<string, Rule["olderThan"]>();

  constructor(given: RetentionPolicy[]) {
    this.#policies = given;
    this.#world = deployRetention({ policies: given, batchSize: 2 });
  }

  async run(one: Command): Promise<void> {
    const { t } = this.#world;
    // No two things happen at once: what came due in between is done, and seen, before the next.
    vi.advanceTimersByTime(1);
    await t.finishInProgressScheduledFunctions();
    await this.#check();
    if ("put" in one) await this.#put(one.put, one.age * DAY, one.columns);
    else if ("edit" in one) await this.#edit(one.edit, one.columns);
    else if ("rule" in one) await this.#rule(one.rule);
    else if ("pass" in one) vi.setSystemTime(Date.now() + one.pass * DAY);
    else if ("start" in one) await start(t);
    else if ("batch" in one) await batch(t);
    else await kill(t);
    await this.#check();
  }

  async finish(): Promise<void> {
    const { t } = this.#world;
    // A run that is under way is of its own time.
    await drain(t);
    await this.#check();
    const at = Date.now();
    expect(await cleanUp(t)).toMatchObject({ started: true });
    const expected = this.#documents.filter((one) => !this.#isDue(one, at));
    expect(await idsLeft(t)).toEqual(expected.map(({ id }) => id));
  }

  /** What has gone was due. */
  async #check(): Promise<void> {
    const ids = new Set(await idsLeft(this.#world.t));
    const gone = this.#documents.filter(({ id }) => !ids.has(id));
    const wrong = gone.filter((one) => !this.#isDue(one, Date.now()));
    expect(wrong).toEqual([]);
    this.#documents = this.#documents.filter(({ id }) => ids.has(id));
  }

  #isDue(one: Model, at: number): boolean {
    if (one.pinned) return false;
    if (one.expiresAt !== null) return one.expiresAt <= at;
    const policy = this.#policies.find((p) => p.status === one.status);
    if (!policy) return false;
    const own = this.#rules.get(`${one.owner} ${one.status}`) ?? "default";
    if (own === "never") return false;
    const age = own === "default" ? policy.olderThan : own;
    return one[policy.by ?? "updatedAt"] < at - (age.days ?? 0) * DAY;
  }

  async #put(of: string, age: number, given: Columns): Promise<void> {
    const { t } = this.#world;
    const { pinned = false, expires = null, status: stage = "draft" } = given;
    const createdAt = Date.now();
    const expiresAt = expires === null ? null : createdAt + expires * DAY;
    const [id = ""] = await put(t, age, 1, {
      owner: of,
      status: stage,
      ...(pinned ? { pinned } : {}),
      ...(expiresAt === null ? {} : { expiresAt }),
    });
    const updatedAt = createdAt - age;
    this.#documents.push({
      id,
      owner: of,
      status: stage,
      createdAt,
      updatedAt,
      pinned,
      expiresAt,
    });
  }

  async #edit(nth: number, given: Columns): Promise<void> {
    const one = this.#documents[nth % Math.max(1, this.#documents.length)];
    if (!one) return;
    const { t, docs } = this.#world;
    const updatedAt = Date.now();
    const { expires, ...plain } = given;
    const expiresAt =
      expires == null ? expires : Math.floor(updatedAt + expires * DAY);
    await t.mutation((ctx) =>
      docs.as(one.owner).update(ctx, {
        id: one.id,
        title: `edited at ${updatedAt}`,
        ...plain,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      }),
    );
    Object.assign(one, plain, { updatedAt });
    if (expiresAt !== undefined) one.expiresAt = expiresAt;
  }

  async #rule({ owner: ownerId, ...rest }: Rule): Promise<void> {
    const { t, docs } = this.#world;
    await t.mutation((ctx) =>
      docs.asSystem("test").setRetention(ctx, { ownerId, ...rest }),
    );
    this.#rules.set(`${ownerId} ${rest.status}`, rest.olderThan);
  }
}

test("whatever happens, what is due goes, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(
      policies,
      fc.array(command, { minLength: 5, maxLength: 40, size: "max" }),
      async (given, commands) => {
        vi.setSystemTime(Date.UTC(2026, 0, 1));
        const world = new World(given);
        for (const one of commands) await world.run(one);
        await world.finish();
      },
    ),
    { numRuns: RUNS, ...(SEED ? { seed: Number(SEED) } : {}) },
  );
}, 120_000);
