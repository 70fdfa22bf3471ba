"use client";
/**
 * Documents in React: reading, writing, and showing what went wrong.
 *
 * @module
 */
export { DocsErrorBoundary, type DocsErrorBoundaryProps } from "./boundary.js";
export {
  useDocsAction,
  useDocsMutation,
  type DocsCall,
  type DocsMutationOptions,
} from "./call.js";
export { changedFields } from "./changes.js";
export { useDocument, type DocumentState } from "./document.js";
export {
  useDocuments,
  usePreloadedDocuments,
  type DocumentsOptions,
  type DocumentsState,
} from "./documents.js";
export {
  useDocumentEditor,
  type DocumentChanges,
  type DocumentEditor,
  type DocumentEditorOptions,
  type UpdateReference,
} from "./editor.js";
export { useRevisions, type RevisionsState } from "./revisions.js";
export {
  useMembers,
  useSharedDocuments,
  type MembersState,
  type SharedDocumentsState,
} from "./sharing.js";
export type { EditedDocument } from "./draft.js";
export { storedDraft, type DraftStorage, type StoredDraft } from "./editing.js";
export type { Written } from "../shared/documents.js";
export {
  optimisticRemove,
  optimisticUpdate,
  type OptimisticOptions,
  type OptimisticQueries,
} from "./optimistic.js";
