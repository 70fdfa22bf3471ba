import { fetchJson, vJobClaim } from "@acme/convex-docs/jobs";
import { v } from "convex/values";
import { z } from "zod";
import { internal } from "./_generated/api.js";
import { internalMutation, query } from "./_generated/server.js";
import { jobs } from "./jobs.js";
import { requireOperator } from "./operator.js";

declare const process: { env: Record<string, string | undefined> };

/** Pages of one run. What is left waits for the next one, five minutes later. */
const MAX_PAGES = 20;

const page = z.object({
  updates: z.array(
    z.object({ id: z.string(), title: z.string(), changedAt: z.string() }),
  ),
  nextCursor: z.string(),
  hasMore: z.boolean(),
});

/**
 * Fetches what another service has told since the last time. The cursor is saved with the end of a run, and applying an
 * update twice is applying it once: a run that is lost half way is simply run again.
 */
export const pullUpdates = jobs.action("pull-updates", {
  retry: { attempts: 3, baseMs: 5_000, capMs: 60_000 },
  breaker: { after: 5, forMs: 30 * 60_000 },
  onFailure: "alerts:onJob",
  handler: async (ctx, run) => {
    const url = new URL(process.env["UPDATES_URL"] ?? "");
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

/** Inserts what is new and changes what is known, by the other service's own ids. */
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
        // An older page that comes late changes nothing.
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
