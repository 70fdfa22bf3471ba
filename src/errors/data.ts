/**
 * Makes and recognises error data. The only module that knows the shape on the wire.
 *
 * Errors are recognised by their data and never by their class: Convex rebuilds a plain `ConvexError` at every function
 * boundary, and two copies of `convex` in one bundle have two classes.
 *
 * @module
 */
import {
  NAMESPACE,
  STATUS,
  type DocsErrorBase,
  type DocsErrorCode,
  type DocsErrorData,
  type DocsErrorDetails,
} from "./codes.js";

/**
 * Builds the data of an error. Pure; throwing it is the server's business.
 *
 * @example
 * ```ts
 * const data = errorData("NOT_FOUND", "No document has this id.", { documentId: "j57…" });
 * ```
 */
export function errorData<Code extends DocsErrorCode>(
  code: Code,
  message: string,
  details: DocsErrorDetails[Code],
  retry: Partial<Pick<DocsErrorBase, "retryable" | "retryAfterMs">> = {},
): DocsErrorData<Code> {
  const base = { ns: NAMESPACE, code, message, retryable: false, ...retry };
  return { ...base, ...details } as DocsErrorData<Code>;
}

/**
 * The data of an error of ours, or `null` for everything else: other errors, strings, `null`, a promise, anything.
 * Takes the caught value or its `data`. Never throws.
 *
 * @example
 * ```ts
 * try {
 *   await rename({ id, title });
 * } catch (error) {
 *   const data = getDocsError(error);
 *   if (data?.code === "NOT_FOUND") return showGone(data.documentId);
 *   throw error;
 * }
 * ```
 */
export function getDocsError(error: unknown): DocsErrorData | null {
  for (const candidate of [read(error, "data"), error]) {
    if (read(candidate, "ns") !== NAMESPACE) continue;
    const code = read(candidate, "code");
    if (typeof code === "string" && Object.hasOwn(STATUS, code)) {
      return candidate as DocsErrorData;
    }
  }
  return null;
}

/**
 * Whether a caught value is an error of ours, of one of the given codes if any are given. Never throws.
 *
 * @example
 * ```ts
 * if (isDocsError(error, "CONFLICT")) reload(error.data.actual);
 * ```
 */
export function isDocsError<Code extends DocsErrorCode = DocsErrorCode>(
  error: unknown,
  ...codes: Code[]
): error is Error & { data: DocsErrorData<Code> } {
  const data = getDocsError(read(error, "data"));
  return (
    data !== null &&
    (codes.length === 0 || (codes as DocsErrorCode[]).includes(data.code))
  );
}

/** Reads a property of anything. A hostile getter or proxy counts as absent. */
function read(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
