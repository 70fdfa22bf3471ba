/**
 * What mounting the component adds to a host's push.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkPush,
  MAX_COMPONENT_BYTES,
  type PushReport,
} from "../../scripts/push-report.js";
import type { Area, Table } from "../area.js";
import { kilobytes, whole } from "../format.js";

/**
 * Needs a stand-in for Convex's CLI that reports what it would push: CONVEX_OFFLINE_CLI names it. `null` without one: what
 * was not measured says nothing about the baseline.
 */
export function measurePush(): Area | null {
  const cli = process.env["CONVEX_OFFLINE_CLI"];
  if (!cli) return null;
  const pushed = report(cli);
  const { problems } = checkPush(pushed);
  const parts = Object.entries(pushed).filter(([path]) => path !== "");
  return {
    title: "Component push",
    tables: parts.map(([, part]) => modulesOf(part)),
    figures: Object.fromEntries(
      parts.map(([, { modules, totalBytes }]) => [
        "the component",
        { bytes: totalBytes, modules: Object.keys(modules).length },
      ]),
    ),
    broken: problems.map((problem) => `push: ${problem}`),
  };
}

function modulesOf({
  modules,
  totalBytes,
  functions,
}: PushReport[string]): Table {
  const entries = Object.entries(modules).filter(([path]) => !isShared(path));
  const shared = entries.reduce((rest, [, bytes]) => rest - bytes, totalBytes);
  return {
    title: `Its ${whole(Object.keys(modules).length)} modules, as Convex's CLI bundles them`,
    head: ["module", "size"],
    rows: [
      ...entries.map(([path, bytes]) => [path, kilobytes(bytes)]),
      ["shared by them, with Convex's own code", kilobytes(shared)],
      [
        `together, ${whole(functions.public.length)} public and ${whole(functions.internal.length)} internal functions`,
        kilobytes(totalBytes),
      ],
    ],
    notes: [`At most ${kilobytes(MAX_COMPONENT_BYTES)} are allowed.`],
  };
}

/** What the bundler splits off because several modules need it. */
function isShared(path: string): boolean {
  return path.startsWith("_deps/");
}

function report(cli: string): PushReport {
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
    return JSON.parse(readFileSync(file, "utf8")) as PushReport;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
