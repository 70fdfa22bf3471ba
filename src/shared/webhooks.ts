/**
 * What a host's webhooks and the component tell each other: validators, the types that come from them, and limits.
 *
 * @module
 */
import { v, type Infer, type ObjectType, type Validator } from "convex/values";

/** Why a delivery was refused. Stored for operators; the sender never sees it. */
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
  v.literal("COMPRESSED_BODY"),
  v.literal("RATE_LIMITED"),
);
export type Refusal = Infer<typeof vRefusal>;

/** Why an accepted event was not applied. Stored for operators. */
export const vFailure = v.union(
  v.literal("PAYLOAD_INVALID"),
  v.literal("HANDLER_NOT_FOUND"),
  v.literal("HANDLER_KIND_MISMATCH"),
  v.literal("HANDLER_FAILED"),
  v.literal("HANDLER_TIMEOUT"),
  v.literal("DO_NOT_RETRY"),
  v.literal("FILTERED"),
  v.literal("REPLAY_SUSPECTED"),
);
export type Failure = Infer<typeof vFailure>;

/**
 * The HTTP status of each refusal. The body is one fixed text per status: naming the check that failed helps only a forger.
 * Sources: Standard Webhooks (429 slows a sender down), RFC 9110 §15.
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
  COMPRESSED_BODY: 415,
  RATE_LIMITED: 429,
} as const satisfies Record<Refusal, number>;

/* Events, routes and sources. */

/**
 * Where an event stands. `pending`: an attempt is due. `running`: an action has started. `held`: its source is paused.
 * `processed`: applied. `unhandled`: its type has no handler. `dead`: no attempt is left, `lastErrorCode` says why.
 * `skipped`: left out by a filter or an operator.
 */
export const vWebhookStatus = v.union(
  v.literal("pending"),
  v.literal("running"),
  v.literal("held"),
  v.literal("processed"),
  v.literal("unhandled"),
  v.literal("dead"),
  v.literal("skipped"),
);
export type WebhookStatus = Infer<typeof vWebhookStatus>;

/** The function that handles events of a type. */
export const vRoute = v.object({
  /** The type, or `"*"` for all types without a route. */
  type: v.string(),
  /** The function's handle in this deployment. Absent: it is not deployed. */
  handle: v.optional(v.string()),
  /** The function's name, for operators. */
  name: v.string(),
  kind: v.union(v.literal("mutation"), v.literal("action")),
  maxAttempts: v.number(),
  /** The wait before the second attempt (ms). Each later wait is five times as long, up to six hours. */
  firstRetryMs: v.number(),
  /** How long an action may run before it counts as dead (ms). */
  timeoutMs: v.number(),
});
export type Route = Infer<typeof vRoute>;

/** How long a source's events are kept. */
export const vSourcePolicy = v.object({
  /** The body of a processed event (ms). */
  bodyMs: v.number(),
  /** The row of an event, which recognises duplicates (ms). */
  dedupeMs: v.number(),
  /** An event that was not applied, with its body (ms). */
  deadMs: v.number(),
  /** Only in rows that an earlier version stored. Not read. */
  redactErrors: v.optional(v.boolean()),
});
export type SourcePolicy = Infer<typeof vSourcePolicy>;

/**
 * The result of the host's schema: `null` without a schema, the payload as Convex's JSON, or what is wrong with it. The
 * original body is stored beside it, so that a replay can check it again.
 */
export const vCheckedPayload = v.union(
  v.null(),
  v.object({ payload: v.string() }),
  v.object({ invalid: v.string() }),
);
export type CheckedPayload = Infer<typeof vCheckedPayload>;

/** A verified delivery, as the component stores it. */
export const vReceipt = v.object({
  source: v.string(),
  key: v.string(),
  /** The hash of type and body, where a second one under another key is a suspected replay. */
  bodyHash: v.optional(v.string()),
  type: v.string(),
  occurredAt: v.optional(v.number()),
  orderKey: v.optional(v.string()),
  headers: v.record(v.string(), v.string()),
  text: v.string(),
  judged: vCheckedPayload,
  filtered: v.boolean(),
  /** `false`: the signature does not cover the key. */
  idSigned: v.optional(v.boolean()),
});
export type Receipt = Infer<typeof vReceipt>;

/** The outcome of a delivery. `unsynced`: the component has other routes than the host; nothing was stored. */
export const vReceived = v.object({
  outcome: v.union(
    v.literal("accepted"),
    v.literal("duplicate"),
    v.literal("unhandled"),
    v.literal("filtered"),
    v.literal("invalid"),
    v.literal("replayed"),
    v.literal("suspected"),
    v.literal("unsynced"),
  ),
  id: v.optional(v.string()),
});
export type Received = Infer<typeof vReceived>;

/** The columns of an event that an operator sees. Times are in ms since 1970. */
export const eventColumns = {
  source: v.string(),
  /** The sender's id of the event: unique within the source. */
  key: v.string(),
  type: v.string(),
  status: vWebhookStatus,
  /** The number of attempts arranged so far, over all replays: those that were lost or held as well. */
  attempt: v.number(),
  /** When the next attempt is due, when the handler is looked for again, or when the event got its status. */
  at: v.number(),
  occurredAt: v.optional(v.number()),
  orderKey: v.optional(v.string()),
  /** Bytes of the body, and of the checked payload if there is one. */
  bytes: v.number(),
  headers: v.record(v.string(), v.string()),
  lastErrorCode: v.optional(vFailure),
  lastError: v.optional(v.string()),
};

/** An event as an operator sees it. */
export const vEventRow = v.object({
  id: v.string(),
  receivedAt: v.number(),
  /** Whether the body is still stored. Without it, the event cannot be replayed. */
  hasBody: v.boolean(),
  ...eventColumns,
});
export type EventRow = Infer<typeof vEventRow>;

/** How often deliveries of a source were refused for one reason. */
export const vRejection = v.object({
  code: vRefusal,
  firstAt: v.number(),
  lastAt: v.number(),
  /** Recorded refusals: at most one per minute and reason. */
  count: v.number(),
});

const vTally = v.object({ count: v.number(), more: v.boolean() });

/** The health of a source. */
export const vSourceStats = v.object({
  source: v.string(),
  paused: v.boolean(),
  /** Events by status, counted up to 100. `more`: the real number is higher. */
  events: v.object({
    pending: vTally,
    running: vTally,
    held: vTally,
    processed: vTally,
    unhandled: vTally,
    dead: vTally,
    skipped: vTally,
  }),
  lastAcceptedAt: v.union(v.null(), v.number()),
  lastRejected: v.union(v.null(), vRejection),
  /** The latest reason first. */
  rejections: v.array(vRejection),
});
export type SourceStats = Infer<typeof vSourceStats>;

/* Handlers. */

const envelope = {
  /** The name of the source. */
  source: v.string(),
  /** The sender's id of the event, or the hash of the body. */
  eventId: v.string(),
  /** Unique to this event and the same in each of its attempts. An action may run twice: pass the key on to what it calls. */
  idempotencyKey: v.string(),
  /** The number of this attempt, from 1. */
  attempt: v.number(),
  /** When it was received, in ms. */
  receivedAt: v.number(),
  /** When it happened, as the sender says, in ms. */
  occurredAt: v.optional(v.number()),
  /** Whether a later event with the same `orderBy` is processed already: this one may be out of date. */
  stale: v.boolean(),
  headers: v.record(v.string(), v.string()),
};

/** The `event` argument of a handler. */
export type WebhookEvent<
  Payload = string,
  Type extends string = string,
> = ObjectType<typeof envelope> & { type: Type; payload: Payload };

/**
 * The validator of a handler's `event` argument. The payload is the output of the type's schema; for a type without a schema
 * it is the body as text, `v.string()`.
 *
 * @example
 * ```ts
 * export const markCompleted = internalMutation({
 *   args: { event: vWebhookEvent("payment.completed", v.object({ id: v.string() })) },
 *   handler: async (ctx, { event }) => { await complete(ctx, event.payload.id); },
 * });
 * ```
 */
export function vWebhookEvent<
  const Type extends string,
  P extends Validator<unknown, "required", string>,
>(type: Type, payload: P) {
  return v.object({ ...envelope, type: v.literal(type), payload });
}

/**
 * The validator of the `event` argument of a handler for several types, such as that of `onUnhandled`. The payload is the
 * body as text.
 */
export function vAnyWebhookEvent() {
  return v.object({ ...envelope, type: v.string(), payload: v.string() });
}

/* Limits. */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Limits of one delivery. */
export const DELIVERY = {
  /** Bytes of a body. Default and maximum: a Convex document has 1 MiB, and a text costs its UTF-8 bytes. */
  maxBodyBytes: 900_000,
  /** Characters of an event's type and of its order key. */
  maxName: 256,
  /** Characters of a deduplication key. A longer one is replaced by the hash of the body. */
  maxKey: 512,
  /** Characters of one stored header. */
  maxHeaderValue: 1024,
  /** Suspected replays of one event that are stored. More are duplicates: a captured delivery must not fill the table. */
  maxSuspects: 10,
  /** Stored headers of one event. */
  maxHeaders: 32,
  /** Seconds of `Retry-After` when the event could not be stored. */
  retryAfterSeconds: 30,
} as const;

/** Retries of an event. */
export const WEBHOOK_RETRY = {
  /** Default number of attempts. With the waits below: about eleven hours, enough to deploy a fix. */
  maxAttempts: 8,
  /** The most attempts a host may ask for: about a week. */
  ceiling: 40,
  /** Default of the first wait (ms). */
  firstMs: 5_000,
  /** The shortest first wait a host may ask for (ms). */
  leastMs: 10,
  /** Each wait is this many times the one before. */
  factor: 5,
  /** The longest wait (ms). */
  capMs: 360 * MINUTE,
  /** The share by which a wait is shortened or lengthened at random: events that failed together do not return together. */
  jitter: 0.2,
  /** From the time of an attempt until it is looked after (ms). A mutation runs for one second at most; the rest is queueing. */
  graceMs: MINUTE,
  /** Until an event that is held is tried again (ms): only if the operator's resume was lost. */
  holdMs: DAY,
  /**
   * Default of the same for an action (ms). Longer than an action may run: a shorter timeout starts a second run beside the
   * first. Source: https://docs.convex.dev/production/state/limits
   */
  actionTimeoutMs: 31 * MINUTE,
  /** The range a host may choose from (ms). */
  minTimeoutMs: 1_000,
  maxTimeoutMs: DAY,
  /** Characters of an error message that are read. */
  maxErrorRead: 2_000,
  /** Characters of an error message that are stored. */
  maxErrorText: 500,
} as const;

/** Defaults of retention, in days. */
export const WEBHOOK_RETENTION = {
  /** The body of a processed event. */
  bodyDays: 7,
  /** The row that recognises duplicates. Longer than any sender retries (Stripe: 3 days). */
  dedupeDays: 30,
  /** The same where no time is signed: a captured delivery never becomes too old. */
  untimedDedupeDays: 90,
  /** An event that was not applied, with its body. */
  deadDays: 90,
  maxDays: 3650,
  dayMs: DAY,
} as const;

/** Limits of work on many events. */
export const WEBHOOK_BATCH = {
  /** Default number of events of a page. */
  defaultPage: 50,
  /** The most events of a page. */
  maxPage: 100,
  /** Rows a page reads while it looks for one type. */
  maxScan: 1000,
  /** Events of one transaction that are given a lease, or another time of their deletion. */
  pass: 100,
  /** The share of a transaction that deleting bodies may use: it reads them. */
  share: 0.25,
  /** Bytes of bodies that one transaction touches: half of what it may read. */
  maxBytes: 8 * 1024 * 1024,
  /** The most events that one call replays. */
  maxReplay: 100,
  /** Rows of one status that are counted. */
  maxCount: 100,
} as const;

/** The least time between two recorded refusals of one source and reason (ms): a flood of forgeries causes few writes. */
export const REJECTION_SPACING_MS = MINUTE;
