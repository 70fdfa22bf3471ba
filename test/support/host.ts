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
} from "convex/server";
import { v } from "convex/values";
import { Docs } from "../../src/client/index.js";
import type { ComponentApi } from "../../src/component/_generated/component.js";
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

/** A fresh deployment with Convex's own transaction limits enforced. */
export function deploy({ mounts = ["docs"] } = {}) {
  const t = convexTest({
    schema: hostSchema,
    modules: { "./convex/_generated/api.js": () => Promise.resolve({}) },
    transactionLimits: true,
  });
  for (const name of mounts) register(t, name);
  return t;
}
export type Deployment = ReturnType<typeof deploy>;

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
