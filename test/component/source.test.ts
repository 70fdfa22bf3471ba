/**
 * What passes in convex-test and fails on a real deployment, or hides a mistake there: looked for in the source.
 */
import { expect, test } from "vitest";

const sources = import.meta.glob<string>(
  ["../../src/{component,model,shared}/**/*.ts", "!**/_generated/**"],
  { query: "?raw", import: "default", eager: true },
);
const functions = import.meta.glob<Record<string, unknown>>(
  ["../../src/component/*.ts", "!**/schema.ts", "!**/convex.config.ts"],
  { eager: true },
);

/** Lines of code, comments left out, that match. */
function linesWith(pattern: RegExp): string[] {
  return Object.entries(sources).flatMap(([file, source]) =>
    source
      .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")
      .split("\n")
      .filter((line) => pattern.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
}

test("the sources are there to be looked at", () => {
  expect(Object.keys(sources).length).toBeGreaterThan(15);
  expect(linesWith(/ctx\.db\.get\(/).length).toBeGreaterThan(0);
});

test("native .paginate() is nowhere", () => {
  expect(linesWith(/\.paginate\(/)).toEqual([]);
});

test(".collect() and other reads without a bound are nowhere", () => {
  expect(linesWith(/\.collect\(|\.filter\(\(q\)/)).toEqual([]);
});

test("every id crosses as a string, and none as v.id()", () => {
  const taking = Object.values(functions)
    .flatMap((module) => Object.values(module))
    .filter(
      (value): value is { isPublic?: boolean; exportArgs: () => string } =>
        typeof value === "function" && "exportArgs" in value,
    )
    .filter(({ isPublic }) => isPublic === true);
  expect(taking.length).toBeGreaterThan(10);
  for (const { exportArgs } of taking) {
    expect(exportArgs()).not.toContain('"type":"id"');
  }
});

test("what the documents refuse on purpose has a code", () => {
  const plain = linesWith(/throw new Error\(/).filter((line) =>
    /component\/(documents|bulk)\.ts|model\/(\w+|documents\/\w+)\.ts|shared\//.test(
      line,
    ),
  );
  // No input of a caller reaches these: the last line of defence of a list, a bad option of the host, a validator that nothing
  // stores.
  expect(plain.map((line) => line.split(": ")[0])).toEqual([
    "../../src/model/documents/read.ts",
    "../../src/shared/issues.ts",
    "../../src/shared/validatorJson.ts",
  ]);
});

test("no module that reads for a query asks for the time", () => {
  const readers = ["model/paginate.ts", "documents/read.ts", "jobs/queries.ts"];
  const lines = linesWith(/Date\.now|performance|new Date/);
  expect(
    lines.filter((line) => readers.some((file) => line.includes(file))),
  ).toEqual([]);
});
