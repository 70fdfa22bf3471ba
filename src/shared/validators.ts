/**
 * What crosses the boundary between a host and the component. The validators are the source of the types.
 *
 * @module
 */
import { paginationResultValidator } from "convex/server";
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
  /** The host's own name for it, unique among its owner's documents outside the trash. */
  key: v.optional(v.string()),
  /** `true`: retention never touches it. Absent otherwise, so that an index prefix can leave it out. */
  pinned: v.optional(v.boolean()),
  /** When retention takes it, in ms, whatever its policies say. Absent: when they say. */
  expiresAt: v.optional(v.number()),
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
export const vDocsErrorData = v.any() as Validator<DocsErrorData>;

/** How the items of one call hang together: see `writeAll`. */
export const vMode = v.union(
  v.literal("single"),
  v.literal("atomic"),
  v.literal("partial"),
);
export type Mode = Infer<typeof vMode>;

/** What became of one item. The documents are there when the call asked for them: `null` where there was or is none. */
export const vOutcome = v.union(
  v.object({
    ok: v.literal(true),
    id: v.string(),
    version: v.number(),
    before: v.optional(v.union(v.null(), vDocument)),
    after: v.optional(v.union(v.null(), vDocument)),
  }),
  v.object({ ok: v.literal(false), error: vDocsErrorData }),
);
export type Outcome = Infer<typeof vOutcome>;

/** What a batch answers: one result an item, in the order given. */
export const vBatchResult = v.object({
  results: v.array(
    v.union(
      v.object({ ok: v.literal(true), id: v.string(), version: v.number() }),
      v.object({ ok: v.literal(false), error: vDocsErrorData }),
    ),
  ),
  succeeded: v.number(),
  failed: v.number(),
});
export type BatchResult = Infer<typeof vBatchResult>;
/** What became of one item of a batch. */
export type ItemResult = BatchResult["results"][number];

/** How many there are, and whether there are more than were counted. */
export const vCounted = v.object({ count: v.number(), more: v.boolean() });
export type Counted = Infer<typeof vCounted>;

/** What every call that writes says, besides its items. */
export const writeArgs = {
  actor: vActor,
  mode: vMode,
  /** See `Rules`. */
  rules: v.string(),
  /** Judge everything, write nothing, and show each document as it is and as it would be. */
  dryRun: v.optional(v.boolean()),
  /** Show each document as it was and as it is. Costs one more read for a new document. */
  withDocuments: v.optional(v.boolean()),
};

/** What to do when a document with the key exists: refuse, leave it as it is, or change it. */
export const vIfExists = v.union(
  v.literal("error"),
  v.literal("return"),
  v.literal("update"),
);

/** What a write may say about retention. `null` takes a time back. */
const retained = {
  pinned: v.optional(v.boolean()),
  expiresAt: v.optional(v.union(v.number(), v.null())),
};

/** A document to be written. `ownerId` is for the system only: a user's documents are the user's. */
export const vDraft = v.object({
  fields: vFields,
  ownerId: v.optional(v.string()),
  status: v.optional(vStatus),
  isPublic: v.optional(v.boolean()),
  ...retained,
  key: v.optional(v.string()),
  ifExists: v.optional(vIfExists),
});
export type Draft = Infer<typeof vDraft>;

/** One document, at the version the caller looked at if the caller says which. */
const target = { id: v.string(), ifVersion: v.optional(v.number()) };
export const vTarget = v.object(target);
export type Target = Infer<typeof vTarget>;

/** A change to one document. Absent means unchanged; only `unset` deletes. */
export const vChange = v.object({
  ...target,
  set: vFields,
  unset: v.array(v.string()),
  status: v.optional(vStatus),
  isPublic: v.optional(v.boolean()),
  ...retained,
});
export type Change = Infer<typeof vChange>;

export const vTransfer = v.object({ ...target, to: v.string() });
export type Transfer = Infer<typeof vTransfer>;

/** Which documents are meant: the actor's own, those in the actor's trash, or those that anybody may read. */
export const vScope = v.union(
  v.literal("own"),
  v.literal("trash"),
  v.literal("public"),
);
export type Scope = Infer<typeof vScope>;

export const vOrder = v.union(v.literal("asc"), v.literal("desc"));
export type Order = Infer<typeof vOrder>;

/** A page of documents. */
export const vPage = paginationResultValidator(vDocument);
export type Page = Infer<typeof vPage>;
