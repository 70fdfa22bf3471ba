/**
 * Builds `dist/` when it is missing or older than what it is made of, so that every script that needs the built package
 * works right after `npm ci` and costs nothing the second time.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join, relative, sep } from "node:path";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const RECIPE = ["tsup.config.ts", "tsconfig.json", "tsconfig.build.json"];

const reason = staleness();
if (reason !== null) {
  console.log(`Building the package: ${reason}.`);
  const options = { cwd: ROOT, stdio: "inherit" as const };
  const { status } = spawnSync("npm", ["run", "--silent", "build"], {
    ...options,
    shell: process.platform === "win32",
  });
  process.exitCode = status ?? 1;
}

/** Why `dist/` cannot be used as it is; `null` if it can. */
function staleness(): string | null {
  const sources = list("src", /\.tsx?$/);
  const made = sources.flatMap(outputs);
  const missing = made.find((file) => !existsSync(join(ROOT, file)));
  if (missing !== undefined) return `${missing} is missing`;
  // A module whose source is gone would still be deployed with the component.
  const orphan = list("dist", /\.js$|\.d\.ts$/).find(
    (file) => !made.includes(file),
  );
  if (orphan !== undefined) return `${orphan} has lost its source`;
  const built = Math.min(...made.map(modified));
  const newer = [...sources, ...RECIPE].find((file) => modified(file) > built);
  return newer === undefined ? null : `${newer} has changed`;
}

/** What one source file becomes. `src/test.ts` ships as source, with declarations only. */
function outputs(source: string): string[] {
  const path = source.replace(/^src\//, "dist/").replace(/\.tsx?$/, "");
  const declarations = `${path}.d.ts`;
  return path === "dist/test" ? [declarations] : [`${path}.js`, declarations];
}

function modified(file: string): number {
  return statSync(join(ROOT, file)).mtimeMs;
}

function list(folder: string, pattern: RegExp): string[] {
  const root = join(ROOT, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .map((path) => path.split(sep).join("/"));
}
