/**
 * One document, as found by what a caller says it is called.
 *
 * @module
 */
import type { Doc } from "../component/_generated/dataModel.js";
import type { QueryCtx } from "../component/_generated/server.js";
import { mayRead } from "../shared/access.js";
import type { Actor, StoredDocument } from "../shared/validators.js";

export type Stored = Doc<"documents">;

/** A document by its id, wherever it is. `null` for a missing one, a malformed id and an id of another table alike. */
export async function find(ctx: QueryCtx, id: string): Promise<Stored | null> {
  const documentId = ctx.db.normalizeId("documents", id);
  return documentId && (await ctx.db.get("documents", documentId));
}

/** The one document outside the trash that its owner calls by this key. */
export async function findByKey(
  ctx: QueryCtx,
  ownerId: string,
  key: string,
): Promise<Stored | null> {
  return await ctx.db
    .query("documents")
    .withIndex("key", (q) =>
      q.eq("ownerId", ownerId).eq("trashed", false).eq("key", key),
    )
    .unique();
}

/** A found document as this actor may see it: `null` if not at all. */
export function show(
  actor: Actor,
  document: Stored | null,
): StoredDocument | null {
  return document && mayRead(actor, document) ? present(document) : null;
}

/** A document without the columns that only indexes read. */
export function present(document: Stored): StoredDocument {
  const { trashed, searchText, ...shown } = document;
  return shown;
}
