import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import schema from "../../src/component/schema.js";
import typedoc from "../../typedoc.json" with { type: "json" };

const architecture = readFileSync("docs/architecture.md", "utf8");

/** What stands in code quotes in the first column of the page's tables. */
const named = [...architecture.matchAll(/^\| (`[^|]*)\|/gm)].flatMap(
  ([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
);

/** A schema as Convex's CLI reads it. Source: convex, `SchemaDefinition.export`. */
type Exported = {
  tables: {
    tableName: string;
    indexes: { indexDescriptor: string; fields: string[] }[];
    searchIndexes: {
      indexDescriptor: string;
      searchField: string;
      filterFields: string[];
    }[];
  }[];
};
// The method is internal to convex, whose types leave it out.
const { tables } = JSON.parse(
  (schema as unknown as { export: () => string }).export(),
) as Exported;

/** Every index of every table: its name, and the fields in the order in which they are described. */
const indexes = tables.flatMap(
  ({ tableName, indexes: plain, searchIndexes }) => [
    ...plain.map(({ indexDescriptor, fields }) => ({
      name: `${tableName}.${indexDescriptor}`,
      fields,
    })),
    ...searchIndexes.map(({ indexDescriptor, searchField, filterFields }) => ({
      name: `${tableName}.${indexDescriptor}`,
      fields: [searchField, ...filterFields],
    })),
  ],
);

test("every dependency is accounted for", () => {
  const dependencies = Object.keys({
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...manifest.devDependencies,
  });
  expect(dependencies.filter((name) => !named.includes(name))).toEqual([]);
});

test("the API reference covers every entry that a host imports", () => {
  const entries = Object.entries<{ types?: string }>(
    manifest.exports as Record<string, { types?: string }>,
  )
    .filter(([entry]) => !/package\.json|_generated|convex\.config/.test(entry))
    .map(([, { types = "" }]) => types)
    .map((types) => types.replace("./dist/", "src/").replace(".d.ts", ".ts"));
  expect(entries.length).toBeGreaterThan(4);
  expect([...typedoc.entryPoints].sort()).toEqual(entries.sort());
});

test("every table is accounted for", () => {
  expect(tables.length).toBeGreaterThan(0);
  expect(
    tables
      .map(({ tableName }) => tableName)
      .filter((name) => !named.includes(name)),
  ).toEqual([]);
});

test.each(indexes)(
  "the index $name is described with its fields",
  ({ name, fields }) => {
    const row = architecture
      .split("\n")
      .find((line) => line.startsWith(`| \`${name}\` `));
    const [, , described = ""] = row?.split("|") ?? [];
    const found = [...described.matchAll(/`(\w+)`/g)].map(
      ([, field]) => field!,
    );
    expect(found).toEqual(fields);
  },
);

test("no index is described that is not there", () => {
  const described = named.filter((name) =>
    tables.some(({ tableName }) => name.startsWith(`${tableName}.`)),
  );
  expect(described).toEqual(indexes.map(({ name }) => name));
});
