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

export type Args = Record<string, Value>;

/** `null` for a subscription that is to wait. */
export function toText(
  query: FunctionReference<"query">,
  args: Args | "skip",
): string | null {
  return args === "skip"
    ? null
    : JSON.stringify([getFunctionName(query), convexToJson(args)]);
}

/** What `toText` was given. */
export function fromText(text: string): {
  query: FunctionReference<"query">;
  args: Args;
} {
  const [name, args] = JSON.parse(text) as [string, JSONValue];
  return {
    query: makeFunctionReference<"query">(name),
    args: jsonToConvex(args) as Args,
  };
}
