/**
 * The rows of grants.
 *
 * @module
 */
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { isOver } from "../../shared/access.js";
import { isLink, LINKS } from "../../shared/principals.js";
import { SHARING, type Granted } from "../../shared/sharing.js";

export type StoredGrant = Doc<"grants">;

/** What of a document sharing depends on. */
type Shared = Pick<Doc<"documents">, "_id" | "ownerId"> & {
  shared?: boolean | undefined;
  publicationId?: Id<"publications"> | undefined;
};

export async function findGrant(
  ctx: QueryCtx,
  documentId: Id<"documents">,
  principal: string,
): Promise<StoredGrant | null> {
  return await ctx.db
    .query("grants")
    .withIndex("document", (q) =>
      q.eq("documentId", documentId).eq("principal", principal),
    )
    .unique();
}

/** All grants of a document. */
export async function grantsOf(
  ctx: QueryCtx,
  documentId: Id<"documents">,
): Promise<StoredGrant[]> {
  return await ctx.db
    .query("grants")
    .withIndex("document", (q) => q.eq("documentId", documentId))
    .take(SHARING.maxMembers + SHARING.maxLinks);
}

/** Deletes grants of a document, and with the last its mark. */
export async function drop(
  ctx: MutationCtx,
  document: Omit<Shared, "ownerId">,
  grants: Pick<StoredGrant, "_id">[],
): Promise<void> {
  for (const grant of grants) await ctx.db.delete("grants", grant._id);
  const left = await ctx.db
    .query("grants")
    .withIndex("document", (q) => q.eq("documentId", document._id))
    .first();
  if (left === null && document.shared) {
    await setShared(ctx, document, undefined);
  }
}

/** Marks a document that has grants, and what is published of it, which decides without the document. */
export async function setShared(
  ctx: MutationCtx,
  { _id, publicationId }: Omit<Shared, "ownerId">,
  shared: true | undefined,
): Promise<void> {
  await ctx.db.patch("documents", _id, { shared });
  if (publicationId) {
    await ctx.db.patch("publications", publicationId, { shared });
  }
}

/** The columns of a grant, beside its document. */
export function columnsOf({
  _id,
  _creationTime,
  documentId: _documentId,
  ...columns
}: StoredGrant): NonNullable<Granted["before"]> {
  return columns;
}

/**
 * What a transfer leaves: members stay; what the new owner was given goes, and the links of the old one.
 *
 * @returns what this has changed: what was over already is none of it
 */
export async function handOver(
  ctx: MutationCtx,
  document: Shared,
): Promise<Granted[]> {
  if (!document.shared) return [];
  const own = await findGrant(ctx, document._id, document.ownerId);
  const links = await ctx.db
    .query("grants")
    .withIndex("document", (q) =>
      q
        .eq("documentId", document._id)
        .gte("principal", LINKS.from)
        .lt("principal", LINKS.to),
    )
    .take(SHARING.maxLinks);
  const gone = own ? [own, ...links] : links;
  if (gone.length > 0) await drop(ctx, document, gone);
  return gone
    .filter((grant) => !isOver(grant))
    .map((grant) => ({
      principal: grant.principal,
      ...(isLink(grant.principal) && { linkId: grant._id }),
      before: columnsOf(grant),
      after: null,
    }));
}
