import { v } from "convex/values";
import { components } from "./_generated/api";
import { mutation, query } from "./_generated/server";

export const add = mutation({
  args: { title: v.string() },
  handler: async (ctx, { title }): Promise<string> => {
    const userId = await whoActs(ctx);
    const { id } = await ctx.runMutation(components.shelf.books.add, {
      userId,
      title,
    });
    return id;
  },
});

export const title = query({
  args: { id: v.string() },
  handler: async (ctx, { id }): Promise<string | null> => {
    const userId = await whoActs(ctx);
    return ctx.runQuery(components.shelf.books.title, { userId, id });
  },
});

async function whoActs(ctx: {
  auth: { getUserIdentity: () => Promise<{ tokenIdentifier: string } | null> };
}): Promise<string> {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) throw new Error("Nobody is signed in.");
  return identity.tokenIdentifier;
}
