/**
 * convex-ents with rules on the owner.
 */
import {
  addEntRules,
  defineEnt,
  defineEntSchema,
  entsTableFactory,
  getEntDefinitions,
} from "convex-ents";
import {
  defineSchema,
  defineTable,
  type DataModelFromSchemaDefinition,
  type GenericMutationCtx,
  type GenericQueryCtx,
} from "convex/server";
// The declarations of convex-ents are CommonJS, so the `ctx` they know is the one of convex's CommonJS declarations.
import type {
  GenericMutationCtx as EntMutationCtx,
  GenericQueryCtx as EntQueryCtx,
} from "convex/server" with { "resolution-mode": "require" };
import { getDocumentSize, type GenericId } from "convex/values";
import { CHANGE } from "../document.js";
import { definePeer } from "./peer.js";
import { columns, row } from "./table.js";

const definitions = getEntDefinitions(
  defineEntSchema({
    documents: defineEnt(columns).index("owner", ["ownerId", "updatedAt"]),
  }),
);
/** The table that an ent without edges is, in the types of this module. */
const schema = defineSchema({
  documents: defineTable(columns).index("owner", ["ownerId", "updatedAt"]),
});

type Model = DataModelFromSchemaDefinition<typeof schema>;
type Id = GenericId<"documents">;

function rulesOf(userId: string) {
  return addEntRules(definitions, {
    documents: {
      read: async (ent) => ent.ownerId === userId,
      write: async ({ operation, ent, value }) =>
        operation === "create"
          ? value.ownerId === userId
          : ent.ownerId === userId,
    },
  });
}

async function userId({ auth }: Pick<GenericQueryCtx<Model>, "auth">) {
  return (await auth.getUserIdentity())?.subject ?? "";
}

async function reader(ctx: GenericQueryCtx<Model>) {
  const entCtx = ctx as unknown as EntQueryCtx<Model>;
  return entsTableFactory(entCtx, rulesOf(await userId(ctx)));
}

async function writer(ctx: GenericMutationCtx<Model>) {
  const entCtx = ctx as unknown as EntMutationCtx<Model>;
  return entsTableFactory(entCtx, rulesOf(await userId(ctx)));
}

async function create(
  ctx: GenericMutationCtx<Model>,
  amount = 1,
): Promise<Id[]> {
  const table = await writer(ctx);
  const ids: Id[] = [];
  for (let n = 0; n < amount; n += 1) {
    ids.push(await table("documents").insert(row(n)));
  }
  return ids;
}

async function update(ctx: GenericMutationCtx<Model>, ids: Id[]) {
  const table = await writer(ctx);
  for (const id of ids) {
    await table("documents")
      .getX(id)
      .patch({ ...CHANGE, updatedAt: Date.now() });
  }
}

async function remove(ctx: GenericMutationCtx<Model>, ids: Id[]) {
  const table = await writer(ctx);
  for (const id of ids) await table("documents").getX(id).delete();
}

async function list(ctx: GenericQueryCtx<Model>, cursor: string | null) {
  const table = await reader(ctx);
  const ownerId = await userId(ctx);
  return await table("documents", "owner", (q) => q.eq("ownerId", ownerId))
    .order("desc")
    .paginate({ numItems: 20, cursor });
}

export const ents = definePeer({
  name: "convex-ents rules",
  schema,
  documentBytes: async (app) => {
    const [id] = await app.write((ctx) => create(ctx));
    return await app.read(async (ctx) => {
      const ent = await (await reader(ctx))("documents").getX(id!);
      return getDocumentSize(ent.doc());
    });
  },
  operations: {
    create: (app) => app.mutation((ctx) => create(ctx)),
    "get own": async (app) => {
      const [id] = await app.write((ctx) => create(ctx));
      return await app.query(async (ctx) => {
        await (await reader(ctx))("documents").getX(id!);
      });
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
      const cursor = await app.read(
        async (ctx) => (await list(ctx, null)).continueCursor,
      );
      return await app.query((ctx) => list(ctx, cursor));
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
