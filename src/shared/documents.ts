/**
 * What crosses the boundary between a host and the component. The validators are the source of the types.
 *
 * @module
 */
import { paginationResultValidator, type Expand } from "convex/server";
import { v, type Infer } from "convex/values";
import { vDocsErrorData } from "./errorData.js";
import { vHead } from "./history.js";
import type { WithId } from "./ids.js";
import { vPlanned } from "./plans.js";
import { vAnswers, vGrantRole, vRole } from "./roles.js";

const KiB = 1024;

/* A document. */

export const vStatus = v.union(
  v.literal("draft"),
  v.literal("published"),
  v.literal("archived"),
);
/** A document's stage. Only a published document can be public. */
export type Status = Infer<typeof vStatus>;
export const STATUSES: Status[] = vStatus.members.map(({ value }) => value);

/** The host's own fields, under one key: they cannot collide with the component's columns. */
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
  /**
   * When it was created, in ms, with a fraction that keeps the items of one call in order. Absent: it has not been given a place
   * in a view, and Convex's own creation time counts.
   */
  createdAt: v.optional(v.number()),
  /**
   * The user who made the last such write; `null`: the system. Absent: not known, as without `sharing`, or erased. Who has no role in
   * the document does not see it.
   */
  updatedBy: v.optional(v.union(v.string(), v.null())),
  /** When it was last published, in ms. Stays when it is unpublished. */
  publishedAt: v.optional(v.number()),
  /** When it was archived, in ms. Absent: it is not archived. */
  archivedAt: v.optional(v.number()),
  /** When it went to the trash, in ms. Absent: it is not in the trash. */
  deletedAt: v.optional(v.number()),
  /** The host's own name for it, unique among its owner's documents outside the trash. */
  key: v.optional(v.string()),
  /** `true`: retention never touches it. Otherwise absent, so that an index prefix can exclude it. */
  pinned: v.optional(v.boolean()),
  /** When retention takes it, in ms, instead of by its policies. */
  expiresAt: v.optional(v.number()),
  /** `true`: it has been edited since it was published, and what everybody sees is what was published. Otherwise absent. */
  hasDraft: v.optional(v.boolean()),
  fields: vFields,
};

/** What was published of a document that has been edited since: the columns that everybody sees as they were. */
export const copyColumns = {
  version: v.number(),
  updatedAt: v.number(),
  publishedAt: v.optional(v.number()),
  pinned: v.optional(v.boolean()),
  expiresAt: v.optional(v.number()),
  fields: vFields,
};
export const vCopy = v.object(copyColumns);
export type Copy = Infer<typeof vCopy>;

/** What an actor was given of a document. */
export const vGrant = v.object({
  principal: v.string(),
  role: vGrantRole,
  expiresAt: v.optional(v.number()),
  acceptBy: v.optional(v.number()),
});

/** A document as the component returns it: its id is a string outside. */
export const vDocument = v.object({
  _id: v.string(),
  _creationTime: v.number(),
  ...documentColumns,
});
export type StoredDocument = Infer<typeof vDocument>;

export type Grant = Infer<typeof vGrant>;

/** Limits of one document. */
export const DOCUMENT = {
  /**
   * Bytes of a document's fields, by Convex's own measure. Convex stores up to 1 MiB; a quarter leaves room to read a
   * page of them within a transaction's 16 MiB.
   */
  maxBytes: 256 * KiB,
  /** The host's option goes up to this: the rest of Convex's 1 MiB is for the component's columns and the searchable text. */
  ceilingBytes: 896 * KiB,
  /** Bytes of the component's columns at most: two user ids, a key, times. */
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

/** A place in a list of ids, for the host's `access` to judge. */
export const vLoaded = v.object({
  /** In its normal form, or as it was sent if it is none of a document. */
  id: v.string(),
  /** `null`: there is none, or it is in the trash. */
  document: v.union(v.null(), vDocument),
  /** Bytes of it that were read. */
  bytes: v.number(),
  /** What the actor was given of it. Absent: it makes no difference. */
  grants: v.optional(v.array(vGrant)),
});
export type Loaded = Infer<typeof vLoaded>;

/* The actor. */

/** Another name that a user may act as, and the most that the user is through it. */
export const vHeld = v.object({ id: v.string(), upTo: v.optional(vRole) });
export type Held = Infer<typeof vHeld>;

/** The hash of the token of a link that the caller has shown: see `linkPrincipal`. Absent: none. */
const shown = { link: v.optional(v.string()) };

/** Who acts. Required in every call: a forgotten actor does not compile, and no value skips the checks. */
export const vActor = v.union(
  v.object({
    kind: v.literal("user"),
    id: v.string(),
    /** What else the user may act as, by the host's `principals`. `"unasked"`: it has not been asked yet. Absent: nothing. */
    as: v.optional(v.union(v.literal("unasked"), v.array(vHeld))),
    ...shown,
  }),
  v.object({ kind: v.literal("anonymous"), ...shown }),
  v.object({ kind: v.literal("system"), reason: v.string() }),
);
export type Actor = Infer<typeof vActor>;

/** Limits of ids and keys. */
export const ID = {
  /** Characters of a user id. Longer ones are refused: they would be copied into every index entry. */
  maxUser: 512,
  /** Characters of a document's key. */
  maxKey: 256,
  /** Characters of a caller's id that an error repeats. Convex ids have 31 or 32; the rest would be noise. */
  maxEchoed: 64,
} as const;

/* Writes. */

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
  /** When retention takes it (ms since 1970), instead of by its policies. `null` takes that back. */
  expiresAt: v.optional(v.union(v.number(), v.null())),
};

/** The names of fields that the caller sent. Absent: all that are set and unset. The host's schema may have made others of them. */
const sent = { sent: v.optional(v.array(v.string())) };

/** A document to create. Default for `ownerId`: the user, and for the system there is none. */
export const vDraft = v.object({
  fields: vFields,
  /** Fields that the document with this key loses, if there is one. */
  unset: v.optional(v.array(v.string())),
  ...sent,
  ownerId: v.optional(v.string()),
  ...settable,
  /** The owner's own name for it, unique among the owner's documents: 1 to 256 characters. */
  key: v.optional(v.string()),
  /** When the owner has a document with this key: refuse, return it as it is, or change it. Default: `"error"`. */
  ifExists: v.optional(vIfExists),
});
export type Draft = Infer<typeof vDraft>;

/** One document. */
const target = {
  id: v.string(),
  /** The version that the caller edited. If the document has another: CONFLICT, and nothing is written. Default: any. */
  ifVersion: v.optional(v.number()),
};
export const vTarget = v.object(target);
export type Target = Infer<typeof vTarget>;

/** A change to one document. Absent means unchanged; only `unset` deletes. */
export const vChange = v.object({
  ...target,
  set: vFields,
  unset: v.array(v.string()),
  ...sent,
  ...settable,
});
export type Change = Infer<typeof vChange>;

/** A document and its new owner. */
export const vTransfer = v.object({
  ...target,
  /** The new owner's id. */
  to: v.string(),
});
export type Transfer = Infer<typeof vTransfer>;

/** Whether one item's refusal refuses the call: see `throwIfRejected`. */
export const vMode = v.union(
  v.literal("single"),
  v.literal("atomic"),
  v.literal("partial"),
);
export type Mode = Infer<typeof vMode>;

/** The arguments of every call that writes, beside its items. */
export const writeArgs = {
  actor: vActor,
  mode: vMode,
  /** See `Rules`. */
  rules: v.string(),
  /** Check everything, write nothing, and return each document as it is and as it would be. */
  dryRun: v.optional(v.boolean()),
  /**
   * Return each document as it was and as it is, and set what is deleted aside: the host's `onChange` has yet to hear of it. Ends
   * with `deleteAside` or `undo`. Costs one more read for a new document.
   */
  unsettled: v.optional(v.boolean()),
  /** What the host's `access` has answered, one place an item. Absent: there is no such hook. */
  answers: v.optional(v.array(vAnswers)),
  /** Bytes that count as read beside those that were: see `uncountedBytes`. */
  uncounted: v.optional(v.number()),
  /** Why, for the history. */
  reason: v.optional(v.string()),
};

/** What a single write returns. */
export const vWritten = v.object({ id: v.string(), version: v.number() });
export type Written<Id extends string = string> = Expand<
  WithId<Infer<typeof vWritten>, Id>
>;

export const vReverted = vWritten.extend({
  /** The fields that stay as they are, because what they were is not valid any more. */
  left: v.array(v.string()),
});
/** What a revert returns. */
export type Reverted<Id extends string = string> = Expand<
  WithId<Infer<typeof vReverted>, Id>
>;

/**
 * How one item ended. `before` and `after` come with `dryRun` and `unsettled`: `null` where there was or is no document. `head` comes
 * with `unsettled`: what is known of the content of `before`, for `undo`; `copy`, what was published of it; and `planned`, the plans of it. `actingAs` is
 * the name by which the actor might do it, where that is not their own.
 */
export const vOutcome = v.union(
  v.object({
    ok: v.literal(true),
    id: v.string(),
    version: v.number(),
    before: v.optional(v.union(v.null(), vDocument)),
    after: v.optional(v.union(v.null(), vDocument)),
    head: v.optional(vHead),
    copy: v.optional(vCopy),
    planned: v.optional(vPlanned),
    actingAs: v.optional(v.string()),
  }),
  v.object({ ok: v.literal(false), error: vDocsErrorData }),
);
export type Outcome = Infer<typeof vOutcome>;

/** What a batch returns: one result an item, in the order of the items. */
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
export type BatchResult<Id extends string = string> = Omit<
  Infer<typeof vBatchResult>,
  "results"
> & { results: ItemResult<Id>[] };
/** How one item of a batch ended. */
export type ItemResult<Id extends string = string> = Expand<
  WithId<Infer<typeof vBatchResult>["results"][number], Id>
>;

/** Limits of writing many documents in one call. */
export const BATCH = {
  /** Items of one call: the default of the host's option, and its highest value. */
  defaultItems: 100,
  maxItems: 1000,
  /**
   * Bytes of each transaction limit that a batch leaves for the rest of the host's mutation. What the transaction has used so
   * far is measured. Source: https://docs.convex.dev/production/state/limits
   */
  reserveBytes: 1024 * KiB,
  /** Bytes of the items of one call. Convex writes 16 MiB in a transaction and passes as many as a function's arguments. */
  maxBytes: 15 * 1024 * KiB,
  /** Documents read at a time while their sizes are still unknown. */
  readAhead: 8,
} as const;

/* Reads. */

/** Which documents: the actor's own, those in the actor's trash, or the public ones. */
export const vScope = v.union(
  v.literal("own"),
  v.literal("trash"),
  v.literal("public"),
);
export type Scope = Infer<typeof vScope>;
/** Why a scope of public documents takes no owner, as a predicate. */
export const PUBLIC_OWNER = "is for an owner's documents, not public ones.";
/** Why a scope of public documents takes no status, as a predicate. */
export const PUBLIC_STATUS =
  "is for your own documents: public ones are published.";

export const vOrder = v.union(v.literal("asc"), v.literal("desc"));
export type Order = Infer<typeof vOrder>;

/** A page of documents. */
export const vPage = paginationResultValidator(vDocument);
export type Page = Infer<typeof vPage>;

/** Limits of one page of a list. */
export const PAGE = {
  /** Documents a caller may ask for at once. */
  maxItems: 100,
  /** Reads of one page at most, where `access` hides every row of those before. */
  maxReads: 3,
  /** Documents a pinned page (one with an `endCursor`) may grow to before the client has to split it. */
  maxPinnedItems: 200,
  /**
   * Bytes read for one page. A page that reaches it ends early, so the host keeps three quarters of the transaction's
   * 16 MiB for itself. Source: https://docs.convex.dev/production/state/limits
   */
  maxBytes: 4 * 1024 * KiB,
} as const;

/** Limits of reading many documents by their ids in one call. */
export const GET_MANY = {
  maxItems: 100,
  /** Bytes of all of them if each has the largest size: the 16 MiB that a transaction reads, less a reserve. */
  maxBytes: 15 * 1024 * KiB,
} as const;

/** Limits of full-text search. */
export const SEARCH = {
  /** Characters of a document's text that are indexed. They are stored a second time, beside the fields. */
  maxTextLength: 32 * KiB,
  /** Bytes of that text: UTF-8 takes up to three a character. */
  maxTextBytes: 96 * KiB,
  /** Documents one search returns. */
  defaultResults: 20,
  maxResults: 100,
  /** Matches that Convex finds, and that `access` is asked about. Source: https://docs.convex.dev/search/text-search */
  maxMatches: 1024,
} as const;

/** How many were counted, and whether there are more. */
export const vCounted = v.object({ count: v.number(), more: v.boolean() });
export type Counted = Infer<typeof vCounted>;

/** Limits of `count`. */
export const COUNT = {
  /** Documents that are counted one by one. Beyond, `more` is `true`. */
  defaultUpTo: 100,
  maxUpTo: 1000,
  /** Documents that `access` is asked about. */
  maxAsked: 100,
} as const;
