import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CODES, STATUSES } from "../../src/errors/codes.js";
import { writeGenerated } from "../consumer/generated.js";
import { filesOf, readSnippets } from "../consumer/snippets.js";

// Inside node_modules, so that a snippet finds the same packages as the repository. The package itself it finds as a host
// does: by name, through the exports map, built.
mkdirSync("node_modules/.cache", { recursive: true });
const project = mkdtempSync(resolve("node_modules/.cache/readme-"));
afterAll(() => rmSync(project, { recursive: true }));

const text = readFileSync("README.md", "utf8");
const snippets = readSnippets("README.md");

/** What the compiler says about each file of the app that the snippets make up. One more file of it is wrong. */
let problems: { file: string; text: string }[] = [];
const WRONG = "convex/wrong.ts";

beforeAll(() => {
  const files = writeProject();
  const wrong = join(project, WRONG);
  writeFileSync(
    wrong,
    `import { docs } from "./documents";\nexport const wrong: number = docs.api;\n`,
  );
  problems = compile([...files, wrong]);
});

test("every snippet compiles under strict flags, as one app", () => {
  expect(snippets.length).toBeGreaterThan(4);
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

test("the table of errors has every code, with its status", () => {
  const rows = [...text.matchAll(/^\| `([A-Z_]+)` +\| (\d{3}) /gm)].map(
    ([, code, status]) => [code, Number(status)],
  );
  const codes = CODES.map((code, index) => [code, STATUSES[index]]);
  expect(rows.sort()).toEqual(codes.sort());
});

test("every link within the repository leads somewhere", () => {
  const links = [...text.matchAll(/\]\((\.\/[^)#]+)/g)].map(
    ([, link]) => link!,
  );
  expect(links.length).toBeGreaterThan(2);
  expect(links.filter((link) => !existsSync(link))).toEqual([]);
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

/** Lays the snippets out as the app they describe. Those that name no file stand alone. */
function writeProject(): string[] {
  mkdirSync(join(project, "node_modules/@acme"), { recursive: true });
  symlinkSync(
    resolve("."),
    join(project, "node_modules/@acme/convex-docs"),
    "dir",
  );
  const alone = snippets.filter(({ file }) => file === null);
  const files = new Map([
    ...filesOf(snippets),
    ...alone.map(
      ({ code, line, extension }) =>
        [`alone/line${line}.${extension}`, `${code}\nexport {};\n`] as const,
    ),
  ]);
  for (const [file, code] of files) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), code);
  }
  const modules = [...files.keys()]
    .filter((file) => /^convex\/\w+\.ts$/.test(file))
    .map((file) => basename(file, ".ts"));
  const mounts = new Set(
    [...text.matchAll(/\bcomponents\.(\w+)/g)].map(([, name]) => name!),
  );
  const packages = [...mounts].map((name) => [name, "@acme/convex-docs"]);
  writeGenerated(
    join(project, "convex"),
    modules,
    Object.fromEntries(packages) as Record<string, string>,
  );
  return [...files.keys()].map((file) => join(project, file));
}

function compile(files: string[]): typeof problems {
  const { config } = ts.readConfigFile(
    "test/consumer/host/tsconfig.json",
    (path) => ts.sys.readFile(path),
  ) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson(
    config.compilerOptions,
    project,
  );
  const program = ts.createProgram(files, options);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => ({
    file: file ? relative(project, file.fileName) : "",
    text: ts.flattenDiagnosticMessageText(messageText, "\n"),
  }));
}
