import type { AnyDocsError } from "../errors/codes.js";
import { getDocsError } from "../errors/data.js";
import { INTERNAL } from "../errors/text.js";

/** A query that failed, in one shape with the other things that can become of it. */
export type Failed = {
  status: "error";
  /** INTERNAL for what is not ours. */
  error: AnyDocsError;
  /** What Convex threw: for `requestId`, or to throw on. */
  cause: Error;
};

/** A failed query as a state to show. */
export function failed(cause: Error): Failed {
  return { status: "error", error: getDocsError(cause) ?? INTERNAL, cause };
}
