/**
 * The limits that rules keep in place of convex-test. Each counts for the whole transaction, rolled-back calls included.
 */
import type { Call, Frame, Transaction } from "./frame.js";
import type { Rules } from "./rules.js";

/** Of one transaction. Those of Convex: https://docs.convex.dev/production/state/limits */
export interface Limits {
  databaseQueries: number;
  functionsScheduled: number;
  /** Bytes. */
  scheduledFunctionArgsBytes: number;
}
type Limit = keyof Limits;

const LIMITS: Limits = {
  databaseQueries: 4_096,
  functionsScheduled: 1_000,
  scheduledFunctionArgsBytes: 16 * 1024 * 1024,
};
const NAMES = Object.keys(LIMITS) as Limit[];

/** What `convexTest` takes as `transactionLimits`. */
export type GivenLimits = Partial<Limits> | boolean;

export function limitsOf(given: GivenLimits | undefined): Limits {
  const limits = { ...LIMITS };
  if (typeof given !== "object") return limits;
  for (const name of NAMES) limits[name] = given[name] ?? LIMITS[name];
  return limits;
}

/** The limits that these rules keep: not convex-test's to refuse or to report. */
export function kept(rules: Rules): Limit[] {
  return [
    ...(rules.reads ? (["databaseQueries"] as const) : []),
    ...(rules.scheduled
      ? (["functionsScheduled", "scheduledFunctionArgsBytes"] as const)
      : []),
  ];
}

/** `transactionLimits` for convex-test, without those that are kept here. */
export function limitsForConvexTest(
  given: GivenLimits | undefined,
  rules: Rules,
): GivenLimits | undefined {
  if (given === undefined || given === false) return given;
  const unlimited = kept(rules).map((name) => [name, Number.MAX_SAFE_INTEGER]);
  return {
    ...(given === true ? {} : given),
    ...(Object.fromEntries(unlimited) as Partial<Limits>),
  };
}

function usedOf(used: Transaction): Limits {
  return {
    databaseQueries: used.ranges,
    functionsScheduled: used.scheduled,
    scheduledFunctionArgsBytes: used.scheduledBytes,
  };
}

/** A nested call's limits: those of its caller, or less. */
export function nestedLimits(
  { tx, limits: outer }: Frame,
  given: Partial<Limits> | undefined,
): Pick<Call, "limits" | "enforce"> {
  if (!tx || !given) return {};
  const used = usedOf(tx.used);
  const limits = { ...outer };
  for (const name of NAMES) {
    const most = given[name];
    if (most !== undefined) {
      limits[name] = Math.min(limits[name], used[name] + most);
    }
  }
  return { limits, enforce: true };
}

/** The answer of `getTransactionMetrics`, with the figures that are kept here. */
export function metrics({ tx, limits, deployment }: Frame, json: string) {
  if (!tx) return json;
  const all = JSON.parse(json) as Record<string, unknown>;
  const used = usedOf(tx.used);
  for (const name of kept(deployment.rules)) {
    all[name] = { used: used[name], remaining: limits[name] - used[name] };
  }
  return JSON.stringify(all);
}
