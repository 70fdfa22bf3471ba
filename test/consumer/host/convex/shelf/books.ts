import { Docs } from "@acme/convex-docs";
import { v } from "convex/values";
import { components } from "./_generated/api";
import { mutation, query } from "./_generated/server";

/** A component has no sign-in of its own: whoever mounts it says who acts. */
const books = new Docs(components.docs, {
  fields: { title: v.string() },
  identify: () => null,
});

export const add = mutation({
  args: { userId: v.string(), title: v.string() },
  returns: v.object({ id: v.string(), version: v.number() }),
  handler: (ctx, { userId, title }) => books.as(userId).create(ctx, { title }),
});

export const title = query({
  args: { userId: v.string(), id: v.string() },
  returns: v.union(v.string(), v.null()),
  handler: async (ctx, { userId, id }) =>
    (await books.as(userId).get(ctx, { id }))?.title ?? null,
});
