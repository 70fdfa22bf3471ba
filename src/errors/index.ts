/**
 * Errors that a client can switch on. Imports nothing: a browser pays a few hundred bytes.
 *
 * @module
 */
export type {
  DocsErrorBase,
  DocsErrorCode,
  DocsErrorData,
  DocsErrorDetails,
  Issue,
} from "./codes.js";
export { getDocsError, isDocsError } from "./data.js";
