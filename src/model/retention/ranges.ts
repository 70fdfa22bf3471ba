/**
 * The index ranges in which documents can be due: those that a run walks along.
 *
 * @module
 */
import type { QueryCtx } from "../../component/_generated/server.js";
import { STATUSES, type Status } from "../../shared/documents.js";
import {
  ageProblem,
  type CleanupTarget,
  type DueReason,
} from "../../shared/retention.js";
import type { StoredRow } from "../documents/read.js";
import {
  segmentsBehind,
  type Bound,
  type KeyPart,
  type Segment,
} from "../paginate.js";

type Indexed = "updatedAt" | "_creationTime" | "expiresAt";

export type ScanRange = {
  reason: DueReason;
  trashed: boolean;
  /** Absent: documents with an `expiresAt`, of any status. */
  status?: Status;
  /** Whether its documents are those of the owners with a rule of their own, one after the other, and not of all others. */
  ofOwners?: true;
  /** The owner whose documents it has: see `rangeOf`. */
  ownerId?: string;
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
  const byAge = target.policies.flatMap(
    ({ status, olderThanMs, by }): ScanRange[] => {
      const field = by === "createdAt" ? "_creationTime" : by;
      const ofOthers = {
        reason: "age",
        trashed: false,
        status,
        by: field,
        due: field,
        at,
        cutoff: at - checkedAge(olderThanMs),
      } as const;
      return [ofOthers, { ...ofOthers, ofOwners: true }];
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

/** The range of one owner, as the owner's own rule has it. Its index has no order by creation. */
export function rangeOf(
  range: ScanRange,
  ownerId: string,
  olderThanMs: number,
): ScanRange {
  const cutoff = range.at - olderThanMs;
  return { ...range, ownerId, by: "updatedAt", cutoff };
}

/** The index ranges behind a key. */
export function dueSegments(
  range: ScanRange,
  after: KeyPart[] | null,
): Segment[] {
  const fields = rangeFields(range);
  // Absent sorts before every number: begin behind the documents without an `expiresAt`.
  const begin = fields[0] === "expiresAt" ? [0] : null;
  return segmentsBehind(fields, after ?? begin, "gt", endOf(range));
}

/** The fields of the index behind the range's prefix. */
function rangeFields({ by }: ScanRange): string[] {
  if (by === "_creationTime") return ["_creationTime", "_id"];
  return by === "expiresAt"
    ? ["expiresAt", "status", "updatedAt", "_creationTime", "_id"]
    : ["updatedAt", "_creationTime", "_id"];
}

/** A row's key in the index behind the range's prefix. */
export function rangeKey(range: ScanRange, row: StoredRow): KeyPart[] {
  // These fields are strings and numbers, and every row of the range has them.
  return rangeFields(range).map(
    (field) => row[field as keyof StoredRow],
  ) as KeyPart[];
}

/** Ends a range at its cutoff, where the range is ordered by what decides. */
function endOf({ by, due, cutoff }: ScanRange): Bound {
  if (by !== due) return (range) => range;
  return due === "expiresAt"
    ? (range) => range.lte(due, cutoff)
    : (range) => range.lt(due, cutoff);
}

/** The documents of a range inside one segment. */
export function openRange(
  ctx: QueryCtx,
  { trashed, status, ownerId, by }: ScanRange,
  segment: Segment,
): AsyncIterable<StoredRow> {
  const documents = ctx.db.query("documents");
  if (status === undefined) {
    return documents.withIndex("retention", (q) =>
      segment(q.eq("pinned", undefined).eq("trashed", trashed)),
    );
  }
  if (ownerId !== undefined) {
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
export function isDue(range: ScanRange, row: StoredRow): boolean {
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
