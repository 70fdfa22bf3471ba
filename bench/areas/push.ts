/**
 * What mounting the component adds to a host's push.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Area } from "../area.js";
import { kilobytes, whole } from "../format.js";

/** As the stand-in for Convex's CLI reports it. */
type Report = Record<
  string,
  {
    name: string;
    modules: Record<string, number>;
    totalBytes: number;
    functions: { public: string[]; internal: string[] };
  }
>;

/** Needs a stand-in for Convex's CLI that reports what it would push: CONVEX_OFFLINE_CLI names it. */
export function measurePush(): Area {
  const title = "Component push";
  const cli = process.env["CONVEX_OFFLINE_CLI"];
  const none = { title, tables: [], figures: {}, broken: [] };
  if (!cli) {
    console.log(`${title}: skipped, CONVEX_OFFLINE_CLI is not set.\n`);
    return none;
  }
  const [component] = Object.entries(report(cli)).filter(
    ([path]) => path !== "",
  );
  if (!component) return { ...none, broken: ["push: it holds no component."] };
  const [, { modules, totalBytes, functions }] = component;
  const entries = Object.entries(modules).filter(([path]) => !isShared(path));
  const shared = entries.reduce((rest, [, bytes]) => rest - bytes, totalBytes);
  return {
    ...none,
    tables: [
      {
        title: "Modules as Convex's CLI bundles them",
        head: ["module", "size"],
        rows: [
          ...entries.map(([path, bytes]) => [path, kilobytes(bytes)]),
          ["shared by them, with Convex's own code", kilobytes(shared)],
          [
            `together, ${whole(functions.public.length)} public and ${whole(functions.internal.length)} internal functions`,
            kilobytes(totalBytes),
          ],
        ],
      },
    ],
  };
}

/** What the bundler splits off because several modules need it. */
function isShared(path: string): boolean {
  return path.startsWith("_deps/");
}

function report(cli: string): Report {
  const folder = mkdtempSync(join(tmpdir(), "bench-push-"));
  const file = join(folder, "report.json");
  try {
    // A dry run reports the push and leaves `_generated/` alone.
    const command = ["codegen", "--component-dir", "src/component"];
    const { status, stderr } = spawnSync(
      process.execPath,
      [cli, "--report", file, ...command, "--dry-run"],
      { encoding: "utf8" },
    );
    if (status !== 0) {
      throw new Error(`The push could not be measured.\n${stderr}`);
    }
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
