/**
 * A host that receives webhooks, in memory: its sources, its handlers, and what they have done.
 */
import { convexTest } from "convex-test";
import {
  componentsGeneric,
  defineSchema,
  defineTable,
  httpRouter,
  internalActionGeneric,
  internalMutationGeneric,
  makeFunctionReference,
  mutationGeneric,
  type Auth,
  type DataModelFromSchemaDefinition,
  type FunctionReference,
  type GenericMutationCtx,
  type PaginationResult,
} from "convex/server";
import { ConvexError, v } from "convex/values";
import { vi } from "vitest";
import { z } from "zod";
import type { ComponentApi } from "../../src/component/_generated/component.js";
import * as deliveries from "../../src/component/deliveries.js";
import componentSchema from "../../src/component/schema.js";
import {
  github,
  hmac,
  shopify,
  signTestRequest,
  slack,
  standardWebhooks,
  stripe,
  twilio,
  vAnyWebhookEvent,
  vWebhookEvent,
  Webhooks,
  type EventRow,
  type WebhookEvent,
} from "../../src/webhooks/index.js";

import type { WebhooksSettings } from "../../src/webhooks/state.js";

export const components = componentsGeneric() as unknown as {
  docs: ComponentApi;
};

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const schema = defineSchema({
  /** One row an effect that was committed. */
  effects: defineTable({
    key: v.string(),
    attempt: v.number(),
    note: v.string(),
  }),
});
export type Ctx = GenericMutationCtx<
  DataModelFromSchemaDefinition<typeof schema>
>;

/** What a handler does before it succeeds: throw, or nothing. Set by each test. */
export type Behaviour = (event: WebhookEvent<unknown>) => void;
export const host: {
  behave: Behaviour;
  secrets: (string | undefined)[];
  lines: string[];
  /** The functions that exist: a deploy may take one away. */
  missing: Set<string>;
  seen: WebhookEvent<unknown>[];
} = {
  behave: () => undefined,
  secrets: [SECRET],
  lines: [],
  missing: new Set(),
  seen: [],
};

const vPaid = v.object({
  id: v.string(),
  type: v.string(),
  amount: v.number(),
  meta: v.optional(v.object({ plan: v.string() })),
});

const note = async (ctx: Ctx, event: WebhookEvent<unknown>, text: string) => {
  host.seen.push(event);
  await ctx.db.insert("effects", {
    key: event.eventId,
    attempt: event.attempt,
    note: text,
  });
  host.behave(event);
};

const payments = {
  complete: internalMutationGeneric({
    args: { event: vWebhookEvent("payment.completed", vPaid) },
    handler: async (ctx, { event }) =>
      note(ctx as unknown as Ctx, event, String(event.payload.amount)),
  }),
  cancel: internalMutationGeneric({
    args: {
      event: vWebhookEvent(
        "subscription.cancelled",
        v.object({ id: v.string() }),
      ),
    },
    handler: async (ctx, { event }) =>
      note(ctx as unknown as Ctx, event, event.payload.id),
  }),
  any: internalMutationGeneric({
    args: { event: vAnyWebhookEvent() },
    handler: async (ctx, { event }) =>
      note(ctx as unknown as Ctx, event, event.payload),
  }),
  record: mutationGeneric({
    args: { event: vAnyWebhookEvent() },
    handler: async (ctx, { event }) =>
      note(ctx as unknown as Ctx, event, "recorded"),
  }),
  call: internalActionGeneric({
    args: { event: vAnyWebhookEvent() },
    handler: async (ctx, { event }) => {
      await ctx.runMutation(
        makeFunctionReference<"mutation">("payments:record"),
        { event },
      );
    },
  }),
  opened: internalMutationGeneric({
    args: {
      event: vWebhookEvent("issues.opened", v.object({ action: v.string() })),
    },
    handler: async (ctx, { event }) =>
      note(ctx as unknown as Ctx, event, JSON.stringify(event.payload)),
  }),
  greedy: internalMutationGeneric({
    args: { event: vAnyWebhookEvent() },
    handler: async (ctx, { event }) => {
      for (let n = 0; n < 20_000; n++) {
        // The same at run time; the generic builder knows no tables.
        // eslint-disable-next-line @typescript-eslint/no-unsafe-argument
        await note(ctx, event, "greedy");
      }
    },
  }),
};

/** A reference to one of the host's functions, as its generated code has it. */

export function internal<
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  Event = unknown,
  Kind extends "mutation" | "action" = "mutation",
>(name: keyof typeof payments | "gone" | "invoice") {
  return makeFunctionReference<Kind, { event: Event }>(
    `payments:${name}`,
  ) as unknown as FunctionReference<Kind, "internal", { event: Event }>;
}

const secrets = () => host.secrets;
export type Invoice = {
  type: "invoice.paid";
  id: string;
  metadata: Record<string, string>;
};

/** A fresh set of sources without handlers. */
export const makeWebhooks = (
  retention: NonNullable<WebhooksSettings["retention"]> = {},
) =>
  new Webhooks(components.docs, {
    sources: {
      pay: standardWebhooks({
        secrets,
        events: {
          "payment.completed": vPaid,
          "subscription.cancelled": z.object({ id: z.string().min(1) }),
        },
        orderBy: ({ payload }) =>
          (payload as { subscription?: string }).subscription,
        filter: ({ type }) => type !== "noise",
      }),
      stripe: stripe<Invoice | { type: "charge.ok" }>({ secrets }),
      gh: github({ secrets }),
      raw: hmac({
        secrets,
        header: "x-sig",
        parse: (text) => text,
        describe: () => ({ type: "raw" }),
      }),
      guarded: github({ secrets, replayGuard: true }),
      guardedToo: github({ secrets, replayGuard: true }),
      forms: github({
        secrets,
        events: { "issues.opened": v.object({ action: v.string() }) },
      }),
      shop: shopify({ secrets }),
      slack: slack({ secrets }),
      calls: twilio({ secrets }),
      odd: hmac({
        secrets,
        header: "x-sig",
        describe: ({ payload }) => {
          const { it } = payload as { it: string };
          return { key: it, type: it, occurredAt: it as never };
        },
        orderBy: ({ payload }) => (payload as { it: string }).it,
        occurredAt: ({ payload }) => (payload as { it: never }).it,
      }),
      sms: twilio({ secrets, publicUrl: "https://example.com/hooks/sms" }),
      crm: hmac({
        secrets,
        header: "x-sig",
        prefix: "sha256=",
        headers: ["x-request-id"],
      }),
      busy: github({
        secrets,
        rateLimit: async () => ({ retryAfterMs: 1500 }),
      }),
    },
    log: (line) => void host.lines.push(line),
    maxBodyBytes: 20_000,
    retention,
  });
export type HostWebhooks = ReturnType<typeof makeWebhooks>;

export const standardHandlers = (webhooks: HostWebhooks) => {
  webhooks
    .source("pay")
    .on("payment.completed", internal("complete"))
    .on("subscription.cancelled", internal("cancel"));
};

type ComponentCtx = GenericMutationCtx<
  DataModelFromSchemaDefinition<typeof componentSchema>
>;
const probe: { work: (ctx: ComponentCtx) => Promise<void> } = {
  work: async () => undefined,
};
const probeReference = (
  componentsGeneric() as unknown as {
    docs: { probe: { run: FunctionReference<"mutation", "internal"> } };
  }
).docs.probe.run;

const componentModules = import.meta.glob("../../src/component/**/*.ts");

/**
 * The component, whose attempts die now and then after all of their work and before it is committed: what a time limit, a
 * deploy or a crash does. Nothing of such an attempt can be caught or written down from inside.
 */
function mortal(dies: () => boolean) {
  const dying = (registered: unknown) =>
    internalMutationGeneric({
      args: v.any(),
      handler: async (ctx, args) => {
        const { _handler } = registered as {
          _handler: (ctx: unknown, args: unknown) => Promise<null>;
        };
        await _handler(ctx, args);
        if (dies()) throw new Error("The attempt died.");
        return null;
      },
    });
  const first = dying(deliveries.first);
  const attempt = dying(deliveries.attempt);
  return {
    ...componentModules,
    "../../src/component/probe.ts": () =>
      Promise.resolve({
        run: mutationGeneric({
          args: {},
          handler: async (ctx) => probe.work(ctx as unknown as ComponentCtx),
        }),
      }),
    "../../src/component/deliveries.ts": () =>
      Promise.resolve({ ...deliveries, first, attempt }),
  };
}

async function requireOperator({ auth }: { auth: Auth }): Promise<void> {
  if (await auth.getUserIdentity()) return;
  throw new ConvexError("No operator.");
}

/** A deployment whose webhooks have these handlers. */
export function deploy(
  declare: (webhooks: HostWebhooks) => void = standardHandlers,
  { dies = () => false }: { dies?: () => boolean } = {},
) {
  const current = { webhooks: makeWebhooks() };
  declare(current.webhooks);
  const modules = {
    "./convex/_generated/api.js": () => Promise.resolve({}),
    "./convex/http.ts": () => {
      const http = httpRouter();
      current.webhooks.registerRoutes(http, { prefix: "/hooks" });
      return Promise.resolve({ default: http });
    },
    "./convex/inbox.ts": () =>
      Promise.resolve(current.webhooks.operator() as object),
    "./convex/page.ts": () =>
      Promise.resolve(
        current.webhooks.operator({ authorize: requireOperator }) as object,
      ),
    "./convex/payments.ts": () => {
      const there = Object.entries({
        ...payments,
        invoice: current.webhooks.mutation(
          "stripe",
          "invoice.paid",
          async (ctx: Ctx, event) =>
            note(ctx, event, JSON.stringify(event.payload.metadata)),
        ),
      }).filter(([name]) => !host.missing.has(name));
      return Promise.resolve(Object.fromEntries(there));
    },
  };
  const t = convexTest({ schema, modules, transactionLimits: true });
  t.registerComponent("docs", componentSchema, mortal(dies));
  const deployment = {
    t,
    get webhooks() {
      return current.webhooks;
    },
    /** A deploy: other handlers, and functions that come and go. */
    redeploy: (
      next: (webhooks: HostWebhooks) => void,
      retention: Parameters<typeof makeWebhooks>[0] = {},
    ) => {
      current.webhooks = makeWebhooks(retention);
      next(current.webhooks);
    },
    effects: async () =>
      await t.run(async (ctx) => ctx.db.query("effects").take(10_000)),
    events: async (): Promise<EventRow[]> => {
      const all: EventRow[] = [];
      let cursor: string | null = null;
      for (;;) {
        const at: string | null = cursor;
        const { page, isDone, continueCursor }: PaginationResult<EventRow> =
          await t.query((ctx) =>
            current.webhooks.list(ctx, {
              order: "asc",
              paginationOpts: { numItems: 100, cursor: at },
            }),
          );
        all.push(...page);
        if (isDone) return all;
        cursor = continueCursor;
      }
    },
    /** Runs something with the component's own `ctx`. */
    inComponent: async <T>(
      work: (ctx: ComponentCtx) => Promise<T>,
    ): Promise<T> => {
      let result: { value: T } | undefined;
      probe.work = async (ctx) => void (result = { value: await work(ctx) });
      await t.mutation((ctx) => ctx.runMutation(probeReference, {}));
      return result!.value;
    },
    /** Calls an internal function of the component, as its scheduler and its crons do. */
    run: async (name: string, args: Record<string, unknown>) => {
      probe.work = async (ctx) => {
        await ctx.runMutation(makeFunctionReference<"mutation">(name), args);
      };
      await t.mutation((ctx) => ctx.runMutation(probeReference, {}));
    },
    /** The engine's tick, whenever the next one is due. */
    tick: async () => {
      probe.work = async (ctx) => {
        const lifeline = await ctx.db.query("lifeline").first();
        if (lifeline) {
          await ctx.db.patch("lifeline", lifeline._id, { tickAt: undefined });
        }
        const tick = makeFunctionReference<"mutation">("engine:tick");
        await ctx.runMutation(tick, {});
      };
      await t.mutation((ctx) => ctx.runMutation(probeReference, {}));
    },
    /** Runs what is due now. */
    soon: async () => await soon(t),
    /** Runs everything, however late it is due, with the engine's hourly look. */
    late: async () => {
      const { run, inComponent } = deployment;
      for (let hour = 0; hour < 400; hour++) {
        await late(t);
        const waiting = await inComponent(async ({ db }) =>
          db
            .query("webhookEvents")
            .withIndex("overdue", (q) => q.gte("lease.wakeAt", 0))
            .take(100),
        );
        if (waiting.every(({ status }) => status === "held")) return;
        vi.setSystemTime(Date.now() + 3_600_000);
        await run("engine:look", {});
      }
    },
  };
  return deployment;
}
export type HostDeployment = ReturnType<typeof deploy>;

type Timed = { finishInProgressScheduledFunctions(): Promise<void> };

/** Lets what is due now run, and what that arranges for at once. */
export async function soon(t: Timed): Promise<void> {
  for (let round = 0; round < 8; round++) {
    vi.advanceTimersByTime(1);
    await t.finishInProgressScheduledFunctions();
  }
}

/**
 * Lets everything run, however late it is due: each before the next, since convex-test cannot cancel a job that has begun.
 */
export async function late(t: Timed): Promise<void> {
  await soon(t);
  // What waits for an operator is looked at for ever.
  const until = Date.now() + 40 * 24 * 3_600_000;
  while (vi.getTimerCount() > 0 && Date.now() < until) {
    vi.advanceTimersToNextTimer();
    await t.finishInProgressScheduledFunctions();
  }
}

export const paid = (id: string, more: object = {}) => ({
  id,
  type: "payment.completed",
  amount: 5,
  ...more,
});

/** A genuine delivery. */
export async function deliver(
  { t }: HostDeployment,
  body: unknown,
  id?: string,
): Promise<Response> {
  const scheme = { scheme: "standardWebhooks" as const, ...(id ? { id } : {}) };
  return await t.fetch(
    "/hooks/pay",
    await signTestRequest(scheme, SECRET, body),
  );
}

/** Every test starts at the same moment, with a host that behaves. */
export function freshHost(): void {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  Object.assign(host, {
    behave: () => undefined,
    secrets: [SECRET],
    lines: [],
    missing: new Set(),
    seen: [],
  });
}

export const doNotRetry = () => {
  throw new ConvexError({ code: "DO_NOT_RETRY", message: "Unknown customer." });
};
