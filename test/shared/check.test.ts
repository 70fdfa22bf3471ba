import { validate } from "convex-helpers/validators";
import {
  convexToJson,
  jsonToConvex,
  v,
  type PropertyValidators,
  type Value,
} from "convex/values";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Docs } from "../../src/client/index.js";
import { checkFields } from "../../src/shared/check.js";
import { decodeRules, encodeRules } from "../../src/shared/fields.js";
import { objectJson } from "../../src/shared/validatorJson.js";
import { components, deploy, identify } from "../support/host.js";
import { refused } from "../support/refusals.js";
import { takes, validator, valueFor } from "../support/values.js";

function check(fields: PropertyValidators, value: unknown) {
  return checkFields(objectJson(fields), value);
}

/** Whether Convex can store it, by Convex's own encoder and the rules that its backend adds. */
function isStorable(value: unknown): boolean {
  try {
    const json = JSON.stringify(convexToJson(value as Value));
    return walk(value) && !/\\ud[89a-f]/i.test(json);
  } catch {
    return false;
  }
}

function walk(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  // Holes are not visited by `every` on the array itself, and would be stored as null.
  if (Array.isArray(value)) {
    return Array.from(value).every((each) => each !== undefined && walk(each));
  }
  return Object.entries(value).every(
    ([key, each]) => key !== "" && !key.startsWith("_") && walk(each),
  );
}

const cases = validator.chain((of) =>
  fc.record({ of: fc.constant(of), value: valueFor(of) }),
);
const runs = { numRuns: Number(import.meta.env["NUM_RUNS"] ?? 1000) };

describe(
  "agreement with Convex, on random validators and values",
  { timeout: 60_000 },
  () => {
    test("what Convex's validator refuses or cannot store is refused, and nothing else is", () => {
      let accepted = 0;
      fc.assert(
        fc.property(cases, ({ of, value }) => {
          const fields = { f: of };
          const isOurs = check(fields, { f: value }).length === 0;
          const isTheirs =
            takes(of, value) && (value === undefined || isStorable(value));
          expect(isOurs).toBe(isTheirs);
          // A second opinion, which lets arrays and bytes pass for records.
          const isHelpers = validate(v.object(fields), { f: value });
          if (isOurs) expect(isHelpers).toBe(true);
          if (isOurs) accepted++;
        }),
        runs,
      );
      expect(accepted / runs.numRuns).toBeGreaterThan(0.3);
      expect(accepted / runs.numRuns).toBeLessThan(0.95);
    });

    test("what is accepted reads back as it was", () => {
      fc.assert(
        fc.property(cases, ({ of, value }) => {
          fc.pre(check({ f: of }, { f: value }).length === 0);
          const document = { f: value } as Value;
          const back = jsonToConvex(convexToJson(document));
          expect(back).toEqual(document);
        }),
        runs,
      );
    });

    test("every problem has a path inside the value, and says nothing of the value itself", () => {
      fc.assert(
        fc.property(cases, ({ of, value }) => {
          for (const { path, message } of check({ f: of }, { f: value })) {
            expect(path === "f" || path.startsWith("f.")).toBe(true);
            expect(message).toMatch(/\.$/);
            expect(message.length).toBeLessThan(400);
          }
        }),
        runs,
      );
    });

    test("a shape survives the way into the component", () => {
      fc.assert(
        fc.property(cases, ({ of, value }) => {
          const rules = {
            shape: objectJson({ f: of }),
            maxBytes: 1,
            search: [],
          };
          const { shape } = decodeRules(encodeRules(rules));
          expect(checkFields(shape, { f: value })).toEqual(
            checkFields(rules.shape, { f: value }),
          );
        }),
        runs,
      );
    });

    test("through the component: what is accepted is stored and read back, the rest is refused and leaves nothing", async () => {
      const t = deploy();
      await fc.assert(
        fc.asyncProperty(cases, async ({ of, value }) => {
          const docs = new Docs(components.docs, {
            fields: { f: of },
            identify,
          }).as("ada");
          const args = { f: value } as never;
          const create = () => t.mutation((ctx) => docs.create(ctx, args));
          if (check({ f: of }, { f: value }).length > 0) {
            expect((await refused(t, create)).code).toBe("VALIDATION_FAILED");
          } else {
            const { id } = await create();
            const read = await t.query((ctx) => docs.get(ctx, { id }));
            const { f } = read as { f?: unknown };
            expect(f).toEqual(value);
            await t.mutation((ctx) => docs.remove(ctx, { id }));
          }
        }),
        { numRuns: 150 },
      );
    });
  },
);

describe("what it says", () => {
  const shape = v.union(
    v.object({ kind: v.literal("circle"), radius: v.number() }),
    v.object({ kind: v.literal("square"), side: v.number() }),
  );

  test.each([
    [v.string(), 5, "f", "F must be a string, not a number."],
    [v.number(), null, "f", "F must be a number, not null."],
    [v.int64(), 5, "f", "F must be a bigint, not a number."],
    [
      v.int64(),
      2n ** 64n,
      "f",
      "F must be a bigint, not a bigint beyond 64 bits.",
    ],
    [v.array(v.string()), "a", "f", "F must be an array, not a string."],
    [
      v.array(v.string()),
      ["a", 1],
      "f.1",
      "Item 2 of f must be a string, not a number.",
    ],
    [v.object({}), [], "f", "F must be an object, not an array."],
    [
      v.object({}),
      new Date(),
      "f",
      "F must be an object, not a class instance.",
    ],
    [v.object({}), { x: 1 }, "f.x", "X of f is not a declared field."],
    [v.object({ x: v.null() }), {}, "f.x", "X of f is required."],
    [v.literal("a"), "b", "f", 'F must be "a".'],
    [v.literal(7n), 7, "f", "F must be 7n, not a number."],
    [
      v.union(v.literal("a"), v.literal("b")),
      "c",
      "f",
      'F must be "a" or "b".',
    ],
    [shape, { kind: "circle" }, "f.radius", "Radius of f is required."],
    [
      shape,
      { kind: "square", side: "5" },
      "f.side",
      "Side of f must be a number, not a string.",
    ],
    [
      shape,
      { kind: "star" },
      "f.kind",
      'Kind of f must be "circle" or "square".',
    ],
    [shape, { side: 5 }, "f.kind", "Kind of f is required."],
    [
      v.union(
        v.object({ kind: v.union(v.literal("a"), v.literal("b")), x: v.any() }),
        v.object({ kind: v.literal("c"), y: v.string() }),
      ),
      { kind: "c", y: 5 },
      "f.y",
      "Y of f must be a string, not a number.",
    ],
    [
      v.union(
        v.object({ kind: v.optional(v.literal("a")), x: v.string() }),
        v.object({ kind: v.literal("b"), y: v.string() }),
      ),
      { x: 5 },
      "f.x",
      "X of f must be a string, not a number.",
    ],
    [
      v.union(
        v.object({ data: v.object({ kind: v.literal("a"), x: v.null() }) }),
        v.object({ data: v.object({ kind: v.literal("b"), y: v.string() }) }),
      ),
      { data: { kind: "b", y: 5 } },
      "f.data.y",
      "Y of data of f must be a string, not a number.",
    ],
    [
      v.union(v.object({ email: v.string() }), v.object({ phone: v.string() })),
      { phone: 5 },
      "f.phone",
      "Phone of f must be a string, not a number.",
    ],
    [
      v.union(v.object({ email: v.string() }), v.object({ phone: v.string() })),
      {},
      "f",
      "F must have one of the declared shapes.",
    ],
    [
      v.union(v.null(), v.union(v.string(), v.object({}))),
      true,
      "f",
      "F must be null or a string or an object, not a boolean.",
    ],
    [v.any(), () => 1, "f", "F is a function, which Convex cannot store."],
    [
      v.union(v.string(), v.null()),
      "\uD83D",
      "f",
      "F is not valid Unicode: it has half of a surrogate pair.",
    ],
    [v.id("users"), 5, "f", "F must be a string, not a number."],
  ])("%#: %s", (of, value, path, message) => {
    expect(check({ f: of }, { f: value })).toEqual([{ path, message }]);
  });

  test("all at once", () => {
    const fields = { a: v.string(), b: v.array(v.number()), c: v.null() };
    const issues = check(fields, { a: 1, b: [1, "2", 3, "4"], d: 1 });
    expect(issues.map(({ path }) => path)).toEqual([
      "d",
      "a",
      "b.1",
      "b.3",
      "c",
    ]);
  });

  test("only what is there, where a change is partial", () => {
    const shaped = objectJson({ a: v.string(), b: v.string() });
    expect(checkFields(shaped, { a: "x" }, { partial: true })).toEqual([]);
    expect(checkFields(shaped, { a: 5 }, { partial: true })).toHaveLength(1);
  });

  test("a value that contains itself ends", () => {
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    const [issue] = check({ f: v.any() }, { f: loop });
    expect(issue!.message).toMatch(/more than 14 levels/);
  });
});

test("a validator that has no value of its own is refused at once", () => {
  const strange = { kind: "commitTs", isOptional: "required" };
  expect(() => objectJson({ f: strange as never })).toThrow(
    /convex-docs: .*commitTs/,
  );
});
