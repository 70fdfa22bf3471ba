import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import {
  eventColumns,
  vRefusal,
  vRoute,
  vSourcePolicy,
} from "../shared/webhooks.js";
import { jobColumns, runColumns, vJobCall } from "../shared/jobs.js";
import { bulkOrder, bulkProgress } from "../shared/bulk.js";
import { documentColumns, vStatus } from "../shared/documents.js";

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

  /** One row an event: small, because every attempt rewrites it. It outlives its body, to recognise late duplicates. */
  webhookEvents: defineTable({
    ...eventColumns,
    bodyHash: v.optional(v.string()),
    /** The attempt before the first of this round: a replay starts counting anew. */
    roundStart: v.number(),
    bodyId: v.optional(v.id("webhookBodies")),
    /** The checked payload, where the host declared a schema. */
    payloadId: v.optional(v.id("webhookBodies")),
    policy: vSourcePolicy,
    /** When the next part of it may be deleted (ms): the body first, then the row. Absent while it is still to be applied. */
    purgeAt: v.optional(v.number()),
  })
    // receive: is this a duplicate
    .index("key", ["source", "key"])
    // receive: has this body been seen, where the sender's id is not signed
    .index("body", ["source", "bodyHash"])
    // list by source, and when a source was last heard of
    // eslint-disable-next-line @convex-dev/no-duplicate-indexes -- in order of arrival, which the key is not
    .index("source", ["source"])
    // list by source and status; counts; replay of many; resume
    .index("source_status", ["source", "status"])
    // list by status; the daily sweep
    .index("status", ["status"])
    // attempt: has a later event of this order been processed
    .index("order", ["source", "orderKey", "status", "occurredAt"])
    // purge
    .index("purge", ["purgeAt"]),

  /** Payloads, apart from what is listed and rewritten: as they were sent, and as a schema made of them. */
  webhookBodies: defineTable({ text: v.string() }),

  /** What the host declared about each source, and whether it is paused. Rewritten by a deploy, not by a delivery. */
  webhookSources: defineTable({
    source: v.string(),
    paused: v.boolean(),
    fingerprint: v.string(),
    routes: v.array(vRoute),
  })
    // receive, attempt, pause
    .index("source", ["source"]),

  /** One row a source and reason. */
  webhookRejections: defineTable({
    source: v.string(),
    code: vRefusal,
    firstAt: v.number(),
    lastAt: v.number(),
    count: v.number(),
  })
    // reject; stats
    .index("source", ["source", "code"]),
  /**
   * One row a job, and one more for each of its keys. Small. Written when a run begins and when it ends; what changes while it
   * runs stands in the run.
   */
  jobs: defineTable({
    ...jobColumns,
    /** The run that is under way, or else the last one. */
    runId: v.optional(v.id("jobRuns")),
    /** When this key may be forgotten (ms). Absent in the row of the job itself. */
    purgeAt: v.optional(v.number()),
  })
    // begin, end, pause, status; list: the jobs themselves have the key ""
    .index("key", ["key", "name"])
    // prune: keys that may be forgotten
    .index("purge", ["name", "purgeAt"]),

  /** One row a run: its record, and while it runs how far it is. */
  jobRuns: defineTable({
    ...runColumns,
    /** When whoever comes next takes it for lost (ms). */
    leaseUntil: v.number(),
    /** The watchdog of its attempt, and when it comes (ms). */
    watchAt: v.optional(v.number()),
    watchId: v.optional(v.id("_scheduled_functions")),
  })
    // runs of one job, newest first
    // eslint-disable-next-line @convex-dev/no-duplicate-indexes -- in order of their beginning, whatever their key
    .index("name", ["name"])
    // prune: runs of the job itself, by how they ended
    .index("ended", ["name", "key", "status"])
    // prune: runs of any key, by age
    .index("age", ["name", "finishedAt"]),

  /** Calls that wait for the run before them. Deleted as they begin. */
  jobQueue: defineTable({ name: v.string(), task: vJobCall })
    // the next of a job, in order of arrival
    .index("name", ["name"]),
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
});
