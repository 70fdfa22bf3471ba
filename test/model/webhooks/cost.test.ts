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
import schema from "../../../src/component/schema.js";
import { attemptFirst } from "../../../src/model/webhooks/attempt.js";
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
          await attemptFirst(
            ctx as never,
            call as { source: string; key: string },
          );
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
  const sources = [{ source: "s", fingerprint: "f", routes, policy }];
  await t.mutation(sync, { sources });
  return t;
};
const sync = makeFunctionReference<"mutation">("webhooks:sync");
const receive: FunctionReference<"mutation"> =
  makeFunctionReference("webhooks:receive");

test("accepting costs 2 index ranges, 3 where bodies are compared, and 1 scheduled function", async () => {
  const t = await deploy();
  const accept = async (key: string, bodyHash?: string) =>
    await t.mutation(async (ctx) => {
      const { bodyHash: _, ...rest } = receipt;
      const another = { ...rest, key, ...(bodyHash ? { bodyHash } : {}) };
      const call = { receipt: another, policy, fingerprint: "f" };
      await ctx.runMutation(receive, call);
      const used = await ctx.meta.getTransactionMetrics();
      return [
        used.databaseQueries.used,
        used.documentsRead.used,
        used.documentsWritten.used,
        used.functionsScheduled.used,
      ];
    });
  // The first of a minute makes sure that the engine's tick comes.
  expect(await accept("k0")).toEqual([4, 2, 5, 2]);
  expect(await accept("k1")).toEqual([2, 1, 3, 1]);
  expect(await accept("k2", "h")).toEqual([3, 1, 3, 1]);
});

test("applying costs its handler's own and 4 reads and 2 writes at most", async () => {
  const t = await deploy();
  await t.mutation(receive, { receipt, policy, fingerprint: "f" });
  const jobs = await t.run(async (ctx) =>
    ctx.db.system.query("_scheduled_functions").take(5),
  );
  const job = jobs.find(({ name }) => name === "deliveries:first")!;
  const call = job.args[0] as { source: string; key: string };
  const used = (await t.mutation(
    makeFunctionReference<"mutation">("probe:measured"),
    { call },
  )) as Record<
    "documentsRead" | "documentsWritten" | "databaseQueries",
    { used: number }
  >;
  // The event by its key and as it is written, its payload, and its source, which may be paused.
  expect(used.documentsRead.used).toBe(4);
  expect(used.databaseQueries.used).toBeLessThanOrEqual(4);
  expect(used.documentsWritten.used).toBe(1);
  const [event] = await t.run(async (ctx) =>
    ctx.db.query("webhookEvents").take(1),
  );
  expect(event!.status).toBe("processed");
});
