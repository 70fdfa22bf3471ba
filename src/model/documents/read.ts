/**
 * Reading documents: one by its id or key, many by their ids, and lists. The prefix of every index range is made here, of
 * trusted values only: a cursor moves inside it and cannot leave it.
 *
 * @module
 */
import type { PaginationOptions } from "convex/server";
import { getDocumentSize } from "convex/values";
import type { Doc } from "../../component/_generated/dataModel.js";
import type { QueryCtx } from "../../component/_generated/server.js";
import {
  isVisibleToAll,
  mayRead,
  ownerOf,
  readerRole,
  seesCopy,
} from "../../shared/access.js";
import { shownTo } from "../../shared/fieldRules.js";
import { isUnasked } from "../../shared/principals.js";
import {
  PAGE,
  vDocument,
  type Actor,
  type Grant,
  type Loaded,
  type Order,
  type Page,
  type Scope,
  type Status,
  type StoredDocument,
} from "../../shared/documents.js";
import { fail } from "../../shared/failures.js";
import type { Position } from "../../shared/cursor.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import {
  findPublication,
  listedCopies,
  liveRow,
  matchingCopies,
  seesRow,
} from "../history/publication.js";
import { withGrants } from "../sharing/standing.js";
import { reserveLoad, type Allowance } from "./budget.js";
import {
  comparePositions,
  merged,
  pageOf,
  walkList,
  type List,
  type Segment,
} from "../paginate.js";

export type StoredRow = Doc<"documents">;

/** The owner of a document that is set aside (see `unsettled.ts`). No user has this id, so no list and no key finds it. */
export const NOBODY = "";

/** A document by its id, in the trash too. `null` for a missing one, a malformed id, and an id of another table. */
export async function findDocument(
  ctx: QueryCtx,
  id: string,
): Promise<StoredRow | null> {
  const documentId = ctx.db.normalizeId("documents", id);
  const row = documentId && (await ctx.db.get("documents", documentId));
  return row?.ownerId === NOBODY ? null : row;
}

/** The versions of documents, in order; `null` for one that is gone. */
export async function getVersions(
  ctx: QueryCtx,
  ids: string[],
): Promise<(number | null)[]> {
  const rows = await Promise.all(ids.map((id) => findDocument(ctx, id)));
  return rows.map((row) => row?.version ?? null);
}

/** The document outside the trash that has this key. */
export async function findDocumentByKey(
  ctx: QueryCtx,
  ownerId: string,
  key: string,
): Promise<StoredRow | null> {
  return await ctx.db
    .query("documents")
    .withIndex("key", (q) =>
      q.eq("ownerId", ownerId).eq("trashed", false).eq("key", key),
    )
    .unique();
}

/**
 * The document as this actor may see it; `null` for one that the actor may not read, and, for who has yet to be asked what they
 * act by, for any that is not theirs. What is published of one that is ahead is not read here: see `getDocuments`.
 */
export async function readAs(
  ctx: QueryCtx,
  actor: Actor,
  document: StoredRow | null,
): Promise<StoredDocument | null> {
  if (document === null) return null;
  if (isUnasked(actor) && !mayRead({ actor }, { ...document, isPublic: false }))
    return null;
  const who = await withGrants(ctx, { actor }, document);
  const isShown = mayRead(who, document) && !seesCopy(who, document);
  const role = readerRole(who, document);
  return isShown ? shownTo({}, role, toPublic(document)) : null;
}

/** What leaves the component: these columns and no others, whatever else a row comes to have. */
const SHOWN = Object.keys(vDocument.fields) as (keyof StoredDocument)[];

/** The document as it is shown. */
export function toPublic(document: StoredRow): StoredDocument {
  const columns = SHOWN.filter((name) => document[name] !== undefined);
  return Object.fromEntries(
    columns.map((name) => [name, document[name]]),
  ) as StoredDocument;
}

/**
 * One document per id, in order; `null` for one that this actor may not read.
 *
 * @param hasCopies whether documents may be ahead of what is published of them
 */
export async function getDocuments(
  ctx: QueryCtx,
  actor: Actor,
  ids: string[],
  hasCopies = false,
): Promise<(StoredDocument | null)[]> {
  const found = ids.map(async (id) => {
    const copy = hasCopies ? await findCopy(ctx, actor, id) : null;
    if (copy) return isUnasked(actor) ? null : copy.shown;
    return await readAs(ctx, actor, await findDocument(ctx, id));
  });
  return await Promise.all(found);
}

/**
 * What is published of a document that is ahead, for an actor who sees no more of it: `shown` is `null` if not even that. `null`: the
 * document itself says what the actor sees. Who may only see what is published has never read the document, and is not called again
 * at each edit of it.
 */
async function findCopy(
  ctx: QueryCtx,
  actor: Actor,
  id: string,
): Promise<{ shown: StoredDocument | null } | null> {
  const copy = await findPublication(ctx, id);
  if (copy === null) return null;
  const seen = await seesRow(ctx, actor, copy);
  if (seen === true) return null;
  return { shown: seen === null ? null : toPublic(liveRow(copy)) };
}

/** What everybody sees of documents that are ahead, in order; `null` for any other. */
export async function getCopies(
  ctx: QueryCtx,
  ids: string[],
): Promise<(StoredDocument | null)[]> {
  const copies = await Promise.all(ids.map((id) => findPublication(ctx, id)));
  return copies.map((copy) => (copy?.listed ? toPublic(liveRow(copy)) : null));
}

/**
 * One place per id, in order.
 *
 * @param hasCopies whether documents may be ahead of what is published of them, and who sees no more gets that
 * @throws BATCH_TOO_LARGE with an allowance, before anything is read
 */
export async function loadDocuments(
  ctx: QueryCtx,
  actor: Actor,
  ids: string[],
  { allowance, hasCopies = false }: Loading = {},
): Promise<Loaded[]> {
  if (allowance) await reserveLoad(ctx, ids.length, allowance);
  return await Promise.all(
    ids.map(async (sent) => {
      const id = ctx.db.normalizeId("documents", sent) ?? sent;
      const copy = hasCopies ? await findCopy(ctx, actor, id) : null;
      if (copy) return { id, document: copy.shown, bytes: 0 };
      const row = await findDocument(ctx, id);
      const who = row && (await withGrants(ctx, { actor }, row));
      return {
        id,
        document: row && !row.trashed ? toPublic(row) : null,
        bytes: row ? getDocumentSize(row) : 0,
        grants: (who?.grants ?? []).map(toGrant),
      };
    }),
  );
}

type Loading = {
  allowance?: Allowance | undefined;
  hasCopies?: boolean | undefined;
};

function toGrant({ principal, role, expiresAt, acceptBy }: Grant): Grant {
  return { principal, role, ...omitUndefined({ expiresAt, acceptBy }) };
}

/* Lists */

export type Listing =
  /** Of nobody: a live list of a team's ends so, and not with an error, when its reader leaves the team. */
  | { of: "nobody" }
  | {
      of: "public";
      /** Whether documents may be ahead of what is published of them. Default: `false`, and those are left out. */
      hasCopies?: boolean;
    }
  | {
      of: "owner";
      ownerId: string;
      trashed: boolean;
      status?: Status | undefined;
    };

/**
 * The listing that a scope means for this actor.
 *
 * @throws UNAUTHENTICATED or VALIDATION_FAILED for an actor without an owner
 */
export function listingOf(
  actor: Actor,
  {
    scope,
    ownerId,
    status,
    workingCopy: hasCopies = false,
  }: {
    scope: Scope;
    ownerId?: string;
    status?: Status;
    workingCopy?: boolean;
  },
): Listing {
  if (scope === "public") return { of: "public", hasCopies };
  const owner = ownerOf(actor, ownerId);
  if (owner.refusal) throw fail(owner.refusal);
  const trashed = scope === "trash";
  // The trash is its owner's alone.
  const isTheirs = trashed ? owner.role === "owner" : owner.role !== null;
  if (!isTheirs) return { of: "nobody" };
  return { of: "owner", ownerId: owner.ownerId, trashed, status };
}

/** One page, by last change. */
export async function listDocuments(
  ctx: QueryCtx,
  listing: Listing,
  order: Order,
  options: PaginationOptions,
): Promise<Page> {
  const list = documentList(ctx, listing);
  const found = await pageOf(list, order, PAGE, options);
  return { ...found, page: found.page.map(toPublic) };
}

/** Counts documents one by one up to a limit, which bounds the cost. */
export async function countDocuments(
  ctx: QueryCtx,
  listing: Listing,
  upTo: number,
): Promise<{ count: number; more: boolean }> {
  const list = documentList(ctx, listing);
  const whole = { start: null, end: null };
  const bounds = { limit: upTo, maxBytes: PAGE.maxBytes };
  const { rows, next } = await walkList(list, "desc", whole, bounds);
  return { count: rows.length, more: next !== null };
}

/** The documents of a listing that match the text best. */
export async function searchDocuments(
  ctx: QueryCtx,
  listing: Listing,
  text: string,
  limit: number,
): Promise<StoredDocument[]> {
  if (text.trim() === "" || listing.of === "nobody") return [];
  const matches = ctx.db.query("documents").withSearchIndex("text", (q) => {
    const found = q.search("searchText", text);
    if (listing.of === "public") {
      return found
        .eq("trashed", false)
        .eq("isPublic", true)
        .eq("status", "published")
        .eq("hasDraft", undefined);
    }
    const { ownerId, trashed, status } = listing;
    const own = found.eq("ownerId", ownerId).eq("trashed", trashed);
    return status === undefined ? own : own.eq("status", status);
  });
  const rows: StoredRow[] = [];
  let bytes = 0;
  for await (const row of matches) {
    assertInside(listing, row);
    rows.push(row);
    bytes += getDocumentSize(row);
    if (rows.length >= limit || bytes >= PAGE.maxBytes) break;
  }
  if (listing.of !== "public" || !listing.hasCopies) return rows.map(toPublic);
  // Convex does not say how well each matches, so the two are taken in turn.
  const copies = await matchingCopies(ctx, text, limit);
  const most = Math.max(rows.length, copies.length);
  const turns = Array.from({ length: most }, (_, at) => [rows[at], copies[at]]);
  const both = turns.flat().filter((row) => row !== undefined);
  return both.slice(0, limit).map(toPublic);
}

/** The documents of a listing, by last change. */
export function documentList(ctx: QueryCtx, listing: Listing): List<StoredRow> {
  return {
    open: (segment) => openDocuments(ctx, listing, segment),
    fields: ["updatedAt", "_creationTime", "_id"],
    positionOf,
    accepts: (row) => {
      assertInside(listing, row);
      return true;
    },
  };
}

function positionOf(row: StoredRow): Position {
  return [row.updatedAt, row._creationTime, row._id];
}

/** All documents of a listing, by last change. */
export function listedRows(
  ctx: QueryCtx,
  listing: Listing,
): AsyncIterable<StoredRow> {
  return openDocuments(ctx, listing, (prefix) => prefix).order("asc");
}

/** The documents of a listing inside one segment of its index. */
function openDocuments(
  ctx: QueryCtx,
  listing: Listing,
  segment: Segment,
): { order: (order: Order) => AsyncIterable<StoredRow> } {
  if (listing.of === "nobody") return { order: nothing };
  const documents = ctx.db.query("documents");
  if (listing.of === "public") {
    const rows = documents.withIndex("public", (q) =>
      segment(
        q
          .eq("trashed", false)
          .eq("isPublic", true)
          .eq("status", "published")
          .eq("hasDraft", undefined),
      ),
    );
    if (!listing.hasCopies) return rows;
    return {
      order: (order) =>
        merged(
          [rows.order(order), listedCopies(ctx, segment, order)],
          (one, other) => comparePositions(positionOf(one), positionOf(other)),
          order,
        ),
    };
  }
  const { ownerId, trashed, status } = listing;
  return status === undefined
    ? documents.withIndex("owner", (q) =>
        segment(q.eq("ownerId", ownerId).eq("trashed", trashed)),
      )
    : documents.withIndex("owner_status", (q) =>
        segment(
          q.eq("ownerId", ownerId).eq("trashed", trashed).eq("status", status),
        ),
      );
}

async function* nothing(): AsyncGenerator<StoredRow, undefined> {
  // There is nothing to wait for.
}

/** The last line of defence: an index range that held a row of another owner ends the call. */
export function assertInside(listing: Listing, row: StoredRow): void {
  const inside =
    listing.of === "public"
      ? isVisibleToAll(row)
      : listing.of === "owner" &&
        row.ownerId === listing.ownerId &&
        row.trashed === listing.trashed;
  if (!inside) throw new Error("convex-docs: a list left its own range.");
}
