import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { compile } from "svelte/compiler";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { readNavigation } from "../../scripts/site/navigation.js";
import { filesOf, readSnippets } from "../consumer/snippets.js";
import { compilePages, writeApp, type Problem } from "./support/pages.js";

/** Every page that is kept, by its path. */
const pages = [".", "docs", ".changeset"].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".md") || name === "llms.txt")
    .map((name) => join(folder, name)),
);
/** Those with code. */
const compiled = pages.filter(
  (page) => page.startsWith("docs/") && readSnippets(page).length > 0,
);

/** The tests of this repository in which the app of a page is at work: its functions, its components. */
const AT_WORK = ["test/package/pages", "test/browser/pages"];
const runsOf = (page: string) =>
  AT_WORK.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => basename(page, ".md") === name.split(".")[0])
      .map((name) => join(folder, name)),
  );
const testsOf = (page: string) =>
  readSnippets(page).filter(({ file }) => /\.test\.ts$/.test(file ?? ""));

describe("code", () => {
  let problems: Problem[] = [];
  beforeAll(() => {
    problems = compilePages(compiled, "README.md");
  }, 240_000);

  test("there is some", () => {
    expect(compiled.length).toBeGreaterThan(4);
  });

  test.each(compiled)(
    "of %s compiles, in the app that the README builds up",
    (page) => {
      expect(problems.filter((problem) => problem.page === page)).toEqual([]);
    },
  );

  // The page's own tests, as somebody runs them who has pasted the page into an empty app.
  test.each(compiled.filter((page) => testsOf(page).length > 0))(
    "of %s has tests, which pass",
    (page) => {
      mkdirSync("artifacts", { recursive: true });
      // Within the repository, whose packages it uses.
      const folder = mkdtempSync(join("artifacts", "page-"));
      try {
        // Set up as docs/testing.md says.
        const name = "vitest.config.ts";
        const setUp = filesOf(readSnippets("docs/testing.md")).get(name)!;
        writeApp(folder, page, "README.md", { [name]: setUp });
        const run = spawnSync(
          "npx",
          ["vitest", "run", "--root", folder, "--testTimeout=60000"],
          {
            encoding: "utf8",
          },
        );
        expect(run.status, run.stdout + run.stderr).toBe(0);
        expect(stripVTControlCharacters(run.stdout)).toMatch(
          new RegExp(`Test Files .*\\b${testsOf(page).length} passed`),
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    120_000,
  );

  // In the order of the site, for who wants to see what was checked.
  afterAll(() => {
    const lines = readNavigation().flatMap(({ name, pages: listed }) => [
      name,
      ...listed.map((page) => `  ${page}: ${checksOf(`docs/${page}`)}`),
    ]);
    console.log(lines.join("\n"));
  });

  function checksOf(page: string): string {
    const snippets = readSnippets(page);
    if (snippets.length === 0) return "no code; links";
    const failed = problems.filter((problem) => problem.page === page).length;
    const tests = testsOf(page).length;
    const runs = runsOf(page);
    return [
      `${snippets.length} snippets ${failed === 0 ? "compile" : `with ${failed} errors`}`,
      ...(tests > 0 ? [`${tests} test files of its own`] : []),
      ...(runs.length > 0 ? [`runs in ${runs.join(" and ")}`] : []),
      "links",
    ].join("; ");
  }
});

describe.each(pages)("%s", (page) => {
  const text = readFileSync(page, "utf8");

  test("leads to places that there are", () => {
    const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(
      ([, link]) => link!,
    );
    expect(links.filter((link) => !leads(page, link))).toEqual([]);
  });

  test("names tests that there are", () => {
    const named = [
      ...text.matchAll(/\[(test\/[^\]]+)\]\([^)]+\):\s+"([^"]+)"/g),
    ];
    const missing = named.filter(
      ([, file, title]) => !readFileSync(file!, "utf8").includes(title!),
    );
    expect(missing.map(([, file, title]) => `${file}: ${title}`)).toEqual([]);
  });

  test("names npm scripts that there are", () => {
    const named = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(
      ([, name]) => name!,
    );
    expect(
      named.filter((name) => !Object.hasOwn(manifest.scripts, name)),
    ).toEqual([]);
  });
});

test("components of Svelte in pages compile, without a warning", () => {
  const shown = pages.flatMap((page) => [
    ...readFileSync(page, "utf8").matchAll(/^```svelte\n([\s\S]*?)^```$/gm),
  ]);
  expect(shown.length).toBeGreaterThan(0);
  for (const [, source = ""] of shown) {
    expect(compile(source, { generate: "client" }).warnings).toEqual([]);
  }
});

test("the README's table of pages has each of them, so that the site has", () => {
  expect(() => readNavigation()).not.toThrow();
  expect(() => readNavigation("## Documentation\n", ["a.md"])).toThrow(/a\.md/);
});

test("a link to a page or a heading that is not there is found", () => {
  expect(leads("README.md", "./docs/nothing.md")).toBe(false);
  expect(leads("docs/errors.md", "#nothing")).toBe(false);
  expect(leads("docs/errors.md", "react.md#nothing")).toBe(false);
  expect(leads("docs/errors.md", "react.md#calling")).toBe(true);
});

/** Whether a link within the repository leads somewhere. Others are not followed. */
function leads(page: string, link: string): boolean {
  const own =
    /^https:\/\/github\.com\/acme\/convex-docs\/blob\/main\/(.*)$/.exec(link);
  if (!own && /^[a-z]+:/.test(link)) return true;
  const [path = "", anchor] = (own?.[1] ?? link).split("#");
  const target = own ? path : path === "" ? page : join(dirname(page), path);
  if (!existsSync(target)) return false;
  if (anchor === undefined || !target.endsWith(".md")) return true;
  return anchorsOf(readFileSync(target, "utf8")).includes(anchor);
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, "");
}
