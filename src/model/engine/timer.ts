/**
 * Arranging what a lease says next: its columns, the scheduled function of the attempt, and the lifeline that finds the work
 * again if that function is lost.
 *
 * @module
 */
import type { FunctionReference } from "convex/server";
import { internal } from "../../component/_generated/api.js";
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import {
  begin,
  type LeaseEnd,
  type LeasePolicy,
  type NextLease,
} from "./lease.js";

/** The tables whose rows are pieces of work. */
export type WorkTable = "bulkJobs";
export type Work<Table extends WorkTable = WorkTable> = Doc<Table>;

/** What the engine has to know of one kind of work. */
export type WorkKind<Table extends WorkTable = WorkTable> = {
  table: Table;
  policy: LeasePolicy;
  /** The component's own function that makes an attempt. Only such functions are scheduled. */
  attempt: FunctionReference<
    "mutation",
    "internal",
    { id: Id<Table>; attempt: number }
  >;
  /**
   * Leaves out the item at the cursor: the columns that say so, or how the work ends instead.
   *
   * @param error what the item failed with. Default: it died without a report
   */
  skip: (
    ctx: MutationCtx,
    work: Doc<Table>,
    error?: DocsErrorData,
  ) => Promise<Partial<Doc<Table>> | LeaseEnd>;
  /** Ends the work: writes its columns, without the lease, and deletes what only it needs. */
  end: (ctx: MutationCtx, work: Doc<Table>, end: LeaseEnd) => Promise<void>;
};

/** Between two looks at what is overdue, while work is in flight (ms). */
export const TICK_MS = 60_000;

/**
 * How long work waits for a function that is not deployed: looks after 1 min, 2 min, 4 min and so on up to an hour, for about
 * seven days. A deploy that brings the function back within that time costs nothing.
 */
export const BLOCKED = {
  blockedMs: (blocks: number) => Math.min(2 ** blocks * 60_000, 3_600_000),
  maxBlocks: 173,
} as const satisfies Partial<LeasePolicy>;

/** Begins a piece of work, whose row is there. Its first attempt runs at a time (ms). */
export async function beginWork(
  ctx: MutationCtx,
  kind: WorkKind,
  work: Work["_id"],
  at: number,
): Promise<void> {
  const { lease } = begin(Date.now(), kind.policy, at);
  if (lease === null) return;
  const call = { id: work, attempt: lease.attempt };
  const timer = await ctx.scheduler.runAt(at, kind.attempt, call);
  await ctx.db.patch(kind.table, work, { lease: { ...lease, timer } });
  await ensureLifeline(ctx);
}

/**
 * Writes what the lease says next, with the columns that the attempt has made, in the transaction that found it out.
 *
 * The timer of before is left alone: it is the function that runs now, or one that is fenced off by its attempt.
 */
export async function arrange(
  ctx: MutationCtx,
  kind: WorkKind,
  work: Work,
  next: NextLease,
  columns: Partial<Work> = {},
  error?: DocsErrorData,
): Promise<void> {
  if (next.lease === null) {
    await kind.end(ctx, { ...work, ...columns }, next.end);
    return;
  }
  const skipped = next.skip ? await kind.skip(ctx, work, error) : {};
  if (typeof skipped === "string") {
    await kind.end(ctx, { ...work, ...columns }, skipped);
    return;
  }
  const { lease, runAt } = next;
  const call = { id: work._id, attempt: lease.attempt };
  const timer =
    runAt === undefined
      ? lease.timer
      : await ctx.scheduler.runAt(runAt, kind.attempt, call);
  await ctx.db.patch(kind.table, work._id, {
    ...columns,
    ...skipped,
    lease: { ...lease, timer },
  });
}

/**
 * Makes sure that the tick runs while work is in flight. One row, read by each start and written by the tick alone once it is
 * armed, so starts do not conflict over it.
 */
async function ensureLifeline(ctx: MutationCtx): Promise<void> {
  const lifeline = await ctx.db.query("lifeline").first();
  const now = Date.now();
  if (isArmed(lifeline, now)) return;
  const tickAt = now + TICK_MS;
  await ctx.scheduler.runAt(tickAt, internal.engine.tick, {});
  if (lifeline) await ctx.db.patch("lifeline", lifeline._id, { tickAt });
  else await ctx.db.insert("lifeline", { tickAt });
}

/** Whether a tick is to be expected. One that is late by more than a tick is lost. */
export function isArmed(
  lifeline: Pick<Doc<"lifeline">, "tickAt"> | null,
  now: number,
): boolean {
  const tickAt = lifeline?.tickAt;
  return tickAt !== undefined && tickAt > now - TICK_MS;
}
