/**
 * The closed set of error codes, and the details that travel with each.
 *
 * Only the lists exist at run time, so that a browser, a component, a host and an HTTP client can share them.
 *
 * @module
 */

/** Marks an error of this package, so that a host can tell it from its own. */
export const NAMESPACE = "convex-docs";

/** The codes that servers threw as a plain string before errors had details. */
export const PLAIN_CODES = ["UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND"] as const;

/** Every code. A list and not a table, because it is in every client: each byte counts. */
export const CODES = [
  "VALIDATION_FAILED",
  "CONFLICT",
  "INVALID_CURSOR",
  "ALREADY_EXISTS",
  "DUPLICATE_ID",
  "BATCH_FAILED",
  "BATCH_TOO_LARGE",
  "RATE_LIMITED",
  "VIEW_BUILDING",
  "EXTERNAL",
  "TIMEOUT",
  "LIMIT_EXCEEDED",
  "HANDLER_NOT_FOUND",
  "INTERNAL",
  ...PLAIN_CODES,
] as const;

/** The HTTP status of each code, in the same order. */
export const HTTP_STATUSES = [
  422, 409, 400, 409, 422, 422, 413, 429, 503, 502, 504, 500, 503, 500, 401,
  403, 404,
] as const satisfies { length: (typeof CODES)["length"] };

/** One thing that is wrong with one value the caller sent. */
export type Issue = {
  /** Where: `"title"`, `"tags.0"`, `"address.city"`; `""` for the document as a whole. */
  path: string;
  /** What is wrong and what would be right, in English, without echoing the value. */
  message: string;
};

/** Which limit a batch is over: the number of its items, or a transaction limit of Convex by Convex's own name. */
export type BatchLimit =
  | "items"
  | "bytesRead"
  | "bytesWritten"
  | "databaseQueries"
  | "documentsRead"
  | "documentsWritten"
  | "functionsScheduled";

/**
 * How a call to another service failed: no connection, no answer in time, an answer with an error status, a quota that
 * waiting does not restore, or an answer that makes no sense.
 */
export type ExternalKind =
  "network" | "timeout" | "status" | "quota" | "bad_response";

/** Details by code, next to the fields that every error has. */
export type DocsErrorDetails = {
  /** The call needs a signed-in user. */
  UNAUTHORIZED: { documentId?: string };
  /**
   * The caller may see the document but not do this to it. `held`: it is held, and could be deleted otherwise. `fields`: the names sent
   * that the caller may not write, where others would be.
   */
  FORBIDDEN: { documentId: string; held?: true; fields?: string[] };
  /** There is no such document, or the caller may not see it: the two answers are identical. */
  NOT_FOUND: { documentId: string };
  /** The input breaks a rule. Every broken rule is listed. */
  VALIDATION_FAILED: { issues: Issue[]; documentId?: string };
  /** The document is no longer at the version that the caller edited. */
  CONFLICT: { documentId: string; expected: number; actual: number };
  /**
   * The cursor does not belong to this list. The two constants make Convex's own `usePaginatedQuery` start over.
   * Source: `convex/react`, `use_paginated_query`.
   */
  INVALID_CURSOR: {
    isConvexSystemError: true;
    paginationError: "InvalidCursor";
  };
  /** The owner already has a document with this key, or with these values of the unique view `key`. Says nothing about that document. */
  ALREADY_EXISTS: { key: string };
  /** The document is in the batch twice. Reported for the second. */
  DUPLICATE_ID: { documentId: string };
  /** An all-or-nothing batch was refused. Lists every item that failed, by its place in the input. */
  BATCH_FAILED: { errors: { index: number; error: DocsErrorData }[] };
  /**
   * The batch would break a limit. Nothing was written. `got` is what the call itself has, and absent where it would have to be
   * measured: what is left of a transaction depends on documents that the caller may not see.
   */
  BATCH_TOO_LARGE: { what: BatchLimit; limit: number; got?: number };
  /** Too many calls. */
  RATE_LIMITED: { retryAfterMs: number };
  /** The list is still being built, and has too many documents to be computed meanwhile. A live query runs again by itself. */
  VIEW_BUILDING: { view: string };
  /** A service that the app calls failed. Never carries the service's own words, which may echo a secret. */
  EXTERNAL: {
    kind: ExternalKind;
    /** The HTTP status it answered with. */
    status?: number;
    /** The code it gave, if it looks like one: 1 to 64 of `A-Z a-z 0-9 _ . -`. */
    providerCode?: string;
    /** The id it gave the request, for its support. */
    requestId?: string;
  };
  /** Background work ended without a report, or took longer than it may. */
  TIMEOUT: Record<never, never>;
  /** Background work needs more than one transaction of Convex allows. */
  LIMIT_EXCEEDED: Record<never, never>;
  /** The function of the app that background work calls is not deployed, and has not been for seven days. */
  HANDLER_NOT_FOUND: Record<never, never>;
  /** The server failed. Its log says why. */
  INTERNAL: Record<never, never>;
};

/** A code that this version of the package knows. */
export type DocsErrorCode = (typeof CODES)[number];

/** What every error carries whatever its code. */
export type DocsErrorBase = {
  ns: typeof NAMESPACE;
  /** English and safe to show: what is wrong and what to do. An app's own text comes from the code. */
  message: string;
  /** Whether sending the same call again can succeed. */
  retryable: boolean;
  /** When `retryable`: how long to wait first, in ms. */
  retryAfterMs?: number;
};

/**
 * The `data` of this package's `ConvexError`: a union discriminated by `code`.
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

/**
 * An error of a code that this version of the package does not know: its server is newer. It has what every error has, and
 * whatever details came with it.
 */
export type UnknownDocsError = DocsErrorBase & {
  code: "UNKNOWN";
  /** The code as the server sent it. */
  rawCode: string;
};

/** Every error that a client can receive. */
export type AnyDocsError = DocsErrorData | UnknownDocsError;
