/**
 * Errors that a client can switch on. Imports nothing: a browser pays a few hundred bytes.
 *
 * @module
 */
export type {
  BatchLimit,
  DocsErrorBase,
  DocsErrorCode,
  DocsErrorData,
  DocsErrorDetails,
  ExternalKind,
  Issue,
} from "./codes.js";
export { getDocsError, isDocsError } from "./data.js";
