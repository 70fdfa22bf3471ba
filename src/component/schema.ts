import { defineSchema, defineTable } from "convex/server";
import { documentColumns } from "../shared/validators.js";

export default defineSchema({
  /**
   * One row a document. Written by its owner's calls only, so two owners never conflict.
   *
   * Convex bills an index as one more copy of the table. `deletedAt` stands in the prefix of each: a path that forgets the
   * trash cannot be written. Ties in `updatedAt` are broken by the creation time and id that Convex appends.
   */
  documents: defineTable(documentColumns)
    // list: everything of mine, by last change
    .index("owner", ["ownerId", "deletedAt", "updatedAt"])
    // list: mine of one status
    .index("owner_status", ["ownerId", "deletedAt", "status", "updatedAt"])
    // listPublic: what anybody may read
    .index("public", ["isPublic", "status", "deletedAt", "updatedAt"]),
});
