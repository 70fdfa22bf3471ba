import type {
  GenericDataModel,
  GenericMutationCtx,
  TransactionLimits,
} from "convex/server";

/** Reserved for recording how the handler ended, and for what follows from that. */
const RESERVE = {
  bytesRead: 2 * 1024 * 1024,
  bytesWritten: 256 * 1024,
  databaseQueries: 32,
  documentsRead: 64,
  documentsWritten: 16,
  functionsScheduled: 8,
} as const;

/**
 * What a host's handler may use of the transaction that it runs in: all that is left but the reserve. A handler that exceeds it
 * fails alone. Exceeding Convex's own limits would fail the transaction, and with it the record that the handler failed.
 */
export async function limitsForHandler({
  meta,
}: Pick<
  GenericMutationCtx<GenericDataModel>,
  "meta"
>): Promise<TransactionLimits> {
  const metrics = await meta.getTransactionMetrics();
  const names = Object.keys(RESERVE) as (keyof typeof RESERVE)[];
  return Object.fromEntries(
    names.map((name) => [name, metrics[name].remaining - RESERVE[name]]),
  );
}

/**
 * Whether an error says that a limit of the transaction is exceeded. The words are those of Convex's backend and of
 * convex-test. Source: convex-backend, `database/src/transaction.rs`.
 */
export function isOverLimit(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.message.slice(0, 500).includes("in a single function execution")
  );
}
