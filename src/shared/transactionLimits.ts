/**
 * What a handler of the host's may use of the transaction that it runs in.
 *
 * @module
 */
import type {
  GenericDataModel,
  GenericMutationCtx,
  TransactionLimits,
} from "convex/server";

/** What is left to whoever writes down how the handler ended, and what then follows. */
const RESERVE = {
  bytesRead: 2 * 1024 * 1024,
  bytesWritten: 256 * 1024,
  databaseQueries: 32,
  documentsRead: 64,
  documentsWritten: 16,
  functionsScheduled: 8,
} as const;

/**
 * All that is left of this transaction but for the reserve. Going over it then fails the handler, where going over Convex's
 * own limits would fail the transaction, and with it the record that the handler failed.
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
