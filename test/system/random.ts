/**
 * Chance that can be had again: the same seed, the same choices.
 */
export type Random = {
  /** A number from 0 up to, not including, 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number;
  chance(share: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Another source, whose choices do not depend on how often this one is asked. */
  fork(name: string): Random;
};

/** Mulberry32, by Tommy Ettinger: 32 bits of state, which is plenty for choosing. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick: (items) => items[below(items.length)]!,
    fork: (name) =>
      randomFrom(
        name
          .split("")
          .reduce(
            (hash, char) => Math.imul(hash ^ char.charCodeAt(0), 0x01000193),
            seed ^ 0x811c9dc5,
          ),
      ),
  };
}
