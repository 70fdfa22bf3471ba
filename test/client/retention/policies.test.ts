import { describe, expect, test } from "vitest";
import type { RetentionOptions } from "../../../src/client/index.js";
import type { fields } from "../../support/host.js";
import { components, deploy, docs } from "../../support/host.js";

const make = (options: object) => () =>
  docs.retention(options as RetentionOptions<typeof fields, unknown>);
const draft = (policy: object) =>
  make({ policies: [{ status: "draft", ...policy }] });

describe("a policy that cannot be meant is refused where it is written", () => {
  test.each([
    [{}],
    [{ days: 0 }],
    [{ days: -30 }],
    [{ days: NaN }],
    [{ days: Infinity }],
    [{ days: 40_000 }],
    [{ days: "30" }],
  ])("older than %j", (olderThan) => {
    expect(draft({ olderThan })).toThrow("policies[0].olderThan must be");
  });

  test("less than an hour, unless that is said to be meant", () => {
    expect(draft({ olderThan: { minutes: 59 } })).toThrow("allowShort");
    expect(draft({ olderThan: { minutes: 60 } })).not.toThrow();
    const olderThan = { minutes: 1 };
    expect(draft({ olderThan, allowShort: true })).not.toThrow();
  });

  test.each([
    [{ undoFor: { days: 0 } }, "undoFor"],
    [{ undoFor: { minutes: 5 } }, "allowShort"],
    [{ batchSize: 0 }, "batchSize"],
    [{ batchSize: 501 }, "batchSize"],
    [{ batchSize: 1.5 }, "batchSize"],
    [{ maxPerRun: Infinity }, "maxPerRun"],
    [{ maxPerRun: NaN }, "maxPerRun"],
  ])("%j", (options, word) => {
    expect(make({ policies: [], ...options })).toThrow(word);
  });

  test("two for one status, or one for none", () => {
    const olderThan = { days: 30 };
    const policy = { status: "draft", olderThan };
    expect(make({ policies: [policy, policy] })).toThrow("two policies");
    expect(make({ policies: [{ status: "gone", olderThan }] })).toThrow(
      "policies[0].status",
    );
    expect(draft({ olderThan, by: "deletedAt" })).toThrow("policies[0].by");
  });
});

describe("the component itself starts nothing without bounds", () => {
  const sweep = {
    job: "cleanupOldDrafts",
    target: {
      policies: [
        { status: "draft" as const, olderThanMs: 1, by: "updatedAt" as const },
      ],
    },
    operation: "remove" as const,
    batchSize: 100,
    maxPerRun: 100,
  };
  test.each([
    [{ batchSize: 5_000 }],
    [{ batchSize: 0 }],
    [{ maxPerRun: NaN }],
    [{ target: { trashOlderThanMs: 0 } }],
    [{ target: { trashOlderThanMs: NaN } }],
    [{ target: { trashOlderThanMs: -1 } }],
  ])("%j", async (wrong) => {
    const t = deploy();
    const { start } = components.docs.retention;
    await expect(
      t.mutation((ctx) =>
        ctx.runMutation(start, { sweep: { ...sweep, ...wrong } }),
      ),
    ).rejects.toThrow("convex-docs");
  });
});
