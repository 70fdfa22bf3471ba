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
  /**
   * Levels of arrays and objects inside one field. Convex stores 16 per document; the document and the object that
   * holds the host's fields take two. Source: https://docs.convex.dev/production/state/limits
   */
  maxDepth: 14,
  /** Elements of one array, and entries of one object, that Convex stores. Same source. */
  maxArray: 8192,
  maxEntries: 1024,
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
