import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sha256, utf8 } from "../../src/webhooks/bytes.js";
import { signTestRequest } from "../../src/webhooks/index.js";
import { twilioScheme } from "../../src/webhooks/schemes/twilio.js";
import {
  importKey,
  keysOf,
  signatureOf,
  verify,
  type VerifyOptions,
} from "../../src/webhooks/verify.js";
import { post } from "../support/deliveries.js";
import {
  deploy,
  freshHost,
  host,
  internal,
  SECRET,
} from "../support/webhooks.js";

beforeEach(freshHost);
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const URL_CALLED = "https://example.com/hooks/sms";
const options: VerifyOptions = { secrets: [SECRET], now: 0 };

const sign = async (content: string) => {
  const scheme = twilioScheme();
  const [bytes] = keysOf(scheme, SECRET);
  const key = await importKey(scheme, bytes!);
  return await signatureOf(scheme, key, utf8(content));
};

const withSms = () =>
  deploy((webhooks) => void webhooks.source("sms").on("sms", internal("any")));

describe("the URL of a delivery", () => {
  const verified = async (signed: string, url: string) => {
    const headers = new Headers({ "x-twilio-signature": await sign(signed) });
    return await verify(
      twilioScheme(),
      { headers, body: utf8(""), url },
      options,
    );
  };

  test.each([
    ["'", "'"],
    ["'", "%27"],
    ["%27", "'"],
    ["%27", "%27"],
  ])("is signed with %s and called with %s", async (signed, called) => {
    const url = (quote: string) => `https://example.com/path?q=it${quote}s`;
    expect(await verified(url(signed), url(called))).toBeNull();
  });

  test("is the deployment's own, whatever host the request names", async () => {
    vi.stubEnv("CONVEX_SITE_URL", "https://happy.convex.site");
    const signed = "https://happy.convex.site/hooks/sms?a=1";
    const evil = "https://evil.example/hooks/sms?a=1";
    expect(await verified(signed, evil)).toBeNull();
    expect(await verified(evil, evil)).toBe("SIGNATURE_MISMATCH");
  });
});

describe("what is one event", () => {
  test.each([
    [
      "two recordings of a call",
      [
        { CallSid: "CA1", RecordingSid: "RE1", RecordingStatus: "completed" },
        { CallSid: "CA1", RecordingSid: "RE2", RecordingStatus: "completed" },
      ],
    ],
    [
      "two answers to a menu",
      [
        { CallSid: "CA1", CallStatus: "in-progress", Digits: "1" },
        { CallSid: "CA1", CallStatus: "in-progress", Digits: "2" },
      ],
    ],
    [
      "a participant who joins and leaves",
      [
        { CallSid: "CA1", StatusCallbackEvent: "participant-join" },
        { CallSid: "CA1", StatusCallbackEvent: "participant-leave" },
      ],
    ],
  ])("%s are two", async (_, bodies) => {
    const d = withSms();
    for (const body of bodies) {
      const request = await signTestRequest(
        { scheme: "twilio", url: URL_CALLED },
        SECRET,
        body,
      );
      expect(await post(d, "sms", request)).toBe(200);
    }
    await d.late();
    expect(await d.effects()).toHaveLength(2);
  });

  test("the same fields in another order are one, since they have one signature", async () => {
    const d = withSms();
    const headers = {
      "x-twilio-signature": await sign(`${URL_CALLED}BodyhiMessageSidSM1`),
    };
    for (const body of ["MessageSid=SM1&Body=hi", "Body=%68i&MessageSid=SM1"]) {
      expect(await post(d, "sms", { headers, body })).toBe(200);
    }
    await d.late();
    expect(await d.effects()).toHaveLength(1);
  });

  test("a retry with the same idempotency token is a duplicate, another token another event", async () => {
    const d = withSms();
    const request = await signTestRequest(
      { scheme: "twilio", url: URL_CALLED },
      SECRET,
      { CallSid: "CA1", Digits: "1" },
    );
    for (const token of ["t1", "t1", "t2"]) {
      Object.assign(request.headers, { "i-twilio-idempotency-token": token });
      expect(await post(d, "sms", request)).toBe(200);
    }
    await d.late();
    expect((await d.effects()).map(({ key }) => key)).toEqual(["t1", "t2"]);
  });
});

test("a JSON array is read, bound by the hash in the URL", async () => {
  const d = withSms();
  const body = JSON.stringify([{ type: "com.twilio.messaging.sent" }]);
  const query = `?bodySHA256=${await sha256(utf8(body))}`;
  const headers = {
    "content-type": "Application/JSON; charset=utf-8",
    "x-twilio-signature": await sign(URL_CALLED + query),
  };
  const send = (text: string) =>
    post(d, `sms${query}`, { headers, body: text });
  expect(await send(body)).toBe(200);
  expect(await send("[]")).toBe(401);
  await d.late();
  expect(host.seen[0]?.payload).toBe(body);
});
