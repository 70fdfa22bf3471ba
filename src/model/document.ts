/**
 * One document: read by an id that came from outside, and planned writes to it. A plan has read and judged everything and
 * written nothing.
 *
 * @module
 */
import { compareValues } from "convex/values";
import type { Doc } from "../component/_generated/dataModel.js";
import type { MutationCtx, QueryCtx } from "../component/_generated/server.js";
import { mayRead, userIdRefusal, writeRefusal } from "../shared/access.js";
import { conflict, notFound } from "../shared/failures.js";
import { fieldsRefusal, merge } from "../shared/fields.js";
import type { ObjectShape } from "../shared/shape.js";
import { stage } from "../shared/stage.js";
import type { Actor, Change, Draft, Removal } from "../shared/validators.js";
import type { Plan } from "./batch.js";

type Stored = Doc<"documents">;
type Column = Exclude<
  keyof Stored,
  "_id" | "_creationTime" | "version" | "updatedAt"
>;
/** The columns that a write may set; `undefined` clears one. Version and time are not among them: every write sets those. */
type Patch = {
  [C in Column]?: object extends Pick<Stored, C>
    ? Stored[C] | undefined
    : Stored[C];
};

/** What this actor may see under this id. `null` for a missing, malformed, trashed and invisible document alike. */
export async function read(
  ctx: QueryCtx,
  actor: Actor,
  id: string,
): Promise<Stored | null> {
  const document = await find(ctx, id);
  return document && mayRead(actor, document) ? document : null;
}

export function planCreate(
  ctx: MutationCtx,
  actor: Actor,
  shape: ObjectShape,
  draft: Draft,
): Plan {
  // A user's documents are the user's. Only the system says whose it makes, and must.
  const ownerId = actor.kind === "user" ? actor.id : (draft.ownerId ?? "");
  const refusal =
    userIdRefusal("ownerId", ownerId) ?? fieldsRefusal(shape, draft.fields);
  if (refusal) return { refusal };
  const { fields, status = "draft", isPublic = false } = draft;
  const now = Date.now();
  const row = {
    ownerId,
    isPublic,
    fields,
    version: 1,
    updatedAt: now,
    ...stage(status, now),
  };
  return {
    write: async () => ({
      id: await ctx.db.insert("documents", row),
      version: row.version,
    }),
  };
}

export async function planUpdate(
  ctx: MutationCtx,
  actor: Actor,
  shape: ObjectShape,
  change: Change,
): Promise<Plan> {
  const found = await findToWrite(ctx, actor, change);
  if (found.refusal) return found;
  const { document } = found;
  const { status, isPublic = document.isPublic } = change;
  const fields = merge(document.fields, change.set, change.unset);
  const refusal = fieldsRefusal(shape, fields);
  if (refusal) return { refusal };
  const staged =
    status === undefined || status === document.status
      ? {}
      : { archivedAt: undefined, ...stage(status, Date.now()) };
  return planPatch(ctx, document, { fields, isPublic, ...staged });
}

export async function planRemove(
  ctx: MutationCtx,
  actor: Actor,
  removal: Removal,
): Promise<Plan> {
  const found = await findToWrite(ctx, actor, removal);
  if (found.refusal) return found;
  const { _id: id, version } = found.document;
  return {
    write: async () => {
      await ctx.db.delete("documents", id);
      return { id, version };
    },
  };
}

/** A write that would change nothing writes nothing: no version, no conflict, no query re-run for anybody. */
function planPatch(ctx: MutationCtx, document: Stored, patch: Patch): Plan {
  const { _id: id, version } = document;
  const changed = Object.entries(patch).some(
    ([column, value]) =>
      compareValues(value, document[column as Column]) !== 0,
  );
  if (!changed) return { write: () => Promise.resolve({ id, version }) };
  const bump = { version: version + 1, updatedAt: Date.now() };
  return {
    write: async () => {
      await ctx.db.patch("documents", id, { ...patch, ...bump });
      return { id, version: bump.version };
    },
  };
}

/** The document under a caller's id, if this actor may write it and it is at the version the caller edited. */
async function findToWrite(
  ctx: QueryCtx,
  actor: Actor,
  { id, ifVersion }: { id: string; ifVersion?: number | undefined },
): Promise<
  | { document: Stored; refusal?: never }
  | Extract<Plan, { refusal: object }>
> {
  const document = await find(ctx, id);
  if (document === null) return { refusal: notFound(id) };
  const refusal = writeRefusal(actor, document, id);
  if (refusal) return { refusal };
  if (ifVersion !== undefined && ifVersion !== document.version) {
    return { refusal: conflict(id, ifVersion, document.version) };
  }
  return { document };
}

async function find(ctx: QueryCtx, id: string): Promise<Stored | null> {
  const documentId = ctx.db.normalizeId("documents", id);
  if (documentId === null) return null;
  const document = await ctx.db.get("documents", documentId);
  return document?.deletedAt === undefined ? document : null;
}
