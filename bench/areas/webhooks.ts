/**
 * How long verifying a delivery takes, beside the senders' own libraries in the forms that run in Convex's runtime: WebCrypto
 * or plain JavaScript. Everybody gets what a request hands over, the bytes of the body: a library that wants a text decodes
 * them first, as its receiver has to. Times are shown as ratios: what they are on this machine says nothing.
 */
import type * as Octokit from "@octokit/webhooks-methods";
import Stripe from "stripe";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { githubScheme } from "../../src/webhooks/schemes/github.js";
import { standardScheme } from "../../src/webhooks/schemes/standard.js";
import { stripeScheme } from "../../src/webhooks/schemes/stripe.js";
import { signTestRequest } from "../../src/webhooks/testing.js";
import { verify, type Scheme } from "../../src/webhooks/verify.js";
import type { Area } from "../area.js";
import { decimal } from "../format.js";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/** Rounds that each contender is timed in, one after the other, so that a busy moment hits all. The fastest counts. */
const ROUNDS = 15;

const SIZES = [
  { label: "2 kB", bytes: 2_000, repeats: 200 },
  { label: "1 MB", bytes: 1_000_000, repeats: 3 },
];

type Request = {
  headers: Record<string, string>;
  /** As a request has them. */
  web: Headers;
  body: Uint8Array<ArrayBuffer>;
};
type Contender = { name: string; verify: (request: Request) => unknown };
type Race = {
  scheme: Scheme;
  sign: Parameters<typeof signTestRequest>[0];
  peers: Contender[];
};

const decoder = new TextDecoder();
const stripe = new Stripe("sk_test_none").webhooks;
const stripeCrypto = Stripe.createSubtleCryptoProvider();
// Its browser form: in Node, its exports lead to Node's own crypto, which a deployment's default runtime has not.
const OCTOKIT: string = new URL(
  "../../node_modules/@octokit/webhooks-methods/dist-web/index.js",
  import.meta.url,
).href;
const octokit = (await import(OCTOKIT)) as typeof Octokit;

const RACES: Record<string, Race> = {
  stripe: {
    scheme: stripeScheme,
    sign: "stripe",
    peers: [
      {
        name: "stripe, which also parses",
        verify: ({ headers, body }) =>
          stripe.constructEventAsync(
            decoder.decode(body),
            headers["stripe-signature"] ?? "",
            SECRET,
            300,
            stripeCrypto,
          ),
      },
    ],
  },
  standardWebhooks: {
    scheme: standardScheme,
    sign: { scheme: "standardWebhooks", id: "msg_1" },
    peers: [
      {
        name: "standardwebhooks",
        verify: ({ headers, body }) =>
          new StandardWebhook(SECRET).verify(decoder.decode(body), headers, {
            jsonParse: false,
          }),
      },
      {
        name: "svix, which also parses",
        verify: ({ headers, body }) =>
          new SvixWebhook(SECRET).verify(decoder.decode(body), headers),
      },
    ],
  },
  github: {
    scheme: githubScheme,
    sign: "github",
    peers: [
      {
        name: "@octokit/webhooks-methods",
        verify: ({ headers, body }) =>
          octokit.verify(
            SECRET,
            decoder.decode(body),
            headers["x-hub-signature-256"] ?? "",
          ),
      },
    ],
  },
};

export async function measureWebhooks(): Promise<Area> {
  const rows: string[][] = [];
  for (const [name, race] of Object.entries(RACES)) {
    for (const size of SIZES) {
      const times = await run(race, size);
      const ours = times.get(OURS) ?? NaN;
      for (const peer of [FLOOR, ...race.peers.map(({ name }) => name)]) {
        const ratio = (times.get(peer) ?? NaN) / ours;
        rows.push([name, size.label, peer, `× ${decimal(ratio)}`]);
      }
    }
  }
  return {
    title: "Verifying webhooks",
    tables: [
      {
        title: "How many times as long as ours the sender's library takes",
        head: ["scheme", "body", "library", "its time"],
        rows,
        notes: [
          "Above 1, ours is faster. Ratios of one run; they move by a tenth or so from run to run.",
          "Node hands each HMAC of WebCrypto to another thread, which takes longer than 2 kB of plain JavaScript (standardwebhooks, svix). Convex's runtime does it in place.",
        ],
      },
    ],
    figures: {},
    broken: [],
  };
}

const OURS = "ours";
/** What no verification by WebCrypto can be faster than. */
const FLOOR = "WebCrypto's HMAC of the body, alone";

/** The best time of each contender (ms for all repeats). */
async function run(
  { scheme, sign, peers }: Race,
  { bytes, repeats }: (typeof SIZES)[number],
): Promise<Map<string, number>> {
  const text = JSON.stringify({ id: "evt_1", text: "x".repeat(bytes) });
  const signed = await signTestRequest(sign, SECRET, text);
  const body = new TextEncoder().encode(text);
  const web = new Headers(signed.headers);
  const request = { headers: signed.headers, web, body };
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(SECRET),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const contenders: Contender[] = [
    {
      name: OURS,
      verify: ({ web: headers, body }) =>
        verify(
          scheme,
          { headers, body, url: "https://example.com" },
          { secrets: [SECRET], now: Date.now() },
        ),
    },
    { name: FLOOR, verify: () => crypto.subtle.sign("HMAC", key, body) },
    ...peers,
  ];
  const best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of contenders) {
      const start = performance.now();
      for (let repeat = 0; repeat < repeats; repeat++) {
        const answer = await contender.verify(request);
        if (contender.name === OURS && answer !== null) {
          throw new Error(`${scheme.name}: a delivery was refused.`);
        }
      }
      const time = performance.now() - start;
      best.set(
        contender.name,
        Math.min(time, best.get(contender.name) ?? Infinity),
      );
    }
  }
  return best;
}
