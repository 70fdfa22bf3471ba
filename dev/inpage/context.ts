/**
 * `AsyncLocalStorage` for a browser, which has none and lets nobody see a native `await`.
 *
 * A frame says what every storage holds. It is never changed, only replaced: `run` replaces it for as long as a function runs
 * synchronously, and what continues later does so in the frame in which it was asked to. So promise reactions, timers and
 * microtasks are wrapped. A native `await` goes past `then`: what uses this is bundled by `build.ts`, which makes each one a
 * call of `then` and fails when one is left.
 *
 * @module
 */
type Frame = ReadonlyMap<object, unknown>;

const EMPTY: Frame = new Map();
let current = EMPTY;

function runIn<R>(frame: Frame, run: () => R): R {
  const before = current;
  current = frame;
  try {
    return run();
  } finally {
    current = before;
  }
}

/** The part of Node's class that convex-test and dev/strict use. */
export class AsyncLocalStorage<T> {
  getStore(): T | undefined {
    return current.get(this) as T | undefined;
  }

  run<R, A extends unknown[]>(store: T, run: (...args: A) => R, ...args: A): R {
    return within(this, store, () => run(...args));
  }

  /** For the rest of what runs now. Only where a frame is: what runs in none is not ended by anything that could be seen. */
  enterWith(store: T): void {
    if (current === EMPTY) throw new Error("There is no frame to enter with.");
    current = new Map(current).set(this, store);
  }

  exit<R, A extends unknown[]>(run: (...args: A) => R, ...args: A): R {
    return within(this, undefined, () => run(...args));
  }
}

/** Runs something while a storage holds a value. What it enters with in other storages stays. */
function within<R>(storage: object, store: unknown, run: () => R): R {
  const before = current;
  const frame = new Map(before).set(storage, store);
  current = frame;
  try {
    return run();
  } finally {
    current =
      current === frame
        ? before
        : new Map(current).set(storage, before.get(storage));
  }
}

type Callback = (this: unknown, ...args: unknown[]) => unknown;

/** The same function, in the frame of now. */
function bound(callback: unknown): unknown {
  const frame = current;
  // What begins in no frame continues in none, as it would anyway.
  if (typeof callback !== "function" || frame === EMPTY) return callback;
  return function (this: unknown, ...args: unknown[]) {
    return runIn(frame, () => (callback as Callback).apply(this, args));
  };
}

const TIMERS = ["setTimeout", "setInterval", "setImmediate", "queueMicrotask"];

/** Makes everything that continues later remember its frame. Returns a function that undoes it. */
export function install(): () => void {
  const undo = [installThen(), installResolve(), ...TIMERS.map(installTimer)];
  return () => {
    for (const one of undo) one();
  };
}

function installThen(): () => void {
  // Kept as it is, to be put back and called on any promise.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { then } = Promise.prototype;
  Promise.prototype.then = function (
    this: Promise<unknown>,
    ...reactions: unknown[]
  ) {
    return (then as Callback).apply(this, reactions.map(bound));
  } as typeof then;
  return () => {
    Promise.prototype.then = then;
  };
}

/** An `await` of what only has a `then`: the browser would call that in no frame. */
function installResolve(): () => void {
  // Kept as it is, to be put back and called on its own class.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { resolve } = Promise;
  Promise.resolve = function (this: unknown, value?: unknown) {
    const given =
      this === Promise && isForeign(value)
        ? new Promise((done, failed) =>
            queueMicrotask(() => void value.then(done, failed)),
          )
        : value;
    return (resolve as Callback).call(this, given);
  } as typeof resolve;
  return () => {
    Promise.resolve = resolve;
  };
}

function installTimer(name: string): () => void {
  const scope = globalThis as unknown as Record<string, Callback | undefined>;
  const original = scope[name];
  if (original === undefined) return () => undefined;
  scope[name] = function (callback: unknown, ...rest: unknown[]) {
    return original.call(globalThis, bound(callback), ...rest);
  };
  return () => {
    scope[name] = original;
  };
}

function isForeign(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof Promise) &&
    "then" in value &&
    typeof value.then === "function"
  );
}
