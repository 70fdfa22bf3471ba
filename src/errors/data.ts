/**
 * Makes and recognises error data. The only module that knows the shape on the wire.
 *
 * Errors are recognised by their data and never by their class: Convex rebuilds a plain `ConvexError` at every function
 * boundary, and two copies of `convex` in one bundle have two classes.
 *
 * @module
 */
import {
  CODES,
  NAMESPACE,
  PLAIN_CODES,
  type AnyDocsError,
  type DocsErrorBase,
  type DocsErrorCode,
  type DocsErrorData,
  type DocsErrorDetails,
} from "./codes.js";
import { toPlain } from "./plain.js";

/**
 * Builds the data of an error. Pure, and cannot fail: what Convex could not encode is reduced to plain JSON, and nothing in
 * the details can pass for another code. The caller throws it.
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
  // These fields come first so that a log shows them first, and last so that they win.
  const data: unknown = { ...own, ...(toPlain(details) as object), ...own };
  return data as DocsErrorData<Code>;
}

/**
 * The data of an error of this package, or `null` for any other value. Takes what was caught, its `data`, a problem body (see
 * `toProblem`), or one of the plain codes that older servers threw. A code that this version does not know comes back as
 * `UNKNOWN` with its `rawCode`. Never throws.
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
    let data = (error as Caught).data ?? (error as Caught);
    if (typeof data === "string") {
      data =
        // Any other text is JSON, or throws.
        (PLAIN_CODES as readonly string[]).includes(data)
          ? {
              ns: NAMESPACE,
              code: data,
              message: data,
              documentId: "",
              retryable: false,
            }
          : (JSON.parse(data) as Caught);
    }
    // An error that an older copy of this package passed on says in `rawCode` what it was before.
    const { code, rawCode = code } = data;
    if (data.ns !== NAMESPACE) return null;
    // A copy, so that a getter or a proxy throws here and not in the caller.
    return (
      CODES.includes(rawCode)
        ? { ...data, code: rawCode }
        : { ...data, code: "UNKNOWN", rawCode }
    ) as AnyDocsError;
  } catch {
    return null;
  }
}

/** Typed for reading only: a value of another shape throws or compares unequal. */
type Caught = Omit<DocsErrorBase, "ns"> & {
  ns: string;
  code: DocsErrorCode;
  rawCode?: DocsErrorCode;
  data?: Caught | DocsErrorCode;
  documentId?: string;
};

type Holder = { data: AnyDocsError };

/**
 * Whether a caught value is an error of this package, and of one of these codes if there are any. Never throws.
 *
 * It makes the narrowed type of `error.data` true: data that arrived as text (an older server's plain code, or JSON inside an
 * HTTP action) is replaced by the object that it stands for.
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
    const data = getDocsError(error) as AnyDocsError;
    const wanted = !codes[0] || codes.includes(data.code as Code);
    if (wanted && (error as Holder).data.code !== data.code) {
      (error as Holder).data = data;
    }
    return wanted;
  } catch {
    // It is `null`, its data is missing or foreign, or it cannot be read or written.
    return false;
  }
}
