/**
 * Source of two small hosts that do the same for the same fields: one with our `Docs`, one written by hand on a table of its
 * own. What the compiler does for one more than for the other is what our types cost.
 */

/** Kinds of field, in turn: what a real table mixes. */
const KINDS = [
  "v.string()",
  "v.number()",
  "v.boolean()",
  "v.optional(v.string())",
  "v.optional(v.array(v.string()))",
  `v.union(v.literal("low"), v.literal("high"))`,
  "v.object({ street: v.string(), city: v.optional(v.string()) })",
  "v.optional(v.union(v.null(), v.number()))",
  "v.record(v.string(), v.number())",
  "v.array(v.object({ at: v.number(), by: v.string() }))",
];

/** Files by name. */
export type Sources = Record<string, string>;

/** As `npx convex dev` would generate it, and a client's use of it. */
const API = `
import type { ApiFromModules, FilterApi, FunctionArgs, FunctionReference, FunctionReturnType } from "convex/server";
import type * as documents from "./documents.js";

declare const fullApi: ApiFromModules<{ documents: typeof documents }>;
export declare const api: FilterApi<typeof fullApi, FunctionReference<"query" | "mutation" | "action", "public">>;

export type CreateArgs = FunctionArgs<typeof api.documents.create>;
export type UpdateArgs = FunctionArgs<typeof api.documents.update>;
export type Page = FunctionReturnType<typeof api.documents.list>;
export const titles = (page: Page) => page.page.map((document) => document.field0);
export const change = (id: UpdateArgs["id"]): UpdateArgs => ({ id, field0: "New" });
`;

/** A host that mounts us. */
export function withDocs(fields: number): Sources {
  return {
    "api.ts": API,
    "documents.ts": `
import { Docs } from "@acme/convex-docs";
import type { ComponentApi } from "@acme/convex-docs/_generated/component.js";
import { mutationGeneric } from "convex/server";
import { v } from "convex/values";

declare const components: { docs: ComponentApi<"docs"> };
export const docs = new Docs(components.docs, {
  fields: { ${fieldsOf(fields)} },
  identify: async (ctx) => (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
});
export const { create, get, list, update, remove } = docs.api();

export const copyTitle = mutationGeneric({
  args: { from: v.string(), to: v.string() },
  handler: async (ctx, { from, to }) => {
    const { field0 } = await docs.getOrThrow(ctx, { id: from });
    await docs.update(ctx, { id: to, field0 });
    return field0.length;
  },
});
`,
  };
}

/** A host that keeps the same documents itself. */
export function byHand(fields: number): Sources {
  return {
    "api.ts": API,
    "documents.ts": `
import {
  defineSchema,
  defineTable,
  mutationGeneric,
  paginationOptsValidator,
  queryGeneric,
  type Auth,
  type DataModelFromSchemaDefinition,
  type MutationBuilder,
  type QueryBuilder,
} from "convex/server";
import { v, type GenericId } from "convex/values";

const fields = { ${fieldsOf(fields)} };
const schema = defineSchema({
  documents: defineTable({ ...fields, ownerId: v.string(), updatedAt: v.number() })
    .index("owner", ["ownerId", "updatedAt"]),
});
type Model = DataModelFromSchemaDefinition<typeof schema>;
const query = queryGeneric as QueryBuilder<Model, "public">;
const mutation = mutationGeneric as MutationBuilder<Model, "public">;

async function owner(ctx: { auth: Auth }): Promise<string> {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) throw new Error("Sign in.");
  return identity.tokenIdentifier;
}

export const create = mutation({
  args: fields,
  handler: async (ctx, args) =>
    ctx.db.insert("documents", { ...args, ownerId: await owner(ctx), updatedAt: Date.now() }),
});
export const get = query({
  args: { id: v.id("documents") },
  handler: async (ctx, { id }) => {
    const document = await ctx.db.get("documents", id);
    return document?.ownerId === (await owner(ctx)) ? document : null;
  },
});
export const list = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, { paginationOpts }) => {
    const ownerId = await owner(ctx);
    return ctx.db
      .query("documents")
      .withIndex("owner", (q) => q.eq("ownerId", ownerId))
      .order("desc")
      .paginate(paginationOpts);
  },
});
export const update = mutation({
  args: { id: v.id("documents"), ...v.object(fields).partial().fields },
  handler: async (ctx, { id, ...updates }) => {
    const document = await ctx.db.get("documents", id);
    if (document?.ownerId !== (await owner(ctx))) throw new Error("Not yours.");
    await ctx.db.patch("documents", id, { ...updates, updatedAt: Date.now() });
  },
});
export const remove = mutation({
  args: { id: v.id("documents") },
  handler: async (ctx, { id }) => {
    const document = await ctx.db.get("documents", id);
    if (document?.ownerId !== (await owner(ctx))) throw new Error("Not yours.");
    await ctx.db.delete("documents", id);
  },
});

export const copyTitle = mutation({
  args: { from: v.id("documents"), to: v.id("documents") },
  handler: async (ctx, { from, to }) => {
    const document = await ctx.db.get("documents", from);
    if (document === null) throw new Error("Not there.");
    await ctx.db.patch("documents", to, { field0: document.field0 });
    return document.field0.length;
  },
});
export type Id = GenericId<"documents">;
`,
  };
}

function fieldsOf(amount: number): string {
  return Array.from(
    { length: amount },
    (_, n) => `field${n}: ${KINDS[n % KINDS.length] ?? ""}`,
  ).join(", ");
}
