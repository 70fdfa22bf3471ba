/**
 * Deliveries that were refused. A misconfigured secret refuses all of them, and the only one who would notice is the sender.
 *
 * @module
 */
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { Refusal } from "../../shared/webhooks/codes.js";
import { REJECTION_SPACING_MS } from "../../shared/webhooks/limits.js";

/** Writes it down, at most once a minute for one source and reason. */
export async function reject(
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

/** Why deliveries of a source were refused, the latest reason first. There are as many as there are codes, at most. */
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
