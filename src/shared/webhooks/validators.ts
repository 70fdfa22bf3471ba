/**
 * What crosses the boundary between a host's webhooks and the component. The validators are the source of the types.
 *
 * @module
 */
import { v, type Infer } from "convex/values";
import { vFailure, vRefusal } from "./codes.js";

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
export const vPolicy = v.object({
  /** How long a processed event's body, its row, and an event that was not applied are kept (ms). */
  bodyMs: v.number(),
  dedupeMs: v.number(),
  deadMs: v.number(),
  /** Keep only the code of an error, not its text. */
  redactErrors: v.boolean(),
});
export type Policy = Infer<typeof vPolicy>;

/**
 * What the host's schema says about a payload: nothing (`null`), the payload as Convex's JSON, or what is wrong with it. The
 * body is kept beside it as it came, so that a replay can judge it again.
 */
export const vJudged = v.union(
  v.null(),
  v.object({ payload: v.string() }),
  v.object({ invalid: v.string() }),
);
export type Judged = Infer<typeof vJudged>;

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
  judged: vJudged,
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
