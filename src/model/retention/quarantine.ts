/**
 * Documents whose removal failed. After `QUARANTINE.after` failures a document is in quarantine: runs skip it.
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

export type StoredFailure = Doc<"retentionFailures">;

/** Finds a document's failures, within one transaction. */
type FailureLookup = (row: StoredRow) => Promise<StoredFailure | null>;

/** Reads per document only if the table has any row: usually one read per batch. */
export async function failureLookup(ctx: QueryCtx): Promise<FailureLookup> {
  const any = await ctx.db.query("retentionFailures").first();
  if (any === null) return () => Promise.resolve(null);
  return async (row) =>
    await ctx.db
      .query("retentionFailures")
      .withIndex("document", (q) => q.eq("documentId", row._id))
      .unique();
}

/** Whether this version of the document has failed too often. An edit starts its count anew. */
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

/** Counts a failure. Returns whether the document is now in quarantine. */
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

/** Deletes old failures: their documents are tried again, or are gone. */
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
