/**
 * Keeps the entries of a document where they belong, in the transaction that writes the document.
 *
 * A document that has been given entries carries `createdAt`: its mark. Code without views sees the mark on the row that it reads
 * anyway, and only then asks which views are kept up. What it creates carries no mark, and there nothing tells but the registry:
 * see `needsRegistry`.
 *
 * @module
 */
import type { Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { alreadyInView, invalidAt } from "../../shared/failures.js";
import type { Rules } from "../../shared/fields.js";
import { VIEW, type KeptView } from "../../shared/views.js";
import type { EntriesCost } from "../documents/budget.js";
import type { Mark, NewRow, Plan } from "../documents/plan.js";
import type { StoredRow } from "../documents/read.js";
import { copyOf, isMirrored } from "../history/publication.js";
import type { Copy } from "../../shared/documents.js";
import {
  copySource,
  entriesOf,
  findInPlace,
  isOwn,
  isSame,
  isUnique,
  reconcile,
  SCOPES,
  toRow,
  type Entry,
  type Source,
} from "./entries.js";
import { keptViews, NONE_KEPT, type Kept } from "./register.js";

/** What writing a document does to its entries. */
export type Sync = {
  had: Entry[];
  wanted: Entry[];
  moves: boolean;
  /** Whether those that follow what is published stay as they are: `had` and `wanted` are the other ones. */
  keepsPublic: boolean;
  /** The entries that there were and will be once the document is published as it is: these count against the limit. */
  whole: { had: Entry[]; wanted: Entry[] };
  /** Whether the document may have entries now. */
  isMarked: boolean;
  /** The mark to write along with the document. Absent: it has one. */
  mark?: Mark;
};

type Change = {
  before: StoredRow | null;
  after: StoredRow | NewRow | null;
};

/**
 * The views that these plans have to keep up. Code with views asks the registry always. Code without asks it where a document
 * carries the mark, and for each document that it creates: nothing that exists says whether that one needs entries.
 */
export async function viewsFor(
  ctx: MutationCtx,
  rules: Rules,
  plans: Plan[],
  registers: boolean,
): Promise<Kept> {
  const needed = rules.views !== undefined || plans.some(needsRegistry);
  return needed ? await keptViews(ctx, rules, registers) : NONE_KEPT;
}

function needsRegistry(plan: Plan): boolean {
  if (plan.refusal || !isChange(plan)) return false;
  return plan.before === null || plan.before.createdAt !== undefined;
}

function isChange({ before, after }: Change): boolean {
  return before !== after;
}

/**
 * What these plans do to entries, one place a plan; `null` for one that does nothing to them. A plan that the views refuse becomes
 * a refusal.
 */
export async function planSyncs(
  ctx: QueryCtx,
  kept: Kept,
  plans: Plan[],
): Promise<(Sync | null)[]> {
  const syncs: (Sync | null)[] = [];
  if (kept.views.length === 0) return plans.map(() => null);
  const taken = new Set<string>();
  for (const [index, plan] of plans.entries()) {
    if (plan.refusal || !isChange(plan)) {
      syncs.push(null);
      continue;
    }
    // Made in one call, in one millisecond, and still in an order: that of the items.
    const now = Date.now() + index / 1024;
    const sync = planSync(kept.views, plan, now, await copyAfter(ctx, plan));
    const refusal =
      sizeRefusal(kept, sync) ??
      (await findTaken(ctx, kept, plan, sync, taken));
    if (refusal) plans[index] = { refusal };
    syncs.push(refusal ? null : sync);
  }
  return syncs;
}

/** What is published of a document that is ahead after a change: `"kept"` where that is what it was. */
async function copyAfter(
  ctx: QueryCtx,
  { before, after }: Change,
): Promise<Source | "kept" | null> {
  if (!before || !after?.hasDraft) return null;
  // What was there for everybody is set aside.
  if (!before.hasDraft) return copySource(after, before);
  const isMarked = before.createdAt !== undefined;
  const stays = before.trashed === (after as StoredRow).trashed;
  if (isMarked && stays && isMirrored(before, after as StoredRow)) {
    return "kept";
  }
  return copySource(after, await copyOf(ctx, before));
}

/**
 * What one change does to the entries of its document.
 *
 * @param copy what is published of it afterwards, if it is ahead
 */
export function planSync(
  views: KeptView[],
  { before, after }: Change,
  now: number,
  copy: Source | "kept" | null = null,
): Sync {
  const isMarked = before?.createdAt !== undefined;
  const mark =
    after === null || isMarked
      ? undefined
      : { createdAt: before === null ? now : before._creationTime };
  const marked = after && mark ? { ...after, ...mark } : after;
  const keepsPublic = copy === "kept";
  const aside = copy === "kept" ? null : copy;
  // A document without the mark has been given no entries.
  const had = isMarked ? entriesOf(views, before) : [];
  const wanted = entriesOf(views, marked, aside);
  // What was published of one that was ahead is not known here, and neither is where it stood.
  const isUnknown = isMarked && before.hasDraft === true && !keepsPublic;
  const moves =
    isUnknown ||
    had.length !== wanted.length ||
    had.some((entry, at) => !isSame(entry, wanted[at]));
  const published = (row: Source | null, entries: Entry[]) =>
    row?.hasDraft ? entriesOf(views, { ...row, hasDraft: false }) : entries;
  const whole = {
    had: isMarked ? published(before, had) : had,
    wanted: published(marked, wanted),
  };
  const marks = mark ? { mark } : {};
  return { had, wanted, moves, keepsPublic, whole, isMarked, ...marks };
}

/** Why a document cannot have so many entries, or `null`. One that had too many before may still be changed. */
function sizeRefusal(
  { views, declared }: Kept,
  { whole: { had, wanted } }: Sync,
): DocsErrorData | null {
  const own = wanted.filter(({ view }) => declared.has(view)).length;
  const isOver = own > VIEW.maxEntries || wanted.length > VIEW.maxKept;
  if (!isOver || wanted.length <= had.length) return null;
  const most = own > VIEW.maxEntries ? VIEW.maxEntries : VIEW.maxKept;
  const { each = "" } = views.find((view) => view.each !== undefined) ?? {};
  return invalidAt(
    each,
    `would give the document ${wanted.length} places in views; the limit is ${most}.`,
  );
}

/* Unique views. */

/**
 * ALREADY_EXISTS if the document would stand where another one of its owner does, or `null`. A transfer is not asked: the answer
 * would tell about the documents of the new owner.
 *
 * @param taken the places of the items before it in the same call
 */
async function findTaken(
  ctx: QueryCtx,
  { views, declared, hasCopies }: Kept,
  { before, after }: Change,
  { had, wanted }: Sync,
  taken: Set<string>,
): Promise<DocsErrorData | null> {
  if (!after || (before && before.ownerId !== after.ownerId)) return null;
  const { ownerId } = after;
  const scopes = [SCOPES.own(ownerId)];
  if (hasCopies) scopes.push(SCOPES.held(ownerId));
  // One that is ahead may stand at a place twice: as it is, and as it is published.
  const mine = new Set<string>();
  for (const entry of wanted) {
    const view = views.find(({ id }) => id === entry.view);
    if (!view || !declared.has(view.id) || !isUnique(view, entry)) continue;
    const parts = entry.key.slice(0, -1);
    const place = JSON.stringify([entry.view, ownerId, parts.map(nameOf)]);
    if (mine.has(place)) continue;
    mine.add(place);
    const stays = had.some(
      (one) =>
        scopes.includes(one.scope) &&
        isSame(one, { ...entry, scope: one.scope }),
    );
    const asked = stays ? [] : scopes;
    const found = asked.map((scope) => findInPlace(ctx, { ...entry, scope }));
    const others = (await Promise.all(found)).flat();
    const isTaken = others.some(({ documentId }) => documentId !== before?._id);
    if (taken.has(place) || isTaken) return alreadyInView(view.name);
  }
  for (const place of mine) taken.add(place);
  return null;
}

/** Tells 1 from "1" and 1n. */
function nameOf(part: unknown): string {
  return `${typeof part} ${String(part)}`;
}

/* Writing. */

/** Brings a document's entries to where they belong. Reads none where none has moved. Called after the document is written. */
export async function applySync(
  ctx: MutationCtx,
  { wanted, moves, isMarked, keepsPublic }: Sync,
  id: string,
): Promise<void> {
  if (!moves) return;
  const documentId = id as Id<"documents">;
  const rows = wanted.map((entry) => toRow(entry, documentId));
  const takes = keepsPublic ? isOwn : undefined;
  if (isMarked) await reconcile(ctx, documentId, rows, takes);
  else for (const row of rows) await ctx.db.insert("entries", row);
}

/** Makes a document's entries those of the document as it was before: `null` for one that is gone again. */
export async function restoreEntries(
  ctx: MutationCtx,
  documentId: Id<"documents">,
  before: Source | null,
  copy?: Copy,
): Promise<void> {
  const { views } = await keptViews(ctx, {}, false);
  const aside = before && copySource(before, copy);
  // Without the mark it had been given none.
  const isMarked = before?.createdAt !== undefined;
  const had = isMarked ? entriesOf(views, before, aside) : [];
  const rows = had.map((entry) => toRow(entry, documentId));
  await reconcile(ctx, documentId, rows);
}

/** What the entries of these changes cost at most, for a transaction to be checked for. */
export function costOf(syncs: (Sync | null)[]): EntriesCost {
  const moving = syncs.filter((sync) => sync?.moves) as Sync[];
  const known = moving.filter(({ isMarked }) => isMarked);
  const had = known.reduce((sum, sync) => sum + sizeOf(sync, "had"), 0);
  const writes = moving.reduce(
    (sum, sync) => sum + Math.max(sizeOf(sync, "had"), sizeOf(sync, "wanted")),
    0,
  );
  return {
    // One to find a document's entries, one more for each that is patched or deleted.
    ranges: known.length + had,
    reads: 2 * had,
    writes,
    bytesRead: 2 * had * ENTRY_BYTES,
    bytesWritten: writes * ENTRY_BYTES,
  };
}

/** What was published of a document that is ahead may have stood at as many places as the document does. */
function sizeOf(sync: Sync, when: "had" | "wanted"): number {
  return Math.max(sync[when].length, sync.whole[when].length);
}

/** Bytes of an entry at most, as a rule: keys of 256 units of text are rare. */
const ENTRY_BYTES = 1024;
