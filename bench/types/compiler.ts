/**
 * What TypeScript's compiler does for a project, in its own counts.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sources } from "./sources.js";

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

/** Compiles the example app, with our entry as it is or with one that is `any`. */
export function compileExample(as: "is" | "any"): Diagnostics {
  if (as === "is") return compile("example/convex");
  const folder = join(FOLDER, "example-any");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "docs.d.ts"),
    "export declare const Docs: any;\nexport type Docs = any;\n",
  );
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: "../../../example/convex/tsconfig.json",
      compilerOptions: {
        noImplicitAny: false,
        paths: { "@acme/convex-docs": ["./docs.d.ts"] },
      },
      include: ["../../../example/convex/**/*"],
      exclude: ["../../../example/convex/_generated"],
    }),
  );
  return compile(folder);
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
