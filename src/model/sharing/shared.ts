/**
 * What is shared with somebody: one list of all that was given to any name that they act by, by the time of giving.
 *
 * A row of the list is a grant. It says where to look, and never what may be seen: each document is judged as one that is asked
 * for by its id.
 *
 * @module
 */
import type { PaginationOptions } from "convex/server";
import type { QueryCtx } from "../../component/_generated/server.js";
import {
  actorRefusal,
  isOver,
  ownRole,
  standingOf,
} from "../../shared/access.js";
import {
  PAGE,
  type Actor,
  type Order,
  type StoredDocument,
} from "../../shared/documents.js";
import { fail } from "../../shared/failures.js";
import { heldBy, isLink } from "../../shared/principals.js";
import type { GrantRole } from "../../shared/roles.js";
import {
  SHARING,
  type SharedPage,
  type SharedRow,
} from "../../shared/sharing.js";
import { toPublic } from "../documents/read.js";
import {
  BY_CREATION,
  comparePositions,
  merged,
  pageOf,
  type List,
} from "../paginate.js";
import type { StoredGrant } from "./grant.js";
import { withGrants } from "./standing.js";

/** A grant, and once that is read the document that it leads to. */
type Lead = StoredGrant & { document?: StoredDocument; role: GrantRole };

/** One page of what is shared with an actor. */
export async function listShared(
  ctx: QueryCtx,
  actor: Actor,
  order: Order,
  options: PaginationOptions,
): Promise<SharedPage> {
  const refused = actorRefusal(actor);
  if (refused) throw fail(refused);
  const names = heldBy(actor)
    .map(({ id }) => id)
    // Who has a link has been given nothing: it is listed nowhere.
    .filter((id) => !isLink(id));
  const most = Math.floor(SHARING.lookups / (names.length + 1));
  const size = Math.min(options.numItems, PAGE.maxItems);
  const isPinned = typeof options.endCursor === "string";
  const limits = {
    ...PAGE,
    maxScan: isPinned ? most : Math.min(SHARING.lookAhead * size, most),
  };
  const list: List<Lead> = {
    ...BY_CREATION,
    open: (segment) => ({
      order: (direction) =>
        leads(
          merged(
            names.map((name) =>
              ctx.db
                .query("grants")
                .withIndex("principal", (q) => segment(q.eq("principal", name)))
                .order(direction),
            ),
            compare,
            direction,
          ),
        ),
    }),
    accepts: (lead) => look(ctx, actor, lead),
  };
  const found = await pageOf(list, order, limits, options);
  return { ...found, page: found.page.map(rowOf) };
}

/**
 * Reads where a grant leads, and whether there is something to show. A document that several grants lead to stands where the
 * newest of them does, which each page can tell without the others.
 */
async function look(ctx: QueryCtx, actor: Actor, lead: Lead): Promise<boolean> {
  if (isOver(lead)) return false;
  const document = await ctx.db.get("documents", lead.documentId);
  // What is one's own, or one's team's, stands in the lists of its owner.
  if (!document || document.trashed) return false;
  if (ownRole(actor, document.ownerId) !== null) return false;
  lead.document = toPublic(document);
  const who = await withGrants(ctx, { actor }, document, lead);
  const live = who.grants.filter((grant) => !isOver(grant));
  const isNewest = live.every((grant) => compare(grant, lead) <= 0);
  const role = standingOf(who, document);
  if (!isNewest || role === null || role === "public" || role === "owner") {
    return false;
  }
  lead.role = role;
  return true;
}

function rowOf({ document, role, _creationTime, grantedBy }: Lead): SharedRow {
  if (!document) throw new Error("convex-docs: a grant that was not followed.");
  const by = grantedBy === undefined ? {} : { sharedBy: grantedBy };
  return { document, role, sharedAt: Math.floor(_creationTime), ...by };
}

function compare(one: StoredGrant, other: StoredGrant): number {
  const { positionOf } = BY_CREATION;
  return comparePositions(positionOf(one), positionOf(other));
}

/** Each grant as an object of its own: `look` adds to it where it leads. */
async function* leads(
  grants: AsyncIterable<StoredGrant>,
): AsyncGenerator<Lead, undefined> {
  for await (const grant of grants) yield { ...grant };
  return undefined;
}
