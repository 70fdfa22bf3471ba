/**
 * What TypeScript's compiler does for a project, in its own counts.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import type { Sources } from "./sources.js";

/** What a host imports in its functions. Its mount and its tests are not compiled with them. */
const ENTRIES = Object.keys(manifest.exports)
  .filter((entry) => !/json$|convex\.config|_generated|test$/.test(entry))
  .map((entry) => entry.replace(/^\./, manifest.name));

/** Below the package, so that its own name resolves as it does in a host that has installed it. */
const FOLDER = "artifacts/bench-types";

/** What a Convex app compiles with, and strict. */
const OPTIONS = {
  target: "ES2022",
  lib: ["ES2023", "DOM"],
  module: "ESNext",
  moduleResolution: "Bundler",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
};

export type Diagnostics = {
  types: number;
  instantiations: number;
  checkSeconds: number;
  errors: string[];
};

/** Compiles a project made of these files. */
export function compileSources(name: string, sources: Sources): Diagnostics {
  const folder = join(FOLDER, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const config = { compilerOptions: OPTIONS, include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  for (const [file, text] of Object.entries(sources)) {
    writeFileSync(join(folder, file), text);
  }
  return compile(folder);
}

/** Compiles the example app, with our entries as they are or with everything of theirs `any`. */
export function compileExample(as: "is" | "any"): Diagnostics {
  if (as === "is") return compile("example/convex");
  const folder = join(FOLDER, "example-any");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "entries.d.ts"),
    ENTRIES.map((entry) => `declare module "${entry}";\n`).join(""),
  );
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: "../../../example/convex/tsconfig.json",
      compilerOptions: { noImplicitAny: false },
      include: ["entries.d.ts", "../../../example/convex/**/*"],
      exclude: ["../../../example/convex/_generated"],
    }),
  );
  // What it says against code whose types were taken away is not about us.
  return { ...compile(folder), errors: [] };
}

function compile(project: string): Diagnostics {
  const { stdout } = spawnSync(
    process.execPath,
    [
      "node_modules/typescript/bin/tsc",
      ...["-p", project, "--extendedDiagnostics", "--pretty", "false"],
    ],
    { encoding: "utf8" },
  );
  return parseDiagnostics(stdout);
}

/** Reads what `tsc --extendedDiagnostics` prints. */
export function parseDiagnostics(output: string): Diagnostics {
  const amount = (name: string) => {
    const found = new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(output)?.[1];
    if (found === undefined) {
      throw new Error(`tsc did not say ${name}:\n${output}`);
    }
    return Number(found);
  };
  return {
    types: amount("Types"),
    instantiations: amount("Instantiations"),
    checkSeconds: amount("Check time"),
    errors: output.split("\n").filter((line) => /error TS\d+/.test(line)),
  };
}
