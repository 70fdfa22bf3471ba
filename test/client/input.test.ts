/**
 * Input that no honest client sends: each a refusal with the field to blame, and nothing written.
 */
import { v } from "convex/values";
import { describe, expect, test } from "vitest";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  identify,
  people,
  type Caller,
} from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";

/** One field of each kind. */
const docs = new Docs(components.docs, {
  fields: {
    title: v.string(),
    count: v.optional(v.number()),
    big: v.optional(v.int64()),
    done: v.optional(v.boolean()),
    tags: v.optional(v.array(v.string())),
    place: v.optional(v.object({ city: v.string() })),
    names: v.optional(v.record(v.string(), v.string())),
    kind: v.optional(v.union(v.literal("a"), v.literal("b"))),
    extra: v.optional(v.any()),
  },
  identify,
});

const nested = (levels: number): unknown =>
  levels === 0 ? 1 : { a: nested(levels - 1) };
const lists = (levels: number): unknown =>
  levels === 0 ? "deep" : [lists(levels - 1)];
const holes = ["a"];
holes[3] = "d";
class Place {
  city = "Paris";
}

/** A value for one field, and the path to blame. */
const bad: [string, string, unknown, string][] = [
  ["title", "undefined", undefined, "title"],
  ["title", "null", null, "title"],
  ["title", "a number", 5, "title"],
  ["title", "a Date", new Date(), "title"],
  ["title", "half a surrogate pair", "a\ud800", "title"],
  ["title", "a String object", new String("a"), "title"],
  ["count", "text", "5", "count"],
  ["count", "a bigint", 5n, "count"],
  ["big", "a number", 5, "big"],
  ["big", "a bigint beyond 64 bits", 2n ** 63n, "big"],
  ["big", "a bigint below 64 bits", -(2n ** 63n) - 1n, "big"],
  ["done", "text", "true", "done"],
  ["tags", "text", "a", "tags"],
  ["tags", "a wrong element", ["a", "b", 3], "tags.2"],
  ["tags", "a sparse array", holes, "tags.1"],
  ["tags", "9,000 elements", Array(9000).fill("a"), "tags"],
  ["tags", "an object like an array", { 0: "a", length: 1 }, "tags"],
  ["place", "a class instance", new Place(), "place"],
  ["place", "a Map", new Map([["city", "Paris"]]), "place"],
  ["place", "an array", [], "place"],
  ["place", "an unknown member", { city: "P", zip: 1 }, "place.zip"],
  ["place", "a missing member", {}, "place.city"],
  ["names", "a key with $", { $key: "a" }, "names.$key"],
  ["names", "a key with _", { _key: "a" }, "names._key"],
  ["names", "a key beyond ASCII", { clé: "a" }, "names.clé"],
  ["names", "an empty key", { "": "a" }, "names."],
  [
    "names",
    "a key of 1,025 characters",
    { ["k".repeat(1025)]: "a" },
    "names.k",
  ],
  [
    "names",
    "1,025 entries",
    Object.fromEntries(Array.from({ length: 1025 }, (_, n) => [`k${n}`, "a"])),
    "names",
  ],
  ["kind", "no member of the union", "c", "kind"],
  ["extra", "a Date", new Date(), "extra"],
  ["extra", "a Map", new Map(), "extra"],
  ["extra", "a Set inside", { a: [new Set()] }, "extra.a.0"],
  ["extra", "a function", () => 1, "extra"],
  ["extra", "a symbol", Symbol("x"), "extra"],
  ["extra", "bytes seen through an array", new Uint8Array(2), "extra"],
  ["extra", "15 levels", nested(15), "extra.a"],
  ["extra", "undefined in an array", [undefined], "extra.0"],
  ["extra", "a bigint beyond 64 bits", [2n ** 64n], "extra.0"],
  ["extra", "half a surrogate pair", ["\udfff"], "extra.0"],
];

type Way = (caller: Caller, id: string, field: object) => Promise<unknown>;
const ways: Record<string, Way> = {
  create: (caller, _, field) =>
    caller.mutation((ctx) => docs.create(ctx, { title: "A", ...field })),
  update: (caller, id, field) =>
    caller.mutation((ctx) => docs.update(ctx, { id, done: true, ...field })),
  batchCreate: (caller, _, field) =>
    caller.mutation((ctx) =>
      docs.batchCreate(ctx, {
        items: [{ title: "fine" }, { title: "A", ...field }] as never,
        mode: "partial",
      }),
    ),
  "batchUpdate of each": (caller, id, field) =>
    caller.mutation((ctx) =>
      docs.batchUpdate(ctx, { items: [{ id, ...field }] as never }),
    ),
  "batchUpdate of all": (caller, id, field) =>
    caller.mutation((ctx) =>
      docs.batchUpdate(ctx, { ids: [id], updates: field }),
    ),
};
const PREFIX: Record<string, string> = {
  batchCreate: "items.1.",
  "batchUpdate of each": "items.0.",
  "batchUpdate of all": "updates.",
};

async function deployWithOwn() {
  const t = deploy();
  const { id } = await t.mutation((ctx) =>
    docs.as("ada").create(ctx, { title: "A" }),
  );
  return { t, id, ada: people(t).ada };
}

describe.each(Object.entries(ways))("%s refuses", (name, way) => {
  test.each(bad)("%s: %s", async (field, _, value, path) => {
    // A change may leave a required field out.
    if (value === undefined && !name.endsWith("reate")) return;
    const { t, id, ada } = await deployWithOwn();
    const data = await refused(t, () => way(ada, id, { [field]: value }));
    const [first] = blamed(data);
    expect(first).toContain((PREFIX[name] ?? "") + path);
    expect(JSON.stringify(data).length).toBeLessThan(3000);
  });
});

const good: [string, unknown][] = [
  ["extra", nested(14)],
  ["extra", lists(14)],
  ["extra", { ok: [1, 2n, null, true, "🙂", new ArrayBuffer(3), NaN, -0] }],
  ["tags", Array(8192).fill("")],
  ["names", { "a b": "x", "%": "y", ["k".repeat(1024)]: "z" }],
  ["big", 2n ** 63n - 1n],
  ["big", -(2n ** 63n)],
  ["count", Infinity],
  ["kind", "b"],
];

describe.each(Object.entries(ways))("%s takes", (_, way) => {
  test("what Convex can store, to its limits", async () => {
    const { id, ada } = await deployWithOwn();
    for (const [field, value] of good) await way(ada, id, { [field]: value });
  });
});

test("fields of 300 kB: refused with the largest to blame, alone and as an item", async () => {
  const { t, id, ada } = await deployWithOwn();
  const field = { title: "x".repeat(300_000), extra: "y" };
  const issue = {
    path: "title",
    message: expect.stringMatching(
      /3000\d\d bytes long; the limit is 262144/,
    ) as string,
  };
  for (const name of ["create", "update"]) {
    const data = await refused(t, () => ways[name]!(ada, id, field));
    expect(data).toMatchObject({ code: "VALIDATION_FAILED", issues: [issue] });
  }
  const batch = ways["batchUpdate of each"]!;
  expect(await refused(t, () => batch(ada, id, field))).toMatchObject({
    errors: [{ index: 0, error: { issues: [issue] } }],
  });
});

test("however much is wrong, the answer stays small and says how much more there is", async () => {
  const { t, id, ada } = await deployWithOwn();
  const numbers = Array(8000).fill(5);
  const unknown = Object.fromEntries(
    Array.from({ length: 1000 }, (_, n) => [`${"u".repeat(500)}${n}`, n]),
  );
  for (const way of Object.values(ways)) {
    for (const field of [{ tags: numbers }, unknown, { place: unknown }]) {
      const data = await refused(t, () => way(ada, id, field));
      expect(blamed(data).length).toBeGreaterThan(10);
      expect(JSON.stringify(data).length).toBeLessThan(100_000);
    }
  }
});
