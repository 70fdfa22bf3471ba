/**
 * What a person has left in documents of others: their id as the author of contents, and as who gave roles. The contents are the
 * documents' and stay; nobody can tell any more whose they were.
 *
 * @module
 */
import { getDocumentSize, type Value } from "convex/values";
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { onHold } from "../../shared/failures.js";
import type { Head } from "../../shared/history.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import type { TaskFailure } from "../engine/task.js";
import { grantsOf } from "../sharing/grant.js";
import { toGrantItem } from "./granted.js";
import { Budget, stepped, type Found, type Holding } from "./holding.js";

export const contributed: Holding = {
  name: "contributions",
  columns: [
    "contributions.by",
    "documents.updatedBy",
    "documents.head.by",
    "revisions.by",
    "grants.grantedBy",
  ],
  erase: async (ctx, { userId }, place, size) => {
    const budget = new Budget(size);
    const counts = { anonymized: 0 };
    const failures: TaskFailure[] = [];
    const from = place as Place | null;
    for await (const row of contributionsFrom(ctx, userId, from)) {
      const { documentId } = row;
      const done = from?.documentId === documentId ? from.version : -1;
      const behind = (version: number) =>
        stepped({ documentId, version }, counts, failures);
      if (budget.isSpent) return behind(done);
      const document = await ctx.db.get("documents", documentId);
      if (document?.held) {
        // Evidence says who it is of.
        failures.push({ id: documentId, error: onHold(documentId) });
        budget.note(document, 0);
        continue;
      }
      if (done === -1) {
        counts.anonymized += await stripDocument(ctx, row, document, budget);
      }
      const at = await stripRevisions(ctx, row, done, budget, counts);
      if (at !== null) return behind(at);
      await ctx.db.delete("contributions", row._id);
      budget.note(row, 1);
    }
    return stepped(undefined, counts, failures);
  },
  read: readContributed,
};

/** A document, and the last version of it that is done. */
type Place = { documentId: string; version: number };

function contributionsFrom(
  ctx: QueryCtx,
  userId: string,
  place: Pick<Place, "documentId"> | null,
) {
  // Made of an id that was read.
  const from = place?.documentId as Id<"documents"> | undefined;
  return ctx.db.query("contributions").withIndex("by", (q) => {
    const mine = q.eq("by", userId);
    return from === undefined ? mine : mine.gte("documentId", from);
  });
}

/** Takes the id from a document and its grants. Returns how many rows had it. */
async function stripDocument(
  ctx: MutationCtx,
  { by: userId, documentId }: Doc<"contributions">,
  document: Doc<"documents"> | null,
  budget: Budget,
): Promise<number> {
  let stripped = 0;
  const without = document ? withoutName(document, userId) : {};
  if (document && Object.keys(without).length > 0) {
    await ctx.db.patch("documents", documentId, without);
    budget.note(document, 1);
    stripped += 1;
  }
  for (const grant of await grantsOf(ctx, documentId)) {
    const isTheirs = grant.grantedBy === userId;
    budget.note(grant, Number(isTheirs));
    if (!isTheirs) continue;
    await ctx.db.patch("grants", grant._id, { grantedBy: undefined });
    stripped += 1;
  }
  return stripped;
}

/** The columns of a document that name somebody, without the name. */
function withoutName(
  { head, updatedBy }: Doc<"documents">,
  userId: string,
): { head?: Head; updatedBy?: undefined } {
  const unsigned = updatedBy === userId ? { updatedBy: undefined } : {};
  if (head?.by !== userId) return unsigned;
  const { by: _, ...unnamed } = head;
  return { ...unsigned, head: unnamed };
}

/** Takes the id from the revisions behind a version. Returns the version it got to; `null`: the last. */
async function stripRevisions(
  ctx: MutationCtx,
  { by: userId, documentId }: Doc<"contributions">,
  after: number,
  budget: Budget,
  counts: { anonymized: number },
): Promise<number | null> {
  let at = after;
  for await (const row of revisionsBehind(ctx, documentId, after)) {
    if (budget.isSpent) return at;
    const isTheirs = row.by === userId;
    if (isTheirs) await ctx.db.patch("revisions", row._id, { by: undefined });
    counts.anonymized += Number(isTheirs);
    budget.note(row, Number(isTheirs));
    at = row.version;
  }
  return budget.isSpent ? at : null;
}

function revisionsBehind(
  ctx: QueryCtx,
  documentId: Id<"documents">,
  version: number,
) {
  return ctx.db
    .query("revisions")
    .withIndex("document", (q) =>
      q.eq("documentId", documentId).gt("version", version),
    );
}

/** Of each document of another's: the roles that they gave, and when they wrote what it contains or contained. */
async function* readContributed(
  ctx: QueryCtx,
  { userId }: { userId: string },
  place: Value | null,
): AsyncGenerator<Found> {
  const from = place as Place | null;
  for await (const row of contributionsFrom(ctx, userId, from)) {
    const { documentId } = row;
    const done = from?.documentId === documentId ? from.version : -1;
    const document = await ctx.db.get("documents", documentId);
    // What is their own is given to them whole.
    if (!document || document.ownerId === userId) continue;
    if (done === -1) {
      const grants = await grantsOf(ctx, documentId);
      const given = grants.filter(({ grantedBy }) => grantedBy === userId);
      const { head, version, updatedAt: at } = document;
      const isAuthor = head?.by === userId;
      const isLast = document.updatedBy === userId && head?.version !== version;
      yield {
        items: [
          ...given.map(toGrantItem),
          ...(isAuthor ? [toItem(documentId, head)] : []),
          ...(isLast ? [toItem(documentId, { version, at })] : []),
        ],
        bytes: getDocumentSize(document),
        behind: { documentId, version: 0 },
      };
    }
    for await (const past of revisionsBehind(ctx, documentId, done)) {
      yield {
        items: past.by === userId ? [toItem(documentId, past)] : [],
        bytes: getDocumentSize(past),
        behind: { documentId, version: past.version },
      };
    }
  }
}

type Written = { version: number; at: number; reason?: string };

function toItem(documentId: string, { version, at, reason }: Written) {
  const known = { documentId, version, at, ...omitUndefined({ reason }) };
  return { kind: "contribution" as const, ...known };
}
