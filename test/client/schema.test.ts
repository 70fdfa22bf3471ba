import { v } from "convex/values";
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
} from "../support/host.js";
import { titled } from "../support/titled.js";
import { blamed, refused } from "../support/refusals.js";
import { row } from "../support/stored.js";

describe("create", () => {
  test("stores what the schema makes of the fields, and keeps those it does not know", async () => {
    const t = deploy();
    const { id } = await people(t).ada.mutation((ctx) =>
      titled.create(ctx, { title: "  Plan ", content: "long", tags: ["a"] }),
    );
    expect((await row(t, id))!["fields"]).toEqual({
      title: "Plan",
      content: "long",
      tags: ["a"],
    });
  });

  test("refuses with the schema's own words and every path", async () => {
    const t = deploy();
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) =>
        titled.create(ctx, { title: " x ", content: "", summary: "s" }),
      ),
    );
    expect(data).toMatchObject({
      code: "VALIDATION_FAILED",
      issues: [
        { path: "title", message: "Too short." },
        { path: "summary", message: "Longer than what it sums up." },
      ],
    });
    const cross = await refused(t, () =>
      people(t).ada.mutation((ctx) =>
        titled.create(ctx, { title: "Plan", content: "", summary: "s" }),
      ),
    );
    expect(blamed(cross)).toEqual(["summary"]);
  });

  test("a schema's result is still held to the declared fields", async () => {
    const t = deploy();
    const strange = new Docs(components.docs, {
      fields,
      identify,
      schema: z.object({ title: z.string().transform(() => 5) }).loose(),
    });
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) =>
        strange.create(ctx, { title: "Plan", content: "" }),
      ),
    );
    expect(blamed(data)).toEqual(["title"]);
  });
});

describe("update", () => {
  test("judges the whole merged document, and stores what the schema makes of it", async () => {
    const t = deploy();
    const { ada } = people(t);
    const id = await seed(t, "ada", { content: "long", summary: "s" });
    const data = await refused(t, () =>
      ada.mutation((ctx) => titled.update(ctx, { id, content: "" })),
    );
    expect(blamed(data)).toEqual(["summary"]);
    await ada.mutation((ctx) =>
      titled.update(ctx, { id, content: "", unset: ["summary"] }),
    );
    await ada.mutation((ctx) => titled.update(ctx, { id, title: " Plan B " }));
    expect(await row(t, id)).toMatchObject({
      fields: { title: "Plan B", content: "" },
      version: 3,
    });
    expect((await row(t, id))!["fields"]).not.toHaveProperty("summary");
  });

  // What a host passes on from its own optional argument: its compiler may let `undefined` stand for absent.
  type Lock = { ifVersion?: number };
  test.each<[string, Lock]>([
    ["absent", {}],
    ["undefined", { ifVersion: undefined } as unknown as Lock],
    ["right", { ifVersion: 1 }],
  ])("applies with an ifVersion that is %s", async (_, lock) => {
    const t = deploy();
    const id = await seed(t, "ada");
    const args = { id, title: " ", ...lock };
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) => titled.update(ctx, args)),
    );
    expect(blamed(data)).toEqual(["title"]);
    const item = await refused(t, () =>
      people(t).ada.mutation((ctx) =>
        titled.batchUpdate(ctx, { items: [args] }),
      ),
    );
    expect(item).toMatchObject({
      errors: [{ index: 0, error: { code: "VALIDATION_FAILED" } }],
    });
  });

  test("a field that is undefined stays as it is, as without a schema", async () => {
    const t = deploy();
    const id = await seed(t, "ada", { content: "long", summary: "s" });
    const args = {
      id,
      title: undefined,
      summary: undefined,
      content: "longer",
    };
    await people(t).ada.mutation((ctx) => titled.update(ctx, args as never));
    expect((await row(t, id))!["fields"]).toEqual({
      title: "Plan",
      content: "longer",
      summary: "s",
    });
  });

  test("a stale version is a CONFLICT, whatever the schema would say", async () => {
    const t = deploy();
    const id = await seed(t, "ada");
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) =>
        titled.update(ctx, { id, title: " ", ifVersion: 7 }),
      ),
    );
    expect(data).toMatchObject({ code: "CONFLICT", expected: 7, actual: 1 });
  });

  test("says nothing about a document that the caller may not see", async () => {
    const t = deploy();
    const id = await seed(t, "ada");
    const data = await refused(t, () =>
      people(t).bob.mutation((ctx) => titled.update(ctx, { id, title: " " })),
    );
    expect(data.code).toBe("NOT_FOUND");
  });
});

test("a write that the schema turns into no change writes nothing", async () => {
  const t = deploy();
  const id = await seed(t, "ada");
  const written = await people(t).ada.mutation((ctx) =>
    titled.update(ctx, { id, title: "  Plan  " }),
  );
  expect(written.version).toBe(1);
});

test("any Standard Schema will do, asynchronous ones too, and paths come out dotted", async () => {
  const t = deploy();
  const parts = new Docs(components.docs, {
    fields: { parts: v.array(v.object({ name: v.string() })) },
    identify,
    schema: {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: () =>
          Promise.resolve({
            issues: [
              { message: "No.", path: ["parts", { key: 0 }, "name"] },
              { message: "Never." },
            ],
          }),
      },
    },
  });
  const data = await refused(t, () =>
    people(t).ada.mutation((ctx) =>
      parts.create(ctx, { parts: [{ name: "x" }] }),
    ),
  );
  expect(data).toMatchObject({
    issues: [
      { path: "parts.0.name", message: "No." },
      { path: "", message: "Never." },
    ],
  });
});
