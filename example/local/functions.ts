import type { Modules } from "./modules.js";

/** The three kinds of function a client can call. */
export type Kind = "query" | "mutation" | "action";

/** A function of the app, by its canonical path (`folder/module:export`). */
export interface FoundFunction {
  path: string;
  kind: Kind;
  isPublic: boolean;
}

/** What clients can name: the app's own functions. A component's functions are only reachable through the app. */
export class Functions {
  readonly #modules = new Map<string, () => Promise<Record<string, unknown>>>();
  readonly #found = new Map<string, FoundFunction>();

  constructor(modules: Modules) {
    for (const [path, load] of Object.entries(modules)) {
      this.#modules.set(
        path.replace(/^\.\//, "").replace(/\.[^.]+$/, ""),
        load,
      );
    }
  }

  /** Whether the app has a module of this name, such as `http`. */
  hasModule(name: string): boolean {
    return this.#modules.has(name);
  }

  /** The function at `path`, or null if no module exports one there. */
  async find(path: string): Promise<FoundFunction | null> {
    const canonical = canonicalPath(path);
    const known = this.#found.get(canonical);
    if (known !== undefined) return known;

    const colon = canonical.lastIndexOf(":");
    const load = this.#modules.get(canonical.slice(0, colon));
    if (load === undefined || canonical.startsWith("_generated/")) return null;
    const exported = (await load())[canonical.slice(colon + 1)];
    const kind = kindOf(exported);
    if (kind === null) return null;

    const found = {
      path: canonical,
      kind,
      isPublic: flag(exported, "isPublic"),
    };
    this.#found.set(canonical, found);
    return found;
  }
}

/** `module.js` and `module` are one module, and a path without an export names the default one. */
function canonicalPath(path: string): string {
  const colon = path.lastIndexOf(":");
  const module = colon === -1 ? path : path.slice(0, colon);
  const name = colon === -1 ? "default" : path.slice(colon + 1);
  return `${module.replace(/\.js$/, "")}:${name}`;
}

function kindOf(exported: unknown): Kind | null {
  if (flag(exported, "isQuery")) return "query";
  if (flag(exported, "isMutation")) return "mutation";
  if (flag(exported, "isAction")) return "action";
  return null;
}

function flag(value: unknown, name: string): boolean {
  return (
    typeof value === "function" &&
    (value as unknown as Record<string, unknown>)[name] === true
  );
}
