/**
 * A query and its arguments as text: equal text, equal subscription. A component makes new objects of its arguments each time
 * it renders; their text stays the same.
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

export type QueryArgs = Record<string, Value>;

/** `null` for `"skip"`. */
export function subscriptionKey(
  query: FunctionReference<"query">,
  args: QueryArgs | "skip",
): string | null {
  return args === "skip"
    ? null
    : JSON.stringify([getFunctionName(query), convexToJson(args)]);
}

/** The query and the arguments of a key. */
export function parseSubscriptionKey(text: string): {
  query: FunctionReference<"query">;
  args: QueryArgs;
} {
  const [name, args] = JSON.parse(text) as [string, JSONValue];
  return {
    query: makeFunctionReference<"query">(name),
    args: jsonToConvex(args) as QueryArgs,
  };
}

/** The state of a query that failed. */
export type FailedState = {
  status: "error";
  /** INTERNAL for any error that is not of this package. */
  error: AnyDocsError;
  /** What Convex threw. */
  cause: Error;
};

/** The state of a query that threw. */
export function failedState(cause: Error): FailedState {
  return { status: "error", error: getDocsError(cause) ?? INTERNAL, cause };
}
