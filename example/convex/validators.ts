import { v, type Infer } from "convex/values";

/** What the daily report counts. */
export const vActivity = v.union(
  v.literal("created"),
  v.literal("published"),
  v.literal("removed"),
);
export type Activity = Infer<typeof vActivity>;

/** What came of a summary. `stale`: the document had changed when it was there, and it was dropped. */
export const vSummaryResult = v.union(
  v.object({
    kind: v.literal("written"),
    /** The version that the summary made of the document. */
    version: v.number(),
    /** Tokens that were paid for. */
    tokens: v.number(),
    /** Whether the document was too long and only its beginning was read. */
    truncated: v.boolean(),
  }),
  v.object({ kind: v.literal("stale") }),
);
export type SummaryResult = Infer<typeof vSummaryResult>;

export const statisticsColumns = {
  /** The version of the document that was looked at. */
  version: v.number(),
  words: v.number(),
  /** Whole minutes, at 220 words a minute. */
  minutes: v.number(),
};
