/**
 * Looking after the work: each minute while some is in flight, and each hour by a cron.
 *
 * @module
 */
import { internal } from "../../component/_generated/api.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import { bulkKind, healBulk } from "../bulk.js";
import { overdue, type Lease, type TimerState } from "./lease.js";
import { arrange, isArmed, TICK_MS, type WorkTable } from "./timer.js";

/** Every kind of work. */
const KINDS = { bulkJobs: bulkKind } as const;
const TABLES = Object.keys(KINDS) as WorkTable[];

/** Rows of one table that one look takes: far below every limit of a transaction. The next tick takes the rest. */
const MAX_ROWS = 50;

/**
 * Arranges anew what is overdue, deletes what has ended long ago, and schedules itself again while work is in flight. A tick that
 * was late enough to be replaced does nothing, so that there is one chain of them.
 */
export async function tick(ctx: MutationCtx): Promise<void> {
  const now = Date.now();
  const lifeline = await ctx.db.query("lifeline").first();
  if ((lifeline?.tickAt ?? 0) > now) return;
  for (const table of TABLES) await rescueOverdue(ctx, table, now);
  for (const table of TABLES) await purgeEnded(ctx, table, now);
  const isInFlight = await someTable((table) => hasLease(ctx, table));
  const tickAt = isInFlight ? now + TICK_MS : undefined;
  if (tickAt) await ctx.scheduler.runAt(tickAt, internal.engine.tick, {});
  const columns = omitUndefined({ tickAt, purgeAt: await nextPurge(ctx) });
  if (lifeline) await ctx.db.replace("lifeline", lifeline._id, columns);
  else await ctx.db.insert("lifeline", columns);
}

/**
 * The hourly cron. Reads one row, unless a row has to be deleted or a tick is lost: an operator cancelled all scheduled
 * functions, or a backup was restored.
 */
export async function look(ctx: MutationCtx): Promise<void> {
  const now = Date.now();
  const lifeline = await ctx.db.query("lifeline").first();
  // The first look after an upgrade: rows of before the engine have no lease.
  if (lifeline === null) await healBulk(ctx);
  else if (isArmed(lifeline, now)) return;
  else if (lifeline.tickAt === undefined) {
    const { purgeAt = Infinity } = lifeline;
    if (purgeAt > now) return;
  }
  await tick(ctx);
}

async function rescueOverdue(
  ctx: MutationCtx,
  table: WorkTable,
  now: number,
): Promise<void> {
  const kind = KINDS[table];
  const rows = await ctx.db
    .query(table)
    // Absent sorts before every number: work that is over is out of range.
    .withIndex("overdue", (q) =>
      q.gte("lease.wakeAt", 0).lte("lease.wakeAt", now),
    )
    .take(MAX_ROWS);
  for (const work of rows) {
    if (!work.lease) continue;
    const timer = await timerState(ctx, work.lease);
    const next = overdue(work.lease, timer, now, kind.policy);
    await arrange(ctx, kind, work, next);
  }
}

/** What became of the scheduled function of an attempt. Convex keeps its row for seven days. */
async function timerState(
  ctx: MutationCtx,
  { timer }: Lease,
): Promise<TimerState> {
  const scheduled =
    timer && (await ctx.db.system.get("_scheduled_functions", timer));
  return scheduled ? scheduled.state.kind : "missing";
}

async function hasLease(ctx: MutationCtx, table: WorkTable): Promise<boolean> {
  const first = await ctx.db
    .query(table)
    .withIndex("overdue", (q) => q.gte("lease.wakeAt", 0))
    .first();
  return first !== null;
}

async function someTable(
  has: (table: WorkTable) => Promise<boolean>,
): Promise<boolean> {
  for (const table of TABLES) if (await has(table)) return true;
  return false;
}

async function purgeEnded(
  ctx: MutationCtx,
  table: WorkTable,
  now: number,
): Promise<void> {
  const rows = await ctx.db
    .query(table)
    .withIndex("purge", (q) => q.gte("purgeAt", 0).lte("purgeAt", now))
    .take(MAX_ROWS);
  for (const { _id } of rows) await ctx.db.delete(table, _id);
}

/** When the next row may be deleted (ms). */
async function nextPurge(ctx: MutationCtx): Promise<number | undefined> {
  const times: number[] = [];
  for (const table of TABLES) {
    const first = await ctx.db
      .query(table)
      .withIndex("purge", (q) => q.gte("purgeAt", 0))
      .first();
    if (first?.purgeAt !== undefined) times.push(first.purgeAt);
  }
  return times.length === 0 ? undefined : Math.min(...times);
}
