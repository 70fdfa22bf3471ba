/**
 * Mounts the component in a host's own `convex-test` suite.
 *
 * @module
 */
import type { TestConvex } from "convex-test";
import type { GenericSchema, SchemaDefinition } from "convex/server";
import schema from "./component/schema.js";

const modules = import.meta.glob("./component/**/*.ts");

/**
 * Registers the component with a `convexTest` instance.
 *
 * @param t what `convexTest(schema, modules)` returned
 * @param name what the component is mounted as: `"docs"`, or the `name` given to `app.use`
 * @example
 * ```ts
 * import { register } from "@acme/convex-docs/test";
 *
 * const t = convexTest(schema, import.meta.glob("./**\/*.ts"));
 * register(t);
 * await t.withIdentity({ subject: "ada" }).mutation(api.documents.create, { title: "Plan", content: "" });
 * ```
 */
export function register(
  t: TestConvex<SchemaDefinition<GenericSchema, boolean>>,
  name = "docs",
): void {
  t.registerComponent(name, schema, modules);
}

/**
 * What components of Convex export: `register`, and the schema and the modules that it registers.
 *
 * @example
 * ```ts
 * import docs from "@acme/convex-docs/test";
 *
 * docs.register(t, "notes");
 * ```
 */
export default { register, schema, modules };
