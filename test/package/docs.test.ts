import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import schema from "../../src/component/schema.js";
import typedoc from "../../typedoc.json" with { type: "json" };

const architecture = readFileSync("docs/architecture.md", "utf8");
const tablesPage = readFileSync("docs/tables.md", "utf8");
const contributing = readFileSync("CONTRIBUTING.md", "utf8");

/** What stands in code quotes in the first column of the pages' tables. */
const named = [
  ...(architecture + tablesPage + contributing).matchAll(/^\| (`[^|]*)\|/gm),
].flatMap(([, cell]) =>
  [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
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
    const row = tablesPage
      .split("\n")
      .find((line) => line.startsWith(`| \`${name}\` `));
    const [, , described = ""] = row?.split("|") ?? [];
    const found = [...described.matchAll(/`([\w.]+)`/g)].map(
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

/** The folders of the page's tree, by their indentation. */
function drawnFolders(): string[] {
  const [, tree = ""] =
    /## The tree\n\n```\n(.*?)```/s.exec(architecture) ?? [];
  const path: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const [, indent = "", name] = /^( *)([\w-]+)\/ /.exec(`${line} `) ?? [];
    if (name === undefined) return [];
    path.splice(indent.length / 2);
    path.push(name);
    return [path.join("/")];
  });
}

function foldersOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "_generated")
    .flatMap(({ name }) => [
      `${folder}/${name}`,
      ...foldersOf(`${folder}/${name}`),
    ]);
}

test("the tree shows every folder of src, and no folder that is not on the disk", () => {
  const drawn = drawnFolders();
  expect(drawn.filter((folder) => folder.startsWith("src/")).sort()).toEqual(
    foldersOf("src").sort(),
  );
  expect(drawn.filter((folder) => !existsSync(folder))).toEqual([]);
});

test("every file that the page names is on the disk", () => {
  const files = [...architecture.matchAll(/`((?:src|scripts)\/[\w./-]+)`/g)];
  expect(files.length).toBeGreaterThan(20);
  expect(
    files.map(([, file]) => file!).filter((file) => !existsSync(file)),
  ).toEqual([]);
});
