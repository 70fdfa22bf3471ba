/**
 * Calls that are not what any operation takes: refused before anybody is asked who is calling.
 */
import { describe, expect, test } from "vitest";
import { deploy, docs, people, seed, seedMany } from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";

describe("arguments that are no object of arguments", () => {
  type Method = "create" | "update" | "remove" | "get" | "getMany" | "list";
  const methods = [
    "create",
    "update",
    "remove",
    "restore",
    "purge",
    "transfer",
    "batchCreate",
    "batchUpdate",
    "batchRemove",
    "get",
    "getOrThrow",
    "getMany",
    "getByKey",
    "list",
    "listPublic",
    "listTrash",
    "count",
    "search",
    "startBulk",
    "bulkStatus",
    "cancelBulk",
  ] as const;
  test.each(methods)("%s", async (method) => {
    const t = deploy();
    const { ada } = people(t);
    const values = [
      undefined,
      null,
      5,
      "id",
      [],
      [{ id: "x" }],
      new Date(),
      {},
    ];
    for (const args of values) {
      // `count` and nothing else does without any argument.
      if (method === "count" && args?.constructor === Object) continue;
      const data = await refused(t, () =>
        ada.mutation((ctx) => docs[method as Method](ctx, args as never)),
      );
      expect(data.code).toBe("VALIDATION_FAILED");
    }
  });

  test("arguments nobody asked for are refused by name, and none of them reaches the component", async () => {
    const t = deploy();
    const { ada } = people(t);
    const id = await seed(t, "ada");
    const smuggled = { actor: { kind: "system", reason: "" }, ownerId: "bob" };
    const paginationOpts = { numItems: 5, cursor: null };
    for (const call of [
      () => ada.mutation((ctx) => docs.remove(ctx, { id, ...smuggled })),
      () => ada.query((ctx) => docs.get(ctx, { id, ...smuggled })),
      () => ada.query((ctx) => docs.list(ctx, { paginationOpts, ...smuggled })),
      () => ada.query((ctx) => docs.count(ctx, smuggled as never)),
      () => ada.query((ctx) => docs.search(ctx, { query: "x", ...smuggled })),
      () =>
        ada.mutation((ctx) =>
          docs.batchRemove(ctx, { ids: [id], ...smuggled }),
        ),
    ]) {
      expect(blamed(await refused(t, call)).sort()).toEqual([
        "actor",
        "ownerId",
      ]);
    }
  });
});

test.each(["single", "none", "", null])(
  "the mode %s is none that a caller may choose",
  async (mode) => {
    const t = deploy();
    const { ada } = people(t);
    const ids = await seedMany(t, "ada", 1);
    const data = await refused(t, () =>
      ada.mutation((ctx) =>
        docs.batchRemove(ctx, { ids, mode: mode as "atomic" }),
      ),
    );
    expect(blamed(data)).toEqual(["mode"]);
  },
);
