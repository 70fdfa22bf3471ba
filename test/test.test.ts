import { convexTest } from "convex-test";
import { defineSchema } from "convex/server";
import { expect, test } from "vitest";
import component, { register } from "../src/test.js";
import { components, docs } from "./support/host.js";

const start = () =>
  convexTest({
    schema: defineSchema({}),
    modules: { "./convex/_generated/api.js": () => Promise.resolve({}) },
  });

test("the default export has what components of Convex export for tests", async () => {
  expect(component.register).toBe(register);
  const t = start();
  // What a host does that registers by itself.
  t.registerComponent("docs", component.schema, component.modules);
  const { id } = await t.mutation((ctx) =>
    docs.as("ada").create(ctx, { title: "Plan", content: "" }),
  );
  const read = await t.query((ctx) => docs.as("ada").get(ctx, { id }));
  expect(read).toMatchObject({ title: "Plan", version: 1 });
});

test("a mount under another name has documents of its own", async () => {
  const t = start();
  component.register(t);
  component.register(t, "notes");
  await t.mutation((ctx) =>
    docs.as("ada").create(ctx, { title: "Plan", content: "" }),
  );
  const paginationOpts = { cursor: null, numItems: 10 };
  const { page } = await t.query((ctx) =>
    ctx.runQuery(components.notes.documents.list, {
      actor: { kind: "user", id: "ada" },
      scope: "own",
      order: "desc",
      paginationOpts,
    }),
  );
  expect(page).toEqual([]);
});
