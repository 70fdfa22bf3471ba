/**
 * Every number that bounds a call to another service, with its unit and its reason. Not one object, of which a bundle of
 * `fetchJson` would hold every name.
 *
 * @module
 */

/** Until an answer must be there, its body included (ms). Long for an API, about right for a chat completion. */
export const TIMEOUT_MS = 60_000;

/** Calls in all, the first among them. */
export const ATTEMPTS = 3;

/** The bound of the first wait (ms). It doubles with each attempt, up to the second number. */
export const FIRST_WAIT_MS = 1_000;
export const MAX_WAIT_MS = 30_000;

/** How long a service may ask us to wait (ms) while an action is held, and billed, for it. */
export const MAX_RETRY_AFTER_MS = 60_000;

/** The longest wait that is believed (ms): a day. No mistake of somebody's clock stops a job for good. */
export const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** Bytes of an answer: as many as a Convex document has. */
export const MAX_BYTES = 1_048_576;
