import type { AnyDocsError } from "./codes.js";
import { getDocsError } from "./data.js";

/** How a call went. */
export type Result<T, E = AnyDocsError> =
  { ok: true; value: T } | { ok: false; error: E };

/**
 * Turns a rejection with an error of this package into a value. Any other error is thrown on: a bug is not an answer.
 *
 * @throws any other error, as it is
 * @example
 * ```ts
 * const result = await safe(rename({ id, title }));
 * if (!result.ok && result.error.code === "NOT_FOUND") showGone();
 * ```
 */
export async function safe<T>(promise: PromiseLike<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await promise };
  } catch (caught) {
    const error = getDocsError(caught);
    if (error) return { ok: false, error };
    throw caught;
  }
}
