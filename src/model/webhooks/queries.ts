/**
 * What an operator sees of events and sources.
 *
 * @module
 */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { QueryCtx } from "../../component/_generated/server.js";
import type { Order } from "../../shared/documents.js";
import {
  WEBHOOK_BATCH,
  type EventRow,
  type SourceStats,
  type WebhookStatus,
} from "../../shared/webhooks.js";
import {
  BY_CREATION,
  pageOf,
  parseCursor,
  walkList,
  type List,
} from "../paginate.js";
import { toPublicEvent, type StoredEvent } from "./event.js";
import { findSource, rejectionsOf } from "./source.js";

/** Which events: those that match every field. */
export type EventFilter = {
  source?: string;
  status?: WebhookStatus;
  type?: string;
};

/** One page, by arrival. A page of one type may be short, or empty, and still have more behind it: see `eventList`. */
export async function listEvents(
  ctx: QueryCtx,
  which: EventFilter,
  order: Order,
  options: PaginationOptions,
): Promise<PaginationResult<EventRow>> {
  const list = eventList(ctx, which);
  const found = await pageOf(list, order, EVENT_PAGE, options);
  return { ...found, page: found.page.map(toPublicEvent) };
}

const { maxPage, maxScan } = WEBHOOK_BATCH;
const EVENT_PAGE = { maxItems: maxPage, maxPinnedItems: 2 * maxPage, maxScan };

/** Events behind a cursor, oldest first, and the next cursor: `null` at the end. */
export async function eventsFrom(
  ctx: QueryCtx,
  which: EventFilter,
  cursor: string | null,
  limit: number,
): Promise<{ rows: StoredEvent[]; next: string | null }> {
  const span = { start: parseCursor(cursor), end: null };
  const bounds = { limit, maxScan };
  return await walkList(eventList(ctx, which), "asc", span, bounds);
}

/** Events by arrival. No index holds the type: it is compared row by row. */
function eventList(
  ctx: QueryCtx,
  { source, status, type }: EventFilter,
): List<StoredEvent> {
  const events = ctx.db.query("webhookEvents");
  const open: List<StoredEvent>["open"] = (segment) => {
    if (source === undefined) {
      return status === undefined
        ? events.withIndex("by_creation_time", segment)
        : events.withIndex("status", (q) => segment(q.eq("status", status)));
    }
    return status === undefined
      ? events.withIndex("source", (q) => segment(q.eq("source", source)))
      : events.withIndex("source_status", (q) =>
          segment(q.eq("source", source).eq("status", status)),
        );
  };
  const accepts = (row: StoredEvent) => type === undefined || row.type === type;
  return { ...BY_CREATION, open, accepts };
}

/** How a source is doing. Rows are counted up to a limit: with a counter, all deliveries would conflict over its row. */
export async function sourceStats(
  ctx: QueryCtx,
  source: string,
): Promise<SourceStats> {
  const count = async (status: WebhookStatus) => {
    const rows = await ctx.db
      .query("webhookEvents")
      .withIndex("source_status", (q) =>
        q.eq("source", source).eq("status", status),
      )
      .take(WEBHOOK_BATCH.maxCount + 1);
    return {
      count: Math.min(rows.length, WEBHOOK_BATCH.maxCount),
      more: rows.length > WEBHOOK_BATCH.maxCount,
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
