/**
 * The package's failures, each worded once. They are values, so that a batch can report one per item; `fail` makes an
 * error of one.
 *
 * @module
 */
import { ConvexError } from "convex/values";
import type {
  BatchLimit,
  DocsErrorData,
  DocsErrorDetails,
  Issue,
} from "../errors/codes.js";
import { errorData } from "../errors/data.js";
import { ID } from "./limits.js";

/**
 * An error to throw. A fresh one each time: Convex encodes the data of a thrown error in place, so an instance thrown
 * twice would arrive encoded twice.
 */
export function fail(data: DocsErrorData): ConvexError<DocsErrorData> {
  return new ConvexError(data);
}

export function unauthorized(): DocsErrorData<"UNAUTHORIZED"> {
  return errorData("UNAUTHORIZED", "Nobody is signed in. Sign in first.", {});
}

/** The one answer for a document that is missing, malformed, trashed or somebody else's secret. */
export function notFound(id: string): DocsErrorData<"NOT_FOUND"> {
  const documentId = echo(id);
  return errorData("NOT_FOUND", `No document with the id "${documentId}".`, {
    documentId,
  });
}

/** Only for a document that the caller can see: for any other, `notFound`. */
export function forbidden(id: string): DocsErrorData<"FORBIDDEN"> {
  const documentId = echo(id);
  return errorData(
    "FORBIDDEN",
    `Only the owner of the document "${documentId}" may change it.`,
    { documentId },
  );
}

export function invalid(issues: Issue[]): DocsErrorData<"VALIDATION_FAILED"> {
  const all = issues.map(({ path, message }) =>
    path === "" ? message : `${path}: ${message}`,
  );
  return errorData("VALIDATION_FAILED", `Not valid. ${all.join(" ")}`, {
    issues,
  });
}

export function conflict(
  id: string,
  expected: number,
  actual: number,
): DocsErrorData<"CONFLICT"> {
  const documentId = echo(id);
  return errorData(
    "CONFLICT",
    `The document "${documentId}" is at version ${actual}, not ${expected}: somebody changed it in between. Load it again.`,
    { documentId, expected, actual },
  );
}

/** One refusal for a batch that is all or nothing, with every item that stood in its way. */
export function batchFailed(
  errors: DocsErrorDetails["BATCH_FAILED"]["errors"],
): DocsErrorData<"BATCH_FAILED"> {
  const which = errors.map(({ index, error }) => `${index} (${error.code})`);
  return errorData(
    "BATCH_FAILED",
    `Nothing was written: items ${which.join(", ")} failed.`,
    { errors },
  );
}

export function invalidCursor(): DocsErrorData<"INVALID_CURSOR"> {
  return errorData(
    "INVALID_CURSOR",
    "This is not a cursor of this list. Start again from the first page.",
    { isConvexSystemError: true, paginationError: "InvalidCursor" },
  );
}

/** `key` is the caller's own: whose document has it, or what it is, stays unsaid. */
export function alreadyExists(key: string): DocsErrorData<"ALREADY_EXISTS"> {
  return errorData(
    "ALREADY_EXISTS",
    `There already is a document with the key "${echo(key)}".`,
    { key: echo(key) },
  );
}

/** For every occurrence of an id in one batch but the first. */
export function duplicateId(id: string): DocsErrorData<"DUPLICATE_ID"> {
  const documentId = echo(id);
  return errorData(
    "DUPLICATE_ID",
    `The document "${documentId}" stands in this batch twice.`,
    { documentId },
  );
}

/** `limit` and `got` are in the unit of `what`: items, bytes, reads or writes. */
export function batchTooLarge(
  what: BatchLimit,
  limit: number,
  got: number,
): DocsErrorData<"BATCH_TOO_LARGE"> {
  return errorData(
    "BATCH_TOO_LARGE",
    `The batch is too large: ${got} ${UNITS[what]}, and the limit is ${limit}. Nothing was written. Send less at once, or start a bulk job.`,
    { what, limit, got },
  );
}

const UNITS: Record<BatchLimit, string> = {
  items: "items",
  bytesRead: "bytes to read",
  bytesWritten: "bytes to write",
  databaseQueries: "database queries",
  documentsRead: "documents to read",
  documentsWritten: "documents to write",
  functionsScheduled: "functions to schedule",
};

/** Something of the host's failed. What it said stays on the server: it could be anything. */
export function internalError(): DocsErrorData<"INTERNAL"> {
  return errorData("INTERNAL", "Something went wrong on the server.", {});
}

/** What a caller sent, as it may stand in an error. */
function echo(id: string): string {
  return id.length <= ID.maxEchoed ? id : `${id.slice(0, ID.maxEchoed)}…`;
}
