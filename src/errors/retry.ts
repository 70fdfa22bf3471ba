import type { AnyDocsError } from "./codes.js";
import { getDocsError } from "./data.js";

/**
 * How long to wait before sending the same call again (ms), or `null` if that does not help. The wait is random below a bound
 * that starts at 1 s and doubles with each attempt, up to 30 s ("full jitter"); what the server asked for is added to it.
 * Never throws.
 *
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param attempt how many times the call has been repeated already: 0 after its first failure
 * @param random a number from 0 up to, not including, 1; for tests
 * @example
 * ```ts
 * const wait = retryDelay(error, attempt);
 * if (wait !== null) setTimeout(again, wait);
 * ```
 */
export function retryDelay(
  error: unknown,
  attempt: number,
  random: () => number = Math.random,
): number | null {
  try {
    const { retryable, retryAfterMs = 0 } = getDocsError(error) as AnyDocsError;
    return retryable
      ? retryAfterMs + random() * Math.min(30_000, 1000 * 2 ** attempt)
      : null;
  } catch {
    // Not of this package.
    return null;
  }
}

/**
 * The id of a failed call in the deployment's logs, for a support request. Convex writes it into the message of every error
 * that reaches a client. Never throws.
 *
 * @example
 * ```ts
 * const reference = requestId(error); // "b5e8a7d1c0f24e93"
 * ```
 */
export function requestId(error: unknown): string | undefined {
  try {
    return (error as Error).message.match(/\[Request ID: (\w+)]/)?.[1];
  } catch {
    return undefined;
  }
}
