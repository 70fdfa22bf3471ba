/**
 * Bulk operations from start to end, with everything they did in the background.
 */
import { listen, type Transaction } from "../engine/transactions.js";
import type { Usage } from "../engine/usage.js";
import type { HostApp, HostDocs } from "./host.js";
import { total } from "./operations.js";

export type BulkRun = {
  documents: number;
  transactions: number;
  /** Of all transactions together. */
  used: Usage;
  /** The largest share of any limit that one transaction used, and which limit that was. */
  peak: { limit: string; share: number };
  /** Bytes read by the transaction that read most. */
  largestRead: number;
  /** Bytes of the heap before and after, everything unused thrown away. */
  heap: { before: number; after: number };
  seconds: number;
};

type Request = Parameters<HostDocs["startBulk"]>[1];

/** Runs a bulk operation to its end. Throws if it does not do every one of the documents it should. */
export async function runBulk(
  app: HostApp,
  docs: HostDocs,
  request: Request,
  expected: number,
): Promise<BulkRun> {
  const before = heapUsed();
  const startedAt = performance.now();
  const { result: job, transactions } = await listen(async () => {
    const started = await app.write((ctx) => docs.startBulk(ctx, request));
    await app.settle();
    return started;
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const after = heapUsed();
  const status = await app.read((ctx) => docs.bulkStatus(ctx, job));
  if (status?.state !== "done" || status.done !== expected) {
    throw new Error(
      `The bulk operation did ${status?.done ?? 0} of ${expected} documents and is ${status?.state ?? "gone"}.`,
    );
  }
  return {
    documents: expected,
    transactions: transactions.length,
    used: total(transactions),
    peak: peakOf(transactions),
    largestRead: Math.max(...transactions.map(({ used }) => used.bytesRead)),
    heap: { before, after },
    seconds,
  };
}

function peakOf(transactions: Transaction[]): BulkRun["peak"] {
  return transactions
    .flatMap(({ shares }) => Object.entries(shares))
    .map(([limit, share]) => ({ limit, share }))
    .reduce((most, one) => (one.share > most.share ? one : most));
}

/** Bytes in use, once garbage is collected. Needs Node's `--expose-gc`, which main.ts sets. */
function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
