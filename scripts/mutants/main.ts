/**
 * `npm run check:mutants`: breaks one important line of the source at a time and demands that a test fails. Words choose the
 * mutants whose name or file has one of them: `npm run check:mutants -- webhooks lease`.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { openLane, type Lane } from "./lane.js";
import { MUTANTS as ALL, type Mutant } from "./mutants.js";

const words = process.argv.slice(2);
const MUTANTS = ALL.filter(
  ({ name, file }) =>
    words.length === 0 ||
    words.some((word) => name.includes(word) || file.includes(word)),
);
if (MUTANTS.length === 0) throw new Error("No mutant has these words.");

// A run keeps about one core busy, so there are as many at a time as there are cores.
const lanes = await Promise.all(
  Array.from({ length: availableParallelism() }, openLane),
);
let failure: unknown;
try {
  checkLines();
  await Promise.all([checkTypes(), checkUnbroken()]);
  const survivors = await findSurvivors();
  if (survivors.length > 0) {
    throw new Error(
      `No test notices:\n${survivors.map(({ name }) => `  ${name}`).join("\n")}`,
    );
  }
  console.log(`${MUTANTS.length} lines broken, ${MUTANTS.length} noticed.`);
} catch (error) {
  failure = error;
  console.error(error instanceof Error ? error.message : error);
} finally {
  await Promise.all(lanes.map((lane) => lane.close()));
  // Vitest sets it too, for tests that are meant to fail.
  process.exitCode = failure === undefined ? 0 : 1;
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

/** A mutant that does not compile fails its tests whatever they look at. The compiler has a process of its own, beside the tests. */
async function checkTypes(): Promise<void> {
  const start = performance.now();
  const names = MUTANTS.map(({ name }) => name);
  const compiler = fork(new URL("compile.ts", import.meta.url), names);
  const [code] = (await once(compiler, "exit")) as [number | null];
  if (code !== 0) throw new Error("Break these lines in another way.");
  console.log(`Every mutant compiles (${secondsSince(start)} s).`);
}

async function checkUnbroken(): Promise<void> {
  const start = performance.now();
  const files = [...new Set(MUTANTS.flatMap(({ tests }) => tests))];
  const all: string[] = [];
  let count = 0;
  await inLanes(files, async (lane, file) => {
    const { passed, failed } = await lane.run([file]);
    count += passed;
    all.push(...failed);
  });
  if (all.length > 0) {
    const listed = all.map((name) => `  ${name}`).join("\n");
    throw new Error(`Tests fail with nothing broken:\n${listed}`);
  }
  console.log(
    `Nothing broken: ${count} tests pass (${secondsSince(start)} s).`,
  );
}

/** Those that no test notices. */
async function findSurvivors(): Promise<Mutant[]> {
  const survivors: Mutant[] = [];
  await inLanes(MUTANTS, async (lane, mutant) => {
    const start = performance.now();
    const { failed } = await lane.run(mutant.tests, mutant);
    if (failed.length === 0) survivors.push(mutant);
    console.log(
      `${failed.length > 0 ? "noticed " : "SURVIVED"} ${mutant.name} (${secondsSince(start)} s)`,
    );
  });
  return survivors;
}

async function inLanes<T>(
  items: T[],
  work: (lane: Lane, item: T) => Promise<void>,
): Promise<void> {
  // One iterator for all lanes: each takes the next item that nobody has taken.
  const waiting = items.values();
  await Promise.all(
    lanes.map(async (lane) => {
      for (const item of waiting) await work(lane, item);
    }),
  );
}

function secondsSince(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}
