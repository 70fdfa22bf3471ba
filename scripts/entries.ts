/**
 * The package's entry points as its tests see them: every name of the exports map, led to the source it is built from.
 * Tests then run against `src/`, with its coverage, while they import what a host imports.
 */
import manifest from "../package.json" with { type: "json" };

type Target = string | { types: string; default?: string };

/** Aliases for Vite: `@acme/convex-docs/errors` → `src/errors/index.ts`, and so on. */
export function sourceAliases(
  root: string,
): { find: RegExp; replacement: string }[] {
  return Object.entries<Target>(manifest.exports).flatMap(([entry, target]) => {
    const built =
      typeof target === "string" ? target : (target.default ?? target.types);
    if (built.endsWith(".json")) return [];
    const name = entry.replace(/^\./, manifest.name);
    return {
      find: new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`),
      replacement:
        root +
        built
          .replace(/^\.\/dist\//, "src/")
          .replace(/^\.\//, "")
          .replace(/\.d\.ts$|\.js$/, ".ts"),
    };
  });
}
