/**
 * A component of the host's, which mounts this one: its functions, its tables and its schedule are not the app's.
 */
import {
  componentsGeneric,
  defineSchema,
  defineTable,
  internalActionGeneric,
  internalMutationGeneric,
  makeFunctionReference,
  mutationGeneric,
  queryGeneric,
  type DataModelFromSchemaDefinition,
  type FunctionReference,
  type GenericMutationCtx,
} from "convex/server";
import { v } from "convex/values";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Docs, type DocsWorker } from "../../src/client/index.js";
import { Jobs } from "../../src/jobs/index.js";
import {
  github,
  signTestRequest,
  vAnyWebhookEvent,
  Webhooks,
} from "../../src/webhooks/index.js";
import { inComponent } from "../support/component.js";
import { components, deploy, type Deployment } from "../support/host.js";

const DAY = 86_400_000;
const shelfSchema = defineSchema({ lines: defineTable({ line: v.string() }) });
type ShelfCtx = GenericMutationCtx<
  DataModelFromSchemaDefinition<typeof shelfSchema>
>;

const say = (ctx: ShelfCtx, line: string) => ctx.db.insert("lines", { line });

/* The component "shelf": a component has no identity, so the app says who calls. */

const writer: DocsWorker =
  makeFunctionReference<"mutation">("documents:worker");
const docs = new Docs(components.docs, {
  fields: { title: v.string() },
  identify: () => null,
  worker: writer,
  onChange: async (ctx: ShelfCtx, { operation, after }) => {
    await say(ctx, `${operation} ${after?.title ?? ""}`.trim());
  },
});
const jobs = new Jobs<DataModelFromSchemaDefinition<typeof shelfSchema>>(
  components.docs,
);
const count = jobs.mutation("count", {
  handler: async (ctx) => {
    await say(ctx, "counted");
    return {};
  },
});
const SECRET = "a secret of thirty-two characters";
const webhooks = new Webhooks(components.docs, {
  sources: {
    github: github({ secrets: () => [SECRET] }),
  },
  log: () => undefined,
});
webhooks
  .source("github")
  .on(
    "ping",
    makeFunctionReference<"mutation">(
      "hooks:ping",
    ) as unknown as FunctionReference<"mutation", "internal">,
  );

const documents = {
  create: mutationGeneric({
    args: { userId: v.string(), title: v.string() },
    handler: async (ctx, { userId, title }) =>
      docs.as(userId).create(ctx as unknown as ShelfCtx, { title }),
  }),
  titles: queryGeneric({
    args: { userId: v.string() },
    handler: async (ctx, { userId }) => {
      const paginationOpts = { cursor: null, numItems: 10 };
      const { page } = await docs.as(userId).list(ctx, { paginationOpts });
      return page.map(({ title }) => title);
    },
  }),
  archiveAll: mutationGeneric({
    args: { userId: v.string() },
    handler: async (ctx, { userId }) =>
      docs.as(userId).startBulk(ctx, {
        operation: "update",
        updates: { status: "archived" },
        where: {},
      }),
  }),
  worker: docs.worker(),
  ...docs.retention({
    policies: [{ status: "archived", olderThan: { days: 30 } }],
    onDelete: async (ctx: ShelfCtx, { document }) => {
      await say(ctx, `gone: ${document.title}`);
    },
  }),
};

const modules = {
  "./shelf/_generated/api.js": () => Promise.resolve({}),
  "./shelf/documents.ts": () => Promise.resolve(documents),
  "./shelf/work.ts": () => Promise.resolve({ count }),
  "./shelf/hooks.ts": () =>
    Promise.resolve({
      // convex-test has the routes of the app only.
      receive: internalActionGeneric({
        args: {},
        handler: async (ctx) => {
          const url = "https://example.com/shelf/hooks/github";
          const signed = await signTestRequest(
            { scheme: "github", event: "ping" },
            SECRET,
            { zen: "Keep it logically awesome." },
          );
          const { _handler } = webhooks.handler("github") as unknown as {
            _handler: (ctx: unknown, request: Request) => Promise<Response>;
          };
          const statuses: number[] = [];
          for (const _delivery of [1, 2]) {
            const { status } = await _handler(ctx, new Request(url, signed));
            statuses.push(status);
          }
          return statuses;
        },
      }),
      ping: internalMutationGeneric({
        args: { event: vAnyWebhookEvent() },
        handler: async (ctx: ShelfCtx) => {
          await say(ctx, "ping");
        },
      }),
    }),
};

const shelf = (componentsGeneric() as unknown as Record<string, unknown>)[
  "shelf"
] as Record<string, Record<string, FunctionReference<"mutation", "internal">>>;

function start(): Deployment {
  const t = deploy({ mounts: ["shelf/docs"] });
  t.registerComponent("shelf", shelfSchema, modules);
  return t;
}

const call = (t: Deployment, module: string, name: string, args = {}) =>
  t.run((ctx) => ctx.runMutation(shelf[module]![name]!, args));

const finish = (t: Deployment) =>
  t.finishAllScheduledFunctions(() => vi.advanceTimersByTime(50));

const lines = (t: Deployment) =>
  inComponent(
    t,
    async (ctx) =>
      (await (ctx as unknown as ShelfCtx).db.query("lines").collect()).map(
        ({ line }) => line,
      ),
    "shelf",
  );

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "info").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("documents are written through its hooks, now and by its worker, and cleaned up by its cron", async () => {
  const t = start();
  for (const title of ["A", "B"]) {
    await call(t, "documents", "create", { userId: "ada", title });
  }
  vi.advanceTimersByTime(1000);
  await call(t, "documents", "archiveAll", { userId: "ada" });
  await finish(t);
  vi.advanceTimersByTime(31 * DAY);
  await call(t, "documents", "cleanupOldDrafts");
  await finish(t);
  expect(await lines(t)).toEqual([
    "create A",
    "create B",
    "update A",
    "update B",
    "gone: A",
    "remove",
    "gone: B",
    "remove",
  ]);
});

test("jobs run, and are counted once", async () => {
  const t = start();
  await call(t, "work", "count");
  await finish(t);
  expect(await lines(t)).toEqual(["counted"]);
});

test("a webhook arrives at its route and at its handler, once", async () => {
  const t = start();
  const statuses: unknown = await t.action((ctx) =>
    ctx.runAction(shelf["hooks"]!["receive"] as never),
  );
  expect(statuses).toEqual([200, 200]);
  await finish(t);
  expect(await lines(t)).toEqual(["ping"]);
});
