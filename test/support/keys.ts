/**
 * Random values that a key can hold, with the awkward ones near each other.
 */
import * as fc from "fast-check";
import type { ViewDefinition } from "../../src/shared/views.js";

export const texts = fc.constantFrom(
  "",
  "a",
  "A",
  "ab",
  "b",
  "Ä",
  "ä",
  "ﬁ",
  "ΟΔΟΣ",
  "\u{10FFFF}",
  "\uD7FF",
  "\uE000",
  "\uFFFD",
  "🙂",
  "🙂b",
  "x".repeat(255),
  "x".repeat(256),
  `${"x".repeat(255)}y`,
  `${"x".repeat(255)}🙂`,
  `${"x".repeat(255)}🙂z`,
  `${"x".repeat(256)}a`,
);

export const numbers = fc.constantFrom(
  0,
  -0,
  1,
  2,
  -1,
  0.5,
  NaN,
  Infinity,
  -Infinity,
  1e308,
  -1e308,
);

export const bigints = fc.constantFrom(
  0n,
  1n,
  5n,
  -5n,
  2n ** 63n - 1n,
  -(2n ** 63n),
);

/** What a document may hold. */
export const scalars = fc.oneof(
  texts,
  numbers,
  bigints,
  fc.boolean(),
  fc.constantFrom(null, undefined),
);

/** What may be asked for. */
export const askable = fc.oneof(
  texts.filter((text) => text.length < 256),
  numbers.filter((number) => !Number.isNaN(number)),
  bigints,
  fc.boolean(),
  fc.constant(null),
);

/** A view by some of the fields a, b and c. */
export const definitions: fc.Arbitrary<ViewDefinition> = fc.record(
  {
    name: fc.constant("view"),
    by: fc.subarray(["a", "b", "c"], { minLength: 1 }),
    fold: fc.subarray(["a", "b", "c"]),
    each: fc.constant("tags"),
  },
  { requiredKeys: ["name", "by"] },
);
