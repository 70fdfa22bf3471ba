/**
 * What is left of the transaction, measured: a host's mutation may have used any part of it before. Convex ends a transaction
 * that exceeds a limit with an error that no client can read; these checks refuse first, with BATCH_TOO_LARGE.
 *
 * @module
 */
import type { TransactionMetrics } from "convex/server";
import { getDocumentSize } from "convex/values";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { BATCH } from "../../shared/documents.js";
import { batchTooLarge, fail } from "../../shared/failures.js";
import { contributorsOf } from "../person/contributions.js";
import type { Plan } from "./plan.js";

type MetricName =
  | "bytesRead"
  | "bytesWritten"
  | "databaseQueries"
  | "documentsRead"
  | "documentsWritten";

/**
 * Plans items a few at a time, and before each few checks that the transaction can still read them. Until an item has been
 * read, it counts as `largest` bytes. An item costs one index range and one document to plan (twice that if it has a key),
 * and the document once more to write, because a patch and a delete read what they replace.
 *
 * @param lookup what looking up the grants of one document costs at most
 * @param times 2 for writes that may have to be taken back
 * @throws BATCH_TOO_LARGE
 */
export async function reserveReads<Item>(
  ctx: MutationCtx,
  items: Item[],
  { largest, uncounted, hasCopies = false }: Allowance,
  lookup: { ranges: number; reads: number },
  times: 1 | 2,
  plan: (item: Item, index: number) => Promise<Plan>,
): Promise<Plan[]> {
  await demand(ctx, {
    databaseQueries: (2 + lookup.ranges) * items.length,
    documentsRead: (3 * times + lookup.reads) * items.length,
    documentsWritten: times * items.length,
  });
  const plans: Plan[] = [];
  for (let at = 0; at < items.length; at += BATCH.readAhead) {
    const few = items.slice(at, at + BATCH.readAhead);
    const unread = few.length * largest * (hasCopies ? 2 : 1);
    const unseen = uncounted + uncountedBytes(plans, largest);
    await demand(ctx, { bytesRead: unseen + unread + bytesToReread(plans) });
    const planned = few.map((item, index) => plan(item, at + index));
    plans.push(...(await Promise.all(planned)));
  }
  return plans;
}

/** What the entries of some documents cost, beside the documents themselves. */
export type EntriesCost = {
  ranges: number;
  reads: number;
  writes: number;
  bytesRead: number;
  bytesWritten: number;
};

/**
 * Checks that the transaction can write these plans, before the first is written, and if they are `unsettled`, that it can read
 * their versions again and take them back.
 *
 * @throws BATCH_TOO_LARGE
 */
export async function reserveWrites(
  ctx: MutationCtx,
  plans: Plan[],
  entries: EntriesCost,
  { largest, uncounted }: Allowance,
  unsettled: boolean,
): Promise<void> {
  const times = unsettled ? 2 : 1;
  const unseen = uncounted + uncountedBytes(plans, largest);
  const before = bytesToReread(plans);
  const rows = sum(plans, ({ archive }) => archive?.rows ?? 0);
  const archived = sum(plans, ({ archive }) => archive?.bytes ?? 0);
  const contributors = sum(plans, (plan) =>
    plan.refusal ? 0 : contributorsOf(plan).length,
  );
  const copied = sum(plans, ({ copy }) => copy?.bytes ?? 0);
  const copies = sum(plans, ({ copy }) => (copy ? 1 : 0));
  // A publication is of unknown size until the write reads it; to take it back, it is read before.
  const ahead = sum(plans, ({ copy }) => (copy?.isThere ? 1 : 0));
  const after = sum(plans, (plan) =>
    plan.refusal || !plan.after ? 0 : getDocumentSize(plan.after),
  );
  const bytesRead = unsettled ? 2 * before + after + archived : before;
  await demand(ctx, {
    databaseQueries:
      times * (plans.length + entries.ranges + copies) + contributors,
    documentsRead:
      times * (plans.length + entries.reads + copies) + contributors,
    documentsWritten:
      times * (plans.length + entries.writes + rows + copies) + contributors,
    bytesRead:
      unseen +
      bytesRead +
      times * (entries.bytesRead + ahead * largest) +
      (unsettled ? copied : 0),
    bytesWritten:
      archived +
      times * copied +
      (unsettled ? before + after : after) +
      times * entries.bytesWritten,
  });
}

/** What a call knows of bytes before it reads. */
export type Allowance = {
  /** Bytes of the largest document. */
  largest: number;
  /** Bytes that count as read although they were not: see `uncountedBytes`. */
  uncounted: number;
  /** Whether a document may have a publication beside it. */
  hasCopies?: boolean;
};

/**
 * Checks that the transaction can read so many documents of unknown size.
 *
 * @throws BATCH_TOO_LARGE
 */
export async function reserveLoad(
  ctx: QueryCtx,
  count: number,
  { largest, uncounted }: Allowance,
): Promise<void> {
  await demand(ctx, { bytesRead: uncounted + count * largest });
}

/**
 * What is not there for the caller counts as a document of the largest size: a missing one, and one that they may not see,
 * whatever its size. So whether a batch fits does not depend on it. These bytes are the difference to what was read.
 */
export function uncountedBytes(plans: Plan[], largest: number): number {
  return sum(plans, ({ refusal, hiddenBytes = 0 }) =>
    refusal?.code === "NOT_FOUND" ? largest - hiddenBytes : 0,
  );
}

/** Whether the transaction stays within a share of every limit after reading and writing so many bytes more. */
export async function hasRoom(
  ctx: MutationCtx,
  share: number,
  bytesRead: number,
  bytesWritten = 0,
): Promise<boolean> {
  const metrics = await ctx.meta.getTransactionMetrics();
  const more: Partial<Record<string, number>> = { bytesRead, bytesWritten };
  return Object.entries(metrics).every(
    ([name, { used, remaining }]) =>
      used + (more[name] ?? 0) <= share * (used + remaining),
  );
}

function bytesToReread(plans: Plan[]): number {
  return sum(plans, (plan) =>
    plan.refusal || !plan.before ? 0 : getDocumentSize(plan.before),
  );
}

async function demand(
  ctx: QueryCtx,
  needs: Partial<Record<MetricName, number>>,
): Promise<void> {
  // An older backend may not measure everything. What is not measured is not checked.
  const metrics: Partial<TransactionMetrics> =
    await ctx.meta.getTransactionMetrics();
  for (const [name, need] of Object.entries(needs) as [MetricName, number][]) {
    const metric = metrics[name];
    if (!metric) continue;
    const reserve = name.startsWith("bytes") ? BATCH.reserveBytes : 0;
    if (need <= metric.remaining - reserve) continue;
    // The limit, and not what is left of it: that would measure what the caller may not see.
    const limit = metric.used + metric.remaining - reserve;
    throw fail(batchTooLarge(name, Math.max(0, limit)));
  }
}

function sum(plans: Plan[], size: (plan: Plan) => number): number {
  return plans.reduce((total, plan) => total + size(plan), 0);
}
