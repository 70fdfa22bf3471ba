/**
 * Looking at events: pages and counts.
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
  creationOf,
  encodeCursor,
  isBeyond,
  pageOf,
  parseCursor,
  segmentsOf,
  type Segment,
  type Span,
  type Tail,
} from "../paginate.js";
import { toPublicEvent, type StoredEvent } from "./event.js";
import { findSource, rejectionsOf } from "./source.js";

/** Which events are meant. */
export type EventFilter = {
  source?: string;
  status?: WebhookStatus;
  type?: string;
};

/** One page, by arrival. */
export async function listEvents(
  ctx: QueryCtx,
  which: EventFilter,
  order: Order,
  options: PaginationOptions,
): Promise<PaginationResult<EventRow>> {
  const found = await pageOf(
    {
      limits: {
        maxItems: WEBHOOK_BATCH.maxPage,
        maxPinnedItems: 2 * WEBHOOK_BATCH.maxPage,
      },
      positionOf: creationOf,
      walk: (span, limit) => walkEvents(ctx, which, order, span, limit),
    },
    options,
  );
  return { ...found, page: found.page.map(toPublicEvent) };
}

/** Events from a cursor on, oldest first, and the next cursor: `null` at the end. */
export async function eventsFrom(
  ctx: QueryCtx,
  which: EventFilter,
  cursor: string | null,
  limit: number,
): Promise<{ rows: StoredEvent[]; next: string | null }> {
  const span = { start: parseCursor(cursor), end: null };
  const { rows, behind } = await walkEvents(ctx, which, "asc", span, limit);
  return { rows, next: behind ? encodeCursor(creationOf(behind)) : null };
}

/**
 * Events in order of arrival, up to a limit. A type is looked for one by one, so a page of one type may be short, or empty,
 * and still have more behind it.
 */
async function walkEvents(
  ctx: QueryCtx,
  which: EventFilter,
  order: Order,
  span: Span,
  limit: number,
): Promise<{ rows: StoredEvent[]; behind: StoredEvent | undefined }> {
  const rows: StoredEvent[] = [];
  let scanned = 0;
  let behind: StoredEvent | undefined;
  for (const segment of segmentsOf(BY_CREATION, order, span)) {
    for await (const row of openEvents(ctx, which, segment).order(order)) {
      if (isBeyond(creationOf(row), span.end, order)) break;
      if (rows.length >= limit || scanned >= WEBHOOK_BATCH.maxScan) {
        return { rows, behind };
      }
      scanned++;
      behind = row;
      if (which.type === undefined || row.type === which.type) rows.push(row);
    }
  }
  return { rows, behind: undefined };
}

function openEvents(
  ctx: QueryCtx,
  { source, status }: EventFilter,
  segment: Segment,
) {
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
