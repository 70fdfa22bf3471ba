/**
 * Drafts that clean themselves up, in bounded batches: more drafts than one transaction can read.
 *
 * @module
 */
import { listen } from "../../bench/engine/transactions.js";
import { api } from "../../example/convex/_generated/api.js";
import { expect, watch, whole, type Stage } from "./stage.js";

/** A run takes this many of the 20,000 drafts, unless the app says otherwise, and leaves the rest to the next. */
const PER_RUN = 10_000;
/** How long a run may take on a busy machine (ms). */
const RUN_MS = 120_000;
const JOB = "cleanupOldDrafts";

export async function showCleanup({
  deployment,
  ada,
  step,
}: Stage): Promise<void> {
  await step(
    "Ada looks at what a clean-up would take, which changes nothing",
    () => ada.http.query(api.operations.previewCleanup, { at: Date.now() }),
    ({ cleanup }) => {
      const due = cleanup.find(({ count }) => count > 0);
      expect(due?.shown === "1000+", "a capped count of what is due");
      return `${due?.shown} drafts, such as ${due?.sample[0]}`;
    },
  );
  for (const nth of ["A run", "The next run"]) {
    await step(
      `${nth} starts, as the hourly cron would start it, and goes on by itself`,
      () => listen(() => run({ deployment, ada })),
      ({ result: { status, counts, ms }, transactions }) => {
        expect(counts["removed"] === PER_RUN, "all that a run takes");
        const peaks = new Map<string, number>();
        for (const { shares } of transactions) {
          for (const [limit, share] of Object.entries(shares)) {
            peaks.set(limit, Math.max(share, peaks.get(limit) ?? 0));
          }
        }
        expect(
          [...peaks.values()].every((peak) => peak < 0.5),
          "half a limit",
        );
        const told = [...peaks]
          .filter(([, peak]) => peak > 0.001)
          .map(([limit, peak]) => `${limit} ${(100 * peak).toFixed(1)} %`);
        return [
          `${status}: ${whole(counts["removed"] ?? 0)} to the trash in ${counts["batches"]} batches, ${(ms / 1000).toFixed(1)} s without the waits between them`,
          `most of any limit in one transaction: ${told.join(", ")}`,
        ].join("\n");
      },
    );
  }
}

type Run = { status: string; counts: Record<string, number>; ms: number };

/** Starts a run and watches it to its end. */
async function run({
  deployment,
  ada,
}: Pick<Stage, "deployment" | "ada">): Promise<Run> {
  const jobs = watch(ada.live, api.operations.list, {});
  const began = performance.now();
  try {
    return await withoutWaits(async () => {
      const started = await deployment.call(`retention:${JOB}`);
      const { runId } = started as { runId: string };
      const all = await jobs.until(
        (entries) =>
          entries.some(
            ({ status }) =>
              status?.run?.runId === runId && status.run.status !== "running",
          ),
        RUN_MS,
      );
      const ended = all.find(({ job }) => job === JOB)?.status?.run;
      return {
        status: ended?.status ?? "",
        counts: ended?.counts ?? {},
        ms: performance.now() - began,
      };
    });
  } finally {
    jobs.close();
  }
}

/** Waits up to this long (ms) are skipped: those between batches, but not timeouts. */
const SKIPPED_MS = 2_000;

/** Runs `run` with short waits skipped. */
async function withoutWaits<T>(run: () => Promise<T>): Promise<T> {
  const { setTimeout } = globalThis;
  const hurried = <Args extends unknown[]>(
    callback: (...args: Args) => void,
    ms = 0,
    ...args: Args
  ) => setTimeout(callback, ms > SKIPPED_MS ? ms : 0, ...args);
  globalThis.setTimeout = Object.assign(hurried, setTimeout);
  try {
    return await run();
  } finally {
    globalThis.setTimeout = setTimeout;
  }
}
