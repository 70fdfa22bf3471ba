import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { staleness } from "../../scripts/staleness.js";
import { checkPush, MAX_COMPONENT_BYTES } from "../../scripts/push-report.js";

const TSX = resolve("node_modules/tsx/dist/cli.mjs");

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "convex-docs-scripts-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Runs one of our scripts in a project of its own. */
function run(
  script: string,
  args: string[] = [],
  env: Record<string, string> = {},
) {
  const { PATH = "", HOME = "" } = process.env;
  const result = spawnSync(
    process.execPath,
    [TSX, resolve("scripts", script), ...args],
    {
      cwd: root,
      encoding: "utf8",
      env: { PATH, HOME, ...env },
    },
  );
  return { status: result.status, output: result.stdout + result.stderr };
}

describe("the whole check", () => {
  /** A project whose `npm test` reports these counts and ends with a code. */
  function project(passed: number, failed: number, code: number): void {
    const report = JSON.stringify({
      numPassedTests: passed,
      numFailedTests: failed,
    });
    write(
      "vitest.mjs",
      `import { writeFileSync } from "node:fs";
       const output = process.argv.find((arg) => arg.startsWith("--outputFile.json="));
       writeFileSync(output.slice(output.indexOf("=") + 1), ${JSON.stringify(report)});
       process.exit(${code});`,
    );
    const scripts = { test: "node vitest.mjs", lint: "node -e 0", build: "no" };
    write("package.json", JSON.stringify({ scripts }));
  }
  const only = (...names: string[]) =>
    run(
      "ci.ts",
      names.flatMap((name) => ["--only", name]),
    );

  test("counts the tests of its steps in a line of its own", () => {
    project(3, 0, 0);
    const { status, output } = only("tests", "lint", "tests at full size");
    expect(status).toBe(0);
    expect(output).toMatch(/^=== lint: \d+ s$/m);
    expect(output).toMatch(/\n6 passed, 0 failed\n$/);
  });

  test.each([
    ["a test fails", ["lint", "tests"], [3, 2, 1], "3 passed, 2 failed"],
    ["a step fails", ["tests", "build"], [3, 0, 0], "3 passed, 1 failed"],
    ["there is no such step", ["nothing"], [3, 0, 0], "0 passed, 1 failed"],
  ] as const)("fails when %s, and still counts", (_, names, counts, line) => {
    const [passed, failed, code] = counts;
    project(passed, failed, code);
    const { status, output } = only(...names, "lint");
    expect(status).toBe(1);
    expect(output).toMatch(new RegExp(`^${line}$`, "m"));
    expect(output).toContain(`FAILED: `);
  });
});

describe("codegen", () => {
  const GENERATED = "src/component/_generated/api.ts";

  /** A stand-in for the CLI that writes this as the component's generated code. */
  function standIn(text: string): { CONVEX_OFFLINE_CLI: string } {
    write("package.json", JSON.stringify({ scripts: { build: "node -e 0" } }));
    write(
      "stand-in.mjs",
      `import { mkdirSync, writeFileSync } from "node:fs";
       mkdirSync("src/component/_generated", { recursive: true });
       writeFileSync("${GENERATED}", ${JSON.stringify(text)});`,
    );
    return { CONVEX_OFFLINE_CLI: join(root, "stand-in.mjs") };
  }

  test("says what to do when there is neither a deployment nor a stand-in", () => {
    const { status, output } = run("codegen.ts");
    expect(status).toBe(1);
    expect(output).toContain("npx convex dev");
    expect(output).toContain("CONVEX_OFFLINE_CLI");
  });

  test("looks for a deployment where the CLI does", () => {
    write(
      ".env.local",
      "CONVEX_DEPLOYMENT=dev:happy-animal-123 # team: acme\n",
    );
    const { status, output } = run("codegen.ts");
    // It goes on to the CLI, which this project does not have.
    expect(status).toBe(1);
    expect(output).toContain(
      "bin/main.js codegen --component-dir src/component failed",
    );
  });

  test("passes the check when generating changes nothing", () => {
    const env = standIn("// fresh\n");
    write(GENERATED, "// fresh\n");
    expect(run("codegen.ts", ["--check"], env)).toMatchObject({ status: 0 });
  });

  test.each([
    ["stale", "// stale\n"],
    ["missing", null],
  ])(
    "fails the check when a generated file is %s, and names it",
    (_, committed) => {
      const env = standIn("// fresh\n");
      if (committed !== null) write(GENERATED, committed);
      const { status, output } = run("codegen.ts", ["--check"], env);
      expect(status).toBe(1);
      expect(output).toContain(GENERATED);
    },
  );

  test("fails when the CLI fails", () => {
    const env = standIn("");
    write("stand-in.mjs", "process.exit(3);");
    expect(run("codegen.ts", [], env)).toMatchObject({ status: 1 });
  });
});

describe("the check of a push", () => {
  const component = {
    name: "docs",
    modules: { "documents.js": 90_000 },
    totalBytes: 90_000,
    tables: ["documents"],
    functions: { public: ["documents:get"], internal: [] },
    publicWithoutArgs: [],
    publicWithoutReturns: [],
  };

  test("passes a component within its size whose functions are all validated", () => {
    const { lines, problems } = checkPush({
      "": { ...component, publicWithoutArgs: ["a:b"] },
      docs: component,
    });
    expect(problems).toEqual([]);
    expect(lines).toEqual([expect.stringContaining("1 modules, 90000 bytes")]);
  });

  test.each([
    [
      { totalBytes: MAX_COMPONENT_BYTES + 1 },
      `${MAX_COMPONENT_BYTES + 1} bytes`,
    ],
    [
      { publicWithoutArgs: ["documents:get"] },
      "docs/documents:get declares no args",
    ],
    [
      { publicWithoutReturns: ["documents:get"] },
      "docs/documents:get declares no returns",
    ],
  ])("refuses %j", (flaw, problem) => {
    const { problems } = checkPush({ docs: { ...component, ...flaw } });
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  test("refuses a push without a component", () => {
    expect(checkPush({ "": component }).problems).not.toEqual([]);
  });
});

describe("build-if-stale", () => {
  const OUTPUTS = ["test.d.ts", "client/index.js", "client/index.d.ts"];

  function project(): void {
    const sources = [
      "src/client/index.ts",
      "src/test.ts",
      "tsup.config.ts",
      "tsconfig.json",
      "tsconfig.build.json",
    ];
    for (const source of sources) {
      write(source, "");
      age(source, new Date(2020, 0));
    }
    for (const output of OUTPUTS) write(`dist/${output}`, "");
  }

  function age(path: string, time: Date): void {
    utimesSync(join(root, path), time, time);
  }

  test("takes dist/ as it is when it is complete and newer than its source", () => {
    project();
    expect(staleness(root)).toBeNull();
  });

  test.each([
    [
      "dist/ is missing",
      () => rmSync(join(root, "dist"), { recursive: true }),
      "dist/test.d.ts is missing",
    ],
    [
      "a source is newer",
      () => write("src/client/index.ts", "export const a = 1;"),
      "src/client/index.ts has changed",
    ],
    [
      "the recipe is newer",
      () => write("tsconfig.json", "{}"),
      "tsconfig.json has changed",
    ],
    [
      "a source is new",
      () => write("src/client/docs.ts", "export {};"),
      "dist/client/docs.js is missing",
    ],
    [
      "a source is gone",
      () => write("dist/component/old.js", ""),
      "dist/component/old.js has lost its source",
    ],
  ])("finds dist/ stale when %s", (_, change, reason) => {
    project();
    // Newer than the source, older than what the test writes.
    for (const output of OUTPUTS) age(`dist/${output}`, new Date(2021, 0));
    change();
    expect(staleness(root)).toBe(reason);
  });

  test("does without declarations for what only runs the package", () => {
    project();
    rmSync(join(root, "dist/client/index.d.ts"));
    rmSync(join(root, "dist/test.d.ts"));
    expect(staleness(root)).not.toBeNull();
    expect(staleness(root, { modulesOnly: true })).toBeNull();
    write("src/client/index.ts", "export const a = 1;");
    for (const output of OUTPUTS) write(`dist/${output}`, "");
    age("dist/client/index.js", new Date(2021, 0));
    expect(staleness(root, { modulesOnly: true })).toBe(
      "src/client/index.ts has changed",
    );
  });

  test("builds what is stale, and fails when the build does", () => {
    project();
    rmSync(join(root, "dist"), { recursive: true });
    write(
      "package.json",
      JSON.stringify({ scripts: { build: "node build.mjs" } }),
    );
    write("build.mjs", "process.exit(2);");
    expect(run("build-if-stale.ts")).toMatchObject({ status: 2 });
  });
});
