/**
 * Pausing a source: deliveries are still taken in and answered, and nothing is applied until it is resumed.
 *
 * @module
 */
import { makeFunctionReference } from "convex/server";
import type { MutationCtx } from "../../component/_generated/server.js";
import { BULK } from "../../shared/webhooks/limits.js";
import { arm } from "./arm.js";
import { findSource } from "./source.js";

const release = makeFunctionReference<"mutation", { source: string }>(
  "deliveries:release",
);

export async function setPaused(
  ctx: MutationCtx,
  source: string,
  paused: boolean,
): Promise<void> {
  const stored = await findSource(ctx, source);
  if (!stored) {
    // Before its first delivery. What it routes is not known yet, which the empty fingerprint says.
    const row = { source, paused, fingerprint: "", routes: [] };
    await ctx.db.insert("webhookSources", row);
  } else if (stored.paused !== paused) {
    await ctx.db.patch("webhookSources", stored._id, { paused });
  }
  if (!paused) await ctx.scheduler.runAfter(0, release, { source });
}

/** Arranges the attempts of what was held back, some at a time, and goes on by itself. Stops if it is paused again. */
export async function releaseHeld(
  ctx: MutationCtx,
  source: string,
): Promise<void> {
  const stored = await findSource(ctx, source);
  if (stored?.paused) return;
  const held = await ctx.db
    .query("webhookEvents")
    .withIndex("source_status", (q) =>
      q.eq("source", source).eq("status", "held"),
    )
    .take(BULK.pass);
  for (const event of held) await arm(ctx, event, 0);
  if (held.length === BULK.pass) {
    await ctx.scheduler.runAfter(0, release, { source });
  }
}
