/**
 * Whether `dist/` is what the source would be built into now.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";

const RECIPE = ["tsup.config.ts", "tsconfig.json", "tsconfig.build.json"];

/** Why the `dist/` of this project cannot be used as it is; `null` if it can. `modulesOnly`: by what does not look at types. */
export function staleness(
  root: string,
  { modulesOnly = false } = {},
): string | null {
  const sources = list(root, "src", /\.tsx?$/);
  const made = sources.flatMap(outputs);
  const needed = modulesOnly
    ? made.filter((file) => file.endsWith(".js"))
    : made;
  const missing = needed.find((file) => !existsSync(join(root, file)));
  if (missing !== undefined) return `${missing} is missing`;
  // A module whose source is gone would still be deployed with the component.
  const orphan = list(root, "dist", /\.js$|\.d\.ts$/).find(
    (file) => !made.includes(file),
  );
  if (orphan !== undefined) return `${orphan} has lost its source`;
  const modified = (file: string) => statSync(join(root, file)).mtimeMs;
  const built = Math.min(...needed.map(modified));
  const newer = [...sources, ...RECIPE].find((file) => modified(file) > built);
  return newer === undefined ? null : `${newer} has changed`;
}

/** What one source file becomes. `src/test.ts` ships as source, with declarations only. */
function outputs(source: string): string[] {
  const path = source.replace(/^src\//, "dist/").replace(/\.tsx?$/, "");
  const declarations = `${path}.d.ts`;
  return path === "dist/test" ? [declarations] : [`${path}.js`, declarations];
}

function list(root: string, folder: string, pattern: RegExp): string[] {
  const top = join(root, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .map((path) => path.split(sep).join("/"));
}
