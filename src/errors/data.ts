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
  type AnyDocsError,
  type DocsErrorBase,
  type DocsErrorCode,
  type DocsErrorData,
  type DocsErrorDetails,
} from "./codes.js";
import { toPlain } from "./plain.js";

/**
 * Builds the data of an error. Pure, and cannot fail: what Convex could not encode is reduced to plain JSON, and nothing in
 * the details can pass for another code. Throwing it is the server's business.
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
  const own = toPlain(base) as typeof base;
  // Own fields stand first for whoever reads them in a log, and last so that they win.
  const data: unknown = { ...own, ...(toPlain(details) as object), ...own };
  return data as DocsErrorData<Code>;
}

/**
 * The data of an error of ours, or `null` for everything else: other errors, strings, `null`, a promise, anything. Takes
 * what was caught, its `data`, a problem body (see `toProblem`), or one of the plain codes that older servers threw. A
 * code that this version does not know comes back as `UNKNOWN` with its `rawCode`. Never throws.
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
export function getDocsError(error: unknown): AnyDocsError | null {
  try {
    return parse((error as { data?: unknown }).data ?? error);
  } catch {
    // `null`, text that is not JSON, a getter or proxy that throws: none of it is ours.
    return null;
  }
}

/** Before there were details, a server threw these alone. */
const PLAIN = /^(UNAUTHORIZED|FORBIDDEN|NOT_FOUND)$/;

/** Throws for much of what is not ours: see its caller. */
function parse(value: unknown): AnyDocsError | null {
  let data = value as Record<string, unknown>;
  if (typeof value === "string") {
    data = PLAIN.test(value)
      ? { ns: NAMESPACE, code: value, documentId: "" }
      : JSON.parse(value);
  }
  if (data.ns !== NAMESPACE) return null;
  // A copy: what would throw when it is read throws here, and never in the hands of whoever asked.
  data = JSON.parse(JSON.stringify(data));
  // An error that an older copy of this package passed on says what it was before it was unknown.
  const code = data.rawCode ?? data.code;
  if (typeof code !== "string") return null;
  return {
    retryable: false,
    ...data,
    message: typeof data.message === "string" ? data.message : code,
    ...(Object.hasOwn(STATUS, code)
      ? { code }
      : { code: "UNKNOWN", rawCode: code }),
  } as AnyDocsError;
}

/**
 * Whether a caught value is an error of ours, of one of the given codes if any are given. Never throws.
 *
 * What it says of `error.data` is then true: data that arrived as text (an older server's plain code, or JSON inside an
 * HTTP action) is replaced by what it stands for.
 *
 * @example
 * ```ts
 * if (isDocsError(error, "CONFLICT")) reload(error.data.actual);
 * ```
 */
export function isDocsError<Code extends AnyDocsError["code"]>(
  error: unknown,
  ...codes: Code[]
): error is Error & { data: Extract<AnyDocsError, { code: Code }> } {
  try {
    const caught = error as { data: { code?: unknown } };
    const data = getDocsError({ data: caught.data });
    if (!data || (codes.length && !codes.includes(data.code as Code))) {
      return false;
    }
    if (caught.data.code !== data.code) caught.data = data;
    return caught.data.code === data.code;
  } catch {
    return false;
  }
}
