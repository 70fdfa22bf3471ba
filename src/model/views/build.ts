/**
 * The background work of views: giving entries to the documents that were there before, taking away the entries of a view that
 * has left, and finding out which views have left.
 *
 * @module
 */
import { getDocumentSize } from "convex/values";
import type { Doc } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { BULK } from "../../shared/bulk.js";
import { alreadyInView, invalidAt } from "../../shared/failures.js";
import type { Counts } from "../../shared/jobs.js";
import { createdAtOf, VIEW, type KeptView } from "../../shared/views.js";
import {
  cancelTask,
  lastTask,
  startTask,
  type TaskFailure,
  type TaskKind,
  type TaskOutcome,
} from "../engine/task.js";
import { copyOf } from "../history/publication.js";
import {
  copySource,
  entriesOf,
  findInPlace,
  isUnique,
  reconcile,
  toRow,
  type Entry,
} from "./entries.js";
import { findRegistry, toKept, type RegisteredView } from "./registry.js";

/** There is one registry, so one build and one roll call at a time. */
const SUBJECT = "views";

/* Building. */

/** Walks all documents by creation and makes their entries what they have to be. */
export const viewBuild: TaskKind = {
  name: "views.build",
  maxSize: BULK.stepItems,
  step: async (ctx, { _id: build, cursor }, size) => {
    const registry = await findRegistry(ctx);
    if (registry === null) return { kind: "done" };
    const place = typeof cursor === "number" ? cursor : null;
    const built = await buildSome(ctx, registry.views, place, size);
    if (built.kind === "done") {
      const views = registry.views.map((view) =>
        view.ready ? view : { ...view, ready: true, build },
      );
      await ctx.db.patch("viewSets", registry._id, { views });
    }
    return built;
  },
  itemAt: async (ctx, { cursor }) => {
    const place = typeof cursor === "number" ? cursor : null;
    const next = await documentsBehind(ctx, place).first();
    return next && { id: next._id, behind: next._creationTime };
  },
};

/** Starts a build, in place of one that is under way and does not know of every view. */
export async function startBuild(ctx: MutationCtx): Promise<void> {
  const last = await findBuild(ctx);
  if (last) await cancelTask(ctx, viewBuild, last);
  await startTask(ctx, viewBuild, { subject: SUBJECT, input: undefined });
}

/** The build that was started last, whether or not it is over. */
export async function findBuild(ctx: QueryCtx) {
  return await lastTask(ctx, viewBuild, SUBJECT);
}

/** The count of documents that stand in a new unique view where another one does. */
export function takenIn(name: string): string {
  return `taken.${name}`;
}

function documentsBehind(ctx: QueryCtx, place: number | null) {
  return ctx.db
    .query("documents")
    .withIndex("by_creation_time", (q) =>
      place === null ? q : q.gt("_creationTime", place),
    );
}

/** Gives entries to some documents behind a place: the time of creation of the last one. */
async function buildSome(
  ctx: MutationCtx,
  registered: RegisteredView[],
  after: number | null,
  size: number,
): Promise<Extract<TaskOutcome, { kind: "more" | "done" }>> {
  const views = registered.map(toKept);
  const fresh = new Set(
    registered.filter(({ ready }) => !ready).map(({ id }) => id),
  );
  const failures: TaskFailure[] = [];
  const taken: Counts = {};
  let place = after;
  let [documents, bytes, entries] = [0, 0, 0];
  for await (const row of documentsBehind(ctx, after)) {
    const isFull =
      documents >= size ||
      bytes >= BULK.stepBytes ||
      entries >= VIEW.maxStepEntries;
    // Documents of one time of creation stay together, because the place behind them is that time.
    if (isFull && place !== null && row._creationTime !== place) {
      const counts = { documents, entries, ...taken };
      return { kind: "more", cursor: place, counts, failures };
    }
    place = row._creationTime;
    documents += 1;
    bytes += getDocumentSize(row);
    entries += await buildOne(ctx, views, fresh, row, { failures, taken });
  }
  const counts = { documents, entries, ...taken };
  return { kind: "done", counts, failures };
}

/** Gives one document its mark and its entries, and adds what is wrong with it. Returns how many entries were written. */
async function buildOne(
  ctx: MutationCtx,
  views: KeptView[],
  fresh: Set<string>,
  row: Doc<"documents">,
  { failures, taken }: { failures: TaskFailure[]; taken: Counts },
): Promise<number> {
  const copy = copySource(row, await copyOf(ctx, row));
  const all = entriesOf(views, row, copy);
  const more = all.filter(({ view }) => fresh.has(view)).length;
  const isOver = more > VIEW.maxEntries;
  if (isOver) {
    const problem = `has ${more} places in views; the limit is ${VIEW.maxEntries}.`;
    failures.push({ id: row._id, error: invalidAt("", problem) });
  }
  const wanted = isOver ? all.filter(({ view }) => !fresh.has(view)) : all;
  const twice = await firstTaken(ctx, views, fresh, wanted, row);
  if (twice) {
    failures.push({ id: row._id, error: alreadyInView(twice) });
    taken[takenIn(twice)] = (taken[takenIn(twice)] ?? 0) + 1;
  }
  const entries = wanted.map((entry) => toRow(entry, row._id));
  if (row.createdAt !== undefined)
    return await reconcile(ctx, row._id, entries);
  await ctx.db.patch("documents", row._id, { createdAt: createdAtOf(row) });
  for (const entry of entries) await ctx.db.insert("entries", entry);
  return entries.length;
}

/** The name of a new unique view in which another document of the owner stands where this one does. */
async function firstTaken(
  ctx: QueryCtx,
  views: KeptView[],
  fresh: Set<string>,
  entries: Entry[],
  row: Doc<"documents">,
): Promise<string | null> {
  for (const entry of entries) {
    const view = views.find(({ id }) => id === entry.view);
    if (!view || !fresh.has(view.id) || !isUnique(view, entry)) continue;
    const found = await findInPlace(ctx, entry);
    if (found.some(({ documentId }) => documentId !== row._id)) {
      return view.name;
    }
  }
  return null;
}

/* Removing. */

/** Deletes the entries of a view that is no longer kept up. Its subject is the view's id. */
export const viewRemoval: TaskKind = {
  name: "views.removal",
  maxSize: VIEW.maxStepEntries,
  step: async (ctx, { subject }, size) => {
    const rows = await ctx.db
      .query("entries")
      .withIndex("list", (q) => q.eq("view", subject))
      .take(size);
    for (const { _id } of rows) await ctx.db.delete("entries", _id);
    const counts = { entries: rows.length };
    return rows.length < size
      ? { kind: "done", counts }
      : { kind: "more", cursor: 0, counts };
  },
};

/** The removals that are under way, of some 50 that began last. */
export async function findRemovals(ctx: QueryCtx): Promise<Doc<"tasks">[]> {
  const tasks = await ctx.db
    .query("tasks")
    .withIndex("subject", (q) => q.eq("kind", viewRemoval.name))
    .order("desc")
    .take(50);
  return tasks.filter(({ state }) => state === "running");
}

/** Views that are leaving: out of the registry now, and their entries step by step. */
export async function removeViews(
  ctx: MutationCtx,
  leaves: (view: RegisteredView) => boolean,
): Promise<string[]> {
  const registry = await findRegistry(ctx);
  const leaving = (registry?.views ?? []).filter(leaves);
  if (!registry || leaving.length === 0) return [];
  await ctx.db.patch("viewSets", registry._id, {
    // Code that declares one of them after all has to register it anew.
    known: [],
    views: registry.views.filter((view) => !leaves(view)),
  });
  for (const { id } of leaving) {
    await startTask(ctx, viewRemoval, { subject: id, input: undefined });
  }
  return leaving.map(({ id }) => id);
}

/* The roll call. */

/**
 * Finds out which views no code declares any more, after a rollback, an old action or a second `Docs` has had the time to show
 * itself: forgets who is there, waits for each set that writes to register again, and lets the others go.
 */
export const viewRollCall: TaskKind = {
  name: "views.rollCall",
  maxSize: 0,
  keepMs: 0,
  step: async (ctx, { cursor }) => {
    const registry = await findRegistry(ctx);
    if (registry === null) return { kind: "done" };
    if (cursor === undefined) {
      const views = registry.views.map((view) => ({ ...view, seen: false }));
      await ctx.db.patch("viewSets", registry._id, { known: [], views });
      return { kind: "more", cursor: 0, waitMs: VIEW.rollCallMs };
    }
    // Nobody has written: that says nothing about who is there.
    if (registry.known.length === 0) {
      return { kind: "more", cursor: 0, waitMs: VIEW.rollCallMs };
    }
    await removeViews(ctx, ({ seen }) => !seen);
    return { kind: "done" };
  },
};

/** Arranges a roll call, unless there is one. */
export async function arrangeRollCall(ctx: MutationCtx): Promise<void> {
  const last = await lastTask(ctx, viewRollCall, SUBJECT);
  if (last?.state === "running") return;
  const at = Date.now() + VIEW.rollCallMs;
  await startTask(ctx, viewRollCall, {
    subject: SUBJECT,
    input: undefined,
    at,
  });
}
