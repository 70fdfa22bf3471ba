/**
 * Puts the tables of an earlier release into a deployment of this one.
 */
import { createFunctionHandle, makeFunctionReference } from "convex/server";
import { jsonToConvex, type JSONValue, type Value } from "convex/values";
import { vi } from "vitest";
import schema from "../../src/component/schema.js";
import type { MutationCtx } from "../../src/component/_generated/server.js";

type Columns = Record<string, JSONValue>;
type Row = Columns & { _id: string; _creationTime: number };
type Call = { name: string; args: JSONValue[]; scheduledTime: number };
/** What stands before the path of an app's function in the handles of these files. */
const HANDLE = "function://;";

export type Snapshot = {
  now: number;
  tables: Record<string, Row[]> & { _scheduled_functions?: Call[] };
};

/** How a test of the host reaches into the component and into the app. */
type Target = {
  inComponent: <T>(work: (ctx: MutationCtx) => Promise<T>) => Promise<T>;
  inHost: (work: () => Promise<string[][]>) => Promise<string[][]>;
};

/**
 * Inserts every row, in the order of creation and at its time, so that the schema of today checks it. Ids are those that the
 * new rows get; function handles are those of the same functions in this deployment.
 *
 * @param withScheduled the calls that were pending are pending again. Default: an operator has cancelled all of them
 * @returns the new id of each old one
 */
export async function restore(
  { now, tables }: Snapshot,
  { inComponent, inHost }: Target,
  { withScheduled = false } = {},
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  const found = (await inHost(() => handlesIn(tables))) as [string, string][];
  const handles = new Map(found);
  const translate = (value: JSONValue): JSONValue => {
    if (typeof value === "string") {
      return ids.get(value) ?? handles.get(value) ?? value;
    }
    if (Array.isArray(value)) return value.map(translate);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, translate(part)]),
    );
  };
  await inComponent(async (ctx) => {
    // Rows refer to calls of the scheduler by id: to one that is over.
    const over = await ctx.scheduler.runAfter(
      0,
      makeFunctionReference<"mutation">("nowhere:nothing"),
    );
    await ctx.scheduler.cancel(over);
    for (const id of JSON.stringify(tables).match(/\d+_scheduled_functions/g) ??
      []) {
      ids.set(id, over);
    }
    for (const { table, row } of inOrder(tables)) {
      const { _id, _creationTime, ...columns } = row;
      vi.setSystemTime(_creationTime);
      const fields = jsonToConvex(translate(columns)) as Record<string, Value>;
      const id = await ctx.db.insert(table, fields);
      ids.set(_id, id);
    }
  });
  vi.setSystemTime(now);
  const pending = withScheduled ? (tables["_scheduled_functions"] ?? []) : [];
  await inComponent(async (ctx) => {
    for (const { name, args, scheduledTime } of pending) {
      const handle = handles.get(`${HANDLE}${name}`);
      await ctx.scheduler.runAt(
        scheduledTime,
        (handle ?? makeFunctionReference<"mutation">(name)) as never,
        ...(jsonToConvex(translate(args)) as [never]),
      );
    }
  });
  return ids;
}

/** What rows refer to comes before them: an order before its operation, a body before its event. */
function inOrder(
  tables: Snapshot["tables"],
): { table: keyof typeof schema.tables; row: Row }[] {
  return Object.keys(schema.tables)
    .flatMap((table) =>
      (tables[table] ?? []).map((row) => ({
        table: table as keyof typeof schema.tables,
        row,
      })),
    )
    .sort((a, b) => a.row._creationTime - b.row._creationTime);
}

/** Each handle in the rows, and that of the same function in this deployment. */
async function handlesIn(tables: Snapshot["tables"]): Promise<string[][]> {
  const found = JSON.stringify(tables).match(/function:\/\/;[\w/:]+/g) ?? [];
  return await Promise.all(
    [...new Set(found)].map(async (handle) => {
      const name = handle.slice(HANDLE.length);
      const reference = makeFunctionReference<"mutation">(name);
      return [handle, await createFunctionHandle(reference)];
    }),
  );
}
