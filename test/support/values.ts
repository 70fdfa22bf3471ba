/**
 * Random validators and values, storable and not.
 */
import * as fc from "fast-check";
import {
  v,
  type GenericValidator,
  type Validator,
  type VLiteral,
} from "convex/values";

type Any = Validator<unknown, "required" | "optional", string>;

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double(),
  fc.constantFrom(0, -0, NaN, Infinity, 5),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom("", "a", "b", "🙂", "x"),
  fc.string(),
  fc.constant(null).map(() => new ArrayBuffer(2)),
);
const unstorable = fc.constantFrom<unknown>(
  undefined,
  2n ** 63n,
  -(2n ** 63n) - 1n,
  "\ud800",
  "a\udc00b",
  new Date(0),
  new Map(),
  new Set([1]),
  /x/,
  () => 1,
  Symbol("s"),
  new Uint8Array(1),
  new (class Point {
    x = 1;
  })(),
  Object.assign([1, 2], { 5: 3 }),
  { $x: 1 },
  { _x: 1 },
  { é: 1 },
  { "": 1 },
  { ["k".repeat(1025)]: 1 },
  [undefined],
);
const name = fc.constantFrom("a", "b", "c", "a b", "%");

/** Anything at all: mostly what Convex could store, with what it could not here and there. */
const anything: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { weight: 6, arbitrary: scalar },
    { weight: 1, arbitrary: unstorable },
    { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
    {
      weight: 2,
      arbitrary: fc.dictionary(name, tie("value"), {
        maxKeys: 3,
        noNullPrototype: false,
      }),
    },
  ),
})).value;

export const validator: fc.Arbitrary<Any> = fc.letrec<{ one: Any }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Any>(
      v.null(),
      v.boolean(),
      v.number(),
      v.int64(),
      v.bytes(),
      v.string(),
      v.any(),
      v.id("users"),
    ),
    fc.constantFrom<Any>(
      v.literal("a"),
      v.literal(5),
      v.literal(true),
      v.literal(0),
      v.literal(7n),
    ),
    tie("one").map((element) => v.array(required(element))),
    tie("one").map((value) => v.record(v.string(), required(value))),
    fc.tuple(tie("one"), tie("one"), fc.boolean()).map(([a, b, isOptional]) =>
      v.object({
        a: required(a),
        b: isOptional ? v.optional(required(b)) : b,
      }),
    ),
    fc
      .array(tie("one"), { minLength: 1, maxLength: 3 })
      .map((members) => v.union(...members.map(required))),
  ),
})).one;

/** Whether a value is of a validator's kind, as https://docs.convex.dev/database/types says it. */
export function takes(of: GenericValidator, value: unknown): boolean {
  if (value === undefined) return of.isOptional === "optional";
  switch (of.kind) {
    case "any":
      return true;
    case "null":
      return value === null;
    case "float64":
      return typeof value === "number";
    case "int64":
      return typeof value === "bigint";
    case "bytes":
      return value instanceof ArrayBuffer;
    case "id":
      return typeof value === "string";
    case "string":
    case "boolean":
      return typeof value === of.kind;
    case "literal":
      return value === (of as VLiteral<unknown>).value;
    case "array":
      return (
        Array.isArray(value) &&
        Array.from(value).every((each) => takes(of.element, each))
      );
    case "record":
      return (
        isPlain(value) &&
        Object.values(value).every(
          (each) => each === undefined || takes(of.value, each),
        )
      );
    case "union":
      return of.members.some((member) => takes(member, value));
    case "object":
      return (
        isPlain(value) &&
        Object.keys(value).every((key) => Object.hasOwn(of.fields, key)) &&
        Object.entries(of.fields).every(([key, each]) =>
          takes(each, value[key]),
        )
      );
    default:
      return false;
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as null)
  );
}

/** A validator that can stand in an array, a record or a union: nothing is optional there. */
function required(of: Any): Validator<unknown, "required", string> {
  return of as Validator<unknown, "required", string>;
}

/** A value that a validator takes, but for a slip here and there. */
export function valueFor(of: GenericValidator): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 25, arbitrary: honest(of) },
    { weight: 1, arbitrary: anything },
  );
}

function honest(of: GenericValidator): fc.Arbitrary<unknown> {
  switch (of.kind) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "float64":
      return fc.double();
    case "int64":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case "bytes":
      return fc.constant(null).map(() => new ArrayBuffer(3));
    case "string":
    case "id":
      return fc.string({ unit: "grapheme" });
    case "literal":
      return fc.constant((of as VLiteral<unknown>).value);
    case "array":
      return fc.array(valueFor(of.element), { maxLength: 3 });
    case "record":
      return fc.dictionary(name, valueFor(of.value), {
        maxKeys: 3,
        noNullPrototype: false,
      });
    case "union":
      return fc.oneof(...of.members.map(valueFor));
    case "object": {
      const members = Object.entries(of.fields);
      return fc.record(
        Object.fromEntries(members.map(([key, each]) => [key, valueFor(each)])),
        {
          requiredKeys: members
            .filter(([, each]) => each.isOptional === "required")
            .map(([key]) => key),
          noNullPrototype: false,
        },
      );
    }
    default:
      return anything;
  }
}
