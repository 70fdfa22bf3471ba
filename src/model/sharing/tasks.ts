/**
 * What sharing does in the background: it ends grants whose time is over, and deletes those of documents that are gone.
 *
 * @module
 */
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import { endOf, isOver } from "../../shared/access.js";
import { SHARING } from "../../shared/sharing.js";
import { startTask, type TaskKind } from "../engine/task.js";
import { drop, handOver } from "./grant.js";

/** Grants of one document that end. */
type Ending = { ids: string[] };

/** How long one wait is at most (ms). A timer of JavaScript, such as a host's tests have, fires at once after 24 days or more. */
const LOOK_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Deletes grants at their end. They have not counted since then; a live query hears of it because a row that it has read goes.
 * One that was given longer meanwhile has a task of its own.
 */
export const grantEnds: TaskKind<Ending> = {
  name: "grants.end",
  maxSize: 0,
  keepMs: 0,
  step: async (ctx, { input }) => {
    const now = Date.now();
    let next = Infinity;
    for (const id of input.ids) {
      const grantId = ctx.db.normalizeId("grants", id);
      const grant = grantId && (await ctx.db.get("grants", grantId));
      if (!grant) continue;
      if (!isOver(grant)) {
        next = Math.min(next, endOf(grant) ?? Infinity);
        continue;
      }
      const document = await ctx.db.get("documents", grant.documentId);
      if (document) await drop(ctx, document, [grant]);
      else await ctx.db.delete("grants", grant._id);
    }
    if (next === Infinity) return { kind: "done" };
    const waitMs = Math.min(next - now, LOOK_MS);
    return { kind: "more", cursor: null, waitMs };
  },
};

/** Has grants deleted at their ends. */
export async function endLater(
  ctx: MutationCtx,
  documentId: Id<"documents">,
  grants: { id: Id<"grants">; at: number }[],
): Promise<void> {
  if (grants.length === 0) return;
  const ids = grants.map(({ id }) => id);
  const soon = Date.now() + LOOK_MS;
  const at = Math.min(...grants.map((grant) => grant.at), soon);
  await startTask(ctx, grantEnds, { subject: documentId, input: { ids }, at });
}

/** Documents that are gone. The cursor is the place of the next. */
type Gone = { documentIds: string[] };

/** Deletes the grants of documents that are gone. A grant to nothing gives nothing, so nobody waits for it. */
export const grantRemoval: TaskKind<Gone> = {
  name: "grants.removal",
  maxSize: SHARING.cleanupRows,
  keepMs: 0,
  step: async (ctx, { input, cursor }, size) => {
    let at = typeof cursor === "number" ? cursor : 0;
    let removed = 0;
    for (; at < input.documentIds.length; at++) {
      const id = input.documentIds[at] ?? "";
      const documentId = ctx.db.normalizeId("documents", id);
      if (documentId === null) continue;
      const rows = await ctx.db
        .query("grants")
        .withIndex("document", (q) => q.eq("documentId", documentId))
        .take(size - removed);
      for (const { _id } of rows) await ctx.db.delete("grants", _id);
      removed += rows.length;
      if (removed === size) {
        return { kind: "more", cursor: at, counts: { removed } };
      }
    }
    return { kind: "done", counts: { removed } };
  },
};

/** Has the grants of documents deleted that are gone. */
export async function removeGrantsOf(
  ctx: MutationCtx,
  documentIds: string[],
): Promise<void> {
  for (let at = 0; at < documentIds.length; at += SHARING.cleanupIds) {
    const few = documentIds.slice(at, at + SHARING.cleanupIds);
    const input = { documentIds: few };
    await startTask(ctx, grantRemoval, { subject: "", input });
  }
}

type Row = Doc<"documents">;

/** After a write that is settled: what was given of documents that are gone goes, and of those that have changed hands. */
export async function settleGrants(
  ctx: MutationCtx,
  changes: { before: Row | null; after: Pick<Row, "ownerId"> | null }[],
): Promise<void> {
  const gone: string[] = [];
  for (const { before, after } of changes) {
    if (!before?.shared) continue;
    if (after === null) gone.push(before._id);
    else if (after.ownerId !== before.ownerId) {
      await handOver(ctx, { ...before, ownerId: after.ownerId });
    }
  }
  await removeGrantsOf(ctx, gone);
}
