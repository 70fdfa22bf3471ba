/**
 * Reading the history of a document, and naming what is in it. Who may change a document and, where the host's `access` is asked,
 * may see its history. To anybody else there is none, whether or not the document is there.
 *
 * @module
 */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import {
  actorRefusal,
  nameRefusal,
  refusalOf,
  type Who,
} from "../../shared/access.js";
import { PAGE, type Fields } from "../../shared/documents.js";
import { END } from "../../shared/cursor.js";
import { fail, invalidAt, notFound, onHold } from "../../shared/failures.js";
import { HISTORY, type Head, type Revision } from "../../shared/history.js";
import { NEEDS } from "../../shared/roles.js";
import { findDocument, type StoredRow } from "../documents/read.js";
import { pageOf, type List } from "../paginate.js";
import { withGrants } from "../sharing/standing.js";
import { deleteRevision, headOf, type RevisionRow } from "./archive.js";
import { copyOf } from "./publication.js";

/**
 * The document, if this actor may see its history.
 *
 * @throws NOT_FOUND; FORBIDDEN for one that the actor may only read
 */
async function findWithHistory(
  ctx: QueryCtx,
  who: Who,
  id: string,
): Promise<StoredRow> {
  const document = await findDocument(ctx, id);
  const refusal = document
    ? await historyRefusal(ctx, who, document, id)
    : notFound(id);
  if (document === null || refusal) throw fail(refusal ?? notFound(id));
  return document;
}

/** The same for a query, which has an answer for everybody: `null`. */
async function findOrNull(
  ctx: QueryCtx,
  who: Who,
  id: string,
): Promise<StoredRow | null> {
  const document = await findDocument(ctx, id);
  const refusal = document && (await historyRefusal(ctx, who, document, id));
  return refusal ? null : document;
}

async function historyRefusal(
  ctx: QueryCtx,
  who: Who,
  document: StoredRow,
  id: string,
) {
  const asks = await withGrants(ctx, who, document);
  return refusalOf(asks, document, id, NEEDS.history);
}

/** A page of a document's contents, the newest first. The first page begins with the present one, which its size does not count. */
export async function listRevisions(
  ctx: QueryCtx,
  who: Who,
  id: string,
  options: PaginationOptions,
): Promise<PaginationResult<Revision>> {
  const document = await findOrNull(ctx, who, id);
  if (!document) return { page: [], isDone: true, continueCursor: END };
  const found = await pageOf(revisionsOf(ctx, document), "desc", PAGE, options);
  const present = options.cursor === null ? [presentOf(document)] : [];
  return { ...found, page: [...present, ...found.page.map(pastOf)] };
}

function revisionsOf(ctx: QueryCtx, { _id }: StoredRow): List<RevisionRow> {
  return {
    open: (segment) =>
      ctx.db
        .query("revisions")
        .withIndex("document", (q) => segment(q.eq("documentId", _id))),
    fields: ["version", "_creationTime", "_id"],
    positionOf: (row) => [row.version, row._creationTime, row._id],
  };
}

/**
 * What a document contained at a version. `null`: that is not kept, because it was a step on the way to the next or has been deleted,
 * or this actor may not see it.
 */
export async function getRevision(
  ctx: QueryCtx,
  who: Who,
  id: string,
  version: number,
): Promise<(Revision & { fields: Fields }) | null> {
  const document = await findOrNull(ctx, who, id);
  return document && (await contentAt(ctx, document, version));
}

/**
 * What a revert needs: the document as it is, and what it contained at a version.
 *
 * @throws NOT_FOUND; FORBIDDEN; VALIDATION_FAILED for a version that is not kept
 */
export async function sourceOf(
  ctx: QueryCtx,
  who: Who,
  id: string,
  version: number,
): Promise<{ version: number; fields: Fields; content: Fields }> {
  const refused = actorRefusal(who.actor);
  if (refused) throw fail(refused);
  const document = await findWithHistory(ctx, who, id);
  const revision = await contentAt(ctx, document, version);
  if (!revision) throw fail(invalidAt("to", NOT_KEPT));
  const { version: present, fields } = document;
  return { version: present, fields, content: revision.fields };
}

const NOT_KEPT = "is not a version whose content is kept.";

async function contentAt(
  ctx: QueryCtx,
  document: StoredRow,
  version: number,
): Promise<(Revision & { fields: Fields }) | null> {
  if (isPresent(document, version)) {
    return { ...presentOf(document), fields: document.fields };
  }
  const row = await findRevision(ctx, document, version);
  const fields = row && (await fieldsOf(ctx, row));
  return row && fields && { ...pastOf(row), fields };
}

function isPresent(document: StoredRow, version: number): boolean {
  return version >= headOf(document).version && version <= document.version;
}

/** The revision whose content the document had at a version. */
async function findRevision(
  ctx: QueryCtx,
  { _id }: StoredRow,
  version: number,
): Promise<RevisionRow | null> {
  const row = await ctx.db
    .query("revisions")
    .withIndex("document", (q) =>
      q.eq("documentId", _id).lte("version", version),
    )
    .order("desc")
    .first();
  return row && version <= row.upTo ? row : null;
}

/** What a document contained before, from behind a version on, the oldest first. */
export async function* contentsOf(
  ctx: QueryCtx,
  documentId: Id<"documents">,
  after: number,
): AsyncGenerator<Revision & { fields: Fields }> {
  const rows = ctx.db
    .query("revisions")
    .withIndex("document", (q) =>
      q.eq("documentId", documentId).gt("version", after),
    );
  for await (const row of rows) {
    const fields = await fieldsOf(ctx, row);
    yield { ...pastOf(row), fields: fields ?? {} };
  }
}

async function fieldsOf(
  ctx: QueryCtx,
  { fields, bodyId }: RevisionRow,
): Promise<Fields | null> {
  if (fields) return fields;
  const body = bodyId && (await ctx.db.get("revisionBodies", bodyId));
  return body ? body.fields : null;
}

/* Names. */

/**
 * Names a content, or with `null` takes its name back. Brings no version: nothing that a reader sees has changed.
 *
 * @throws NOT_FOUND; FORBIDDEN; VALIDATION_FAILED
 */
export async function nameRevision(
  ctx: MutationCtx,
  who: Who,
  { id, version, name }: { id: string; version: number; name: string | null },
): Promise<void> {
  const refused =
    actorRefusal(who.actor) ??
    (name === null ? null : nameRefusal("name", name, HISTORY.maxName));
  if (refused) throw fail(refused);
  const document = await findWithHistory(ctx, who, id);
  const head = headOf(document);
  const isHead = isPresent(document, version);
  const row = isHead ? null : await findRevision(ctx, document, version);
  if (!isHead && !row) throw fail(invalidAt("version", NOT_KEPT));
  const before = row ? row.name : head.name;
  if (before === (name ?? undefined)) return;
  const next = {
    ...(isHead ? withName(head, name) : head),
    named: namedAfter(head, before, name),
  };
  if (row)
    await ctx.db.patch("revisions", row._id, { name: name ?? undefined });
  // The number of names changes seldom, and the document with it: its readers' queries run again.
  if (isHead || next.named !== (head.named ?? 0)) {
    await ctx.db.patch("documents", document._id, { head: next });
  }
}

function withName({ name: _name, ...head }: Head, name: string | null): Head {
  return name === null ? head : { ...head, name };
}

function namedAfter(
  { named = 0 }: Head,
  before: string | undefined,
  name: string | null,
): number {
  const more = Number(name !== null) - Number(before !== undefined);
  if (more > 0 && named >= HISTORY.maxNamed) {
    const problem = `is one too many: ${HISTORY.maxNamed} contents of this document have one.`;
    throw fail(invalidAt("name", problem));
  }
  return Math.max(0, named + more);
}

/* Forgetting. */

/**
 * Deletes what a document contained at a version, named or not. Its other contents stay.
 *
 * @throws NOT_FOUND; FORBIDDEN for one that is held; VALIDATION_FAILED for its present content, for what is published of it, and for one
 * that is not kept
 */
export async function forgetRevision(
  ctx: MutationCtx,
  id: string,
  version: number,
): Promise<void> {
  const document = await findDocument(ctx, id);
  if (document === null) throw fail(notFound(id));
  if (document.held) throw fail(onHold(id));
  if (isPresent(document, version)) {
    const problem = "is its present content. Change the document first.";
    throw fail(invalidAt("version", problem));
  }
  const row = await findRevision(ctx, document, version);
  if (!row) throw fail(invalidAt("version", NOT_KEPT));
  const copy = await copyOf(ctx, document);
  if (copy && copy.version >= row.version && copy.version <= row.upTo) {
    const problem =
      "is what is published of it. Publish the document, or take it off, first.";
    throw fail(invalidAt("version", problem));
  }
  await deleteRevision(ctx, row);
  if (row.name === undefined) return;
  const head = headOf(document);
  const named = namedAfter(head, row.name, null);
  await ctx.db.patch("documents", document._id, { head: { ...head, named } });
}

/* What is shown. */

function presentOf(document: StoredRow): Revision {
  const { since: _since, n: _n, named: _named, ...known } = headOf(document);
  return { ...known, upTo: document.version };
}

function pastOf(row: RevisionRow): Revision {
  const { _id, _creationTime, documentId: _documentId, n: _n, ...known } = row;
  const { fields: _fields, bodyId: _bodyId, ...shown } = known;
  return { ...shown, until: Math.floor(_creationTime) };
}
