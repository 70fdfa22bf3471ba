/**
 * Which query, with which arguments, as text: equal text, equal subscription. A component makes new objects of its
 * arguments each time it renders; their text stays the same.
 *
 * @module
 */
import {
  getFunctionName,
  makeFunctionReference,
  type FunctionReference,
} from "convex/server";
import {
  convexToJson,
  jsonToConvex,
  type JSONValue,
  type Value,
} from "convex/values";
import type { AnyDocsError } from "../errors/codes.js";
import { getDocsError } from "../errors/data.js";
import { INTERNAL } from "../errors/text.js";

export type Args = Record<string, Value>;

/** `null` for a subscription that is to wait. */
export function subscriptionKey(
  query: FunctionReference<"query">,
  args: Args | "skip",
): string | null {
  return args === "skip"
    ? null
    : JSON.stringify([getFunctionName(query), convexToJson(args)]);
}

/** What `toText` was given. */
export function parseSubscriptionKey(text: string): {
  query: FunctionReference<"query">;
  args: Args;
} {
  const [name, args] = JSON.parse(text) as [string, JSONValue];
  return {
    query: makeFunctionReference<"query">(name),
    args: jsonToConvex(args) as Args,
  };
}

/** A query that failed, in one shape with the other things that can become of it. */
export type FailedState = {
  status: "error";
  /** INTERNAL for what is not ours. */
  error: AnyDocsError;
  /** What Convex threw: for `requestId`, or to throw on. */
  cause: Error;
};

/** A failed query as a state to show. */
export function failedState(cause: Error): FailedState {
  return { status: "error", error: getDocsError(cause) ?? INTERNAL, cause };
}
