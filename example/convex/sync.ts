import { fetchJson, vJobClaim } from "@acme/convex-docs/jobs";
import { v } from "convex/values";
import * as z from "zod";
import { internal } from "./_generated/api.js";
import { env, internalMutation, query } from "./_generated/server.js";
import { jobs } from "./jobs.js";
import { requireOperator } from "./operations.js";

/** Pages of one run. The rest waits for the next run, five minutes later. */
const MAX_PAGES = 20;

const page = z.object({
  updates: z.array(
    z.object({ id: z.string(), title: z.string(), changedAt: z.string() }),
  ),
  nextCursor: z.string(),
  hasMore: z.boolean(),
});

/**
 * Fetches the updates of another service since the last run. The cursor is saved when a run ends, and applying an update
 * twice has the effect of one: a run that was cut off is run again.
 */
export const pullUpdates = jobs.action("pull-updates", {
  retry: { attempts: 3, baseMs: 5_000, capMs: 60_000 },
  breaker: { after: 5, forMs: 30 * 60_000 },
  onFailure: "operations:onJobFailure",
  handler: async (ctx, run) => {
    const url = new URL(env.UPDATES_URL ?? "");
    let cursor = run.cursor ?? "";
    let applied = 0;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      url.searchParams.set("cursor", cursor);
      const { updates, nextCursor, hasMore } = await fetchJson(url.href, {
        schema: page,
        signal: run.signal,
        attempts: 1,
      });
      await ctx.runMutation(internal.sync.apply, {
        claim: run.claim,
        updates,
      });
      applied += updates.length;
      cursor = nextCursor;
      await run.progress({ applied });
      if (!hasMore) break;
    }
    return { cursor, counts: { applied } };
  },
});

/** Inserts new updates and patches known ones, by the other service's ids. */
export const apply = internalMutation({
  args: {
    claim: vJobClaim,
    updates: v.array(
      v.object({ id: v.string(), title: v.string(), changedAt: v.string() }),
    ),
  },
  returns: v.null(),
  handler: async (ctx, { claim, updates }) => {
    await jobs.guard(ctx, claim);
    for (const { id: externalId, title, changedAt } of updates) {
      const known = await ctx.db
        .query("updates")
        .withIndex("externalId", (q) => q.eq("externalId", externalId))
        .unique();
      if (!known) {
        await ctx.db.insert("updates", { externalId, title, changedAt });
      } else if (known.changedAt <= changedAt) {
        // An older page that arrives late changes nothing.
        await ctx.db.patch("updates", known._id, { title, changedAt });
      }
    }
    return null;
  },
});

/** The latest updates, for an operator. */
export const latest = query({
  args: {},
  handler: async (ctx) => {
    await requireOperator(ctx);
    return await ctx.db.query("updates").order("desc").take(10);
  },
});
