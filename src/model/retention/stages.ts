/**
 * What a run walks along: the ranges of documents that may be due, one stage after the other.
 *
 * @module
 */
import type { QueryCtx } from "../../component/_generated/server.js";
import { ageProblem } from "../../shared/retention/age.js";
import type {
  DueReason,
  SweepTarget,
} from "../../shared/retention/validators.js";
import { vStatus, type Status } from "../../shared/validators.js";
import type { Stored } from "../document.js";
import type { KeyPart, Segment, Tail } from "../ranges.js";

type Indexed = "updatedAt" | "_creationTime" | "expiresAt";

export type Stage = {
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
export function stagesOf(target: SweepTarget, at: number): Stage[] {
  if ("trashOlderThanMs" in target) {
    const lain = {
      reason: "trash",
      trashed: true,
      // Nothing in the trash can be edited: this is when it went there.
      due: "updatedAt",
      at,
      cutoff: at - checked(target.trashOlderThanMs),
    } as const;
    return [
      ...STATUSES.map((status): Stage => ({ ...lain, status, by: lain.due })),
      { ...lain, by: "expiresAt" },
    ];
  }
  const byAge = target.policies.map(({ status, olderThanMs, by }): Stage => {
    const field = by === "createdAt" ? "_creationTime" : by;
    return {
      reason: "age",
      trashed: false,
      status,
      by: field,
      due: field,
      at,
      cutoff: at - checked(olderThanMs),
    };
  });
  const expired: Stage = {
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
function checked(ms: number): number {
  const problem = ageProblem(ms, true);
  if (problem) throw new Error(`convex-docs: an age ${problem}`);
  return ms;
}

/** The fields of the index behind the stage's own prefix. */
export function tailOf({ by }: Stage, ownerId: string | null): string[] {
  if (ownerId !== null) return ["updatedAt", "_creationTime", "_id"];
  if (by === "_creationTime") return ["_creationTime", "_id"];
  return by === "expiresAt"
    ? ["expiresAt", "status", "updatedAt", "_creationTime", "_id"]
    : ["updatedAt", "_creationTime", "_id"];
}

/** A row's place in the stage's index. */
export function keyOf(
  stage: Stage,
  ownerId: string | null,
  row: Stored,
): KeyPart[] {
  // The tail's fields are strings and numbers, and a row of the stage has each of them.
  return tailOf(stage, ownerId).map(
    (field) => row[field as keyof Stored],
  ) as KeyPart[];
}

/** Ends a range where nothing can be due any more. */
export function bounded(stage: Stage, ownerId: string | null): Segment {
  const { by, due, cutoff } = stage;
  const field = ownerId === null ? by : "updatedAt";
  if (field !== due) return (tail) => tail;
  return due === "expiresAt"
    ? (tail) => tail.lte(due, cutoff)
    : (tail) => tail.lt(due, cutoff);
}

/** The documents of a stage, of all owners or of one, inside a segment of its range. */
export function open(
  ctx: QueryCtx,
  stage: Stage,
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
export function isDue(stage: Stage, row: Stored): boolean {
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
