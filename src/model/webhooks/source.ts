/**
 * What the host declared about a source.
 *
 * @module
 */
import type { Doc } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { Route } from "../../shared/webhooks/validators.js";

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

/** The route of a type: its own, or the one for all the rest. */
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

/** What the host declares now. Written only when it differs, so that deliveries do not conflict over it. */
export type Declared = { fingerprint: string; routes: Route[] };

export async function declare(
  ctx: MutationCtx,
  source: string,
  stored: StoredSource | null,
  { fingerprint, routes }: Declared,
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
