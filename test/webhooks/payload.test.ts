import { v } from "convex/values";
import fc from "fast-check";
import { expect, test } from "vitest";
import { objectJson } from "../../src/shared/validatorJson.js";
import { stripUnknown } from "../../src/webhooks/payload.js";

const shape = objectJson({
  name: v.string(),
  lines: v.array(v.object({ sku: v.string() })),
  prices: v.record(v.string(), v.object({ cents: v.number() })),
  owner: v.union(
    v.object({ kind: v.literal("user"), id: v.string() }),
    v.object({ kind: v.literal("team"), team: v.string() }),
    v.null(),
  ),
  note: v.optional(v.string()),
});

test("what is declared stays, at every level; what is not goes", () => {
  const sent = {
    name: "A",
    added: 1,
    lines: [{ sku: "x", added: 1 }, { sku: "y" }],
    prices: { eur: { cents: 1, added: 1 } },
    owner: { kind: "team", team: "t", added: 1 },
  };
  expect(stripUnknown(shape, sent)).toEqual({
    name: "A",
    lines: [{ sku: "x" }, { sku: "y" }],
    prices: { eur: { cents: 1 } },
    owner: { kind: "team", team: "t" },
  });
});

test("what does not fit its shape stays as it is, for the check that names it", () => {
  const sent = {
    name: { a: 1 },
    lines: "none",
    prices: ["eur"],
    owner: { kind: "ghost", id: "g" },
  };
  expect(stripUnknown(shape, sent)).toEqual(sent);
  for (const value of [null, 1, "text", [1]]) {
    expect(stripUnknown(shape, value)).toEqual(value);
  }
});

test("a field named like what every object inherits is stripped, not followed", () => {
  const sent = JSON.parse(
    `{"name":"A","__proto__":{"polluted":true},"constructor":1}`,
  ) as unknown;
  const stripped = stripUnknown(shape, sent) as Record<string, unknown>;
  expect(stripped).toEqual({ name: "A" });
  expect(stripped["polluted"]).toBeUndefined();
});

test("whatever is sent, nothing undeclared is left, and stripping again changes nothing", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (added) => {
      const sent = { ...added, name: "A", lines: [{ ...added, sku: "x" }] };
      const once = stripUnknown(shape, sent) as Record<string, unknown>;
      const declared = ["name", "lines", "prices", "owner", "note"];
      expect(
        Object.keys(once).filter((name) => !declared.includes(name)),
      ).toEqual([]);
      expect(once["lines"]).toEqual([{ sku: "x" }]);
      expect(stripUnknown(shape, once)).toEqual(once);
    }),
  );
});
