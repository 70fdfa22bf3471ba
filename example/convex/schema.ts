import { defineSchema, defineTable } from "convex/server";
import { v, type Infer } from "convex/values";

/** What the daily report counts. */
export const vActivity = v.union(
  v.literal("created"),
  v.literal("published"),
  v.literal("removed"),
);
export type Activity = Infer<typeof vActivity>;

/** The result of a summary. `stale`: the document changed meanwhile, so the summary was dropped. */
export const vSummaryResult = v.union(
  v.object({
    kind: v.literal("written"),
    /** The version of the document with this summary. */
    version: v.number(),
    /** Tokens used. */
    tokens: v.number(),
    /** Whether the document was too long, so that only its beginning was summarised. */
    truncated: v.boolean(),
  }),
  v.object({ kind: v.literal("stale") }),
);
export type SummaryResult = Infer<typeof vSummaryResult>;

/** What `processDocument` counts. */
export const statisticsColumns = {
  /** The version of the document that was counted. */
  version: v.number(),
  words: v.number(),
  /** Whole minutes, at 220 words a minute. */
  minutes: v.number(),
};

/** The app's own tables. Documents are in the component. */
export default defineSchema({
  /** Uses of a user since `startedAt` (ms). See `limits.ts`. */
  limits: defineTable({
    userId: v.string(),
    name: v.string(),
    startedAt: v.number(),
    used: v.number(),
  }).index("by_user", ["userId", "name"]),

  teams: defineTable({ name: v.string() }),

  /** Who is in a team. See `teams.ts`. */
  memberships: defineTable({
    teamId: v.id("teams"),
    userId: v.string(),
    leads: v.boolean(),
  })
    .index("by_user", ["userId", "teamId"])
    .index("by_team", ["teamId", "userId"]),

  payments: defineTable({
    /** The payment provider's id. */
    paymentId: v.string(),
    amount: v.number(),
    status: v.union(v.literal("pending"), v.literal("completed")),
    /** How often a webhook completed it. More than once would be a bug. */
    timesCompleted: v.number(),
  })
    // markCompleted
    .index("paymentId", ["paymentId"]),

  subscriptions: defineTable({
    subscriptionId: v.string(),
    status: v.union(v.literal("active"), v.literal("cancelled")),
  })
    // cancel
    .index("subscriptionId", ["subscriptionId"]),

  /** One row for each change that the daily report counts. */
  activity: defineTable({ what: vActivity }),

  /** The jobs that keep failing, one row each. */
  alerts: defineTable({
    job: v.string(),
    /** Failed runs in a row when the operator was notified. */
    failures: v.number(),
  })
    // onJobFailure
    .index("job", ["job"]),

  /** One report for each UTC day. */
  reports: defineTable({
    /** Such as `"2026-11-23"`. */
    day: v.string(),
    counts: v.record(v.string(), v.number()),
    /** Time of the last write (ms). */
    writtenAt: v.number(),
  })
    // store, latest
    .index("day", ["day"]),

  /** The latest summary request of each document. */
  summaries: defineTable({
    documentId: v.string(),
    /** Document, version and model. */
    key: v.string(),
    /** The version to summarise. */
    version: v.number(),
    model: v.string(),
    /** Absent while it runs and after a failure: the run of the job has the details. */
    result: v.optional(vSummaryResult),
  })
    // by document
    .index("document", ["documentId"]),

  /** The result of `processDocument` for each document. */
  statistics: defineTable({ documentId: v.string(), ...statisticsColumns })
    // by document
    .index("document", ["documentId"]),

  /** The updates of another service, by its ids. */
  updates: defineTable({
    externalId: v.string(),
    title: v.string(),
    changedAt: v.string(),
  })
    // apply
    .index("externalId", ["externalId"]),
});
