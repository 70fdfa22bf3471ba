/**
 * Removing what is due, in the transaction that found it so: nobody can edit or publish a document in between.
 *
 * @module
 */
import type { FunctionHandle } from "convex/server";
import type { MutationCtx } from "../../component/_generated/server.js";
import { BATCH, BULK } from "../../shared/limits.js";
import type { Sweep, SweepBatch } from "../../shared/retention/validators.js";
import type { Outcome } from "../../shared/validators.js";
import { getDocumentSize } from "convex/values";
import { hasRoom } from "../budget.js";
import { planGone, planPatch } from "../plan.js";
import { trashed } from "../verbs.js";
import { runWorker } from "../worker.js";
import {
  failures,
  forgetFailure,
  isQuarantined,
  recordFailure,
} from "./quarantine.js";
import type { Due } from "./scan.js";

/** What became of the documents that a batch found. */
export type Tally = {
  removed: number;
  /** Of those removed, because a time of their own had come. */
  expired: number;
  /** Left as they are, because something changed them after they were found. */
  kept: number;
  /** Refused or thrown at, and of these the ones that have had their last chance. */
  failed: number;
  quarantined: number;
};

/** Does as many as the transaction has room for, in order, and says how many that was. */
export async function removeDue(
  ctx: MutationCtx,
  sweep: Sweep,
  runId: string,
  due: Due[],
): Promise<{ tally: Tally; done: number }> {
  const failuresOf = await failures(ctx);
  const tally = { removed: 0, expired: 0, kept: 0, failed: 0, quarantined: 0 };
  let done = 0;
  while (done < due.length) {
    const few = due.slice(done, done + BATCH.readAhead);
    // Each is read up to three times more: judged and shown to the host, judged again, replaced.
    const bytes = few.reduce((sum, { row }) => sum + getDocumentSize(row), 0);
    if (done > 0 && !(await hasRoom(ctx, BULK.share, 3 * bytes))) break;
    const known = await Promise.all(few.map(({ row }) => failuresOf(row)));
    const open = few.flatMap((item, index) => {
      const failure = known[index] ?? null;
      return isQuarantined(failure, item.row) ? [] : [{ item, failure }];
    });
    const outcomes = await remove(
      ctx,
      sweep,
      runId,
      open.map(({ item }) => item),
    );
    for (const [index, { item, failure }] of open.entries()) {
      const outcome = outcomes[index];
      if (!outcome) throw new Error("convex-docs: an item without outcome.");
      if (outcome.ok) {
        tally.removed += 1;
        if (item.reason === "expired") tally.expired += 1;
        await forgetFailure(ctx, failure);
      } else if (isChanged(outcome.error.code)) tally.kept += 1;
      else {
        tally.failed += 1;
        const { code } = outcome.error;
        const isLast = await recordFailure(ctx, failure, item.row, code);
        if (isLast) tally.quarantined += 1;
      }
    }
    done += few.length;
  }
  return { tally, done };
}

/** A hook of an earlier document has changed this one, or removed it. */
function isChanged(code: string): boolean {
  return code === "CONFLICT" || code === "NOT_FOUND";
}

async function remove(
  ctx: MutationCtx,
  { operation, worker }: Sweep,
  runId: string,
  due: Due[],
): Promise<Outcome[]> {
  if (due.length === 0) return [];
  if (worker !== undefined) {
    // Only whoever mounts the component can give it a handle.
    const handle = worker as FunctionHandle<
      "mutation",
      { batch: SweepBatch },
      Outcome[]
    >;
    const items = due.map(({ row, reason }) => ({
      id: row._id,
      ifVersion: row.version,
      reason,
    }));
    return await runWorker(items, (some) =>
      ctx.runMutation(handle, { batch: { runId, operation, items: some } }),
    );
  }
  const outcomes: Outcome[] = [];
  for (const { row } of due) {
    const plan =
      operation === "trash"
        ? planPatch(ctx, row, trashed(Date.now()))
        : planGone(ctx, row);
    if (plan.refusal) throw new Error("convex-docs: a plan that refuses.");
    const id = await plan.write();
    outcomes.push({ ok: true, id, version: row.version });
  }
  return outcomes;
}
