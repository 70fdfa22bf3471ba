/**
 * One's own data: all of them to take along, or gone. A real app asks for the password again before either, and closes the
 * account before it erases, so that nothing new comes meanwhile.
 *
 * @module
 */
import { docsError, vErasure } from "@acme/convex-docs";
import type { Auth } from "convex/server";
import { v } from "convex/values";
import { mutation, query } from "./_generated/server.js";
import { docs } from "./documents.js";
import { leaveAll } from "./teams.js";

const person = docs.asSystem("asked by themselves");

/**
 * Starts to erase what there is of the caller; `erasure` shows the progress. While it is under way, another call begins none.
 *
 * @throws UNAUTHORIZED
 */
export const erase = mutation({
  args: {},
  returns: v.object({ runId: v.string() }),
  handler: async (ctx) => {
    const userId = await callerOf(ctx);
    // The component knows nothing of the app's own tables.
    const uses = ctx.db
      .query("limits")
      .withIndex("by_user", (q) => q.eq("userId", userId));
    for await (const { _id } of uses) await ctx.db.delete("limits", _id);
    // What a team owns goes with the last person in it.
    for (const team of await leaveAll(ctx, userId))
      await person.erase(ctx, { userId: team });
    return await person.erase(ctx, { userId });
  },
});

/** The caller's last erasure: how far it is, and then the receipt. `null` if there was none. */
export const erasure = query({
  args: {},
  returns: v.union(v.null(), vErasure),
  handler: async (ctx) => {
    const userId = await callerOf(ctx);
    return await person.erasure(ctx, { userId });
  },
});

/**
 * A page of what there is of the caller, and the cursor of the next one. The cursor leads to nothing of anybody else's.
 *
 * @throws UNAUTHORIZED; INVALID_CURSOR
 */
export const exportPage = query({
  args: { cursor: v.union(v.null(), v.string()) },
  returns: docs.validators.exportPage,
  handler: async (ctx, { cursor }) => {
    const userId = await callerOf(ctx);
    return await person.exportPage(ctx, { userId, cursor });
  },
});

async function callerOf(ctx: { auth: Auth }): Promise<string> {
  const user = await ctx.auth.getUserIdentity();
  if (user === null) throw docsError("UNAUTHORIZED");
  return user.tokenIdentifier;
}
