/**
 * The items of one step of a bulk operation: which come next, and writing them.
 *
 * @module
 */
import { getConvexSize } from "convex/values";
import type { Doc } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import { isOfTrash } from "../../shared/access.js";
import { BULK, type WorkerCall } from "../../shared/bulk.js";
import {
  BATCH,
  type Change,
  type Outcome,
  type Target,
} from "../../shared/documents.js";
import { encodeCursor, type Position } from "../../shared/cursor.js";
import { decodeRules } from "../../shared/fields.js";
import { callWorker, type HostResult } from "../engine/host.js";
import { Aftermath } from "../history/tasks.js";
import { hasRoom } from "../documents/budget.js";
import {
  planDelete,
  planDiscard,
  planPublish,
  planPurge,
  planRestore,
  planTrash,
  planUnpublish,
  planUpdate,
  type Planner,
} from "../documents/plan.js";
import { documentList } from "../documents/read.js";
import { writeAll } from "../documents/write.js";
import { decodeCursor, walkList } from "../paginate.js";

type BulkJob = Doc<"bulkJobs">;
type BulkOrder = Doc<"bulkOrders">;

/** An id, and the cursor behind it. */
export type BulkItem = { id: string; cursor: string | number };
type NextItems = { items: BulkItem[]; more: boolean };

/**
 * The items behind the cursor: none where there are none left. A job by `where` walks the documents up to its cutoff by last change, so a document that it
 * has changed lies behind the cutoff and is not found again.
 */
export async function nextItems(
  ctx: MutationCtx,
  job: BulkJob,
  order: BulkOrder,
  most: number,
): Promise<NextItems> {
  const limit = Math.min(most, stepItems(order));
  if (order.where === undefined) return await nextIds(ctx, job, order, limit);
  const { status, updatedBefore = 0 } = order.where;
  const trashed = isOfTrash(order.operation);
  const { ownerId = "" } = order;
  const listing = { of: "owner", ownerId, trashed, status } as const;
  const end: Position = [updatedBefore, Infinity, ""];
  const span = { start: positionAt(job.cursor), end };
  const list = documentList(ctx, listing);
  const bounds = { limit, maxBytes: BULK.stepBytes };
  const { rows, next } = await walkList(list, "asc", span, bounds);
  const items = rows.map((row) => ({
    id: row._id,
    cursor: encodeCursor(list.positionOf(row)),
  }));
  return { items, more: next !== null };
}

async function nextIds(
  ctx: MutationCtx,
  job: BulkJob,
  order: BulkOrder,
  limit: number,
): Promise<NextItems> {
  const at = typeof job.cursor === "number" ? job.cursor : 0;
  const rows = ctx.db
    .query("bulkIds")
    .withIndex("order", (q) => q.eq("orderId", order._id));
  for await (const { _id, from, ids } of rows) {
    const next = ids.slice(at - from, at - from + limit);
    const items = next.map((id, index) => ({ id, cursor: at + index + 1 }));
    if (items.length > 0) return { items, more: true };
    // The cursor has passed it.
    await ctx.db.delete("bulkIds", _id);
  }
  return { items: [], more: false };
}

/** How many items a step takes: so many that their writes fit even if each grows by the whole change. */
function stepItems({ change }: BulkOrder): number {
  const bytes = change ? getConvexSize(change.set) : 0;
  const most = bytes === 0 ? Infinity : Math.floor(BULK.writeBytes / bytes);
  return Math.max(1, Math.min(BULK.stepItems, most));
}

function positionAt(cursor: BulkJob["cursor"]): Position | null {
  const position = typeof cursor === "string" ? decodeCursor(cursor) : null;
  return position === "end" ? null : position;
}

/* Writing them */

/** Writes items, in the host's worker if there is one. Returns the outcomes of those that were written. */
export async function writeItems(
  ctx: MutationCtx,
  order: BulkOrder,
  items: BulkItem[],
): Promise<HostResult<Outcome[]>> {
  const asked = items.map(({ id }) => itemOf(order, id));
  if (order.worker === undefined) {
    return {
      kind: "ok",
      value: await writeWhileThereIsRoom(ctx, order, asked),
    };
  }
  if (asked.length === 0) return { kind: "ok", value: [] };
  const { actor, operation } = order;
  const call: WorkerCall = { actor, operation, items: asked };
  return await callWorker(ctx, order.worker, call, asked.length);
}

/** A few at a time: their sizes are not known before they are read. */
async function writeWhileThereIsRoom(
  ctx: MutationCtx,
  { actor, operation, rules }: BulkOrder,
  items: (Change | Target)[],
): Promise<Outcome[]> {
  const { maxBytes, history, workingCopy } = decodeRules(rules);
  const outcomes: Outcome[] = [];
  const later = new Aftermath();
  for (let at = 0; at < items.length; at += BATCH.readAhead) {
    const few = items.slice(at, at + BATCH.readAhead);
    const bytes = few.length * maxBytes;
    const archived = history ? bytes : 0;
    const copied = workingCopy ? bytes : 0;
    const [reads, writes] = [2 * (bytes + copied), archived + copied];
    const fits = await hasRoom(ctx, BULK.share, reads, writes);
    if (at > 0 && !fits) break;
    const call = {
      actor,
      rules,
      items: few,
      mode: "partial",
      isOrdered: true,
    } as const;
    const planner = PLANNERS[operation];
    outcomes.push(...(await writeAll(ctx, call, planner, later)));
  }
  await later.start(ctx);
  return outcomes;
}

function itemOf({ operation, change }: BulkOrder, id: string): Change | Target {
  // The host's schema may have something to add to what is published.
  if (operation === "publish") return { id, set: {}, unset: [] };
  return change === undefined ? { id } : { id, ...change };
}

const PLANNERS = {
  update: planUpdate as Planner<Target>,
  publish: planPublish as Planner<Target>,
  unpublish: planUnpublish,
  discard: planDiscard,
  remove: planDelete,
  trash: planTrash,
  restore: planRestore,
  purge: planPurge,
} as const;
