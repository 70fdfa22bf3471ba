import { ConvexError, v } from "convex/values";
import { describe, expect, test } from "vitest";
import { Docs } from "../../src/client/index.js";
import { isDocsError } from "../../src/errors/index.js";
import { invoke } from "../../src/host/component.js";
import {
  components,
  deploy,
  docs,
  fields,
  identify,
  people,
  seed,
} from "../support/host.js";
import { blamed, refusal, refused } from "../support/refusals.js";
import { row, rows } from "../support/stored.js";

const paginationOpts = { numItems: 5, cursor: null };

test("each mount has its own documents, and an id of one is nothing in another", async () => {
  const t = deploy({ mounts: ["docs", "notes"] });
  const { ada } = people(t);
  const notes = new Docs(components.notes, {
    fields: { text: v.string() },
    identify,
  });
  const id = await seed(t, "ada", { key: "k" });
  const found = await ada.query(async (ctx) => ({
    list: (await notes.list(ctx, { paginationOpts })).page,
    key: await notes.getByKey(ctx, { key: "k" }),
  }));
  expect(found).toEqual({ list: [], key: null });
  const note = await ada.mutation((ctx) =>
    notes.create(ctx, { text: "hello", key: "k" }),
  );
  expect(
    await ada.query((ctx) => notes.get(ctx, { id: note.id })),
  ).toMatchObject({
    text: "hello",
  });
  expect(await rows(t, "notes")).toHaveLength(1);
  expect(await rows(t, "docs")).toMatchObject([{ _id: id, version: 1 }]);
});

test("of two descriptions of one mount, each reads what the other wrote, and leaves its fields alone", async () => {
  const t = deploy();
  const { ada } = people(t);
  const other = new Docs(components.docs, {
    fields: { text: v.string() },
    identify,
  });
  const id = await seed(t, "ada");
  expect(await ada.query((ctx) => other.get(ctx, { id }))).toMatchObject({
    title: "Plan",
  });
  const data = await refused(t, () =>
    ada.mutation((ctx) => other.update(ctx, { id, status: "published" })),
  );
  expect(blamed(data)).toEqual(["text"]);
  await ada.mutation((ctx) => other.update(ctx, { id, text: "x" }));
  await ada.mutation((ctx) => docs.update(ctx, { id, title: "B" }));
  expect((await row(t, id))!["fields"]).toEqual({
    title: "B",
    content: "",
    text: "x",
  });
});

test("a component that is not mounted is explained", async () => {
  const t = deploy({ mounts: [] });
  const { ada } = people(t);
  for (const call of [
    () => ada.query((ctx) => docs.get(ctx, { id: "x" })),
    () => ada.mutation((ctx) => docs.create(ctx, { title: "A", content: "" })),
    () => ada.query((ctx) => docs.list(ctx, { paginationOpts })),
  ]) {
    await expect(call()).rejects.toThrow(
      'convex-docs: the component "docs" is not mounted. Add app.use(docs) to convex/convex.config.ts and run `npx convex dev`; in convex-test, call register(t) from @acme/convex-docs/test.',
    );
  }
});

test("of several mounts, the one that is missing is named, with the call that makes it", async () => {
  const t = deploy({ mounts: ["docs"] });
  const { ada } = people(t);
  const notes = new Docs(components.notes, { fields, identify });
  await expect(ada.query((ctx) => notes.get(ctx, { id: "x" }))).rejects.toThrow(
    /"notes" is not mounted.*app\.use\(docs, \{ name: "notes" \}\).*register\(t, "notes"\)/,
  );
});

test.each([
  ['Child component ComponentName("notes") not found', "notes", "app.use"],
  ["Child component notes not found", "notes", "app.use"],
  [
    'Component "shelf/notes" is not registered.',
    "shelf/notes",
    "component.use",
  ],
])("the message %j is understood", async (message, path, call) => {
  const failing = invoke(() => Promise.reject(new Error(message)));
  await expect(failing).rejects.toThrow(
    new RegExp(
      `"${path}" is not mounted.*${call}\\(docs, \\{ name: "notes" \\}\\)`,
    ),
  );
});

test("an error that only quotes such a message in the middle of a payload is passed on as it is", async () => {
  const error = new Error(
    `${"x".repeat(2_000)} Component "docs" is not registered`,
  );
  await expect(invoke(() => Promise.reject(error))).rejects.toBe(error);
});

describe("a mistake in the host's code is told where it is made", () => {
  const make = (options: object) => () =>
    new Docs(components.docs, { fields, identify, ...options });

  test.each([undefined, null])("components.docs is %s", (component) => {
    expect(() => new Docs(component as never, { fields, identify })).toThrow(
      /app\.use\(docs\)/,
    );
  });

  test.each([
    "ownerId",
    "status",
    "isPublic",
    "version",
    "createdAt",
    "updatedAt",
    "publishedAt",
    "archivedAt",
    "deletedAt",
    "id",
    "key",
    "ifExists",
    "ifVersion",
    "unset",
    "updatedBy",
    "hasDraft",
    "role",
    "linkToken",
    "reason",
    "_id",
    "_creationTime",
    "_mine",
    "$x",
  ])("a field named %s", (name) => {
    const options = { fields: { ...fields, [name]: v.string() } };
    expect(make(options)).toThrow(
      new RegExp(`reserved: ${name.replace("$", "\\$")}`),
    );
  });

  test.each(["ä", "", "a\n", "a".repeat(1025)])(
    "a field named %j, which Convex cannot store",
    (name) => {
      const options = { fields: { ...fields, [name]: v.string() } };
      expect(make(options)).toThrow(/convex-docs: .*name/);
    },
  );

  test.each([0, -1, 1.5, NaN, 2 ** 20, Infinity])(
    "maxDocumentBytes of %d",
    (maxDocumentBytes) => {
      expect(make({ maxDocumentBytes })).toThrow(/maxDocumentBytes/);
    },
  );

  test.each([0, 1.5, NaN, 1001])("maxBatchItems of %d", (maxBatchItems) => {
    expect(make({ maxBatchItems })).toThrow(/maxBatchItems/);
  });

  test.each([["tags"], ["nothing"], ["toString"], ["ownerId"]])(
    "search in %s, which is no string field",
    (name) => {
      expect(make({ search: [name] })).toThrow(new RegExp(name));
    },
  );
});

test("with two copies of convex in one bundle, an error is recognised by its data, not by its class", async () => {
  const t = deploy();
  const data = await refusal(
    t.mutation((ctx) => docs.create(ctx, { title: "A", content: "" })),
  );
  class ForeignConvexError extends Error {
    data = data;
  }
  const foreign = new ForeignConvexError();
  expect(foreign).not.toBeInstanceOf(ConvexError);
  expect(isDocsError(foreign, "UNAUTHORIZED")).toBe(true);
  expect(isDocsError(new ConvexError("UNKNOWN"))).toBe(false);
});

test("a document of the largest size that the host allows is stored, one byte more is refused with the field to blame", async () => {
  const t = deploy();
  const small = new Docs(components.docs, {
    fields,
    identify,
    maxDocumentBytes: 1000,
  });
  const { ada } = people(t);
  const sizeOf = (length: number) =>
    ada.mutation((ctx) =>
      small.create(ctx, { title: "A", content: "x".repeat(length) }),
    );
  let fits = 900;
  for (; fits < 1000; fits++) {
    try {
      await sizeOf(fits);
    } catch {
      break;
    }
  }
  expect(fits).toBeGreaterThan(950);
  const data = await refused(t, () => sizeOf(fits));
  expect(data).toMatchObject({
    issues: [
      {
        path: "content",
        message:
          "Content makes the document 1001 bytes long; the limit is 1000.",
      },
    ],
  });
});
