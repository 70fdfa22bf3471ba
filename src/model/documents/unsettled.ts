/**
 * Writes that the host's `onChange` has yet to hear of. They are there to be read like any other; a document that is deleted is
 * set aside until every change of the call has been told. Then it is deleted, or everything is taken back.
 *
 * @module
 */
import type { MutationCtx } from "../../component/_generated/server.js";
import type { Copy, StoredDocument } from "../../shared/documents.js";
import { decodeRules, searchTextOf } from "../../shared/fields.js";
import { handOver } from "../sharing/grant.js";
import { removeGrantsOf } from "../sharing/tasks.js";
import type { Head } from "../../shared/history.js";
import type { Granted } from "../../shared/sharing.js";
import type { Planned } from "../../shared/plans.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import { unarchive } from "../history/archive.js";
import { restoreCopy } from "../history/publication.js";
import { Aftermath } from "../history/tasks.js";
import type { NewRow } from "./plan.js";
import { restoreEntries } from "../views/sync.js";
import { NOBODY, type StoredRow } from "./read.js";

/** A document as it was before a call wrote it; `null` for one that the call created. */
export type Undo = {
  id: string;
  before: StoredDocument | null;
  /** What was known of its content, where there is a history. */
  head?: Head;
  /** What was published of it, where it was ahead of that. */
  copy?: Copy;
  /** What was planned of it. */
  planned?: Planned;
};

/** Takes a document away from every reader without deleting it: a deletion cannot be taken back under the same id. */
export async function setAside(
  ctx: MutationCtx,
  { _id, status, version, updatedAt, shared, contributed, head }: StoredRow,
): Promise<void> {
  await ctx.db.replace("documents", _id, {
    ownerId: NOBODY,
    isPublic: false,
    trashed: true,
    status,
    version,
    updatedAt,
    fields: {},
    // These tell `settle` what else there is of it.
    ...omitUndefined({ shared, contributed, head }),
  });
}

/** Finishes what waited for every change to be told: deletes what was set aside. */
export async function settle(ctx: MutationCtx, ids: string[]): Promise<void> {
  const gone: string[] = [];
  const aftermath = new Aftermath();
  for (const id of ids) {
    const row = await findAny(ctx, id);
    if (row?.ownerId !== NOBODY) continue;
    await ctx.db.delete("documents", row._id);
    aftermath.noteGone(row);
    if (row.shared) gone.push(row._id);
  }
  await aftermath.start(ctx);
  await removeGrantsOf(ctx, gone);
}

/**
 * Finishes a transfer once every change has been told: takes from the new owner what they were given, and revokes the links.
 *
 * @returns what this has changed: nothing of a document that the hook has deleted
 */
export async function finishTransfer(
  ctx: MutationCtx,
  { id }: { id: string },
): Promise<Granted[]> {
  const row = await findAny(ctx, id);
  return row === null || row.ownerId === NOBODY ? [] : await handOver(ctx, row);
}

/** Takes writes back, in the order given: the last write first. */
export async function undo(
  ctx: MutationCtx,
  rules: string,
  writes: Undo[],
): Promise<void> {
  const decoded = decodeRules(rules);
  const gone: string[] = [];
  const aftermath = new Aftermath();
  for (const { id, before, head, copy, planned } of writes) {
    const row = await findAny(ctx, id);
    // A function that the hook called has deleted it for good.
    if (row === null) continue;
    const n = head?.n ?? 0;
    if ((row.head?.n ?? 0) > n) await unarchive(ctx, row._id, n);
    const isMarked = (row.createdAt ?? before?.createdAt) !== undefined;
    if (before === null) {
      await restoreCopy(ctx, decoded, row, null, undefined);
      await ctx.db.delete("documents", row._id);
      aftermath.noteGone(row);
      if (row.shared) gone.push(row._id);
    } else {
      // What the hook has shared or held is no change of the document, and contributions too many do no harm.
      const { shared, contributed, held } = row;
      const restored = {
        ...rowOf(decoded, before),
        ...omitUndefined({ shared, contributed, held, head, planned }),
      };
      const aside = await restoreCopy(ctx, decoded, row, restored, copy);
      await ctx.db.replace("documents", row._id, { ...restored, ...aside });
    }
    if (isMarked) await restoreEntries(ctx, row._id, before, copy);
  }
  await aftermath.start(ctx);
  await removeGrantsOf(ctx, gone);
}

function rowOf(
  rules: Parameters<typeof searchTextOf>[0],
  { _id, _creationTime, ...columns }: StoredDocument,
): NewRow {
  const searchText = searchTextOf(rules, columns.fields);
  return {
    ...columns,
    trashed: columns.deletedAt !== undefined,
    ...(searchText === undefined ? {} : { searchText }),
  };
}

/** Also one that was set aside. */
async function findAny(
  ctx: MutationCtx,
  id: string,
): Promise<StoredRow | null> {
  const documentId = ctx.db.normalizeId("documents", id);
  return documentId && (await ctx.db.get("documents", documentId));
}
