import { existsSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import baseline from "../../bench/baseline.json" with { type: "json" };
import { CODES, HTTP_STATUSES } from "../../src/errors/codes.js";
import { readSnippets } from "../consumer/snippets.js";
import { compilePages, type Problem } from "./support/pages.js";

const text = readFileSync("README.md", "utf8");
const snippets = readSnippets("README.md");

/** What the compiler says about the app that the snippets make up. One more file of it is wrong. */
let problems: Problem[] = [];
const WRONG = "convex/wrong.ts";

beforeAll(() => {
  problems = compilePages(["README.md"], null, {
    "README.md": {
      [WRONG]: `import { docs } from "./documents";\nexport const wrong: number = docs.api;\n`,
    },
  });
});

test("every snippet compiles under strict flags, as one app", () => {
  expect(snippets.length).toBeGreaterThan(3);
  expect(problems.filter(({ file }) => file !== WRONG)).toEqual([]);
});

test("a file that does not compile is found", () => {
  expect(problems.filter(({ file }) => file === WRONG)).toHaveLength(1);
});

test("the opening shows the whole of it in twelve lines", () => {
  const [opening] = snippets;
  expect(opening?.file).toBe("convex/documents.ts");
  expect(opening!.code.trim().split("\n").length).toBeLessThanOrEqual(12);
});

test("it is read in one go: what is longer has a page in docs/", () => {
  expect(text.split("\n").length).toBeLessThanOrEqual(250);
});

test("its images are found from other sites too, where the directory shows it", () => {
  const images = [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(
    ([, image]) => image!,
  );
  const own = "https://raw.githubusercontent.com/acme/convex-docs/main/";
  expect(images.length).toBeGreaterThan(0);
  expect(
    images.filter(
      (image) =>
        !/^https:\/\/(?:img\.shields\.io|www\.convex\.dev)\//.test(image) &&
        !(image.startsWith(own) && existsSync(image.slice(own.length))),
    ),
  ).toEqual([]);
});

test("the table of errors has every code, with its status", () => {
  const errors = readFileSync("docs/errors.md", "utf8");
  const rows = [
    ...errors.matchAll(/^\| \[`([A-Z_]+)`\]\(#([a-z_]+)\) +\| (\d{3}) /gm),
  ].map(([, code, , status]) => [code, Number(status)]);
  const codes = CODES.map((code, index) => [code, HTTP_STATUSES[index]]);
  expect(rows.sort()).toEqual(codes.sort());
});

test("what it says of costs is what was measured", () => {
  const measured: Record<
    string,
    Record<"indexRanges" | "documentsRead" | "documentsWritten", number>
  > = baseline.cost;
  const rows = [
    ...text.matchAll(/^\| `([^`]+)` +\| (\d+) +\| (\d+) +\| (\d+) +\|$/gm),
  ];
  expect(rows.length).toBeGreaterThan(4);
  for (const [, operation, ...numbers] of rows) {
    const { indexRanges, documentsRead, documentsWritten } =
      measured[operation!]!;
    expect([operation, ...numbers.map(Number)]).toEqual([
      operation,
      indexRanges,
      documentsRead,
      documentsWritten,
    ]);
  }
});

test("every npm script it names exists", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = [
    ...text.matchAll(/npm (?:run )?(demo|dev|test(?::\w+)?|[a-z]+:[a-z]+)\b/g),
  ].map(([, name]) => name!);
  expect(new Set(named)).toContain("demo");
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test("the part for the components directory is marked", () => {
  const [start, end] = ["START", "END"].map((name) =>
    text.indexOf(`<!-- ${name}: Include on https://convex.dev/components -->`),
  );
  expect(start).toBeGreaterThan(-1);
  expect(end).toBeGreaterThan(start!);
  expect(text.slice(start, end)).toContain("## Quick start");
});
