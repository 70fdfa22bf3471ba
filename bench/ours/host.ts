/**
 * A host app that mounts the component, and its `Docs`: plain, and with each thing a host may add.
 */
import { fileURLToPath } from "node:url";
import { defineSchema, makeFunctionReference } from "convex/server";
import { v } from "convex/values";
import { loadModules } from "../../dev/deployment/node/modules.js";
import type { Modules } from "../../dev/deployment/core/engine.js";
import { Docs, type DocsOptions } from "../../src/client/index.js";
import schema from "../../src/component/schema.js";
import { deploy, type Mountable } from "../engine/app.js";
import type { Clock } from "../engine/clock.js";
import { indexTables } from "../../dev/deployment/core/tables.js";
import { components } from "./components.js";
import { webhookModules } from "./webhooks.js";

const folder = fileURLToPath(new URL("../../src/component", import.meta.url));
const component: Mountable = { schema, modules: loadModules(folder) };

const fields = { title: v.string(), content: v.string() };
type Fields = typeof fields;

type Ctx = {
  auth: { getUserIdentity(): Promise<{ subject: string } | null> };
};
const identify = async (ctx: Ctx) =>
  (await ctx.auth.getUserIdentity())?.subject ?? null;

function createDocs(
  options: Omit<DocsOptions<Fields, Ctx, unknown>, "fields" | "identify"> = {},
) {
  return new Docs<Fields, Ctx>(components.docs, {
    fields,
    identify,
    ...options,
  });
}
export type HostDocs = ReturnType<typeof createDocs>;

/** Hooks and a schema that decide nothing: what they cost is what calling them costs. */
const access = ({ byDefault }: { byDefault: boolean }) => byDefault;
const hooks = {
  access: {
    access: (_ctx: unknown, request: { byDefault: boolean }) => access(request),
  },
  onChange: { onChange: () => undefined },
  schema: {
    schema: {
      "~standard": {
        version: 1 as const,
        vendor: "bench",
        validate: (value: unknown) => ({ value }),
      },
    },
  },
};
const all = { ...hooks.access, ...hooks.onChange, ...hooks.schema };

export const docs = createDocs();
export const docsWithTrash = createDocs({ trash: true });
export const docsWithSearch = createDocs({ search: ["title", "content"] });

/** What a host may add to every write, by what the tables call it. */
export const HOOKED: Record<string, HostDocs> = {
  access: createDocs(hooks.access),
  onChange: createDocs(hooks.onChange),
  schema: createDocs(hooks.schema),
  "all three": createDocs(all),
};

/** With everything, in bulk operations too: they call the host's worker to write. */
export const docsInBulk = createDocs({
  ...all,
  worker: makeFunctionReference<"mutation">("documents:worker"),
});

/** Drafts go that nobody has changed for 30 days. */
const retention = docs.retention<unknown>({
  policies: [{ status: "draft", olderThan: { days: 30 } }],
});

/** A fresh deployment of the host's app. `large`: with tables that stay fast. */
export function deployHost(
  clock: Clock,
  { large = false, modules = {} }: { large?: boolean; modules?: Modules } = {},
) {
  const app = deploy(clock, defineSchema({}), {
    modules: {
      "./convex/documents.ts": () =>
        Promise.resolve({ worker: docsInBulk.worker() }),
      "./convex/retention.ts": () => Promise.resolve(retention),
      ...webhookModules,
      ...modules,
    },
    components: { docs: component },
  });
  if (large) indexTables(app.root, "docs");
  return app;
}
export type HostApp = ReturnType<typeof deployHost>;
