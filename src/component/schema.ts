import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { bulkOrder, bulkProgress } from "../shared/bulk.js";
import { jobTables } from "../model/jobs/tables.js";
import { retentionTables } from "../model/retention/tables.js";
import { webhookTables } from "../model/webhooks/tables.js";
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
    // retention: what has not been edited for so long, what has expired, what lies in the trash. Pinned documents are out of
    // its ranges by construction, and so are those with a time of their own where a policy is asked
    .index("retention", [
      "pinned",
      "trashed",
      "expiresAt",
      "status",
      "updatedAt",
    ])
    // retention by age since creation, which Convex appends: another order, which no field of the first can give
    // eslint-disable-next-line @convex-dev/no-duplicate-indexes
    .index("retention_created", ["pinned", "trashed", "expiresAt", "status"])
    .searchIndex("text", {
      searchField: "searchText",
      filterFields: ["ownerId", "trashed", "isPublic", "status"],
    }),

  /**
   * How far each bulk job is: small, and rewritten by every step. What it is to do is kept apart, since a step rewrites the
   * whole row.
   */
  bulkJobs: defineTable({
    ...bulkProgress,
    orderId: v.id("bulkOrders"),
    /** Who may ask about it. Absent: the system alone. */
    startedBy: v.optional(v.string()),
    /** The position after the last item, or the place of the next id. */
    cursor: v.union(v.null(), v.string(), v.number()),
    /** Which chain of steps is the living one. A step of another has been given up and stops. */
    generation: v.number(),
    /** Time of the last progress in ms, and deaths since. */
    seenAt: v.number(),
    deaths: v.number(),
  }),
  /** What each bulk job is to do. Written at its start, deleted at its end. */
  bulkOrders: defineTable(bulkOrder),
  /** The ids of a job that was given ids, some hundred a row. Deleted as they are used up. */
  bulkIds: defineTable({
    orderId: v.id("bulkOrders"),
    /** The place of the first. */
    from: v.number(),
    ids: v.array(v.string()),
  })
    // the next ids of a job, and the rest of them when it ends early
    .index("order", ["orderId", "from"]),

  ...webhookTables,
  ...jobTables,
  ...retentionTables,
});
