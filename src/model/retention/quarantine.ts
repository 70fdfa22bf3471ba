/**
 * Documents whose removal failed. One that fails again and again is left alone, and the rest goes on.
 *
 * @module
 */
import type { Doc } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { QUARANTINE } from "../../shared/retention.js";
import type { StoredRow } from "../documents/read.js";

type StoredFailure = Doc<"retentionFailures">;

/** What is known of a document's failures, within one transaction. */
export type FailureLookup = (row: StoredRow) => Promise<StoredFailure | null>;

/** Looks for each document only if there are failures at all: most of the time, this is one look a batch. */
export async function failureLookup(ctx: QueryCtx): Promise<FailureLookup> {
  const any = await ctx.db.query("retentionFailures").first();
  if (any === null) return () => Promise.resolve(null);
  return async (row) =>
    await ctx.db
      .query("retentionFailures")
      .withIndex("document", (q) => q.eq("documentId", row._id))
      .unique();
}

/** Whether it has failed too often as it is. An edit gives it new chances. */
export function isQuarantined(
  failure: StoredFailure | null,
  row: StoredRow,
): boolean {
  return (
    failure !== null &&
    failure.version === row.version &&
    failure.failures >= QUARANTINE.after
  );
}

/** Counts a failure. Says whether it was the one too many. */
export async function recordFailure(
  ctx: MutationCtx,
  before: StoredFailure | null,
  { _id: documentId, version }: StoredRow,
  code: string,
): Promise<boolean> {
  const again = before?.version === version;
  const count = (again ? before.failures : 0) + 1;
  const columns = { version, failures: count, code };
  if (before) await ctx.db.patch("retentionFailures", before._id, columns);
  else await ctx.db.insert("retentionFailures", { documentId, ...columns });
  return count >= QUARANTINE.after;
}

export async function forgetFailure(
  ctx: MutationCtx,
  failure: StoredFailure | null,
): Promise<void> {
  if (failure) await ctx.db.delete("retentionFailures", failure._id);
}

/** Forgets failures of long ago: their documents are tried again, or are gone. */
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
