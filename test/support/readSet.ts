/**
 * What a query has read, as Convex remembers it: a subscribed query runs again when a write touches a document that it has read
 * by its id, or puts a row into an index range that it has read, or takes one out of it.
 */
import { compareValues, jsonToConvex, type JSONValue } from "convex/values";
import type { Value } from "convex/values";
import { inComponent } from "./component.js";
import type { Deployment } from "./host.js";

type Row = Record<string, unknown> & { _id: string };
type Bound = { type: string; fieldPath: string; value?: JSONValue };
type Range = { table: string; bounds: Bound[] };
type ReadSet = { ids: Set<string>; ranges: Range[] };

type Syscalls = {
  syscall: (op: string, json: string) => string;
  asyncSyscall: (op: string, json: string) => Promise<string>;
  jsSyscall: unknown;
};
const realm = globalThis as unknown as { Convex: Syscalls };

/** Runs a query and says what it has read. */
export async function readSetOf(run: () => Promise<unknown>): Promise<ReadSet> {
  const read: ReadSet = { ids: new Set(), ranges: [] };
  const real = realm.Convex;
  const note = (op: string, json: string) => {
    const args = JSON.parse(json) as {
      id?: string;
      query?: { source: Source };
    };
    if (op === "1.0/get" && args.id) read.ids.add(args.id);
    if (op === "1.0/queryStream" && args.query) {
      read.ranges.push(rangeOf(args.query.source));
    }
  };
  realm.Convex = {
    jsSyscall: real.jsSyscall,
    syscall: (op, json) => {
      note(op, json);
      return real.syscall(op, json);
    },
    asyncSyscall: (op, json) => {
      note(op, json);
      return real.asyncSyscall(op, json);
    },
  };
  try {
    await run();
  } finally {
    realm.Convex = real;
  }
  return read;
}

type Source = {
  type: string;
  indexName?: string;
  tableName?: string;
  range?: Bound[];
  filters?: Bound[];
};

function rangeOf({ indexName, tableName, range, filters }: Source): Range {
  const table = tableName ?? indexName?.split(".")[0] ?? "";
  return { table, bounds: range ?? filters ?? [] };
}

const TABLES = [
  "documents",
  "publications",
  "entries",
  "grants",
  "revisions",
  "viewSets",
] as const;
type Snapshot = Map<string, { table: string; row: Row }>;

/** Every row that a read of documents may read. */
export async function snapshot(t: Deployment): Promise<Snapshot> {
  const all: Snapshot = new Map();
  await inComponent(t, async (ctx) => {
    for (const table of TABLES) {
      const rows = (await ctx.db.query(table).collect()) as unknown as Row[];
      for (const row of rows) all.set(row._id, { table, row });
    }
  });
  return all;
}

/** Whether a query that has read this runs again after these changes. */
export function isDisturbed(
  { ids, ranges }: ReadSet,
  before: Snapshot,
  after: Snapshot,
): boolean {
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (id) =>
      JSON.stringify(before.get(id)?.row) !==
      JSON.stringify(after.get(id)?.row),
  );
  return changed.some(
    (id) =>
      ids.has(id) ||
      [before.get(id), after.get(id)].some(
        (found) =>
          found &&
          ranges.some(
            ({ table, bounds }) =>
              table === found.table &&
              bounds.every((bound) => isInside(bound, found.row)),
          ),
      ),
  );
}

function isInside({ type, fieldPath, value }: Bound, row: Row): boolean {
  // Any text may match.
  if (type === "Search") return true;
  const stored = row[fieldPath] as Value | undefined;
  const isUndefined = value === null || "$undefined" in Object(value);
  const asked =
    isUndefined && typeof value === "object" && value !== null
      ? undefined
      : jsonToConvex(value as JSONValue);
  const order = compareValues(stored, asked);
  switch (type) {
    case "Eq":
      return order === 0;
    case "Gt":
      return order > 0;
    case "Gte":
      return order >= 0;
    case "Lt":
      return order < 0;
    default:
      return order <= 0;
  }
}
