/**
 * What the routes ask of the host's query.
 *
 * @module
 */
import type { FunctionReference, FunctionVisibility } from "convex/server";
import { v, type Infer } from "convex/values";

/** One read. Its arguments are those of the operation, which checks them. */
export const vHttpCall = v.object({
  operation: v.union(
    v.literal("get"),
    v.literal("list"),
    v.literal("listPublic"),
  ),
  args: v.any(),
  /** Whether the request has a token that Convex accepts. */
  isSignedIn: v.boolean(),
  /** The token of a link, as it was sent. */
  linkToken: v.optional(v.string()),
});
export type HttpCall = Infer<typeof vHttpCall>;

/** A reference to the query that `docs.httpApi()` makes. */
export type HttpReference = FunctionReference<
  "query",
  FunctionVisibility,
  HttpCall,
  unknown
>;
