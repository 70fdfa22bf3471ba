/**
 * Errors in words, for whoever sits in front of the screen.
 *
 * @module
 */
import type { AnyDocsError, DocsErrorCode, Issue } from "./codes.js";
import { getDocsError } from "./data.js";

/** What a user reads when the app says nothing of its own. */
export const TEXT: Record<DocsErrorCode, string> = {
  UNAUTHORIZED: "Please sign in.",
  FORBIDDEN: "You may not do this.",
  NOT_FOUND: "This does not exist.",
  VALIDATION_FAILED: "Please check what you entered.",
  CONFLICT: "Somebody else has changed this.",
  INVALID_CURSOR: "Please reload the list.",
  ALREADY_EXISTS: "This already exists.",
  DUPLICATE_ID: "This was chosen twice.",
  BATCH_FAILED: "Nothing was changed.",
  BATCH_TOO_LARGE: "This is too much at once.",
  RATE_LIMITED: "Please wait a moment.",
  EXTERNAL: "Another service failed.",
  INTERNAL: "Something went wrong.",
};

/** Texts of one's own, by code: fixed, or made from the error. */
export type ErrorTexts = {
  [Code in AnyDocsError["code"]]?:
    string | ((data: Extract<AnyDocsError, { code: Code }>) => string);
} & {
  /** For errors that are not ours. */
  fallback?: string;
};

/**
 * A sentence for the user: the app's own for this code, or a plain English one. What is not ours gets the fallback; its own
 * message is never shown. Never throws, unless a text's function does.
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
  if (!data) return texts.fallback ?? TEXT.INTERNAL;
  // The text under a code takes the data of that code.
  const own = texts[data.code] as string | ((d: AnyDocsError) => string);
  if (typeof own === "function") return own(data);
  return own ?? (data.code === "UNKNOWN" ? data.message : TEXT[data.code]);
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
  const data = getDocsError(error);
  try {
    return Object.fromEntries(
      (data as { issues: Issue[] }).issues
        .map(({ path, message }) => [path, message])
        .reverse(),
    );
  } catch {
    return {};
  }
}
