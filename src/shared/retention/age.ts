/**
 * Ages: how a host says them, and which are none.
 *
 * @module
 */
import { AGE } from "./limits.js";

/** A length of time. What is given adds up. */
export type Age = {
  days?: number;
  hours?: number;
  minutes?: number;
};

/** An age in ms. NaN where what was given is no number: `ageProblem` then says so. */
export function ageMs({ days = 0, hours = 0, minutes = 0 }: Age): number {
  const parts: unknown[] = [days, hours, minutes];
  // Plain JavaScript may send text, and adding to text makes it longer.
  if (parts.some((part) => typeof part !== "number")) return NaN;
  return ((days * 24 + hours) * 60 + minutes) * 60_000;
}

/**
 * What is wrong with an age, or `null`. Zero, a negative number and NaN would make everything due, so they are never taken;
 * less than an hour only on purpose.
 */
export function ageProblem(ms: unknown, allowShort: boolean): string | null {
  // Also false for NaN.
  if (typeof ms !== "number" || !(ms > 0) || ms > AGE.mostMs) {
    return "must be a positive length of time, such as { days: 30 }.";
  }
  if (ms < AGE.leastMs && !allowShort) {
    return "is less than an hour. Say allowShort: true if that is meant.";
  }
  return null;
}
