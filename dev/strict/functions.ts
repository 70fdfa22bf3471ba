/**
 * The functions of a deployment, as its last deploy left them.
 */
import { nameOf, type Kind, type Target } from "./frame.js";
import {
  isRouter,
  type Handler,
  type Module,
  type Modules,
  type Registered,
  type Router,
} from "./internals.js";

/** What a deploy changes. Functions go by `component:module:name`. */
export interface Deploy {
  /** Functions that are gone. */
  remove?: readonly string[];
  /** Functions that have another name. */
  rename?: Readonly<Record<string, string>>;
}

/** Runs a function's handler. */
export type Enter = (
  target: Target & { readonly kind: Kind },
  ctx: Parameters<Handler>[0],
  args: unknown,
  handler: Handler,
) => unknown;

type Load = (path: string) => Promise<Module | null>;

export class Functions {
  /** Component → its modules, as they were given. */
  readonly #loads = new Map<string, Load>();
  readonly #removed = new Set<string>();
  /** New name → old name. */
  readonly #renamed = new Map<string, string>();
  readonly #wrapped = new WeakMap<Registered, Map<string, Registered>>();
  readonly #enter: Enter;
  /** `app.use(…, { httpPrefix })`: routes are matched without it, and `request.url` keeps it. crates/isolate/src/http.rs */
  httpPrefix = "";

  constructor(enter: Enter) {
    this.#enter = enter;
  }

  /** The app, and its mounted components. */
  get components(): string[] {
    return [...new Set(["", ...this.#loads.keys()])];
  }

  deploy({ remove = [], rename = {} }: Deploy): void {
    for (const name of remove) this.#removed.add(name);
    for (const [from, to] of Object.entries(rename)) {
      this.#removed.add(from);
      this.#renamed.set(to, from);
    }
  }
  redeploy(): void {
    this.#removed.clear();
    this.#renamed.clear();
  }

  /** Whether it is deployed. The app's functions are not known where `convexTest` was given no modules. */
  async exists({ component, path }: Target): Promise<boolean> {
    if (!this.#loads.has(component)) return true;
    const [module = "", name = "default"] = path.split(":");
    return kindOf((await this.#view(component, module))?.[name]) !== null;
  }

  /** A component's modules for convex-test: each of their functions runs through `enter`. */
  load(component: string, modules: Modules): Modules {
    const generated = Object.keys(modules).find((key) =>
      key.includes("_generated"),
    );
    const root = generated?.split("_generated", 1)[0] ?? "";
    const pathOf = (key: string) =>
      key.replace(/\.[^.]+$/, "").slice(root.length);
    const loads = new Map(
      Object.entries(modules).map(([key, load]) => [pathOf(key), load]),
    );
    this.#loads.set(
      component,
      async (path) =>
        ((await loads.get(path)?.()) as Module | undefined) ?? null,
    );
    return Object.fromEntries(
      Object.keys(modules).map((key) => [
        key,
        async () => (await this.#view(component, pathOf(key))) ?? {},
      ]),
    );
  }

  /** A module as the last deploy left it. */
  async #view(component: string, path: string): Promise<Module | null> {
    const load = this.#loads.get(component);
    const module = (await load?.(path)) ?? null;
    if (!load || !module) return null;
    const prefix = nameOf({ component, path: `${path}:` });
    const view: Module = {};
    for (const [name, value] of Object.entries(module)) {
      if (!this.#removed.has(prefix + name)) {
        view[name] = this.#wrap(component, path, name, value);
      }
    }
    for (const [to, from] of this.#renamed) {
      if (!to.startsWith(prefix)) continue;
      const name = to.slice(prefix.length);
      const old = component === "" ? from : from.slice(component.length + 1);
      const [oldPath = "", oldName = ""] = old.split(":");
      const source = await load(oldPath);
      view[name] = this.#wrap(component, path, name, source?.[oldName]);
    }
    return view;
  }

  #wrap(component: string, path: string, name: string, value: unknown) {
    if (path === "http" && name === "default" && isRouter(value)) {
      return this.#router(component, value);
    }
    const kind = kindOf(value);
    if (!kind) return value;
    const target = { component, path: `${path}:${name}`, kind };
    return this.#function(target, value as Registered);
  }

  /** The function whose handler runs in a frame. The same one each time. */
  #function(target: Target & { kind: Kind }, of: Registered): Registered {
    const known = this.#wrapped.get(of) ?? new Map<string, Registered>();
    this.#wrapped.set(of, known);
    const key = JSON.stringify(target);
    const found = known.get(key);
    if (found) return found;
    const handler: Handler = (ctx, args) =>
      this.#enter(target, ctx, args, of._handler ?? of);
    const made = new Proxy(of, {
      get: (fn, property): unknown =>
        property === "_handler" ? handler : Reflect.get(fn, property),
    });
    known.set(key, made);
    return made;
  }

  #router(component: string, router: Router): Router {
    const lookup: Router["lookup"] = (path, method) => {
      if (!path.startsWith(this.httpPrefix)) return null;
      const stripped = path.slice(this.httpPrefix.length) || "/";
      const found = router.lookup(stripped, method);
      if (!found) return null;
      const [fn, matched, route] = found;
      const name = `http:${method} ${route}`;
      const target = { component, path: name, kind: "http" } as const;
      return [this.#function(target, fn), matched, route];
    };
    return new Proxy(router, {
      get: (of, property): unknown =>
        property === "lookup" ? lookup : Reflect.get(of, property),
    });
  }
}

export function kindOf(value: unknown): Kind | null {
  if (typeof value !== "function") return null;
  const { isQuery, isMutation, isAction, isHttp } = value as Registered;
  if (isQuery) return "query";
  if (isMutation) return "mutation";
  if (isAction) return "action";
  return isHttp ? "http" : null;
}
