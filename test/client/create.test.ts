import { expect, test } from "vitest";
import { deploy, docs } from "../support/host.js";

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
