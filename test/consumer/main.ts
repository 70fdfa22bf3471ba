/**
 * What a stranger does with the package: packs and installs it in a directory that knows nothing of this repository, pastes
 * the README's quick start, generates code, compiles under strict flags, runs tests of their own.
 */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { writeGenerated } from "./generated.js";
import { filesOf, readSnippets } from "./snippets.js";

/** What the host needs beside the package, in the versions that this repository is tested with. */
const HOST_NEEDS = [
  "@edge-runtime/vm",
  "@types/react",
  "convex",
  "convex-helpers",
  "convex-test",
  "react",
  "typescript",
  "vite",
  "vitest",
  "zod",
] as const;

const MOUNT = "app.use(docs);";
const offline = process.env["CONVEX_OFFLINE_CLI"];
const host = mkdtempSync(join(tmpdir(), "convex-docs-consumer-"));
const installed = join(host, "node_modules", manifest.name);

try {
  step("pack the package and install it", install);
  step("paste the README's quick start, and mount the component twice", paste);
  step("generate code", generate);
  step("compile under strict flags", () => must(compile()));
  step("run the host's own tests", () => must(host$("npx", "vitest", "run")));
  step(
    "compile with errors planted in our source: the host must not see them",
    plantOurs,
  );
  step("compile with an error planted in the host: it must", plantTheirs);
  console.log("The package works in a host of its own.");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(host, { recursive: true });
}

function step(name: string, run: () => void): void {
  const start = performance.now();
  console.log(`- ${name}`);
  run();
  console.log(`  ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function install(): void {
  must(
    run(
      process.cwd(),
      "npm",
      "pack",
      "--silent",
      "--ignore-scripts",
      "--pack-destination",
      host,
    ),
  );
  const tarball = readdirSync(host).find((name) => name.endsWith(".tgz"));
  const dependencies: Record<string, string> = {
    [manifest.name]: `file:${tarball}`,
  };
  for (const name of HOST_NEEDS) {
    dependencies[name] = manifest.devDependencies[name];
  }
  writeFileSync(
    join(host, "package.json"),
    JSON.stringify({
      name: "host",
      private: true,
      type: "module",
      dependencies,
    }),
  );
  must(
    host$(
      "npm",
      "install",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ),
  );
}

function paste(): void {
  for (const [file, code] of filesOf(readSnippets("README.md"))) {
    const path = join(host, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }
  cpSync("test/consumer/host", host, { recursive: true });
  const config = join(host, "convex/convex.config.ts");
  const text = readFileSync(config, "utf8");
  if (!text.includes(MOUNT))
    throw new Error(`The README's convex.config.ts has no line "${MOUNT}".`);
  writeFileSync(
    config,
    text.replace(MOUNT, `${MOUNT}\napp.use(docs, { name: "tasks" });`),
  );
}

function generate(): void {
  if (offline) {
    must(host$(process.execPath, resolve(offline), "codegen"));
    return;
  }
  console.log(
    "  skipped: there is no CONVEX_OFFLINE_CLI to ask in place of a deployment. Types are written by hand.",
  );
  const functions = join(host, "convex");
  const modules = readdirSync(functions)
    .filter((name) => /^\w+\.ts$/.test(name) && name !== "schema.ts")
    .map((name) => basename(name, ".ts"));
  writeGenerated(functions, modules, ["docs", "tasks"]);
}

function plantOurs(): void {
  for (const file of [
    "test.ts",
    "client/index.ts",
    "errors/index.ts",
    "component/schema.ts",
  ]) {
    appendFileSync(
      join(installed, "src", file),
      `\nexport const planted: number = "not a number";\n`,
    );
  }
  must(compile());
}

function plantTheirs(): void {
  appendFileSync(
    join(host, "convex/taskApi.ts"),
    `\nexport const bad = tasks.create({} as never, { title: 1 });\n`,
  );
  const { status, output } = compile();
  if (status === 0 || !output.includes("convex/taskApi.ts")) {
    throw new Error("The host compiled a document with a number for a string.");
  }
}

type Result = { status: number | null; output: string };

function compile(): Result {
  return host$("npx", "tsc", "--noEmit");
}

function host$(command: string, ...args: string[]): Result {
  return run(host, command, ...args);
}

function run(cwd: string, command: string, ...args: string[]): Result {
  const shell = process.platform === "win32";
  const result = spawnSync(command, args, { cwd, encoding: "utf8", shell });
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}

function must({ status, output }: Result): void {
  if (status !== 0) throw new Error(output);
}
