import { docsError } from "@acme/convex-docs";
import { v, type Infer } from "convex/values";
import { internal } from "./_generated/api.js";
import { action, internalMutation, query } from "./_generated/server.js";
import { docs } from "./documents.js";
import { statisticsColumns } from "./schema.js";

/** Reading speed of an adult. Source: Brysbaert 2019, doi.org/10.1016/j.jml.2019.104047 (238). */
const WORDS_PER_MINUTE = 220;

const vStatistics = v.object(statisticsColumns);

/**
 * Counts the words of the caller's own document: an action that reads through an internal query, computes outside of a
 * transaction, and writes through an internal mutation.
 */
export const processDocument = action({
  args: { id: v.string() },
  returns: vStatistics,
  handler: async (ctx, { id }): Promise<Infer<typeof vStatistics>> => {
    const user = await ctx.auth.getUserIdentity();
    if (user === null) throw docsError("UNAUTHORIZED");
    const document = await ctx.runQuery(internal.documents.getById, { id });
    // An internal query sees every document, so the owner is checked here. For anyone else the document does not exist.
    if (document?.ownerId !== user.tokenIdentifier) {
      throw docsError("NOT_FOUND", { documentId: id });
    }
    const words = document.content.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
    const statistics = {
      version: document.version,
      words,
      minutes: Math.ceil(words / WORDS_PER_MINUTE),
    };
    await ctx.runMutation(internal.process.save, { id, ...statistics });
    return statistics;
  },
});

/** Stores the result unless a later version has one, or the document is gone: two runs may end in any order, and late. */
export const save = internalMutation({
  args: { id: v.string(), ...statisticsColumns },
  returns: v.null(),
  handler: async (ctx, { id: documentId, ...statistics }) => {
    const document = await docs
      .asSystem("statistics")
      .get(ctx, { id: documentId });
    if (document === null) return null;
    const known = await ctx.db
      .query("statistics")
      .withIndex("document", (q) => q.eq("documentId", documentId))
      .unique();
    if (!known) {
      await ctx.db.insert("statistics", { documentId, ...statistics });
    } else if (known.version < statistics.version) {
      await ctx.db.patch("statistics", known._id, statistics);
    }
    return null;
  },
});

/** The statistics of a document that the caller may see. */
export const statistics = query({
  args: { id: v.string() },
  returns: v.union(v.null(), vStatistics),
  handler: async (ctx, { id }) => {
    if ((await docs.get(ctx, { id })) === null) return null;
    const known = await ctx.db
      .query("statistics")
      .withIndex("document", (q) => q.eq("documentId", id))
      .unique();
    if (!known) return null;
    const { version, words, minutes } = known;
    return { version, words, minutes };
  },
});
