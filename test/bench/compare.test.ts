import { describe, expect, test } from "vitest";
import { compare, toBaseline } from "../../bench/compare.js";

const baseline = {
  "update own": { indexRanges: 1, documentsRead: 2, bytesRead: 2312 },
  create: { indexRanges: 0, documentsRead: 0, bytesRead: 0 },
};
/** The baseline's own amounts, with some of one operation changed. */
const measured = (changes: Partial<(typeof baseline)["update own"]> = {}) => ({
  ...baseline,
  "update own": { ...baseline["update own"], ...changes },
});

describe("what costs as much as before", () => {
  test("is no problem", () => {
    expect(compare("cost", baseline, measured())).toEqual({
      problems: [],
      lowered: [],
    });
  });
});

describe("what costs more", () => {
  test.each(["indexRanges", "documentsRead", "bytesRead"] as const)(
    "is a problem that names the operation and its %s",
    (metric) => {
      const before = baseline["update own"][metric];
      const { problems } = compare(
        "cost",
        baseline,
        measured({ [metric]: before + 1 }),
      );
      expect(problems).toEqual([
        `cost: update own: ${metric} grew from ${before} to ${before + 1}.`,
      ]);
    },
  );

  test("is a problem where it cost nothing", () => {
    const { problems } = compare("cost", baseline, {
      ...measured(),
      create: { ...baseline.create, documentsRead: 1 },
    });
    expect(problems).toEqual(["cost: create: documentsRead grew from 0 to 1."]);
  });

  test("is a problem although something else costs less", () => {
    const { problems, lowered } = compare(
      "cost",
      baseline,
      measured({ documentsRead: 3, bytesRead: 1 }),
    );
    expect(problems).toHaveLength(1);
    expect(lowered).toHaveLength(1);
  });

  test("is a problem when the amount is not a number at all", () => {
    const { problems } = compare(
      "cost",
      baseline,
      measured({ bytesRead: NaN }),
    );
    expect(problems).toHaveLength(1);
  });
});

test("what costs less is said, and is no problem", () => {
  expect(compare("cost", baseline, measured({ documentsRead: 1 }))).toEqual({
    problems: [],
    lowered: ["cost: update own: documentsRead fell from 2 to 1."],
  });
});

describe("what cannot be compared is a problem", () => {
  test("an operation that the baseline does not know", () => {
    const { problems } = compare("cost", baseline, {
      ...measured(),
      transfer: { documentsRead: 2 },
    });
    expect(problems).toEqual(["cost: transfer is not in the baseline."]);
  });

  test("an operation that is no longer measured", () => {
    const { create } = baseline;
    expect(compare("cost", baseline, { create }).problems).toEqual([
      "cost: update own is no longer measured.",
    ]);
  });

  test("an amount that the baseline does not know, or that is no longer measured", () => {
    const { problems } = compare(
      "cost",
      { create: { documentsRead: 0 } },
      { create: { bytesRead: 0 } },
    );
    expect(problems).toEqual([
      "cost: create: documentsRead is no longer measured.",
      "cost: create: bytesRead is not in the baseline.",
    ]);
  });

  test("everything, where there is no baseline", () => {
    expect(compare("cost", undefined, measured()).problems).toHaveLength(2);
  });
});

test("what a partial run leaves out has not been forgotten", () => {
  const { create } = baseline;
  const partial = { partial: true };
  expect(compare("cost", baseline, { create }, partial).problems).toEqual([]);
});

describe("a new baseline", () => {
  test("holds what was measured", () => {
    expect(toBaseline(measured())).toEqual(measured());
  });

  test("leaves headroom where there is a budget, in whole numbers", () => {
    const budget = toBaseline({ host: { instantiations: 101 } }, 1.25);
    expect(budget).toEqual({ host: { instantiations: 127 } });
    const grown = (instantiations: number) =>
      compare("types", budget, { host: { instantiations } }).problems;
    expect(grown(127)).toEqual([]);
    expect(grown(128)).toHaveLength(1);
  });
});
