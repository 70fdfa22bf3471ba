/**
 * Who has left their id in documents of others: the authors of contents, and who shared them. By these rows a person's ids are
 * found without a look at every document. A document that has any carries the mark `contributed`.
 *
 * @module
 */
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";

type Row = Omit<Doc<"documents">, "_id" | "_creationTime">;

/**
 * The users whose ids a write leaves in what is another's afterwards: who wrote it, the author of its content and, where the document
 * changes hands, its owner of before, who wrote and shared it until then. Nobody where there is neither a history nor sharing.
 * Leaves out who is known to have a row: who wrote what the same user writes again.
 */
export function contributorsOf({
  before,
  after,
}: {
  before: Row | null;
  after: Row | null;
}): string[] {
  if (after === null || before === after) return [];
  const ids = new Set<string>();
  const left = before?.contributed ? writersOf(before) : [];
  for (const by of writersOf(after)) {
    const isKnown = left.includes(by) && before?.ownerId !== by;
    if (by !== after.ownerId && !isKnown) ids.add(by);
  }
  const isMoved = before !== null && before.ownerId !== after.ownerId;
  if (isMoved && (before.head || before.shared)) ids.add(before.ownerId);
  return [...ids];
}

/** The users whose ids are in a row, as the author of its content and as who wrote it last. */
function writersOf({ head, updatedBy }: Row): string[] {
  return [head?.by, updatedBy].filter((by) => typeof by === "string");
}

/** Makes sure that there is a row. Whoever calls this has written the document's mark. */
export async function contribute(
  ctx: MutationCtx,
  id: string,
  by: string,
): Promise<void> {
  const documentId = id as Id<"documents">;
  const known = await ctx.db
    .query("contributions")
    .withIndex("by", (q) => q.eq("by", by).eq("documentId", documentId))
    .first();
  if (!known) await ctx.db.insert("contributions", { by, documentId });
}

/** Deletes contributions of a document that is gone. Returns how many. */
export async function removeContributions(
  ctx: MutationCtx,
  documentId: Id<"documents">,
  most: number,
): Promise<number> {
  const rows = await ctx.db
    .query("contributions")
    .withIndex("document", (q) => q.eq("documentId", documentId))
    .take(most);
  for (const { _id } of rows) await ctx.db.delete("contributions", _id);
  return rows.length;
}
