/**
 * What `where` says, compared with asking each condition of the values themselves.
 */
import * as fc from "fast-check";
import { compareValues, type Value } from "convex/values";
import { describe, expect, it } from "vitest";
import {
  foldText,
  keyNames,
  partOf,
  type ViewDefinition,
} from "../../src/shared/views.js";
import {
  decodePlace,
  encodePlace,
  isInside,
  narrow,
  rangeOf,
  type KeyRange,
  type Where,
} from "../../src/shared/where.js";
import { askable, definitions, scalars, texts } from "../support/keys.js";

const view = (given: Partial<ViewDefinition> = {}): ViewDefinition => ({
  name: "tasks",
  by: ["projectId", "dueAt"],
  ...given,
});
const paths = (definition: ViewDefinition, where: Where) => {
  const found = rangeOf(definition, where);
  return "issues" in found ? found.issues.map(({ path }) => path) : [];
};
const range = (definition: ViewDefinition, where: Where): KeyRange => {
  const found = rangeOf(definition, where);
  if ("issues" in found) throw new Error(JSON.stringify(found.issues));
  return found;
};

describe("a part of a key", () => {
  it("is null for what has no place in an order", () => {
    const nothing = [undefined, null, NaN, {}, [], new ArrayBuffer(1)];
    expect(nothing.map((value) => partOf(value))).toEqual(
      nothing.map(() => null),
    );
  });

  it("has one zero", () => {
    expect(Object.is(partOf(-0), 0)).toBe(true);
  });

  it("is cut at 256 units, and behind a whole surrogate pair", () => {
    const before = "x".repeat(255);
    expect(partOf(`${before}🙂z`)).toBe(`${before}🙂`);
    expect(partOf(`${before}yz`)).toBe(`${before}y`);
  });

  it("is compared without case, accents and compatibility forms where it is folded", () => {
    expect(["Ärger", "ﬁn", "İ", "ΟΔΟΣ"].map(foldText)).toEqual([
      "arger",
      "fin",
      "i",
      "οδοσ",
    ]);
  });

  it("does not change when it is folded again, and neither do beginnings of words", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
      { numRuns: 500 },
    );
    expect(foldText("ΟΔΟΣΑ").startsWith(foldText("ΟΔΟΣ"))).toBe(true);
  });

  it("keeps the order of values up to the cut", () => {
    fc.assert(
      fc.property(scalars, scalars, (a, b) => {
        const [one, other] = [partOf(a), partOf(b)];
        const order = Math.sign(compareValues(one, other));
        const whole = Math.sign(
          compareValues(meaning(a) as Value, meaning(b) as Value),
        );
        expect(order === whole || order === 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

const meaning = (value: unknown) =>
  value === undefined || Number.isNaN(value)
    ? null
    : typeof value === "number"
      ? value + 0
      : value;

describe("a range", () => {
  it("holds exactly the keys that meet every condition", () => {
    fc.assert(
      fc.property(
        asked,
        fc.array(fc.array(scalars, { minLength: 4, maxLength: 4 }), {
          maxLength: 20,
        }),
        ([definition, where], rows) => {
          const names = keyNames(definition);
          const found = range(definition, where);
          for (const row of rows) {
            const parts = names.map((name, at) =>
              partOf(row[at], definition.fold?.includes(name)),
            );
            if (definition.each && parts[0] === null) continue;
            const key = [...parts, 5, "id"] as Value[];
            expect(isInside(found, key)).toBe(meets(definition, where, parts));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("with one bound stays among the values of its type", () => {
    const one = view({ by: ["dueAt"] });
    const key = (part: Value) => [part, 1, "id"];
    expect(isInside(range(one, { dueAt: { lt: 5 } }), key(null))).toBe(false);
    expect(isInside(range(one, { dueAt: { lt: 5 } }), key(9n))).toBe(false);
    expect(isInside(range(one, { dueAt: { gt: 5 } }), key("z"))).toBe(false);
    expect(isInside(range(one, { dueAt: { gt: 5 } }), key(Infinity))).toBe(
      true,
    );
    expect(isInside(range(one, { dueAt: { gte: 0n } }), key(-Infinity))).toBe(
      false,
    );
    expect(isInside(range(one, { dueAt: { gte: false } }), key(""))).toBe(
      false,
    );
  });

  it("by the beginning of a text ends before the next text", () => {
    const one = view({ by: ["title"] });
    for (const start of ["", "a", "\uD7FF", "a\u{10FFFF}", "\u{10FFFF}"]) {
      const found = range(one, { title: { startsWith: start } });
      for (const text of [
        start,
        `${start}\u{10FFFF}\u{10FFFF}`,
        `${start}🙂`,
      ]) {
        expect(isInside(found, [text, 1, "id"])).toBe(true);
      }
      expect(isInside(found, [false, 1, "id"])).toBe(false);
    }
    const found = range(one, { title: { startsWith: "\uD7FF" } });
    expect(isInside(found, ["\uE000", 1, "id"])).toBe(false);
  });

  it.each<[string, ViewDefinition, unknown, string[]]>([
    ["an unknown key", view(), { prjectId: 1 }, ["where.prjectId"]],
    ["a gap", view(), { dueAt: 1 }, ["where.dueAt"]],
    [
      "a key behind a range",
      view(),
      { projectId: { gt: "a" }, dueAt: 1 },
      ["where.dueAt"],
    ],
    ["undefined", view(), { projectId: undefined }, ["where.projectId"]],
    [
      "undefined in a range",
      view(),
      { projectId: { gt: undefined } },
      ["where.projectId.gt"],
    ],
    [
      "two bounds on one side",
      view(),
      { projectId: { gt: "a", gte: "b" } },
      ["where.projectId.gte"],
    ],
    ["no bound", view(), { projectId: {} }, ["where.projectId"]],
    [
      "an unknown condition",
      view(),
      { projectId: { toString: "a" } },
      ["where.projectId.toString"],
    ],
    [
      "null in a range",
      view(),
      { projectId: { gt: null } },
      ["where.projectId.gt"],
    ],
    ["half of a pair", view(), { projectId: "\ud800" }, ["where.projectId"]],
    ["NaN", view(), { projectId: NaN }, ["where.projectId"]],
    [
      "a bigint beyond 64 bits",
      view(),
      { projectId: 2n ** 63n },
      ["where.projectId"],
    ],
    [
      "a text of 256 units",
      view(),
      { projectId: "x".repeat(256) },
      ["where.projectId"],
    ],
    [
      "a text that is too long once it is folded",
      view({ fold: ["projectId"] }),
      { projectId: "ﬃ".repeat(86) },
      ["where.projectId"],
    ],
    ["an array", view(), { projectId: ["a"] }, ["where.projectId"]],
    [
      "startsWith of a number",
      view(),
      { projectId: { startsWith: 5 } },
      ["where.projectId.startsWith"],
    ],
    [
      "startsWith beside a bound",
      view(),
      { projectId: { startsWith: "a", lt: "b" } },
      ["where.projectId.startsWith"],
    ],
    ["no element", view({ each: "tags" }), {}, ["where.tags"]],
    [
      "a range of elements",
      view({ each: "tags" }),
      { tags: { gt: "a" } },
      ["where.tags"],
    ],
    [
      "several problems at once",
      view(),
      { a: 1, projectId: [], dueAt: { gt: NaN } },
      ["where.a", "where.projectId", "where.dueAt.gt"],
    ],
  ])("refuses %s", (_, definition, where, expected) => {
    expect(paths(definition, where as Where)).toEqual(expected);
  });

  it("names the keys of the view, and what to do about undefined", () => {
    const found = rangeOf(view(), { title: 1, projectId: undefined });
    expect(found).toEqual({
      issues: [
        {
          path: "where.title",
          message:
            "Title of where is not a key of the view tasks. Its keys: projectId, dueAt.",
        },
        {
          path: "where.projectId",
          message:
            "Project id of where is undefined. Leave it out, or ask for null: the documents without a value.",
        },
      ],
    });
  });
});

describe("a place in a range", () => {
  it("comes back as it went", () => {
    fc.assert(
      fc.property(
        asked,
        fc.array(scalars, { minLength: 4, maxLength: 4 }),
        ([definition, where], row) => {
          const found = range(definition, where);
          const rest = keyNames(definition)
            .slice(found.prefix.length)
            .map((_, at) => partOf(row[at]));
          const key = [...found.prefix, ...rest, 1.5, "id"] as Value[];
          expect(
            decodePlace(definition, found, encodePlace(key, found)),
          ).toEqual(key);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is nothing for a text that none was made of, and never outside the range", () => {
    const forged = fc.oneof(
      fc.constantFrom(
        "",
        "[]",
        "{}",
        "[null]",
        "[[],[],[]]",
        "[{},1,2]",
        '["\\ud800",1,"x"]',
        `["${"x".repeat(9000)}",1,"x"]`,
        "[1,2,3,4,5,6,7]",
        '[{"$float":"AAAAAAAA+H8="},1,"x"]',
        '[{"$bytes":""},1,"x"]',
      ),
      fc.json(),
      fc.string(),
      fc
        .array(
          fc.oneof(
            askable.filter((part) => typeof part !== "bigint"),
            fc.constant("own:bob"),
          ),
          { minLength: 2, maxLength: 6 },
        )
        .map((parts) => JSON.stringify(parts)),
    );
    const row = fc.array(scalars, { minLength: 4, maxLength: 4 });
    const cursor = fc.oneof(
      forged.map((text) => ({ text })),
      // Any key of anybody's, cut to the right length, is as good a forgery as there is.
      row.map((values) => ({ values })),
    );
    fc.assert(
      fc.property(
        asked,
        cursor,
        cursor,
        fc.array(row, { maxLength: 10 }),
        fc.constantFrom("asc" as const, "desc" as const),
        ([definition, where], from, to, rows, order) => {
          const found = range(definition, where);
          const keyOf = (values: unknown[]) =>
            [
              ...keyNames(definition).map((_, at) => partOf(values[at])),
              1,
              "id",
            ] as Value[];
          const placeOf = (made: typeof from) =>
            decodePlace(
              definition,
              found,
              "text" in made
                ? made.text
                : encodePlace(keyOf(made.values), found),
            );
          const part = narrow(found, placeOf(from), placeOf(to), order);
          for (const values of rows) {
            const key = keyOf(values);
            if (isInside(part, key)) expect(isInside(found, key)).toBe(true);
          }
        },
      ),
      { numRuns: Number(process.env["FORGERIES"] ?? 2000) },
    );
  });

  it("starts a page behind itself and ends one with itself", () => {
    const all = range(view(), {});
    const keys = ["a", "b", "c", "d"].map(
      (part) => [part, 1, 1, part] as Value[],
    );
    for (const order of ["asc", "desc"] as const) {
      const [start, end] =
        order === "asc" ? [keys[0]!, keys[2]!] : [keys[2]!, keys[0]!];
      const part = narrow(all, start, end, order);
      const inside = keys
        .filter((key) => isInside(part, key))
        .map(([first]) => first);
      expect(inside).toEqual(order === "asc" ? ["b", "c"] : ["a", "b"]);
    }
  });
});

/** A view and something that may be asked of it. */
const asked: fc.Arbitrary<[ViewDefinition, Where]> = definitions.chain(
  (definition) => {
    const names = keyNames(definition);
    const least = definition.each === undefined ? 0 : 1;
    const short = askable.filter(
      (value) => typeof value !== "string" || foldText(value).length < 256,
    );
    const condition = fc.oneof(
      fc.record({
        startsWith: texts.filter(
          (text) => foldText(text).length < 256 && text.length < 256,
        ),
      }),
      fc
        .tuple(
          fc.constantFrom("gt", "gte"),
          fc.constantFrom("lt", "lte"),
          short,
          short,
          fc.nat(2),
        )
        .filter(
          ([, , a, b]) => a !== null && b !== null && typeof a === typeof b,
        )
        .map(([from, to, a, b, which]): Where =>
          which === 0
            ? { [from]: a }
            : which === 1
              ? { [to]: b }
              : { [from]: a, [to]: b },
        ),
    );
    return fc
      .tuple(
        fc.integer({ min: least, max: names.length }),
        fc.array(short, { minLength: 4, maxLength: 4 }),
        fc.option(condition),
      )
      .map(([count, values, last]): [ViewDefinition, Where] => {
        const where: Where = {};
        names.slice(0, count).forEach((name, at) => {
          where[name] = values[at];
        });
        const next = names[count];
        if (next !== undefined && last) where[next] = last;
        return [definition, where];
      });
  },
);

/** Each condition asked of the parts, without ranges. */
function meets(
  definition: ViewDefinition,
  where: Where,
  parts: unknown[],
): boolean {
  return keyNames(definition).every((name, at) => {
    if (!(name in where)) return true;
    const fold = definition.fold?.includes(name);
    const part = parts[at] as Value;
    const condition = where[name];
    if (typeof condition !== "object" || condition === null) {
      return compareValues(part, partOf(condition, fold)) === 0;
    }
    return Object.entries(condition).every(([side, bound]) => {
      const value = partOf(bound, fold) as Value;
      if (typeof part !== typeof value) return false;
      if (side === "startsWith")
        return (part as string).startsWith(value as string);
      const distance = compareValues(part, value);
      return {
        gt: distance > 0,
        gte: distance >= 0,
        lt: distance < 0,
        lte: distance <= 0,
      }[side];
    });
  });
}
