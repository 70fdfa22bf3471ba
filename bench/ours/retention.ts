/**
 * Clean-ups from start to end, with every batch that they did in the background.
 */
import { makeFunctionReference } from "convex/server";
import type { Docs } from "../../src/client/index.js";
import { type RetentionOptions } from "../../src/client/index.js";
import type { Clock } from "../engine/clock.js";
import { listen, type Transaction } from "../engine/transactions.js";
import type { Usage } from "../engine/usage.js";
import { deployHost, type HostDocs } from "./host.js";
import { total } from "./operations.js";
import { seed } from "./seed.js";

export type CleanupRun = {
  name: string;
  documents: number;
  /** Transactions that removed something. */
  batches: number;
  transactions: number;
  used: Usage;
  /** The largest share of any limit that one transaction used, and which limit that was. */
  peak: { limit: string; share: number };
  seconds: number;
};

type Fields = HostDocs extends Docs<infer F, infer _Ctx> ? F : never;
type Hooks = Pick<RetentionOptions<Fields, unknown>, "onDelete">;

const DAYS = 24 * 60 * 60 * 1000;

/** Lets so many drafts grow old, and runs one clean-up of them all. Throws if any is left. */
export async function runCleanup(
  clock: Clock,
  name: string,
  docs: HostDocs,
  documents: number,
  hooks: Hooks = {},
): Promise<CleanupRun> {
  const functions = docs.retention<unknown>({
    policies: [{ status: "draft", olderThan: { days: 30 } }],
    maxPerRun: 1_000_000,
    ...hooks,
  });
  const app = deployHost(clock, {
    large: true,
    modules: { "./convex/retention.ts": () => Promise.resolve(functions) },
  });
  await seed(app, documents);
  clock.tick(31 * DAYS);
  const cleanUp = makeFunctionReference<"mutation">(
    "retention:cleanupOldDrafts",
  );
  const startedAt = performance.now();
  const { transactions } = await listen(async () => {
    await app.root.mutation(cleanUp, {});
    await app.settle();
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const paginationOpts = { numItems: 1, cursor: null };
  const left = await app.read((ctx) => docs.list(ctx, { paginationOpts }));
  if (left.page.length > 0) throw new Error(`${name}: there are drafts left.`);
  return {
    name,
    documents,
    batches: transactions.filter(({ used }) => used.documentsWritten > 5)
      .length,
    transactions: transactions.length,
    used: total(transactions),
    peak: peakOf(transactions),
    seconds,
  };
}

function peakOf(transactions: Transaction[]): CleanupRun["peak"] {
  return transactions
    .flatMap(({ shares }) => Object.entries(shares))
    .map(([limit, share]) => ({ limit, share }))
    .reduce((most, one) => (one.share > most.share ? one : most));
}
