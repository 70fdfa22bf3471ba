import type { UserIdentity } from "convex/server";
import { convexToJson, type JSONValue, type Value } from "convex/values";

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

/** A function that threw, as a client may see it, and what only the log may show. */
interface Failure {
  /** For the client: the request id and, unless the deployment is verbose, nothing more. */
  message: string;
  /** The `data` of a ConvexError, in Convex's JSON encoding; absent for any other error. */
  data?: JSONValue;
  /** For the log: the error with its stack. */
  detail: string;
}

/** A request refused before any function ran, as Convex's HTTP interface and sync protocol name it. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** 16 hexadecimal digits, the form in which Convex shows a request id. */
function newRequestId(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(-16);
}

/**
 * Redacts an error the way a production deployment does: a ConvexError keeps its data, and
 * everything else is "Server Error". `verbose` adds the text, as a development deployment does.
 */
export function toFailure(error: unknown, verbose: boolean): Failure {
  const data = convexErrorData(error);
  const id = newRequestId();
  const name = error instanceof Error ? error.name : "Error";
  const text = verbose ? `\nUncaught ${name}: ${messageOf(error)}` : "";
  return {
    message: `[Request ID: ${id}] Server Error${text}`,
    ...(data === undefined ? {} : { data }),
    detail: `[Request ID: ${id}] Uncaught ${stackOf(error)}`,
  };
}

/** ConvexErrors are recognised by their brand, because more than one copy of `convex` may be loaded. */
function convexErrorData(error: unknown): JSONValue | undefined {
  if (
    typeof error !== "object" ||
    error === null ||
    !(Symbol.for("ConvexError") in error)
  )
    return undefined;
  if (!("data" in error)) return undefined;
  try {
    return convexToJson(error.data as Value);
  } catch {
    // Data that is no Convex value: Convex drops the ConvexError and reports a plain error.
    return undefined;
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** For the log: the stack of whatever was thrown, or what there is instead. */
export function stackOf(error: unknown): string {
  return (error instanceof Error ? error.stack : undefined) ?? messageOf(error);
}
