/**
 * What convex-test keeps inside, and tells nobody.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { TestConvexRoot } from "convex-test";
import type { Database } from "./tables.js";

/** Any deployment of convex-test. */
export type App = Pick<
  TestConvexRoot<never>,
  "finishInProgressScheduledFunctions"
>;

/** The part of its state that is used here. */
type State = {
  /** The app, as `""`, and its components. */
  components?: Record<string, { db: unknown }>;
  /** Told when the timer of a scheduled function goes off, before the function starts. */
  scheduler?: { timerFired?: () => void };
  /** One top-level transaction runs at a time; the others wait in `begin`. */
  transactionManager?: {
    begin?: (isNested: boolean, limits: unknown) => Promise<void>;
  };
  /** Does what functions ask for. */
  asyncSyscall?: (op: string, json: string) => Promise<string>;
};

/** The part of it that has to be kept, and put back. */
export type Held = Required<Pick<State, "asyncSyscall">> & {
  components: Record<string, { db: Database }>;
};

/** What a deployment holds. */
export function heldBy(t: App): Held {
  const state = stateOf(t);
  if (!state.components || !state.asyncSyscall)
    throw changed("Nothing is held");
  return state as Held;
}

/** convex-test is another one than this folder was written for. */
export function changed(what: string): Error {
  return new Error(
    `${what}, or convex-test has changed inside: dev/deployment/core relies on the internals of version 0.0.60.`,
  );
}

/** The state has no public name. It is the value that every call runs under, so one call is enough to see it. */
export function stateOf(t: App): State {
  const storage = AsyncLocalStorage.prototype;
  // Kept as it is, to be put back and called on its own instance.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { run } = storage;
  let state: State = {};
  storage.run = function (
    this: AsyncLocalStorage<unknown>,
    store: unknown,
    ...rest: unknown[]
  ) {
    if (typeof store === "object" && store !== null && "components" in store) {
      state = store as State;
    }
    return (run as (...args: unknown[]) => unknown).call(this, store, ...rest);
  } as typeof run;
  try {
    // It runs up to its first await before it returns, which is enough.
    void t.finishInProgressScheduledFunctions();
  } finally {
    storage.run = run;
  }
  return state;
}
