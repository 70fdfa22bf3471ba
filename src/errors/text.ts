/**
 * Errors in words, for the user.
 *
 * @module
 */
import { NAMESPACE, type AnyDocsError, type DocsErrorData } from "./codes.js";
import { getDocsError } from "./data.js";

/** What a user sees of any error that is not of this package. */
export const INTERNAL: DocsErrorData<"INTERNAL"> = {
  ns: NAMESPACE,
  code: "INTERNAL",
  message: "Something went wrong.",
  retryable: false,
};

/** The app's own texts by code: fixed, or made from the error. */
export type ErrorTexts = {
  [Code in AnyDocsError["code"]]?:
    string | ((data: Extract<AnyDocsError, { code: Code }>) => string);
} & {
  /** For any error that is not of this package. */
  fallback?: string;
};

/**
 * A sentence for the user: the app's own for this code, or else the error's, in English. Any other error gets the fallback;
 * its own message is never shown. Never throws, unless a text's function does.
 *
 * @param texts by code. For a translation, `satisfies Required<ErrorTexts>` makes a missing one a compile error.
 * @example
 * ```ts
 * toast(errorMessage(error, {
 *   FORBIDDEN: "Only its owner can do this.",
 *   CONFLICT: ({ actual }) => `Somebody saved version ${actual} in the meantime.`,
 * }));
 * ```
 */
export function errorMessage(error: unknown, texts: ErrorTexts = {}): string {
  const data = getDocsError(error);
  const text = data
    ? (texts[data.code] ?? data.message)
    : (texts.fallback ?? INTERNAL.message);
  // The function under a code takes the data of that code.
  return typeof text === "function" ? text(data as never) : text;
}

/**
 * What is wrong with each field, by its path: `"title"`, `"tags.0"`, or `""` for the document as a whole. Empty unless the
 * error is VALIDATION_FAILED. The first problem of a field wins. Never throws.
 *
 * @example
 * ```tsx
 * const problems = fieldErrors(error);
 * <input aria-invalid={"title" in problems} /> {problems.title}
 * ```
 */
export function fieldErrors(error: unknown): Record<string, string> {
  // Without a prototype, which has a "constructor".
  const problems = Object.create(null) as Record<string, string>;
  try {
    const { issues } = getDocsError(
      error,
    ) as DocsErrorData<"VALIDATION_FAILED">;
    issues.forEach(({ path, message }) => (problems[path] ??= message));
  } catch {
    // An error without issues, or not of this package.
  }
  return problems;
}
