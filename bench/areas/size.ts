/**
 * What reading and bulk jobs cost as one owner's documents grow.
 */
import type { Amounts, Area, Line, Options, Table } from "../area.js";
import { content } from "../document.js";
import type { Clock } from "../engine/clock.js";
import { each, type Usage } from "../engine/usage.js";
import {
  decimal,
  kilobytes,
  megabytes,
  percent,
  units,
  whole,
} from "../format.js";
import { runBulk, type BulkRun } from "../ours/bulk.js";
import {
  deployHost,
  docs,
  docsInBulk,
  docsWithTrash,
  type HostApp,
} from "../ours/host.js";
import { seed } from "../ours/seed.js";
import { pageOfView, seedViews } from "../ours/views.js";
import { measureCollect } from "../peers/collect.js";

const SIZES = [100, 1_000, 10_000, 100_000];
/** The largest that takes seconds. */
const QUICK = 10_000;
/** From here on there is a job worth looking at. */
const BULK_FROM = 1_000;

/** A step of a job leaves at least half of every limit alone. */
const MAX_SHARE = 0.5;
/** How much more a document may cost in a large job than in the smallest: the rest of a step is not always full. */
const MAX_GROWTH = 1.01;

type Reading = { documents: number; page: Usage; count: Usage; view: Usage };
type Job = { name: string; run: BulkRun };

export async function measureSize(
  clock: Clock,
  { quick }: Options,
): Promise<Area> {
  const sizes = SIZES.filter((size) => !quick || size <= QUICK);
  const readings: Reading[] = [];
  const jobs: Job[] = [];
  for (const size of sizes) {
    const app = deployHost(clock, { large: true });
    await seed(app, size);
    const withViews = deployHost(clock, { large: true });
    await seedViews(withViews, size);
    readings.push(await read(app, withViews, size));
    if (size >= BULK_FROM) jobs.push(...(await change(app, size)));
  }
  const variants = await measureVariants(clock);
  const collected = await measureCollect(clock, sizes);
  return {
    title: "Cost against size",
    tables: [readingTable(readings), jobTable(jobs), variantTable(variants)],
    figures: figuresOf(readings, [...jobs, ...variants]),
    broken: [...overShare([...jobs, ...variants]), ...growing(jobs)],
    lines: [...linesOf(readings, jobs), collected],
  };
}

async function read(
  app: HostApp,
  withViews: HostApp,
  documents: number,
): Promise<Reading> {
  const paginationOpts = { numItems: 20, cursor: null };
  return {
    documents,
    page: await app.query((ctx) => docs.list(ctx, { paginationOpts })),
    count: await app.query((ctx) => docs.count(ctx, {})),
    view: await pageOfView(withViews),
  };
}

/** Publishes every document, then moves every one to the trash. */
async function change(app: HostApp, documents: number): Promise<Job[]> {
  const publish = {
    operation: "update",
    updates: { status: "published" },
    where: { status: "draft" },
  } as const;
  const trash = { operation: "remove", where: {} } as const;
  return [
    { name: "update", run: await runBulk(app, docs, publish, documents) },
    { name: "trash", run: await runBulk(app, docsWithTrash, trash, documents) },
  ];
}

/** Other kinds of job, at a thousand documents. */
async function measureVariants(clock: Clock): Promise<Job[]> {
  const documents = 1_000;
  const updates = { title: "Document renamed" };
  const prepare = async () => {
    const app = deployHost(clock, { large: true });
    await seed(app, documents);
    return app;
  };
  const byIds = deployHost(clock, { large: true });
  const ids: string[] = [];
  for (let n = 0; n < documents; n += 1) {
    const { id } = await byIds.write((ctx) => docs.create(ctx, content(n)));
    ids.push(id);
  }
  const rename = { operation: "update", updates, where: {} } as const;
  const remove = { operation: "remove", where: {} } as const;
  return [
    {
      name: "update, by ids",
      run: await runBulk(
        byIds,
        docs,
        { operation: "update", updates, ids },
        documents,
      ),
    },
    {
      name: "remove for good",
      run: await runBulk(await prepare(), docs, remove, documents),
    },
    {
      name: "update, with access, onChange and schema",
      run: await runBulk(await prepare(), docsInBulk, rename, documents),
    },
  ];
}

function readingTable(readings: Reading[]): Table {
  return {
    title: "Reading: index ranges / documents read / documents written",
    head: [
      "documents of one owner",
      "page of 20",
      "bytes",
      "count up to 100",
      "bytes",
      "page of 20 of a view",
      "bytes",
    ],
    rows: readings.map(({ documents, page, count, view }) => [
      whole(documents),
      units(page),
      kilobytes(page.bytesRead),
      units(count),
      kilobytes(count.bytesRead),
      units(view),
      kilobytes(view.bytesRead),
    ]),
  };
}

const JOB_HEAD = [
  "job",
  "documents",
  "transactions",
  "peak of any limit",
  "a document: ranges / read / written",
  "kB read / written",
  "heap before → after",
  "seconds",
];

function jobTable(jobs: Job[]): Table {
  return {
    title: "Bulk jobs by where, to their end",
    head: JOB_HEAD,
    rows: jobs.map(jobRow),
    notes: [
      `No transaction of a job may use more than ${percent(MAX_SHARE)} of any limit of Convex, and a document may cost no more in a large job than in a small one: both are checked.`,
      "The heap is that of the whole emulator, which keeps every document in it. Seconds are for information; they are the emulator's.",
    ],
  };
}

function variantTable(variants: Job[]): Table {
  return {
    title: "Other bulk jobs",
    head: JOB_HEAD,
    rows: variants.map(jobRow),
  };
}

function jobRow({ name, run }: Job): string[] {
  const used = each(run.used, run.documents);
  return [
    name,
    whole(run.documents),
    whole(run.transactions),
    `${percent(run.peak.share)} of ${run.peak.limit}`,
    units(used, decimal),
    `${decimal(used.bytesRead / 1000)} / ${decimal(used.bytesWritten / 1000)}`,
    `${megabytes(run.heap.before)} → ${megabytes(run.heap.after)}`,
    decimal(run.seconds),
  ];
}

function figuresOf(readings: Reading[], jobs: Job[]): Record<string, Amounts> {
  const figures: Record<string, Amounts> = {};
  for (const { documents, page, count, view } of readings) {
    figures[`page of 20 of ${whole(documents)}`] = page;
    figures[`count among ${whole(documents)}`] = count;
    figures[`page of 20 of a view of ${whole(documents)}`] = view;
  }
  for (const { name, run } of jobs) {
    figures[`bulk ${name}, ${whole(run.documents)} documents`] = {
      ...run.used,
      transactions: run.transactions,
    };
  }
  return figures;
}

function overShare(jobs: Job[]): string[] {
  return jobs
    .filter(({ run }) => run.peak.share > MAX_SHARE)
    .map(
      ({ name, run }) =>
        `bulk ${name} of ${whole(run.documents)}: a transaction used ${percent(run.peak.share)} of ${run.peak.limit}; at most ${percent(MAX_SHARE)} is allowed.`,
    );
}

/** The amounts that grow with the size of a job although its work for each document is the same. */
function growing(jobs: Job[]): string[] {
  return jobs.flatMap(({ name, run }) => {
    const smallest = jobs.find((job) => job.name === name)?.run ?? run;
    const before = each(smallest.used, smallest.documents);
    return Object.entries(each(run.used, run.documents))
      .filter(
        ([metric, amount]) =>
          amount > MAX_GROWTH * before[metric as keyof Usage],
      )
      .map(
        ([metric, amount]) =>
          `bulk ${name} of ${whole(run.documents)}: ${metric} for each document is ${decimal(amount)}; with ${whole(smallest.documents)} documents it was ${decimal(before[metric as keyof Usage])}.`,
      );
  });
}

function linesOf(readings: Reading[], jobs: Job[]): Line[] {
  const updates = jobs.filter(({ name }) => name === "update");
  const line = (label: string, usage: "page" | "count"): Line => ({
    label,
    points: readings.map(({ documents, [usage]: { bytesRead } }) => ({
      documents,
      bytes: bytesRead,
    })),
  });
  return [
    line("page of 20", "page"),
    line("count up to 100", "count"),
    {
      label: "bulk update, its largest transaction",
      points: updates.map(({ run }) => ({
        documents: run.documents,
        bytes: run.largestRead,
      })),
    },
  ];
}
