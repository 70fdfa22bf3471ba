/**
 * Looking at events: pages and counts.
 *
 * @module
 */
import type { QueryCtx } from "../../component/_generated/server.js";
import { decodeCursor, encodeCursor, END } from "../../shared/cursor.js";
import { fail, invalid, invalidCursor } from "../../shared/failures.js";
import { BULK } from "../../shared/webhooks/limits.js";
import type {
  EventRow,
  SourceStats,
  WebhookStatus,
} from "../../shared/webhooks/validators.js";
import { showEvent, type StoredEvent } from "./event.js";
import { rejectionsOf } from "./rejection.js";
import { findSource } from "./source.js";

/** Which events are meant. */
export type Which = { source?: string; status?: WebhookStatus; type?: string };
export type Order = "asc" | "desc";

/** One page, by arrival. */
export async function listPage(
  ctx: QueryCtx,
  which: Which,
  order: Order,
  { cursor, numItems }: { cursor: string | null; numItems: number },
): Promise<{ page: EventRow[]; isDone: boolean; continueCursor: string }> {
  if (!Number.isInteger(numItems) || numItems < 1) {
    const message = "must be a positive whole number.";
    throw fail(invalid([{ path: "paginationOpts.numItems", message }]));
  }
  const limit = Math.min(numItems, BULK.maxPage);
  const { rows, next } = await walk(ctx, which, order, cursor, limit);
  const page = rows.map(showEvent);
  return { page, isDone: next === null, continueCursor: next ?? END };
}

/**
 * Events in order of arrival, up to a limit, and the cursor behind the last one that was looked at: `null` at the end. A type
 * is looked for one by one, so a page of one type may be short, or empty, and still have a next one.
 */
export async function walk(
  ctx: QueryCtx,
  which: Which,
  order: Order,
  cursor: string | null,
  limit: number,
): Promise<{ rows: StoredEvent[]; next: string | null }> {
  const start = cursor === null ? null : decodeCursor(cursor);
  if (cursor !== null && start === null) throw fail(invalidCursor());
  if (start === END) return { rows: [], next: null };
  const rows: StoredEvent[] = [];
  let scanned = 0;
  let last: StoredEvent | undefined;
  const stop = () => {
    const next = last && encodeCursor([0, last._creationTime, last._id]);
    return { rows, next: next ?? null };
  };
  for (const segment of segments(order, start)) {
    for await (const row of open(ctx, which, segment).order(order)) {
      if (rows.length >= limit || scanned >= BULK.maxScan) return stop();
      scanned++;
      last = row;
      if (which.type === undefined || row.type === which.type) rows.push(row);
    }
  }
  return { rows, next: null };
}

/** The rest of an index once its prefix is fixed. Convex's types end at the declared fields; its indexes go on. */
interface Tail {
  eq(field: "_creationTime", value: number): Tail;
  gt(field: "_creationTime" | "_id", value: number | string): Tail;
  lt(field: "_creationTime" | "_id", value: number | string): Tail;
}
type Segment = (tail: Tail) => Tail;

/** The index ranges behind a position: what was written at the same time, and the rest. */
function segments(
  order: Order,
  start: [number, number, string] | null,
): Segment[] {
  if (start === null) return [(tail) => tail];
  const [, createdAt, id] = start;
  const past = order === "asc" ? "gt" : "lt";
  return [
    (tail) => tail.eq("_creationTime", createdAt)[past]("_id", id),
    (tail) => tail[past]("_creationTime", createdAt),
  ];
}

function open(ctx: QueryCtx, { source, status }: Which, segment: Segment) {
  const events = ctx.db.query("webhookEvents");
  // Convex's builder is our `Tail` and more; its types do not go past the declared fields.
  const rest = <Range>(range: Range) => segment(range as Tail) as Range;
  if (source === undefined) {
    return status === undefined
      ? events.withIndex("by_creation_time", (q) => rest(q))
      : events.withIndex("status", (q) => rest(q.eq("status", status)));
  }
  return status === undefined
    ? events.withIndex("source", (q) => rest(q.eq("source", source)))
    : events.withIndex("source_status", (q) =>
        rest(q.eq("source", source).eq("status", status)),
      );
}

/** How a source is doing. Counts are counted, up to a limit: a counter would be a row that every delivery fights over. */
export async function stats(
  ctx: QueryCtx,
  source: string,
): Promise<SourceStats> {
  const count = async (status: WebhookStatus) => {
    const rows = await ctx.db
      .query("webhookEvents")
      .withIndex("source_status", (q) =>
        q.eq("source", source).eq("status", status),
      )
      .take(BULK.maxCount + 1);
    return {
      count: Math.min(rows.length, BULK.maxCount),
      more: rows.length > BULK.maxCount,
    };
  };
  const latest = await ctx.db
    .query("webhookEvents")
    .withIndex("source", (q) => q.eq("source", source))
    .order("desc")
    .first();
  const rejections = await rejectionsOf(ctx, source);
  return {
    source,
    paused: (await findSource(ctx, source))?.paused ?? false,
    events: {
      pending: await count("pending"),
      running: await count("running"),
      held: await count("held"),
      processed: await count("processed"),
      unhandled: await count("unhandled"),
      dead: await count("dead"),
      skipped: await count("skipped"),
    },
    lastAcceptedAt: latest && Math.floor(latest._creationTime),
    lastRejected: rejections[0] ?? null,
    rejections,
  };
}
