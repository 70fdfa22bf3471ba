/**
 * Many drafts, a hook, documents whose removal throws, exceeds a limit or dies, a deploy without the hook and "cancel all" in
 * between: all that can go goes, the others are named, and no transaction is large.
 *
 * The size of the release's own proof: `INDEXED=1 DRAFTS=100000 npx vitest run test/client/retention/scale.test.ts`.
 */
import { TransactionMetricsTracker } from "convex-test/dist/transactionMetrics.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { currentFrame } from "../../../dev/strict/frame.js";
import { deploymentOf } from "../../../dev/strict/index.js";
import { internal } from "../../../src/component/_generated/api.js";
import { inComponent } from "../../support/component.js";
import type { Deployment, HostCtx } from "../../support/host.js";
import { underEveryRule } from "../../strict/suite.js";
import {
  DAY,
  deployRetention,
  HOUR,
  preview,
  put,
  runs,
  start,
} from "../../support/retention.js";

underEveryRule();
beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const DRAFTS = Number(process.env["DRAFTS"] ?? 500);
/** One in a hundred cannot be removed; of these, one in five dies, and one in five is greedy. */
const POISON = DRAFTS / 100;
const MINUTE = 60_000;
/** The real clock, taken before it is replaced. */
const realTime = performance.now.bind(performance);
const HOST = "retention:cleanupOldDrafts";

/** Half of Convex's limits. Source: https://docs.convex.dev/production/state/limits */
const HALF = {
  bytesRead: 8 * 1024 * 1024,
  bytesWritten: 8 * 1024 * 1024,
  databaseQueries: 2_048,
  documentsRead: 16_000,
  documentsWritten: 8_000,
  functionsScheduled: 500,
  nested: 8,
};
type Amounts = Record<keyof typeof HALF, number>;

/** What the largest transaction read and wrote. */
function listen(): Pick<Amounts, (typeof COUNTED)[number]> {
  const most = {
    bytesRead: 0,
    bytesWritten: 0,
    documentsRead: 0,
    documentsWritten: 0,
  };
  // Kept as it is, to be called on its own instance.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { commit } = TransactionMetricsTracker.prototype;
  vi.spyOn(TransactionMetricsTracker.prototype, "commit").mockImplementation(
    function (this: TransactionMetricsTracker) {
      const metrics = this.getTransactionMetrics();
      for (const name of COUNTED) {
        most[name] = Math.max(most[name], metrics[name].used);
      }
      commit.call(this);
    },
  );
  return most;
}
const COUNTED = [
  "bytesRead",
  "bytesWritten",
  "documentsRead",
  "documentsWritten",
] as const;

/** What the largest transaction asked for. */
function largestOf({ transactions }: ReturnType<typeof deploymentOf>) {
  const most = { databaseQueries: 0, functionsScheduled: 0, nested: 0 };
  for (const one of transactions) {
    most.databaseQueries = Math.max(most.databaseQueries, one.ranges);
    most.functionsScheduled = Math.max(most.functionsScheduled, one.scheduled);
    most.nested = Math.max(most.nested, one.nested);
  }
  return most;
}

async function onDelete(
  ctx: HostCtx,
  { document }: { document: { title: string } },
): Promise<void> {
  const { title } = document;
  const tx = currentFrame()?.tx;
  if (title === "throws") throw new Error("the host's secret");
  if (title === "greedy") {
    for (let at = 0; at < 2_100; at += 1) {
      await ctx.db
        .query("audit")
        .withIndex("by_creation_time", (q) => q.gt("_creationTime", at))
        .first();
    }
  }
  if (title === "deadly" && tx) {
    // As a time limit: nothing can catch it.
    tx.fatal = new Error("Function execution timed out");
    throw tx.fatal;
  }
}

async function tick(t: Deployment, ms: number): Promise<void> {
  vi.advanceTimersByTime(ms);
  await t.finishInProgressScheduledFunctions();
}

/** Lets time pass until no run is under way. */
async function settle(t: Deployment): Promise<void> {
  for (;;) {
    for (let n = 0; n < 20; n += 1) await tick(t, 2_000);
    const latest = await inComponent(t, (ctx) =>
      ctx.db.query("jobRuns").order("desc").first(),
    );
    if (latest?.status !== "running") return;
  }
}

test(
  `of ${DRAFTS} drafts all go but the ${POISON} that cannot, and those are named`,
  async () => {
    const { t } = deployRetention({ onDelete });
    const poison: string[] = [];
    for (let n = 0; n < POISON; n += 1) {
      await put(t, 31 * DAY + n, 99, { title: "fine" });
      const title = n % 5 === 1 ? "deadly" : n % 5 === 3 ? "greedy" : "throws";
      poison.push(...(await put(t, 31 * DAY + n, 1, { title })));
    }
    const deployment = deploymentOf(t);
    const read = listen();
    const startedAt = realTime();
    await start(t);
    for (let n = 0; n < 5; n += 1) await tick(t, 1_000);
    deployment.deploy({ remove: [HOST] });
    for (let n = 0; n < 10; n += 1) await tick(t, MINUTE);
    deployment.redeploy();
    for (let n = 0; n < 5; n += 1) await tick(t, MINUTE);
    await deployment.cancelAllScheduled();
    await tick(t, HOUR);
    await inComponent(t, (ctx) => ctx.runMutation(internal.engine.look, {}));
    await settle(t);
    // The host's cron, each hour.
    let hours = 0;
    for (let quiet = 0; quiet < 6; hours += 1) {
      await tick(t, HOUR);
      await start(t);
      await settle(t);
      const [latest] = await runs(t);
      quiet = latest?.stopReason === "maxPerRun" ? 0 : quiet + 1;
    }
    const seconds = (realTime() - startedAt) / 1000;
    const rows = await inComponent(t, (ctx) =>
      ctx.db.query("retentionFailures").collect(),
    );
    expect(rows.map(({ documentId }) => documentId).sort()).toEqual(
      poison.toSorted(),
    );
    expect(rows.every(({ failures }) => failures >= 5)).toBe(true);
    const left = await inComponent(t, (ctx) =>
      ctx.db.query("documents").collect(),
    );
    expect(left.map(({ _id }) => _id).sort()).toEqual(poison.toSorted());
    const shown = (await preview(t)).quarantined;
    expect(shown).toHaveLength(Math.min(100, POISON));
    const codes = new Set(shown.map(({ code }) => code));
    expect([...codes].every((code) => CODES.includes(code))).toBe(true);
    const counts = (await runs(t)).map((run) => run.counts);
    const sum = (name: string) =>
      counts.reduce((total, one) => total + (one[name] ?? 0), 0);
    expect([sum("removed"), sum("kept")]).toEqual([DRAFTS - POISON, 0]);
    const most: Amounts = { ...read, ...largestOf(deployment) };
    if (process.env["DRAFTS"]) {
      process.stdout.write(
        `${DRAFTS} drafts: ${seconds.toFixed(0)} s, ${hours + 1} runs, ${sum("batches")} batches, the most: ${JSON.stringify(most)}\n`,
      );
    }
    for (const [name, used] of Object.entries(most)) {
      expect([name, used <= HALF[name as keyof Amounts]]).toEqual([name, true]);
    }
  },
  // A draft takes 4 to 10 ms.
  60_000 + DRAFTS * 40,
);

const CODES = ["INTERNAL", "LIMIT_EXCEEDED", "TIMEOUT"];
