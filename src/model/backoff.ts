/**
 * The wait before a retry (ms): `first`, multiplied by `factor` with each retry up to `cap`, times a random draw, so that work
 * that failed together is not repeated together. A draw from 0 to 1 is "full jitter". `retryDelay` of `errors` has the same
 * curve in a line of its own: that entry's byte budget has no room for the import.
 *
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param retries retries made before: 0 for the first
 * @param draw a random number, in the range that the wait has relative to its bound
 */
export function backoff(
  { first, factor = 2, cap }: { first: number; factor?: number; cap: number },
  retries: number,
  draw: number,
): number {
  return draw * Math.min(cap, first * factor ** retries);
}
