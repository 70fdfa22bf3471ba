/**
 * What `npx convex codegen` writes into a host's `_generated/`, as far as types and tests need it, for places without a
 * deployment to ask.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @param hasConfig whether the app declares variables of its deployment in a `convex.config` */
const serverTypes = (hasConfig: boolean) => `
import type {
  ActionBuilder, GenericActionCtx, GenericMutationCtx, GenericQueryCtx, HttpActionBuilder, MutationBuilder, QueryBuilder,
} from "convex/server";
import type { DataModel } from "./dataModel.js";
export declare const query: QueryBuilder<DataModel, "public">;
export declare const internalQuery: QueryBuilder<DataModel, "internal">;
export declare const mutation: MutationBuilder<DataModel, "public">;
export declare const internalMutation: MutationBuilder<DataModel, "internal">;
export declare const action: ActionBuilder<DataModel, "public">;
export declare const internalAction: ActionBuilder<DataModel, "internal">;
export declare const httpAction: HttpActionBuilder;
export type QueryCtx = GenericQueryCtx<DataModel>;
export type MutationCtx = GenericMutationCtx<DataModel>;
export type ActionCtx = GenericActionCtx<DataModel>;
${hasConfig ? ENV_OF_APP : "type Declared = object;"}
export declare const env: Declared & { readonly CONVEX_CLOUD_URL: string; readonly CONVEX_SITE_URL: string };
`;
const ENV_OF_APP = `
import type { EnvFromAppDefinition } from "convex/server";
import type app from "../convex.config.js";
type Declared = EnvFromAppDefinition<typeof app>;
`;
const SERVER = `
export {
  actionGeneric as action, httpActionGeneric as httpAction, internalActionGeneric as internalAction,
  internalMutationGeneric as internalMutation, internalQueryGeneric as internalQuery,
  mutationGeneric as mutation, queryGeneric as query,
} from "convex/server";
export const env = globalThis.process?.env ?? {};
`;
const DATA_MODEL = `
import type { AnyDataModel } from "convex/server";
export type DataModel = AnyDataModel;
`;
const DATA_MODEL_OF_SCHEMA = `
import type { DataModelFromSchemaDefinition } from "convex/server";
import type schema from "../schema.js";
export type DataModel = DataModelFromSchemaDefinition<typeof schema>;
`;
const API = `
import { anyApi, componentsGeneric } from "convex/server";
export const api = anyApi;
export const internal = anyApi;
export const components = componentsGeneric();
`;

/**
 * @param all names of the modules in the folder of functions. One called `schema` declares the tables
 * @param mounts every mounted component: its name, and the package or folder that it comes from
 */
export function writeGenerated(
  functions: string,
  all: string[],
  mounts: Record<string, string>,
): void {
  const modules = all.filter((name) => name !== "schema");
  const apiTypes = `
import type { ApiFromModules, FilterApi, FunctionReference } from "convex/server";
${modules.map((name) => `import type * as ${name} from "../${name}.js";`).join("\n")}
declare const fullApi: ApiFromModules<{ ${modules.map((name) => `${name}: typeof ${name}`).join("; ")} }>;
export declare const api: FilterApi<typeof fullApi, FunctionReference<any, "public">>;
export declare const internal: FilterApi<typeof fullApi, FunctionReference<any, "internal">>;
export declare const components: {
${Object.entries(mounts)
  .map(
    ([name, from]) =>
      `  ${name}: import("${from}/_generated/component.js").ComponentApi<"${name}">;`,
  )
  .join("\n")}
};
`;
  // What a component of the host's own shows to whoever mounts it.
  const componentTypes = `
import type { ApiFromModules, FilterApi, FunctionReference } from "convex/server";
${modules.map((name) => `import type * as ${name} from "../${name}.js";`).join("\n")}
type All = ApiFromModules<{ ${modules.map((name) => `${name}: typeof ${name}`).join("; ")} }>;
export type ComponentApi<_Name extends string | undefined = string | undefined> = FilterApi<All, FunctionReference<any, "public">>;
`;
  const folder = join(functions, "_generated");
  mkdirSync(folder, { recursive: true });
  const files = {
    "server.d.ts": serverTypes(existsSync(join(functions, "convex.config.ts"))),
    "server.js": SERVER,
    "dataModel.d.ts": all.includes("schema")
      ? DATA_MODEL_OF_SCHEMA
      : DATA_MODEL,
    "api.d.ts": apiTypes,
    "api.js": API,
    "component.d.ts": componentTypes,
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text.trimStart());
  }
}
