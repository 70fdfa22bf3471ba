/**
 * What somebody was given of a document.
 *
 * @module
 */
import type { Doc } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { Who } from "../../shared/access.js";
import type { Actor } from "../../shared/documents.js";
import { heldBy, isUnasked } from "../../shared/principals.js";
import { SHARING } from "../../shared/sharing.js";
import { findGrant, grantsOf, type StoredGrant } from "./grant.js";

/** The columns that say whether there is anything to look up. */
type Shared = Pick<Doc<"documents">, "_id" | "ownerId" | "trashed" | "shared">;

/** Who asks, with the grants that were looked up. */
type Given = Omit<Who, "grants"> & { grants: StoredGrant[] };

/**
 * Adds to who asks what they were given of this document. Costs nothing where a document is shared with nobody, and its owner
 * nothing at all; otherwise one index range for each name that the actor acts by.
 *
 * @param known a grant that led here
 */
export async function withGrants(
  ctx: QueryCtx,
  who: Who,
  document: Shared,
  known?: StoredGrant,
): Promise<Given> {
  if (!isGiven(who.actor, document)) return { ...who, grants: [] };
  const found = heldBy(who.actor).map(async ({ id }) =>
    id === known?.principal ? known : await findGrant(ctx, document._id, id),
  );
  const grants = (await Promise.all(found)).filter((grant) => grant !== null);
  return { ...who, grants };
}

/** As `withGrants`. A write by somebody of many names reads all grants of the document in one range: their number is bounded. */
export async function withGrantsToWrite(
  ctx: MutationCtx,
  who: Who,
  document: Shared,
): Promise<Given> {
  const isMany = heldBy(who.actor).length >= SHARING.pointLookups;
  if (!isMany || !isGiven(who.actor, document)) {
    return await withGrants(ctx, who, document);
  }
  return { ...who, grants: await grantsOf(ctx, document._id) };
}

/** What `withGrantsToWrite` costs at most, one document. */
export function lookupCost(actor: Actor): { ranges: number; reads: number } {
  const names = isUnasked(actor) ? 0 : heldBy(actor).length;
  return names < SHARING.pointLookups
    ? { ranges: names, reads: names }
    : { ranges: 1, reads: SHARING.maxMembers + SHARING.maxLinks };
}

/** Whether this actor's role may depend on a grant. */
function isGiven(actor: Actor, { ownerId, trashed, shared }: Shared): boolean {
  if (!shared || trashed || actor.kind === "system") return false;
  if (actor.kind === "anonymous") return actor.link !== undefined;
  // Who has not said yet what they act by is asked again, with all of it: see `Actor`.
  return actor.id !== ownerId && !isUnasked(actor);
}
