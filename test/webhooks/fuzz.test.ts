import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { signTestRequest, type TestScheme } from "../../src/webhooks/index.js";
import { deploy, freshHost, host, paid, SECRET } from "../support/webhooks.js";

const RUNS = Number(process.env["FUZZ_REQUESTS"] ?? 800);

beforeEach(freshHost);
afterEach(() => void vi.useRealTimers());

const schemes: [path: string, scheme: TestScheme][] = [
  ["pay", { scheme: "standardWebhooks", id: "msg_1" }],
  ["pay", { scheme: "svix", id: "msg_2" }],
  ["stripe", "stripe"],
  ["gh", "github"],
  ["shop", "shopify"],
  ["slack", "slack"],
  ["sms", { scheme: "twilio", url: "https://example.com/hooks/sms" }],
  ["crm", { scheme: "hmac", header: "x-sig", prefix: "sha256=" }],
];

/** Text as a header may hold it. */
const latin = fc.string({
  unit: fc
    .integer({ min: 32, max: 255 })
    .map((code) => String.fromCharCode(code)),
});
const body = fc.oneof(
  fc.constant(JSON.stringify(paid("evt_1"))),
  fc.json(),
  fc
    .json()
    .map(
      (text) => `{"type":"payment.completed","id":${text},"__proto__":{"x":1}}`,
    ),
  fc.string({ unit: "binary" }),
  fc.constant(`${"[".repeat(9_000)}${"]".repeat(9_000)}`),
  fc.constant("x".repeat(20_001)),
);
const tamper = fc.record({
  how: fc.constantFrom(
    "none",
    "body",
    "bytes",
    "flip",
    "replace",
    "drop",
    "repeat",
    "long",
    "swap",
    "time",
  ),
  which: fc.nat(3),
  at: fc.nat(300),
  text: latin,
});
const request = fc.record({
  scheme: fc.nat(schemes.length - 1),
  body,
  tamper,
  age: fc.constantFrom(0, 0, 0, 301, -301, 1e9),
  wrongSecret: fc.boolean(),
});

test(`fuzz: no 500, no forged delivery taken in, nothing unbounded`, async () => {
  const d = deploy();
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(
      request,
      async ({ scheme: index, body: text, tamper: how, age, wrongSecret }) => {
        const [path, scheme] = schemes[index]!;
        const secret = wrongSecret ? "d3Jvbmc=" : SECRET;
        const now = Date.now() - age * 1000;
        const { headers, body: signed } = await signTestRequest(
          scheme,
          secret,
          text,
          now,
        );
        const wasSigned = JSON.stringify([headers, signed]);
        let sent: BodyInit = signed;
        const names = Object.keys(headers).filter(
          (name) => !UNSIGNED.includes(name),
        );
        const name = names[how.which % names.length]!;
        const value = headers[name]!;
        const at = how.at % (value.length + 1);
        switch (how.how) {
          case "none":
            break;
          case "body":
            sent = signed + how.text;
            break;
          case "bytes":
            sent = new Uint8Array([0xef, 0xbb, 0xbf, 0xff, how.at % 256]);
            break;
          case "flip":
            headers[name] =
              value.slice(0, at) +
              String.fromCharCode(33 + (how.at % 90)) +
              value.slice(at + 1);
            break;
          case "replace":
            headers[name] = how.text;
            break;
          case "drop":
            Reflect.deleteProperty(headers, name);
            break;
          case "repeat":
            headers[name] = Array(2_000)
              .fill(value.replace(/.$/, "0"))
              .join(how.at % 2 ? "," : " ");
            break;
          case "long":
            headers[name] = value + "a".repeat(20_000);
            break;
          case "swap":
            headers[name] = headers[names[0]!]!;
            break;
          case "time":
            headers[name] = value.replace(/\d{10}/, "9999999999999999");
        }
        const response = await d.t.fetch(`/hooks/${path}`, {
          method: "POST",
          headers,
          body: sent,
        });
        expect([200, 400, 401, 413]).toContain(response.status);
        const genuine =
          !wrongSecret &&
          (JSON.stringify([headers, sent]) === wasSigned ||
            isSameSignature(headers, wasSigned, sent, signed));
        if (response.status === 200) {
          taken++;
          expect(genuine, JSON.stringify({ path, how, wrongSecret })).toBe(
            true,
          );
        }
      },
    ),
    { numRuns: RUNS, seed: Number(process.env["SEED"] ?? 11) },
  );
  expect(taken).toBeGreaterThan(RUNS / 100);
  // One row a source and reason, however many were refused.
  const { rejections } = await d.t.query((ctx) =>
    d.webhooks.stats(ctx, { source: "pay" }),
  );
  expect(rejections.length).toBeLessThanOrEqual(8);
  expect(rejections.every(({ count }) => count === 1)).toBe(true);
  host.lines.length = 0;
}, 900_000);

const UNSIGNED = [
  "content-type",
  "x-github-event",
  "x-github-delivery",
  "x-shopify-topic",
  "x-shopify-webhook-id",
];

/** What was changed is not what is signed: white space around a header, the case of hexadecimal, an unsigned part. */
function isSameSignature(
  headers: Record<string, string>,
  wasSigned: string,
  sent: BodyInit,
  signed: string,
): boolean {
  if (sent !== signed) return false;
  const [before] = JSON.parse(wasSigned) as [Record<string, string>, string];
  return Object.entries(before).every(([name, value]) => {
    const now = headers[name]?.trim();
    if (now === undefined) return false;
    const plain = (text: string) =>
      text.replace(/^(?:sha256=)([\da-f]+)$/i, (all) => all.toLowerCase());
    // A scheme with pairs ignores those it does not know, behind or before those it does.
    const pairs = new Set(now.split(/[,; ]/).map((pair) => pair.trim()));
    return (
      plain(now) === plain(value) ||
      value.split(/[,; ]/).every((pair) => pairs.has(pair))
    );
  });
}
