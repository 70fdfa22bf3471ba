import type { UserIdentity } from "convex/server";
import type { JSONValue } from "convex/values";
import type { Failure } from "./failure.js";

/** On whose behalf a function runs. */
export interface Caller {
  /** Null for a caller who is not signed in. */
  identity: UserIdentity | null;
  ip?: string | null;
  userAgent?: string | null;
}

/** One call of a function, with its arguments in Convex's JSON encoding. */
export interface Call {
  path: string;
  args: JSONValue;
  caller: Caller;
}

/** What a function returned, in Convex's JSON encoding, or how it failed. */
export type Outcome =
  { ok: true; value: JSONValue } | { ok: false; failure: Failure };
