/**
 * How long it takes to verify a delivery, beside the libraries of those who send them.
 */
import type { verify as VerifyGitHub } from "@octokit/webhooks-methods";
// Its form for browsers: in Node it would take Node's own crypto, which Convex's runtime does not have.
// @ts-expect-error The package declares the types of its entry alone.
import { verify as inBrowsers } from "../../node_modules/@octokit/webhooks-methods/dist-web/index.js";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import { githubScheme } from "../../src/webhooks/schemes/github.js";
import { standardScheme } from "../../src/webhooks/schemes/standard.js";
import { stripeScheme } from "../../src/webhooks/schemes/stripe.js";
import {
  signTestRequest,
  type SignedRequest,
  type TestScheme,
} from "../../src/webhooks/testing.js";
import { verify, type Scheme } from "../../src/webhooks/verify.js";
import type { Area } from "../area.js";
import { decimal } from "../format.js";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/** Bytes of a body, how often one is verified in a row, and how many rows there are. */
const SIZES = [
  { name: "2 kB", bytes: 2_000, repeats: 200, rows: 15 },
  { name: "1 MB", bytes: 1_000_000, repeats: 4, rows: 15 },
];
/** How much longer than WebCrypto's one HMAC a verification may take, where a library without WebCrypto is faster. */
const OVERHEAD = 2;
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
const stripe = new Stripe("sk_test_none");
const subtle = Stripe.createSubtleCryptoProvider();
const standard = new StandardWebhook(SECRET);
const svix = new SvixWebhook(SECRET);

const CONTESTS: Contest[] = [
  {
    name: "Stripe",
    scheme: stripeScheme,
    sign: "stripe",
    theirs: {
      "stripe, WebCrypto": ({ headers, body }) =>
        stripe.webhooks.constructEventAsync(
          body,
          headers["stripe-signature"] ?? "",
          SECRET,
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
        octokit(SECRET, body, headers["x-hub-signature-256"] ?? ""),
    },
  },
];

export async function measureWebhooks(): Promise<Area> {
  const rows: string[][] = [];
  const broken: string[] = [];
  for (const { name, bytes, repeats, rows: count } of SIZES) {
    for (const contest of CONTESTS) {
      const request = await signTestRequest(
        contest.sign,
        SECRET,
        { id: "evt_1", type: "a", data: "x".repeat(bytes - 40) },
        Date.now(),
      );
      const all = {
        ours: oursOf(contest.scheme, request),
        floor: await signing(request),
        ...contest.theirs,
      };
      const times = await race(all, request, repeats, count);
      const { ours = NaN, floor = NaN, ...theirs } = times;
      for (const [peer, time] of Object.entries(theirs)) {
        rows.push([
          `${contest.name}, ${name}`,
          decimal(ours * 1000),
          decimal(floor * 1000),
          peer,
          decimal(time * 1000),
          `× ${decimal(time / ours)}`,
        ]);
        if (ours > Math.max(time * NOISE, floor * OVERHEAD))
          broken.push(
            `webhooks: ${contest.name}, ${name}: ours takes ${decimal(ours / time)} times as long as ${peer}.`,
          );
      }
    }
  }
  return {
    title: "Verifying a webhook",
    tables: [
      {
        title: "A delivery from its bytes to the verdict",
        head: [
          "sender, body",
          "ours, µs",
          "WebCrypto alone, µs",
          "theirs",
          "µs",
          "theirs to ours",
        ],
        rows,
        notes: [
          "The fastest of fifteen rows, taken in turns, each from what it takes: ours from bytes, the others from text. The others, except octokit's, also parse it.",
          "WebCrypto alone is one HMAC over the body under a key that is imported already. In Node it goes through a pool of threads, which costs more than to hash 2 kB in plain JavaScript on the spot; the plain JavaScript that saves it would not fit into the 1.5 kB of a scheme.",
        ],
      },
    ],
    figures: {},
    broken,
  };
}

function oursOf(scheme: Scheme, { headers, body }: SignedRequest): Verify {
  const delivery = {
    headers: new Headers(headers),
    body: encoder.encode(body),
    url: "https://example.com/webhook",
  };
  return async () => {
    const options = { secrets: [SECRET], now: Date.now() };
    const refusal = await verify(scheme, delivery, options);
    if (refusal) throw new Error(refusal);
  };
}

/** What nobody on WebCrypto can be faster than. */
async function signing({ body }: SignedRequest): Promise<Verify> {
  const bytes = encoder.encode(body);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const secret = encoder.encode(SECRET);
  const uses: KeyUsage[] = ["sign"];
  const key = await crypto.subtle.importKey(
    "raw",
    secret,
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
