import { docs } from "./documents.js";

/**
 * Drafts that nobody has changed for 30 days go to the trash, where they can be restored for a week; then they are deleted.
 * What somebody has pinned stays, and an edit a minute ago starts the 30 days anew.
 */
export const { cleanupOldDrafts, purgeTrash, previewCleanup } = docs.retention({
  policies: [{ status: "draft", olderThan: { days: 30 } }],
  undoFor: { days: 7 },
});
