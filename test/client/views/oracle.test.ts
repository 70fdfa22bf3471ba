/**
 * Views against all rows of the table, sorted in memory.
 */
import * as fc from "fast-check";
import { convexToJson, type Value } from "convex/values";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { getDocsError } from "../../../src/errors/index.js";
import { keyNames } from "../../../src/shared/views.js";
import { rangeOf } from "../../../src/shared/where.js";
import { deploy, type Deployment } from "../../support/host.js";
import {
  act,
  answer,
  docs,
  expectExactEntries,
  page,
  pages,
  plain,
  questions,
  steps,
  stored,
  USERS,
  type Question,
} from "../../support/views.js";

const RUNS = Number(process.env["RUNS"] ?? 25);

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

describe("a view", () => {
  it(
    "is what sorting all documents would be, page by page, and nobody sees more",
    { timeout: 3_600_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(steps, { minLength: 1, maxLength: 20 }),
          fc.array(questions, { minLength: 1, maxLength: 4 }),
          fc.array(forgeries, { maxLength: 3 }),
          async (writes, asked, forged) => {
            const t = deploy();
            const ids: string[] = [];
            for (const step of writes) {
              await act(t, ids, { ...step, isPlain: false });
              vi.advanceTimersByTime(step.at % 3);
            }
            await expectExactEntries(t);
            const moved = writes.some(({ verb }) => verb === "transfer");
            // A transfer does not ask, because the answer would tell about the new owner.
            if (!moved) await expectUniqueSlugs(t);
            for (const question of asked) {
              await expectAnswer(t, question);
              await expectNoLeak(t, question, forged);
            }
          },
        ),
        { numRuns: RUNS },
      );
    },
  );

  it(
    "is right while it is built, after, and whoever writes in between",
    { timeout: 3_600_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(steps, { minLength: 1, maxLength: 12 }),
          fc.array(steps, { maxLength: 12 }),
          fc.array(questions, { minLength: 1, maxLength: 3 }),
          async (before, after, asked) => {
            const t = deploy();
            const ids: string[] = [];
            const check = async () => {
              await expectExactEntries(t);
              for (const question of asked) await expectAnswer(t, question);
            };
            for (const step of before)
              await act(t, ids, { ...step, isPlain: true });
            await check();
            for (const step of after) await act(t, ids, step);
            await check();
            await settle(t);
            await check();
            for (const step of after) await act(t, ids, step);
            await check();
          },
        ),
        { numRuns: RUNS },
      );
    },
  );

  it(
    "is right between the steps of a build, whoever writes before the place where it is, behind it or nowhere near",
    { timeout: 3_600_000 },
    async () => {
      let looks = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(steps, { maxLength: 6 }), {
            minLength: 4,
            maxLength: 6,
          }),
          fc.array(questions, { minLength: 1, maxLength: 2 }),
          async (between, asked) => {
            const t = deploy();
            const ids = await seed(t, 150);
            const check = async () => {
              for (const one of asked)
                await expectAnswer(t, { ...one, size: 60 });
            };
            await t.mutation((ctx) =>
              docs.as("ada").create(ctx, { title: "", projectId: "p" }),
            );
            for (const writes of between) {
              for (const step of writes) {
                const at = (step.at * 97) % ids.length;
                await act(t, ids, { ...step, at });
              }
              await check();
              if (await isHalfBuilt(t)) looks += 1;
              vi.advanceTimersByTime(5);
              await t.finishInProgressScheduledFunctions();
            }
            await settle(t);
            await expectExactEntries(t);
            await check();
          },
        ),
        { numRuns: Math.ceil(RUNS / 12) },
      );
      expect(looks).toBeGreaterThan(0);
    },
  );
});

/** Documents of everybody's, made by code without views. Returns their ids. */
async function seed(t: Deployment, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < count; from += 50) {
    const items = Array.from({ length: 50 }, (_, n) => ({
      title: `${(from + n) % 7}`,
      projectId: n % 3 ? "p" : "q",
      dueAt: n % 11,
      tags: n % 2 ? ["u", "v"] : ["w"],
      slug: `${from + n}`,
      status: n % 5 ? ("draft" as const) : ("published" as const),
      isPublic: n % 2 === 0,
    }));
    const who = USERS[(from / 50) % USERS.length]!;
    const made = await t.mutation((ctx) =>
      plain.as(who).batchCreate(ctx, { items }),
    );
    ids.push(...made.results.flatMap((one) => (one.ok ? [one.id] : [])));
    vi.advanceTimersByTime(1);
  }
  return ids;
}

/** Whether a build has done a step, and is not over. */
async function isHalfBuilt(t: Deployment): Promise<boolean> {
  const { registry, entries } = await stored(t);
  const isReady = registry?.views.every(({ ready }) => ready) ?? true;
  return !isReady && entries.length > 100;
}

/** Lets the background work end. */
async function settle(t: Deployment): Promise<void> {
  for (let round = 0; round < 20; round++) {
    vi.advanceTimersByTime(5);
    await t.finishInProgressScheduledFunctions();
  }
}

async function expectAnswer(t: Deployment, question: Question): Promise<void> {
  const { all } = await stored(t);
  const expected = answer(all, question);
  const { ids, cursors } = await pages(t, question);
  expect(ids).toEqual(expected);
  if (cursors.length > 2) {
    // A pinned page holds what lies between its cursors, and no more.
    const pinned = await page(t, question, null, cursors[1]);
    expect(pinned.page.map(({ _id }) => _id)).toEqual(
      expected.slice(0, question.size),
    );
    expect(pinned.continueCursor).toBe(cursors[1]);
  }
  if (question.isPublic) return;
  const { view, where, who } = question;
  const counted = await t.query((ctx) =>
    docs.as(who).count(ctx, { view: view.name, where, upTo: 3 } as never),
  );
  expect(counted).toEqual({
    count: Math.min(3, expected.length),
    more: expected.length > 3,
  });
}

/** Any key of anybody's, cut to the right length, is as good a forgery as there is. */
async function expectNoLeak(
  t: Deployment,
  question: Question,
  forged: string[],
): Promise<void> {
  const { all, entries } = await stored(t);
  const range = rangeOf(question.view, question.where);
  if ("issues" in range) throw new Error(JSON.stringify(range.issues));
  const length = keyNames(question.view).length + 2 - range.prefix.length;
  const real = entries
    .slice(0, 10)
    .map(({ key }) =>
      JSON.stringify(convexToJson(key.slice(-length) as Value)),
    );
  const expected = new Set(answer(all, question));
  for (const cursor of [...forged, ...real]) {
    for (const [start, end] of [
      [cursor, null],
      [null, cursor],
      [cursor, cursor],
    ] as const) {
      try {
        const found = await page(t, question, start, end);
        for (const { _id } of found.page) expect(expected.has(_id)).toBe(true);
      } catch (error) {
        if (getDocsError(error)?.code !== "INVALID_CURSOR") throw error;
      }
    }
  }
}

async function expectUniqueSlugs(t: Deployment): Promise<void> {
  const { all } = await stored(t);
  const taken = all
    .filter(
      ({ deletedAt, fields }) =>
        deletedAt === undefined && fields["slug"] !== undefined,
    )
    .map(({ ownerId, fields }) => `${ownerId} ${String(fields["slug"])}`);
  expect(new Set(taken).size).toBe(taken.length);
}

const forgeries = fc.oneof(
  fc.constantFrom(
    "[]",
    "end",
    "{}",
    "[null]",
    '["p"]',
    '[["p"]]',
    "[1,2,3,4,5,6,7]",
  ),
  fc
    .array(
      fc.oneof(
        fc.constantFrom<unknown>(
          "own:bob",
          "p",
          "q",
          "z",
          null,
          true,
          { $float: "AAAAAAAA8H8=" },
          [],
          {},
        ),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((parts) => JSON.stringify(parts)),
);
