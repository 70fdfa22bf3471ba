/**
 * Cleaning up as many drafts as one transaction cannot: above 16,000, `.collect()` and a loop of deletions fail outright.
 *
 * @module
 */
import { listen } from "../../bench/engine/transactions.js";
import { api } from "../convex/_generated/api.js";
import type { Deployment } from "../local/deployment.js";
import { watch } from "./live.js";
import { expect, type Stage } from "./stage.js";

const { operations } = api;
const DRAFTS = 20_000;
const PER_CALL = 100;
const job = "cleanupOldDrafts";
const LATEST = { paginationOpts: { numItems: 1, cursor: null } };
/** How long it may take (ms). */
const PATIENCE = 60_000;
const DAY = 24 * 60 * 60 * 1_000;

export async function showRetention({
  deployment,
  ada,
  step,
}: Stage): Promise<void> {
  const count = DRAFTS.toLocaleString("en");
  await step(
    `A user has ${count} drafts that have not been touched for 31 days`,
    () => seed(deployment),
    () => `${count} written`,
  );
  await step(
    "Ada, an operator, looks at what a clean-up would take",
    () => ada.http.query(operations.previewCleanup, { at: Date.now() }),
    ({ cleanup }) => {
      const [drafts] = cleanup;
      expect(drafts?.more === true, "it does not see them");
      return `${drafts?.shown} drafts, ${drafts?.sample.length} of them by name; nothing was changed`;
    },
  );
  await step(
    "She starts it and watches",
    async () => {
      const runs = watch(ada.live, operations.runs, { job, ...LATEST });
      const progress = new Set<number>();
      const { result, transactions } = await listen(async () => {
        await ada.http.mutation(operations.runNow, { job });
        const { page } = await runs.until(({ page: [run] }) => {
          progress.add(run?.counts["removed"] ?? 0);
          return run?.finishedAt !== undefined;
        }, PATIENCE);
        return page[0];
      });
      runs.close();
      return { run: result, transactions, progress };
    },
    ({ run, transactions, progress }) => {
      const { batches, removed } = run?.counts ?? {};
      expect(removed === DRAFTS, `${removed} were moved to the trash`);
      const peaks = peaksOf(transactions.map(({ shares }) => shares));
      expect(
        peaks.every(([, share]) => share <= 0.5),
        "a transaction came near a limit",
      );
      const seconds = ((run?.finishedAt ?? 0) - (run?.startedAt ?? 0)) / 1_000;
      return [
        `${removed?.toLocaleString("en")} moved to the trash in ${batches} batches and ${seconds.toFixed(1)} s; the page saw ${progress.size} steps of it`,
        `peak of each limit: ${peaks.map(([name, share]) => `${name} ${(100 * share).toFixed(1)} %`).join(", ")}`,
      ].join("\n");
    },
  );
}

/** Writes the drafts with the clock put back. In this process: nothing of a deployment says when something was written. */
async function seed(deployment: Deployment): Promise<void> {
  const identity = {
    tokenIdentifier: "https://demo|long-gone",
    subject: "long-gone",
    issuer: "https://demo",
  };
  const now = Date.now;
  Date.now = () => now() - 31 * DAY;
  try {
    for (let from = 0; from < DRAFTS; from += PER_CALL) {
      const items = Array.from({ length: PER_CALL }, (_, n) => ({
        title: `Draft ${from + n}`,
        content: "Never finished.",
      }));
      await deployment.call("documents:batchCreate", { items }, identity);
    }
  } finally {
    Date.now = now;
  }
}

/** The largest part of each limit that any transaction used. */
function peaksOf(shares: Record<string, number>[]): [string, number][] {
  const peaks = new Map<string, number>();
  for (const [name, share] of shares.flatMap(Object.entries<number>)) {
    peaks.set(name, Math.max(share, peaks.get(name) ?? 0));
  }
  return [...peaks].filter(([, share]) => share > 0.001);
}
