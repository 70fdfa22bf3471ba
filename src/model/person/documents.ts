/**
 * A person's own documents, with all that belongs to them. Removing one begins its clean-up like any deletion: revisions, grants and
 * contributions go in the background.
 *
 * @module
 */
import { getDocumentSize, type Value } from "convex/values";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { BULK, type WorkerCall } from "../../shared/bulk.js";
import { encodeCursor, END } from "../../shared/cursor.js";
import type { Copy } from "../../shared/documents.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { onHold } from "../../shared/failures.js";
import { PERSON, type StoredExportItem } from "../../shared/person.js";
import { documentList, toPublic, type StoredRow } from "../documents/read.js";
import { callWorker, type HostResult } from "../engine/host.js";
import type { TaskFailure } from "../engine/task.js";
import { copyOf } from "../history/publication.js";
import { contentsOf } from "../history/read.js";
import { decodeCursor, walkList } from "../paginate.js";
import { removeRows } from "../retention/remove.js";
import { grantsOf } from "../sharing/grant.js";
import { stepped, type Erasing, type Found, type Holding } from "./holding.js";
import { toGrantItem } from "./granted.js";

/** Their documents, outside the trash or in it. */
export function ownDocuments(trashed: boolean): Holding {
  const page = async (
    ctx: QueryCtx,
    { userId: ownerId }: Erasing,
    place: Value | null,
    limit: number,
  ) => {
    const list = documentList(ctx, { of: "owner", ownerId, trashed });
    const span = { start: positionAt(place), end: null };
    const bounds = { limit, maxBytes: BULK.stepBytes };
    const { rows, next } = await walkList(list, "asc", span, bounds);
    const behind = (row: StoredRow) => encodeCursor(list.positionOf(row));
    return { rows, next, behind };
  };
  return {
    name: trashed ? "trash" : "documents",
    columns: trashed ? [] : OWN_COLUMNS,
    erase: async (ctx, erasing, place, size) => {
      const limit = Math.min(size, PERSON.stepDocuments);
      const { rows, next, behind } = await page(ctx, erasing, place, limit);
      const free = rows.filter(({ held }) => !held);
      const operation = trashed ? "purge" : "remove";
      const result = await removeAll(ctx, erasing, operation, free);
      if (result.kind === "missing") {
        return { kind: "missing", name: erasing.worker ?? "" };
      }
      if (result.kind === "failed") {
        return { ...result, taken: free.length };
      }
      const first = free[result.value.length];
      const taken = first ? rows.slice(0, rows.indexOf(first)) : rows;
      const failures = taken.flatMap((row): TaskFailure[] => {
        const error = row.held
          ? onHold(row._id)
          : (result.value[free.indexOf(row)] ?? null);
        return error ? [{ id: row._id, error }] : [];
      });
      const last = taken.at(-1);
      const isOver = next === null && taken.length === rows.length;
      const rest = isOver ? undefined : last ? behind(last) : place;
      const documents = taken.length - failures.length;
      return stepped(rest, { documents }, failures);
    },
    itemAt: async (ctx, erasing, place) => {
      const { rows, behind } = await page(ctx, erasing, place, 1);
      const [row] = rows;
      return row ? { id: row._id, behind: behind(row) } : null;
    },
    read: (ctx, person, place) => readOwn(ctx, person.userId, trashed, place),
  };
}

/** Besides, an owner's id lies in what belongs to a document, and goes with it. */
const OWN_COLUMNS = [
  "documents.ownerId",
  "publications.ownerId",
  "entries.scope",
];

/** Removes documents as the system, in the host's worker if there is one: why each was not removed, or `null`. */
async function removeAll(
  ctx: MutationCtx,
  { worker }: Erasing,
  operation: "remove" | "purge",
  rows: StoredRow[],
): Promise<HostResult<(DocsErrorData | null)[]>> {
  if (worker === undefined || rows.length === 0) {
    const done = await removeRows(ctx, operation, rows);
    return { kind: "ok", value: rows.slice(0, done).map(() => null) };
  }
  const call: WorkerCall = {
    actor: { kind: "system", reason: "erasure" },
    operation,
    items: rows.map(({ _id: id }) => ({ id })),
  };
  const called = await callWorker(ctx, worker, call, rows.length);
  if (called.kind !== "ok") return called;
  const refused = called.value.map((outcome) =>
    // A hook of an earlier document may have removed it.
    outcome.ok || outcome.error.code === "NOT_FOUND" ? null : outcome.error,
  );
  return { kind: "ok", value: refused };
}

function positionAt(place: Value | null) {
  const position = typeof place === "string" ? decodeCursor(place) : null;
  return position === END ? null : position;
}

/** Within a document: its position, and the version of the last revision. */
type Within = { of: string; id: string; version: number };

/** Each document, then whom it is shared with, then what it contained before. */
async function* readOwn(
  ctx: QueryCtx,
  ownerId: string,
  trashed: boolean,
  place: Value | null,
): AsyncGenerator<Found> {
  const list = documentList(ctx, { of: "owner", ownerId, trashed });
  let from = place;
  if (place !== null && typeof place === "object") {
    const { of, id, version } = place as Within;
    const documentId = ctx.db.normalizeId("documents", id);
    const row = documentId && (await ctx.db.get("documents", documentId));
    // A place may have come through a client.
    if (row?.ownerId === ownerId) yield* readPast(ctx, row, of, version);
    from = of;
  }
  for (;;) {
    const span = { start: positionAt(from), end: null };
    const { rows, next } = await walkList(list, "asc", span, { limit: 1 });
    const [row] = rows;
    if (!row) return;
    const of = encodeCursor(list.positionOf(row));
    const grants = row.shared ? await grantsOf(ctx, row._id) : [];
    const copy = await copyOf(ctx, row);
    yield {
      items: [
        { kind: "document", document: toPublic(row) },
        ...(copy ? [toPublicationItem(row, copy)] : []),
        ...grants.map(toGrantItem),
      ],
      bytes: getDocumentSize(row) + (copy ? getDocumentSize(copy) : 0),
      behind: { of, id: row._id, version: -1 },
    };
    yield* readPast(ctx, row, of, -1);
    if (next === null) return;
    from = of;
  }
}

function toPublicationItem(
  { _id }: StoredRow,
  publication: Copy,
): StoredExportItem {
  return { kind: "publication", documentId: _id, publication };
}

async function* readPast(
  ctx: QueryCtx,
  { _id }: StoredRow,
  of: string,
  after: number,
): AsyncGenerator<Found> {
  for await (const revision of contentsOf(ctx, _id, after)) {
    const { version, bytes = 0 } = revision;
    yield {
      items: [{ kind: "revision", documentId: _id, revision }],
      bytes,
      behind: { of, id: _id, version },
    };
  }
}
