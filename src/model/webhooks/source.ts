/**
 * A source: the routes that the host declares, and the deliveries that were refused.
 *
 * @module
 */
import type { Doc } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { internal } from "../../component/_generated/api.js";
import {
  REJECTION_SPACING_MS,
  WEBHOOK_RETRY,
  type Refusal,
  type Route,
  type SourcePolicy,
} from "../../shared/webhooks.js";
import { ensureLifeline, ensurePurge, TICK_MS } from "../engine/timer.js";

export type StoredSource = Doc<"webhookSources">;

export async function findSource(
  ctx: QueryCtx,
  source: string,
): Promise<StoredSource | null> {
  return await ctx.db
    .query("webhookSources")
    .withIndex("source", (q) => q.eq("source", source))
    .unique();
}

/** The route of a type: its own, or `"*"`. */
export function routeOf(
  source: Pick<StoredSource, "routes"> | null,
  type: string,
): Route | undefined {
  const routes = source?.routes ?? [];
  return (
    routes.find((route) => route.type === type) ??
    routes.find((route) => route.type === "*")
  );
}

/* What the events of a source wait for, as a lease's `blockedOn`. No function has such a name. */

/** A handler. */
export const routesOf = (source: string): string => `routes of ${source}`;
/** The end of a pause. */
export const pauseOf = (source: string): string => `pause of ${source}`;

type Declared = {
  fingerprint: string;
  routes: Route[];
  policy: SourcePolicy;
};

/**
 * Stores what the host says of a source, and wakes the events that wait for a handler. Writes only a change, so that deliveries
 * do not conflict over the row. While a handler is not deployed, the fingerprint stays empty, so that the next delivery asks the
 * host again.
 */
export async function declareRoutes(
  ctx: MutationCtx,
  source: string,
  stored: StoredSource | null,
  { fingerprint, routes, policy }: Declared,
): Promise<StoredSource | null> {
  const isWhole = routes.every(({ handle }) => handle !== undefined);
  const columns = { fingerprint: isWhole ? fingerprint : "", routes, policy };
  if (!stored) {
    const row = { source, paused: false, ...columns };
    const id = await ctx.db.insert("webhookSources", row);
    return { ...row, _id: id, _creationTime: Date.now() };
  }
  if (!isWhole && isSame(stored, columns)) return stored;
  if (stored.fingerprint === fingerprint) return stored;
  const name = routesOf(source);
  await ctx.scheduler.runAfter(0, internal.engine.wake, { name });
  const hasChanged = !isSame(stored.policy, policy);
  const now = Date.now();
  const redating = { purgeAt: now, redated: undefined };
  await ctx.db.patch("webhookSources", stored._id, {
    ...columns,
    ...(hasChanged ? redating : {}),
  });
  if (hasChanged) await ensurePurge(ctx, now);
  return { ...stored, ...columns };
}

/** Whether a value has these columns, as JSON: what the host declares has the same order each time. */
function isSame(stored: object | undefined, columns: object): boolean {
  return Object.entries(columns).every(
    ([name, value]) =>
      JSON.stringify(
        (stored as Record<string, unknown> | undefined)?.[name],
      ) === JSON.stringify(value),
  );
}

/** Asks the host for its routes at the next delivery: one of their functions is not deployed any more. */
export async function forgetRoutes(
  ctx: MutationCtx,
  { _id, fingerprint }: StoredSource,
): Promise<void> {
  if (fingerprint === "") return;
  await ctx.db.patch("webhookSources", _id, { fingerprint: "" });
}

/** A transaction takes less than this (ms), so a tick that is later than that sees what it has written. */
const MARGIN_MS = 15_000;

/**
 * Makes sure that a tick looks after an event that was just stored. The row of its source remembers when it comes: a delivery
 * reads that row anyway.
 */
export async function watchSource(
  ctx: MutationCtx,
  source: StoredSource | null,
): Promise<void> {
  const now = Date.now();
  const { watchedUntil = 0, _id } = source ?? {};
  // Never further than a tick, whatever a restored backup says.
  if (watchedUntil > now + MARGIN_MS && watchedUntil <= now + TICK_MS) return;
  const tickAt = await ensureLifeline(ctx, now + WEBHOOK_RETRY.graceMs);
  if (!_id || tickAt === watchedUntil) return;
  await ctx.db.patch("webhookSources", _id, { watchedUntil: tickAt });
}

/**
 * Records a refused delivery, at most once per `REJECTION_SPACING_MS`, source and reason. A wrong secret refuses every
 * delivery, and without this record only the sender would notice.
 */
export async function recordRejection(
  ctx: MutationCtx,
  source: string,
  code: Refusal,
): Promise<void> {
  const now = Date.now();
  const known = await ctx.db
    .query("webhookRejections")
    .withIndex("source", (q) => q.eq("source", source).eq("code", code))
    .first();
  if (!known) {
    const row = { source, code, firstAt: now, lastAt: now, count: 1 };
    await ctx.db.insert("webhookRejections", row);
  } else if (now - known.lastAt >= REJECTION_SPACING_MS) {
    const count = known.count + 1;
    await ctx.db.patch("webhookRejections", known._id, { lastAt: now, count });
  }
}

/** Why deliveries of a source were refused, the latest reason first. At most one row per code. */
export async function rejectionsOf(ctx: QueryCtx, source: string) {
  const rows = await ctx.db
    .query("webhookRejections")
    .withIndex("source", (q) => q.eq("source", source))
    .take(20);
  return rows
    .map(({ code, firstAt, lastAt, count }) => ({
      code,
      firstAt,
      lastAt,
      count,
    }))
    .sort((a, b) => b.lastAt - a.lastAt);
}
