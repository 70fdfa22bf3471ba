/**
 * Reading many documents: pages, counts and searches.
 *
 * @module
 */
import type { PaginationOptions } from "convex/server";
import { getDocumentSize } from "convex/values";
import type { QueryCtx } from "../component/_generated/server.js";
import { PAGE } from "../shared/limits.js";
import type {
  Actor,
  Order,
  Page,
  StoredDocument,
} from "../shared/validators.js";
import { find, present, show, type Stored } from "./document.js";
import { assertInside, positionOf, walk, type Listing } from "./listing.js";
import { pageOf, type Source } from "./page.js";

/** One document an id, in the id's place; `null` for what this actor may not see. */
export async function getMany(
  ctx: QueryCtx,
  actor: Actor,
  ids: string[],
): Promise<(StoredDocument | null)[]> {
  const rows = await Promise.all(ids.map((id) => find(ctx, id)));
  return rows.map((row) => show(actor, row));
}

/** One page, by last change. */
export async function listPage(
  ctx: QueryCtx,
  listing: Listing,
  order: Order,
  options: PaginationOptions,
): Promise<Page> {
  const source: Source<Stored> = {
    limits: PAGE,
    positionOf,
    walk: async (span, limit) => {
      const { rows, more } = await walk(ctx, listing, order, span, limit);
      return { rows, behind: more ? rows.at(-1) : undefined };
    },
  };
  const found = await pageOf(source, options);
  return { ...found, page: found.page.map(present) };
}

/** How many there are, counted one by one up to a limit: the cost is bounded however many there are. */
export async function count(
  ctx: QueryCtx,
  listing: Listing,
  upTo: number,
): Promise<{ count: number; more: boolean }> {
  const span = { start: null, end: null };
  const { rows, more } = await walk(ctx, listing, "desc", span, upTo);
  return { count: rows.length, more };
}

/** The documents of a listing that match the text best. */
export async function search(
  ctx: QueryCtx,
  listing: Listing,
  text: string,
  limit: number,
): Promise<StoredDocument[]> {
  if (text.trim() === "") return [];
  const matches = ctx.db.query("documents").withSearchIndex("text", (q) => {
    const found = q.search("searchText", text);
    if (listing.of === "public") {
      return found
        .eq("trashed", false)
        .eq("isPublic", true)
        .eq("status", "published");
    }
    const { ownerId, trashed, status } = listing;
    const own = found.eq("ownerId", ownerId).eq("trashed", trashed);
    return status === undefined ? own : own.eq("status", status);
  });
  const rows: Stored[] = [];
  let bytes = 0;
  for await (const row of matches) {
    assertInside(listing, row);
    rows.push(row);
    bytes += getDocumentSize(row);
    if (rows.length >= limit || bytes >= PAGE.maxBytes) break;
  }
  return rows.map(present);
}
