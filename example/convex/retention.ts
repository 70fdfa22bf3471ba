import { docs } from "./documents.js";

/**
 * Drafts unchanged for 30 days go to the trash, can be restored for a week, and are then deleted. Pinned drafts stay, and
 * every edit starts the 30 days again. What a document contained before is kept for 90 days.
 */
export const {
  cleanupOldDrafts,
  purgeTrash,
  previewCleanup,
  releaseQuarantined,
  pruneHistory,
} = docs.retention({
  policies: [{ status: "draft", olderThan: { days: 30 } }],
  undoFor: { days: 7 },
});
