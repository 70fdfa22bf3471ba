/**
 * Plans to publish a document or to take it off: what crosses between host and component, and the limits.
 *
 * @module
 */
import { v, type Infer } from "convex/values";
import { vDocsErrorData } from "./errorData.js";

export const vPlanAction = v.union(
  v.literal("publish"),
  v.literal("unpublish"),
);
/** What is planned. */
export type PlanAction = Infer<typeof vPlanAction>;

/** The plans of a document that count, by their ids. */
export const vPlanned = v.object({
  publish: v.optional(v.string()),
  unpublish: v.optional(v.string()),
});
export type Planned = Infer<typeof vPlanned>;

/** What is planned of a document once it is published. */
export function withoutPublish(
  planned: Planned | undefined,
): Planned | undefined {
  const unpublish = planned?.unpublish;
  return unpublish === undefined ? undefined : { unpublish };
}

export const vPlanState = v.union(
  v.literal("pending"),
  v.literal("done"),
  v.literal("refused"),
  v.literal("cancelled"),
);

export const vPlan = v.object({
  id: v.string(),
  action: vPlanAction,
  /** When it is due (ms since 1970). It is carried out then or soon after, never before. */
  at: v.number(),
  state: vPlanState,
  /** Why it was refused. Its details vary by code. */
  error: v.optional(vDocsErrorData),
});
/** Something that is planned of a document, or was until lately. */
export type Plan = Infer<typeof vPlan>;

/** Limits of plans. */
export const SCHEDULE = {
  /** Plans of a document that are shown, those that are over too. */
  shown: 20,
  /** How long one is kept after its time (ms). */
  keepMs: 30 * 24 * 60 * 60_000,
  /**
   * The longest wait in one (ms). JavaScript's timers, on which convex-test schedules, hold 24.8 days: a longer one fires at once.
   */
  waitMs: 14 * 24 * 60 * 60_000,
} as const;
