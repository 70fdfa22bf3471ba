/**
 * What a clean-up costs as the number of expired drafts grows.
 */
import type { Amounts, Area, Options } from "../area.js";
import type { Clock } from "../engine/clock.js";
import { each } from "../engine/usage.js";
import { decimal, percent, units, whole } from "../format.js";
import { docs, docsWithTrash, HOOKED } from "../ours/host.js";
import { runCleanup, type CleanupRun } from "../ours/retention.js";

const SIZES = [1_000, 10_000, 100_000];
/** The largest that takes seconds. */
const QUICK = 10_000;

/** A batch leaves at least half of every limit alone. */
const MAX_SHARE = 0.5;
/** How much more a draft may cost in a large run than in the smallest. */
const MAX_GROWTH = 1.01;
/** Rows read or written a batch, beside two reads and a write of each draft. */
const MAX_BOOKKEEPING = 5;

export async function measureRetention(
  clock: Clock,
  { quick }: Options,
): Promise<Area> {
  const plain: CleanupRun[] = [];
  for (const size of SIZES.filter((size) => !quick || size <= QUICK)) {
    plain.push(await runCleanup(clock, "delete", docs, size));
  }
  const hooks = { onDelete: () => undefined };
  const others = [
    await runCleanup(clock, "move to the trash", docsWithTrash, 1_000),
    await runCleanup(clock, "delete, with onDelete", docs, 1_000, hooks),
    await runCleanup(
      clock,
      "delete, with onChange",
      HOOKED["onChange"] ?? docs,
      1_000,
    ),
  ];
  const all = [...plain, ...others];
  return {
    title: "Retention",
    tables: [
      {
        title: "Cleaning up expired drafts, to the end",
        head: [
          "run",
          "drafts",
          "batches",
          "drafts a batch",
          "peak of any limit",
          "a draft: ranges / read / written",
          "rows of bookkeeping a batch",
          "seconds",
        ],
        rows: all.map((run) => rowOf(run, plain.includes(run))),
        notes: [
          `No batch may use more than ${percent(MAX_SHARE)} of any limit of Convex; a draft may cost no more in a large run than in a small one; a plain batch may read and write ${MAX_BOOKKEEPING} rows of its own. All three are checked.`,
          "Seconds are the emulator's, without the waits between batches: a deployment takes half a second a batch.",
        ],
      },
    ],
    figures: Object.fromEntries(all.map((run) => [labelOf(run), amounts(run)])),
    broken: [
      ...all.flatMap(overShare),
      ...plain.flatMap(overBookkeeping),
      ...growing(plain),
    ],
  };
}

function labelOf({ name, documents }: CleanupRun): string {
  return `${name}, ${whole(documents)} drafts`;
}

function amounts({ used, transactions }: CleanupRun): Amounts {
  return { ...used, transactions };
}

function rowOf(run: CleanupRun, isPlain: boolean): string[] {
  const { name, documents, batches, peak, used, seconds } = run;
  return [
    name,
    whole(documents),
    whole(batches),
    decimal(documents / batches),
    `${percent(peak.share)} of ${peak.limit}`,
    units(each(used, documents), decimal),
    // With hooks, it would count what showing them each document costs.
    isPlain ? decimal(bookkeeping(run)) : "",
    decimal(seconds),
  ];
}

/** What is not one of the two reads and the write that a draft costs by hand. */
function bookkeeping({ used, documents, batches }: CleanupRun): number {
  return (used.documentsRead + used.documentsWritten - 3 * documents) / batches;
}

function overShare(run: CleanupRun): string[] {
  const { peak } = run;
  return peak.share <= MAX_SHARE
    ? []
    : [
        `${labelOf(run)}: a transaction used ${percent(peak.share)} of ${peak.limit}; at most ${percent(MAX_SHARE)} is allowed.`,
      ];
}

function overBookkeeping(run: CleanupRun): string[] {
  const rows = bookkeeping(run);
  // The start and the end of a run have rows of their own: they are no batch's.
  const own = 20 / run.batches;
  return rows <= MAX_BOOKKEEPING + own
    ? []
    : [
        `${labelOf(run)}: ${decimal(rows)} rows of bookkeeping a batch; at most ${MAX_BOOKKEEPING} are allowed.`,
      ];
}

function growing(runs: CleanupRun[]): string[] {
  const [smallest] = runs;
  if (!smallest) return [];
  return runs.flatMap((run) =>
    Object.entries(run.used)
      .map(([metric, amount]) => ({
        metric,
        now: amount / run.documents,
        before:
          smallest.used[metric as keyof typeof smallest.used] /
          smallest.documents,
      }))
      .filter(({ now, before }) => now > MAX_GROWTH * before)
      .map(
        ({ metric, now, before }) =>
          `${labelOf(run)}: ${metric} for each draft is ${decimal(now)}; with ${whole(smallest.documents)} drafts it was ${decimal(before)}.`,
      ),
  );
}
