/**
 * `npm run ci`: everything that has to hold before a change is taken, step by step. The first step that fails ends the run.
 * Steps that keep one core busy run side by side.
 * The last line says how many tests passed and failed; the exit code is what counts.
 *
 *     npm run ci                                all steps
 *     npm run ci -- --only lint --only types    these steps
 *
 * The browser step, the demo in the page and the site need Chromium. `CONVEX_OFFLINE_CLI` names a stand-in for a deployment (`scripts/codegen.ts`): without it,
 * or a deployment, generated code is not compared.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

type Step = {
  name: string;
  /** An npm script. */
  script: string;
  args?: string[];
  env?: Record<string, string>;
  /** Whether it runs vitest, whose tests are counted. */
  counted?: boolean;
  /** Why the step is left out, or `null`. */
  skipped?: () => string | null;
  /** It keeps one core busy, and changes nothing: neighbours that are so too run beside it, as many at a time as there are cores. */
  single?: true;
};

const STEPS: Step[] = [
  // The README's own command. It also counts the lines and branches that the tests reach.
  { name: "tests", script: "test", args: ["--coverage"], counted: true },
  {
    // A part of `npm test`, longer: 90,000 operations of people who may and may not, 10,000 sequences of two kinds, 60 of publishing, 500
    // lives of documents under retention, 1,000 events, 20,000 requests, and every life of background work with three faults.
    name: "tests at full size",
    script: "test",
    args: [
      "test/client/accessModel.test.ts",
      "test/client/publishing/property.test.ts",
      "test/model/documents/sequences.test.ts",
      "test/model/bulkInterleavings.test.ts",
      "test/model/engine/lease.test.ts",
      "test/model/jobs/property.test.ts",
      "test/jobs/interleavings.test.ts",
      "test/client/retention/property.test.ts",
      "test/webhooks/recovery.test.ts",
      "test/webhooks/fuzz.test.ts",
      "test/webhooks/interleavings.test.ts",
    ],
    env: {
      ACCESS_RUNS: "300",
      NUM_RUNS: "5000",
      BULK_RUNS: "200",
      JOB_RUNS: "1500",
      PUBLISHING_RUNS: "60",
      JOB_LIVES: "100",
      EXPLORE: "full",
      FAULT_EVENTS: "1000",
      FUZZ_REQUESTS: "20000",
      INDEXED: "1",
      RUNS: "10",
    },
    counted: true,
  },
  { name: "tests of the whole", script: "test:whole", counted: true },
  { name: "mutants", script: "check:mutants" },
  { name: "build", script: "build" },
  { name: "lint", script: "lint", single: true },
  { name: "types", script: "typecheck", single: true },
  {
    name: "generated code",
    script: "codegen:check",
    skipped: needsDeployment,
    single: true,
  },
  { name: "format", script: "format:check", single: true },
  { name: "API reference", script: "docs:api", single: true },
  { name: "unused code", script: "check:unused", single: true },
  { name: "components directory", script: "check:audit", single: true },
  { name: "package", script: "check:package" },
  { name: "demo", script: "demo" },
  { name: "browser", script: "test:browser", counted: true },
  // Builds the example as a site without a server, does in it what the step before does, and holds what it weighs.
  { name: "demo in the page", script: "test:demo", counted: true },
  {
    // What people do with it, but for what waits for several windows or for a clock: `npm run test:demo:suites` does that too.
    name: "suites in the page",
    script: "test:demo:suites",
    args: [
      "-t",
      "writing|sharing|conflicts|failures|searching|lists|board|publishing|history|trash|batches|codes|http|operations|usage|accessible|webhooks|account",
    ],
    counted: true,
  },
  // Installs the site's own packages, builds it, follows its links and looks at it. The registry of npm is all that it asks.
  { name: "site", script: "test:site", counted: true },
  { name: "packed into a host", script: "check:consumer" },
  {
    // Neither what takes minutes nor the race against other libraries: the machine may have something else to do.
    name: "costs and sizes",
    script: "bench",
    args: ["--check", "--area", "cost", "--area", "push", "--area", "bundle"],
  },
];

const results = mkdtempSync(join(tmpdir(), "convex-docs-ci-"));
const children = new Set<ChildProcess>();
let stopped: NodeJS.Signals | undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    stopped = signal;
    // The whole group: npm does not pass a signal on to what its shell runs.
    for (const { pid } of children) {
      if (pid !== undefined) process.kill(-pid, signal);
    }
  });
}

try {
  for (const group of groupsOf(chosen())) await runGroup(group);
  console.log("\nEverything holds.");
} catch (error) {
  console.error("\nFAILED:", error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  const { passed, failed } = count();
  rmSync(results, { recursive: true, force: true });
  // A failed step without a failed test still is a failure.
  const least = process.exitCode === undefined ? 0 : 1;
  console.log(`${passed} passed, ${Math.max(failed, least)} failed`);
}

function chosen(): Step[] {
  const { values } = parseArgs({
    options: { only: { type: "string", multiple: true } },
  });
  const only = values.only ?? STEPS.map(({ name }) => name);
  return only.map((name) => {
    const step = STEPS.find((one) => one.name === name);
    if (step) return step;
    const names = STEPS.map((one) => `  ${one.name}`).join("\n");
    throw new Error(`There is no step "${name}". The steps are:\n${names}`);
  });
}

/** Neighbours that run side by side, and every other step by itself. */
function groupsOf(steps: Step[]): Step[][] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (step.single && last?.[0]?.single) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

async function runGroup(group: Step[]): Promise<void> {
  const waiting = group.values();
  const lanes = Array.from({ length: availableParallelism() }, async () => {
    // One iterator for all lanes: each takes the next step that nobody has taken.
    for (const step of waiting) await run(step, group.length > 1);
  });
  // What runs beside a step that has failed comes to its end, so that its output can be read too.
  const ends = await Promise.allSettled(lanes);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** `isHeld`: its output comes in one piece at its end, for others write beside it. */
async function run(step: Step, isHeld: boolean): Promise<void> {
  const { name, script, args = [], env, counted, skipped } = step;
  if (!isHeld) console.log(`\n=== ${name}`);
  const reason = skipped?.() ?? null;
  if (reason !== null) {
    console.log(`SKIPPED: ${name}: ${reason}`);
    return;
  }
  const report = join(results, `${readdirSync(results).length}.json`);
  const reporters = [
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const start = performance.now();
  const { end, output } = await npm(
    ["run", script, "--", ...args, ...(counted ? reporters : [])],
    env,
    isHeld,
  );
  const seconds = Math.round((performance.now() - start) / 1000);
  if (isHeld) console.log(`\n=== ${name}\n${output}`);
  console.log(`=== ${name}: ${seconds} s`);
  if (stopped) throw new Error(`${name} (stopped by ${stopped})`);
  if (end !== 0) throw new Error(`${name} (npm run ${script}: ${end})`);
}

/** Answers with the exit code, or the signal that ended it, and what it wrote if that is held. */
async function npm(
  args: string[],
  env: Record<string, string> = {},
  isHeld: boolean,
): Promise<{ end: number | NodeJS.Signals; output: string }> {
  const stream = isHeld ? "pipe" : "inherit";
  const child = spawn("npm", args, {
    stdio: ["ignore", stream, stream],
    env: { ...process.env, CI: "true", ...env },
    // A process group of its own.
    detached: true,
  });
  children.add(child);
  let output = "";
  for (const held of [child.stdout, child.stderr]) {
    held?.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      children.delete(child);
      resolve({ end: code ?? signal ?? 1, output });
    });
  });
}

/** The tests of all counted steps. */
function count(): { passed: number; failed: number } {
  const total = { passed: 0, failed: 0 };
  for (const name of readdirSync(results)) {
    try {
      const report = JSON.parse(readFileSync(join(results, name), "utf8")) as {
        numPassedTests: number;
        numFailedTests: number;
      };
      total.passed += report.numPassedTests;
      total.failed += report.numFailedTests;
    } catch {
      // A run that was killed leaves half a report. Its step has failed.
    }
  }
  return total;
}

function needsDeployment(): string | null {
  const any = [
    "CONVEX_OFFLINE_CLI",
    "CONVEX_DEPLOYMENT",
    "CONVEX_DEPLOY_KEY",
    "CONVEX_SELF_HOSTED_URL",
  ].some((name) => process.env[name]);
  return any
    ? null
    : "there is no deployment to generate code with, and no CONVEX_OFFLINE_CLI. The tests have compared the committed ComponentApi with the functions it describes.";
}
