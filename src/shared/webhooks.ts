/**
 * Why a delivery was refused, and why an event failed. Stored and shown to operators; a sender never sees them.
 *
 * @module
 */
import { v, type Infer, type ObjectType, type Validator } from "convex/values";

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

/*
 * What crosses the boundary between a host's webhooks and the component. The validators are the source of the types.
 */

/**
 * Where an event stands. `pending`: an attempt is due. `running`: an action has been started. `held`: its source is paused.
 * `processed`: applied. `unhandled`: nobody handled its type. `dead`: given up, `lastErrorCode` says why. `skipped`: left out
 * on purpose.
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

/** Which function takes events of a type. */
export const vRoute = v.object({
  /** The type, or `"*"` for all that have no route of their own. */
  type: v.string(),
  /** The function's handle, and its name for people. */
  handle: v.string(),
  name: v.string(),
  kind: v.union(v.literal("mutation"), v.literal("action")),
  maxAttempts: v.number(),
  /** The wait before the second attempt (ms). Each later one is five times as long, up to six hours. */
  firstRetryMs: v.number(),
  /** Until an action that was not heard of counts as dead (ms). */
  timeoutMs: v.number(),
});
export type Route = Infer<typeof vRoute>;

/** How a source's events are treated, the same for all of them. */
export const vSourcePolicy = v.object({
  /** How long a processed event's body, its row, and an event that was not applied are kept (ms). */
  bodyMs: v.number(),
  dedupeMs: v.number(),
  deadMs: v.number(),
  /** Keep only the code of an error, not its text. */
  redactErrors: v.boolean(),
});
export type SourcePolicy = Infer<typeof vSourcePolicy>;

/**
 * What the host's schema says about a payload: nothing (`null`), the payload as Convex's JSON, or what is wrong with it. The
 * body is kept beside it as it came, so that a replay can judge it again.
 */
export const vCheckedPayload = v.union(
  v.null(),
  v.object({ payload: v.string() }),
  v.object({ invalid: v.string() }),
);
export type CheckedPayload = Infer<typeof vCheckedPayload>;

/** A verified delivery. */
export const vReceipt = v.object({
  source: v.string(),
  key: v.string(),
  /** Set where the body must not be seen twice either. */
  bodyHash: v.optional(v.string()),
  type: v.string(),
  occurredAt: v.optional(v.number()),
  orderKey: v.optional(v.string()),
  headers: v.record(v.string(), v.string()),
  text: v.string(),
  judged: vCheckedPayload,
  filtered: v.boolean(),
});
export type Receipt = Infer<typeof vReceipt>;

/** What became of a delivery. `unsynced`: the component does not know the host's handlers yet; nothing was stored. */
export const vReceived = v.object({
  outcome: v.union(
    v.literal("accepted"),
    v.literal("duplicate"),
    v.literal("unhandled"),
    v.literal("filtered"),
    v.literal("invalid"),
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
  /** Counts the attempts that were armed, from 1, over all replays. 0: none yet. */
  attempt: v.number(),
  /** When its next attempt is due, or when it got its status. */
  at: v.number(),
  occurredAt: v.optional(v.number()),
  orderKey: v.optional(v.string()),
  /** Bytes of its body, and of its payload if that is kept apart. */
  bytes: v.number(),
  headers: v.record(v.string(), v.string()),
  lastErrorCode: v.optional(vFailure),
  lastError: v.optional(v.string()),
};

/** An event as operators see it. */
export const vEventRow = v.object({
  id: v.string(),
  receivedAt: v.number(),
  /** Whether its body is still there: it can be replayed. */
  hasBody: v.boolean(),
  ...eventColumns,
});
export type EventRow = Infer<typeof vEventRow>;

/** Why deliveries of a source were refused, the latest reason first. */
export const vRejection = v.object({
  code: vRefusal,
  firstAt: v.number(),
  lastAt: v.number(),
  /** Rejections that were written down: at most one a minute and reason. */
  count: v.number(),
});

const vTally = v.object({ count: v.number(), more: v.boolean() });

/** How a source is doing. */
export const vSourceStats = v.object({
  source: v.string(),
  paused: v.boolean(),
  /** Events by status, counted up to 100: `more` says that there are more. */
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
  rejections: v.array(vRejection),
});
export type SourceStats = Infer<typeof vSourceStats>;

/*
 * What a handler is given.
 */

const envelope = {
  /** The name of the source. */
  source: v.string(),
  /** The sender's id of the event, or the hash of its body. */
  eventId: v.string(),
  /**
   * The same for every attempt of this event, and no other's. An action may be run twice for one event: pass it on to
   * whatever it calls.
   */
  idempotencyKey: v.string(),
  /** Which attempt this is, from 1. */
  attempt: v.number(),
  /** When it was received, and when the sender says it happened, in ms. */
  receivedAt: v.number(),
  occurredAt: v.optional(v.number()),
  /** Whether a later event of the same `orderBy` has been processed already: this one may say what is no longer so. */
  stale: v.boolean(),
  headers: v.record(v.string(), v.string()),
};

/** An event as its handler gets it. */
export type WebhookEvent<
  Payload = string,
  Type extends string = string,
> = ObjectType<typeof envelope> & { type: Type; payload: Payload };

/**
 * The validator of a handler's `event` argument. The payload is what the source's schema for this type made of the body;
 * for a type without a schema it is the body as text, `v.string()`.
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

/** The same for a handler of several types, such as one for all that are not handled. */
export function vAnyWebhookEvent() {
  return v.object({ ...envelope, type: v.string(), payload: v.string() });
}

/*
 * Every number that bounds a webhook, with its unit and its reason.
 */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What one delivery may make us do. */
export const DELIVERY = {
  /** Bytes of a body, unless the host says less: a Convex document has 1 MiB, and a text costs its UTF-8 bytes. */
  maxBodyBytes: 900_000,
  /** Characters of an event's type and of its ordering key. */
  maxName: 256,
  /** Characters of a deduplication key. A longer one is replaced by its hash. */
  maxKey: 512,
  /** Characters of one stored header, and how many are stored. */
  maxHeaderValue: 1024,
  maxHeaders: 32,
  /** Seconds a sender is asked to wait when storing failed. */
  retryAfterSeconds: 30,
} as const;

/** Retrying an event. */
export const WEBHOOK_RETRY = {
  /** Attempts of one event, the first among them. With the waits below: about eleven hours, enough to deploy a fix. */
  maxAttempts: 8,
  /** Attempts a host may ask for: 30 more than the first eight are a week. */
  ceiling: 40,
  /** The first wait (ms), what each next one is multiplied by, and the longest. */
  firstMs: 5_000,
  leastMs: 10,
  factor: 5,
  capMs: 360 * MINUTE,
  /** How far a wait may be off, either way, so that events which failed together do not come back together. */
  jitter: 0.2,
  /** Until a mutation that was not heard of counts as dead (ms). One runs for a second; the rest is queueing. */
  mutationTimeoutMs: MINUTE,
  /**
   * The same for an action. Longer than any action may run, or a slow one would be started again while it still runs.
   * Source: https://docs.convex.dev/production/state/limits
   */
  actionTimeoutMs: 31 * MINUTE,
  /** What a host may set it to (ms). */
  minTimeoutMs: 1_000,
  maxTimeoutMs: DAY,
  /** Characters of an error's text that are kept. */
  maxErrorText: 500,
} as const;

/** How long things are kept, in days, unless the host says otherwise. */
export const WEBHOOK_RETENTION = {
  /** The body of an event that was applied. */
  bodyDays: 7,
  /** The row that recognises a duplicate. Longer than any sender retries (Stripe: 3 days). */
  dedupeDays: 30,
  /** An event that was not applied, with its body. */
  deadDays: 90,
  maxDays: 3650,
  dayMs: DAY,
} as const;

/** Work on many events at once. */
export const WEBHOOK_BATCH = {
  /** Events of one page, asked for and at most. */
  defaultPage: 50,
  maxPage: 100,
  /** Rows a page looks at while it searches for those of one type. */
  maxScan: 1000,
  /** Rows of one pass of a clean-up, a resume or a sweep, each of which continues itself. */
  pass: 200,
  /** Bytes of bodies one pass may touch: half of what a transaction may read. */
  maxBytes: 8 * 1024 * 1024,
  /** Events replayed in one call. */
  maxReplay: 100,
  /** Rows of one status that are counted before the answer becomes "that many, and more". */
  maxCount: 100,
  /** A pending event this much over its time has lost its jobs: cancelled by hand, or with the component (ms). */
  overdueMs: 60 * MINUTE,
} as const;

/** Time between two written rejections of one source for one reason (ms): a flood of forgeries must not become writes. */
export const REJECTION_SPACING_MS = MINUTE;
