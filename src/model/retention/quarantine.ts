/**
 * Documents whose removal failed. After `QUARANTINE.after` failures a document is in quarantine: runs pass over it, until it is
 * edited, an operator releases it, or `QUARANTINE.keepMs` have passed since the first failure.
 *
 * @module
 */
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { batchTooLarge, fail } from "../../shared/failures.js";
import {
  PREVIEW,
  QUARANTINE,
  type Quarantined,
} from "../../shared/retention.js";
import type { StoredRow } from "../documents/read.js";

export type StoredFailure = Doc<"retentionFailures">;

/** Finds a document's failures, within one transaction. */
export type FailureLookup = (row: StoredRow) => Promise<StoredFailure | null>;

/** Reads once and, only if the table has any row, once per document. */
export function failureLookup(ctx: QueryCtx): FailureLookup {
  const answers = new Map<string, Promise<StoredFailure | null>>();
  const once = (key: string, find: () => Promise<StoredFailure | null>) => {
    const answer = answers.get(key) ?? find();
    answers.set(key, answer);
    return answer;
  };
  const table = () => ctx.db.query("retentionFailures");
  return async ({ _id }) =>
    (await once("", () => table().first())) &&
    (await once(_id, () =>
      table()
        .withIndex("document", (q) => q.eq("documentId", _id))
        .unique(),
    ));
}

/** Whether a run passes over a document: it is in quarantine, or has failed in this run. */
export function isLeftOut(
  failure: StoredFailure | null,
  row: StoredRow,
  runId: Id<"jobRuns">,
  now: number,
): boolean {
  if (failure === null || isOver(failure, row, now)) return false;
  return failure.failures >= QUARANTINE.after || failure.runId === runId;
}

/** Whether failures no longer count: the document was edited, or the first is long ago. */
function isOver(
  failure: StoredFailure,
  { version }: Pick<StoredRow, "version">,
  now: number,
): boolean {
  return failure.version !== version || endOf(failure) <= now;
}

function endOf({ _creationTime }: StoredFailure): number {
  return Math.floor(_creationTime) + QUARANTINE.keepMs;
}

/** Counts a failure, or as many as lead into quarantine. Returns whether the document is now in it. */
export async function recordFailure(
  ctx: MutationCtx,
  before: StoredFailure | null,
  row: StoredRow,
  failed: { code: string; runId: Id<"jobRuns">; isLast: boolean },
): Promise<boolean> {
  const { _id: documentId, version } = row;
  const { code, runId, isLast } = failed;
  const failedAt = Date.now();
  const again = before && !isOver(before, row, failedAt) ? before : null;
  const count = (again?.failures ?? 0) + 1;
  const failures = isLast ? Math.max(count, QUARANTINE.after) : count;
  const columns = { failures, code, runId, failedAt };
  if (again) await ctx.db.patch("retentionFailures", again._id, columns);
  else {
    // A new row: its age is that of the first failure.
    await forgetFailure(ctx, before);
    await ctx.db.insert("retentionFailures", {
      documentId,
      version,
      ...columns,
    });
  }
  return failures >= QUARANTINE.after;
}

export async function forgetFailure(
  ctx: MutationCtx,
  failure: StoredFailure | null,
): Promise<void> {
  if (failure) await ctx.db.delete("retentionFailures", failure._id);
}

/** Deletes failures that no longer count, because they are old. */
export async function pruneFailures(
  ctx: MutationCtx,
  now: number,
): Promise<void> {
  const old = await ctx.db
    .query("retentionFailures")
    .withIndex("by_creation_time", (q) =>
      q.lt("_creationTime", now - QUARANTINE.keepMs),
    )
    .take(QUARANTINE.prune);
  for (const failure of old) await forgetFailure(ctx, failure);
}

/* What an operator sees and does */

/** The documents in quarantine as of a time (ms), the latest first: some of them. */
export async function listQuarantine(
  ctx: QueryCtx,
  at: number,
): Promise<Quarantined[]> {
  const failures = ctx.db
    .query("retentionFailures")
    .withIndex("failures", (q) => q.gte("failures", QUARANTINE.after))
    .order("desc");
  const found: Quarantined[] = [];
  let read = 0;
  for await (const failure of failures) {
    const row = await ctx.db.get("documents", failure.documentId);
    // One that was edited, removed by hand, or released by time is no longer in quarantine.
    if (row && !isOver(failure, row, at)) found.push(toQuarantined(failure));
    read += 1;
    if (found.length >= PREVIEW.quarantined || read >= PREVIEW.maxCount) break;
  }
  return found;
}

function toQuarantined(failure: StoredFailure): Quarantined {
  const { documentId, failures, code, failedAt, _creationTime } = failure;
  return {
    id: documentId,
    code,
    failures,
    since: failedAt ?? Math.floor(_creationTime),
    until: endOf(failure),
  };
}

/**
 * Releases documents from quarantine: the next run tries them again. Without ids, the first `QUARANTINE.release` of them.
 *
 * @returns how many were in it
 * @throws BATCH_TOO_LARGE
 */
export async function releaseQuarantined(
  ctx: MutationCtx,
  ids?: string[],
): Promise<number> {
  const count = ids?.length ?? 0;
  if (count > QUARANTINE.release) {
    throw fail(batchTooLarge("items", QUARANTINE.release, count));
  }
  const found = ids ? await failuresOf(ctx, ids) : await quarantined(ctx);
  for (const failure of found) await forgetFailure(ctx, failure);
  return found.length;
}

async function quarantined(ctx: QueryCtx): Promise<StoredFailure[]> {
  return await ctx.db
    .query("retentionFailures")
    .withIndex("failures", (q) => q.gte("failures", QUARANTINE.after))
    .take(QUARANTINE.release);
}

async function failuresOf(
  ctx: QueryCtx,
  ids: string[],
): Promise<StoredFailure[]> {
  const wanted = new Set(ids.map((id) => ctx.db.normalizeId("documents", id)));
  const found: StoredFailure[] = [];
  for (const documentId of wanted) {
    const failure =
      documentId &&
      (await ctx.db
        .query("retentionFailures")
        .withIndex("document", (q) => q.eq("documentId", documentId))
        .unique());
    if (failure && failure.failures >= QUARANTINE.after) found.push(failure);
  }
  return found;
}
