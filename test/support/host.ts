/**
 * A host app in memory: the component mounted under a name, and users who call.
 */
import { convexTest } from "convex-test";
import {
  componentsGeneric,
  defineSchema,
  defineTable,
  type GenericMutationCtx,
  type DataModelFromSchemaDefinition,
  type TransactionLimits,
} from "convex/server";
import { v } from "convex/values";
import { Docs } from "../../src/client/index.js";
import type { ComponentApi } from "../../src/component/_generated/component.js";
import type { DocsArgs } from "../../src/client/index.js";
import { register } from "../../src/test.js";

/** A table of the host's own, to see what commits together and what rolls back. */
export const hostSchema = defineSchema({
  audit: defineTable({ line: v.string() }),
});
export type HostCtx = GenericMutationCtx<
  DataModelFromSchemaDefinition<typeof hostSchema>
>;

export const components = componentsGeneric() as unknown as {
  docs: ComponentApi;
  notes: ComponentApi;
};

type Modules = Record<string, () => Promise<unknown>>;

/** A fresh deployment with Convex's own transaction limits enforced, or with tighter ones. */
export function deploy({
  mounts = ["docs"],
  limits = true,
  modules = {},
}: {
  mounts?: string[];
  limits?: true | TransactionLimits;
  modules?: Modules;
} = {}) {
  const t = convexTest({
    schema: hostSchema,
    modules: {
      "./convex/_generated/api.js": () => Promise.resolve({}),
      ...modules,
    },
    transactionLimits: limits,
  });
  for (const name of mounts) register(t, name);
  return t;
}
export type Deployment = ReturnType<typeof deploy>;
/** A deployment as one caller sees it. */
export type Caller = ReturnType<Deployment["withIdentity"]>;

/** Two users and somebody who is not signed in. */
export function people(t: Deployment) {
  return {
    ada: t.withIdentity({ subject: "ada" }),
    bob: t.withIdentity({ subject: "bob" }),
    nobody: t,
  };
}

export const fields = {
  title: v.string(),
  content: v.string(),
  summary: v.optional(v.string()),
  tags: v.optional(v.array(v.string())),
};

/** Who calls is the identity's subject. */
export const identify = async (ctx: {
  auth: { getUserIdentity(): Promise<{ subject: string } | null> };
}) => (await ctx.auth.getUserIdentity())?.subject ?? null;

export const docs = new Docs(components.docs, { fields, identify });

/** As `docs`, with a trash. */
export const docsWithTrash = new Docs(components.docs, {
  fields,
  identify,
  trash: true,
  search: ["title"],
});

/** Puts a document there and answers with its id. A private draft unless said otherwise. */
export async function seed(
  t: Deployment,
  owner: string,
  args: Partial<DocsArgs<"create", typeof fields>> = {},
): Promise<string> {
  const { id } = await t.mutation((ctx) =>
    docs.as(owner).create(ctx, { title: "Plan", content: "", ...args }),
  );
  return id;
}

/** As `seed`, many at once. */
export async function seedMany(
  t: Deployment,
  owner: string,
  count: number,
  args: Partial<DocsArgs<"create", typeof fields>> = {},
): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const length = Math.min(100, count - ids.length);
    const items = Array.from({ length }, (_, index) => ({
      title: `${owner} ${ids.length + index}`,
      content: "",
      ...args,
    }));
    const { results } = await t.mutation((ctx) =>
      docs.as(owner).batchCreate(ctx, { items }),
    );
    ids.push(...results.map((result) => (result.ok ? result.id : "")));
  }
  return ids;
}
