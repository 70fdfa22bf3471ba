import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Id } from "../../src/component/_generated/dataModel.js";
import { runBulkStep } from "../../src/model/bulk/step.js";
import { inComponent } from "../support/component.js";
import { deploy, docs, seedMany } from "../support/host.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a step whose lease was given to a later attempt changes nothing, and the later one goes on", async () => {
  const t = deploy();
  const ids = await seedMany(t, "ada", 3);
  const { jobId } = await t.mutation((ctx) =>
    docs.as("ada").startBulk(ctx, { operation: "remove", ids }),
  );
  const job = jobId as Id<"bulkJobs">;
  const status = () =>
    t.query((ctx) => docs.as("ada").bulkStatus(ctx, { jobId }));

  // The first attempt was found overdue. It was only late, and its step arrives after all.
  await inComponent(t, async (ctx) => {
    const { lease } = (await ctx.db.get("bulkJobs", job))!;
    await ctx.db.patch("bulkJobs", job, { lease: { ...lease!, attempt: 2 } });
    await runBulkStep(ctx, job, 1);
  });
  expect(await status()).toMatchObject({ state: "running", done: 0 });

  await inComponent(t, (ctx) => runBulkStep(ctx, job, 2));
  expect(await status()).toMatchObject({ done: 3, failed: 0 });
});
