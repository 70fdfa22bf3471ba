import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { documentColumns } from "../shared/validators.js";

export default defineSchema({
  /**
   * One row a document. Written by its owner's calls only, so two owners never conflict.
   *
   * Convex bills an index as one more copy of the table. `trashed` stands in the prefix of each: a path that forgets the
   * trash cannot be written. Ties in `updatedAt` are broken by the creation time and the id that Convex appends.
   */
  documents: defineTable({
    ...documentColumns,
    /** Whether `deletedAt` is set, as a value that an index prefix can equal. */
    trashed: v.boolean(),
    /** The text of the fields the host searches. Absent when it searches none. */
    searchText: v.optional(v.string()),
  })
    // list, count and trash: everything of one owner, by last change
    .index("owner", ["ownerId", "trashed", "updatedAt"])
    // list and count: one owner's documents of one status
    .index("owner_status", ["ownerId", "trashed", "status", "updatedAt"])
    // listPublic: what anybody may read
    .index("public", ["trashed", "isPublic", "status", "updatedAt"])
    // getByKey, and uniqueness of keys
    .index("key", ["ownerId", "trashed", "key"])
    .searchIndex("text", {
      searchField: "searchText",
      filterFields: ["ownerId", "trashed", "isPublic", "status"],
    }),
});
