/**
 * What runs: a function is a frame, and all frames of one transaction share what it has used.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Deployment } from "./deployment.js";
import type { Limits } from "./limits.js";

export type Kind = "query" | "mutation" | "action" | "http";

/** A function as Convex names it: `module:name`, in the component that is mounted at this path. The app's is "". */
export interface Target {
  readonly component: string;
  readonly path: string;
}

/** `component:module:name`, or `module:name` for the app's own. */
export const nameOf = ({ component, path }: Target): string =>
  component === "" ? path : `${component}:${path}`;

/** One top-level query or mutation, with all that it has called, and what it has used. */
export interface Transaction {
  readonly path: string;
  readonly kind: "query" | "mutation";
  readonly caller: "client" | "action" | "scheduler";
  /** Calls of `runQuery` and `runMutation`: each evaluates its modules anew, and all share one second. */
  nested: number;
  /** Those of them that were by a function handle. */
  handles: number;
  /** How deep calls went into calls. */
  depth: number;
  /** Distinct index ranges, as the backend counts them. */
  ranges: number;
  /** Reads by what asked for them: `query`, `page`, `get`, `shallowMerge`, `replace`, `remove`. */
  readonly asked: Record<string, number>;
  scheduled: number;
  /** Bytes of the arguments of scheduled functions. */
  scheduledBytes: number;
}

/** A transaction that is under way. */
export interface OpenTransaction {
  readonly used: Transaction;
  /** The index ranges that it has read. */
  readonly intervals: Set<string>;
  /** What ends the whole transaction. No caller can catch it. */
  fatal: Error | null;
}

/** A function that runs. */
export interface Frame extends Target {
  readonly deployment: Deployment;
  readonly kind: Kind;
  readonly depth: number;
  /** `null` in an action. */
  readonly tx: OpenTransaction | null;
  readonly limits: Limits;
  readonly enforce: boolean;
  /** Calls of an action so far: of its `ctx`, and of `fetch`. */
  steps: number;
  /** It was ended from outside. What it still does has no effect. */
  dead: boolean;
  die(error: Error): void;
}

/** What a caller tells the function that it calls. */
export interface Call {
  readonly from: Frame | null;
  /** A try whose writes are undone. */
  readonly dry?: boolean;
  readonly limits?: Limits;
  readonly enforce?: boolean;
  /** The function was reached. */
  entered?: boolean;
}

/** Between a call and its function the call is stored, within a function its frame. */
export const current = new AsyncLocalStorage<
  | { readonly frame: Frame; readonly call?: never }
  | { readonly call: Call; readonly frame?: never }
>();

export const currentFrame = (): Frame | null =>
  current.getStore()?.frame ?? null;

/** What a dead function waits for. */
export const never = (): Promise<never> => new Promise(() => undefined);
