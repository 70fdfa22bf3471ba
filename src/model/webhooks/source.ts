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
import {
  REJECTION_SPACING_MS,
  type Refusal,
  type Route,
} from "../../shared/webhooks.js";

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

type DeclaredRoutes = { fingerprint: string; routes: Route[] };

/** Stores the routes of a source. Writes only a change, so that deliveries do not conflict over the row. */
export async function declareRoutes(
  ctx: MutationCtx,
  source: string,
  stored: StoredSource | null,
  { fingerprint, routes }: DeclaredRoutes,
): Promise<Pick<StoredSource, "paused" | "routes">> {
  if (!stored) {
    const row = { source, paused: false, fingerprint, routes };
    await ctx.db.insert("webhookSources", row);
    return row;
  }
  if (stored.fingerprint !== fingerprint) {
    await ctx.db.patch("webhookSources", stored._id, { fingerprint, routes });
  }
  return { paused: stored.paused, routes };
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
