/**
 * Cursors that nobody was given: forged, cut, of another view, or made of the keys of somebody else's documents.
 */
import * as fc from "fast-check";
import { convexToJson, type Value } from "convex/values";
import { beforeEach, expect, it, vi } from "vitest";
import { getDocsError } from "../../../src/errors/index.js";
import { keyNames } from "../../../src/shared/views.js";
import { rangeOf } from "../../../src/shared/where.js";
import { deploy } from "../../support/host.js";
import {
  act,
  answer,
  askPage,
  questions,
  steps,
  stored,
  type Question,
} from "../../support/views.js";

const TRIES = Number(process.env["CURSOR_TRIES"] ?? 400);
/** Tries of one transaction. */
const AT_ONCE = 50;

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));

it(
  "a cursor leads nowhere but into what its bearer may see",
  { timeout: 3_600_000 },
  async () => {
    const t = deploy();
    const ids: string[] = [];
    for (const step of fc.sample(steps, { numRuns: 120, seed: 1 })) {
      await act(t, ids, { ...step, verb: "create", isPlain: false });
      vi.advanceTimersByTime(step.at % 3);
    }
    const { all, entries } = await stored(t);
    const keys = entries.map(({ key }) => key);
    const owners = new Map(all.map((row) => [row._id, row.ownerId]));
    const told = { refused: 0, empty: 0, found: 0 };

    const look = async (ctx: Parameters<typeof askPage>[0], one: Try) => {
      const { question, start, end } = one;
      const cursors = [start, end].map(
        (place) => place && cursorOf(place, keys, question),
      );
      try {
        const [from = null, to = null] = cursors;
        const { page } = await askPage(ctx, question, from, to);
        const expected = answer(all, question);
        const places = page.map(({ _id }) => expected.indexOf(_id));
        const inOrder = places.toSorted((a, b) => a - b);
        expect([places.includes(-1), places], fc.stringify(one)).toEqual([
          false,
          inOrder,
        ]);
        const others = page.filter(
          ({ _id }) => !question.isPublic && owners.get(_id) !== question.who,
        );
        expect(others, fc.stringify(one)).toEqual([]);
        told[page.length > 0 ? "found" : "empty"] += 1;
      } catch (error) {
        if (getDocsError(error)?.code !== "INVALID_CURSOR") throw error;
        told.refused += 1;
      }
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(tries, { minLength: AT_ONCE, maxLength: AT_ONCE }),
        async (some) => {
          await t.query(async (ctx) => {
            for (const one of some) await look(ctx, one);
          });
        },
      ),
      { numRuns: Math.ceil(TRIES / AT_ONCE), endOnFailure: true },
    );
    if (process.env["CURSOR_TRIES"]) console.info(told);
    // Each of these has been tried, not only what is refused at once.
    for (const times of Object.values(told)) {
      expect(times).toBeGreaterThan(TRIES / 20);
    }
  },
);

/** A text, or a key that stands somewhere in the table, with some parts of it replaced. */
type Place =
  | { text: string }
  | { at: number; swaps: { part: number; by: Value }[]; cut: number };

/** What a reader asks, from one place to another. */
type Try = { question: Question; start: Place | null; end: Place | null };

const parts: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(
    null,
    true,
    false,
    "",
    "p",
    "q",
    "draft",
    "published",
    "own:bob",
    "public",
    "\u{10FFFF}",
    -Infinity,
    Infinity,
    -0,
    0,
    1_000_050,
    -(2n ** 63n),
    2n ** 63n - 1n,
    [],
    {},
  ),
  fc.double({ noNaN: true }),
  fc.string({ maxLength: 3 }),
);

const places: fc.Arbitrary<Place> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      at: fc.nat(),
      swaps: fc.array(fc.record({ part: fc.nat(6), by: parts }), {
        maxLength: 2,
      }),
      cut: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, -1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      text: fc.oneof(
        fc.json(),
        fc.string(),
        fc.constantFrom("[]", "end", "[null]", '{"$array":[]}', "[[],[],[]]"),
      ),
    }),
  },
);

const tries: fc.Arbitrary<Try> = fc.record({
  question: questions,
  start: fc.option(places, { freq: 4 }),
  end: fc.option(places, { freq: 2 }),
});

/** The cursor of a place, as long as those of what is asked, as a rule. */
function cursorOf(
  place: Place,
  keys: Value[][],
  { view, where }: Question,
): string {
  if ("text" in place) return place.text;
  const range = rangeOf(view, where);
  if ("issues" in range) throw new Error(JSON.stringify(range.issues));
  // The part behind the prefix, when it was made, and the document.
  const length = keyNames(view).length + 2 - range.prefix.length + place.cut;
  const key = keys[place.at % keys.length]?.slice(-length) ?? [];
  for (const { part, by } of place.swaps) key[part % key.length] = by;
  return JSON.stringify(convexToJson(key));
}
