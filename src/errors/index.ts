/**
 * Errors that a client can switch on. Imports nothing: a browser pays a few hundred bytes.
 *
 * @module
 */
export type {
  AnyDocsError,
  BatchLimit,
  DocsErrorBase,
  DocsErrorCode,
  DocsErrorData,
  DocsErrorDetails,
  ExternalKind,
  Issue,
  UnknownDocsError,
} from "./codes.js";
export { getDocsError, isDocsError } from "./data.js";
export { matchDocsError } from "./match.js";
export { toProblem } from "./problem.js";
export { requestId, retryDelay } from "./retry.js";
export { safe, type Result } from "./safe.js";
export { errorMessage, fieldErrors, type ErrorTexts } from "./text.js";
