/**
 * The closed set of error codes, and the details that travel with each.
 *
 * Types only: nothing in this file exists at run time except the code table, so that a browser, a component, a host and
 * an HTTP client can all share it for free.
 *
 * @module
 */

/** Says whose error this is, so that a host can tell it from errors of its own. */
export const NAMESPACE = "convex-docs";

/** One thing that is wrong with one value the caller sent. */
export type Issue = {
  /** Where: `"title"`, `"tags.0"`, `"address.city"`; `""` for the document as a whole. */
  path: string;
  /** What is wrong and what would be right, in English, without echoing the value. */
  message: string;
};

/** Details by code, next to the fields that every error has. */
export type DocsErrorDetails = {
  /** Nobody is signed in, and this needs somebody. */
  UNAUTHORIZED: Record<never, never>;
  /** The caller may see the document but not do this to it. */
  FORBIDDEN: { documentId: string };
  /** There is no such document, or the caller may not see it: the two answers are identical. */
  NOT_FOUND: { documentId: string };
  /** The input breaks a rule. Every broken rule is listed. */
  VALIDATION_FAILED: { issues: Issue[]; documentId?: string };
  /** Somebody else wrote first: the document is no longer at the version the caller edited. */
  CONFLICT: { documentId: string; expected: number; actual: number };
  /** An all-or-nothing batch was refused. Lists every item that failed, by its place in the input. */
  BATCH_FAILED: { errors: { index: number; error: DocsErrorData }[] };
  /**
   * The cursor is not one of ours. The two constants are how Convex's own `usePaginatedQuery` knows to start over.
   * Source: `convex/react`, `use_paginated_query`.
   */
  INVALID_CURSOR: { isConvexSystemError: true; paginationError: "InvalidCursor" };
};

/** A code that this version of the package knows. */
export type DocsErrorCode = keyof DocsErrorDetails;

/** What every error carries whatever its code. */
export type DocsErrorBase = {
  ns: typeof NAMESPACE;
  /** For developers: English, safe to show, says what to do. Text for users comes from the code. */
  message: string;
  /** Whether sending the same call again can succeed. */
  retryable: boolean;
  /** When `retryable`: how long to wait first, in ms. */
  retryAfterMs?: number;
};

/**
 * The `data` of our `ConvexError`: a union discriminated by `code`.
 *
 * @example
 * ```ts
 * function explain(data: DocsErrorData) {
 *   return data.code === "CONFLICT" ? `now at version ${data.actual}` : data.message;
 * }
 * ```
 */
export type DocsErrorData<Code extends DocsErrorCode = DocsErrorCode> = {
  [C in Code]: DocsErrorBase & { code: C } & DocsErrorDetails[C];
}[Code];

/** The codes, for membership tests. `satisfies` keeps it complete: a code added above and not here does not compile. */
export const CODES = {
  UNAUTHORIZED: true,
  FORBIDDEN: true,
  NOT_FOUND: true,
  VALIDATION_FAILED: true,
  CONFLICT: true,
  BATCH_FAILED: true,
  INVALID_CURSOR: true,
} as const satisfies Record<DocsErrorCode, true>;
