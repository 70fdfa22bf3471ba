/**
 * Every table of the component. Each index is named with the functions that read it.
 *
 * @module
 */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { vLease } from "../model/engine/lease.js";
import { bulkOrder, bulkProgress } from "../shared/bulk.js";
import {
  copyColumns,
  documentColumns,
  vFields,
  vStatus,
} from "../shared/documents.js";
import { vDocsErrorData } from "../shared/errorData.js";
import { revisionColumns, vHead } from "../shared/history.js";
import { vPlanAction, vPlanned, vPlanState } from "../shared/plans.js";
import { grantColumns } from "../shared/sharing.js";
import { jobColumns, runColumns, vStoredCall } from "../shared/jobs.js";
import { vCleanup } from "../shared/retention.js";
import { taskColumns } from "../shared/tasks.js";
import {
  eventColumns,
  vRefusal,
  vRoute,
  vSourcePolicy,
} from "../shared/webhooks.js";

export default defineSchema({
  // Background work

  /**
   * One row: when the work in flight is looked at next. Read by each start of work; written once a minute while there is any.
   */
  lifeline: defineTable({
    /** When the next tick runs (ms). Absent: no work is due within the hour. */
    tickAt: v.optional(v.number()),
    /** When the hourly look finds something to do without a tick (ms): work that comes due, or a row to delete. */
    lookAt: v.optional(v.number()),
    /** Which healing of rows of before the engine is done. Absent: none. */
    healed: v.optional(v.number()),
    /** How far the healing under way is. */
    healing: v.optional(
      v.object({
        /** Its position in `HEALED`. */
        step: v.number(),
        /** Where in the table of this step it goes on: the creation time or the name of a row. */
        from: v.union(v.number(), v.string()),
      }),
    ),
  }),

  /** The handle of each function of the host's that background work runs. Written when it differs, as after a restored backup. */
  hostFunctions: defineTable({ name: v.string(), handle: v.string() })
    // declare, callHost
    .index("name", ["name"]),

  /** Background work of the component's own that has no table of its own. Small, because every step rewrites the row. */
  tasks: defineTable({
    ...taskColumns,
    /** Absent: the task is over. */
    lease: v.optional(vLease),
    /** When the row may be deleted (ms). Absent while the task runs. */
    purgeAt: v.optional(v.number()),
  })
    // lastTask
    .index("subject", ["kind", "subject"])
    // tick: tasks that are overdue
    .index("overdue", ["lease.wakeAt"])
    // wake: tasks that wait for a function
    .index("blocked", ["lease.blockedOn"])
    // tick: tasks that may be deleted
    .index("purge", ["purgeAt"]),

  // Documents

  /**
   * One row per document. Written by calls that name it, so calls about different documents do not conflict over it.
   *
   * Convex bills an index as one more copy of the table. `trashed` is in the prefix of each, so no query can forget it. Ties
   * in `updatedAt` are broken by the creation time and the id that Convex appends.
   */
  documents: defineTable({
    ...documentColumns,
    /** Whether `deletedAt` is set, as a value that an index prefix can equal. */
    trashed: v.boolean(),
    /** `true`: it has grants. Absent: nobody looks for any. */
    shared: v.optional(v.boolean()),
    /** `true`: nobody deletes it, and its revisions stay. Otherwise absent. */
    held: v.optional(v.boolean()),
    /** `true`: it has contributions. Absent: nobody looks for any. */
    contributed: v.optional(v.boolean()),
    /** The text of the host's `search` fields. Absent without such fields. */
    searchText: v.optional(v.string()),
    /** What is known of the present content. Absent: there was no history when it was written. */
    head: v.optional(vHead),
    /** What everybody sees of a document with `hasDraft`. */
    publicationId: v.optional(v.id("publications")),
    /** The plans that count: see `schedules`. Absent: none. */
    planned: v.optional(vPlanned),
  })
    // list, count, trash; a bulk operation by `where`: the documents of one owner, by last change
    .index("owner", ["ownerId", "trashed", "updatedAt"])
    // list, count, a bulk operation by `where`, a clean-up with an override: one owner's documents of one status
    .index("owner_status", ["ownerId", "trashed", "status", "updatedAt"])
    // listPublic: published documents that are public. One that is ahead is listed by its publication
    .index("public", ["trashed", "isPublic", "status", "hasDraft", "updatedAt"])
    // getByKey; create and restore: uniqueness of keys
    .index("key", ["ownerId", "trashed", "key"])
    // a clean-up and its preview: by last change, by `expiresAt`, and in the trash. The prefix leaves out pinned documents and,
    // for a policy, those with an `expiresAt`
    .index("retention", [
      "pinned",
      "trashed",
      "expiresAt",
      "status",
      "updatedAt",
    ])
    // a policy by age since creation, which Convex appends to this prefix
    // eslint-disable-next-line @convex-dev/no-duplicate-indexes
    .index("retention_created", ["pinned", "trashed", "expiresAt", "status"])
    .searchIndex("text", {
      searchField: "searchText",
      filterFields: ["ownerId", "trashed", "isPublic", "status", "hasDraft"],
    }),

  // Views

  /** One row per place of a document in a view. Written with the document, when its place changes. */
  entries: defineTable({
    /** The id of the view: see `viewSets`. */
    view: v.string(),
    /** `own:` and the owner's id, or `public`. */
    scope: v.string(),
    /** The values it is found by, when it was made, and its id. Unique, so that one range begins behind any row. */
    key: v.array(v.any()),
    documentId: v.id("documents"),
  })
    // list, listPublic, count, getBy and a bulk operation by a view; uniqueness; a removal of a view
    .index("list", ["view", "scope", "key"])
    // a write: the places that a document has
    .index("document", ["documentId"]),

  /** One row: which views are kept up. Read by the writes of code with views; written when what is declared changes. */
  viewSets: defineTable({
    /** Fingerprints of the sets that code has declared: a write of one of these changes nothing here. */
    known: v.array(v.string()),
    /** The number of the next view's id. */
    next: v.number(),
    views: v.array(
      v.object({
        /** Its name and a number: a view that comes back is another one. */
        id: v.string(),
        /** See `ViewDefinition`. */
        definition: v.string(),
        /** Whether every document has its entries. */
        ready: v.boolean(),
        /** Whether code has declared it since the last roll call. */
        seen: v.boolean(),
        /** The build that made it ready: what that one left out, it left out of this view. */
        build: v.optional(v.id("tasks")),
      }),
    ),
  }),

  // Sharing

  /** What one principal was given of one document. Written by who shares it; deleted with the document, or at its end. */
  grants: defineTable({ documentId: v.id("documents"), ...grantColumns })
    // every decision on a shared document; members; a transfer, a removal
    .index("document", ["documentId", "principal"])
    // listShared: by the time of giving, which Convex appends
    .index("principal", ["principal"]),

  // History

  /**
   * One row per content that a later one has replaced, written by the write that replaced it: its `_creationTime` is when. Deleted
   * when there are too many, when it is too old, and with its document.
   */
  revisions: defineTable({
    documentId: v.id("documents"),
    ...revisionColumns,
    /** Up to 4 KiB. Larger ones are in `revisionBodies`, so that a list of revisions stays small. */
    fields: v.optional(vFields),
    bodyId: v.optional(v.id("revisionBodies")),
  })
    // listRevisions, getRevision, revert, nameRevision; undo; prune, forget. By their creation: expire
    .index("document", ["documentId", "version"]),

  /** The fields of a large revision. */
  revisionBodies: defineTable({ fields: vFields }),

  /**
   * What everybody sees of a document whose row is ahead of it. Written by the first edit after publishing, and gone with the next
   * publishing. Nothing that is not published is ever here.
   */
  publications: defineTable({
    documentId: v.id("documents"),
    ...copyColumns,
    searchText: v.optional(v.string()),
    /** As in the document: written with it. */
    ownerId: v.string(),
    shared: v.optional(v.boolean()),
    key: v.optional(v.string()),
    /** Whether the document is public, and outside the trash. */
    listed: v.boolean(),
    /** The document's creation time, and its own of views: its place in a list is the one that the document had. */
    born: v.number(),
    createdAt: v.optional(v.number()),
  })
    // get, and public pages of views: before the document is read, so that who sees no more is not disturbed by its edits
    .index("document", ["documentId"])
    // listPublic
    .index("listed", ["listed", "updatedAt", "born", "documentId"])
    // search of what is public
    .searchIndex("text", {
      searchField: "searchText",
      filterFields: ["listed"],
    }),

  /**
   * One row per plan to publish a document or to take it off. It counts while its document names it. Ended by a task, and deleted 30
   * days after its time.
   */
  schedules: defineTable({
    documentId: v.id("documents"),
    action: vPlanAction,
    /** When it is due (ms). */
    at: v.number(),
    state: vPlanState,
    /** The user whose rights apply. Absent: the system's, or it is over. */
    by: v.optional(v.string()),
    /** What is declared, and the version that is meant. Absent once it is over. */
    order: v.optional(
      v.object({
        /** Why the system plans it. Absent: a user does. */
        reason: v.optional(v.string()),
        /** See `Rules`. */
        rules: v.string(),
        ifVersion: v.optional(v.number()),
        /** The name of the host's worker. Absent: the component writes. */
        worker: v.optional(v.string()),
      }),
    ),
    /** Why it was refused. */
    error: v.optional(vDocsErrorData),
  })
    // schedules: those of one document
    .index("document", ["documentId"])
    // a person's data
    .index("by", ["by"]),

  // People

  /**
   * Who has left their id in a document that is another's: as the author of a content, or who shared it. Written by the write that
   * leaves the first; deleted with the document. A row too many does no harm: it says where to look.
   */
  contributions: defineTable({
    by: v.string(),
    documentId: v.id("documents"),
  })
    // a write by somebody else than the owner, a transfer: whether there is one
    .index("by", ["by", "documentId"])
    // the end of a document
    .index("document", ["documentId"]),

  // Bulk operations

  /**
   * The progress of each bulk operation. Small, because every step rewrites the whole row: what it does is in `bulkOrders`.
   */
  bulkJobs: defineTable({
    ...bulkProgress,
    orderId: v.id("bulkOrders"),
    /** The user who may see and cancel it. Absent: the system only. */
    startedBy: v.optional(v.string()),
    /** The position of the last item, or the place of the next id. */
    cursor: v.union(v.null(), v.string(), v.number()),
    /** Absent: the operation is over. */
    lease: v.optional(vLease),
    /** When the row may be deleted (ms). Absent while the operation runs. */
    purgeAt: v.optional(v.number()),
    /** Documents in a row that were left out because their write died. */
    deaths: v.optional(v.number()),
    /** Of rows from before there were leases. */
    generation: v.optional(v.number()),
    seenAt: v.optional(v.number()),
  })
    // tick: operations that are overdue; look: rows without a lease
    .index("overdue", ["lease.wakeAt"])
    // wake: operations that wait for a function
    .index("blocked", ["lease.blockedOn"])
    // tick: operations that may be deleted
    .index("purge", ["purgeAt"]),
  /** What each bulk operation does. Written at its start, deleted at its end. */
  bulkOrders: defineTable(bulkOrder),
  /** The ids of a bulk operation by ids, at most 500 per row. Deleted once they are done. */
  bulkIds: defineTable({
    orderId: v.id("bulkOrders"),
    /** The place of the first. */
    from: v.number(),
    ids: v.array(v.string()),
  })
    // a step: the next ids; the end: the rest of them
    .index("order", ["orderId", "from"]),

  // Jobs

  /**
   * One row per job, and one per key of it. Written when a run begins and when it ends; what changes in between is in the run.
   */
  jobs: defineTable({
    ...jobColumns,
    /** The current run, or else the last one. */
    runId: v.optional(v.id("jobRuns")),
    /** When the row of a key may be deleted (ms). Absent in the row of the job itself. */
    purgeAt: v.optional(v.number()),
  })
    // begin, end, setPause, status; list: the jobs themselves have the key ""
    .index("key", ["key", "name"])
    // tick: keys that may be deleted
    .index("purge", ["purgeAt"]),

  /** One row per run: its record and its progress. */
  jobRuns: defineTable({
    ...runColumns,
    /** Absent: the run is over. */
    lease: v.optional(vLease),
    /** What a job's run makes attempts of. Absent once it is over, and in clean-ups. */
    task: v.optional(vStoredCall),
    /** What a clean-up does. Absent in the runs of the host's jobs. */
    sweep: v.optional(vCleanup),
    /** When the row may be deleted (ms). Absent while the run is under way. */
    purgeAt: v.optional(v.number()),
    /** Of rows from before there were leases. */
    leaseUntil: v.optional(v.number()),
    watchAt: v.optional(v.number()),
    watchId: v.optional(v.id("_scheduled_functions")),
  })
    // tick: runs that are overdue; look: rows without a lease
    .index("overdue", ["lease.wakeAt"])
    // wake: runs that wait for a function
    .index("blocked", ["lease.blockedOn"])
    // runs: those of one job, newest first
    // eslint-disable-next-line @convex-dev/no-duplicate-indexes -- in the order of their beginning, of any key
    .index("name", ["name"])
    // prune: runs of the job itself, by status
    .index("ended", ["name", "key", "status"])
    // tick: runs that may be deleted
    .index("purge", ["purgeAt"]),

  /** Calls that wait for the run before them. Deleted when they start. */
  jobQueue: defineTable({
    name: v.string(),
    task: vStoredCall,
    /** Of the first call of a job: when it is looked at, should the end of the run before it not start it. */
    lease: v.optional(vLease),
  })
    // start, next: the calls of a job, in the order of arrival
    .index("name", ["name"])
    // tick: calls that are overdue
    .index("overdue", ["lease.wakeAt"])
    // wake
    .index("blocked", ["lease.blockedOn"]),

  // Retention

  /** How long one owner's documents of one status are kept, in place of the policy. */
  retentionOverrides: defineTable({
    ownerId: v.string(),
    status: vStatus,
    /** Absent: for ever. */
    olderThanMs: v.optional(v.number()),
  })
    // a clean-up: the override of an owner, and the next owner that has one; overrides
    .index("status", ["status", "ownerId"]),

  /** A document whose removal failed. Deleted once the removal succeeds, or after 30 days. */
  retentionFailures: defineTable({
    documentId: v.id("documents"),
    /** The version that failed. Another version starts a new count. */
    version: v.number(),
    failures: v.number(),
    /** Of the last failure: its code, its run and its time (ms). */
    code: v.string(),
    runId: v.optional(v.id("jobRuns")),
    failedAt: v.optional(v.number()),
  })
    // a clean-up: whether a document is in quarantine; release
    .index("document", ["documentId"])
    // previews and release: what is in quarantine
    .index("failures", ["failures"]),

  // Webhooks

  /** One row per event. Small, because every attempt rewrites it. It outlives its body, to recognise late duplicates. */
  webhookEvents: defineTable({
    ...eventColumns,
    bodyHash: v.optional(v.string()),
    bodyId: v.optional(v.id("webhookBodies")),
    /** The validated payload, where the host declares a schema. */
    payloadId: v.optional(v.id("webhookBodies")),
    policy: vSourcePolicy,
    /** Absent: no attempt is arranged. */
    lease: v.optional(vLease),
    /** When the body, and after it the row, may be deleted (ms). Absent while the event is still to be applied. */
    purgeAt: v.optional(v.number()),
    /** Of rows from before there were leases. */
    roundStart: v.optional(v.number()),
  })
    // tick: events that are overdue
    .index("overdue", ["lease.wakeAt"])
    // wake: events that wait for a handler, or for their source to be resumed
    .index("blocked", ["lease.blockedOn"])
    // receive: duplicates by key
    .index("key", ["source", "key"])
    // receive: duplicates by body, where the sender does not sign the key
    .index("body", ["source", "bodyHash"])
    // list by source; stats: the last delivery
    // eslint-disable-next-line @convex-dev/no-duplicate-indexes -- in the order of arrival
    .index("source", ["source"])
    // list by source and status; stats; replayable
    .index("source_status", ["source", "status"])
    // list by status; look: rows without a lease
    .index("status", ["status"])
    // attempt: whether a later event of the same order key is processed
    .index("order", ["source", "orderKey", "status", "occurredAt"])
    // tick: events that may be deleted
    .index("purge", ["purgeAt"]),

  /** Bodies as they were sent, and validated payloads. Apart from the events, which are listed and rewritten. */
  webhookBodies: defineTable({ text: v.string() }),

  /**
   * The routes of each source, and whether it is paused. Written after a deploy and when the engine's tick is armed, not by each
   * delivery.
   */
  webhookSources: defineTable({
    source: v.string(),
    paused: v.boolean(),
    /** Empty: the host is asked for its routes again. */
    fingerprint: v.string(),
    routes: v.array(vRoute),
    /** How long events are kept. Absent: the host has not said so yet. */
    policy: v.optional(vSourcePolicy),
    /** When a tick comes (ms), as a delivery last saw it: until then, deliveries need not read the lifeline. */
    watchedUntil: v.optional(v.number()),
    /** Set while a changed policy is being applied to stored events. */
    purgeAt: v.optional(v.number()),
    /** The event behind which that goes on. Absent: at the oldest. */
    redated: v.optional(v.string()),
  })
    // receive, attempt, setPause, stats
    .index("source", ["source"])
    // tick: sources whose policy has changed
    .index("purge", ["purgeAt"]),

  /** Refused deliveries: one row per source and reason. */
  webhookRejections: defineTable({
    source: v.string(),
    code: vRefusal,
    firstAt: v.number(),
    lastAt: v.number(),
    count: v.number(),
  })
    // reject; stats
    .index("source", ["source", "code"]),
});
