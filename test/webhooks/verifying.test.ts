import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { signTestRequest } from "../../src/webhooks/index.js";
import { utf8 } from "../../src/webhooks/bytes.js";
import { githubScheme } from "../../src/webhooks/schemes/github.js";
import { standardScheme } from "../../src/webhooks/schemes/standard.js";
import { stripeScheme } from "../../src/webhooks/schemes/stripe.js";
import {
  deliver,
  deploy,
  freshHost,
  host,
  internal,
  paid,
  SECRET,
} from "../support/webhooks.js";
import { check, post } from "../support/deliveries.js";

// The mistakes that receivers of webhooks make, one test each.

beforeEach(freshHost);
afterEach(() => void vi.useRealTimers());

test("the bytes are what is signed, to the last space", async () => {
  const request = await signTestRequest("stripe", SECRET, '{ "a": 1 }');
  expect(await check(stripeScheme, request)).toBeNull();
  expect(await check(stripeScheme, { ...request, body: '{"a":1}' })).toBe(
    "SIGNATURE_MISMATCH",
  );
});

test("a byte order mark is part of what is signed and not of what is parsed; bad UTF-8 is 400", async () => {
  const d = deploy(() => undefined);
  expect(
    await post(
      d,
      "pay",
      await signTestRequest(
        "standardWebhooks",
        SECRET,
        `\uFEFF${JSON.stringify(paid("e"))}`,
      ),
    ),
  ).toBe(200);
  expect(await d.events()).toMatchObject([{ type: "payment.completed" }]);
  const bytes = new Uint8Array([0x22, 0xff, 0x22]);
  const key = await crypto.subtle.importKey(
    "raw",
    utf8(SECRET),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes));
  const hex = [...mac]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  expect(
    await post(d, "gh", {
      headers: { "x-hub-signature-256": `sha256=${hex}` },
      body: bytes,
    }),
  ).toBe(400);
});

test("JSON keys that Convex cannot hold are taken in, and applied", async () => {
  const d = deploy(
    (webhooks) =>
      void webhooks.source("stripe").on("invoice.paid", internal("invoice")),
  );
  const metadata = {
    $ref: "a",
    prénom: "b",
    "\u0007": "c",
    ["x".repeat(2_000)]: "d",
  };
  expect(
    await post(
      d,
      "stripe",
      await signTestRequest("stripe", SECRET, {
        id: "i1",
        type: "invoice.paid",
        metadata,
      }),
    ),
  ).toBe(200);
  await d.late();
  expect((await d.effects())[0]!.note).toBe(JSON.stringify(metadata));
});

test("a body is counted in bytes while it is read, whatever the sender announces", async () => {
  const d = deploy();
  // 10,001 characters, 20,002 bytes.
  const request = await signTestRequest(
    "standardWebhooks",
    SECRET,
    "é".repeat(10_001),
  );
  expect(await post(d, "pay", request)).toBe(413);
  const announced = {
    ...request,
    body: "{}",
    headers: { ...request.headers, "content-length": "999999999" },
  };
  expect(await post(d, "pay", announced)).toBe(413);
});

test("every candidate is compared to its end", async () => {
  const { timingSafeEqual: equal } =
    await import("../../src/webhooks/bytes.js");
  expect([
    equal("abc", "abc"),
    equal("abc", "abd"),
    equal("abc", "bbc"),
    equal("abc", "ab"),
    equal("", ""),
  ]).toEqual([true, false, false, false, true]);
  // Wherever they differ, as many characters are looked at.
  const looks = vi.spyOn(String.prototype, "charCodeAt");
  const counts = ["xbcdefgh", "abcdxfgh", "abcdefgx"].map((wrong) => {
    looks.mockClear();
    equal("abcdefgh", wrong);
    return looks.mock.calls.length;
  });
  looks.mockRestore();
  expect(counts).toEqual([16, 16, 16]);
});

test("of several signatures and secrets any may match, an unreadable one is skipped, and there is a limit", async () => {
  const { headers, body } = await signTestRequest("stripe", SECRET, "{}");
  const [at, v1] = headers["stripe-signature"]!.split(",");
  const sent = (signatures: string[]) => ({
    body,
    headers: { "stripe-signature": [at, ...signatures].join(",") },
  });
  expect(await check(stripeScheme, sent(["v1=zz", "v1=", v1!]))).toBeNull();
  expect(
    await check(stripeScheme, { headers, body }, ["new", undefined, SECRET]),
  ).toBeNull();
  const sign = vi.spyOn(crypto.subtle, "sign");
  expect(
    await check(stripeScheme, sent([...Array<string>(16).fill("v1=00"), v1!])),
  ).toBe("SIGNATURE_MISMATCH");
  expect(
    await check(stripeScheme, { headers, body }, [
      ...Array.from("abcdefgh"),
      SECRET,
    ]),
  ).toBe("SIGNATURE_MISMATCH");
  expect(sign.mock.calls.length).toBeLessThanOrEqual(1 + 8);
  sign.mockRestore();
});

test("other versions and bare signatures do not count", async () => {
  const stripe = await signTestRequest("stripe", SECRET, "{}");
  for (const version of ["v0", "v1a", "v2"]) {
    const header = stripe.headers["stripe-signature"]!.replace("v1", version);
    expect(
      await check(stripeScheme, {
        ...stripe,
        headers: { "stripe-signature": header },
      }),
    ).toBe("MALFORMED_HEADER");
  }
  const github = await signTestRequest("github", SECRET, "{}");
  for (const prefix of ["", "sha1=", "sha512=", "SHA256="]) {
    const header = github.headers["x-hub-signature-256"]!.replace(
      "sha256=",
      prefix,
    );
    expect(
      await check(githubScheme, {
        ...github,
        headers: { "x-hub-signature-256": header },
      }),
    ).toBe("MALFORMED_HEADER");
  }
  const standard = await signTestRequest("standardWebhooks", SECRET, "{}");
  standard.headers["webhook-signature"] = standard.headers[
    "webhook-signature"
  ]!.replace("v1,", "v1a,");
  expect(await check(standardScheme, standard)).toBe("SIGNATURE_MISMATCH");
});

test("a blank secret is refused with 500, and the operator is told", async () => {
  const request = await signTestRequest("github", "x", "{}");
  for (const secret of [
    "",
    "   ",
    "\n",
    "undefined",
    "null",
    undefined,
    null,
    "abc\n",
    " abc",
  ]) {
    expect(await check(githubScheme, request, [secret])).toBe("SECRET_MISSING");
  }
  for (const secret of ["whsec_", "v1,whsec_", "polar_whs_", "v1,whsec_|"]) {
    expect(await check(standardScheme, request, [secret])).toBe(
      "SECRET_MISSING",
    );
  }
  const d = deploy();
  host.secrets = [undefined];
  expect((await deliver(d, paid("e"))).status).toBe(500);
  expect(vi.mocked(console.error).mock.calls.join()).toContain(
    '"pay" has no usable secret',
  );
  const { lastRejected } = await d.t.query((ctx) =>
    d.webhooks.stats(ctx, { source: "pay" }),
  );
  expect(lastRejected).toMatchObject({ code: "SECRET_MISSING" });
});

test("times count on both sides, inclusive at 300 s, digits only", async () => {
  const at = async (offset: number) =>
    check(
      stripeScheme,
      await signTestRequest("stripe", SECRET, "{}", Date.now() + offset * 1000),
    );
  expect(await Promise.all([-301, -300, 300, 301].map(at))).toEqual([
    "TIMESTAMP_TOO_OLD",
    null,
    null,
    "TIMESTAMP_TOO_NEW",
  ]);
  for (const time of ["123abc", "-1", "1e9", "0x10", "1".repeat(13), " 1"]) {
    const headers = {
      "webhook-id": "m",
      "webhook-timestamp": time,
      "webhook-signature": "v1,a",
    };
    expect(["INVALID_TIMESTAMP", "TIMESTAMP_TOO_OLD"]).toContain(
      await check(standardScheme, { headers, body: "" }),
    );
  }
});

test("a body that is not UTF-8 is 400 where the decoder answers `undefined`, as Convex's does", async () => {
  const decode = vi.spyOn(TextDecoder.prototype, "decode");
  decode.mockReturnValue(undefined as unknown as string);
  try {
    const sign = { scheme: "hmac", header: "x-sig" } as const;
    const request = await signTestRequest(sign, SECRET, "any");
    expect(await post(deploy(), "raw", request)).toBe(400);
  } finally {
    decode.mockRestore();
  }
});

test("half of a surrogate pair in a checked payload is PAYLOAD_INVALID at once", async () => {
  const d = deploy();
  const body = '{"id":"\\ud83d","type":"payment.completed","amount":5}';
  expect((await deliver(d, body, "msg_1")).status).toBe(200);
  await d.late();
  expect(await d.events()).toMatchObject([
    { status: "dead", lastErrorCode: "PAYLOAD_INVALID", attempt: 0 },
  ]);
});
