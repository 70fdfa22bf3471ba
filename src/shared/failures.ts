/**
 * The package's failures. They are values, so that a batch can report one per item; `fail` makes an error of one.
 *
 * @module
 */
import { ConvexError } from "convex/values";
import type {
  BatchLimit,
  DocsErrorBase,
  DocsErrorCode,
  DocsErrorData,
  DocsErrorDetails,
  ExternalKind,
  Issue,
} from "../errors/codes.js";
import { errorData } from "../errors/data.js";
import { ID, type Actor, type Mode } from "./documents.js";
import { issue, ISSUES, issuesText } from "./issues.js";

/**
 * An error to throw. A fresh one each time: Convex encodes the data of a thrown error in place, so an instance thrown
 * twice would arrive encoded twice.
 */
export function fail<Data extends DocsErrorData>(
  data: Data,
): ConvexError<Data> {
  return new ConvexError(data);
}

/** What an error may say beside its details. */
export type DocsErrorOptions = Partial<
  Pick<DocsErrorBase, "message" | "retryable" | "retryAfterMs">
>;

/** The details, optional for a code that requires none; then the options. */
type Rest<Code extends DocsErrorCode> =
  Record<never, never> extends DocsErrorDetails[Code]
    ? [details?: DocsErrorDetails[Code], options?: DocsErrorOptions]
    : [details: DocsErrorDetails[Code], options?: DocsErrorOptions];

/**
 * An error of this package for a host to throw, so that its clients have one shape to switch on. Never throws: details that
 * Convex cannot send are reduced to plain JSON. Never put the message of a foreign error in it; it may hold a secret.
 *
 * @param rest the code's details, then `message`, `retryable` and `retryAfterMs` (ms). Default: the message of the code, and
 * retryable only for RATE_LIMITED
 * @example
 * ```ts
 * const project = await ctx.db.get(id);
 * if (project === null) throw docsError("NOT_FOUND", { documentId: id });
 * if (!user.isAdmin) throw docsError("FORBIDDEN", { documentId: id }, { message: "Only admins may close a project." });
 * ```
 */
export function docsError<Code extends DocsErrorCode>(
  code: Code,
  ...rest: Rest<Code>
): ConvexError<DocsErrorData> {
  const [details = {}, options] = rest;
  // Absent details are those of a code that needs none, and each code's details are among those of all codes.
  const own: DocsErrorDetails[DocsErrorCode] = details;
  return fail(failure<DocsErrorCode>(code, own, options));
}

/** The data of an error. Default: the message of its code. */
export function failure<Code extends DocsErrorCode>(
  code: Code,
  details: DocsErrorDetails[Code],
  { message = wording(code, details), ...retry }: DocsErrorOptions = {},
): DocsErrorData<Code> {
  const retryable = code === "RATE_LIMITED" || code === "VIEW_BUILDING";
  return errorData(code, message, details, { retryable, ...retry });
}

/** Details from plain JavaScript may be anything, and still must make an error. */
function wording<Code extends DocsErrorCode>(
  code: Code,
  details: DocsErrorDetails[Code],
): string {
  try {
    return WORDING[code](details);
  } catch {
    return code;
  }
}

/** The operation needs a caller who is signed in. */
export function unauthorized(): DocsErrorData<"UNAUTHORIZED"> {
  return failure("UNAUTHORIZED", {});
}

/** The one answer for a missing document, a malformed id, a document in the trash and one that the caller may not see. */
export function notFound(id: string): DocsErrorData<"NOT_FOUND"> {
  return failure("NOT_FOUND", { documentId: echo(id) });
}

/**
 * Only for a document that the caller can see: for any other, `notFound`.
 *
 * @param fields which of the names sent are not the caller's to write, where others would be
 */
export function forbidden(
  id: string,
  fields: readonly string[] = [],
): DocsErrorData<"FORBIDDEN"> {
  const documentId = echo(id);
  if (fields.length === 0) return failure("FORBIDDEN", { documentId });
  const names = fields.slice(0, ISSUES.maxListed).map((name) => echo(name));
  return failure("FORBIDDEN", { documentId, fields: names });
}

/** For a document that the caller could delete, if it were not held. */
export function onHold(id: string): DocsErrorData<"FORBIDDEN"> {
  return failure("FORBIDDEN", { documentId: echo(id), held: true });
}

/** Every rule that the input breaks, up to a limit. */
export function invalid(issues: Issue[]): DocsErrorData<"VALIDATION_FAILED"> {
  const listed = issues.slice(0, ISSUES.maxListed).map(({ path, message }) => ({
    path: echo(path, ISSUES.maxPath),
    message,
  }));
  if (issues.length > listed.length) {
    listed.push({ path: "", message: "There are more problems." });
  }
  return failure("VALIDATION_FAILED", { issues: listed });
}

/** The refusal of an input with these issues, if there are any. */
export function invalidIf(
  issues: Issue[],
): DocsErrorData<"VALIDATION_FAILED"> | null {
  return issues.length > 0 ? invalid(issues) : null;
}

/** One rule that the input breaks: see `issue`. */
export function invalidAt(
  path: string,
  predicate: string,
): DocsErrorData<"VALIDATION_FAILED"> {
  return invalid([issue(path, predicate)]);
}

/** Another write came first. `expected` is the version that the caller edited. */
export function conflict(
  id: string,
  expected: number,
  actual: number,
): DocsErrorData<"CONFLICT"> {
  return failure("CONFLICT", { documentId: echo(id), expected, actual });
}

/** Makes `usePaginatedQuery` start over from the first page. */
export function invalidCursor(): DocsErrorData<"INVALID_CURSOR"> {
  return failure("INVALID_CURSOR", {
    isConvexSystemError: true,
    paginationError: "InvalidCursor",
  });
}

/** Repeats the caller's `key` and says nothing of the document that has it. */
export function alreadyExists(key: string): DocsErrorData<"ALREADY_EXISTS"> {
  return failure("ALREADY_EXISTS", { key });
}

/** As `alreadyExists`, for the values of a unique view. */
export function alreadyInView(view: string): DocsErrorData<"ALREADY_EXISTS"> {
  const message = `There already is a document with these values of "${view}".`;
  return failure("ALREADY_EXISTS", { key: view }, { message });
}

/** For every occurrence of an id in one batch but the first. */
export function duplicateId(id: string): DocsErrorData<"DUPLICATE_ID"> {
  return failure("DUPLICATE_ID", { documentId: echo(id) });
}

/** One refusal for an atomic batch, with every item that was refused. */
export function batchFailed(
  errors: DocsErrorDetails["BATCH_FAILED"]["errors"],
): DocsErrorData<"BATCH_FAILED"> {
  return failure("BATCH_FAILED", { errors });
}

/** `limit` and `got` are in the unit of `what`: items, bytes, reads or writes. `got` is what the caller sent, never a measure. */
export function batchTooLarge(
  what: BatchLimit,
  limit: number,
  got?: number,
): DocsErrorData<"BATCH_TOO_LARGE"> {
  const details = got === undefined ? { what, limit } : { what, limit, got };
  return failure("BATCH_TOO_LARGE", details);
}

/* Messages: English, for a developer or, where the app has no text of its own for the code, a user. */

export const WORDING: {
  [Code in DocsErrorCode]: (details: DocsErrorDetails[Code]) => string;
} = {
  UNAUTHORIZED: () => "Nobody is signed in. Sign in first.",
  FORBIDDEN: ({ documentId, held, fields = [] }) => {
    const which = `the document "${echo(documentId)}"`;
    if (held)
      return `T${which.slice(1)} is held: it can be deleted once it is released.`;
    return fields.length === 0
      ? `You may see ${which} but not do this to it.`
      : `You may not change ${fields.slice(0, 5).join(", ")} of ${which}.`;
  },
  NOT_FOUND: ({ documentId }) =>
    `No document with the id "${echo(documentId)}".`,
  VALIDATION_FAILED: ({ issues }) =>
    issues.length > 0 ? issuesText(issues) : "The input breaks a rule.",
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
  BATCH_TOO_LARGE: ({ what, limit, got }) => {
    const excess =
      got === undefined
        ? `it exceeds the limit of ${limit} ${UNITS[what]} in one transaction`
        : `${got} ${UNITS[what]}, and the limit is ${limit}`;
    return `The batch is too large: ${excess}. Nothing was written. Send less at once, or start a bulk operation.`;
  },
  RATE_LIMITED: ({ retryAfterMs }) =>
    `Too many calls. Try again in ${Math.ceil(retryAfterMs / 1000)} s.`,
  VIEW_BUILDING: ({ view }) =>
    `The list "${echo(view)}" is being built. Try again later.`,
  EXTERNAL: ({ kind }) => external(kind),
  TIMEOUT: () =>
    "It took longer than it may, or ended without a report: a time limit, or a deployment that failed.",
  LIMIT_EXCEEDED: () =>
    "It needs more than one transaction of Convex allows. Let its function read or write less.",
  HANDLER_NOT_FOUND: () =>
    "The app's function for it is not deployed. Deploy it under its old name, or start the work again.",
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

/** A function of its own, because a bundle of `fetchJson` needs no other text. */
export function external(kind: ExternalKind): string {
  return `Another service failed: ${kind}.`;
}

/** A caller's text, cut to what an error repeats. */
export function echo(text: string, limit: number = ID.maxEchoed): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

/* Refusals of the items of one call. */

/**
 * Throws if these refusals, one place an item, refuse the whole call. `single`: the item's refusal is the call's. `atomic`: one
 * refusal refuses the call, and all are reported. `partial`: a refusal is its item's alone.
 */
export function throwIfRejected(
  mode: Mode,
  refusals: (DocsErrorData | null | undefined)[],
): void {
  if (mode === "partial") return;
  const errors = refusals.flatMap((error, index) =>
    error ? [{ index, error }] : [],
  );
  const [first] = errors;
  if (!first) return;
  throw fail(mode === "single" ? first.error : batchFailed(errors));
}

/** How an item names its document, if it does. */
export type NamedItem = { id?: string; key?: string; ownerId?: string };

/**
 * For each item, in its place: its refusal if an earlier one names the same document, because neither would see what the other
 * writes.
 *
 * @param actor whose a draft is that names nobody
 * @param normalize gives all spellings of an id one form. Default: they are compared as they were sent
 */
export function findDuplicates(
  items: NamedItem[],
  actor: Actor,
  normalize = (id: string) => id,
): (DocsErrorData | null)[] {
  const self = actor.kind === "user" ? actor.id : "";
  const seen = new Set<string>();
  return items.map(({ id, key, ownerId = self }) => {
    // An empty key names nothing: it is refused for what it is.
    const byKey = key ? `${ownerId}\n${key}` : undefined;
    const name = id === undefined ? byKey : normalize(id);
    if (name === undefined) return null;
    if (!seen.has(name)) {
      seen.add(name);
      return null;
    }
    return id === undefined ? alreadyExists(key ?? "") : duplicateId(id);
  });
}
