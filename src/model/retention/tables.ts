/**
 * The tables of retention. Convex bills an index as one more copy of its table: each says which query needs it.
 *
 * @module
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { vStatus } from "../../shared/validators.js";

export const retentionTables = {
  /** How long one owner's documents of one status are kept, where that is not what the policy says. */
  retentionOverrides: defineTable({
    ownerId: v.string(),
    status: vStatus,
    /** Absent: for ever. */
    olderThanMs: v.optional(v.number()),
  })
    // a run: whether an owner has one, and the owners that have one, in order
    .index("status", ["status", "ownerId"]),

  /** A document whose removal failed. Deleted when it goes well, and after a while. */
  retentionFailures: defineTable({
    documentId: v.id("documents"),
    /** The version that failed: another one has its own chances. */
    version: v.number(),
    failures: v.number(),
    /** What it failed with last. */
    code: v.string(),
  })
    // a run: whether a document is in quarantine
    .index("document", ["documentId"]),
};
