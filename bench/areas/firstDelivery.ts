/**
 * The first delivery in a fresh context, which on Convex is every delivery.
 */
import {
  signTestRequest,
  type TestScheme,
} from "../../src/webhooks/testing.js";
import type { Table } from "../area.js";
import { firstCall } from "../engine/fresh.js";
import { decimal } from "../format.js";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const ours = (scheme: string, file: string) => `
import { verify } from "./src/webhooks/verify.js";
import { ${scheme} } from "./src/webhooks/schemes/${file}.js";
export async function run({ headers, body }) {
  const delivery = { headers: new Headers(headers), body: new TextEncoder().encode(body), url: "https://example.com/webhook" };
  const refusal = await verify(${scheme}, delivery, { secrets: ["${SECRET}"], now: Date.now() });
  if (refusal) throw new Error(refusal);
}`;

type Contest = {
  name: string;
  sign: TestScheme;
  ours: string;
  theirs: [name: string, source: string];
};

const CONTESTS: Contest[] = [
  {
    name: "Stripe",
    sign: "stripe",
    ours: ours("stripeScheme", "stripe"),
    theirs: [
      "stripe, WebCrypto",
      `
import Stripe from "stripe";
export async function run({ headers, body }) {
  const stripe = new Stripe("sk_test_none");
  await stripe.webhooks.constructEventAsync(body, headers["stripe-signature"], "${SECRET}", undefined, Stripe.createSubtleCryptoProvider());
}`,
    ],
  },
  {
    name: "Standard Webhooks",
    sign: "standardWebhooks",
    ours: ours("standardScheme", "standard"),
    theirs: [
      "standardwebhooks, JavaScript",
      `
import { Webhook } from "standardwebhooks";
export const run = ({ headers, body }) => new Webhook("${SECRET}").verify(body, headers);`,
    ],
  },
  {
    name: "Svix",
    sign: "svix",
    ours: ours("standardScheme", "standard"),
    theirs: [
      "svix, JavaScript",
      `
import { Webhook } from "svix";
export const run = ({ headers, body }) => new Webhook("${SECRET}").verify(body, headers);`,
    ],
  },
  {
    name: "GitHub",
    sign: "github",
    ours: ours("githubScheme", "github"),
    theirs: [
      "@octokit/webhooks-methods, WebCrypto",
      `
import { verify } from "@octokit/webhooks-methods";
export const run = ({ headers, body }) => verify("${SECRET}", body, headers["x-hub-signature-256"]);`,
    ],
  },
];

/** Modules evaluated and one delivery of 2 kB verified, by us and by the others. */
export async function measureFirstDelivery(): Promise<Table> {
  const rows: string[][] = [];
  for (const { name, sign, ours, theirs } of CONTESTS) {
    const payload = { id: "evt_1", type: "a", data: "x".repeat(1_960) };
    const request = await signTestRequest(sign, SECRET, payload);
    const [peer, source] = theirs;
    const mine = await firstCall(ours, request);
    const other = await firstCall(source, request);
    const [all, others] = [mine, other].map(
      ({ evaluate, call }) => evaluate + call,
    ) as [number, number];
    rows.push([
      name,
      decimal(mine.evaluate),
      decimal(mine.call),
      peer,
      decimal(other.evaluate),
      decimal(other.call),
      `× ${decimal(others / all)}`,
    ]);
  }
  return {
    title: "The first delivery in a fresh context",
    head: [
      "sender",
      "ours: modules, ms",
      "delivery, ms",
      "theirs",
      "modules, ms",
      "delivery, ms",
      "theirs to ours",
    ],
    rows,
    notes: [
      "On Convex every HTTP action starts in a fresh context ([source](https://github.com/get-convex/convex-backend/blob/main/crates/isolate/src/environment/action/mod.rs)): its modules are evaluated, and nothing is kept from one delivery to the next. The fastest of fifteen, each in a thread of its own, with what a bundler leaves of an import and a body of 2 kB.",
    ],
  };
}
