/**
 * A payment provider: it sends again what was not answered, twice what was, sometimes before we are ready, and in between
 * somebody pretends to be it.
 */
import { signTestRequest } from "@acme/convex-docs/webhooks";
import { DEMO_WEBHOOK_SECRET } from "../../../dev/auth.js";
import { api } from "../../../example/convex/_generated/api.js";
import { secretOf } from "../evidence.js";
import type { Actor, World } from "../world.js";
import { persist as insist } from "./persist.js";

/** What was sent, and what has to have come of it. */
export type Ledger = {
  payments: Set<string>;
  /** Subscriptions that we have, and those that we never had. */
  cancelled: Set<string>;
  unknown: Set<string>;
  /** Events of a type that nobody handles. */
  unhandled: Set<string>;
  forged: number;
};

export function provider(ledger: Ledger, events: number): Actor {
  return {
    name: "payment provider",
    play: async (world) => {
      const random = world.random.fork("provider");
      for (let n = 0; n < events; n++) {
        const kind = random.next();
        if (kind < 0.6) await payment(world, ledger, n, random.chance(0.2));
        else if (kind < 0.75) await cancellation(world, ledger, n, true);
        else if (kind < 0.85) await cancellation(world, ledger, n, false);
        else if (kind < 0.93) await unheardOf(world, ledger, n);
        else await forgery(world, ledger, n);
      }
    },
  };
}

const about = (n: number, type: string, object: object) => ({
  id: `evt_${n}`,
  type,
  created: Math.floor(Date.now() / 1000),
  data: {
    object: { ...object, customer: secretOf("customer"), $ref: "kept" },
  },
});

async function payment(
  world: World,
  ledger: Ledger,
  n: number,
  isEarly: boolean,
): Promise<void> {
  const paymentId = `pay_${n}`;
  const begin = () =>
    persist(world, "payment", () =>
      world
        .client(world.people[0]!)
        .mutation(api.payments.start, { paymentId, amount: n }),
    );
  const event = about(n, "payment.completed", { id: paymentId, amount: n });
  ledger.payments.add(paymentId);
  if (!isEarly) await begin();
  await deliver(world, event, 1 + (n % 3));
  // Its handler fails until the payment is there.
  if (isEarly) await begin();
}

async function cancellation(
  world: World,
  ledger: Ledger,
  n: number,
  isKnown: boolean,
): Promise<void> {
  const subscriptionId = `sub_${n}`;
  if (isKnown) {
    ledger.cancelled.add(subscriptionId);
    await world.hold(() =>
      persist(world, "subscription", () =>
        world
          .client(world.people[0]!)
          .mutation(api.subscriptions.start, { subscriptionId }),
      ),
    );
  } else {
    ledger.unknown.add(`evt_${n}`);
  }
  const event = about(n, "subscription.cancelled", { id: subscriptionId });
  await deliver(world, event, 1 + (n % 2));
}

async function unheardOf(world: World, ledger: Ledger, n: number) {
  ledger.unhandled.add(`evt_${n}`);
  await deliver(world, about(n, "brand.new", {}), 1);
}

/** A delivery that was changed on its way. */
async function forgery(world: World, ledger: Ledger, n: number) {
  const event = about(n, "payment.completed", { id: "pay_0", amount: 1 });
  const request = await signTestRequest("stripe", DEMO_WEBHOOK_SECRET, event);
  const body = request.body.replace('"amount":1', '"amount":2');
  await persist(world, "forgery", async () => {
    const response = await post(world, { ...request, body });
    if (response.status !== 401) {
      throw new Error(`A forged delivery was answered ${response.status}.`);
    }
  });
  ledger.forged++;
}

/** Sends an event so many times at once, and each until it is answered. */
async function deliver(world: World, event: object, times: number) {
  const request = await signTestRequest("stripe", DEMO_WEBHOOK_SECRET, event);
  const send = () =>
    persist(world, "delivery", async () => {
      const response = await post(world, request);
      if (response.status !== 200) {
        throw new Error(`A delivery was answered ${response.status}.`);
      }
    });
  await Promise.all(Array.from({ length: times }, send));
}

async function post(world: World, request: RequestInit): Promise<Response> {
  const response = await fetch(
    `${world.deployment.siteUrl}/webhook/stripe`,
    request,
  );
  world.evidence.told("sender", await response.text());
  return response;
}

/** What a sender asks for has to be granted in the end. */
async function persist(
  world: World,
  kind: string,
  run: () => Promise<unknown>,
): Promise<void> {
  const sender = { name: "sender", ownerId: "", token: "" };
  const answer = await insist(world, sender, kind, run);
  if (!answer.ok) throw new Error(JSON.stringify(answer.data));
}
