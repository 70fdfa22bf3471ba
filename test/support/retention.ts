/**
 * A host that cleans up: its functions as `docs.retention()` makes them, and documents of any age.
 */
import { makeFunctionReference } from "convex/server";
import { vi } from "vitest";
import {
  Docs,
  type DocsOptions,
  type Preview,
  type RetentionOptions,
  type SweepStart,
} from "../../src/client/index.js";
import type { Run } from "../../src/shared/jobs.js";
import { inComponent } from "./component.js";
import {
  components,
  deploy,
  fields,
  identify,
  type Deployment,
  type HostCtx,
} from "./host.js";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

type Fields = typeof fields;
type Options = Partial<DocsOptions<Fields, never, HostCtx>>;

/** Old drafts go after 30 days, unless said otherwise. */
export function deployRetention({
  options = {},
  mounts = ["docs"],
  mount = "docs",
  limits = true as const,
  ...retention
}: Partial<RetentionOptions<Fields, HostCtx>> & {
  options?: Options;
  mounts?: string[];
  mount?: "docs" | "notes";
  limits?: NonNullable<Parameters<typeof deploy>[0]>["limits"];
} = {}) {
  const docs = docsOf(options, mount);
  const functions = docs.retention<HostCtx>({
    policies: [{ status: "draft", olderThan: { days: 30 } }],
    ...retention,
  });
  const t = deploy({
    mounts,
    limits,
    modules: { "./convex/retention.ts": () => Promise.resolve(functions) },
  });
  return { t, docs };
}

function docsOf(options: Options, mount: "docs" | "notes" = "docs") {
  return new Docs<Fields, Parameters<typeof identify>[0], HostCtx>(
    components[mount],
    { fields, identify, ...(options as object) },
  );
}

const clean = (name: string) =>
  makeFunctionReference<"mutation", Record<string, never>, SweepStart>(
    `retention:${name}`,
  );

/** Starts a run, and answers before its first batch. */
export const start = (
  t: Deployment,
  name: "cleanupOldDrafts" | "purgeTrash" = "cleanupOldDrafts",
) => t.mutation(clean(name), {});

/** Runs to the end. */
export async function cleanUp(
  t: Deployment,
  name: "cleanupOldDrafts" | "purgeTrash" = "cleanupOldDrafts",
): Promise<SweepStart> {
  const started = await start(t, name);
  await drain(t);
  return started;
}

/** Lets seconds pass until no run is under way. */
export async function drain(t: Deployment): Promise<void> {
  for (let seconds = 0; seconds < 100_000; seconds += 1) {
    await batch(t);
    const running = await runs(t).then((all) =>
      all.filter(({ status }) => status === "running"),
    );
    if (running.length === 0) return;
  }
  throw new Error("A run does not come to its end.");
}

/** Lets a second pass: one batch. */
export async function batch(t: Deployment): Promise<void> {
  vi.advanceTimersByTime(1_000);
  await t.finishInProgressScheduledFunctions();
}

export const preview = (t: Deployment, at?: number) =>
  t.query(
    makeFunctionReference<"query", { at?: number }, Preview>(
      "retention:previewCleanup",
    ),
    at === undefined ? {} : { at },
  );

/** Releases documents from quarantine, as an operator does. Returns how many. */
export const release = (t: Deployment, args: { ids?: string[] } = {}) =>
  t.mutation(
    makeFunctionReference<"mutation", { ids?: string[] }, number>(
      "retention:releaseQuarantined",
    ),
    args,
  );

type Columns = {
  owner?: string;
  status?: "draft" | "published" | "archived";
  title?: string;
  content?: string;
  pinned?: true;
  expiresAt?: number;
  deletedAt?: number;
};

/** Puts documents there that were changed last so long ago (ms), all of them in the same millisecond. */
export async function put(
  t: Deployment,
  age: number,
  count = 1,
  { owner = "ada", status = "draft", title, content, ...columns }: Columns = {},
  mount = "docs",
): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const few = Math.min(1_000, count - ids.length);
    const some = await inComponent(
      t,
      async (ctx) => {
        const made: string[] = [];
        for (let n = 0; n < few; n += 1) {
          const id = await ctx.db.insert("documents", {
            ownerId: owner,
            status,
            isPublic: false,
            trashed: columns.deletedAt !== undefined,
            version: 1,
            updatedAt: Date.now() - age,
            fields: {
              title: title ?? `${owner} ${ids.length + n}`,
              content: content ?? "",
            },
            ...columns,
          });
          made.push(id);
        }
        return made;
      },
      mount,
    );
    ids.push(...some);
  }
  return ids;
}

export type Left = { id: string; trashed: boolean; version: number };

/** Every document that is left, wherever it is. */
export async function left(t: Deployment, mount = "docs"): Promise<Left[]> {
  return await inComponent(
    t,
    async (ctx) =>
      (await ctx.db.query("documents").collect()).map((row) => ({
        id: row._id,
        trashed: row.trashed,
        version: row.version,
      })),
    mount,
  );
}

export const idsLeft = async (t: Deployment, mount = "docs") =>
  (await left(t, mount)).map(({ id }) => id);

/** The runs there have been, the latest first. */
export async function runs(t: Deployment, mount = "docs"): Promise<Run[]> {
  return await inComponent(
    t,
    async (ctx) => {
      const found = await ctx.db.query("jobRuns").order("desc").collect();
      return found.map(({ _id, ...run }) => ({ ...run, runId: _id }));
    },
    mount,
  );
}

/** Loses whatever batch is arranged, as an operator's "cancel all" would. */
export async function kill(t: Deployment): Promise<number> {
  return await inComponent(t, async (ctx) => {
    let killed = 0;
    for await (const job of ctx.db.system.query("_scheduled_functions")) {
      if (job.name.includes("step") && job.state.kind === "pending") {
        await ctx.scheduler.cancel(job._id);
        killed += 1;
      }
    }
    return killed;
  });
}
