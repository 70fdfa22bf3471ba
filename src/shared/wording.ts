/**
 * What each error says, in one place. English, for the person who reads it: a developer or, where the app has no text of its
 * own for the code, a user.
 *
 * @module
 */
import type {
  BatchLimit,
  DocsErrorCode,
  DocsErrorDetails,
  ExternalKind,
} from "../errors/codes.js";
import { ID } from "./limits.js";

export const WORDING: {
  [Code in DocsErrorCode]: (details: DocsErrorDetails[Code]) => string;
} = {
  UNAUTHORIZED: () => "Nobody is signed in. Sign in first.",
  FORBIDDEN: ({ documentId }) =>
    `You may see the document "${echo(documentId)}" but not do this to it.`,
  NOT_FOUND: ({ documentId }) =>
    `No document with the id "${echo(documentId)}".`,
  VALIDATION_FAILED: ({ issues }) => {
    const all = issues.map(({ path, message }) =>
      path === "" ? message : `${path}: ${message}`,
    );
    return `Not valid. ${all.join(" ")}`;
  },
  CONFLICT: ({ documentId, expected, actual }) =>
    `The document "${echo(documentId)}" is at version ${actual}, not ${expected}: somebody changed it in between. Load it again.`,
  INVALID_CURSOR: () =>
    "This is not a cursor of this list. Start again from the first page.",
  ALREADY_EXISTS: ({ key }) =>
    `There already is a document with the key "${echo(key)}".`,
  DUPLICATE_ID: ({ documentId }) =>
    `The document "${echo(documentId)}" stands in this batch twice.`,
  BATCH_FAILED: ({ errors }) => {
    const which = errors.map(({ index, error }) => `${index} (${error.code})`);
    return `Nothing was written: items ${which.join(", ")} failed.`;
  },
  BATCH_TOO_LARGE: ({ what, limit, got }) =>
    `The batch is too large: ${got} ${UNITS[what]}, and the limit is ${limit}. Nothing was written. Send less at once, or start a bulk job.`,
  RATE_LIMITED: ({ retryAfterMs }) =>
    `Too many calls. Try again in ${Math.ceil(retryAfterMs / 1000)} s.`,
  EXTERNAL: ({ kind }) => external(kind),
  INTERNAL: () => "Something went wrong. The server's log knows more.",
};

const UNITS: Record<BatchLimit, string> = {
  items: "items",
  bytesRead: "bytes to read",
  bytesWritten: "bytes to write",
  databaseQueries: "database queries",
  documentsRead: "documents to read",
  documentsWritten: "documents to write",
  functionsScheduled: "functions to schedule",
};

/** How a call to another service failed. By itself, because a bundle of `fetchJson` needs no other text. */
export function external(kind: ExternalKind): string {
  return `Another service failed: ${kind}.`;
}

/** What a caller sent, as it may stand in an error. */
export function echo(text: string, limit: number = ID.maxEchoed): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}
