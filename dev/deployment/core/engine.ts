import {
  convexTest,
  type TestConvexForDataModel,
  type TestConvexRoot,
} from "convex-test";
import {
  makeFunctionReference,
  type GenericDataModel,
  type GenericMutationCtx,
  type GenericSchema,
  type SchemaDefinition,
} from "convex/server";
import {
  convexToJson,
  jsonToConvex,
  type JSONValue,
  type Value,
} from "convex/values";
import { deferScheduled } from "./background.js";
import { toFailure, type Call, type Caller, type Outcome } from "./call.js";
import { heldBy, type Held } from "./state.js";
import { indexTables, type OnCommit } from "./tables.js";

/** The default export of a `schema.ts`. */
export type Schema = SchemaDefinition<GenericSchema, boolean>;

/** A component mounted in the app. */
export interface Component {
  modules: Modules;
  schema: Schema;
}

/** A handler that reads and writes the app's tables directly. */
export type RunHandler<T> = (
  ctx: GenericMutationCtx<GenericDataModel>,
) => Promise<T>;

export interface EngineOptions {
  /** The app's own modules. */
  modules: Modules;
  schema?: Schema | undefined;
  /** Mounted components by name; a nested one as `outer/inner`. */
  components?: Record<string, Component> | undefined;
  /** What makes the deployment: `strict(convexTest)` of dev/strict for the backend's rules. Default: `convexTest`. */
  make?: typeof convexTest | undefined;
  /** Gives requests their turn before each transaction of scheduled functions. Default: there is none to give. */
  requests?: (() => Promise<void>) | undefined;
  /** Whether clients may see the text of errors that are not ConvexErrors. */
  verbose?: boolean | undefined;
  /** Told of every commit, component by component. */
  onCommit?: OnCommit | undefined;
}

/**
 * Convex's in-process engine, `convex-test`, driven by paths and JSON.
 *
 * Every top-level query and mutation is one transaction, and the engine runs one transaction at a time;
 * actions run beside them. A transaction's limits are those of a real deployment.
 */
export class Engine {
  /** The app's own functions, as the last deploy has them. */
  readonly functions: Functions;
  readonly #convex: TestConvexRoot<GenericDataModel>;
  readonly #verbose: boolean;
  #deploys = 0n;

  constructor({
    modules,
    schema,
    components = {},
    make = convexTest,
    requests,
    verbose = false,
    onCommit,
  }: EngineOptions) {
    this.functions = new Functions(modules);
    this.#verbose = verbose;
    const options = {
      ...(schema === undefined ? {} : { schema }),
      modules: this.functions.through(modules),
      transactionLimits: true,
    };
    // The schema is only known at run time, so the accessor can say no more of a table than that it has documents.
    this.#convex = make(options) as unknown as TestConvexRoot<GenericDataModel>;
    for (const [name, component] of Object.entries(components)) {
      this.#convex.registerComponent(name, component.schema, component.modules);
    }
    for (const name of ["", ...Object.keys(components)]) {
      indexTables(this.#convex, name, onCommit);
    }
    if (requests) deferScheduled(this.#convex, requests);
  }

  /** The next deploy: modules in place of those of the same paths. What runs goes on as it began. */
  deploy(modules: Modules): void {
    this.functions.replace(modules);
    this.#deploys += 1n;
  }

  /** Runs a function that clients may call. One that is missing or internal fails as on a real deployment. */
  async call(kind: Kind | "any", call: Call): Promise<Outcome> {
    try {
      const found = await this.functions.find(call.path);
      if (found === null || !found.isPublic)
        throw new Error(`Could not find public function for '${call.path}'.`);
      return {
        ok: true,
        value: await this.invoke(expectKind(found, kind), call),
      };
    } catch (error) {
      return { ok: false, failure: toFailure(error, this.#verbose) };
    }
  }

  /** Runs any function, internal ones too, and throws what it throws. */
  async invoke(
    { kind, path }: FoundFunction,
    { args, caller }: Call,
  ): Promise<JSONValue> {
    const convex = this.#as(caller);
    const values = jsonToConvex(args) as Record<string, Value>;
    const value: Value | undefined = await {
      query: () =>
        convex.query(
          makeFunctionReference<"query", Record<string, Value>, Value>(path),
          values,
        ),
      mutation: () =>
        convex.mutation(
          makeFunctionReference<"mutation", Record<string, Value>, Value>(path),
          values,
        ),
      action: () =>
        convex.action(
          makeFunctionReference<"action", Record<string, Value>, Value>(path),
          values,
        ),
    }[kind]();
    return convexToJson(value ?? null);
  }

  /** Runs the app's HTTP action for a path. */
  fetch(path: string, init: RequestInit, caller: Caller): Promise<Response> {
    return this.#as(caller).fetch(path, init);
  }

  /** Runs `handler` as one mutation, on the app's tables or on those of the component mounted under a name. */
  run<T>(handler: RunHandler<T>, component?: string): Promise<T> {
    if (component === undefined) return this.#convex.run(handler);
    // convex-test has this on every deployment and leaves it out of its types.
    const { runInComponent } = this.#convex as unknown as {
      runInComponent: (path: string, run: RunHandler<T>) => Promise<T>;
    };
    return runInComponent(component, handler);
  }

  /** The timestamp of the last commit (ns since the epoch; 0 before the first one). It grows with every commit and deploy. */
  version(): Promise<bigint> {
    return this.frozen(() => Promise.resolve());
  }

  /**
   * Runs `read` while no other transaction can start, and says at which version. The queries that it
   * calls share one transaction and so its limits: only for when separate ones keep being overtaken.
   */
  frozen(read: () => Promise<void>): Promise<bigint> {
    return this.#convex.query(async (ctx) => {
      await read();
      return ctx.meta.getSnapshotTs() + this.#deploys;
    });
  }

  /** What convex-test holds, to be kept and brought back. */
  get held(): Held {
    return heldBy(this.#convex);
  }

  #as({
    identity,
    ip = null,
    userAgent = null,
  }: Caller): TestConvexForDataModel<GenericDataModel> {
    const convex = this.#convex.withRequestMetadata({ ip, userAgent });
    return identity === null ? convex : convex.withIdentity(identity);
  }
}

function expectKind(found: FoundFunction, kind: Kind | "any"): FoundFunction {
  if (kind === "any" || kind === found.kind) return found;
  throw new Error(
    `Trying to execute ${found.path} as a ${kind}, but it is defined as a ${found.kind}.`,
  );
}

/** Convex modules by path, each loaded on demand: the shape of Vite's `import.meta.glob`, which convex-test reads. */
export type Modules = Record<string, () => Promise<Record<string, unknown>>>;

/** The three kinds of function a client can call. */
export type Kind = "query" | "mutation" | "action";

/** A function of the app, by its canonical path (`folder/module:export`). */
interface FoundFunction {
  path: string;
  kind: Kind;
  isPublic: boolean;
}

/** The functions that clients can call: the app's own. A component's functions are reachable only through the app. */
class Functions {
  readonly #modules = new Map<string, Modules[string]>();
  readonly #found = new Map<string, FoundFunction>();

  constructor(modules: Modules) {
    for (const [path, load] of Object.entries(modules))
      this.#modules.set(moduleOf(path), load);
  }

  /** The same modules, each as the last deploy has it when it is loaded: convex-test keeps what it is given. */
  through(modules: Modules): Modules {
    return Object.fromEntries(
      Object.entries(modules).map(([path, given]) => [
        path,
        () => (this.#modules.get(moduleOf(path)) ?? given)(),
      ]),
    );
  }

  /** Modules in place of those of the same paths. */
  replace(modules: Modules): void {
    for (const [path, load] of Object.entries(modules)) {
      if (!this.hasModule(moduleOf(path)))
        throw new Error(`convex-test was made without ${path}.`);
      this.#modules.set(moduleOf(path), load);
    }
    this.#found.clear();
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

/** The name of a module by its path: `./folder/module.ts` is `folder/module`. */
function moduleOf(path: string): string {
  return path.replace(/^\.\//, "").replace(/\.[^.]+$/, "");
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
