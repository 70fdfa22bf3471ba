/**
 * How far a run is, and whose turn it is. The ranges of a run take turns, and so do the owners of a range, so that nothing waits
 * for all that is due elsewhere.
 *
 * @module
 */
import type { Value } from "convex/values";
import { CLEANUP } from "../../shared/retention.js";
import type { KeyPart } from "../paginate.js";

/** In a range, rows before its place are not read again, whether they were deleted, kept or failed. */
export type ScanPlace = {
  /** The range whose turn it is, and the documents that this turn has taken. */
  turn: number;
  taken: number;
  /** Where each range goes on; `null` at its end. */
  ranges: (RangePlace | null)[];
};

export type RangePlace = {
  /** The index key of the last row read. */
  after: KeyPart[] | null;
  /** In a range of owners, whose turn it is. Absent before the first. */
  of?: OwnerTurn;
};

export type OwnerTurn = {
  owner: string;
  /** The documents that this owner's turn has taken. */
  taken: number;
  /** Whether an owner before this one may have more. Then the turns begin anew behind the last owner. */
  again: boolean;
};

/** The beginning of every range. */
export function firstPlace(ranges: number): ScanPlace {
  const begin = (): RangePlace => ({ after: null });
  return { turn: 0, taken: 0, ranges: Array.from({ length: ranges }, begin) };
}

/**
 * Where the run after one that was full begins: the turns go on, and what is due is looked for anew. If every run began with
 * the first range, it might be full before the last.
 */
export function placeOfNextRun(place: ScanPlace): ScanPlace {
  const ranges = place.ranges.map((range): RangePlace => ({
    after: null,
    ...(range?.of ? { of: { ...range.of, again: true } } : {}),
  }));
  return { ...place, ranges };
}

/**
 * The documents of one turn: so many that a run has a turn for each range. Whenever a run has taken a turn's documents as
 * often as there are ranges, each range in which something is due has had one turn.
 */
export function turnSize(ranges: number, maxPerRun: number): number {
  const share = Math.floor(maxPerRun / ranges);
  return Math.max(1, Math.min(CLEANUP.turn, share));
}

/** The place with another one in the range whose turn it is. */
export function withRange(
  place: ScanPlace,
  range: RangePlace | null,
): ScanPlace {
  return { ...place, ranges: place.ranges.with(place.turn, range) };
}

/** The place behind a row of the range whose turn it is, with so many more documents taken. */
export function placeBehind(
  place: ScanPlace,
  after: KeyPart[],
  taken: number,
): ScanPlace {
  const of = place.ranges[place.turn]?.of;
  const next = withRange(place, {
    after,
    ...(of ? { of: { ...of, taken: of.taken + taken } } : {}),
  });
  return { ...next, taken: place.taken + taken };
}

/** The place with the turn of the next range. */
export function handOn(place: ScanPlace): ScanPlace {
  const turn = (place.turn + 1) % Math.max(1, place.ranges.length);
  return { ...place, turn, taken: 0 };
}

/** Passes the turn on from a range that has had its turn or is at its end; `null` where all are at their end. */
export function passTurn(place: ScanPlace, turn: number): ScanPlace | null {
  const { ranges } = place;
  if (ranges[place.turn] && place.taken < turn) return place;
  const after = [...ranges.keys()].map(
    (step) => (place.turn + step + 1) % ranges.length,
  );
  const next = after.find((at) => ranges[at]);
  return next === undefined ? null : { ...place, turn: next, taken: 0 };
}

/** A cursor in which it is not this owner's turn: the turns of that range begin anew. Any other cursor is left as it is. */
export function withoutOwner(
  cursor: Value | undefined,
  ownerId: string,
): Value | undefined {
  const { ranges, ...place } = (cursor ?? {}) as Partial<ScanPlace>;
  if (!Array.isArray(ranges)) return cursor;
  const isOf = (range: RangePlace | null) => range?.of?.owner === ownerId;
  if (!ranges.some(isOf)) return cursor;
  const begin: RangePlace = { after: null };
  return { ...place, ranges: ranges.map((one) => (isOf(one) ? begin : one)) };
}
