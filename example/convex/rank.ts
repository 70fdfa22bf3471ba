/**
 * Places in an order that people make: texts, each greater or less than another, with room between any two. A rank is a
 * fraction between 0 and 1, written in base 36 without the "0." in front and without zeros at its end.
 *
 * @module
 */

/** What is a rank. */
export const RANK = /^[0-9a-z]*[1-9a-z]$/;
/** A longer rank is no place to go on from: its neighbours get new ones. In characters. */
export const LONG = 12;

const BASE = 36n;
/** At an open end ranks go on in steps of 36⁻³, so that thousands of them stay short. In units of 36⁻⁵. */
const STEP = 36n ** 2n;
const PLACES = 5;

/**
 * Ranks between two others, from the lowest, evenly spread and as short as they can be.
 *
 * @param low the rank below; `null` if there is none
 * @param high the rank above; `null` if there is none
 * @throws Error when `low` is not below `high`
 */
export function ranksBetween(
  low: string | null,
  high: string | null,
  count: number,
): string[] {
  if (low !== null && high !== null && low >= high) {
    throw new Error(`There is no rank between ${low} and ${high}`);
  }
  const [from, to] = ends(low, high, BigInt(count + 1));
  for (let places = 1; ; places++) {
    const start = floor(from, places);
    const length = ceiling(to, places) - start;
    if (length <= BigInt(count)) continue;
    return Array.from({ length: count }, (_, index) =>
      write(start + (length * BigInt(index + 1)) / BigInt(count + 1), places),
    );
  }
}

/** Where an end is open: not the whole rest up to 0 or 1, which would be used up by halves, but a few steps. */
function ends(
  low: string | null,
  high: string | null,
  steps: bigint,
): [from: string, to: string | null] {
  const room = STEP * steps;
  const whole = BASE ** BigInt(PLACES);
  if (low !== null && high !== null) return [low, high];
  if (low !== null) {
    const end = ceiling(low, PLACES) + room;
    return [low, end < whole ? write(end, PLACES) : null];
  }
  const end = high === null ? (whole + room) / 2n : floor(high, PLACES);
  const start = end - room;
  return [start > 0n ? write(start, PLACES) : "", high ?? write(end, PLACES)];
}

/** The first places of a rank as a whole number. */
function floor(rank: string, places: number): bigint {
  return Array.from(rank.slice(0, places).padEnd(places, "0")).reduce(
    (sum, digit) => sum * BASE + BigInt(parseInt(digit, Number(BASE))),
    0n,
  );
}

/** The same, rounded up. `null` is 1. */
function ceiling(rank: string | null, places: number): bigint {
  if (rank === null) return BASE ** BigInt(places);
  return floor(rank, places) + (rank.length > places ? 1n : 0n);
}

function write(value: bigint, places: number): string {
  return value.toString(Number(BASE)).padStart(places, "0").replace(/0+$/, "");
}
