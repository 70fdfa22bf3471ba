/**
 * A deployment refuses a schema that its rows do not match, so a release may only widen what the one before wrote.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import schema from "../../src/component/schema.js";
import first from "./first/schema.json" with { type: "json" };

type Type =
  | {
      type:
        "any" | "null" | "number" | "bigint" | "boolean" | "string" | "bytes";
    }
  | { type: "literal"; value: unknown }
  | { type: "id"; tableName: string }
  | { type: "array"; value: Type }
  | { type: "record"; keys: Type; values: { fieldType: Type } }
  | { type: "object"; value: Record<string, Column> }
  | { type: "union"; value: Type[] };
type Column = { fieldType: Type; optional: boolean };
type Index = { indexDescriptor: string; fields: string[] };
type Table = { tableName: string; documentType: Type; indexes: Index[] };

const exported = schema as unknown as { export(): string };
const tablesOf = (json: { tables: unknown }) =>
  new Map(
    (json.tables as Table[]).map((table) => [table.tableName, table] as const),
  );
const now = tablesOf(JSON.parse(exported.export()) as { tables: unknown });
const before = tablesOf(first);

/** Where a value of the old type may be none of the new one. */
function narrowed(next: Type, old: Type, path: string): string[] {
  if (next.type === "any") return [];
  if (old.type === "union") {
    return old.value.flatMap((member) => narrowed(next, member, path));
  }
  if (next.type === "union") {
    const takes = next.value.some(
      (member) => narrowed(member, old, path).length === 0,
    );
    return takes ? [] : [`${path}: ${JSON.stringify(old)} is not taken.`];
  }
  if (next.type === "object" && old.type === "object") {
    return narrowedColumns(next.value, old.value, path);
  }
  if (next.type === "array" && old.type === "array") {
    return narrowed(next.value, old.value, `${path}[]`);
  }
  if (next.type === "record" && old.type === "record") {
    const { fieldType } = next.values;
    return narrowed(fieldType, old.values.fieldType, `${path}{}`);
  }
  if (next.type === "string" && old.type === "literal") {
    if (typeof old.value === "string") return [];
  }
  const isSame = JSON.stringify(next) === JSON.stringify(old);
  return isSame ? [] : [`${path}: ${old.type} became ${next.type}.`];
}

function narrowedColumns(
  next: Record<string, Column>,
  old: Record<string, Column>,
  path: string,
): string[] {
  const problems: string[] = [];
  for (const [name, column] of Object.entries(old)) {
    const at = `${path}.${name}`;
    const today = next[name];
    if (!today) problems.push(`${at} is gone.`);
    else if (column.optional && !today.optional) {
      problems.push(`${at} may be absent in old rows.`);
    } else problems.push(...narrowed(today.fieldType, column.fieldType, at));
  }
  for (const [name, { optional }] of Object.entries(next)) {
    if (!(name in old) && !optional) {
      problems.push(`${path}.${name} is new, so old rows lack it.`);
    }
  }
  return problems;
}

/** Release notes that wait for their release. */
function changesets(): string[] {
  return readdirSync(".changeset")
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .map((name) => `.changeset/${name}`);
}

describe("the schema of the first release", () => {
  test.each([...before.keys()])("still takes the rows of %s", (name) => {
    const table = now.get(name);
    expect(table, `The table ${name} is gone.`).toBeDefined();
    const old = before.get(name)!.documentType;
    expect(narrowed(table!.documentType, old, name)).toEqual([]);
  });

  test("the check finds a column that is gone, narrowed, required or new", () => {
    const string = { type: "string" } as const;
    const old: Type = {
      type: "object",
      value: {
        gone: { fieldType: string, optional: false },
        narrowed: { fieldType: string, optional: false },
        required: { fieldType: string, optional: true },
      },
    };
    const next: Type = {
      type: "object",
      value: {
        narrowed: { fieldType: { type: "number" }, optional: false },
        required: { fieldType: string, optional: false },
        added: { fieldType: string, optional: false },
      },
    };
    expect(narrowed(next, old, "t")).toHaveLength(4);
  });

  // A deployment builds an index before the new code takes calls, which takes time on large tables: release notes name each.
  test("an upgrade builds these indexes, which docs/operations.md and the release notes name", () => {
    const added = [...before.keys()].flatMap((name) => {
      const had = new Set(
        before.get(name)!.indexes.map(({ fields }) => fields.join()),
      );
      return (now.get(name)?.indexes ?? [])
        .filter(({ fields }) => !had.has(fields.join()))
        .map(({ indexDescriptor }) => `${name}.${indexDescriptor}`);
    });
    expect(added.sort()).toEqual([
      "bulkJobs.blocked",
      "bulkJobs.overdue",
      "bulkJobs.purge",
      "documents.public",
      "jobQueue.blocked",
      "jobQueue.overdue",
      "jobRuns.blocked",
      "jobRuns.overdue",
      "jobRuns.purge",
      "jobs.purge",
      "retentionFailures.failures",
      "webhookEvents.blocked",
      "webhookEvents.overdue",
      "webhookSources.purge",
    ]);
    const page = readFileSync("docs/operations.md", "utf8");
    const notes = ["CHANGELOG.md", ...changesets()]
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
    for (const name of added) {
      expect(page).toContain(`\`${name}\``);
      expect(notes).toContain(`\`${name}\``);
    }
  });
});
