/**
 * Finds documents that are due. A run and a preview use the same scan, so a preview shows what a run removes.
 *
 * @module
 */
import type { QueryCtx } from "../../component/_generated/server.js";
import { CLEANUP, type DueReason } from "../../shared/retention.js";
import type { StoredRow } from "../documents/read.js";
import { walk, type WalkBounds } from "../paginate.js";
import { findOverride, overrideAfter, overrideLookup } from "./overrides.js";
import {
  passTurn,
  placeBehind,
  withRange,
  type OwnerTurn,
  type RangePlace,
  type ScanPlace,
} from "./place.js";
import {
  dueSegments,
  isDue,
  openRange,
  rangeKey,
  rangeOf,
  type ScanRange,
} from "./ranges.js";

/** A document that is due, and the place behind it. */
export type DueDocument = {
  row: StoredRow;
  reason: DueReason;
  behind: ScanPlace;
};

export type Scan = {
  due: DueDocument[];
  /** Rows read. */
  scanned: number;
  /** Where the next scan begins; `null` at the end. */
  next: ScanPlace | null;
};

/** Documents to find, and rows and bytes to read, at most. The last document may exceed the bytes, by up to 1 MiB. */
export type ScanBounds = {
  due: number;
  rows: number;
  bytes: number;
  /** Documents of one turn. */
  turn: number;
};

/** Whether a document that is due is passed over. */
type PassesOver = (row: StoredRow) => Promise<boolean>;

/** Finds what is due behind a place, in the order of the turns, within bounds. */
export async function scanDue(
  ctx: QueryCtx,
  ranges: readonly ScanRange[],
  from: ScanPlace,
  bounds: ScanBounds,
  passesOver: PassesOver = () => Promise.resolve(false),
): Promise<Scan> {
  const isTaken = takenBy(ctx, passesOver);
  const due: DueDocument[] = [];
  let [scanned, bytes] = [0, 0];
  let place = passTurn(from, bounds.turn);
  const owners = new Set<string>();
  for (let read = 0; place && read < CLEANUP.maxOwners; read++) {
    const visit: Visit = await openVisit(ctx, ranges, place, bounds.turn);
    const { of, after } = visit.place.ranges[visit.place.turn] ?? {};
    const owner = `${visit.place.turn} ${of?.owner ?? ""}`;
    // An owner's next turn begins with what this one has found, so that has to be removed first.
    if (of && !after && owners.has(owner)) {
      return { due, scanned, next: visit.place };
    }
    owners.add(owner);
    const room = {
      limit: bounds.due - due.length,
      maxScan: bounds.rows - scanned,
      maxBytes: bounds.bytes - bytes,
    };
    const found: Found = await walkVisit(ctx, visit, room, isTaken);
    due.push(...found.due);
    scanned += found.scanned;
    bytes += found.bytes;
    if (found.isFull) return { due, scanned, next: found.behind };
    const here = found.more
      ? found.behind
      : withRange(found.behind, await behindVisit(ctx, ranges, visit.place));
    place = passTurn(here, bounds.turn);
  }
  return { due, scanned, next: place };
}

/** Where a turn takes documents. */
type Visit = {
  place: ScanPlace;
  /** Of one owner, in a range of owners. `null`: there is nothing to take. */
  range: ScanRange | null;
  /** Documents that are left of the turn. */
  limit: number;
};

async function openVisit(
  ctx: QueryCtx,
  ranges: readonly ScanRange[],
  place: ScanPlace,
  turn: number,
): Promise<Visit> {
  const range = ranges[place.turn] ?? null;
  const limit = turn - place.taken;
  if (!range?.ofOwners) return { place, range, limit };
  let at = place.ranges[place.turn] ?? null;
  if (!at?.of || at.of.taken >= turn) {
    at = await nextOwner(ctx, range, at?.of, at?.of !== undefined);
  }
  return {
    place: withRange(place, at),
    range: at?.of ? await rangeOfOwner(ctx, range, at.of.owner) : null,
    limit: Math.min(limit, turn - (at?.of?.taken ?? 0)),
  };
}

/** `null` where the owner's rule is gone or says "for ever". */
async function rangeOfOwner(
  ctx: QueryCtx,
  range: ScanRange,
  owner: string,
): Promise<ScanRange | null> {
  const rule = range.status && (await findOverride(ctx, range.status, owner));
  return rule?.olderThanMs === undefined
    ? null
    : rangeOf(range, owner, rule.olderThanMs);
}

/**
 * The turn of the next owner with a rule of its own; `null` behind the last one.
 *
 * @param again whether this owner, or one before it, may have more
 */
async function nextOwner(
  ctx: QueryCtx,
  { status }: ScanRange,
  of: OwnerTurn | undefined,
  again: boolean,
): Promise<RangePlace | null> {
  if (status === undefined) return null;
  const next = await overrideAfter(ctx, status, of?.owner ?? "");
  if (next) return turnOf(next.ownerId, again);
  const first = again ? await overrideAfter(ctx, status, "") : null;
  return first && turnOf(first.ownerId, false);
}

function turnOf(owner: string, again: boolean): RangePlace {
  return { after: null, of: { owner, taken: 0, again } };
}

/** The place of the range of a visit that has taken all there was; `null`: the range is at its end. */
async function behindVisit(
  ctx: QueryCtx,
  ranges: readonly ScanRange[],
  { turn, ranges: places }: ScanPlace,
): Promise<RangePlace | null> {
  const range = ranges[turn];
  const { of } = places[turn] ?? {};
  return range && of ? await nextOwner(ctx, range, of, of.again) : null;
}

type Found = {
  due: DueDocument[];
  scanned: number;
  bytes: number;
  /** The place behind the last row read. */
  behind: ScanPlace;
  /** Whether the turn was over, or a bound of the scan reached, before the last row. */
  more: boolean;
  isFull: boolean;
};

/** Takes what is due, within the turn and within what is left of the bounds of the scan. */
async function walkVisit(
  ctx: QueryCtx,
  { place, range, limit }: Visit,
  room: Required<WalkBounds>,
  isTaken: (range: ScanRange, row: StoredRow) => Promise<boolean>,
): Promise<Found> {
  if (!range) {
    const nothing = { due: [], scanned: 0, bytes: 0, behind: place };
    return { ...nothing, more: false, isFull: false };
  }
  const { rows, more, last, scanned, bytes } = await walk(
    dueSegments(range, place.ranges[place.turn]?.after ?? null),
    (segment) => openRange(ctx, range, segment),
    { ...room, limit: Math.min(limit, room.limit) },
    (row) => isTaken(range, row),
  );
  const behind = (row: StoredRow, taken: number) =>
    placeBehind(place, rangeKey(range, row), taken);
  return {
    due: rows.map((row, index) => ({
      row,
      reason: range.reason,
      behind: behind(row, index + 1),
    })),
    scanned,
    bytes,
    behind: last ? behind(last, rows.length) : place,
    more,
    isFull: more && (rows.length < limit || rows.length === room.limit),
  };
}

/** Whether a scan takes a row: none that is held. Asks about the owner, and about the document, only where the row is due. */
function takenBy(
  ctx: QueryCtx,
  passesOver: PassesOver,
): (range: ScanRange, row: StoredRow) => Promise<boolean> {
  const hasOverride = overrideLookup(ctx);
  return async (range, row) => {
    if (!isDue(range, row) || row.held) return false;
    const isOthers =
      range.reason === "age" &&
      !range.ofOwners &&
      (await hasOverride(row.status, row.ownerId));
    return !isOthers && !(await passesOver(row));
  };
}
