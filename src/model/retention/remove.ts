/**
 * Removing the documents that a batch of a run has found.
 *
 * @module
 */
import { getDocumentSize } from "convex/values";
import type { Id } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { BULK } from "../../shared/bulk.js";
import { BATCH } from "../../shared/documents.js";
import type { Counts } from "../../shared/jobs.js";
import type {
  Cleanup,
  CleanupBatch,
  CleanupOperation,
} from "../../shared/retention.js";
import { hasRoom } from "../documents/budget.js";
import { planGone, planPatch, trashed } from "../documents/plan.js";
import type { StoredRow } from "../documents/read.js";
import { signed } from "../documents/write.js";
import { removeGrantsOf } from "../sharing/tasks.js";
import { Aftermath } from "../history/tasks.js";
import { callWorker, type HostResult } from "../engine/host.js";
import { keptViews, NONE_KEPT } from "../views/register.js";
import { applySync, planSyncs } from "../views/sync.js";
import {
  forgetFailure,
  recordFailure,
  type FailureLookup,
} from "./quarantine.js";
import type { DueDocument } from "./scan.js";

/** Why a document was not removed; `null` for one that was. */
type Refused = DocsErrorData | null;

/** Removes as many as the transaction has room for, in order, in the host's function if there is one. */
export async function removeDue(
  ctx: MutationCtx,
  sweep: Cleanup,
  runId: Id<"jobRuns">,
  due: DueDocument[],
): Promise<HostResult<Refused[]>> {
  if (sweep.worker === undefined) {
    const rows = due.map(({ row }) => row);
    const done = await removeRows(ctx, sweep.operation, rows);
    return { kind: "ok", value: due.slice(0, done).map(() => null) };
  }
  if (due.length === 0) return { kind: "ok", value: [] };
  const items = due.map(({ row, reason }) => ({
    id: row._id,
    ifVersion: row.version,
    reason,
  }));
  const batch: CleanupBatch = { runId, operation: sweep.operation, items };
  const { worker } = sweep;
  const called = await callWorker(ctx, worker, { batch }, items.length);
  if (called.kind !== "ok") return called;
  const refused = called.value.map((outcome) =>
    outcome.ok ? null : outcome.error,
  );
  return { kind: "ok", value: refused };
}

/**
 * Moves rows to the trash, or deletes them, as many as the transaction has room for, in order. They are taken as they were found:
 * nothing is read again. Returns how many.
 */
export async function removeRows(
  ctx: MutationCtx,
  operation: CleanupOperation,
  rows: StoredRow[],
): Promise<number> {
  const isMarked = rows.some(({ createdAt }) => createdAt !== undefined);
  const kept = isMarked ? await keptViews(ctx, {}, false) : NONE_KEPT;
  const later = new Aftermath();
  let at = 0;
  for (; at < rows.length; at += BATCH.readAhead) {
    const few = rows.slice(at, at + BATCH.readAhead);
    const bytes = few.reduce((sum, row) => sum + getDocumentSize(row), 0);
    if (at > 0 && !(await hasRoom(ctx, BULK.share, bytes))) break;
    for (const row of few) {
      const removal =
        operation === "trash"
          ? planPatch(ctx, row, trashed(Date.now()))
          : planGone(ctx, row);
      const plan = signed(removal, null);
      if (plan.refusal) throw new Error("convex-docs: a plan that refuses.");
      const [sync = null] = await planSyncs(ctx, kept, [plan]);
      await plan.write(sync?.mark);
      if (sync) await applySync(ctx, sync, row._id);
      later.note(plan, undefined, false);
    }
  }
  await later.start(ctx);
  const done = rows.slice(0, at);
  if (operation !== "trash") {
    const shared = done.filter((row) => row.shared);
    await removeGrantsOf(
      ctx,
      shared.map(({ _id }) => _id),
    );
  }
  return done.length;
}

/**
 * Adds to the counts of a run what became of the documents of a batch, and remembers failures.
 *
 * @param isLast whether documents that failed are in quarantine at once
 */
export async function record(
  ctx: MutationCtx,
  counts: Counts,
  runId: Id<"jobRuns">,
  due: DueDocument[],
  refused: Refused[],
  failureOf: FailureLookup,
  isLast = false,
): Promise<Counts> {
  const sums: Counts = { ...NO_COUNTS, ...counts };
  const add = (name: keyof typeof NO_COUNTS) => {
    sums[name] = (sums[name] ?? 0) + 1;
  };
  for (const [index, error] of refused.entries()) {
    const item = due[index];
    if (!item) break;
    if (error === null) {
      add("removed");
      if (item.reason === "expired") add("expired");
      await forgetFailure(ctx, await failureOf(item.row));
    } else if (isChanged(error.code)) add("kept");
    else {
      add("failed");
      const before = await failureOf(item.row);
      const failed = { code: error.code, runId, isLast };
      if (await recordFailure(ctx, before, item.row, failed)) {
        add("quarantined");
      }
    }
  }
  return sums;
}

const NO_COUNTS = {
  batches: 0,
  scanned: 0,
  removed: 0,
  /** Of those removed: because of their own `expiresAt`. */
  expired: 0,
  /** Left as they are, because a hook of an earlier document changed them. */
  kept: 0,
  /** Not removed because of an error, and of these, now in quarantine. */
  failed: 0,
  quarantined: 0,
};

/** Whether a hook of an earlier document changed or removed this one. */
function isChanged(code: string): boolean {
  return code === "CONFLICT" || code === "NOT_FOUND";
}
