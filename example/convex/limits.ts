import { docsError } from "@acme/convex-docs";
import type { MutationCtx } from "./_generated/server.js";

/** How often a user may do something costly: `times` in a window of `windowMs`, which starts with the first use. */
const LIMITS = {
  samples: { times: 3, windowMs: 15_000 },
  summaries: { times: 10, windowMs: 60_000 },
} as const;

/**
 * Counts one use in the caller's transaction: a call that fails later counts nothing.
 *
 * @throws RATE_LIMITED with the ms until the window ends
 */
export async function countUse(
  ctx: MutationCtx,
  name: keyof typeof LIMITS,
  userId: string,
): Promise<void> {
  const { times, windowMs } = LIMITS[name];
  const now = Date.now();
  const window = await ctx.db
    .query("limits")
    .withIndex("by_user", (q) => q.eq("userId", userId).eq("name", name))
    .unique();
  if (window === null) {
    await ctx.db.insert("limits", { userId, name, startedAt: now, used: 1 });
    return;
  }
  const retryAfterMs = window.startedAt + windowMs - now;
  if (retryAfterMs <= 0) {
    await ctx.db.patch("limits", window._id, { startedAt: now, used: 1 });
  } else if (window.used >= times) {
    throw docsError("RATE_LIMITED", { retryAfterMs });
  } else {
    await ctx.db.patch("limits", window._id, { used: window.used + 1 });
  }
}
