/**
 * `npm run check:mutants`: breaks one important line of the source at a time and demands that a test fails. Words choose the
 * mutants whose name or file has one of them: `npm run check:mutants -- webhooks lease`.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { MUTANTS as ALL, type Mutant } from "./mutants.js";
import { findTypeErrors } from "./typecheck.js";

/** What vitest reports of a run. */
type Report = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    assertionResults: { fullName: string; status: string }[];
  }[];
};

const words = process.argv.slice(2);
const MUTANTS = ALL.filter(
  ({ name, file }) =>
    words.length === 0 ||
    words.some((word) => name.includes(word) || file.includes(word)),
);
if (MUTANTS.length === 0) throw new Error("No mutant has these words.");

const folder = mkdtempSync(join(tmpdir(), "convex-docs-mutants-"));
try {
  checkLines();
  const files = [...new Set(MUTANTS.flatMap(({ tests }) => tests))];
  // The compiler keeps one core busy; vitest has the others meanwhile.
  const unbroken = run(files);
  checkTypes();
  const { numPassedTests, testResults } = await unbroken;
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === "failed")
    .map(({ fullName }) => `  ${fullName}`);
  if (failed.length > 0) {
    throw new Error(`Tests fail with nothing broken:\n${failed.join("\n")}`);
  }
  console.log(`Nothing broken: ${numPassedTests} tests pass.`);
  const survivors = await findSurvivors();
  if (survivors.length > 0) {
    throw new Error(
      `No test notices:\n${survivors.map(({ name }) => `  ${name}`).join("\n")}`,
    );
  }
  console.log(`${MUTANTS.length} lines broken, ${MUTANTS.length} noticed.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** A line that has moved on must not look like one whose tests fail. */
function checkLines(): void {
  const stale = MUTANTS.filter(
    ({ file, line }) => readFileSync(file, "utf8").split(line).length !== 2,
  );
  if (stale.length > 0) {
    const listed = stale.map(({ name, file }) => `  ${name} (${file})`);
    throw new Error(
      `These lines do not stand in the source exactly once. Follow the source in scripts/mutants/mutants.ts:\n${listed.join("\n")}`,
    );
  }
}

/** A mutant that does not compile fails its tests whatever they look at. */
function checkTypes(): void {
  const start = performance.now();
  const wrong = findTypeErrors(MUTANTS);
  if (wrong.size > 0) {
    const listed = [...wrong].map(
      ([name, errors]) => `  ${name}\n    ${errors.join("\n    ")}`,
    );
    throw new Error(
      `These mutants do not compile. Break the line in another way:\n${listed.join("\n")}`,
    );
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`Every mutant compiles (${seconds} s).`);
}

/** Those that no test notices. A run keeps about one core busy, so there are as many at a time as there are cores. */
async function findSurvivors(): Promise<Mutant[]> {
  const survivors: Mutant[] = [];
  const waiting = MUTANTS.values();
  const lanes = Array.from({ length: availableParallelism() }, async () => {
    // One iterator for all lanes: each takes the next mutant that nobody has taken.
    for (const mutant of waiting) {
      if (!(await isNoticed(mutant))) survivors.push(mutant);
    }
  });
  await Promise.all(lanes);
  return survivors;
}

async function isNoticed({ name, tests }: Mutant): Promise<boolean> {
  const start = performance.now();
  const { numFailedTests } = await run(tests, name);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${numFailedTests > 0 ? "noticed " : "SURVIVED"} ${name}: ${numFailedTests} tests fail (${seconds} s)`,
  );
  return numFailedTests > 0;
}

async function run(files: string[], mutant = ""): Promise<Report> {
  const output = join(
    folder,
    `${MUTANTS.findIndex(({ name }) => name === mutant)}.json`,
  );
  const vitest = spawn(
    process.execPath,
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--config=scripts/mutants/vitest.config.ts",
      // The first failure says enough; the other runs have the other cores.
      ...(mutant === "" ? [] : ["--bail=1", "--maxWorkers=1"]),
      "--reporter=json",
      `--outputFile=${output}`,
      ...files,
    ],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, MUTANT: mutant },
    },
  );
  const [stdout, stderr] = await Promise.all([
    text(vitest.stdout),
    text(vitest.stderr),
  ]);
  try {
    return JSON.parse(readFileSync(output, "utf8")) as Report;
  } catch {
    throw new Error(`vitest did not report.\n${stdout}${stderr}`);
  }
}
