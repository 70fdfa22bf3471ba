/**
 * When to try a run again.
 *
 * @module
 */

/**
 * The wait before the next attempt (ms): drawn evenly between nothing and a bound that starts at `baseMs` and doubles with
 * each failed attempt, up to `capMs`, so that many runs that failed together do not come back together. What the error asked
 * for is the least, and the draw comes on top of it.
 *
 * Source of the method ("full jitter"): https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param failed attempts that failed so far, from 1
 * @param random a number from 0 up to, not including, 1
 */
export function retryWait(
  failed: number,
  { baseMs, capMs }: { baseMs: number; capMs: number },
  retryAfterMs: number,
  random: () => number,
): number {
  const bound = Math.min(capMs, baseMs * 2 ** (failed - 1));
  return Math.round(retryAfterMs + random() * bound);
}
