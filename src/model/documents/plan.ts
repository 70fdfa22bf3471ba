/**
 * What a write would do to one document. A plan has read and checked everything and has written nothing; carrying it out can
 * only fail as a whole transaction fails.
 *
 * @module
 */
import { compareValues, getDocumentSize } from "convex/values";
import type { MutationCtx } from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import {
  actingAs,
  draftRefusal,
  ownerOf,
  ownerRefusal,
  readerRole,
  refusalOf,
  type Place,
  type Who,
} from "../../shared/access.js";
import {
  type Change,
  type Draft,
  type Fields,
  type Grant,
  type Status,
  type Target,
  type Transfer,
} from "../../shared/documents.js";
import { columnIssues } from "../../shared/columns.js";
import {
  alreadyExists,
  conflict,
  invalidAt,
  invalidIf,
  notFound,
} from "../../shared/failures.js";
import {
  changeIssues,
  fieldsIssues,
  merge,
  searchTextOf,
  type Rules,
} from "../../shared/fields.js";
import { seenBy } from "../../shared/fieldRules.js";
import type { Archive, Edit } from "../history/archive.js";
import { firstHead, planArchive } from "../history/archive.js";
import { withoutPublish } from "../../shared/plans.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import {
  NEEDS,
  needsOfRevert,
  needsOfStage,
  needsOfUpdate,
  sentBy,
  type Need,
} from "../../shared/roles.js";
import { copyOf, planCopy, type CopyWrite } from "../history/publication.js";
import { withGrantsToWrite } from "../sharing/standing.js";
import { findDocument, findDocumentByKey, type StoredRow } from "./read.js";

/** A stored document without what Convex adds. */
export type NewRow = Omit<StoredRow, "_id" | "_creationTime">;

type Refused = {
  refusal: DocsErrorData;
  /** Bytes read of a document that is not there for the caller. */
  hiddenBytes?: number;
  archive?: never;
  copy?: never;
};

/** A refusal, or a write that is allowed. */
export type Plan =
  | Refused
  | {
      refusal?: never;
      hiddenBytes?: never;
      /** The document as it is; `null` for a new one. */
      before: StoredRow | null;
      /** The document as it will be; `null` for one that is deleted. A new one has no id yet. */
      after: StoredRow | NewRow | null;
      /** The content that it replaces, if that is kept. Written along with it. */
      archive?: Archive | undefined;
      /** What becomes of its publication. Written along with it. */
      copy?: CopyWrite | undefined;
      /** The name by which the actor may do it, where that is not their own. */
      as?: string | undefined;
      /** Writes it, along with its marks if it is given any, and returns its id. */
      write: (mark?: Mark) => Promise<string>;
    };

/** Columns that say what else there is of a document: see `Sync`, and `contributed` in the schema. With who has written it. */
export type Mark = {
  createdAt?: number;
  contributed?: true;
  updatedBy?: string | null;
};

/** Who writes, and why. */
export type Writer = Who & Pick<Edit, "reason">;

/** Plans one item of a call. */
export type Planner<Item> = (
  ctx: MutationCtx,
  who: Writer,
  rules: Rules,
  item: Item,
) => Promise<Plan>;

/* One planner for each kind of write */

export const planCreate: Planner<Draft> = async (ctx, who, rules, draft) => {
  const owner = ownerOf(who.actor, draft.ownerId);
  if (owner.refusal) return owner;
  const { fields, key, status = "draft", isPublic = false } = draft;
  const refusal =
    draftRefusal(who.actor, draft, rules) ??
    invalidIf([...columnIssues(draft), ...fieldsIssues(rules, fields)]);
  if (refusal) return { refusal };
  const existing =
    key === undefined ? null : await findDocumentByKey(ctx, owner.ownerId, key);
  if (existing) return planExisting(ctx, who, rules, existing, draft);
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
    ...firstHead(rules, who, now, status === "published"),
    ...omitUndefined(retentionColumns({}, draft)),
    ...(text === undefined ? {} : { searchText: text }),
    ...(key === undefined ? {} : { key }),
  };
  return {
    before: null,
    after,
    as: actingAs(who, after),
    write: (mark) => ctx.db.insert("documents", { ...after, ...mark }),
  };
};

/** A document with the draft's key exists. */
async function planExisting(
  ctx: MutationCtx,
  who: Writer,
  rules: Rules,
  existing: StoredRow,
  { key = "", ifExists = "error", fields, unset = [], ...draft }: Draft,
): Promise<Plan> {
  if (ifExists === "error") return { refusal: alreadyExists(key) };
  if (ifExists === "return") return planPatch(ctx, existing, {});
  const change = { id: existing._id, set: fields, unset, ...draft };
  const needs = needsOfUpdate(sentBy(change), rules);
  const asks = await withGrantsToWrite(ctx, who, existing);
  const refusal = refusalOf(asks, existing, existing._id, needs);
  if (refusal) return { refusal };
  return planChange(ctx, { ...who, ...asks }, rules, existing, change);
}

export const planUpdate = toExisting<Change>(
  (rules, change) => needsOfUpdate(sentBy(change), rules),
  planChange,
);

/** Brings back what a document contained: an update that history tells from an edit. */
export const planRevert = toExisting<Change>(
  (rules, change) => needsOfRevert(sentBy(change), rules),
  (ctx, edit, ...rest) => planChange(ctx, { ...edit, kind: "revert" }, ...rest),
);

/** Makes the document as it is the one that everybody sees. It is checked again: what is declared may have changed since it was written. */
export const planPublish = toExisting<Change>(
  needsOfStage,
  (ctx, edit, rules, document, change) =>
    planChange(ctx, edit, rules, document, { ...change, status: "published" }),
);

/** Takes off what is published. The document stays as it is: taken off can be what is not valid any more, too. */
export const planUnpublish = toExisting(
  needsOfStage,
  (ctx, _edit, rules, document) => {
    const { status, fields } = document;
    const isLive = status === "published";
    const patch = isLive ? stageOf(rules, document, fields, "draft") : {};
    return planPatch(ctx, document, patch);
  },
);

/** Makes the document what is published of it. What it was is archived. */
export const planDiscard = toExisting(
  needsOfStage,
  async (ctx, who, rules, document) => {
    const copy = await copyOf(ctx, document);
    if (copy === undefined) return planPatch(ctx, document, {});
    const { fields, updatedAt, publishedAt } = copy;
    const edit = { ...who, kind: "discard" } as const;
    const kept = planArchive(ctx, rules, document, fields, edit, publishedAt);
    const patch = {
      fields,
      searchText: searchTextOf(rules, fields),
      hasDraft: undefined,
      ...(kept.head ? { head: kept.head } : {}),
      // As if it had never been edited: nobody who reads notices.
      updatedAt,
    };
    return planPatch(ctx, document, patch, kept.archive);
  },
);

function planChange(
  ctx: MutationCtx,
  edit: Who & Edit,
  rules: Rules,
  document: StoredRow,
  change: Change,
): Plan {
  const { set, unset, status, isPublic = document.isPublic } = change;
  const fields = merge(document.fields, set, unset);
  const seen = seenBy(rules, readerRole(edit, document));
  const refusal = invalidIf([
    ...columnIssues(change),
    ...changeIssues(rules, document.fields, change, seen),
  ]);
  if (refusal) return { refusal };
  const staged = stageOf(rules, document, fields, status);
  const { head, archive } = planArchive(
    ctx,
    rules,
    document,
    fields,
    edit,
    staged.publishedAt,
  );
  const patch = {
    fields,
    searchText: searchTextOf(rules, fields),
    isPublic,
    ...retentionColumns(document, change),
    ...staged,
    ...(head ? { head } : {}),
  };
  return planPatch(ctx, document, patch, archive);
}

/**
 * The columns of a document's stage after a write of these fields. With a working copy, an edit that does not say `status` leaves
 * what is published as it is; one that says `"published"` publishes, also what was edited before.
 */
function stageOf(
  { workingCopy }: Rules,
  before: StoredRow,
  fields: Fields,
  status: Status | undefined,
): Patch {
  const isEdited =
    workingCopy === true && compareValues(fields, before.fields) !== 0;
  const isLive = before.status === "published";
  if (status === undefined) return isEdited && isLive ? AHEAD : {};
  const isAhead = before.hasDraft === true || isEdited;
  const stays = isLive ? !isAhead : true;
  if (status === before.status && stays) return {};
  // Publishing by hand leaves its end as planned; whatever takes off what is published ends every plan.
  const planned =
    status === "published" ? withoutPublish(before.planned) : undefined;
  const left = { archivedAt: undefined, hasDraft: undefined, planned };
  return { ...left, ...statusTimestamps(status, Date.now()) };
}

const AHEAD: Patch = { hasDraft: true };

/** Deletes for good what is not in the trash. */
export const planDelete = toExisting(
  () => NEEDS.remove,
  (ctx, _who, _rules, document) => planGone(ctx, document),
);

/** Moves to the trash. */
export const planTrash = toExisting(
  () => NEEDS.trash,
  (ctx, _who, _rules, document) =>
    planPatch(ctx, document, trashed(Date.now())),
);

/** The columns that going to the trash sets. */
export function trashed(now: number): Patch {
  return { trashed: true, deletedAt: now, planned: undefined };
}

/** Brings back from the trash, unless another document has taken its key. */
export const planRestore = toExisting(
  () => NEEDS.restore,
  async (ctx, _who, _rules, document) => {
    const { ownerId, key, expiresAt } = document;
    if (key !== undefined && (await findDocumentByKey(ctx, ownerId, key))) {
      return { refusal: alreadyExists(key) };
    }
    // Retention would move an expired document straight back to the trash.
    const isOver = expiresAt !== undefined && expiresAt <= Date.now();
    return planPatch(ctx, document, {
      trashed: false,
      deletedAt: undefined,
      ...(isOver ? { expiresAt: undefined } : {}),
    });
  },
  "trash",
);

/** Deletes for good what is in the trash. */
export const planPurge = toExisting(
  () => NEEDS.purge,
  (ctx, _who, _rules, document) => planGone(ctx, document),
  "trash",
);

/** Gives a document to another owner. No other write changes the owner. */
export const planTransfer: Planner<Transfer> = async (
  ctx,
  who,
  rules,
  transfer,
) => {
  const refusal = ownerRefusal("to", transfer.to);
  return refusal ? { refusal } : await planMove(ctx, who, rules, transfer);
};

const planMove = toExisting<Transfer>(
  () => NEEDS.transfer,
  (ctx, _who, _rules, document, { to }) => {
    if (to === document.ownerId) return planPatch(ctx, document, {});
    return planPatch(ctx, document, {
      ownerId: to,
      // The new owner has not agreed that others see it under their name.
      isPublic: false,
      // A key is unique per owner. It is cleared because refusing a collision would tell which keys the new owner has.
      key: undefined,
      planned: undefined,
    });
  },
);

/* What the planners share */

/**
 * Plans writes to a document that exists, for who has what each needs.
 *
 * @param place where the document is
 */
function toExisting<Item extends Target = Target>(
  needsOf: (rules: Rules, item: Item) => readonly Need[],
  plan: (
    ctx: MutationCtx,
    edit: Who & Edit,
    rules: Rules,
    document: StoredRow,
    item: Item,
  ) => Plan | Promise<Plan>,
  place: Place = "live",
): Planner<Item> {
  return async (ctx, who, rules, item) => {
    const needs = needsOf(rules, item);
    const found = await findToWrite(ctx, who, item, needs, place);
    if (found.refusal) return found;
    const { document, grants } = found;
    const edit = { ...who, grants };
    const planned = await plan(ctx, edit, rules, document, item);
    return planned.refusal
      ? planned
      : { ...planned, as: actingAs(edit, document) };
  };
}

/** The target in its place, if this caller has what the write needs and it is at `ifVersion`. */
async function findToWrite(
  ctx: MutationCtx,
  who: Who,
  { id, ifVersion }: Target,
  needs: readonly Need[],
  place: Place = "live",
): Promise<
  Refused | { refusal?: never; document: StoredRow; grants: readonly Grant[] }
> {
  const document = await findDocument(ctx, id);
  if (document === null) return { refusal: notFound(id) };
  const asks = await withGrantsToWrite(ctx, who, document);
  const refusal = refusalOf(asks, document, id, needs, place);
  if (refusal?.code === "NOT_FOUND") {
    return { refusal, hiddenBytes: bytesOf(document, asks.grants) };
  }
  if (refusal) return { refusal };
  if (ifVersion === undefined || ifVersion === document.version) {
    return { document, grants: asks.grants };
  }
  // A CONFLICT repeats the expected version, and JSON has neither NaN nor Infinity.
  return {
    refusal: Number.isFinite(ifVersion)
      ? conflict(id, ifVersion, document.version)
      : invalidAt("ifVersion", "must be a version."),
  };
}

/** Bytes that were read of a document and its grants. */
function bytesOf(document: StoredRow, grants: readonly Grant[] = []): number {
  return [document, ...grants].reduce(
    (sum, row) => sum + getDocumentSize(row),
    0,
  );
}

type Column = Exclude<keyof NewRow, "version" | "updatedAt">;
/**
 * The columns that a write may set; `undefined` clears one. The version is not among them: every write sets it. Default for the
 * time: now.
 */
export type Patch = {
  [C in Column]?: object extends Pick<NewRow, C>
    ? NewRow[C] | undefined
    : NewRow[C];
} & { updatedAt?: number };

/** A write that changes nothing writes nothing: no new version, no conflict, no query that runs again. */
export function planPatch(
  ctx: MutationCtx,
  before: StoredRow,
  patch: Patch,
  archive?: Archive,
): Plan {
  const id = before._id;
  const changed = Object.entries(patch).some(
    ([column, value]) => compareValues(value, before[column as Column]) !== 0,
  );
  if (!changed) {
    return { before, after: before, write: () => Promise.resolve(id) };
  }
  const version = before.version + 1;
  const bumped = { updatedAt: Date.now(), ...patch, version };
  // A cleared column is `undefined` here and absent once it has crossed the component's boundary.
  const after = { ...before, ...bumped } as StoredRow;
  const copy = planCopy(ctx, before, after);
  return {
    before,
    after,
    archive,
    copy,
    write: async (mark) => {
      await archive?.write();
      const aside = copy && { publicationId: await copy.write() };
      await ctx.db.patch("documents", id, { ...bumped, ...aside, ...mark });
      return id;
    },
  };
}

/** Deletes the document. */
export function planGone(ctx: MutationCtx, before: StoredRow): Plan {
  const copy = planCopy(ctx, before, null);
  return {
    before,
    after: null,
    copy,
    write: async () => {
      await copy?.write();
      await ctx.db.delete("documents", before._id);
      return before._id;
    },
  };
}

/* Columns */

/** The columns that entering a status sets. The caller clears `archivedAt` first when a status is left. */
export function statusTimestamps(
  status: Status,
  now: number,
): { status: Status; publishedAt?: number; archivedAt?: number } {
  if (status === "published") return { status, publishedAt: now };
  return status === "archived" ? { status, archivedAt: now } : { status };
}

type RetentionChange = {
  pinned?: boolean | undefined;
  expiresAt?: number | null | undefined;
};
type StoredRetention = {
  pinned?: boolean | undefined;
  expiresAt?: number | undefined;
};

/** A document's columns for retention after a write. `false` and `null` are stored as absent: index prefixes equal that. */
function retentionColumns(
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
