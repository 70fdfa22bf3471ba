/**
 * Errors as values, for functions that return them instead of throwing.
 *
 * @module
 */
import { v, type GenericValidator, type Validator } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";
import { getDocsError } from "../errors/data.js";
import type { Result } from "../errors/safe.js";

const base = {
  ns: v.literal("convex-docs"),
  message: v.string(),
  retryable: v.boolean(),
  retryAfterMs: v.optional(v.number()),
};
const documentId = v.string();
const vIssue = v.object({ path: v.string(), message: v.string() });

/** An error inside an error. A validator cannot contain itself, so this one trusts us; its type does not. */
const vInner = v.any() as Validator<DocsErrorData>;

/**
 * What an error of ours looks like, for `args` and `returns`.
 *
 * @example
 * ```ts
 * export const failures = internalQuery({
 *   args: {},
 *   returns: v.array(vDocsError),
 *   handler: async (ctx) => (await ctx.db.query("failures").take(10)).map((row) => row.error),
 * });
 * ```
 */
export const vDocsError = v.union(
  v.object({
    ...base,
    code: v.literal("UNAUTHORIZED"),
    documentId: v.optional(documentId),
  }),
  v.object({ ...base, code: v.literal("FORBIDDEN"), documentId }),
  v.object({ ...base, code: v.literal("NOT_FOUND"), documentId }),
  v.object({
    ...base,
    code: v.literal("VALIDATION_FAILED"),
    issues: v.array(vIssue),
    documentId: v.optional(documentId),
  }),
  v.object({
    ...base,
    code: v.literal("CONFLICT"),
    documentId,
    expected: v.number(),
    actual: v.number(),
  }),
  v.object({
    ...base,
    code: v.literal("INVALID_CURSOR"),
    isConvexSystemError: v.literal(true),
    paginationError: v.literal("InvalidCursor"),
  }),
  v.object({ ...base, code: v.literal("ALREADY_EXISTS"), key: v.string() }),
  v.object({ ...base, code: v.literal("DUPLICATE_ID"), documentId }),
  v.object({
    ...base,
    code: v.literal("BATCH_FAILED"),
    errors: v.array(v.object({ index: v.number(), error: vInner })),
  }),
  v.object({
    ...base,
    code: v.literal("BATCH_TOO_LARGE"),
    what: v.union(
      v.literal("items"),
      v.literal("bytesRead"),
      v.literal("bytesWritten"),
      v.literal("databaseQueries"),
      v.literal("documentsRead"),
      v.literal("documentsWritten"),
      v.literal("functionsScheduled"),
    ),
    limit: v.number(),
    got: v.number(),
  }),
  v.object({
    ...base,
    code: v.literal("RATE_LIMITED"),
    retryAfterMs: v.number(),
  }),
  v.object({
    ...base,
    code: v.literal("EXTERNAL"),
    kind: v.union(
      v.literal("network"),
      v.literal("timeout"),
      v.literal("status"),
      v.literal("quota"),
      v.literal("bad_response"),
    ),
    status: v.optional(v.number()),
    providerCode: v.optional(v.string()),
    requestId: v.optional(v.string()),
  }),
  v.object({ ...base, code: v.literal("INTERNAL") }),
);

/**
 * The validator of what `toResult` returns, for a function's `returns`.
 *
 * @param vValue the validator of what the function returns when all goes well
 * @example
 * ```ts
 * returns: vDocsResult(v.object({ id: v.string(), version: v.number() })),
 * ```
 */
export function vDocsResult<V extends GenericValidator>(vValue: V) {
  return v.union(
    v.object({ ok: v.literal(true), value: vValue }),
    v.object({ ok: v.literal(false), error: vDocsError }),
  );
}

/**
 * Runs something and returns how it went, so that a public function answers with its errors instead of throwing them.
 *
 * Mind the transaction: a function that returns has succeeded, and Convex commits what it wrote. What a failed call into
 * the component wrote is undone; what your own code wrote before it stays. Throw where all of it has to be undone.
 *
 * @throws what is not ours, as it is: a bug is not an answer
 * @example
 * ```ts
 * export const rename = mutation({
 *   args: { id: v.string(), title: v.string() },
 *   returns: vDocsResult(v.object({ id: v.string(), version: v.number() })),
 *   handler: (ctx, args) => toResult(() => docs.update(ctx, args)),
 * });
 * ```
 */
export async function toResult<Value>(
  run: () => Promise<Value> | Value,
): Promise<Result<Value, DocsErrorData>> {
  try {
    return { ok: true, value: await run() };
  } catch (caught) {
    const error = getDocsError(caught);
    // A code from a newer component than this host has no validator here.
    if (error === null || error.code === "UNKNOWN") throw caught;
    return { ok: false, error };
  }
}

/** A host's own error for one of ours. */
export type MapError = (data: DocsErrorData) => Error;

/**
 * Runs a call and lets the host say what its failures look like. Two kinds pass unchanged: what is not ours, and
 * INVALID_CURSOR, whose data is part of Convex's own protocol (see `DocsErrorDetails`).
 */
export async function mapErrors<T>(
  mapError: MapError | undefined,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const data = mapError && getDocsError(error);
    if (!data || data.code === "UNKNOWN" || data.code === "INVALID_CURSOR") {
      throw error;
    }
    throw mapError(data);
  }
}
