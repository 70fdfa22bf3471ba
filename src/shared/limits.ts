/**
 * Every number that bounds something, with its unit and its reason.
 *
 * @module
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

/** What one VALIDATION_FAILED says. Whoever sends rubbish gets an answer smaller than the rubbish. */
export const ISSUES = {
  /** Problems it lists. */
  maxListed: 100,
  /** Characters of a path: its names are the sender's. */
  maxPath: 200,
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
