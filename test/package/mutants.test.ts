import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MUTANTS } from "../../scripts/mutants/mutants.js";

describe.each(MUTANTS)("$name", ({ file, line, broken, tests }) => {
  test("breaks a line that stands in the source once", () => {
    expect(readFileSync(file, "utf8").split(line)).toHaveLength(2);
    expect(broken).not.toBe(line);
  });

  test("names tests that there are", () => {
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((path) => !existsSync(path))).toEqual([]);
  });
});

test("each has a name of its own, by which it is chosen", () => {
  const names = MUTANTS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
