/**
 * Looking after the work: while some is in flight, whenever one may be overdue, at most once a minute; and each hour by a cron.
 *
 * @module
 */
import { internal } from "../../component/_generated/api.js";
import type { Doc } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import {
  HEALED,
  HEALING,
  kindOf,
  PURGED_TABLES,
  purgeRow,
  WORK_TABLES,
  type PurgedTable,
} from "./kinds.js";
import { overdue, woken, type Lease, type TimerState } from "./lease.js";
import {
  arrange,
  HORIZON_MS,
  isArmed,
  nextLook,
  type Look,
  type WorkTable,
} from "./timer.js";

/** Rows of one table that one look takes: far below every limit of a transaction. The next tick takes the rest. */
const MAX_ROWS = 50;

/** Between two ticks while there is more to delete (ms). */
const PURGE_MS = 1_000;

/**
 * Arranges anew what is overdue, deletes what has ended long ago, and schedules itself again while work is in flight. A tick that
 * was late enough to be replaced does nothing, so that there is one chain of them.
 */
export async function tick(ctx: MutationCtx): Promise<void> {
  const now = Date.now();
  const lifeline = await ctx.db.query("lifeline").first();
  if (isArmed(lifeline, now) && (lifeline?.tickAt ?? 0) > now) return;
  for (const table of WORK_TABLES) await rescueOverdue(ctx, table, now);
  for (const table of PURGED_TABLES) await purgeEnded(ctx, table, now);
  await rearm(ctx, lifeline, now);
}

/** Writes when the work is looked at next. */
async function rearm(
  ctx: MutationCtx,
  lifeline: Doc<"lifeline"> | null,
  now: number,
): Promise<void> {
  const purgeAt = await nextPurge(ctx);
  const wakeAt = await nextWake(ctx);
  const next: Look = wakeAt === Infinity ? {} : nextLook(wakeAt, now);
  // What one tick could not delete is deleted soon, and not an hour later.
  const tickAt = purgeAt <= now ? now + PURGE_MS : next.tickAt;
  if (tickAt) await ctx.scheduler.runAt(tickAt, internal.engine.tick, {});
  const lookAt = Math.min(next.lookAt ?? Infinity, purgeAt);
  const columns = omitUndefined({
    tickAt,
    lookAt:
      lookAt === Infinity ? undefined : Math.min(lookAt, now + HORIZON_MS),
    healed: lifeline?.healed,
    healing: lifeline?.healing,
  });
  if (lifeline) await ctx.db.replace("lifeline", lifeline._id, columns);
  else await ctx.db.insert("lifeline", columns);
}

/**
 * The hourly cron. Reads one row, unless something is due or a tick is lost: an operator cancelled all scheduled functions, or a
 * backup was restored.
 */
export async function look(ctx: MutationCtx): Promise<void> {
  const now = Date.now();
  const lifeline = await ctx.db.query("lifeline").first();
  if (lifeline?.healed !== HEALING) {
    await heal(ctx, lifeline);
    return;
  }
  if (isArmed(lifeline, now)) return;
  const { tickAt, lookAt } = lifeline;
  const isLater = lookAt === undefined || isAhead(lookAt, now);
  if (tickAt === undefined && isLater) return;
  await tick(ctx);
}

/** Whether a time (ms) is to come, and was not written by a clock that ran ahead. */
const isAhead = (at: number, now: number): boolean =>
  at > now && at <= now + HORIZON_MS;

/** Heals rows of before the engine, once after an upgrade: as many as one transaction takes, and the rest in the next. */
async function heal(
  ctx: MutationCtx,
  lifeline: Doc<"lifeline"> | null,
): Promise<void> {
  const under = lifeline?.healing ?? { step: 0, from: 0 };
  for (const [step, some] of HEALED.entries()) {
    if (step < under.step) continue;
    const from = step === under.step ? under.from : 0;
    const next = await some(ctx, from);
    if (next === null) continue;
    await saveHealing(ctx, { healing: { step, from: next } });
    await ctx.scheduler.runAfter(0, internal.engine.look, {});
    return;
  }
  await saveHealing(ctx, { healed: HEALING, healing: undefined });
  if (!isArmed(lifeline, Date.now())) await tick(ctx);
}

async function saveHealing(
  ctx: MutationCtx,
  columns: { healed?: number; healing: Doc<"lifeline">["healing"] | undefined },
): Promise<void> {
  // What was healed may have armed a tick.
  const now = await ctx.db.query("lifeline").first();
  if (now) await ctx.db.patch("lifeline", now._id, columns);
  else await ctx.db.insert("lifeline", omitUndefined(columns));
}

/** The host has declared a function anew: what waited for it goes on. */
export async function wake(ctx: MutationCtx, name: string): Promise<void> {
  let isFull = false;
  for (const table of WORK_TABLES) {
    const rows = await ctx.db
      .query(table)
      .withIndex("blocked", (q) => q.eq("lease.blockedOn", name))
      .take(MAX_ROWS);
    for (const work of rows) await wakeOne(ctx, table, work);
    isFull ||= rows.length === MAX_ROWS;
  }
  if (isFull) await ctx.scheduler.runAfter(0, internal.engine.wake, { name });
}

async function wakeOne<Table extends WorkTable>(
  ctx: MutationCtx,
  table: Table,
  work: Doc<Table>,
): Promise<void> {
  const kind = kindOf(table, work);
  const lease = work.lease as Lease | undefined;
  if (!lease) return;
  const policy = await kind.policyOf(ctx, work);
  await arrange(ctx, kind, work, woken(lease, Date.now(), policy));
}

async function rescueOverdue(
  ctx: MutationCtx,
  table: WorkTable,
  now: number,
): Promise<void> {
  const due = await ctx.db
    .query(table)
    // Absent sorts before every number: work that is over is out of range.
    .withIndex("overdue", (q) =>
      q.gte("lease.wakeAt", 0).lte("lease.wakeAt", now),
    )
    .take(MAX_ROWS);
  const misdated = await ctx.db
    .query(table)
    .withIndex("overdue", (q) => q.gt("lease.wakeAt", now + HORIZON_MS))
    .take(MAX_ROWS - due.length);
  for (const work of [...due, ...misdated]) {
    await rescueOne(ctx, table, work, now);
  }
}

async function rescueOne<Table extends WorkTable>(
  ctx: MutationCtx,
  table: Table,
  work: Doc<Table>,
  now: number,
): Promise<void> {
  const kind = kindOf(table, work);
  const lease = work.lease as Lease | undefined;
  if (!lease) return;
  // What a clock that ran ahead has scheduled comes too late to be waited for, and is fenced off when it does.
  const isMisdated = lease.wakeAt > now + HORIZON_MS;
  const timer = isMisdated ? "missing" : await timerState(ctx, lease);
  const policy = await kind.policyOf(ctx, work);
  const next = overdue(lease, timer, now, policy);
  const hasDied = next.lease !== null && next.lease.tries > lease.tries;
  await arrange(ctx, kind, work, next, hasDied ? kind.died : {});
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

/** When the next piece of work is overdue (ms). */
async function nextWake(ctx: MutationCtx): Promise<number> {
  let next = Infinity;
  for (const table of WORK_TABLES) {
    const first = await ctx.db
      .query(table)
      .withIndex("overdue", (q) => q.gte("lease.wakeAt", 0))
      .first();
    next = Math.min(next, first?.lease?.wakeAt ?? Infinity);
  }
  return next;
}

async function purgeEnded(
  ctx: MutationCtx,
  table: PurgedTable,
  now: number,
): Promise<void> {
  const rows = await ctx.db
    .query(table)
    .withIndex("purge", (q) => q.gte("purgeAt", 0).lte("purgeAt", now))
    .take(MAX_ROWS);
  for (const row of rows) await purgeRow(ctx, table, row);
}

/** When the next row may be deleted (ms). */
async function nextPurge(ctx: MutationCtx): Promise<number> {
  let next = Infinity;
  for (const table of PURGED_TABLES) {
    const first = await ctx.db
      .query(table)
      .withIndex("purge", (q) => q.gte("purgeAt", 0))
      .first();
    next = Math.min(next, first?.purgeAt ?? Infinity);
  }
  return next;
}
