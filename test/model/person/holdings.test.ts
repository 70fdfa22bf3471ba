/**
 * A column that may hold the id of a user stands in a holding, or here with the reason why it holds none.
 */
import { expect, test } from "vitest";
import schema from "../../../src/component/schema.js";
import { HOLDINGS } from "../../../src/model/person/holdings.js";

type Type = {
  type: string;
  value?: unknown;
  keys?: Type;
  values?: { fieldType: Type };
};

/** The paths of a type at which a text may stand, or anything. */
function texts(type: Type, path: string): string[] {
  switch (type.type) {
    case "string":
    case "any":
      return [path];
    case "array":
      return texts(type.value as Type, path);
    case "record":
      return [path];
    case "union":
      return (type.value as Type[]).flatMap((one) => texts(one, path));
    case "object":
      return Object.entries(
        type.value as Record<string, { fieldType: Type }>,
      ).flatMap(([name, { fieldType }]) => texts(fieldType, `${path}.${name}`));
    default:
      return [];
  }
}

const exported = schema as unknown as { export(): string };
const { tables } = JSON.parse(exported.export()) as {
  tables: { tableName: string; documentType: Type }[];
};
const columns = [
  ...new Set(
    tables.flatMap(({ tableName, documentType }) =>
      texts(documentType, tableName),
    ),
  ),
];

/** What holds no id of a user, by reason. */
const OTHERS: Record<string, RegExp> = {
  "a code, or what the package or the host's code is called":
    /^(hostFunctions|viewSets)\.|^tasks\.(kind|error)$|\.lease\.|^jobs\.(name|unit)|\.worker$|^(bulkOrders|schedules\.order)\.rules$|\.error$|^retentionFailures\.code$|^entries\.view$|^jobRuns\.(name|stopReason|sweep)|^lifeline/,
  "the contents of documents, which are the host's":
    /^(documents|publications|revisions|revisionBodies)\.(fields|key|searchText)$|^entries\.key$|^bulkOrders\.(change|where)/,
  "words of whoever wrote a content or made a link, and they go with it":
    /\.(reason|name|label)$/,
  "ids of documents and of plans":
    /^documents\.planned|^bulkIds\.ids$|^bulkJobs\.(failures|cursor)|^tasks\.failures/,
  "a digest, the id of a document, or the name of a view":
    /^tasks\.subject$|\.actor\.link$/,
  "counts by the name of what is counted": /\.(counts|notes)$/,
  "gone when an erasure ends, and otherwise ids of documents and places":
    /^tasks\.(input|cursor)$/,
  "the host's: what it calls its jobs' keys, and what senders send":
    /^(webhookEvents|webhookBodies|webhookSources|webhookRejections|jobQueue)\.|^(jobs|jobRuns)\.(key|period|task)/,
};

test("every column is erased with its person, or holds nobody's id", () => {
  const held = new Set(HOLDINGS.flatMap((holding) => holding.columns));
  const unknown = columns.filter(
    (column) =>
      !held.has(column) &&
      !Object.values(OTHERS).some((names) => names.test(column)),
  );
  expect(unknown, "Columns that no holding of src/model/person has").toEqual(
    [],
  );
});

test("what holdings name is there", () => {
  const named = HOLDINGS.flatMap((holding) => holding.columns);
  expect(named.filter((column) => !columns.includes(column))).toEqual([]);
  expect(new Set(named).size).toBe(named.length);
  expect(new Set(HOLDINGS.map(({ name }) => name)).size).toBe(HOLDINGS.length);
});
