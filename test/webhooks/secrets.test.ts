import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  github,
  signTestRequest,
  standardWebhooks,
  Webhooks,
} from "../../src/webhooks/index.js";
import {
  prepend,
  toBase64,
  utf8,
  type Bytes,
} from "../../src/webhooks/bytes.js";
import { standardScheme } from "../../src/webhooks/schemes/standard.js";
import { stripeScheme } from "../../src/webhooks/schemes/stripe.js";
import { signatureOf, verify } from "../../src/webhooks/verify.js";
import { check, post } from "../support/deliveries.js";
import { components, deploy, freshHost, host } from "../support/webhooks.js";

beforeEach(freshHost);
afterEach(() => void vi.useRealTimers());

const BYTES = utf8("0123456789abcdef0123456789abcdef");
const BASE64 = toBase64(BYTES);
const EIGHT = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** Whether a delivery that is signed under a key passes under a secret. */
async function passes(
  key: Bytes | string,
  secret: string,
  wrap = (signature: string) => `v1,${signature}`,
) {
  const at = String(Math.floor(Date.now() / 1000));
  const raw = await crypto.subtle.importKey(
    "raw",
    typeof key === "string" ? utf8(key) : key,
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const content = prepend(`m1.${at}.`, utf8("{}"));
  const signature = await signatureOf(standardScheme, raw, content);
  const headers = {
    "webhook-id": "m1",
    "webhook-timestamp": at,
    "webhook-signature": wrap(signature),
  };
  return await check(standardScheme, { headers, body: "{}" }, [secret]);
}

describe("a secret as its provider shows it", () => {
  const binary = Uint8Array.from(
    Array.from({ length: 24 }, (_, n) => (n % 2 ? 0xfb : 0xff)),
  );
  const url = toBase64(binary).replace(/\+/g, "-").replace(/\//g, "_");
  const short = utf8("0123456789abcdef0123456789");
  test.each([
    ["Svix, Clerk, Resend, OpenAI: base64", BYTES, `whsec_${BASE64}`],
    ["Polar, before its change", "polar_whs_abcDEF123", "polar_whs_abcDEF123"],
    ["Polar, after it: the whole text", `whsec_${BASE64}`, `whsec_${BASE64}`],
    ["Supabase", BYTES, `v1,whsec_${BASE64}`],
    ["Supabase, in a rotation", BYTES, `v1,whsec_b2xk|v1,whsec_${BASE64}`],
    ["base64url", binary, `whsec_${url}`],
    ["without padding", short, `whsec_${toBase64(short).replace(/=+$/, "")}`],
    ["a text of its own", "abcdefghijklmnop", "abcdefghijklmnop"],
  ])("%s", async (_, key, secret) => {
    expect(await passes(key, secret)).toBeNull();
    expect(await passes("another", secret)).toBe("SIGNATURE_MISMATCH");
  });

  test("a signature header that a proxy joined", async () => {
    const joined = (signature: string) => `v1,AAAA, v1,${signature}, v1,BBBB`;
    expect(await passes(BYTES, `whsec_${BASE64}`, joined)).toBeNull();
  });
});

test("unset entries take no places, and the eighth secret counts", async () => {
  const request = await signTestRequest("stripe", "h", "{}");
  const unset = Array<undefined>(20).fill(undefined);
  const secrets = [...unset, ...EIGHT.slice(0, 7), undefined, "h"];
  expect(await check(stripeScheme, request, secrets)).toBeNull();
  const d = deploy();
  host.secrets = [...unset, ...EIGHT];
  const push = await signTestRequest("github", "h", "{}");
  expect(await post(d, "gh", push)).toBe(200);
  expect(console.error).not.toHaveBeenCalled();
});

test("more secrets than are tried are logged", async () => {
  const d = deploy();
  host.secrets = [...EIGHT, "i"];
  const push = await signTestRequest("github", "i", "{}");
  expect(await post(d, "gh", push)).toBe(401);
  expect(console.error).toHaveBeenCalledWith(
    expect.stringContaining('"gh" has 9 secrets, of which 8 are tried'),
  );
});

test.each([NaN, Infinity, -1, 0, 1.5, "300" as never])(
  "a tolerance of %s is refused at construction, and accepts nothing",
  async (toleranceSeconds) => {
    const make = () =>
      new Webhooks(components.docs, {
        sources: {
          any: standardWebhooks({ secrets: () => [], toleranceSeconds }),
        },
      });
    expect(make).toThrow("toleranceSeconds");
    const old = await signTestRequest("stripe", "s", "{}", 0);
    const refusal = await verify(
      stripeScheme,
      {
        headers: new Headers(old.headers),
        body: utf8(old.body),
        url: "https://example.com/",
      },
      { secrets: ["s"], now: Date.now(), toleranceSeconds: NaN },
    );
    expect(refusal).toBe("TIMESTAMP_TOO_OLD");
  },
);

test.each([
  "x-gitlab-token",
  "x-auth-token",
  "x-access-key",
  "x-password",
  "x-goog-iap-jwt-assertion",
  "x-hub-signature",
  "x-apikey",
  "proxy-authorization",
  "x-session",
  "X-Client-Secret",
])("the header %s is a secret and cannot be stored", (name) => {
  const make = (header: string) =>
    new Webhooks(components.docs, {
      sources: { gh: github({ secrets: () => [], headers: [header] }) },
    });
  expect(() => make(name)).toThrow("is a secret");
  expect(() => make("idempotency-key")).not.toThrow();
  expect(() => make("x-request-id")).not.toThrow();
});
