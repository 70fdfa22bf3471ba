import { expect, test } from "vitest";
import { deploy, docs, people, seed } from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";
import { row, rows } from "../support/stored.js";

test("a created document belongs to its creator, as a private draft", async () => {
  const t = deploy().withIdentity({ subject: "ada" });
  const { id, version } = await t.mutation((ctx) =>
    docs.create(ctx, { title: "Plan", content: "" }),
  );
  const document = await t.query((ctx) => docs.get(ctx, { id }));
  expect(version).toBe(1);
  expect(document).toMatchObject({
    _id: id,
    title: "Plan",
    ownerId: "ada",
    status: "draft",
    isPublic: false,
    version: 1,
  });
});

test("a document says when it was created and changed, in ms, and carries nothing of ours", async () => {
  const t = deploy();
  const before = Date.now();
  const id = await seed(t, "ada", { summary: "s", tags: ["a"] });
  const document = await t.query((ctx) => docs.as("ada").get(ctx, { id }));
  expect(Object.keys(document!).sort()).toEqual(
    [
      "_creationTime",
      "_id",
      "content",
      "createdAt",
      "isPublic",
      "ownerId",
      "status",
      "summary",
      "tags",
      "title",
      "updatedAt",
      "version",
    ].sort(),
  );
  expect(document!.createdAt).toBeGreaterThanOrEqual(before);
  expect(document!.createdAt).toBeLessThanOrEqual(Date.now());
  expect(document!.updatedAt).toBeGreaterThanOrEqual(before);
});

test("a document can be born published, public and with a key", async () => {
  const t = deploy();
  const id = await seed(t, "ada", {
    status: "published",
    isPublic: true,
    key: "home",
  });
  const stored = await row(t, id);
  expect(stored).toMatchObject({
    status: "published",
    isPublic: true,
    key: "home",
    publishedAt: stored!["updatedAt"],
  });
});

test("a document can be born archived, with the time of it", async () => {
  const t = deploy();
  const id = await seed(t, "ada", { status: "archived" });
  const stored = await row(t, id);
  expect(stored!["archivedAt"]).toBe(stored!["updatedAt"]);
  expect(stored).not.toHaveProperty("publishedAt");
});

test("reserved columns and unknown keys are refused, and never reach the row", async () => {
  const t = deploy();
  const smuggled = {
    ownerId: "bob",
    version: 99,
    createdAt: 0,
    updatedAt: 0,
    deletedAt: 0,
    _id: "x",
    isAdmin: true,
  };
  const { ada } = people(t);
  const data = await refused(t, () =>
    ada.mutation((ctx) =>
      docs.create(ctx, { title: "Plan", content: "", ...smuggled }),
    ),
  );
  expect(blamed(data).sort()).toEqual(Object.keys(smuggled).sort());
  const id = await seed(t, "ada");
  await refused(t, () =>
    ada.mutation((ctx) => docs.update(ctx, { id, ...smuggled })),
  );
  expect((await rows(t)).map(({ fields }) => fields)).toEqual([
    { title: "Plan", content: "" },
  ]);
});

test("every problem is named at once, each with its path", async () => {
  const t = deploy();
  const data = await refused(t, () =>
    people(t).ada.mutation((ctx) =>
      docs.create(ctx, {
        title: 5,
        tags: ["a", 1, "b", null],
        status: "gone",
        extra: true,
      } as never),
    ),
  );
  expect(blamed(data).sort()).toEqual([
    "content",
    "extra",
    "status",
    "tags.1",
    "tags.3",
    "title",
  ]);
});

test("an absent optional field may also be undefined, which is not stored", async () => {
  const t = deploy();
  const { ada } = people(t);
  const args = { title: "Plan", content: "", summary: undefined };
  const { id } = await ada.mutation((ctx) => docs.create(ctx, args as never));
  expect((await row(t, id))!["fields"]).toEqual({ title: "Plan", content: "" });
});

test("the host's own writes and ours commit together", async () => {
  const t = deploy();
  const { ada } = people(t);
  await ada.mutation(async (ctx) => {
    await ctx.db.insert("audit", { line: "created" });
    return await docs.create(ctx, { title: "Plan", content: "" });
  });
  await refused(t, () =>
    ada.mutation(async (ctx) => {
      await ctx.db.insert("audit", { line: "created twice" });
      await docs.create(ctx, { title: "Plan", content: "" });
      return await docs.create(ctx, { title: "Plan" } as never);
    }),
  );
  expect(await rows(t)).toHaveLength(1);
});
