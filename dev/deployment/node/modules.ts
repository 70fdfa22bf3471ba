import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Modules } from "../core/engine.js";

const EXTENSION = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/**
 * Lists the Convex modules below `folder`, by their paths in it, with the exceptions the Convex CLI makes when it deploys:
 * names with a second dot (`x.test.ts`, `convex.config.ts`, `x.d.ts`), hidden files, names with `#` or a
 * space, and folders that are a component of their own.
 */
export function listModules(folder: string): string[] {
  if (!existsSync(folder))
    throw new Error(`There is no folder of Convex functions at ${folder}`);
  return [...walk(folder, "")];
}

/** The modules of {@link listModules}, each loaded on demand. */
export function loadModules(folder: string): Modules {
  const modules: Modules = {};
  for (const path of listModules(folder)) {
    const url = pathToFileURL(join(folder, path)).href;
    // convex-test loads a module at every call, and an import resolves its path again every time.
    let loaded: Promise<Record<string, unknown>> | undefined;
    modules[`./${path}`] = () =>
      (loaded ??= import(url) as Promise<Record<string, unknown>>);
  }
  // convex-test takes the parent of `_generated` as the root of all module paths, so there must be one.
  if (!Object.keys(modules).some((path) => path.startsWith("./_generated/"))) {
    modules["./_generated/none.js"] = () => Promise.resolve({});
  }
  return modules;
}

/** Loads one module of `folder` by its name without an extension, such as `schema`; null if there is none. */
export async function loadModule(
  folder: string,
  name: string,
): Promise<Record<string, unknown> | null> {
  for (const extension of ["ts", "js", "mts", "mjs"]) {
    const file = join(folder, `${name}.${extension}`);
    if (existsSync(file))
      return (await import(pathToFileURL(file).href)) as Record<
        string,
        unknown
      >;
  }
  return null;
}

function* walk(root: string, below: string): Generator<string> {
  for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!isComponent(join(root, path))) yield* walk(root, path);
    } else if (isModule(entry.name)) {
      yield path;
    }
  }
}

function isModule(name: string): boolean {
  return (
    EXTENSION.test(name) &&
    !/^\.|[# ]/.test(name) &&
    name.split(".").length === 2
  );
}

function isComponent(folder: string): boolean {
  return (
    existsSync(join(folder, "convex.config.ts")) ||
    existsSync(join(folder, "convex.config.js"))
  );
}
