import { convexTest } from "convex-test";
import {
  createFunctionHandle,
  internalMutationGeneric,
  makeFunctionReference,
  mutationGeneric,
  type FunctionReference,
} from "convex/server";
import { v } from "convex/values";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Id } from "../../../src/component/_generated/dataModel.js";
import schema from "../../../src/component/schema.js";
import {
  attemptEvent,
  type AttemptCall,
} from "../../../src/model/webhooks/attempt.js";
import type { Receipt } from "../../../src/shared/webhooks.js";

// The component as an app of its own, so that its transactions can be measured alone.
const modules = {
  ...import.meta.glob("../../../src/component/*.ts"),
  "../../../src/component/_generated/api.ts": () => Promise.resolve({}),
  "../../../src/component/probe.ts": () =>
    Promise.resolve({
      handler: internalMutationGeneric({
        args: { event: v.any() },
        handler: async () => null,
      }),
      measured: mutationGeneric({
        args: { call: v.any() },
        handler: async (ctx, { call }) => {
          await attemptEvent(ctx as never, call as AttemptCall);
          return await ctx.meta.getTransactionMetrics();
        },
      }),
    }),
};

const route = {
  type: "a",
  name: "probe:handler",
  kind: "mutation" as const,
  maxAttempts: 8,
  firstRetryMs: 5_000,
  timeoutMs: 60_000,
};
const policy = { bodyMs: 1, dedupeMs: 1, deadMs: 1 };
const receipt: Receipt = {
  source: "s",
  key: "k",
  bodyHash: "h",
  type: "a",
  headers: {},
  text: "{}",
  judged: { payload: "{}" },
  filtered: false,
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const deploy = async () => {
  const t = convexTest({ schema, modules, transactionLimits: true });
  const handle = await t.mutation(() =>
    createFunctionHandle(makeFunctionReference<"mutation">("probe:handler")),
  );
  const routes = [{ ...route, handle }];
  await t.mutation(sync, { source: "s", fingerprint: "f", routes });
  return t;
};
const sync = makeFunctionReference<"mutation">("webhooks:sync");
const receive: FunctionReference<"mutation"> =
  makeFunctionReference("webhooks:receive");

test("accepting costs 3 index ranges, 3 documents and 2 scheduled functions at most", async () => {
  const t = await deploy();
  const used = await t.mutation(async (ctx) => {
    await ctx.runMutation(receive, { receipt, policy, fingerprint: "f" });
    return await ctx.meta.getTransactionMetrics();
  });
  expect(used.databaseQueries.used).toBe(3);
  expect(used.documentsWritten.used).toBe(3);
  expect(used.functionsScheduled.used).toBe(2);
});

test("applying costs its handler's own and 4 reads and 2 writes at most", async () => {
  const t = await deploy();
  await t.mutation(receive, { receipt, policy, fingerprint: "f" });
  const jobs = await t.run(async (ctx) =>
    ctx.db.system.query("_scheduled_functions").take(5),
  );
  const job = jobs.find(({ name }) => name === "deliveries:attempt")!;
  const call = job.args[0] as { checkId: Id<"_scheduled_functions"> };
  const used = (await t.mutation(
    makeFunctionReference<"mutation">("probe:measured"),
    { call },
  )) as Record<
    "documentsRead" | "documentsWritten" | "databaseQueries",
    { used: number }
  >;
  // The event, its payload, the watchdog, and its source, which may be paused.
  expect(used.documentsRead.used).toBe(4);
  expect(used.databaseQueries.used).toBeLessThanOrEqual(4);
  expect(used.documentsWritten.used).toBe(1);
  const [event] = await t.run(async (ctx) =>
    ctx.db.query("webhookEvents").take(1),
  );
  expect(event!.status).toBe("processed");
});
