/**
 * Functions written by hand, as the user's own examples have them: an owner check before a single write, none in the batch,
 * and a cleanup that collects.
 */
import {
  defineSchema,
  defineTable,
  type DataModelFromSchemaDefinition,
  type GenericMutationCtx,
  type GenericQueryCtx,
} from "convex/server";
import { ConvexError, getDocumentSize, type GenericId } from "convex/values";
import { CHANGE } from "../document.js";
import { definePeer } from "./peer.js";
import { columns, row } from "./table.js";

export const schema = defineSchema({
  documents: defineTable(columns)
    .index("owner", ["ownerId", "updatedAt"])
    .index("public", ["isPublic", "status", "updatedAt"])
    .index("cleanup", ["status", "createdAt"]),
});

type Model = DataModelFromSchemaDefinition<typeof schema>;
export type MutationCtx = GenericMutationCtx<Model>;
type QueryCtx = GenericQueryCtx<Model>;
type Id = GenericId<"documents">;

async function userId(ctx: Pick<QueryCtx, "auth">): Promise<string> {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) throw new ConvexError("UNAUTHORIZED");
  return identity.subject;
}

async function create(ctx: MutationCtx, n: number): Promise<Id> {
  const ownerId = await userId(ctx);
  return await ctx.db.insert("documents", { ...row(n), ownerId });
}

async function createMany(ctx: MutationCtx, amount: number): Promise<Id[]> {
  const ids: Id[] = [];
  for (let n = 0; n < amount; n += 1) ids.push(await create(ctx, n));
  return ids;
}

async function getOwn(ctx: QueryCtx, id: Id) {
  const ownerId = await userId(ctx);
  const document = await ctx.db.get("documents", id);
  if (document === null) throw new ConvexError({ code: "NOT_FOUND" });
  if (document.ownerId !== ownerId)
    throw new ConvexError({ code: "FORBIDDEN" });
  return document;
}

async function update(ctx: MutationCtx, id: Id): Promise<void> {
  await getOwn(ctx, id);
  const patch = { ...CHANGE, updatedAt: Date.now() };
  await ctx.db.patch("documents", id, patch);
}

async function remove(ctx: MutationCtx, id: Id): Promise<void> {
  await getOwn(ctx, id);
  await ctx.db.delete("documents", id);
}

async function updateMany(ctx: MutationCtx, ids: Id[]): Promise<void> {
  await userId(ctx);
  for (const id of ids) {
    await ctx.db.patch("documents", id, {
      status: "published",
      updatedAt: Date.now(),
    });
  }
}

async function list(ctx: QueryCtx, cursor: string | null) {
  const ownerId = await userId(ctx);
  return await ctx.db
    .query("documents")
    .withIndex("owner", (q) => q.eq("ownerId", ownerId))
    .order("desc")
    .paginate({ numItems: 20, cursor });
}

async function listPublic(ctx: QueryCtx) {
  return await ctx.db
    .query("documents")
    .withIndex("public", (q) =>
      q.eq("isPublic", true).eq("status", "published"),
    )
    .order("desc")
    .paginate({ numItems: 20, cursor: null });
}

/** Deletes every draft from before a time, in one transaction. */
export async function cleanUp(ctx: MutationCtx, before: number): Promise<void> {
  const drafts = await ctx.db
    .query("documents")
    .withIndex("cleanup", (q) =>
      q.eq("status", "draft").lt("createdAt", before),
    )
    .collect();
  for (const { _id } of drafts) await ctx.db.delete("documents", _id);
}

export const snippet = definePeer({
  name: "written by hand",
  schema,
  documentBytes: async (app) => {
    const id = await app.write((ctx) => create(ctx, 0));
    return await app.read(async (ctx) =>
      getDocumentSize(await getOwn(ctx, id)),
    );
  },
  operations: {
    create: (app) => app.mutation((ctx) => create(ctx, 0)),
    "get own": async (app) => {
      const id = await app.write((ctx) => create(ctx, 0));
      return await app.query((ctx) => getOwn(ctx, id));
    },
    "update own": async (app) => {
      const id = await app.write((ctx) => create(ctx, 0));
      return await app.mutation((ctx) => update(ctx, id));
    },
    "remove own": async (app) => {
      const id = await app.write((ctx) => create(ctx, 0));
      return await app.mutation((ctx) => remove(ctx, id));
    },
    "list, page of 20": async (app) => {
      await app.write((ctx) => createMany(ctx, 100));
      return await app.query((ctx) => list(ctx, null));
    },
    "list, second page of 20": async (app) => {
      await app.write((ctx) => createMany(ctx, 100));
      const { continueCursor } = await app.read((ctx) => list(ctx, null));
      return await app.query((ctx) => list(ctx, continueCursor));
    },
    "list public, page of 20": async (app) => {
      await app.write(async (ctx) => {
        for (let n = 0; n < 100; n += 1) {
          const status = "published" as const;
          await ctx.db.insert("documents", {
            ...row(n),
            status,
            isPublic: true,
          });
        }
      });
      return await app.query((ctx) => listPublic(ctx));
    },
    "create 100": (app) => app.mutation((ctx) => createMany(ctx, 100)),
    "update 100 own": async (app) => {
      const ids = await app.write((ctx) => createMany(ctx, 100));
      return await app.mutation((ctx) => updateMany(ctx, ids));
    },
    "clean up 100 drafts": async (app) => {
      await app.write((ctx) => createMany(ctx, 100));
      return await app.mutation((ctx) => cleanUp(ctx, Date.now()));
    },
  },
});
