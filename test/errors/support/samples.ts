import type {
  DocsErrorCode,
  DocsErrorData,
} from "../../../src/errors/index.js";
import {
  alreadyExists,
  batchFailed,
  batchTooLarge,
  conflict,
  duplicateId,
  failure,
  forbidden,
  invalidAt,
  invalidCursor,
  notFound,
  unauthorized,
} from "../../../src/shared/failures.js";

/** One error of each code, as the package makes them. */
export const samples: { [Code in DocsErrorCode]: DocsErrorData<Code> } = {
  UNAUTHORIZED: unauthorized(),
  FORBIDDEN: forbidden("d1"),
  NOT_FOUND: notFound("d1"),
  VALIDATION_FAILED: invalidAt("title", "is required."),
  CONFLICT: conflict("d1", 1, 4),
  INVALID_CURSOR: invalidCursor(),
  ALREADY_EXISTS: alreadyExists("plan"),
  DUPLICATE_ID: duplicateId("d1"),
  BATCH_FAILED: batchFailed([{ index: 2, error: notFound("d1") }]),
  BATCH_TOO_LARGE: batchTooLarge("items", 100, 101),
  RATE_LIMITED: failure("RATE_LIMITED", { retryAfterMs: 5000 }),
  VIEW_BUILDING: failure("VIEW_BUILDING", { view: "byTag" }),
  EXTERNAL: failure("EXTERNAL", { kind: "status", status: 503 }),
  TIMEOUT: failure("TIMEOUT", {}),
  LIMIT_EXCEEDED: failure("LIMIT_EXCEEDED", {}),
  HANDLER_NOT_FOUND: failure("HANDLER_NOT_FOUND", {}),
  INTERNAL: failure("INTERNAL", {}),
};
