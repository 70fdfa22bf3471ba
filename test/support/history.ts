/**
 * Hosts with a history, and what is stored of it.
 */
import type { Doc } from "../../src/component/_generated/dataModel.js";
import { Docs, type HistoryOptions } from "../../src/client/index.js";
import { vi } from "vitest";
import { inComponent } from "./component.js";
import {
  components,
  fields,
  identify,
  people,
  type Deployment,
  type HostCtx,
} from "./host.js";

/** Documents with a history. Every edit makes its own revision unless said otherwise. */
export function withHistory(
  history: HistoryOptions = { coalesce: false },
  trash = false,
) {
  return new Docs(components.docs, { fields, identify, trash, history });
}

/** The host that does not have the option. */
export const without = new Docs(components.docs, { fields, identify });

export type Kept = Doc<"revisions">;

/** Every revision that is stored, by age. */
export async function revisions(t: Deployment): Promise<Kept[]> {
  return await inComponent(t, (ctx) => ctx.db.query("revisions").collect());
}

/** What lies in the tables of history, rows and all. */
export async function stored(t: Deployment) {
  return await inComponent(t, async (ctx) => ({
    documents: await ctx.db.query("documents").collect(),
    revisions: await ctx.db.query("revisions").collect(),
    bodies: await ctx.db.query("revisionBodies").collect(),
  }));
}

/** How many rows the tables of history have. Counted within limits. */
export async function countRows(t: Deployment) {
  return await inComponent(t, async (ctx) => {
    const count = async (table: "revisions" | "revisionBodies" | "tasks") => {
      let rows = 0;
      for await (const _ of ctx.db.query(table)) rows += 1;
      return rows;
    };
    return {
      revisions: await count("revisions"),
      bodies: await count("revisionBodies"),
      tasks: await count("tasks"),
    };
  });
}

/** What has been used of a transaction: index ranges, documents read, documents written. */
export async function used({ meta }: Pick<HostCtx, "meta">) {
  const metrics = await meta.getTransactionMetrics();
  return [
    metrics.databaseQueries.used,
    metrics.documentsRead.used,
    metrics.documentsWritten.used,
  ];
}

export const START = 1_700_000_000_000;
export const MINUTE = 60_000;

/** With a history in which every edit makes its own revision, and with the default. */
export const docs = withHistory();
export const coalescing = withHistory({});

/** The first page of a list. */
export const first = { numItems: 20, cursor: null };

/** A document of Ada's. */
export async function make(t: Deployment, args: object = {}): Promise<string> {
  const { id } = await people(t).ada.mutation((ctx) =>
    docs.create(ctx, { title: "One", content: "", ...args }),
  );
  return id;
}

/** An edit of Ada's, a second after what was before it. Needs fake timers. */
export async function edit(
  t: Deployment,
  id: string,
  change: object,
  host: Pick<typeof docs, "update"> = docs,
) {
  vi.advanceTimersByTime(1_000);
  return await people(t).ada.mutation((ctx) =>
    host.update(ctx, { id, ...change }),
  );
}

export const list = (t: Deployment, id: string) =>
  people(t).ada.query((ctx) =>
    docs.listRevisions(ctx, { id, paginationOpts: first }),
  );

export const get = (t: Deployment, id: string, version: number) =>
  people(t).ada.query((ctx) => docs.getRevision(ctx, { id, version }));
