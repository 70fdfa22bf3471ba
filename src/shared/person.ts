/**
 * One person's data: what crosses between host and component, and the limits.
 *
 * @module
 */
import { v, type Infer } from "convex/values";
import { vBulkStatus } from "./bulk.js";
import { vCopy, vDocument, vStatus } from "./documents.js";
import { vDocsErrorData } from "./errorData.js";
import { vRevisionContent } from "./history.js";
import { vCounts } from "./jobs.js";
import { vPlanAction } from "./plans.js";
import { grantColumns } from "./sharing.js";

/** Whose data are meant. */
export const vPerson = v.object({
  userId: v.string(),
  /** Other names that are theirs alone, such as their e-mail address: what was shared with those is theirs too. At most 16. */
  principals: v.optional(v.array(v.string())),
});
export type Person = Infer<typeof vPerson>;

export const vErasure = v.object({
  runId: v.string(),
  /** `"partial"`: it is over, and what `failures` names is left. `"failed"`: it was given up; start another. */
  state: v.union(
    v.literal("running"),
    v.literal("done"),
    v.literal("partial"),
    v.literal("failed"),
  ),
  /** What it is at. Absent once it is over. */
  stage: v.optional(v.string()),
  /** How many were removed, by what they are. */
  counts: vCounts,
  /** How many were left, and the first 20 of each reason: a document's id, or the name of a stage, and why. */
  failed: v.number(),
  failures: v.array(v.object({ id: v.string(), error: vDocsErrorData })),
  /** Why it failed. */
  error: v.optional(vDocsErrorData),
  startedAt: v.number(),
  finishedAt: v.optional(v.number()),
});
/** How far an erasure is, and once it is over its receipt. It knows the person by a digest only. Times are in ms since 1970. */
export type Erasure = Infer<typeof vErasure>;

export const vExportItem = v.union(
  v.object({ kind: v.literal("document"), document: vDocument }),
  /** What everybody sees of a document of theirs that has been edited since it was published. */
  v.object({
    kind: v.literal("publication"),
    documentId: v.string(),
    publication: vCopy,
  }),
  /** What a document of theirs contained before. */
  v.object({
    kind: v.literal("revision"),
    documentId: v.string(),
    revision: vRevisionContent,
  }),
  /** A content that they wrote in a document of another's: where and when. */
  v.object({
    kind: v.literal("contribution"),
    documentId: v.string(),
    version: v.number(),
    at: v.number(),
    reason: v.optional(v.string()),
  }),
  /** A role that they were given, or gave. */
  v.object({
    kind: v.literal("grant"),
    documentId: v.string(),
    ...grantColumns,
    grantedAt: v.number(),
  }),
  /** What they have planned for a document, and when (ms). */
  v.object({
    kind: v.literal("plan"),
    documentId: v.string(),
    action: vPlanAction,
    at: v.number(),
  }),
  /** How long their documents of a status are kept, in place of the policy; `null`: for ever. */
  v.object({
    kind: v.literal("retention"),
    status: vStatus,
    olderThanMs: v.union(v.null(), v.number()),
  }),
  /** A bulk operation that they started. */
  v.object({ kind: v.literal("bulk"), bulk: vBulkStatus }),
);
export type StoredExportItem = Infer<typeof vExportItem>;

export const vExportPage = v.object({
  items: v.array(vExportItem),
  /** Of the next page; `null`: there is none. */
  cursor: v.union(v.null(), v.string()),
});

/** Limits of erasing and exporting. */
export const PERSON = {
  maxPrincipals: 16,
  /** Rows that one step of an erasure writes, and bytes that it reads. */
  stepRows: 200,
  stepBytes: 4 * 1024 * 1024,
  /** Rows that it reads to find them. */
  stepScan: 1000,
  /** Documents that it removes: with hooks, each is told to the host. */
  stepDocuments: 100,
  /** The wait for clean-ups that are under way, before it looks again (ms). */
  waitMs: 1_000,
  /** How long a receipt is kept (ms). */
  keepMs: 3 * 365 * 24 * 60 * 60_000,
  /** Items and bytes of one page of an export. The last item may exceed the bytes. */
  pageItems: 500,
  pageBytes: 4 * 1024 * 1024,
} as const;
