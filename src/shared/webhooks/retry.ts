/**
 * When to try an event again.
 *
 * @module
 */
import { RETRY } from "./limits.js";

/**
 * The wait before the attempt that follows `tries` failed ones, in ms: 5 s, 25 s, 2 min, 10 min, 52 min, 4.3 h, then 6 h,
 * each off by up to a fifth.
 *
 * @param random a number from 0 up to, not including, 1
 */
export function retryWait(
  tries: number,
  random: () => number,
  firstMs: number = RETRY.firstMs,
): number {
  const { factor, capMs, jitter } = RETRY;
  const wait = Math.min(capMs, firstMs * factor ** (tries - 1));
  return Math.round(wait * (1 + jitter * (2 * random() - 1)));
}
