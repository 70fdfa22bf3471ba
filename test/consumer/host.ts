/**
 * The directory of a host that knows nothing of this repository, and what runs in it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Result = { status: number | null; output: string };

/** Where the host lives. */
export const host = mkdtempSync(join(tmpdir(), "convex-docs-consumer-"));

export function run(cwd: string, command: string, ...args: string[]): Result {
  const shell = process.platform === "win32";
  const result = spawnSync(command, args, { cwd, encoding: "utf8", shell });
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}

/** Runs a command in the host. */
export function inHost(command: string, ...args: string[]): Result {
  return run(host, command, ...args);
}

/** Ends the run with what the command said, unless it went well. */
export function must({ status, output }: Result): void {
  if (status !== 0) throw new Error(output);
}

/** Runs the steps in turn and says how long each took. The first that fails is the last. */
export function runSteps(steps: Record<string, () => void>): void {
  try {
    for (const [name, step] of Object.entries(steps)) {
      const start = performance.now();
      console.log(`- ${name}`);
      step();
      console.log(`  ${((performance.now() - start) / 1000).toFixed(1)} s`);
    }
    console.log("The package works in a host of its own.");
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    rmSync(host, { recursive: true });
  }
}
