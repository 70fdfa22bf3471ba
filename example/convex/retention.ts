import { docs } from "./documents.js";

declare const process: { env: Record<string, string | undefined> };

/**
 * Drafts that nobody has changed for 30 days go to the trash, where they can be restored for a week; then they are deleted.
 * What somebody has pinned stays, and an edit a minute ago starts the 30 days anew.
 */
export const { cleanupOldDrafts, purgeTrash, previewCleanup } = docs.retention({
  policies: [{ status: "draft", olderThan: { days: 30 } }],
  undoFor: { days: 7 },
  batchSize: 500,
  maxPerRun: 25_000,
  // The demo does not want to wait. A deployment leaves this at its default.
  perSecond: Number(process.env["RETENTION_PER_SECOND"] ?? 200),
});
