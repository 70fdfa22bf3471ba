/**
 * Finding what is due, from a place on. A run and a preview find by the same code, so that what is shown is what will go.
 *
 * @module
 */
import { getDocumentSize } from "convex/values";
import type { QueryCtx } from "../../component/_generated/server.js";
import { SWEEP } from "../../shared/retention/limits.js";
import type { DueReason } from "../../shared/retention/validators.js";
import type { Stored } from "../document.js";
import { rangesBehind, type KeyPart } from "../ranges.js";
import { findOverride, overrideAfter, overrides } from "./override.js";
import { bounded, isDue, keyOf, open, tailOf, type Stage } from "./stages.js";

/** How far a run is. What lies before it has been looked at: it is not read again, be it deleted, kept or poison. */
export type Place = {
  stage: number;
  /** Whose range it is: `null` for the range of all who have no rule of their own. */
  owner: string | null;
  /** The key of the last row that was looked at. */
  after: KeyPart[] | null;
};
export const START: Place = { stage: 0, owner: null, after: null };

/** A document that is due, and the place behind it. */
export type Due = { row: Stored; reason: DueReason; behind: Place };

export type Scan = {
  due: Due[];
  /** Rows looked at. */
  scanned: number;
  /** Where the next scan goes on; `null` when nothing is left. */
  next: Place | null;
};

/** How much to find, and to read, at most. A document may be of 1 MiB, so bytes are passed by up to one document. */
export type Bounds = { due: number; rows: number; bytes: number };

/** Finds what is due behind a place, in order, within bounds. */
export async function scan(
  ctx: QueryCtx,
  stages: Stage[],
  from: Place,
  bounds: Bounds,
): Promise<Scan> {
  const hasOverride = overrides(ctx);
  const found: Scan = { due: [], scanned: 0, next: from };
  let bytes = 0;
  let { next } = found;
  for (let ranges = 0; next && ranges < SWEEP.maxOwners; ranges += 1) {
    const place: Place = next;
    const stage = await stageAt(ctx, stages, place);
    if (stage) {
      for (const segment of segmentsOf(stage, place)) {
        for await (const row of open(ctx, stage, place.owner, segment)) {
          const isFull =
            found.due.length >= bounds.due ||
            found.scanned >= bounds.rows ||
            bytes >= bounds.bytes;
          if (isFull) return found;
          const after = keyOf(stage, place.owner, row);
          found.next = { ...place, after };
          found.scanned += 1;
          bytes += getDocumentSize(row);
          const isOthers =
            stage.reason === "age" &&
            place.owner === null &&
            (await hasOverride(row.status, row.ownerId));
          if (isOthers || !isDue(stage, row)) continue;
          const { reason } = stage;
          found.due.push({ row, reason, behind: found.next });
        }
      }
    }
    next = await placeAfter(ctx, stages, place);
    found.next = next;
  }
  return found;
}

function segmentsOf(stage: Stage, { owner, after }: Place) {
  const end = bounded(stage, owner);
  // Documents without a time of their own come first in its index: absent sorts before every number.
  const isExpiry = stage.by === "expiresAt" && owner === null;
  const begin = isExpiry && after === null;
  return rangesBehind(tailOf(stage, owner), after, "gt", (tail) =>
    end(begin ? tail.gt("expiresAt", 0) : tail),
  );
}

/** The stage of a place: with an owner's own cutoff in the owner's range, and `null` where the owner has none any more. */
async function stageAt(
  ctx: QueryCtx,
  stages: Stage[],
  { stage: index, owner }: Place,
): Promise<Stage | null> {
  const stage = stages[index];
  if (!stage?.status || owner === null) return stage ?? null;
  const override = await findOverride(ctx, stage.status, owner);
  return override?.olderThanMs === undefined
    ? null
    : { ...stage, cutoff: stage.at - override.olderThanMs };
}

/** The next range: of the next owner with a rule of its own, or of the next stage. */
async function placeAfter(
  ctx: QueryCtx,
  stages: Stage[],
  { stage: index, owner }: Place,
): Promise<Place | null> {
  const stage = stages[index];
  if (stage?.reason === "age" && stage.status) {
    const next = await overrideAfter(ctx, stage.status, owner ?? "");
    if (next) return { stage: index, owner: next.ownerId, after: null };
  }
  return index + 1 < stages.length ? { ...START, stage: index + 1 } : null;
}
