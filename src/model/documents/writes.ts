/**
 * The verbs: what each write does to a document.
 *
 * @module
 */
import type { MutationCtx } from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { nameRefusal, ownerOf } from "../../shared/access.js";
import {
  ID,
  type Change,
  type Draft,
  type Status,
  type Target,
  type Transfer,
} from "../../shared/documents.js";
import { alreadyExists, invalidAt } from "../../shared/failures.js";
import {
  fieldsRefusal,
  merge,
  searchTextOf,
  type Rules,
} from "../../shared/fields.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import { EXPIRY } from "../../shared/retention.js";
import {
  findToWrite,
  planGone,
  planPatch,
  type NewRow,
  type Patch,
  type Plan,
  type Planner,
} from "./plan.js";
import { findDocumentByKey, type StoredRow } from "./read.js";

export const planCreate: Planner<Draft> = async (ctx, actor, rules, draft) => {
  const owner = ownerOf(actor, draft.ownerId);
  if (owner.refusal) return owner;
  const { fields, key, status = "draft", isPublic = false } = draft;
  const refusal =
    (key === undefined ? null : nameRefusal("key", key, ID.maxKey)) ??
    expiryRefusal(draft) ??
    fieldsRefusal(rules, fields);
  if (refusal) return { refusal };
  const existing =
    key === undefined ? null : await findDocumentByKey(ctx, owner.ownerId, key);
  if (existing) return planExisting(ctx, rules, existing, draft);
  const now = Date.now();
  const text = searchTextOf(rules, fields);
  const after: NewRow = {
    ownerId: owner.ownerId,
    isPublic,
    trashed: false,
    version: 1,
    updatedAt: now,
    fields,
    ...statusTimestamps(status, now),
    ...omitUndefined(retentionColumns({}, draft)),
    ...(text === undefined ? {} : { searchText: text }),
    ...(key === undefined ? {} : { key }),
  };
  return {
    before: null,
    after,
    write: () => ctx.db.insert("documents", after),
  };
};

/** A document with the draft's key is there already. */
function planExisting(
  ctx: MutationCtx,
  rules: Rules,
  existing: StoredRow,
  { key = "", ifExists = "error", ...draft }: Draft,
): Plan {
  if (ifExists === "error") return { refusal: alreadyExists(key) };
  if (ifExists === "return") return planPatch(ctx, existing, {});
  const change = { id: existing._id, set: draft.fields, unset: [], ...draft };
  return planChange(ctx, rules, existing, change);
}

export const planUpdate: Planner<Change> = async (
  ctx,
  actor,
  rules,
  change,
) => {
  const found = await findToWrite(ctx, actor, change, "live");
  if (found.refusal) return found;
  return planChange(ctx, rules, found.document, change);
};

function planChange(
  ctx: MutationCtx,
  rules: Rules,
  document: StoredRow,
  change: Change,
): Plan {
  const { set, unset, status, isPublic = document.isPublic } = change;
  const fields = merge(document.fields, set, unset);
  const refusal = expiryRefusal(change) ?? fieldsRefusal(rules, fields);
  if (refusal) return { refusal };
  const staged =
    status === undefined || status === document.status
      ? {}
      : { archivedAt: undefined, ...statusTimestamps(status, Date.now()) };
  const searchText = searchTextOf(rules, fields);
  return planPatch(ctx, document, {
    fields,
    searchText,
    isPublic,
    ...retentionColumns(document, change),
    ...staged,
  });
}

/** Removes for good. */
export const planDelete: Planner<Target> = async (ctx, actor, _, target) => {
  const found = await findToWrite(ctx, actor, target, "live");
  return found.refusal ? found : planGone(ctx, found.document);
};

/** Moves to the trash. */
export const planTrash: Planner<Target> = async (ctx, actor, _, target) => {
  const found = await findToWrite(ctx, actor, target, "live");
  if (found.refusal) return found;
  return planPatch(ctx, found.document, trashed(Date.now()));
};

/** The columns that going to the trash sets. */
export function trashed(now: number): Patch {
  return { trashed: true, deletedAt: now };
}

/** Brings back from the trash, unless its key has been taken in the meantime. */
export const planRestore: Planner<Target> = async (ctx, actor, _, target) => {
  const found = await findToWrite(ctx, actor, target, "trash");
  if (found.refusal) return found;
  const { ownerId, key, expiresAt } = found.document;
  if (key !== undefined && (await findDocumentByKey(ctx, ownerId, key))) {
    return { refusal: alreadyExists(key) };
  }
  // A time that has passed would take it straight back to the trash.
  const isOver = expiresAt !== undefined && expiresAt <= Date.now();
  return planPatch(ctx, found.document, {
    trashed: false,
    deletedAt: undefined,
    ...(isOver ? { expiresAt: undefined } : {}),
  });
};

/** Removes from the trash for good. */
export const planPurge: Planner<Target> = async (ctx, actor, _, target) => {
  const found = await findToWrite(ctx, actor, target, "trash");
  return found.refusal ? found : planGone(ctx, found.document);
};

/** Gives to another owner: the only way that an owner changes. */
export const planTransfer: Planner<Transfer> = async (
  ctx,
  actor,
  _,
  transfer,
) => {
  const refusal = nameRefusal("to", transfer.to, ID.maxUser);
  if (refusal) return { refusal };
  const found = await findToWrite(ctx, actor, transfer, "live");
  if (found.refusal) return found;
  // A key is its owner's own name for a document, so it stays behind. Moving it could collide with the new owner's, and
  // refusing for that would say what the new owner has.
  const moves = transfer.to !== found.document.ownerId;
  const patch = moves ? { ownerId: transfer.to, key: undefined } : {};
  return planPatch(ctx, found.document, patch);
};

/** The columns that entering a status sets. Whoever leaves a status clears `archivedAt` first. */
export function statusTimestamps(
  status: Status,
  now: number,
): { status: Status; publishedAt?: number; archivedAt?: number } {
  if (status === "published") return { status, publishedAt: now };
  return status === "archived" ? { status, archivedAt: now } : { status };
}

/*
 * The columns of a document that say something about retention: what a write may set, and what it is stored as.
 */

type RetentionChange = {
  pinned?: boolean | undefined;
  expiresAt?: number | null | undefined;
};
type StoredRetention = {
  pinned?: boolean | undefined;
  expiresAt?: number | undefined;
};

/** A document's columns after a write. `false` and `null` are stored as nothing: index prefixes look for that. */
export function retentionColumns(
  before: StoredRetention,
  { pinned, expiresAt }: RetentionChange,
): {
  pinned: true | undefined;
  expiresAt: number | undefined;
} {
  const isPinned = pinned ?? before.pinned ?? false;
  return {
    pinned: isPinned ? true : undefined,
    expiresAt:
      expiresAt === undefined ? before.expiresAt : (expiresAt ?? undefined),
  };
}

/** Why this cannot be the time at which a document expires, or `null`. Seconds taken for ms would be a day in 1970. */
export function expiryRefusal({
  expiresAt,
}: RetentionChange): DocsErrorData | null {
  if (expiresAt === undefined || expiresAt === null) return null;
  if (expiresAt >= EXPIRY.leastMs && expiresAt <= EXPIRY.mostMs) return null;
  return invalidAt(
    "expiresAt",
    "must be a time in milliseconds since 1970, such as Date.now() + 30 * 24 * 60 * 60 * 1000.",
  );
}
