/**
 * Calls internal functions, as `npx convex run` does, and puts back what an earlier release of the app has stored. No client can do
 * either.
 */
import { jsonToConvex, type JSONValue } from "convex/values";
import type { Id } from "../../../../src/component/_generated/dataModel.js";
import type { Engine } from "../../../../dev/deployment/core/engine.js";

/** A call of a function, or what a document contained at a version. */
export type OperatorOrder =
  | { call: string; args: Record<string, JSONValue> }
  | { past: string; version: number; fields: Record<string, JSONValue> };

export async function carryOut(
  engine: Engine,
  order: OperatorOrder,
): Promise<void> {
  if ("call" in order) await run(engine, order.call, order.args);
  else await rewrite(engine, order);
}

async function run(
  on: Engine,
  path: string,
  args: Record<string, JSONValue>,
): Promise<void> {
  const found = await on.functions.find(path);
  if (!found) throw new Error(`There is no function ${path}.`);
  await on.invoke(found, { path, args, caller: { identity: null } });
}

async function rewrite(
  on: Engine,
  { past, version, fields }: Extract<OperatorOrder, { past: string }>,
): Promise<void> {
  await on.run(async ({ db }) => {
    const rows = await db.query("revisions").collect();
    const row = rows.find(
      (one) => one["documentId"] === past && one["version"] === version,
    );
    if (!row) throw new Error(`There is no version ${version}.`);
    const before = row["fields"] as object;
    const then = { ...before, ...(jsonToConvex(fields) as object) };
    await db.patch("revisions", row["_id"] as Id<"revisions">, {
      fields: then,
    });
  }, "docs");
}
