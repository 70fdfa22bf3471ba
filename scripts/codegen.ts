/**
 * Writes `_generated/` of the component and of the example app, with the real Convex CLI: the component from its source,
 * then the app that mounts what was built.
 *
 *     npm run codegen          writes both
 *     npm run codegen:check    writes both and fails if that changed anything
 *
 * The CLI needs a deployment to analyse the functions. Where none can be reached, `CONVEX_OFFLINE_CLI` may name a script
 * that takes the CLI's arguments and answers in its place; before them it is given `--report <file>`, which it fills with
 * what the push holds.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { checkPush, type PushReport } from "./push-report.js";

const GENERATED = ["src/component/_generated", "example/convex/_generated"];
const REPORT = "artifacts/push.json";

/** Any one of these tells the CLI where to go. Source: https://docs.convex.dev/cli */
const DEPLOYMENT = [
  "CONVEX_DEPLOYMENT",
  "CONVEX_DEPLOY_KEY",
  "CONVEX_SELF_HOSTED_URL",
];

const offline = process.env["CONVEX_OFFLINE_CLI"];

try {
  if (!offline && !hasDeployment()) {
    throw new Error(
      "Code generation needs a Convex deployment, which reads the functions' validators.\n" +
        "Run `npx convex dev` once to set one up (it writes .env.local), or point CONVEX_OFFLINE_CLI at a stand-in for it.",
    );
  }
  const before = readGenerated();
  convex("codegen", "--component-dir", "src/component");
  run("npm", "run", "--silent", "build");
  convex("codegen");
  if (offline && existsSync(REPORT)) report();
  if (process.argv.includes("--check")) check(before, readGenerated());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function hasDeployment(): boolean {
  const files = [".env.local", ".env"].filter((file) => existsSync(file));
  const sources = [
    process.env,
    ...files.map((file) => parseEnv(readFileSync(file, "utf8"))),
  ];
  return sources.some((source) => DEPLOYMENT.some((name) => source[name]));
}

function convex(...args: string[]): void {
  if (offline) {
    mkdirSync("artifacts", { recursive: true });
    run(process.execPath, offline, "--report", REPORT, ...args);
  } else {
    run(process.execPath, "node_modules/convex/bin/main.js", ...args);
  }
}

function run(command: string, ...args: string[]): void {
  const shell = process.platform === "win32" && command === "npm";
  const { status } = spawnSync(command, args, { stdio: "inherit", shell });
  if (status !== 0) {
    throw new Error(`${[command, ...args].join(" ")} failed (${status}).`);
  }
}

/** Every generated file by its path. */
function readGenerated(): Map<string, string> {
  const paths = GENERATED.filter((folder) => existsSync(folder)).flatMap(
    (folder) => readdirSync(folder).map((name) => join(folder, name)),
  );
  return new Map(paths.map((path) => [path, readFileSync(path, "utf8")]));
}

/** Fails if generating changed a file. What it wrote stays: it is what belongs there. */
function check(before: Map<string, string>, after: Map<string, string>): void {
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  const stale = paths.filter((path) => before.get(path) !== after.get(path));
  if (stale.length > 0) {
    throw new Error(
      `Generated code was stale and has been written anew. Look at it and commit it:\n${stale.map((path) => `  ${path}`).join("\n")}`,
    );
  }
  console.log(`Generated code is fresh: ${paths.length} files.`);
}

function report(): void {
  const { lines, problems } = checkPush(
    JSON.parse(readFileSync(REPORT, "utf8")) as PushReport,
  );
  lines.forEach((line) => console.log(line));
  if (problems.length > 0) throw new Error(problems.join("\n"));
}
