import { v } from "convex/values";
import { expect, test, vi } from "vitest";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  docs,
  fields,
  identify,
  people,
  seed,
} from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";
import { row } from "../support/stored.js";

test("a partial update changes what it names and counts one version", async () => {
  const t = deploy();
  const id = await seed(t, "ada", { content: "text", summary: "short" });
  const written = await people(t).ada.mutation((ctx) =>
    docs.update(ctx, { id, title: "Plan B", isPublic: true }),
  );
  expect(written).toEqual({ id, version: 2 });
  expect(await row(t, id)).toMatchObject({
    fields: { title: "Plan B", content: "text", summary: "short" },
    isPublic: true,
    status: "draft",
    version: 2,
  });
});

test("absent and undefined leave a field, only unset deletes it", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await seed(t, "ada", { summary: "short", tags: ["a"] });
  await ada.mutation((ctx) => docs.update(ctx, { id, title: "B" }));
  const undefinedToo = { id, title: "C", summary: undefined };
  await ada.mutation((ctx) => docs.update(ctx, undefinedToo as never));
  expect((await row(t, id))!["fields"]).toMatchObject({ summary: "short" });
  await ada.mutation((ctx) => docs.update(ctx, { id, unset: ["summary"] }));
  expect((await row(t, id))!["fields"]).toEqual({
    title: "C",
    content: "",
    tags: ["a"],
  });
});

test("unset takes optional fields only", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await seed(t, "ada");
  for (const name of ["title", "ownerId", "nothing", 5, "__proto__"]) {
    const data = await refused(t, () =>
      ada.mutation((ctx) =>
        docs.update(ctx, { id, unset: [name as "summary"] }),
      ),
    );
    expect(blamed(data)).toEqual(["unset.0"]);
  }
});

test("a change that changes nothing writes nothing and keeps version and time", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await seed(t, "ada", { tags: ["a", "b"], summary: "s" });
  const before = await row(t, id);
  const same = {
    id,
    title: "Plan",
    tags: ["a", "b"],
    status: "draft" as const,
    isPublic: false,
  };
  const written = await ada.mutation(async (ctx) => {
    const result = await docs.update(ctx, same);
    const metrics = await ctx.meta.getTransactionMetrics();
    return { ...result, writes: metrics.documentsWritten.used };
  });
  expect(written).toEqual({ id, version: 1, writes: 0 });
  expect(await row(t, id)).toEqual(before);
});

test("unsetting what is not set changes nothing", async () => {
  const t = deploy();
  const id = await seed(t, "ada");
  const written = await people(t).ada.mutation((ctx) =>
    docs.update(ctx, { id, unset: ["summary"] }),
  );
  expect(written.version).toBe(1);
});

test("the caller's own version decides, and the conflict has both", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await seed(t, "ada");
  await ada.mutation((ctx) =>
    docs.update(ctx, { id, title: "B", ifVersion: 1 }),
  );
  const attempt = (ifVersion: number) =>
    ada.mutation((ctx) => docs.update(ctx, { id, title: "C", ifVersion }));
  for (const expected of [1, 0, 3, 1.5, -1]) {
    const data = await refused(t, () => attempt(expected));
    expect(data).toMatchObject({
      code: "CONFLICT",
      documentId: id,
      actual: 2,
      expected,
    });
  }
  // JSON has no such numbers, so a CONFLICT could not say what was expected.
  for (const never of [NaN, Infinity, -Infinity]) {
    expect(blamed(await refused(t, () => attempt(never)))).toEqual([
      "ifVersion",
    ]);
  }
  const { version } = await ada.mutation((ctx) =>
    docs.update(ctx, { id, title: "C", ifVersion: 2 }),
  );
  expect(version).toBe(3);
});

test("every kind of write bumps the version and honours ifVersion", async () => {
  const t = deploy();
  const trash = new Docs(components.docs, { fields, identify, trash: true });
  const ada = trash.as("ada");
  const id = await seed(t, "ada");
  const steps = [
    (ifVersion: number) =>
      t.mutation((ctx) => ada.update(ctx, { id, title: "B", ifVersion })),
    (ifVersion: number) =>
      t.mutation((ctx) => ada.remove(ctx, { id, ifVersion })),
    (ifVersion: number) =>
      t.mutation((ctx) => ada.restore(ctx, { id, ifVersion })),
    (ifVersion: number) =>
      t.mutation((ctx) => ada.transfer(ctx, { id, to: "bob", ifVersion })),
  ];
  for (const [index, step] of steps.entries()) {
    const version = index + 1;
    const data = await refused(t, () => step(version - 1));
    expect(data).toMatchObject({ code: "CONFLICT", actual: version });
    expect(await step(version)).toEqual({ id, version: version + 1 });
  }
  const items = [{ id, title: "C", ifVersion: 5 }];
  const batch = await t.mutation((ctx) =>
    trash.as("bob").batchUpdate(ctx, { items }),
  );
  expect(batch.results).toEqual([{ ok: true, id, version: 6 }]);
  await t.mutation((ctx) => trash.as("bob").remove(ctx, { id }));
  const gone = (ifVersion: number) =>
    t.mutation((ctx) => trash.as("bob").purge(ctx, { id, ifVersion }));
  expect(await refused(t, () => gone(6))).toMatchObject({ code: "CONFLICT" });
  expect(await gone(7)).toEqual({ id, version: 7 });
});

test("of two forms opened at one version the second conflicts", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await seed(t, "ada");
  const open = await ada.query((ctx) => docs.getOrThrow(ctx, { id }));
  const save = (title: string, ifVersion?: number) =>
    ada.mutation((ctx) =>
      docs.update(ctx, {
        id,
        title,
        ...(ifVersion === undefined ? {} : { ifVersion }),
      }),
    );
  await save("first", open.version);
  const data = await refused(t, () => save("second", open.version));
  expect(data.code).toBe("CONFLICT");
  // Without the version, the last one wins: that is what the caller asked for.
  expect(await save("third")).toMatchObject({ version: 3 });
});

test("publishing and archiving leave their times, and unarchiving takes its own away", async () => {
  vi.useFakeTimers();
  try {
    const t = deploy();
    const { ada } = people(t);
    vi.setSystemTime(1000);
    const id = await seed(t, "ada");
    const stages = ["published", "archived", "draft", "published"] as const;
    const seen: unknown[] = [];
    for (const [index, status] of stages.entries()) {
      vi.setSystemTime(2000 + 1000 * index);
      await ada.mutation((ctx) => docs.update(ctx, { id, status }));
      const stored = await row(t, id);
      seen.push([stored!["publishedAt"], stored!["archivedAt"]]);
    }
    expect(seen).toEqual([
      [2000, undefined],
      [2000, 3000],
      [2000, undefined],
      [5000, undefined],
    ]);
    vi.setSystemTime(9000);
    await ada.mutation((ctx) =>
      docs.update(ctx, { id, status: "published", title: "B" }),
    );
    expect(await row(t, id)).toMatchObject({ publishedAt: 5000 });
  } finally {
    vi.useRealTimers();
  }
});

test("the whole merged document is judged: an old row that breaks a new validator is readable and must be mended to be written", async () => {
  const t = deploy();
  const id = await seed(t, "ada");
  const stricter = new Docs(components.docs, {
    fields: { ...fields, priority: v.number() },
    identify,
  }).as("ada");
  const old = await t.query((ctx) => stricter.get(ctx, { id }));
  expect(old).toMatchObject({ title: "Plan" });
  const data = await refused(t, () =>
    t.mutation((ctx) => stricter.update(ctx, { id, title: "B" })),
  );
  expect(blamed(data)).toEqual(["priority"]);
  await t.mutation((ctx) => stricter.update(ctx, { id, priority: 1 }));
  expect(await row(t, id)).toMatchObject({ version: 2 });
});
