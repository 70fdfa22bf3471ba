/**
 * Finds documents that are due. A run and a preview use the same scan, so a preview shows what a run removes.
 *
 * @module
 */
import type { QueryCtx } from "../../component/_generated/server.js";
import { STATUSES, type Status } from "../../shared/documents.js";
import {
  ageProblem,
  CLEANUP,
  type CleanupTarget,
  type DueReason,
} from "../../shared/retention.js";
import type { StoredRow } from "../documents/read.js";
import {
  segmentsBehind,
  walk,
  type Bound,
  type KeyPart,
  type Segment,
} from "../paginate.js";
import { findOverride, overrideAfter, overrideLookup } from "./overrides.js";

/** How far a run is. Rows before it are not read again, whether they were deleted, kept or failed. */
export type ScanPlace = {
  /** Of the range, in order. */
  stage: number;
  /** The owner of a range with an override; `null` for the range of all other owners. */
  owner: string | null;
  /** The index key of the last row read. */
  after: KeyPart[] | null;
};
export const FIRST_PLACE: ScanPlace = { stage: 0, owner: null, after: null };

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
export type ScanBounds = { due: number; rows: number; bytes: number };

/** Finds what is due behind a place, in order, within bounds. */
export async function scanDue(
  ctx: QueryCtx,
  ranges: ScanRange[],
  from: ScanPlace,
  bounds: ScanBounds,
): Promise<Scan> {
  const hasOverride = overrideLookup(ctx);
  const due: DueDocument[] = [];
  let [scanned, bytes] = [0, 0];
  let place: ScanPlace | null = from;
  for (let read = 0; place && read < CLEANUP.maxOwners; read++) {
    const here: ScanPlace = place;
    const range = await rangeAt(ctx, ranges, here);
    if (range) {
      const { owner } = here;
      const isOthers = async ({ status, ownerId }: StoredRow) =>
        range.reason === "age" &&
        owner === null &&
        (await hasOverride(status, ownerId));
      const found = await walk(
        dueSegments(range, here),
        (segment) => openRange(ctx, range, owner, segment),
        {
          limit: bounds.due - due.length,
          maxScan: bounds.rows - scanned,
          maxBytes: bounds.bytes - bytes,
        },
        async (row) => !(await isOthers(row)) && isDue(range, row),
      );
      const behind = (row: StoredRow): ScanPlace => ({
        ...here,
        after: rangeKey(range, owner, row),
      });
      const { reason } = range;
      due.push(
        ...found.rows.map((row) => ({ row, reason, behind: behind(row) })),
      );
      scanned += found.scanned;
      bytes += found.bytes;
      if (found.more) {
        return { due, scanned, next: found.last ? behind(found.last) : here };
      }
    }
    place = await placeAfter(ctx, ranges, here);
  }
  return { due, scanned, next: place };
}

/** The range of a place, with the owner's own cutoff; `null` where the owner's override is gone or says "for ever". */
async function rangeAt(
  ctx: QueryCtx,
  ranges: ScanRange[],
  { stage, owner }: ScanPlace,
): Promise<ScanRange | null> {
  const range = ranges[stage];
  if (!range?.status || owner === null) return range ?? null;
  const override = await findOverride(ctx, range.status, owner);
  return override?.olderThanMs === undefined
    ? null
    : { ...range, cutoff: range.at - override.olderThanMs };
}

/** The beginning of the next range: of the next owner with an override, or the next in order. */
async function placeAfter(
  ctx: QueryCtx,
  ranges: ScanRange[],
  { stage, owner }: ScanPlace,
): Promise<ScanPlace | null> {
  const range = ranges[stage];
  if (range?.reason === "age" && range.status) {
    const next = await overrideAfter(ctx, range.status, owner ?? "");
    if (next) return { stage, owner: next.ownerId, after: null };
  }
  return stage + 1 < ranges.length
    ? { ...FIRST_PLACE, stage: stage + 1 }
    : null;
}

/* Ranges: what a run walks along, in order */

type Indexed = "updatedAt" | "_creationTime" | "expiresAt";

export type ScanRange = {
  reason: DueReason;
  trashed: boolean;
  /** Absent: documents with an `expiresAt`, of any status. */
  status?: Status;
  /** The field that orders the range. */
  by: Indexed;
  /** The field that decides. */
  due: Indexed;
  /** Due is what lies before this time (ms); an `expiresAt`, at or before it. */
  cutoff: number;
  /** The time of the run (ms), from which the cutoff is computed. */
  at: number;
};

/**
 * The ranges of a run as of a time (ms). The time stays the same while the run goes on, so the run ends, and finds the same
 * wherever it was interrupted.
 */
export function scanRanges(target: CleanupTarget, at: number): ScanRange[] {
  if ("trashOlderThanMs" in target) {
    const inTrash = {
      reason: "trash",
      trashed: true,
      // Nothing edits a document in the trash: its last change is when it went there.
      due: "updatedAt",
      at,
      cutoff: at - checkedAge(target.trashOlderThanMs),
    } as const;
    return [
      ...STATUSES.map((status): ScanRange => ({
        ...inTrash,
        status,
        by: inTrash.due,
      })),
      { ...inTrash, by: "expiresAt" },
    ];
  }
  const byAge = target.policies.map(
    ({ status, olderThanMs, by }): ScanRange => {
      const field = by === "createdAt" ? "_creationTime" : by;
      return {
        reason: "age",
        trashed: false,
        status,
        by: field,
        due: field,
        at,
        cutoff: at - checkedAge(olderThanMs),
      };
    },
  );
  const expired: ScanRange = {
    reason: "expired",
    trashed: false,
    by: "expiresAt",
    due: "expiresAt",
    at,
    cutoff: at,
  };
  return [...byAge, expired];
}

/** Rejects NaN and future cutoffs. The client has checked this before, with a better message. */
function checkedAge(ms: number): number {
  const problem = ageProblem(ms, true);
  if (problem) throw new Error(`convex-docs: an age ${problem}`);
  return ms;
}

/** The index ranges behind a place. */
function dueSegments(range: ScanRange, { owner, after }: ScanPlace): Segment[] {
  const fields = rangeFields(range, owner);
  // Absent sorts before every number: begin behind the documents without an `expiresAt`.
  const begin = fields[0] === "expiresAt" ? [0] : null;
  return segmentsBehind(fields, after ?? begin, "gt", endOf(range, owner));
}

/** The fields of the index behind the range's prefix. */
function rangeFields({ by }: ScanRange, owner: string | null): string[] {
  if (owner !== null) return ["updatedAt", "_creationTime", "_id"];
  if (by === "_creationTime") return ["_creationTime", "_id"];
  return by === "expiresAt"
    ? ["expiresAt", "status", "updatedAt", "_creationTime", "_id"]
    : ["updatedAt", "_creationTime", "_id"];
}

/** A row's key in the index behind the range's prefix. */
function rangeKey(
  range: ScanRange,
  owner: string | null,
  row: StoredRow,
): KeyPart[] {
  // These fields are strings and numbers, and every row of the range has them.
  return rangeFields(range, owner).map(
    (field) => row[field as keyof StoredRow],
  ) as KeyPart[];
}

/** Ends a range at its cutoff, where the range is ordered by what decides. */
function endOf({ by, due, cutoff }: ScanRange, owner: string | null): Bound {
  const field = owner === null ? by : "updatedAt";
  if (field !== due) return (range) => range;
  return due === "expiresAt"
    ? (range) => range.lte(due, cutoff)
    : (range) => range.lt(due, cutoff);
}

/** The documents of a range, of all owners or of one, inside one segment. */
function openRange(
  ctx: QueryCtx,
  { trashed, status, by }: ScanRange,
  ownerId: string | null,
  segment: Segment,
): AsyncIterable<StoredRow> {
  const documents = ctx.db.query("documents");
  if (status === undefined) {
    return documents.withIndex("retention", (q) =>
      segment(q.eq("pinned", undefined).eq("trashed", trashed)),
    );
  }
  if (ownerId !== null) {
    return documents.withIndex("owner_status", (q) =>
      segment(
        q.eq("ownerId", ownerId).eq("trashed", trashed).eq("status", status),
      ),
    );
  }
  const index = by === "_creationTime" ? "retention_created" : "retention";
  return documents.withIndex(index, (q) =>
    segment(
      q
        .eq("pinned", undefined)
        .eq("trashed", trashed)
        .eq("expiresAt", undefined)
        .eq("status", status),
    ),
  );
}

/** Whether a row is due. Checked for every row: no index alone decides that a document is removed. */
function isDue(range: ScanRange, row: StoredRow): boolean {
  const { trashed, status, due, cutoff } = range;
  if (row.pinned === true || row.trashed !== trashed) return false;
  if (status !== undefined && row.status !== status) return false;
  // An `expiresAt` replaces the policies, except in the trash.
  if (due !== "expiresAt" && !trashed && row.expiresAt !== undefined) {
    return false;
  }
  const time = row[due];
  if (time === undefined) return false;
  return due === "expiresAt" ? time <= cutoff : time < cutoff;
}
