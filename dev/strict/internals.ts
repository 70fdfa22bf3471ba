/**
 * The one place that knows convex-test from inside: what it hands to functions, takes from modules and puts in
 * `globalThis.Convex`. Everything else of `dev/strict` is written against the types of this file.
 */
import type { convexTest, TestConvexRoot } from "convex-test";
import type { GenericDataModel } from "convex/server";
import type { GivenLimits } from "./limits.js";

/** The version whose inside this file describes. */
const VERSION = "0.0.60";

export const mismatch = (what: string): Error =>
  new Error(
    `convex-test is not as version ${VERSION}, for which dev/strict/internals.ts is written: ${what}`,
  );

/** What a function is called with. */
export type Ctx = Record<string, unknown>;
export type Handler = (ctx: Ctx, args: unknown) => unknown;

export type Module = Record<string, unknown>;
export type Modules = Record<string, () => Promise<unknown>>;

/** A function as `queryGeneric` and its like make it: convex-test runs its `_handler`. */
export type Registered = Handler & {
  _handler?: Handler;
  isQuery?: boolean;
  isMutation?: boolean;
  isAction?: boolean;
  isHttp?: boolean;
};

export interface Router {
  lookup(
    path: string,
    method: string,
  ): readonly [Registered, string, string] | null;
}
export const isRouter = (value: unknown): value is Router =>
  typeof value === "object" && value !== null && "lookup" in value;

/** What `t` can do, seen without its types. */
export interface Accessor {
  query(what: unknown, ...rest: unknown[]): Promise<unknown>;
  mutation(what: unknown, ...rest: unknown[]): Promise<unknown>;
  action(what: unknown, ...rest: unknown[]): Promise<unknown>;
  run(handler: (ctx: Ctx) => unknown): Promise<unknown>;
  runInComponent(
    component: string,
    handler: (ctx: Ctx) => unknown,
  ): Promise<unknown>;
  withIdentity(identity: unknown): Accessor;
  withRequestMetadata(metadata: unknown): Accessor;
}
export interface Root extends Accessor {
  registerComponent(path: string, schema: unknown, modules: Modules): void;
}
const METHODS = [
  "query",
  "mutation",
  "action",
  "run",
  "runInComponent",
  "withIdentity",
  "withRequestMetadata",
  "registerComponent",
] satisfies (keyof Root)[];

export type ConvexTest = typeof convexTest;
export interface Options {
  schema?: unknown;
  modules?: Modules;
  transactionLimits?: GivenLimits;
}

/** Calls `convexTest`, and looks at what it made. */
export function make(real: ConvexTest, options: Options): Root {
  const call = real as unknown as (options: Options) => Root;
  const root = call(options);
  for (const method of METHODS) {
    if (typeof root[method] !== "function") {
      throw mismatch(`what it returns has no ${method}().`);
    }
  }
  return root;
}

/** What a test gets. */
export const asTest = (root: Root) =>
  root as unknown as TestConvexRoot<GenericDataModel>;

/** `convexTest(schema, modules)` is how it was called once, and still may be. */
export function optionsOf(given: unknown, modules?: Modules): Options {
  if (typeof given !== "object" || given === null) return {};
  if (!("tables" in given)) return given;
  return modules ? { schema: given, modules } : { schema: given };
}

/** What the functions of `convex` call. */
export interface Syscalls {
  syscall(op: string, json: string): string;
  asyncSyscall(op: string, json: string): Promise<string>;
  jsSyscall(op: string, args: unknown): unknown;
}

/** What convex-test 0.0.60 can do. A rule may have to look at what is new. */
const KNOWN = new Set([
  "1.0/getSnapshotTs",
  "1.0/queryStream",
  "1.0/queryCleanup",
  "1.0/db/normalizeId",
  "1.0/get",
  "1.0/queryStreamNext",
  "1.0/queryPage",
  "1.0/insert",
  "1.0/shallowMerge",
  "1.0/replace",
  "1.0/remove",
  "1.0/getTransactionMetrics",
  "1.0/getFunctionMetadata",
  "1.0/getRequestMetadata",
  "1.0/getDeploymentMetadata",
  "1.0/actions/query",
  "1.0/actions/mutation",
  "1.0/actions/action",
  "1.0/runUdf",
  "1.0/createFunctionHandle",
  "1.0/actions/schedule",
  "1.0/schedule",
  "1.0/actions/cancel_job",
  "1.0/actions/vectorSearch",
  "1.0/cancel_job",
  "1.0/storageDelete",
  "1.0/storageGetUrl",
  "1.0/storageGenerateUploadUrl",
  "1.0/count",
  "1.0/auditLog",
]);
export function checkKnown(op: string): void {
  if (!KNOWN.has(op)) {
    throw mismatch(
      `there is a syscall "${op}". Look at which rules it concerns, and add it to those that are known.`,
    );
  }
}

const realm = globalThis as { Convex?: Syscalls };
/** The syscalls that stand before convex-test's → convex-test's. */
const behind = new WeakMap<Syscalls, Syscalls>();

/** convex-test's syscalls, without any rule. */
export function realSyscalls(): Syscalls {
  const now = realm.Convex;
  const real = now && (behind.get(now) ?? now);
  if (!real) throw mismatch("it puts nothing in globalThis.Convex.");
  return real;
}

/** Puts syscalls before those of convex-test, once. */
export function stand(
  before: (real: Syscalls) => Pick<Syscalls, "syscall" | "asyncSyscall">,
): void {
  const real = realSyscalls();
  if (realm.Convex !== real) return;
  if (!("syscall" in real && "asyncSyscall" in real && "jsSyscall" in real)) {
    throw mismatch("globalThis.Convex has other functions.");
  }
  const placed: Syscalls = {
    ...before(real),
    jsSyscall: (op, args) => real.jsSyscall(op, args),
  };
  behind.set(placed, real);
  realm.Convex = placed;
}
