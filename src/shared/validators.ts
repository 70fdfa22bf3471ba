/**
 * What crosses the boundary between a host and the component. The validators are the source of the types.
 *
 * @module
 */
import { v, type Infer, type Validator } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";

export const vStatus = v.union(
  v.literal("draft"),
  v.literal("published"),
  v.literal("archived"),
);
/** A document's stage. Only a published document can be public. */
export type Status = Infer<typeof vStatus>;

/**
 * Who acts. Always given and never defaulted: a forgotten actor does not compile, and there is no value that means
 * "nobody checks".
 */
export const vActor = v.union(
  v.object({ kind: v.literal("user"), id: v.string() }),
  v.object({ kind: v.literal("anonymous") }),
  v.object({ kind: v.literal("system"), reason: v.string() }),
);
export type Actor = Infer<typeof vActor>;

/** The host's own fields, under one key: a host field can never reach a column of ours. */
export const vFields = v.record(v.string(), v.any());
export type Fields = Infer<typeof vFields>;

/** The columns of a stored document, beside Convex's own two. */
export const documentColumns = {
  ownerId: v.string(),
  status: vStatus,
  isPublic: v.boolean(),
  /** Counts the writes that changed something, from 1. */
  version: v.number(),
  /** Time of the last such write, in ms. */
  updatedAt: v.number(),
  /** When it was last published, in ms. Stays when it is unpublished. */
  publishedAt: v.optional(v.number()),
  /** Since when it has been archived, in ms. Absent: it is not. */
  archivedAt: v.optional(v.number()),
  /** When it went to the trash, in ms. Absent: it is not there. */
  deletedAt: v.optional(v.number()),
  fields: vFields,
};

/** A document as the component hands it out: its id is a string outside. */
export const vDocument = v.object({
  _id: v.string(),
  _creationTime: v.number(),
  ...documentColumns,
});
export type StoredDocument = Infer<typeof vDocument>;

/** What every single write answers. `version` counts the writes that changed something, from 1. */
export const vWritten = v.object({ id: v.string(), version: v.number() });
export type Written = Infer<typeof vWritten>;

/** Error data inside a value. Its details vary by code; the type comes from the union of codes. */
const vDocsErrorData = v.any() as Validator<DocsErrorData>;

/** How the items of one call hang together: see `writeAll`. */
export const vMode = v.union(
  v.literal("single"),
  v.literal("atomic"),
  v.literal("partial"),
);
export type Mode = Infer<typeof vMode>;

/** What became of one item. `error` is a `DocsErrorData`: its details vary by code, and a host may be older than we are. */
export const vOutcome = v.union(
  v.object({ ok: v.literal(true), id: v.string(), version: v.number() }),
  v.object({ ok: v.literal(false), error: vDocsErrorData }),
);
export type Outcome = Infer<typeof vOutcome>;

/** A document to be written. `ownerId` is for the system only: a user's documents are the user's. */
export const vDraft = v.object({
  fields: vFields,
  ownerId: v.optional(v.string()),
  status: v.optional(vStatus),
  isPublic: v.optional(v.boolean()),
});
export type Draft = Infer<typeof vDraft>;

/** A change to one document. Absent means unchanged; only `unset` deletes. */
export const vChange = v.object({
  id: v.string(),
  set: vFields,
  unset: v.array(v.string()),
  status: v.optional(vStatus),
  isPublic: v.optional(v.boolean()),
  /** The version the caller edited: refuse if the document has moved on. */
  ifVersion: v.optional(v.number()),
});
export type Change = Infer<typeof vChange>;

export const vRemoval = v.object({
  id: v.string(),
  ifVersion: v.optional(v.number()),
});
export type Removal = Infer<typeof vRemoval>;

/** Which documents a list holds: the actor's own, or those that anybody may read. */
export const vScope = v.union(v.literal("own"), v.literal("public"));
export type Scope = Infer<typeof vScope>;

export const vOrder = v.union(v.literal("asc"), v.literal("desc"));
export type Order = Infer<typeof vOrder>;

/** Convex's `PaginationResult` of documents. */
export const vPage = v.object({
  page: v.array(vDocument),
  isDone: v.boolean(),
  continueCursor: v.string(),
  splitCursor: v.optional(v.string()),
  pageStatus: v.optional(
    v.union(v.literal("SplitRecommended"), v.literal("SplitRequired")),
  ),
});
export type Page = Infer<typeof vPage>;
