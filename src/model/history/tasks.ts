/**
 * What history does in the background: deletes the revisions of documents that are gone, those that are too many, and those that
 * are too old. Ten thousand of them fit into no transaction, so each is a task.
 *
 * @module
 */
import type { Id } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import { HISTORY } from "../../shared/history.js";
import type { Plan } from "../documents/plan.js";
import type { StoredRow } from "../documents/read.js";
import {
  lastTask,
  startTask,
  type Task,
  type TaskKind,
  type TaskOutcome,
} from "../engine/task.js";
import { removeContributions } from "../person/contributions.js";
import { deleteRevision, type RevisionRow } from "./archive.js";

/** What the writes of one call leave to be done: documents that are gone, and documents that have too many revisions. */
export class Aftermath {
  private readonly gone: Id<"documents">[] = [];
  private readonly full: Id<"documents">[] = [];
  private keep = 0;

  /** Takes note of a write that has been carried out. What is only set aside leaves nothing yet. */
  note(plan: Plan, keep: number | undefined, unsettled: boolean): void {
    if (plan.refusal || !plan.before) return;
    const { before, after, archive } = plan;
    if (after === null && !unsettled) this.noteGone(before);
    const n = after?.head?.n ?? 0;
    if (!archive || keep === undefined) return;
    if (n > keep && n % HISTORY.slack === 0) this.full.push(before._id);
    this.keep = keep;
  }

  /** Takes note of a document that is deleted. One that never had revisions or contributions leaves nothing. */
  noteGone({ _id, head, contributed }: StoredRow): void {
    if ((head && head.n > 0) || contributed) this.gone.push(_id);
  }

  /** Starts what there is to do: a task for some hundred documents, and none for nothing. */
  async start(ctx: MutationCtx): Promise<void> {
    for (const ids of inTasks(this.gone)) {
      await startTask(ctx, forget, { subject: "", input: { ids } });
    }
    for (const ids of inTasks(this.full)) {
      const input = { ids, keep: this.keep };
      await startTask(ctx, prune, { subject: "", input });
    }
  }
}

function inTasks(ids: string[]): string[][] {
  const size = HISTORY.idsPerTask;
  const tasks = Math.ceil(ids.length / size);
  return Array.from({ length: tasks }, (_, at) =>
    ids.slice(at * size, (at + 1) * size),
  );
}

/* By document. */

/** Deletes the revisions and the contributions of documents that are gone. */
export const forget: TaskKind<{ ids: string[] }> = {
  name: "history.forget",
  maxSize: HISTORY.stepRows,
  keepMs: 0,
  step: (ctx, task, size) =>
    eachDocument(ctx, task, size, async (id, budget) => {
      budget.rows -= await removeContributions(ctx, id, budget.rows);
      return Infinity;
    }),
  itemAt: (_ctx, task) => Promise.resolve(documentAt(task)),
};

/** Deletes the oldest revisions of documents that have too many. Named ones stay, and those of a document that is held. */
export const prune: TaskKind<{ ids: string[]; keep: number }> = {
  name: "history.prune",
  maxSize: HISTORY.stepRows,
  keepMs: 0,
  step: (ctx, task, size) =>
    eachDocument(ctx, task, size, async (id) => {
      // As it is now: a later prune, or a write that was taken back, may have changed what is too many.
      const document = await ctx.db.get("documents", id);
      return document?.held ? 0 : (document?.head?.n ?? 0) - task.input.keep;
    }),
  itemAt: (_ctx, task) => Promise.resolve(documentAt(task)),
};

type ByDocument = Task<{ ids: string[]; keep?: number }>;

/** The document at the cursor of a task, which is its place among the ids. */
function documentAt({ input, cursor }: ByDocument) {
  const at = Number(cursor ?? 0);
  const id = input.ids[at];
  return id === undefined ? null : { id, behind: at + 1 };
}

/**
 * Deletes up to `size` revisions, document by document.
 *
 * @param lastOf the place of a document's last revision that goes. `Infinity`: all go, named ones too
 */
async function eachDocument(
  ctx: MutationCtx,
  task: ByDocument,
  size: number,
  lastOf: (id: Id<"documents">, budget: Budget) => Promise<number>,
): Promise<TaskOutcome> {
  const budget = { rows: size, bytes: HISTORY.stepBytes };
  const { ids } = task.input;
  let at = Number(task.cursor ?? 0);
  for (; at < ids.length && hasLeft(budget); at += 1) {
    const id = ctx.db.normalizeId("documents", ids[at] ?? "");
    const last = id && (await lastOf(id, budget));
    const isDone =
      hasLeft(budget) &&
      (!id || (await deleteUpTo(ctx, id, last ?? 0, budget)));
    if (!isDone) break;
  }
  const counts = { deleted: size - budget.rows };
  return at < ids.length
    ? { kind: "more", cursor: at, counts }
    : { kind: "done", counts };
}

type Budget = { rows: number; bytes: number };

function hasLeft({ rows, bytes }: Budget): boolean {
  return rows > 0 && bytes > 0;
}

async function deleteUpTo(
  ctx: MutationCtx,
  documentId: Id<"documents">,
  last: number,
  budget: Budget,
): Promise<boolean> {
  if (last <= 0) return true;
  const oldest = ctx.db
    .query("revisions")
    .withIndex("document", (q) => q.eq("documentId", documentId));
  for await (const row of oldest) {
    if (row.n > last) return true;
    if (row.name !== undefined && last !== Infinity) continue;
    if (!hasLeft(budget)) return false;
    await spend(ctx, row, budget);
  }
  return true;
}

async function spend(
  ctx: MutationCtx,
  row: RevisionRow,
  budget: Budget,
): Promise<void> {
  budget.rows -= 1;
  budget.bytes -= row.bytes;
  await deleteRevision(ctx, row);
}

/* By age. */

/** Deletes revisions that were replaced before a time (ms), of all documents. Named ones stay, and those of held documents. */
export const expire: TaskKind<{ before: number }> = {
  name: "history.expire",
  maxSize: HISTORY.stepRows,
  step: async (ctx, { input, cursor }, size) => {
    const budget = { rows: size, bytes: HISTORY.stepBytes };
    let scanned = 0;
    let from = Number(cursor ?? 0);
    const rows = ctx.db
      .query("revisions")
      .withIndex("by_creation_time", (q) =>
        q.gte("_creationTime", from).lt("_creationTime", input.before),
      );
    const isHeld = holdLookup(ctx);
    const counts = () => ({ deleted: size - budget.rows });
    for await (const row of rows) {
      if (!hasLeft(budget) || scanned >= HISTORY.stepScan) {
        return { kind: "more", cursor: from, counts: counts() };
      }
      scanned += 1;
      from = row._creationTime;
      if (row.name !== undefined || (await isHeld(row.documentId))) continue;
      await spend(ctx, row, budget);
    }
    return { kind: "done", counts: counts() };
  },
};

/** Tells whether a document is held. Reads each once. */
function holdLookup(ctx: MutationCtx) {
  const known = new Map<string, boolean>();
  return async (id: Id<"documents">) => {
    const held =
      known.get(id) ?? (await ctx.db.get("documents", id))?.held === true;
    known.set(id, held);
    return held;
  };
}

/** Starts `expire`, unless it is under way. Returns whether it did. */
export async function startExpire(
  ctx: MutationCtx,
  before: number,
): Promise<boolean> {
  const last = await lastTask(ctx, expire, "");
  if (last?.state === "running") return false;
  await startTask(ctx, expire, { subject: "", input: { before } });
  return true;
}
