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

/** An error inside an error. A validator cannot contain itself, so this one checks nothing; its type does. */
const vInner = v.any() as Validator<DocsErrorData>;

/**
 * The data of this package's errors, for `args` and `returns`.
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
  v.object({
    ...base,
    code: v.literal("FORBIDDEN"),
    documentId,
    fields: v.optional(v.array(v.string())),
  }),
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
    got: v.optional(v.number()),
  }),
  v.object({
    ...base,
    code: v.literal("RATE_LIMITED"),
    retryAfterMs: v.number(),
  }),
  v.object({ ...base, code: v.literal("VIEW_BUILDING"), view: v.string() }),
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
  v.object({ ...base, code: v.literal("TIMEOUT") }),
  v.object({ ...base, code: v.literal("LIMIT_EXCEEDED") }),
  v.object({ ...base, code: v.literal("HANDLER_NOT_FOUND") }),
  v.object({ ...base, code: v.literal("INTERNAL") }),
);

/**
 * The validator of what `toResult` returns, for a function's `returns`.
 *
 * @param vValue the validator of what the function returns when it succeeds
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
 * Runs a call and returns its result or its error, so that a public function answers with an error instead of throwing it.
 *
 * A function that returns has succeeded, and Convex commits what it wrote: what a failed call into the component wrote is
 * undone, and what the host's own code wrote before it stays. Throw where all of it has to be undone.
 *
 * @throws any other error, unchanged: a bug is not an answer
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

/** Makes a host's own error of one of this package's. */
export type MapError = (data: DocsErrorData) => Error;

/**
 * Runs a call and maps this package's errors to the host's own. INVALID_CURSOR passes unchanged: its data is part of Convex's
 * protocol (see `DocsErrorDetails`).
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
