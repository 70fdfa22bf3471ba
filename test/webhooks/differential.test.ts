// @vitest-environment node
import { verify as octokitVerify } from "@octokit/webhooks-methods";
import fc from "fast-check";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { utf8 } from "../../src/webhooks/bytes.js";
import { githubScheme } from "../../src/webhooks/schemes/github.js";
import { standardScheme } from "../../src/webhooks/schemes/standard.js";
import { stripeScheme } from "../../src/webhooks/schemes/stripe.js";
import {
  signTestRequest,
  type TestScheme,
} from "../../src/webhooks/testing.js";
import { verify, type Scheme } from "../../src/webhooks/verify.js";

/**
 * Our verdicts against those of the providers' own libraries, on deliveries that were signed and then tampered with. They
 * may differ only where the table below says so.
 */
const RUNS = Number(process.env["DIFFERENTIAL_RUNS"] ?? 1500);
const NOW = 1_700_000_000;
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

type Sent = { headers: Record<string, string>; body: string; secret: string };
type Difference = { why: string; ours: boolean; when: (sent: Sent) => boolean };
type Peer = {
  scheme: Scheme;
  sign: TestScheme;
  /** The headers that are tampered with. */
  headers: string[];
  theirs: (sent: Sent) => unknown;
  intended: Difference[];
};

const stripeClient = new Stripe("sk_test_none");
const subtle = Stripe.createSubtleCryptoProvider();

const blank: Difference = {
  why: "A blank secret is nobody's signature: refused, and the operator is told.",
  ours: false,
  when: ({ secret }) => secret.trim() === "" || secret === "whsec_",
};
const spelledTime = (name: string): Difference => ({
  why: "A time is its digits: parseInt reads 17abc, +17 and 017 as 17.",
  ours: false,
  when: ({ headers }) => {
    const text = headers[name] ?? "";
    const time = /(?:^|,)\s*t=([^,]*)/.exec(text)?.[1] ?? text;
    return String(parseInt(time, 10)) !== time;
  },
});
const standard = (family: "webhook" | "svix"): Difference[] => [
  blank,
  spelledTime(`${family}-timestamp`),
  {
    why: "A signature is all that follows `v1,`: theirs stops at the next comma.",
    ours: false,
    when: ({ headers }) =>
      /v1,[^ ]*,/.test(headers[`${family}-signature`] ?? ""),
  },
];

const peers: Record<string, Peer> = {
  stripe: {
    scheme: stripeScheme,
    sign: "stripe",
    headers: ["stripe-signature"],
    theirs: ({ headers, body, secret }) =>
      stripeClient.webhooks.constructEventAsync(
        body,
        headers["stripe-signature"] ?? "",
        secret,
        300,
        subtle,
        NOW * 1000,
      ),
    intended: [
      blank,
      spelledTime("stripe-signature"),
      {
        why: "A time in the future is refused: theirs accepts any.",
        ours: false,
        when: ({ headers }) =>
          Number(/t=(\d+)/.exec(headers["stripe-signature"] ?? "")?.[1]) >
          NOW + 300,
      },
      {
        why: "White space around a pair does not count: theirs finds no such pair.",
        ours: true,
        when: ({ headers }) =>
          /(?:^|,)\s+|\s+(?:,|$)/.test(headers["stripe-signature"] ?? ""),
      },
    ],
  },
  standardwebhooks: {
    scheme: standardScheme,
    sign: { scheme: "standardWebhooks", id: "msg_1" },
    headers: ["webhook-id", "webhook-timestamp", "webhook-signature"],
    theirs: async ({ headers, body, secret }) =>
      new StandardWebhook(secret).verify(body, headers, { jsonParse: false }),
    intended: standard("webhook"),
  },
  svix: {
    scheme: standardScheme,
    sign: { scheme: "svix", id: "msg_1" },
    headers: ["svix-id", "svix-timestamp", "svix-signature"],
    theirs: async ({ headers, body, secret }) =>
      new SvixWebhook(secret).verify(body, headers),
    intended: standard("svix"),
  },
  octokit: {
    scheme: githubScheme,
    sign: "github",
    headers: ["x-hub-signature-256"],
    theirs: async ({ headers, body, secret }) => {
      const found = headers["x-hub-signature-256"]!;
      if (!(await octokitVerify(secret, body, found))) throw new Error("no");
    },
    intended: [
      blank,
      {
        why: "Hexadecimal has no case: theirs, in Node, compares texts.",
        ours: true,
        when: ({ headers }) =>
          /=.*[A-F]/.test(headers["x-hub-signature-256"] ?? ""),
      },
      {
        why: "White space around the header does not count: the Fetch standard strips it.",
        ours: true,
        when: ({ headers }) =>
          /^\s|\s$/.test(headers["x-hub-signature-256"] ?? ""),
      },
    ],
  },
};

const tampering = fc.record({
  at: fc.nat(400),
  char: fc.constantFrom(...Array.from("0129afAFzZ=,. +-v;sht")),
  how: fc.constantFrom("replace", "insert", "delete", "case", "repeat", "trim"),
});
type Tampering = typeof tampering extends fc.Arbitrary<infer T> ? T : never;

function tamper(text: string, { at, char, how }: Tampering): string {
  const place = at % (text.length + 1);
  const [head, tail] = [text.slice(0, place), text.slice(place)];
  switch (how) {
    case "insert":
      return head + char + tail;
    case "delete":
      return head + tail.slice(1);
    case "case":
      return head + tail.toUpperCase();
    case "repeat":
      return `${text}${char === "," ? "," : " "}${text}`;
    case "trim":
      return text.replace(/^[^=,]*[=,]/, "");
    default:
      return head + char + tail.slice(1);
  }
}

const delivery = fc.record({
  body: fc.oneof(
    fc.json().map((text) => `{"a":${text}}`),
    fc.constant('{"b":"prénom 😀"}'),
  ),
  age: fc.constantFrom(
    0,
    0,
    0,
    299,
    300,
    301,
    -299,
    -300,
    -301,
    90_000,
    -90_000,
  ),
  secret: fc.constantFrom(
    SECRET,
    SECRET,
    SECRET,
    "",
    "whsec_",
    " ",
    "d3Jvbmc=",
  ),
  target: fc.constantFrom(
    "none",
    "none",
    "header",
    "header",
    "body",
    "missing",
  ),
  which: fc.nat(2),
  tampering,
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW * 1000 });
});
afterEach(() => void vi.useRealTimers());

test.each(Object.entries(peers))(
  "%s agrees, but for the differences that are meant",
  async (_, { scheme, sign, headers: names, theirs, intended }) => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(delivery, async (drawn) => {
        const signedAt = (NOW - drawn.age) * 1000;
        const request = await signTestRequest(
          sign,
          SECRET,
          drawn.body,
          signedAt,
        );
        const sent: Sent = { ...request, secret: drawn.secret };
        const name = names[drawn.which % names.length]!;
        if (drawn.target === "header") {
          sent.headers[name] = tamper(sent.headers[name]!, drawn.tampering);
        } else if (drawn.target === "missing")
          Reflect.deleteProperty(sent.headers, name);
        else if (drawn.target === "body")
          sent.body = tamper(sent.body, drawn.tampering);
        const ours =
          (await verify(
            scheme,
            {
              headers: new Headers(sent.headers),
              body: utf8(sent.body),
              url: "",
            },
            { secrets: [sent.secret], now: NOW * 1000 },
          )) === null;
        // A tampered body that is still genuine and no JSON is the parser's affair, in every library that parses.
        const verdict = await Promise.resolve(theirs(sent)).then(
          () => true,
          (error: unknown) => error instanceof SyntaxError,
        );
        if (ours) accepted++;
        if (ours === verdict) return;
        const reason = intended.find(
          (one) => one.ours === ours && one.when(sent),
        );
        expect(reason, JSON.stringify({ ours, verdict, sent })).toBeDefined();
      }),
      { numRuns: RUNS, seed: Number(process.env["SEED"] ?? 5) },
    );
    expect(accepted).toBeGreaterThan(RUNS / 20);
  },
  60_000,
);
