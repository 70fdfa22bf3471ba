/**
 * A delivery, from the request that brings it to the handler that applies it.
 */
import {
  httpRouter,
  internalMutationGeneric,
  makeFunctionReference,
  type FunctionReference,
} from "convex/server";
import { v } from "convex/values";
import {
  signTestRequest,
  standardWebhooks,
  vAnyWebhookEvent,
  Webhooks,
  type WebhookEvent,
} from "../../src/webhooks/index.js";
import { listen, type Transaction } from "../engine/transactions.js";
import { components } from "./components.js";
import type { HostApp } from "./host.js";

const SECRET = "whsec_bWFrZSBtZSBhIHNlY3JldCBvZiB0aGlzIQ==";

const webhooks = new Webhooks(components.docs, {
  sources: { pay: standardWebhooks({ secrets: () => [SECRET] }) },
  log: () => undefined,
});
// As the host's generated `internal.payments.complete` has it.
const complete = makeFunctionReference(
  "payments:complete",
) as unknown as FunctionReference<
  "mutation",
  "internal",
  { event: WebhookEvent }
>;
webhooks.source("pay").on("payment.completed", complete);

/** A host whose handler does nothing of its own. */
export const webhookModules = {
  "./convex/http.ts": () => {
    const http = httpRouter();
    webhooks.registerRoutes(http, { pay: "/webhook/pay" });
    return Promise.resolve({ default: http });
  },
  "./convex/payments.ts": () =>
    Promise.resolve({
      complete: internalMutationGeneric({
        args: { event: vAnyWebhookEvent() },
        returns: v.null(),
        handler: () => Promise.resolve(null),
      }),
    }),
};

/** What accepting a delivery takes, all transactions of it. */
export async function accept(app: HostApp): Promise<Transaction[]> {
  // The first of all also tells the component which handlers there are.
  await send(app, "evt_1");
  await app.settle();
  return (await listen(() => send(app, "evt_2"))).transactions;
}

/** What applying it takes then. */
export async function apply(app: HostApp): Promise<Transaction[]> {
  await send(app, "evt_1");
  return (await listen(() => app.settle())).transactions;
}

async function send({ root }: HostApp, id: string): Promise<void> {
  const event = { id, type: "payment.completed", data: { amount: 1 } };
  const { headers, body } = await signTestRequest(
    "standardWebhooks",
    SECRET,
    event,
    Date.now(),
  );
  const response = await root.fetch("/webhook/pay", {
    method: "POST",
    headers,
    body,
  });
  if (response.status !== 200) throw new Error(await response.text());
}
