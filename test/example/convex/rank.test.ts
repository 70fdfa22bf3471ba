import fc from "fast-check";
import { expect, test } from "vitest";
import { LONG, RANK, ranksBetween } from "../../../example/convex/rank.js";

const ranks = fc.stringMatching(/^[0-9a-z]{0,8}[1-9a-z]$/);
const count = fc.integer({ min: 1, max: 101 });

test("ranks between two others are between them, in order, and ranks themselves", () => {
  fc.assert(
    fc.property(ranks, ranks, count, fc.nat(3), (one, two, count, open) => {
      fc.pre(one !== two);
      const [low, high] = [one, two].sort() as [string, string];
      const from = open === 1 || open === 3 ? null : low;
      const to = open === 2 || open === 3 ? null : high;
      const made = ranksBetween(from, to, count);
      expect(made).toHaveLength(count);
      const all = [from ?? "", ...made, ...(to === null ? [] : [to])];
      expect(all).toEqual([...new Set(all)].sort());
      for (const rank of made) expect(rank).toMatch(RANK);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["above the highest", (made: string) => ranksBetween(made, null, 1)],
  ["below the lowest", (made: string) => ranksBetween(null, made, 1)],
])("20,000 cards put %s have short ranks", (_, next) => {
  let [rank = ""] = ranksBetween(null, null, 1);
  for (let n = 0; n < 20_000; n++) [rank = ""] = next(rank);
  expect(rank.length).toBeLessThanOrEqual(5);
});

test("between the same two cards 50 have room before a rank is long", () => {
  let low = "i";
  for (let n = 0; n < 50; n++) [low = ""] = ranksBetween(low, "j", 1);
  expect(low.length).toBeLessThanOrEqual(LONG);
});

test("there is none between a rank and itself, or the other way round", () => {
  expect(() => ranksBetween("a", "a", 1)).toThrow("no rank between");
  expect(() => ranksBetween("b", "a", 1)).toThrow("no rank between");
});
