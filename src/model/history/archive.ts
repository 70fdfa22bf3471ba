/**
 * Archiving what a write replaces. A document's row holds its present content; every earlier one that is worth keeping is a row of
 * `revisions`, written in the transaction that replaced it. So no write loses a content, and a document that was never edited since
 * history is on has cost nothing.
 *
 * @module
 */
import { compareValues, getConvexSize } from "convex/values";
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import type { Actor, Fields } from "../../shared/documents.js";
import type { Rules } from "../../shared/fields.js";
import {
  HISTORY,
  type Head,
  type HistoryRules,
  type RevisionKind,
} from "../../shared/history.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import type { StoredRow } from "../documents/read.js";

export type RevisionRow = Doc<"revisions">;

/** Who brings a content, why, and how. */
export type Edit = {
  actor: Actor;
  reason?: string | undefined;
  kind?: RevisionKind;
};

/** A content that a write replaces: what writing it costs, and how. */
export type Archive = {
  rows: 1 | 2;
  bytes: number;
  write: () => Promise<void>;
};

/** What history makes of a write: the head of the row afterwards, and what is archived, if anything is. */
export type Kept = { head?: Head; archive?: Archive };

/** The head of a new document. Absent without history. */
export function firstHead(
  { history }: Rules,
  edit: Edit,
  now: number,
  isPublished: boolean,
): { head?: Head } {
  if (!history) return {};
  return {
    head: {
      version: 1,
      ...authorship(edit, now),
      since: now,
      n: 0,
      ...(isPublished ? { publishedAt: now } : {}),
    },
  };
}

/** The head of a stored document: what can be said of one that was written without a history. */
export function headOf({ head, version, updatedAt }: StoredRow): Head {
  const unknown = { at: updatedAt, since: 0, kind: "edit", n: 0 } as const;
  return head ?? { version, ...unknown };
}

/**
 * What history does about a write that brings these fields. Equal fields archive nothing, so a change of status makes no noise.
 *
 * Without history, the head of a document that has one still says what its content is: history may be switched on again.
 *
 * @param publishedAt when what it leaves was published (ms), if it was
 */
export function planArchive(
  ctx: MutationCtx,
  { history }: Rules,
  before: StoredRow,
  fields: Fields,
  edit: Edit,
  publishedAt: number | undefined,
): Kept {
  if (!history && !before.head) return {};
  const old = headOf(before);
  const now = Date.now();
  const published = omitUndefined({ publishedAt });
  if (compareValues(fields, before.fields) === 0) {
    if (publishedAt === undefined) return {};
    return { head: { ...old, ...published } };
  }
  const isArchived = history !== undefined;
  const isStepping = isArchived && isStep(history, before, fields, edit, now);
  const { named } = old;
  const head: Head = {
    version: before.version + 1,
    ...authorship(edit, now),
    since: isStepping ? old.since : now,
    n: isArchived && !isStepping ? old.n + 1 : old.n,
    ...(named === undefined ? {} : { named }),
    ...published,
  };
  if (!isArchived || isStepping) return { head };
  return { head, archive: archiveOf(ctx, before, head.n) };
}

function authorship({ actor, reason, kind = "edit" }: Edit, now: number) {
  return {
    by: actor.kind === "user" ? actor.id : null,
    at: now,
    kind,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Whether the present content is a step on the way: its author goes on with the same within the time for that. */
function isStep(
  { coalesceMs }: HistoryRules,
  { head, held, fields: outgoing }: StoredRow,
  incoming: Fields,
  edit: Edit,
  now: number,
): boolean {
  if (!head || held || now - head.since >= coalesceMs) return false;
  const { by, kind, reason } = authorship(edit, now);
  const goesOn =
    by === head.by &&
    reason === head.reason &&
    kind === "edit" &&
    head.kind === "edit";
  const isMarked = head.name !== undefined || head.publishedAt !== undefined;
  return goesOn && !isMarked && !isLoss(outgoing, incoming);
}

/** What takes away a field, or more than half, is what people come back for. */
function isLoss(outgoing: Fields, incoming: Fields): boolean {
  const names = Object.keys(outgoing);
  if (names.some((name) => !Object.hasOwn(incoming, name))) return true;
  return getConvexSize(incoming) < getConvexSize(outgoing) / 2;
}

function archiveOf(ctx: MutationCtx, before: StoredRow, n: number): Archive {
  const { _id: documentId, fields, version: upTo } = before;
  const { since: _since, named: _named, ...known } = headOf(before);
  const bytes = getConvexSize(fields);
  const isInline = bytes <= HISTORY.inlineBytes;
  return {
    rows: isInline ? 1 : 2,
    bytes,
    write: async () => {
      const content = isInline
        ? { fields }
        : { bodyId: await ctx.db.insert("revisionBodies", { fields }) };
      const row = { documentId, ...known, upTo, n, bytes, ...content };
      await ctx.db.insert("revisions", row);
    },
  };
}

/** Takes back what has been archived of a document since it had so many revisions. */
export async function unarchive(
  ctx: MutationCtx,
  documentId: Id<"documents">,
  n: number,
): Promise<void> {
  const newest = ctx.db
    .query("revisions")
    .withIndex("document", (q) => q.eq("documentId", documentId))
    .order("desc");
  for await (const row of newest) {
    if (row.n <= n) break;
    await deleteRevision(ctx, row);
  }
}

/** Deletes a revision with its body. */
export async function deleteRevision(
  ctx: MutationCtx,
  { _id, bodyId }: RevisionRow,
): Promise<void> {
  if (bodyId) await ctx.db.delete("revisionBodies", bodyId);
  await ctx.db.delete("revisions", _id);
}
