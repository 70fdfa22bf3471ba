/**
 * Measured amounts against those of the committed baseline.
 */
import type { Amounts } from "./area.js";

/** Amounts by area and by what was measured. */
export type Baseline = Record<string, Record<string, Amounts>>;

export type Comparison = {
  /** What costs more than it did, is not in the baseline, or is no longer measured. */
  problems: string[];
  /** What costs less than it did: the baseline may be lowered. */
  lowered: string[];
};

/**
 * Holds one area against its part of the baseline.
 *
 * @param partial part of the area was left out, so what is missing has not been forgotten
 */
export function compare(
  area: string,
  baseline: Record<string, Amounts> = {},
  measured: Record<string, Amounts>,
  { partial = false } = {},
): Comparison {
  const problems: string[] = [];
  const lowered: string[] = [];
  for (const [what, amounts] of Object.entries(measured)) {
    const name = `${area}: ${what}`;
    const known = baseline[what];
    if (known === undefined) {
      problems.push(`${name} is not in the baseline.`);
      continue;
    }
    for (const metric of union(known, amounts)) {
      const before = known[metric];
      const after = amounts[metric];
      if (after === undefined) {
        problems.push(`${name}: ${metric} is no longer measured.`);
      } else if (before === undefined) {
        problems.push(`${name}: ${metric} is not in the baseline.`);
      } else if (!(after <= before)) {
        problems.push(`${name}: ${metric} grew from ${before} to ${after}.`);
      } else if (after < before) {
        lowered.push(`${name}: ${metric} fell from ${before} to ${after}.`);
      }
    }
  }
  const gone = Object.keys(baseline).filter((what) => !(what in measured));
  if (!partial) {
    problems.push(
      ...gone.map((what) => `${area}: ${what} is no longer measured.`),
    );
  }
  return { problems, lowered };
}

/**
 * The part of a baseline that these amounts make.
 *
 * @param headroom by how much they may grow unnoticed: 1 is not at all
 */
export function toBaseline(
  measured: Record<string, Amounts>,
  headroom = 1,
): Record<string, Amounts> {
  const rounded = (amount: number) => Math.ceil(amount * headroom);
  return Object.fromEntries(
    Object.entries(measured).map(([what, amounts]) => [
      what,
      Object.fromEntries(
        Object.entries(amounts).map(([metric, amount]) => [
          metric,
          rounded(amount),
        ]),
      ),
    ]),
  );
}

function union(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}
