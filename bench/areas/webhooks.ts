/**
 * How long it takes to verify a delivery, beside the libraries of those who send them.
 */
import type { verify as VerifyGitHub } from "@octokit/webhooks-methods";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
// Its form for browsers: in Node it would take Node's own crypto, which Convex's runtime does not have.
// @ts-expect-error The package declares the types of its entry alone.
import { verify as inBrowsers } from "../../node_modules/@octokit/webhooks-methods/dist-web/index.js";
import { githubScheme } from "../../src/webhooks/schemes/github.js";
import { standardScheme } from "../../src/webhooks/schemes/standard.js";
import { stripeScheme } from "../../src/webhooks/schemes/stripe.js";
import {
  signTestRequest,
  type SignedRequest,
  type TestScheme,
} from "../../src/webhooks/testing.js";
import { verify, type Scheme } from "../../src/webhooks/verify.js";
import type { Area, Table } from "../area.js";
import { computingOnTheSpot } from "../engine/onTheSpot.js";
import { decimal } from "../format.js";
import { measureFirstDelivery } from "./firstDelivery.js";

type Place = {
  name: string;
  /** One of its own: what is made of it is kept, and of no use in the other place. */
  secret: string;
  within: <T>(run: () => Promise<T>) => Promise<T>;
  /** How many times WebCrypto's one HMAC a verification may take, even if a library without WebCrypto is faster. */
  excuse: number;
  note: string;
};

const PLACES: Place[] = [
  {
    name: "as on Convex",
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    within: computingOnTheSpot,
    excuse: 0,
    note: "The fastest of fifteen rows, taken in turns, each from what it takes: ours from bytes, the others from text. The others, except octokit's, also parse it. WebCrypto alone is one HMAC over the body under a key that is imported already. Convex's own runtime computes it on the spot, in native code ([source](https://github.com/get-convex/convex-backend/blob/main/crates/isolate/src/ops/crypto/mod.rs)); here OpenSSL does so for everybody who asks WebCrypto.",
  },
  {
    name: "in Node",
    secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    within: (run) => run(),
    excuse: 2,
    note: 'The same on Node\'s own WebCrypto, which hands each HMAC to a pool of threads: that alone takes longer than to hash 2 kB in plain JavaScript. An action with `"use node"` meets this; the endpoint that receives webhooks does not.',
  },
];
/** Bytes of a body, how often one is verified in a row, and how many rows there are. */
const SIZES = [
  { name: "2 kB", bytes: 2_000, repeats: 200, rows: 15 },
  { name: "1 MB", bytes: 1_000_000, repeats: 4, rows: 15 },
];
/** How much slower than the fastest of the others a verification may be: what two equal ones differ by in one run. */
const NOISE = 1.15;

type Verify = (request: SignedRequest) => unknown;
type Contest = {
  name: string;
  scheme: Scheme;
  sign: TestScheme;
  /** The same on WebCrypto or in plain JavaScript: Convex's runtime has nothing else. */
  theirs: Record<string, Verify>;
};

const octokit = inBrowsers as typeof VerifyGitHub;

function contestsOf(secret: string): Contest[] {
  const stripe = new Stripe("sk_test_none");
  const subtle = Stripe.createSubtleCryptoProvider();
  const standard = new StandardWebhook(secret);
  const svix = new SvixWebhook(secret);
  return [
    {
      name: "Stripe",
      scheme: stripeScheme,
      sign: "stripe",
      theirs: {
        "stripe, WebCrypto": ({ headers, body }) =>
          stripe.webhooks.constructEventAsync(
            body,
            headers["stripe-signature"] ?? "",
            secret,
            undefined,
            subtle,
          ),
      },
    },
    {
      name: "Standard Webhooks",
      scheme: standardScheme,
      sign: "standardWebhooks",
      theirs: {
        "standardwebhooks, JavaScript": ({ headers, body }) =>
          standard.verify(body, headers),
      },
    },
    {
      name: "Svix",
      scheme: standardScheme,
      sign: "svix",
      theirs: {
        "svix, JavaScript": ({ headers, body }) => svix.verify(body, headers),
      },
    },
    {
      name: "GitHub",
      scheme: githubScheme,
      sign: "github",
      theirs: {
        "@octokit/webhooks-methods, WebCrypto": ({ headers, body }) =>
          octokit(secret, body, headers["x-hub-signature-256"] ?? ""),
      },
    },
  ];
}

export async function measureWebhooks(): Promise<Area> {
  const tables: Table[] = [];
  const broken: string[] = [];
  for (const { name: place, secret, within, excuse, note } of PLACES) {
    const rows = await within(() => compete(secret));
    for (const { delivery, ours, floor, peer, theirs } of rows) {
      if (ours > Math.max(theirs * NOISE, floor * excuse))
        broken.push(
          `webhooks: ${delivery} ${place}: ours takes ${decimal(ours / theirs)} times as long as ${peer}.`,
        );
    }
    tables.push({
      title: `A delivery from its bytes to the verdict, ${place}`,
      head: HEAD,
      rows: rows.map(({ delivery, ours, floor, peer, theirs }) => [
        delivery,
        decimal(ours * 1000),
        decimal(floor * 1000),
        peer,
        decimal(theirs * 1000),
        `× ${decimal(theirs / ours)}`,
      ]),
      notes: [note],
    });
  }
  tables.push(await measureFirstDelivery());
  return { title: "Verifying a webhook", tables, figures: {}, broken };
}

const HEAD = [
  "sender, body",
  "ours, µs",
  "WebCrypto alone, µs",
  "theirs",
  "µs",
  "theirs to ours",
];

type Row = {
  delivery: string;
  ours: number;
  floor: number;
  peer: string;
  theirs: number;
};

/** Every delivery of every size, verified by us and by the others; times in ms. */
async function compete(secret: string): Promise<Row[]> {
  const found: Row[] = [];
  for (const { name, bytes, repeats, rows } of SIZES) {
    for (const contest of contestsOf(secret)) {
      const request = await signTestRequest(
        contest.sign,
        secret,
        { id: "evt_1", type: "a", data: "x".repeat(bytes - 40) },
        Date.now(),
      );
      const all = {
        ours: oursOf(contest.scheme, secret, request),
        floor: await signing(secret, request),
        ...contest.theirs,
      };
      const times = await race(all, request, repeats, rows);
      const { ours = NaN, floor = NaN, ...others } = times;
      for (const [peer, theirs] of Object.entries(others)) {
        const delivery = `${contest.name}, ${name}`;
        found.push({ delivery, ours, floor, peer, theirs });
      }
    }
  }
  return found;
}

function oursOf(
  scheme: Scheme,
  secret: string,
  { headers, body }: SignedRequest,
): Verify {
  const delivery = {
    headers: new Headers(headers),
    body: encoder.encode(body),
    url: "https://example.com/webhook",
  };
  return async () => {
    const options = { secrets: [secret], now: Date.now() };
    const refusal = await verify(scheme, delivery, options);
    if (refusal) throw new Error(refusal);
  };
}

/** What nobody on WebCrypto can be faster than. */
async function signing(
  secret: string,
  { body }: SignedRequest,
): Promise<Verify> {
  const bytes = encoder.encode(body);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const uses: KeyUsage[] = ["sign"];
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    algorithm,
    false,
    uses,
  );
  return () => crypto.subtle.sign("HMAC", key, bytes);
}

const encoder = new TextEncoder();

/** The fastest time of each for one call, in ms. In turns, so that what slows the machine down slows all of them. */
async function race(
  all: Record<string, Verify>,
  request: SignedRequest,
  repeats: number,
  rows: number,
): Promise<Record<string, number>> {
  const fastest: Record<string, number> = {};
  for (let row = 0; row <= rows; row++) {
    for (const [name, run] of Object.entries(all)) {
      const start = performance.now();
      for (let n = 0; n < repeats; n++) await run(request);
      const time = (performance.now() - start) / repeats;
      // The first row warms up.
      if (row > 0) fastest[name] = Math.min(fastest[name] ?? Infinity, time);
    }
  }
  return fastest;
}
