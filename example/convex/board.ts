/**
 * The board: a column for each status, its cards from the highest rank down. What nobody has placed yet has no rank and comes
 * below, the newest first, so that a new document costs no rank and no write to its neighbours.
 *
 * @module
 */
import { docsError } from "@acme/convex-docs";
import { v, type Infer } from "convex/values";
import { mutation, type MutationCtx } from "./_generated/server.js";
import { docs } from "./documents.js";
import { LONG, ranksBetween } from "./rank.js";

const vStatus = v.union(
  v.literal("draft"),
  v.literal("published"),
  v.literal("archived"),
);

/** Cards that get new ranks together, where there is no room between two. */
const WINDOW = 9;
/** Cards without a rank that get one, because another is put below them: with it 32, so few that one transaction looks at each. */
const MOST = 31;

type Ranked = { id: string; rank: string };
type Card = NonNullable<Awaited<ReturnType<typeof docs.get>>>;
/** Where a card goes, and the ranks that others of the column need first. */
type Place = { rank: string; others: { card: Card; rank: string }[] };

/**
 * Puts one of the caller's documents into a column, right below another one of theirs. One transaction reads the neighbours
 * and writes the rank, so two windows that move at once cannot make two cards stand in one place.
 *
 * @throws NOT_FOUND, with the id of `after`, when that is not in the column any more; FORBIDDEN, or BATCH_FAILED where cards
 * around it get a rank as well; BATCH_TOO_LARGE when more than 31 cards above have never been placed
 */
export const move = mutation({
  args: {
    id: v.string(),
    status: vStatus,
    /** The card that it comes to stand below; `null` for the top. */
    after: v.union(v.string(), v.null()),
  },
  returns: v.null(),
  handler: async (ctx, { id, status, after }) => {
    const column = columnOf(ctx, status, id);
    const ids = after === null ? [id] : [id, after];
    const [card = null, above = null] = await docs.getMany(ctx, { ids });
    if (after !== null && above === null) throw gone(after);
    const { rank, others } = await placeBelow(column, above);
    const moved = { id, rank, ...statusOf(card, status) };
    const items = others.map(({ card, rank }) => ({
      id: card._id,
      rank,
      ...statusOf(card, status),
    }));
    const why = { reason: "Moved on the board" };
    if (items.length === 0) await docs.update(ctx, moved, why);
    else await docs.batchUpdate(ctx, { items: [moved, ...items] }, why);
    return null;
  },
});

/** A place is no edit: it does not wait until it is published, nor does it publish an edit that waits. */
function statusOf(card: Card | null, status: Status): { status?: Status } {
  return card?.hasDraft && card.status === status ? {} : { status };
}

type Status = Infer<typeof vStatus>;
type Column = ReturnType<typeof columnOf>;

/** Reads a column of the caller's, without the card that moves. */
function columnOf(ctx: MutationCtx, status: Status, moving: string) {
  return async (
    order: "asc" | "desc",
    rank: null | { gte: string } | { gt: string } | { lte: string },
    count: number,
  ) => {
    const { page } = await docs.list(ctx, {
      view: "board",
      where: { status, rank },
      order,
      // One more, in case the moving card is among them.
      paginationOpts: { numItems: count + 1, cursor: null },
    });
    return page.filter(({ _id }) => _id !== moving).slice(0, count);
  };
}

async function placeBelow(column: Column, above: Card | null): Promise<Place> {
  if (above === null) return await placeAt(column, null);
  const { _id: id, rank } = above;
  return rank === undefined
    ? await placeAmongUnranked(column, id)
    : await placeAt(column, { id, rank });
}

function gone(documentId: string) {
  return docsError(
    "NOT_FOUND",
    { documentId },
    { message: "The card above has left the column: look at it again." },
  );
}

/** The ranks from a card downwards, or of the whole column. */
function downFrom(after: Ranked | null) {
  return after === null ? { gte: "" } : { lte: after.rank };
}

/** At the top, or below a card with a rank: between two ranks, where there is room. */
async function placeAt(column: Column, after: Ranked | null): Promise<Place> {
  const cards = await column("desc", downFrom(after), 2);
  const [first, second] = cards;
  // Two cards may have one rank, each from another column: there is nothing between them.
  const isFirst = after === null || first?._id === after.id;
  const below = (after === null ? first : second)?.rank ?? null;
  if (isFirst && (after === null || below !== after.rank)) {
    const [rank = ""] = ranksBetween(below, after?.rank ?? null, 1);
    if (rank.length <= LONG) return { rank, others: [] };
  }
  return await placeAnew(column, after);
}

/** Spreads the cards around the place over the room that they have together. */
async function placeAnew(column: Column, after: Ranked | null): Promise<Place> {
  const window = await column("desc", downFrom(after), WINDOW);
  const [higher] =
    after === null ? [] : await column("asc", { gt: after.rank }, 1);
  // The last one stays where it is: what comes after it must stay below.
  const low = window.length < WINDOW ? null : (window.pop()?.rank ?? null);
  const at = window.findIndex(({ _id }) => _id === after?.id) + 1;
  if (after !== null && at === 0) throw gone(after.id);
  const ranks = ranksBetween(low, higher?.rank ?? null, window.length + 1);
  const [rank = ""] = ranks.reverse().splice(at, 1);
  const others = window.map((card, index) => ({
    card,
    rank: ranks[index] ?? "",
  }));
  return { rank, others };
}

/** Below a card that has no rank: it needs one, and so does all that stands between it and the lowest rank. */
async function placeAmongUnranked(
  column: Column,
  after: string,
): Promise<Place> {
  const cards = await column("desc", null, MOST);
  const count = cards.findIndex(({ _id }) => _id === after) + 1;
  if (count === 0 && cards.length < MOST) throw gone(after);
  if (count === 0) {
    throw docsError("BATCH_TOO_LARGE", { what: "items", limit: MOST });
  }
  const [lowest] = await column("asc", { gte: "" }, 1);
  const ranks = ranksBetween(null, lowest?.rank ?? null, count + 1).reverse();
  const others = cards
    .slice(0, count)
    .map((card, index) => ({ card, rank: ranks[index] ?? "" }));
  return { rank: ranks[count] ?? "", others };
}
