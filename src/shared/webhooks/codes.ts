/**
 * Why a delivery was refused, and why an event failed. Stored and shown to operators; a sender never sees them.
 *
 * @module
 */
import { v, type Infer } from "convex/values";

/** Why a delivery was not taken in. */
export const vRefusal = v.union(
  v.literal("SECRET_MISSING"),
  v.literal("MISSING_HEADER"),
  v.literal("MALFORMED_HEADER"),
  v.literal("INVALID_TIMESTAMP"),
  v.literal("TIMESTAMP_TOO_OLD"),
  v.literal("TIMESTAMP_TOO_NEW"),
  v.literal("SIGNATURE_MISMATCH"),
  v.literal("BODY_TOO_LARGE"),
  v.literal("INVALID_BODY"),
  v.literal("RATE_LIMITED"),
);
export type Refusal = Infer<typeof vRefusal>;

/** Why an event that was taken in has not been applied. */
export const vFailure = v.union(
  v.literal("PAYLOAD_INVALID"),
  v.literal("HANDLER_NOT_FOUND"),
  v.literal("HANDLER_KIND_MISMATCH"),
  v.literal("HANDLER_FAILED"),
  v.literal("HANDLER_TIMEOUT"),
  v.literal("DO_NOT_RETRY"),
  v.literal("FILTERED"),
);
export type Failure = Infer<typeof vFailure>;

/**
 * What the sender is told. 4xx and 5xx bodies are one fixed text each: which check failed would help only a forger. Sources:
 * Standard Webhooks (410 disables an endpoint, 429 slows a sender down), RFC 9110 §15.
 */
export const REFUSAL_STATUS = {
  SECRET_MISSING: 500,
  MISSING_HEADER: 400,
  MALFORMED_HEADER: 400,
  INVALID_TIMESTAMP: 400,
  INVALID_BODY: 400,
  TIMESTAMP_TOO_OLD: 401,
  TIMESTAMP_TOO_NEW: 401,
  SIGNATURE_MISMATCH: 401,
  BODY_TOO_LARGE: 413,
  RATE_LIMITED: 429,
} as const satisfies Record<Refusal, number>;
