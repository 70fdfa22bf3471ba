/**
 * convex-helpers' row-level security: rules on the owner, asked by a wrapped `ctx.db`.
 */
import {
  wrapDatabaseReader,
  wrapDatabaseWriter,
} from "convex-helpers/server/rowLevelSecurity";
import {
  defineSchema,
  defineTable,
  type DataModelFromSchemaDefinition,
  type GenericMutationCtx,
  type GenericQueryCtx,
} from "convex/server";
import { getDocumentSize, type GenericId } from "convex/values";
import { CHANGE } from "../document.js";
import { definePeer } from "./peer.js";
import { columns, row } from "./table.js";

const schema = defineSchema({
  documents: defineTable(columns).index("owner", ["ownerId", "updatedAt"]),
});

type Model = DataModelFromSchemaDefinition<typeof schema>;
type Id = GenericId<"documents">;

const owns = async (
  { userId }: { userId: string },
  { ownerId }: { ownerId: string },
) => ownerId === userId;
const rules = { documents: { read: owns, modify: owns, insert: owns } };

async function userId({ auth }: Pick<GenericQueryCtx<Model>, "auth">) {
  return (await auth.getUserIdentity())?.subject ?? "";
}

async function reader(ctx: GenericQueryCtx<Model>) {
  const user = { userId: await userId(ctx) };
  return wrapDatabaseReader(user, ctx.db, rules, { defaultPolicy: "deny" });
}

async function writer(ctx: GenericMutationCtx<Model>) {
  const user = { userId: await userId(ctx) };
  return wrapDatabaseWriter(user, ctx.db, rules, { defaultPolicy: "deny" });
}

async function create(
  ctx: GenericMutationCtx<Model>,
  amount = 1,
): Promise<Id[]> {
  const db = await writer(ctx);
  const ids: Id[] = [];
  for (let n = 0; n < amount; n += 1) {
    ids.push(await db.insert("documents", row(n)));
  }
  return ids;
}

async function update(ctx: GenericMutationCtx<Model>, ids: Id[]) {
  const db = await writer(ctx);
  for (const id of ids) {
    await db.patch("documents", id, { ...CHANGE, updatedAt: Date.now() });
  }
}

async function remove(ctx: GenericMutationCtx<Model>, ids: Id[]) {
  const db = await writer(ctx);
  for (const id of ids) await db.delete("documents", id);
}

async function list(ctx: GenericQueryCtx<Model>, cursor: string | null) {
  const db = await reader(ctx);
  const ownerId = await userId(ctx);
  return await db
    .query("documents")
    .withIndex("owner", (q) => q.eq("ownerId", ownerId))
    .order("desc")
    .paginate({ numItems: 20, cursor });
}

export const rowLevelSecurity = definePeer({
  name: "convex-helpers RLS",
  schema,
  documentBytes: async (app) => {
    const [id] = await app.write((ctx) => create(ctx));
    return await app.read(async (ctx) => {
      const found = id && (await (await reader(ctx)).get("documents", id));
      return found ? getDocumentSize(found) : 0;
    });
  },
  operations: {
    create: (app) => app.mutation((ctx) => create(ctx)),
    "get own": async (app) => {
      const [id] = await app.write((ctx) => create(ctx));
      return await app.query(async (ctx) =>
        (await reader(ctx)).get("documents", id!),
      );
    },
    "update own": async (app) => {
      const ids = await app.write((ctx) => create(ctx));
      return await app.mutation((ctx) => update(ctx, ids));
    },
    "remove own": async (app) => {
      const ids = await app.write((ctx) => create(ctx));
      return await app.mutation((ctx) => remove(ctx, ids));
    },
    "list, page of 20": async (app) => {
      await app.write((ctx) => create(ctx, 100));
      return await app.query((ctx) => list(ctx, null));
    },
    "list, second page of 20": async (app) => {
      await app.write((ctx) => create(ctx, 100));
      const { continueCursor } = await app.read((ctx) => list(ctx, null));
      return await app.query((ctx) => list(ctx, continueCursor));
    },
    "create 100": (app) => app.mutation((ctx) => create(ctx, 100)),
    "update 100 own": async (app) => {
      const ids = await app.write((ctx) => create(ctx, 100));
      return await app.mutation((ctx) => update(ctx, ids));
    },
    "remove 100 own": async (app) => {
      const ids = await app.write((ctx) => create(ctx, 100));
      return await app.mutation((ctx) => remove(ctx, ids));
    },
  },
});
