/**
 * Which documents a list holds, and the walk along them. The prefix of every index range is made here and of trusted values
 * only: a cursor moves inside it and cannot leave it.
 *
 * @module
 */
import { getDocumentSize } from "convex/values";
import type { QueryCtx } from "../component/_generated/server.js";
import { isVisibleToAll, ownerOf } from "../shared/access.js";
import type { Position } from "../shared/cursor.js";
import { fail } from "../shared/failures.js";
import { PAGE } from "../shared/limits.js";
import type { Actor, Order, Scope, Status } from "../shared/validators.js";
import type { Stored } from "./document.js";
import {
  isBeyond,
  segmentsOf,
  type Segment,
  type Span,
  type Tail,
} from "./ranges.js";

export type Listing =
  | { of: "public" }
  | {
      of: "owner";
      ownerId: string;
      trashed: boolean;
      status?: Status | undefined;
    };

/** The listing that this actor means by a scope. Throws for an actor that has none. */
export function listingOf(
  actor: Actor,
  {
    scope,
    ownerId,
    status,
  }: { scope: Scope; ownerId?: string; status?: Status },
): Listing {
  if (scope === "public") return { of: "public" };
  const owner = ownerOf(actor, ownerId);
  if (owner.refusal) throw fail(owner.refusal);
  const trashed = scope === "trash";
  return { of: "owner", ownerId: owner.ownerId, trashed, status };
}

/** Rows of a listing inside a span, until there are `limit` of them or they are too large for one page. */
export async function walk(
  ctx: QueryCtx,
  listing: Listing,
  order: Order,
  span: Span,
  limit: number,
  maxBytes: number = PAGE.maxBytes,
): Promise<{ rows: Stored[]; more: boolean }> {
  const { end } = span;
  const rows: Stored[] = [];
  let bytes = 0;
  for (const segment of segmentsOf(TAIL, order, span)) {
    for await (const row of open(ctx, listing, segment).order(order)) {
      if (isBeyond(positionOf(row), end, order)) break;
      if (rows.length >= limit || bytes >= maxBytes) {
        return { rows, more: true };
      }
      assertInside(listing, row);
      rows.push(row);
      bytes += getDocumentSize(row);
    }
  }
  return { rows, more: false };
}

/** The rest of each index of a list, once its prefix is fixed. */
const TAIL = ["updatedAt", "_creationTime", "_id"] as const;

/** The documents of a listing inside one segment. The prefix is made here, of trusted values only. */
function open(ctx: QueryCtx, listing: Listing, segment: Segment) {
  // The cast in each branch: see `Tail`.
  const inside = <Q>(prefix: Q): Q => segment(prefix as Tail) as Q;
  const documents = ctx.db.query("documents");
  if (listing.of === "public") {
    return documents.withIndex("public", (q) =>
      inside(
        q.eq("trashed", false).eq("isPublic", true).eq("status", "published"),
      ),
    );
  }
  const { ownerId, trashed, status } = listing;
  return status === undefined
    ? documents.withIndex("owner", (q) =>
        inside(q.eq("ownerId", ownerId).eq("trashed", trashed)),
      )
    : documents.withIndex("owner_status", (q) =>
        inside(
          q.eq("ownerId", ownerId).eq("trashed", trashed).eq("status", status),
        ),
      );
}

/** The last line of defence: if a range ever let a stranger's row through, nobody gets to see it. */
export function assertInside(listing: Listing, row: Stored): void {
  const inside =
    listing.of === "public"
      ? isVisibleToAll(row)
      : row.ownerId === listing.ownerId && row.trashed === listing.trashed;
  if (!inside) throw new Error("convex-docs: a list left its own range.");
}

export function positionOf(row: Stored): Position {
  return [row.updatedAt, row._creationTime, row._id];
}
