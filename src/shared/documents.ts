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

/** Columns that a write may set. */
const settable = {
  /** Default for a new document: `"draft"`. */
  status: v.optional(vStatus),
  /** Default for a new document: `false`. Others see a document only if it is public and published. */
  isPublic: v.optional(v.boolean()),
  /** `true`: retention never touches it. `false` takes that back. */
  pinned: v.optional(v.boolean()),
  /** When retention takes it (ms since 1970), whatever the policies say. `null` takes that back. */
  expiresAt: v.optional(v.union(v.number(), v.null())),
};

/** A document to be written. `ownerId` is for the system only: a user's documents are the user's. */
export const vDraft = v.object({
  fields: vFields,
  ownerId: v.optional(v.string()),
  ...settable,
  /** The owner's own name for it, unique among the owner's documents: 1 to 256 characters. */
  key: v.optional(v.string()),
  /** When the owner has a document with this key: refuse, leave it as it is, or change it. Default: `"error"`. */
  ifExists: v.optional(vIfExists),
});
export type Draft = Infer<typeof vDraft>;

/** One document. */
const target = {
  id: v.string(),
  /** The version that the caller looked at. If the document has another: CONFLICT, and nothing is written. */
  ifVersion: v.optional(v.number()),
};
export const vTarget = v.object(target);
export type Target = Infer<typeof vTarget>;

/** A change to one document. Absent means unchanged; only `unset` deletes. */
export const vChange = v.object({
  ...target,
  set: vFields,
  unset: v.array(v.string()),
  ...settable,
});
export type Change = Infer<typeof vChange>;

export const vTransfer = v.object({
  ...target,
  /** The new owner's id. */
  to: v.string(),
});
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

/*
 * Every number that bounds something, with its unit and its reason.
 */

const KiB = 1024;

/** Ids of users and documents. */
export const ID = {
  /** Characters of a user id. Longer ones are refused: they would be copied into every index entry. */
  maxUser: 512,
  /** Characters of a document's key. */
  maxKey: 256,
  /** Characters of a caller's id that an error repeats. Convex ids have 31 or 32; the rest would be noise. */
  maxEchoed: 64,
} as const;

/** Documents. */
export const DOCUMENT = {
  /**
   * Bytes of a document's fields, by Convex's own measure. Convex stores up to 1 MiB; a quarter leaves room to read a
   * page of them within a transaction's 16 MiB.
   */
  maxBytes: 256 * KiB,
  /** What a host may raise it to: the rest of Convex's 1 MiB is for our own columns and the searchable text. */
  ceilingBytes: 896 * KiB,
  /** Bytes of our own columns at most: two ids of users, a key, times. */
  overheadBytes: 4 * KiB,
  /**
   * Levels of arrays and objects inside one field. Convex stores 16 per document; the document and the object that
   * holds the host's fields take two. Source: https://docs.convex.dev/production/state/limits
   */
  maxDepth: 14,
  /** Elements of one array, and entries of one object, that Convex stores. Same source. */
  maxArray: 8192,
  maxEntries: 1024,
  /** Characters of a name in an object. Source: convex, `values/value.ts`. */
  maxName: 1024,
} as const;

/** Pages of a list. */
export const PAGE = {
  /** Documents a caller may ask for at once. */
  maxItems: 100,
  /** Documents a pinned page (one with an `endCursor`) may grow to before the client has to split it. */
  maxPinnedItems: 200,
  /**
   * Bytes read for one page. A page that reaches it ends early, so the host keeps three quarters of the transaction's
   * 16 MiB for itself. Source: https://docs.convex.dev/production/state/limits
   */
  maxBytes: 4 * 1024 * KiB,
} as const;

/** Full-text search. */
export const SEARCH = {
  /** Characters of a document's text that can be found. They are stored once more, beside the fields. */
  maxTextLength: 32 * KiB,
  /** Bytes of that text at most: UTF-8 takes up to three a character. */
  maxTextBytes: 96 * KiB,
  /** Documents one search returns. Convex itself stops at 1,024. Source: https://docs.convex.dev/search/text-search */
  defaultResults: 20,
  maxResults: 100,
} as const;

/** Writing many documents in one call. */
export const BATCH = {
  /** Items of one call, unless the host says otherwise, and at most. */
  defaultItems: 100,
  maxItems: 1000,
  /**
   * Bytes of each transaction limit that a batch leaves alone, for what the host's own mutation still has to do. The
   * limits are those of https://docs.convex.dev/production/state/limits; what is left of them is measured, not assumed.
   */
  reserveBytes: 1024 * KiB,
  /** Documents read at a time while their sizes are still unknown. */
  readAhead: 8,
} as const;

/** Reading many documents by their ids in one call. */
export const GET_MANY = {
  maxItems: 100,
  /** Bytes of all of them together if each is as large as can be: what a transaction may read, less a reserve. */
  maxBytes: 15 * 1024 * KiB,
} as const;

/** Counting. */
export const COUNT = {
  /** Documents counted one by one before the answer becomes "that many, and more". */
  defaultUpTo: 100,
  maxUpTo: 1000,
} as const;

/** Bulk jobs: what exceeds one call, in steps of one transaction each. */
export const BULK = {
  /** Ids that a job may be given. An argument's array holds 8,192. */
  maxIds: 8000,
  /** Ids kept in one row. */
  idsPerRow: 500,
  /** Items of one step, however small they are: an owner's own writes wait no longer than that. */
  stepItems: 100,
  /** Of each transaction limit that a step may use. */
  share: 0.5,
  /**
   * Bytes of documents that a step looks up at once. Each is read three times (found, judged, replaced), so with one more
   * of the largest kind the step stays within its share of 16 MiB.
   */
  stepBytes: 1536 * KiB,
  /** Bytes that a step may write. */
  writeBytes: 6 * 1024 * KiB,
  /** Refusals kept with a job. */
  maxFailures: 100,
  /** How often a running job is looked after, and after how long without progress it is taken for dead, in ms. */
  watchMs: 60_000,
  /** Deaths without progress in between until a job is given up. */
  maxDeaths: 5,
  /** How long a finished job can be asked about, in ms. */
  keepMs: 7 * 24 * 60 * 60 * 1000,
} as const;
