import { vJobAlert } from "@acme/convex-docs/jobs";
import { v } from "convex/values";
import { internalMutation, query } from "./_generated/server.js";
import { requireOperator } from "./operator.js";

/**
 * What a job's `onFailure` is told: that it keeps failing, and that it works again. A real app would send a message from
 * here; this one shows it to whoever looks.
 */
export const onJob = internalMutation({
  args: { alert: vJobAlert },
  returns: v.null(),
  handler: async (ctx, { alert: { job, kind, failures } }) => {
    const open = await ctx.db
      .query("alerts")
      .withIndex("job", (q) => q.eq("job", job))
      .unique();
    if (open) await ctx.db.delete("alerts", open._id);
    if (kind === "failing") await ctx.db.insert("alerts", { job, failures });
    return null;
  },
});

/** The jobs that keep failing, for an operator. There is one alert a job at most. */
export const open = query({
  args: {},
  returns: v.array(
    v.object({ job: v.string(), failures: v.number(), since: v.number() }),
  ),
  handler: async (ctx) => {
    await requireOperator(ctx);
    const alerts = await ctx.db.query("alerts").take(100);
    return alerts.map(({ job, failures, _creationTime }) => ({
      job,
      failures,
      since: _creationTime,
    }));
  },
});
