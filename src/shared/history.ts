/**
 * History: what a document contained before. Its columns, what crosses between host and component, and its limits.
 *
 * @module
 */
import { v, type Infer } from "convex/values";

export const vRevisionKind = v.union(
  v.literal("edit"),
  v.literal("revert"),
  v.literal("discard"),
);
/** What brought a content: a write of fields, `revert`, or `discardDraft`. */
export type RevisionKind = Infer<typeof vRevisionKind>;

/** What is known of one content of a document. */
const contentColumns = {
  /** The version of the write that brought it. */
  version: v.number(),
  /** The user who wrote it; `null`: the system. Absent: not known, as in documents of before there was a history. */
  by: v.optional(v.union(v.string(), v.null())),
  /** When it was written (ms). */
  at: v.number(),
  kind: vRevisionKind,
  /** Why, in the words of the call that wrote it. */
  reason: v.optional(v.string()),
  /** The name that somebody gave it. It is kept for as long as it has one. */
  name: v.optional(v.string()),
  /** When it was published (ms), by a write that said so. */
  publishedAt: v.optional(v.number()),
};

/** What is known of a document's present content. */
export const vHead = v.object({
  ...contentColumns,
  /** When the run of edits began that this content is the last step of (ms). */
  since: v.number(),
  /** How many contents have been archived, pruned ones too. */
  n: v.number(),
  /** How many contents have a name. Absent: none. */
  named: v.optional(v.number()),
});
export type Head = Infer<typeof vHead>;

/** The columns of a revision beside its document and its fields. */
export const revisionColumns = {
  ...contentColumns,
  /** The last version that had it: later writes changed only `status` and the like. */
  upTo: v.number(),
  /** Its place among the document's revisions, from 1. */
  n: v.number(),
  /** Bytes of its fields. */
  bytes: v.number(),
};

export const vRevision = v.object({
  ...contentColumns,
  /** The last version that had this content: writes after `version` changed only `status` and the like. */
  upTo: v.number(),
  /** Until when it was the document's content (ms). Absent: it still is. */
  until: v.optional(v.number()),
  /** Bytes of its fields. Absent in the present content. */
  bytes: v.optional(v.number()),
});
/** One content of a document: who wrote it, when, and why. Times are in ms since 1970. */
export type Revision = Infer<typeof vRevision>;

export const vRevisionContent = vRevision.extend({
  /** The host's fields as they were. They may be of an earlier declaration. */
  fields: v.record(v.string(), v.any()),
});

/** What the component has to know of the option `history`. */
export type HistoryRules = {
  /** Revisions of a document. Absent: all. */
  keep?: number;
  /** Edits within this time of the first make one revision (ms). 0: each makes its own. */
  coalesceMs: number;
};

/** Limits of history. */
export const HISTORY = {
  defaultKeep: 100,
  maxKeep: 1000,
  /** ms. */
  defaultCoalesceMs: 5 * 60_000,
  maxCoalesceMs: 24 * 60 * 60_000,
  /** Characters of a name and of a reason: every list shows them. */
  maxName: 256,
  maxReason: 256,
  /** Named contents of one document: nothing prunes them. */
  maxNamed: 200,
  /** Bytes of fields that lie in the revision's own row: a page of 100 then reads 400 KiB at most. */
  inlineBytes: 4 * 1024,
  /** Revisions between two prunings of a document: it has up to so many more than it keeps. */
  slack: 32,
  /** Rows and bytes that one step deletes. Each deletion reads what it deletes, and is an index range. */
  stepRows: 500,
  stepBytes: 4 * 1024 * 1024,
  /** Rows that one step passes over because they have a name. */
  stepScan: 1000,
  /** Documents of one task: their ids have to fit its input. */
  idsPerTask: 200,
} as const;
