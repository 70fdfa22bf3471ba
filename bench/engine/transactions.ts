/**
 * What every transaction used, those that run in the background included. They have no caller who could ask, so this listens
 * to the counter that convex-test enforces the limits with.
 */
import { TransactionMetricsTracker } from "convex-test/dist/transactionMetrics.js";
import { latestTransaction } from "../../dev/strict/run.js";
import type { Usage } from "./usage.js";

type Metrics = ReturnType<TransactionMetricsTracker["getTransactionMetrics"]>;

export type Transaction = {
  used: Usage;
  /** The part of each of Convex's limits that it used, from 0 to 1. */
  shares: Record<keyof Metrics, number>;
};

/** Index ranges that Convex reads in one transaction. Source: https://docs.convex.dev/production/state/limits */
const RANGES = 4_096;

/** The top-level transactions, in order, that did anything while `run` ran. */
export async function listen<T>(
  run: () => Promise<T>,
): Promise<{ result: T; transactions: Transaction[] }> {
  const tracker = TransactionMetricsTracker.prototype;
  // Kept as they are, to be put back and called on their own instance.
  /* eslint-disable @typescript-eslint/unbound-method */
  const { startTransaction, commit, rollback } = tracker;
  /* eslint-enable @typescript-eslint/unbound-method */
  const transactions: Transaction[] = [];
  let counted = latestTransaction();
  // One transaction at a time: convex-test runs them one after the other.
  let depth = 0;
  let calls = 0;
  const end = (one: TransactionMetricsTracker) => {
    depth -= 1;
    if (depth > 0) return;
    const last = latestTransaction();
    const ranges = last && last !== counted ? last.ranges : 0;
    counted = last;
    const transaction = describe(one.getTransactionMetrics(), ranges, calls);
    // convex-test keeps the states of scheduled functions in transactions that count nothing.
    if (Object.values(transaction.used).some((amount) => amount > 0)) {
      transactions.push(transaction);
    }
  };
  tracker.startTransaction = function (limits) {
    if (depth === 0) calls = 0;
    else calls += 1;
    depth += 1;
    startTransaction.call(this, limits);
  };
  tracker.commit = function () {
    end(this);
    commit.call(this);
  };
  tracker.rollback = function () {
    end(this);
    rollback.call(this);
  };
  try {
    return { result: await run(), transactions };
  } finally {
    Object.assign(tracker, { startTransaction, commit, rollback });
  }
}

function describe(
  metrics: Metrics,
  deploymentRanges: number,
  calls: number,
): Transaction {
  const shares = Object.fromEntries(
    Object.entries(metrics).map(([name, { used, remaining }]) => [
      name,
      used / (used + remaining),
    ]),
  );
  return {
    used: {
      indexRanges: metrics.databaseQueries.used,
      deploymentRanges,
      documentsRead: metrics.documentsRead.used,
      documentsWritten: metrics.documentsWritten.used,
      bytesRead: metrics.bytesRead.used,
      bytesWritten: metrics.bytesWritten.used,
      calls,
    },
    // One share a metric, under the metric's own name. Of the two counts of ranges, the limit is the deployment's.
    shares: {
      ...(shares as Transaction["shares"]),
      databaseQueries: deploymentRanges / RANGES,
    },
  };
}
