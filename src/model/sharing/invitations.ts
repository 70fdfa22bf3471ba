/**
 * Invitations: what is shared with an e-mail address, until whoever has it takes it up.
 *
 * An address may come to be somebody else's. So an invitation ends, and what has been taken up is the user's and depends on the
 * address no more.
 *
 * @module
 */
import type { MutationCtx } from "../../component/_generated/server.js";
import { actorRefusal, isOver } from "../../shared/access.js";
import type { Actor } from "../../shared/documents.js";
import { fail } from "../../shared/failures.js";
import { heldBy, isEmail } from "../../shared/principals.js";
import { lowerOf, reaches } from "../../shared/roles.js";
import { SHARING, type Accepted, type Granted } from "../../shared/sharing.js";
import { columnsOf, drop, findGrant, type StoredGrant } from "./grant.js";

/**
 * Turns invitations to the user's addresses into roles of the user's.
 *
 * @throws UNAUTHORIZED
 */
export async function accept(
  ctx: MutationCtx,
  { actor }: { actor: Actor },
): Promise<Accepted> {
  const refused = actorRefusal(actor);
  if (refused) throw fail(refused);
  const documents: Accepted["documents"] = [];
  if (actor.kind !== "user") return { documents, more: false };
  let left: number = SHARING.acceptRows;
  for (const { id: name, upTo = "manager" } of heldBy(actor)) {
    if (!isEmail(name)) continue;
    const rows = await ctx.db
      .query("grants")
      .withIndex("principal", (q) => q.eq("principal", name))
      .take(left);
    for (const row of rows) {
      const role = lowerOf(row.role, upTo);
      const changes =
        role === "owner" ? [] : await take(ctx, actor.id, row, { role });
      if (changes.length > 0) documents.push({ id: row.documentId, changes });
    }
    left -= rows.length;
    // What stays an invitation would be found again and again.
    if (left === 0) return { documents, more: documents.length > 0 };
  }
  return { documents, more: false };
}

/** Gives a user what an invitation gives. Returns what this has changed: nothing for one that is over. */
async function take(
  ctx: MutationCtx,
  userId: string,
  invitation: StoredGrant,
  { role }: Pick<StoredGrant, "role">,
): Promise<Granted[]> {
  const document = await ctx.db.get("documents", invitation.documentId);
  if (document === null) {
    await ctx.db.delete("grants", invitation._id);
    return [];
  }
  const { principal } = invitation;
  const gone = { principal, before: columnsOf(invitation), after: null };
  if (isOver(invitation) || document.ownerId === userId) {
    await drop(ctx, document, [invitation]);
    return isOver(invitation) ? [] : [gone];
  }
  const { acceptBy: _acceptBy, ...columns } = columnsOf(invitation);
  const after = { ...columns, principal: userId, role };
  const stored = await findGrant(ctx, document._id, userId);
  const own = stored && !isOver(stored) ? stored : null;
  if (own && covers(own, after)) {
    await drop(ctx, document, [invitation]);
    return [gone];
  }
  // Neither says all that both do: until the invitation ends, the user has both.
  if (own && !covers(after, own)) return [];
  if (stored) await ctx.db.delete("grants", stored._id);
  const taken = { principal: userId, role, acceptBy: undefined };
  await ctx.db.patch("grants", invitation._id, taken);
  const before = own && columnsOf(own);
  return [gone, { principal: userId, before, after }];
}

/** Whether one gives all that another does, and for as long. */
function covers(
  one: Pick<StoredGrant, "role" | "expiresAt">,
  other: Pick<StoredGrant, "role" | "expiresAt">,
): boolean {
  const { expiresAt: end = Infinity } = one;
  return reaches(one.role, other.role) && end >= (other.expiresAt ?? Infinity);
}
