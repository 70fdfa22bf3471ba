/**
 * What is stored is what the schema returned, for what was sent: in every way to write.
 */
import { v, type PropertyValidators } from "convex/values";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  fields,
  identify,
  people,
  seed,
  type Caller,
  type HostCtx,
} from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";
import { row } from "../support/stored.js";

type Fields = Record<string, unknown>;
type AnyDocs = Docs<PropertyValidators>;

/** Each way to make the same change to a document with the key "k". */
const WAYS: Record<
  string,
  (docs: AnyDocs, ctx: HostCtx, id: string, change: Fields) => Promise<unknown>
> = {
  update: (docs, ctx, id, change) => docs.update(ctx, { id, ...change }),
  "batch of ids": (docs, ctx, id, updates) =>
    docs.batchUpdate(ctx, { ids: [id], updates }),
  "batch of items": (docs, ctx, id, change) =>
    docs.batchUpdate(ctx, { items: [{ id, ...change }], mode: "partial" }),
  "the system": (docs, ctx, id, change) =>
    docs.asSystem("test").update(ctx, { id, ...change }),
};

async function storedFields(t: ReturnType<typeof deploy>, id: string) {
  return (await row(t, id))!["fields"];
}

/** A summary of spaces is none. */
const emptying = new Docs(components.docs, {
  fields,
  identify,
  schema: z
    .object({
      title: z.string(),
      summary: z
        .string()
        .trim()
        .optional()
        .transform((text) => text || undefined),
    })
    .loose(),
}) as unknown as AnyDocs;

describe("a schema that makes a field undefined clears it", () => {
  test.each(Object.entries(WAYS))("%s", async (_, way) => {
    const t = deploy();
    const id = await seed(t, "ada", { summary: "old", key: "k" });
    await people(t).ada.mutation((ctx) =>
      way(emptying, ctx, id, { summary: " " }),
    );
    expect(await storedFields(t, id)).toEqual({ title: "Plan", content: "" });
  });

  test("a key that exists, and a key that does not", async () => {
    const t = deploy();
    const { ada } = people(t);
    const id = await seed(t, "ada", { summary: "old", key: "k" });
    for (const key of ["k", "new"]) {
      const args = { title: "Plan", content: "", summary: "", key };
      const written = await ada.mutation((ctx) =>
        emptying.create(ctx, { ...args, ifExists: "update" }),
      );
      expect(written.id === id).toBe(key === "k");
      expect(await storedFields(t, written.id)).not.toHaveProperty("summary");
    }
  });

  test("a required field cannot be cleared, and the error names it", async () => {
    const t = deploy();
    const id = await seed(t, "ada");
    const clearing = new Docs(components.docs, {
      fields,
      identify,
      schema: z.object({ title: z.string().transform(() => undefined) }),
    });
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) => clearing.update(ctx, { id, title: "B" })),
    );
    expect(blamed(data)).toEqual(["title"]);
  });
});

test("unsetting a field that has a default stores the default, and says so with one version", async () => {
  const t = deploy();
  const { ada } = people(t);
  const defaulting = new Docs(components.docs, {
    fields,
    identify,
    schema: z.object({ summary: z.string().default("none") }),
  });
  const id = await seed(t, "ada", { summary: "mine" });
  const first = await ada.mutation((ctx) =>
    defaulting.update(ctx, { id, unset: ["summary"] }),
  );
  expect(await storedFields(t, id)).toMatchObject({ summary: "none" });
  const again = await ada.mutation((ctx) =>
    defaulting.update(ctx, { id, unset: ["summary"] }),
  );
  expect([first.version, again.version]).toEqual([2, 2]);
});

describe("a transform runs on what is sent, not again on what is stored", () => {
  const priced = new Docs(components.docs, {
    fields: { title: v.string(), price: v.number() },
    identify,
    schema: z.object({ price: z.number().transform((units) => units * 100) }),
  });

  test("another field, a status, and the price itself", async () => {
    const t = deploy();
    const { ada } = people(t);
    const { id } = await ada.mutation((ctx) =>
      priced.create(ctx, { title: "A", price: 5 }),
    );
    await ada.mutation((ctx) => priced.update(ctx, { id, title: "B" }));
    await ada.mutation((ctx) =>
      priced.update(ctx, { id, status: "published" }),
    );
    expect(await storedFields(t, id)).toEqual({ title: "B", price: 500 });
    await ada.mutation((ctx) => priced.update(ctx, { id, price: 6 }));
    expect(await storedFields(t, id)).toEqual({ title: "B", price: 600 });
  });
});

describe("what Convex cannot store is refused with its path", () => {
  const deep = () => {
    let value: unknown = 1;
    for (let level = 0; level < 20; level += 1) value = [value];
    return value;
  };
  test.each<[string, () => unknown, string]>([
    ["a Date", () => new Date(0), "at"],
    ["a Set", () => new Set(["a"]), "at"],
    ["a Map", () => new Map(), "at"],
    ["undefined in an array", () => ["a", undefined], "at.1"],
    ["a name with $", () => ({ $x: 1 }), "at.$x"],
    ["too many levels", deep, `at${".0".repeat(14)}`],
    ["too many bytes", () => "x".repeat(300_000), "at"],
    ["more bytes than a call may have", () => "x".repeat(17_000_000), "at"],
    ["a promise", () => Promise.resolve(1), "at"],
  ])("%s", async (_, make, path) => {
    const t = deploy();
    const docs = new Docs(components.docs, {
      fields: { at: v.any() },
      identify,
      schema: {
        "~standard": {
          version: 1,
          vendor: "test",
          validate: () => ({ value: { at: make() } }),
        },
      },
    });
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) => docs.create(ctx, { at: "x" })),
    );
    expect(blamed(data)).toEqual([path]);
  });

  test.each([["text"], [null], [5], [["a"]]])(
    "%j in the place of the document",
    async (value) => {
      const t = deploy();
      const docs = new Docs(components.docs, {
        fields,
        identify,
        schema: z.unknown().transform(() => value),
      });
      const data = await refused(t, () =>
        people(t).ada.mutation((ctx) =>
          docs.create(ctx, { title: "A", content: "" }),
        ),
      );
      expect(blamed(data)).toEqual([""]);
    },
  );
});

const linkOrText = {
  kind: v.union(v.literal("text"), v.literal("link")),
  body: v.optional(v.string()),
  url: v.optional(v.string()),
  note: v.optional(v.string()),
};
const linkOrTextSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), body: z.string() }),
  z.object({ kind: z.literal("link"), url: z.string() }),
]);

describe("a discriminated union that switches", () => {
  test.each([false, true])("whole: %s", async (wholeSchema) => {
    const t = deploy();
    const { ada } = people(t);
    const docs = new Docs(components.docs, {
      fields: linkOrText,
      identify,
      schema: linkOrTextSchema,
      wholeSchema,
    });
    const { id } = await ada.mutation((ctx) =>
      docs.create(ctx, { kind: "text", body: "x", note: "mine" }),
    );
    await ada.mutation((ctx) =>
      docs.update(ctx, { id, kind: "link", url: "https://a" }),
    );
    // The schema returns `note` for no document, so it is none of its business unless it is said to be whole.
    const others = wholeSchema ? {} : { note: "mine" };
    expect(await storedFields(t, id)).toEqual({
      kind: "link",
      url: "https://a",
      ...others,
    });
  });
});

/* A model: what each kind of field makes of a value. */

const KINDS = ["plain", "default", "shout", "emptying"] as const;
type Kind = (typeof KINDS)[number];

const SCHEMAS: Record<Kind, z.ZodType> = {
  plain: z.string().optional(),
  default: z.string().default("none"),
  // Not idempotent.
  shout: z
    .string()
    .transform((text) => `${text}!`)
    .optional(),
  emptying: z
    .string()
    .optional()
    .transform((text) => text || undefined),
};

/** What is stored of a field after a change that sends `sent` (`null`: unsets it; `undefined`: does not name it). */
function modelOf(kind: Kind, stored: unknown, sent: unknown) {
  const next = sent === undefined ? stored : (sent ?? undefined);
  switch (kind) {
    case "plain":
      return next;
    case "default":
      return next ?? "none";
    case "shout":
      return typeof sent === "string" ? `${sent}!` : next;
    case "emptying":
      return next === "" ? undefined : next;
  }
}

const NAMES = ["f0", "f1", "f2", "f3"] as const;
const text = fc.constantFrom("", "a", "b", "none");
const edit = fc.record({
  way: fc.constantFrom(...Object.keys(WAYS), "key"),
  kind: fc.option(fc.constantFrom("text" as const, "link" as const)),
  sent: fc.dictionary(
    fc.constantFrom(...NAMES),
    fc.oneof(text, fc.constant(null)),
  ),
});

async function apply(
  docs: AnyDocs,
  caller: Caller,
  id: string,
  way: string,
  change: { set: Fields; unset: string[] },
  stored: Fields,
) {
  const { set, unset } = change;
  await caller.mutation(async (ctx) => {
    if (way !== "key") {
      return WAYS[way]!(docs, ctx, id, { ...set, unset });
    }
    // A draft has no `unset`, and needs what is required.
    const draft = { kind: stored["kind"], ...set, key: "k" };
    return docs.create(ctx, { ...draft, ifExists: "update" });
  });
}

test(
  "random schemas and edits: what is stored is what the schema returned for what was sent",
  { timeout: 60_000 },
  async () => {
    const t = deploy();
    const { ada } = people(t);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          kinds: fc.tuple(...NAMES.map(() => fc.constantFrom(...KINDS))),
          wholeSchema: fc.boolean(),
          edits: fc.array(edit, { minLength: 1, maxLength: 5 }),
        }),
        async ({ kinds, wholeSchema, edits }) => {
          const shape = Object.fromEntries(
            NAMES.map((name, at) => [name, SCHEMAS[kinds[at]!]]),
          );
          const optional = v.optional(v.string());
          const docs = new Docs(components.docs, {
            fields: {
              kind: v.union(v.literal("text"), v.literal("link")),
              body: optional,
              url: optional,
              ...Object.fromEntries(NAMES.map((name) => [name, optional])),
            },
            identify,
            wholeSchema,
            schema: z.discriminatedUnion("kind", [
              z.object({
                ...shape,
                kind: z.literal("text"),
                body: z.string().default("body"),
              }),
              z.object({
                ...shape,
                kind: z.literal("link"),
                url: z.string().default("url"),
              }),
            ]),
          }) as unknown as AnyDocs;
          const { id } = await ada.mutation((ctx) =>
            docs.create(ctx, { kind: "text", key: "k" }),
          );
          const model: Fields = { kind: "text", body: "body" };
          const step = (sent: Fields) => {
            NAMES.forEach((name, at) => {
              const next = modelOf(kinds[at]!, model[name], sent[name]);
              if (next === undefined) Reflect.deleteProperty(model, name);
              else model[name] = next;
            });
          };
          step({});
          expect(await storedFields(t, id)).toEqual(model);
          for (const { way, kind, sent } of edits) {
            const before = await row(t, id);
            const isByKey = way === "key";
            const named = Object.entries(sent).filter(
              ([, value]) => !(isByKey && value === null),
            );
            const set = Object.fromEntries(
              named.filter(([, value]) => value !== null),
            );
            const unset = named.flatMap(([name, value]) =>
              value === null ? [name] : [],
            );
            const change = { set: { ...set, ...(kind && { kind }) }, unset };
            // What is neither declared nor there cannot be unset; these are declared.
            await apply(docs, ada, id, way, change, model);
            if (kind) model["kind"] = kind;
            const [mine, other] =
              model["kind"] === "text" ? ["body", "url"] : ["url", "body"];
            model[mine] ??= mine;
            Reflect.deleteProperty(model, other);
            step(Object.fromEntries(named));
            const after = await row(t, id);
            expect(after!["fields"]).toEqual(model);
            const isSame =
              JSON.stringify(sorted(before!["fields"])) ===
              JSON.stringify(sorted(model));
            expect(after!["version"]).toBe(
              Number(before!["version"]) + (isSame ? 0 : 1),
            );
          }
          await ada.mutation((ctx) => docs.remove(ctx, { id }));
        },
      ),
      { numRuns: Number(import.meta.env["NUM_RUNS"] ?? 60) },
    );
  },
);

function sorted(object: unknown): [string, unknown][] {
  return Object.entries(object as Fields).sort(([a], [b]) => (a < b ? -1 : 1));
}
