/** Batches with hooks, whose results hold the documents: what does not fit is refused with a code, never by Convex. */
import { expect, test } from "vitest";
import { v } from "convex/values";
import { Docs } from "../../src/client/index.js";
import { components, deploy, identify } from "../support/host.js";
import { refused } from "../support/refusals.js";
import { underEveryRule } from "../strict/suite.js";

underEveryRule();

const fields = { title: v.string(), content: v.string() };
const KB = 1_000;
const told = new Docs(components.docs, {
  fields,
  identify,
  onChange: () => {},
});
const ada = told.as("ada");

const large = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, n) => ({
    title: `${n}`,
    content: "x".repeat(bytes),
  }));

test("new documents of the largest size: as many as one transaction takes, and one more is BATCH_TOO_LARGE", async () => {
  const t = deploy();
  const items = (count: number) => large(count, 262_000);
  await expect(
    t.mutation((ctx) => ada.batchCreate(ctx, { items: items(59) })),
  ).resolves.toMatchObject({ succeeded: 59 });
  const data = await refused(deploy(), () =>
    t.mutation((ctx) => ada.batchCreate(ctx, { items: items(60) })),
  );
  expect(data).toMatchObject({ code: "BATCH_TOO_LARGE" });
}, 120_000);

test("what is refused for one item is BATCH_FAILED, however large the others would become", async () => {
  const t = deploy();
  const { results } = await t.mutation((ctx) =>
    ada.batchCreate(ctx, { items: large(50, 110 * KB) }),
  );
  const items = results.flatMap((result, n) =>
    result.ok ? [{ id: result.id, content: "y".repeat(240 * KB + n) }] : [],
  );
  const [first] = items;
  const data = await refused(t, () =>
    t.mutation((ctx) =>
      ada.batchUpdate(ctx, { items: [...items, { ...first!, content: "" }] }),
    ),
  );
  expect(data).toMatchObject({
    code: "BATCH_FAILED",
    errors: [{ index: 50, error: { code: "DUPLICATE_ID" } }],
  });
}, 120_000);
