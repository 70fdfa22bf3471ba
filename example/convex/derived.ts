import type { MutationCtx } from "./_generated/server.js";

/** The app's own tables of what is made of a document. */
const TABLES = ["summaries", "statistics"] as const;

/** Deletes what was made of a document that is gone for good: the component knows nothing of the app's own tables. */
export async function forgetDerived(
  ctx: MutationCtx,
  documentId: string,
): Promise<void> {
  for (const table of TABLES) {
    const known = await ctx.db
      .query(table)
      .withIndex("document", (q) => q.eq("documentId", documentId))
      .unique();
    if (known) await ctx.db.delete(table, known._id);
  }
}
