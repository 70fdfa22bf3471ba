// @vitest-environment node
import { expect, test, vi } from "vitest";
import { reasonOf } from "../../src/model/webhooks/reason.js";
import { utf8 } from "../../src/webhooks/bytes.js";
import { githubScheme } from "../../src/webhooks/schemes/github.js";
import { hmacScheme } from "../../src/webhooks/schemes/hmac.js";
import { paddleScheme } from "../../src/webhooks/schemes/paddle.js";
import { shopifyScheme } from "../../src/webhooks/schemes/shopify.js";
import { slackScheme } from "../../src/webhooks/schemes/slack.js";
import { standardScheme } from "../../src/webhooks/schemes/standard.js";
import { stripeScheme } from "../../src/webhooks/schemes/stripe.js";
import { twilioScheme } from "../../src/webhooks/schemes/twilio.js";
import { verify, type Scheme } from "../../src/webhooks/verify.js";

vi.setConfig({ testTimeout: 60_000 });

/** The CPU time of a task (ms), the least of three runs: what else the machine does only adds to it. */
async function cpuOf(task: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage();
    await task();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return Math.min(...times);
}

/** Sixteen times the size must not cost much more than sixteen times the work. 256 times would be quadratic. */
async function expectLinear(task: (size: number) => unknown): Promise<void> {
  await task(5_000);
  const small = await cpuOf(() => task(5_000));
  const large = await cpuOf(() => task(80_000));
  expect(large).toBeLessThan(100 * Math.max(small, 2));
}

const deliver = (
  scheme: Scheme,
  headers: Record<string, string>,
  body = "{}",
) =>
  verify(
    scheme,
    {
      headers: new Headers(headers),
      body: utf8(body),
      url: "https://example.com/x",
    },
    { secrets: ["c2VjcmV0"], now: 0 },
  );

test("a form of many fields costs its length, before its signature is known", async () => {
  await expectLinear(async (size) => {
    const body = Array.from({ length: size }, (_, n) => `${n}=${n}`).join("&");
    await deliver(twilioScheme(), { "x-twilio-signature": "AAAA" }, body);
  });
});

test("a form of many values of one field costs its length", async () => {
  await expectLinear(async (size) => {
    const body = Array.from({ length: size }, (_, n) => `a=${n}`).join("&");
    await deliver(twilioScheme(), { "x-twilio-signature": "AAAA" }, body);
  });
});

const schemes: [string, Scheme, (long: string) => Record<string, string>][] = [
  ["Stripe", stripeScheme, (long) => ({ "stripe-signature": `t=1,${long}` })],
  ["Paddle", paddleScheme, (long) => ({ "paddle-signature": `ts=1;${long}` })],
  ["GitHub", githubScheme, (long) => ({ "x-hub-signature-256": long })],
  ["Shopify", shopifyScheme, (long) => ({ "x-shopify-hmac-sha256": long })],
  ["an HMAC", hmacScheme({ header: "x-sig" }), (long) => ({ "x-sig": long })],
  ["Twilio", twilioScheme(), (long) => ({ "x-twilio-signature": long })],
  [
    "Slack",
    slackScheme,
    (long) => ({
      "x-slack-signature": long,
      "x-slack-request-timestamp": long,
    }),
  ],
  [
    "Standard Webhooks",
    standardScheme,
    (long) => ({
      "webhook-id": long,
      "webhook-timestamp": "1",
      "webhook-signature": long,
    }),
  ],
];
test.each(schemes)(
  "a long header of %s costs its length",
  async (_, scheme, headers) => {
    for (const part of ["v1=a,", "v1,a ", "0", "h1=a;", "  "]) {
      await expectLinear((size) =>
        deliver(scheme, headers(part.repeat(size / part.length))),
      );
    }
  },
);

test("the message of an error costs its length", async () => {
  for (const part of ["handle ", "Could not find ", "is not a ", "\ud83d"]) {
    await expectLinear((size) =>
      reasonOf(new Error(part.repeat(size / part.length))),
    );
  }
});
