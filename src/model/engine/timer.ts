/**
 * Arranging what a lease says next: its columns, the scheduled function of the attempt, and the lifeline that finds the work
 * again if that function is lost.
 *
 * @module
 */
import type { FunctionReference } from "convex/server";
import { internal } from "../../component/_generated/api.js";
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import {
  begin,
  type Lease,
  type LeaseEnd,
  type LeasePolicy,
  type NextLease,
  type Skip,
} from "./lease.js";

/** The tables whose rows are pieces of work. Each has the columns `lease` and the indexes `overdue` and `blocked`. */
export type WorkTable =
  "bulkJobs" | "jobRuns" | "jobQueue" | "webhookEvents" | "tasks";
export type Work<Table extends WorkTable = WorkTable> = Doc<Table>;
/** Columns to write. `undefined` deletes one. */
export type Columns<Table extends WorkTable> = {
  [Name in Exclude<keyof Doc<Table>, "_id" | "_creationTime">]?:
    Doc<Table>[Name] | undefined;
};

/** What the engine has to know of one kind of work. A kind registers in `kinds.ts`. */
export type WorkKind<Table extends WorkTable> = {
  table: Table;
  policyOf: (
    ctx: QueryCtx,
    work: Doc<Table>,
  ) => LeasePolicy | Promise<LeasePolicy>;
  /** The component's own function that makes an attempt. Only such functions are scheduled. */
  attempt: FunctionReference<
    "mutation",
    "internal",
    { id: Id<Table>; attempt: number }
  >;
  /**
   * Leaves out the item at the cursor: the columns that say so, or how the work ends instead. Work whose size is 0 is never
   * asked.
   *
   * @param error what the item failed with. Default: it died without a report
   */
  skip?: (
    ctx: MutationCtx,
    work: Doc<Table>,
    how: Skip,
    error?: DocsErrorData,
  ) => Promise<Partial<Doc<Table>> | LeaseEnd>;
  /** The columns of work whose attempt died and is tried again. */
  died?: Partial<Doc<Table>>;
  /** What else the row says of a lease that it gets. Default: nothing. */
  columnsOf?: (work: Doc<Table>, lease: Lease) => Columns<Table>;
  /**
   * Ends the work: writes its columns, without the lease, and deletes what only it needs. What follows it is scheduled, so that
   * a failure there does not undo the end.
   *
   * @param error what the last attempt failed with. Absent in work that is discarded: it died without a report
   */
  end: (
    ctx: MutationCtx,
    work: Doc<Table>,
    end: LeaseEnd,
    error?: DocsErrorData,
  ) => Promise<void>;
};

/** The least time between two looks at what is overdue, while work is in flight (ms). */
export const TICK_MS = 60_000;

/**
 * How long work waits for a function that is not deployed: looks after 1 min, 2 min, 4 min and so on up to an hour, for about
 * seven days. A deploy that brings the function back within that time costs nothing.
 */
export const BLOCKED = {
  blockedMs: (blocks: number) => Math.min(2 ** blocks * 60_000, 3_600_000),
  maxBlocks: 173,
} as const satisfies Partial<LeasePolicy>;

/** Work that is due later than this (ms) is left to its timer and the hourly look: it keeps no tick going. */
const NEAR_MS = 3_600_000;

/**
 * Begins a piece of work, whose row is there. Its first attempt runs at a time (ms), with the other columns of the row written
 * along with the lease.
 *
 * @param last the last attempt of an earlier round
 */
export async function beginWork<Table extends WorkTable>(
  ctx: MutationCtx,
  kind: Pick<WorkKind<Table>, "table" | "attempt">,
  id: Id<Table>,
  policy: LeasePolicy,
  at: number,
  columns: Columns<Table> = {},
  last = 0,
): Promise<void> {
  const { lease } = begin(Date.now(), policy, at, last);
  const timer = await scheduleAttempt(ctx, kind, id, lease.attempt, at);
  await patchWork(ctx, kind, id, columns, { ...lease, timer });
  await ensureLifeline(ctx, lease.wakeAt);
}

/**
 * Writes what the lease says next, with the columns that the attempt has made, in the transaction that found it out.
 *
 * The timer of before is left alone: it is the function that runs now, or one that is fenced off by its attempt.
 */
export async function arrange<Table extends WorkTable>(
  ctx: MutationCtx,
  kind: WorkKind<Table>,
  work: Doc<Table>,
  next: NextLease,
  columns: Columns<Table> = {},
  error?: DocsErrorData,
): Promise<void> {
  const ended = { ...work, ...columns } as Doc<Table>;
  if (next.lease === null) {
    await kind.end(ctx, ended, next.end, error);
    return;
  }
  const skipped: Partial<Doc<Table>> | LeaseEnd =
    (next.skip && (await kind.skip?.(ctx, work, next.skip, error))) ?? {};
  if (isEnd(skipped)) {
    await kind.end(ctx, ended, skipped, error);
    return;
  }
  const { lease, runAt } = next;
  if (lease.phase === "blocked" && lease.blocks === 1) logBlocked(kind, lease);
  const timer =
    runAt === undefined
      ? lease.timer
      : await scheduleAttempt(ctx, kind, work._id, lease.attempt, runAt);
  const written = { ...kind.columnsOf?.(work, lease), ...columns, ...skipped };
  await patchWork(ctx, kind, work._id, written, { ...lease, timer });
  const before = work.lease as Lease | undefined;
  // The tick is arranged for the time of before.
  if (lease.wakeAt < (before?.wakeAt ?? Infinity)) {
    await ensureLifeline(ctx, lease.wakeAt);
  }
}

/** Once for each time that work is blocked. */
function logBlocked<Table extends WorkTable>(
  { table }: Pick<WorkKind<Table>, "table">,
  { blockedOn }: Lease,
): void {
  console.error(
    `convex-docs: work in "${table}" waits for the function "${blockedOn}": it is not deployed, or does not answer as the one that this package makes does. Deploy that one under this name, and the work goes on by itself.`,
  );
}

function isEnd(skipped: object | LeaseEnd): skipped is LeaseEnd {
  return typeof skipped === "string";
}

async function scheduleAttempt<Table extends WorkTable>(
  ctx: MutationCtx,
  kind: Pick<WorkKind<Table>, "attempt">,
  id: Id<Table>,
  attempt: number,
  at: number,
): Promise<Id<"_scheduled_functions">> {
  // Convex's types of a call know one reference, not that of one of several tables.
  const { attempt: reference } = kind as unknown as WorkKind<"bulkJobs">;
  const call = { id: id as Id<"bulkJobs">, attempt };
  return await ctx.scheduler.runAt(at, reference, call);
}

async function patchWork<Table extends WorkTable>(
  ctx: MutationCtx,
  { table }: Pick<WorkKind<Table>, "table">,
  id: Id<Table>,
  columns: Columns<Table>,
  lease: Lease,
): Promise<void> {
  // Convex's types of a patch know one table, not one of several.
  await ctx.db.patch(table as "bulkJobs", id as Id<"bulkJobs">, {
    ...(columns as Partial<Doc<"bulkJobs">>),
    lease,
  });
}

/**
 * Makes sure that work is looked at when it is overdue (ms): by the tick if that is soon, and otherwise by the hourly look. One
 * row, read by each start and written only where it says a later time, so starts do not conflict over it.
 *
 * @returns when that look is (ms)
 */
export async function ensureLifeline(
  ctx: MutationCtx,
  wakeAt: number,
): Promise<number> {
  const lifeline = await ctx.db.query("lifeline").first();
  const now = Date.now();
  const { tickAt = Infinity, lookAt = Infinity } = lifeline ?? {};
  const next = nextLook(wakeAt, now);
  const isCovered =
    next.tickAt === undefined
      ? lookAt <= next.lookAt
      : isArmed(lifeline, now) && tickAt <= next.tickAt;
  if (isCovered) return next.tickAt === undefined ? lookAt : tickAt;
  if (next.tickAt !== undefined) {
    await ctx.scheduler.runAt(next.tickAt, internal.engine.tick, {});
  }
  if (lifeline) await ctx.db.patch("lifeline", lifeline._id, next);
  else await ctx.db.insert("lifeline", next);
  return next.tickAt ?? next.lookAt;
}

/** Makes sure that the hourly look comes when something has to be deleted (ms). */
export async function ensurePurge(
  ctx: MutationCtx,
  purgeAt: number,
): Promise<void> {
  // Not at once: only what is later than `NEAR_MS` is left to the look.
  const at = Math.max(purgeAt, Date.now() + 1);
  await ensureLifeline(ctx, at + NEAR_MS);
}

/**
 * The furthest time (ms from now) at which anything is looked at. No work waits that long: a plan waits 14 days in one, a grant 7,
 * a retry 1. What lies beyond was written by a clock that ran ahead, and counts as overdue.
 */
export const HORIZON_MS = 30 * 24 * 3_600_000;

/** A tick, or the hourly look (ms). Neither where there is nothing to look at. */
export type Look = { tickAt?: number; lookAt?: number };

/** What looks at work that is overdue at a time (ms): a tick, or the hourly look once its time is near. */
export function nextLook(
  wakeAt: number,
  now: number,
): { tickAt: number; lookAt?: never } | { lookAt: number; tickAt?: never } {
  return wakeAt <= now + NEAR_MS
    ? { tickAt: Math.max(wakeAt, now + TICK_MS) }
    : { lookAt: Math.min(wakeAt - NEAR_MS, now + HORIZON_MS) };
}

/**
 * Whether a tick is to be expected. One that is late by more than a tick is lost; one that is later than any tick is arranged for was
 * written by a clock that ran ahead.
 */
export function isArmed(
  lifeline: Pick<Doc<"lifeline">, "tickAt"> | null,
  now: number,
): boolean {
  const tickAt = lifeline?.tickAt;
  if (tickAt === undefined) return false;
  return tickAt > now - TICK_MS && tickAt <= now + NEAR_MS;
}
