import { expect, test } from "vitest";
import { faults } from "../../bench/areas/bundle.js";
import { bundle } from "../../bench/bundle/measure.js";

const one = { name: "one", code: `export const one = 1;`, budget: 100 };

test("an import within its budget that imports nothing is in order", async () => {
  expect(faults({ ...one, weight: await bundle(one) })).toEqual([]);
});

test("a byte over its budget is a fault that says both amounts", () => {
  const weight = { minified: 900, gzip: 101, imports: [] };
  expect(faults({ ...one, weight })).toEqual([
    "bundle: one has 101 bytes; its budget is 100.",
  ]);
  expect(faults({ ...one, weight: { ...weight, gzip: 100 } })).toEqual([]);
});

test("what has to import nothing is at fault when it imports something", () => {
  const weight = { minified: 90, gzip: 80, imports: ["convex/values"] };
  expect(faults({ ...one, weight })).toEqual([
    "bundle: one imports convex/values; it must import nothing.",
  ]);
  expect(faults({ ...one, external: ["convex/*"], weight })).toEqual([]);
});

test("what an app has anyway is left out, and said", async () => {
  const code = `export { ConvexError } from "convex/values";`;
  const whole = await bundle({ name: "whole", code });
  const without = await bundle({
    name: "without",
    code,
    external: ["convex/*"],
  });
  expect(without.gzip).toBeLessThan(whole.gzip / 5);
  expect(whole.imports).toEqual([]);
  expect(without.imports).toEqual(["convex/values"]);
});
