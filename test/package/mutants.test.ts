import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findTypeErrors } from "../../scripts/mutants/typecheck.js";
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

test(
  "one that does not compile is found, also where it breaks another file",
  {
    // It compiles the package and its tests several times: minutes where other work shares the machine.
    timeout: 480_000,
  },
  () => {
    const row = { tests: [], file: "src/shared/access.ts" };
    const wrong = findTypeErrors([
      {
        ...row,
        name: "names nothing",
        line: `id === ownerId`,
        broken: `id === nothing`,
      },
      {
        ...row,
        name: "breaks an importer",
        line: `export function mayRead(`,
        broken: `export function mayReadIt(`,
      },
      {
        ...row,
        name: "compiles",
        line: `id === ownerId`,
        broken: `id !== ownerId`,
      },
    ]);
    expect([...wrong.keys()]).toEqual(["names nothing", "breaks an importer"]);
    expect(wrong.get("names nothing")).toEqual([
      expect.stringMatching(/access\.ts:\d+ Cannot find name 'nothing'\.$/),
    ]);
  },
);

test("each has a name of its own, by which it is chosen", () => {
  const names = MUTANTS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
