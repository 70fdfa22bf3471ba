/**
 * Finding what is due, from a place on. A run and a preview find by the same code, so that what is shown is what will go.
 *
 * @module
 */
import { getDocumentSize } from "convex/values";
import type { QueryCtx } from "../../component/_generated/server.js";
import { vStatus, type Status } from "../../shared/documents.js";
import {
  ageProblem,
  CLEANUP,
  type CleanupTarget,
  type DueReason,
} from "../../shared/retention.js";
import type { StoredRow } from "../documents/read.js";
import {
  rangesBehind,
  type KeyPart,
  type Segment,
  type Tail,
} from "../paginate.js";
import { findOverride, overrideAfter, overrides } from "./overrides.js";

/** How far a run is. What lies before it has been looked at: it is not read again, be it deleted, kept or poison. */
export type ScanPlace = {
  stage: number;
  /** Whose range it is: `null` for the range of all who have no rule of their own. */
  owner: string | null;
  /** The key of the last row that was looked at. */
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
  /** Rows looked at. */
  scanned: number;
  /** Where the next scan goes on; `null` when nothing is left. */
  next: ScanPlace | null;
};

/** How much to find, and to read, at most. A document may be of 1 MiB, so bytes are passed by up to one document. */
export type ScanBounds = { due: number; rows: number; bytes: number };

/** Finds what is due behind a place, in order, within bounds. */
export async function scanDue(
  ctx: QueryCtx,
  stages: ScanRange[],
  from: ScanPlace,
  bounds: ScanBounds,
): Promise<Scan> {
  const hasOverride = overrides(ctx);
  const found: Scan = { due: [], scanned: 0, next: from };
  let bytes = 0;
  let { next } = found;
  for (let ranges = 0; next && ranges < CLEANUP.maxOwners; ranges += 1) {
    const place: ScanPlace = next;
    const stage = await rangeAt(ctx, stages, place);
    if (stage) {
      for (const segment of placeSegments(stage, place)) {
        for await (const row of openRange(ctx, stage, place.owner, segment)) {
          const isFull =
            found.due.length >= bounds.due ||
            found.scanned >= bounds.rows ||
            bytes >= bounds.bytes;
          if (isFull) return found;
          const after = rangeKey(stage, place.owner, row);
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

function placeSegments(stage: ScanRange, { owner, after }: ScanPlace) {
  const end = endOfRange(stage, owner);
  // Documents without a time of their own come first in its index: absent sorts before every number.
  const isExpiry = stage.by === "expiresAt" && owner === null;
  const begin = isExpiry && after === null;
  return rangesBehind(rangeTail(stage, owner), after, "gt", (tail) =>
    end(begin ? tail.gt("expiresAt", 0) : tail),
  );
}

/** The stage of a place: with an owner's own cutoff in the owner's range, and `null` where the owner has none any more. */
async function rangeAt(
  ctx: QueryCtx,
  stages: ScanRange[],
  { stage: index, owner }: ScanPlace,
): Promise<ScanRange | null> {
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
  stages: ScanRange[],
  { stage: index, owner }: ScanPlace,
): Promise<ScanPlace | null> {
  const stage = stages[index];
  if (stage?.reason === "age" && stage.status) {
    const next = await overrideAfter(ctx, stage.status, owner ?? "");
    if (next) return { stage: index, owner: next.ownerId, after: null };
  }
  return index + 1 < stages.length
    ? { ...FIRST_PLACE, stage: index + 1 }
    : null;
}

/*
 * What a run walks along: the ranges of documents that may be due, one stage after the other.
 */

type Indexed = "updatedAt" | "_creationTime" | "expiresAt";

export type ScanRange = {
  reason: DueReason;
  trashed: boolean;
  /** Absent: those with a time of their own, of any status. */
  status?: Status;
  /** What the range is ordered by. */
  by: Indexed;
  /** What decides, and where it ends: before this time (ms) or, of an `expiresAt`, at it. */
  due: Indexed;
  cutoff: number;
  /** The time of the run (ms), of which the cutoff is made. */
  at: number;
};

const STATUSES = vStatus.members.map(({ value }) => value);

/**
 * The stages of a run as of a time. It does not change while the run goes on, so the run ends, and ends the same wherever it
 * was broken off.
 */
export function scanRanges(target: CleanupTarget, at: number): ScanRange[] {
  if ("trashOlderThanMs" in target) {
    const lain = {
      reason: "trash",
      trashed: true,
      // Nothing in the trash can be edited: this is when it went there.
      due: "updatedAt",
      at,
      cutoff: at - assertAge(target.trashOlderThanMs),
    } as const;
    return [
      ...STATUSES.map((status): ScanRange => ({
        ...lain,
        status,
        by: lain.due,
      })),
      { ...lain, by: "expiresAt" },
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
        cutoff: at - assertAge(olderThanMs),
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

/** The client has said so already, and better. A cutoff of NaN or in the future must not come to be in any way. */
function assertAge(ms: number): number {
  const problem = ageProblem(ms, true);
  if (problem) throw new Error(`convex-docs: an age ${problem}`);
  return ms;
}

/** The fields of the index behind the stage's own prefix. */
export function rangeTail({ by }: ScanRange, ownerId: string | null): string[] {
  if (ownerId !== null) return ["updatedAt", "_creationTime", "_id"];
  if (by === "_creationTime") return ["_creationTime", "_id"];
  return by === "expiresAt"
    ? ["expiresAt", "status", "updatedAt", "_creationTime", "_id"]
    : ["updatedAt", "_creationTime", "_id"];
}

/** A row's place in the stage's index. */
export function rangeKey(
  stage: ScanRange,
  ownerId: string | null,
  row: StoredRow,
): KeyPart[] {
  // The tail's fields are strings and numbers, and a row of the stage has each of them.
  return rangeTail(stage, ownerId).map(
    (field) => row[field as keyof StoredRow],
  ) as KeyPart[];
}

/** Ends a range where nothing can be due any more. */
export function endOfRange(stage: ScanRange, ownerId: string | null): Segment {
  const { by, due, cutoff } = stage;
  const field = ownerId === null ? by : "updatedAt";
  if (field !== due) return (tail) => tail;
  return due === "expiresAt"
    ? (tail) => tail.lte(due, cutoff)
    : (tail) => tail.lt(due, cutoff);
}

/** The documents of a stage, of all owners or of one, inside a segment of its range. */
export function openRange(
  ctx: QueryCtx,
  stage: ScanRange,
  ownerId: string | null,
  segment: Segment,
) {
  // The cast in each branch: see `Tail`.
  const inside = <Q>(prefix: Q): Q => segment(prefix as Tail) as Q;
  const documents = ctx.db.query("documents");
  const { trashed, status, by } = stage;
  if (status === undefined) {
    return documents.withIndex("retention", (q) =>
      inside(q.eq("pinned", undefined).eq("trashed", trashed)),
    );
  }
  if (ownerId !== null) {
    return documents.withIndex("owner_status", (q) =>
      inside(
        q.eq("ownerId", ownerId).eq("trashed", trashed).eq("status", status),
      ),
    );
  }
  return by === "_creationTime"
    ? documents.withIndex("retention_created", (q) =>
        inside(
          q
            .eq("pinned", undefined)
            .eq("trashed", trashed)
            .eq("expiresAt", undefined)
            .eq("status", status),
        ),
      )
    : documents.withIndex("retention", (q) =>
        inside(
          q
            .eq("pinned", undefined)
            .eq("trashed", trashed)
            .eq("expiresAt", undefined)
            .eq("status", status),
        ),
      );
}

/** Whether a row is due. Asked of every row, whatever range it comes from: no index alone decides that something is lost. */
export function isDue(stage: ScanRange, row: StoredRow): boolean {
  const { trashed, status, due, cutoff } = stage;
  if (row.pinned === true || row.trashed !== trashed) return false;
  // A time of the document's own goes before any policy. In the trash it has done its work.
  if (status !== undefined && row.status !== status) return false;
  if (due !== "expiresAt" && !trashed && row.expiresAt !== undefined) {
    return false;
  }
  const time = row[due];
  if (time === undefined) return false;
  return due === "expiresAt" ? time <= cutoff : time < cutoff;
}
