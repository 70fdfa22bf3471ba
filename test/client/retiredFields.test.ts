/**
 * Documents that have a field which is no longer declared.
 */
import { v } from "convex/values";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Docs, retired } from "../../src/client/index.js";
import {
  components,
  deploy,
  fields,
  identify,
  people,
  seed,
  type HostCtx,
} from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";
import { row } from "../support/stored.js";

const { summary: _summary, ...rest } = fields;
const after = new Docs(components.docs, { fields: rest, identify });
const strict = new Docs(components.docs, {
  fields: rest,
  identify,
  schema: z.strictObject({ title: z.string(), content: z.string() }),
  wholeSchema: true,
});
const unsetting = { unset: [retired("summary")] };

describe("a field that was taken out of `fields` locks no document", () => {
  type Write = (ctx: HostCtx, id: string) => Promise<unknown>;
  const writes: Record<string, Write> = {
    "another field": (ctx, id) => after.update(ctx, { id, title: "B" }),
    "a status": (ctx, id) => after.update(ctx, { id, status: "archived" }),
    "a batch": (ctx, id) =>
      after.batchUpdate(ctx, { ids: [id], updates: { title: "B" } }),
    "the system": (ctx, id) =>
      after.asSystem("test").update(ctx, { id, title: "B" }),
    "its key": (ctx) =>
      after.create(ctx, {
        title: "B",
        content: "",
        key: "k",
        ifExists: "update",
      }),
    "a strict schema, which does not see it": (ctx, id) =>
      strict.update(ctx, { id, title: "B" }),
  };
  test.each(Object.entries(writes))("%s", async (_, write) => {
    const t = deploy();
    const id = await seed(t, "ada", { summary: "old", key: "k" });
    await people(t).ada.mutation((ctx) => write(ctx, id));
    expect(await row(t, id)).toMatchObject({
      version: 2,
      fields: { summary: "old" },
    });
  });
});

test.each([
  ["without a schema", after],
  ["with one", strict],
])("unset may name it while it is there, %s", async (_, docs) => {
  const t = deploy();
  const { ada } = people(t);
  const id = await seed(t, "ada", { summary: "old" });
  await ada.mutation((ctx) => docs.update(ctx, { id, ...unsetting }));
  expect((await row(t, id))!["fields"]).toEqual({ title: "Plan", content: "" });
  const data = await refused(t, () =>
    ada.mutation((ctx) => docs.update(ctx, { id, ...unsetting })),
  );
  expect(blamed(data)).toEqual(["unset.0"]);
});

test("it can no longer be sent", async () => {
  const t = deploy();
  const id = await seed(t, "ada", { summary: "old" });
  const data = await refused(t, () =>
    people(t).ada.mutation((ctx) =>
      after.update(ctx, { id, summary: "new" } as { id: string }),
    ),
  );
  expect(blamed(data)).toEqual(["summary"]);
});

test("a field of another type than declared is still refused, where the change touches the document", async () => {
  const t = deploy();
  const id = await seed(t, "ada", { summary: "old" });
  const retyped = new Docs(components.docs, {
    fields: { ...rest, summary: v.optional(v.number()) },
    identify,
  });
  const data = await refused(t, () =>
    people(t).ada.mutation((ctx) => retyped.update(ctx, { id, title: "B" })),
  );
  expect(blamed(data)).toEqual(["summary"]);
  await people(t).ada.mutation((ctx) =>
    retyped.update(ctx, { id, title: "B", unset: ["summary"] }),
  );
});
