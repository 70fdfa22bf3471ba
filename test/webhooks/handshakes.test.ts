import { convexTest } from "convex-test";
import { componentsGeneric, defineSchema, httpRouter } from "convex/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ComponentApi } from "../../src/component/_generated/component.js";
import { register } from "../../src/test.js";
import {
  custom,
  hmac,
  signTestRequest,
  slack,
  Webhooks,
  type Incoming,
} from "../../src/webhooks/index.js";

beforeEach(() => void vi.spyOn(console, "error").mockReturnValue());
afterEach(() => void vi.restoreAllMocks());

const SECRET = "hush";
const secrets = () => [SECRET];
const { docs } = componentsGeneric() as unknown as { docs: ComponentApi };
const SIGNED = { scheme: "hmac", header: "x-sig" } as const;

type Payload = Record<string, string | undefined>;
const answerTo =
  (make: (payload: Payload, headers: Headers) => Response | null) =>
  ({ payload, headers }: Incoming) =>
    make(payload as Payload, headers);
const param = (request: Request, name: string) =>
  new URL(request.url).searchParams.get(name);
/** The answer to a question that asks for the text of a parameter; `null` for any other request. */
const echo = (name: string) => (request: Request) => {
  const text = param(request, name);
  return text === null ? null : new Response(text);
};

const webhooks = new Webhooks(docs, {
  sources: {
    slack: slack({ secrets }),
    meta: hmac({ secrets, header: "x-sig", challenge: echo("hub.challenge") }),
    graph: custom({
      secrets,
      verify: ({ body }) =>
        Promise.resolve(body.length === 2 ? null : "SIGNATURE_MISMATCH"),
      challenge: echo("validationToken"),
    }),
    zoom: hmac({
      secrets,
      header: "x-sig",
      handshake: answerTo(({ event, plainToken }) =>
        event === "endpoint.url_validation"
          ? Response.json({ plainToken, encryptedToken: `of ${plainToken}` })
          : null,
      ),
    }),
    discord: custom({
      secrets,
      verify: () => Promise.resolve(null),
      handshake: answerTo(({ type }) =>
        type === "ping" ? Response.json({ type: 1 }) : null,
      ),
    }),
    twitch: hmac({
      secrets,
      header: "x-sig",
      handshake: answerTo(({ challenge }, headers) =>
        headers.get("twitch-eventsub-message-type") ===
        "webhook_callback_verification"
          ? new Response(challenge)
          : null,
      ),
    }),
    twiml: hmac({
      secrets,
      header: "x-sig",
      reply: { body: "<Response/>", contentType: "text/xml" },
    }),
  },
  log: false,
});

function deploy() {
  const t = convexTest({
    schema: defineSchema({}),
    modules: {
      "./convex/_generated/api.js": async () => ({}),
      "./convex/http.ts": async () => {
        const http = httpRouter();
        webhooks.registerRoutes(http, { prefix: "/hooks" });
        return { default: http };
      },
    },
  });
  register(t);
  return {
    send: async (path: string, init: RequestInit = {}) => {
      const response = await t.fetch(`/hooks/${path}`, init);
      return { status: response.status, text: await response.text(), response };
    },
    stored: async () => {
      const paginationOpts = { numItems: 10, cursor: null };
      const found = await t.query((ctx) =>
        webhooks.list(ctx, { paginationOpts }),
      );
      return found.page.length;
    },
  };
}

describe("Slack's check of the certificate is answered, unsigned as it is", () => {
  test.each([
    ["by POST", "slack", { method: "POST", body: "ssl_check=1&token=x" }],
    ["by GET", "slack?ssl_check=1&token=x", {}],
  ])("%s", async (_, path, init) => {
    const { send, stored } = deploy();
    expect(await send(path, init)).toMatchObject({ status: 200, text: "" });
    expect(await stored()).toBe(0);
  });

  test.each(["ssl_check=0", "ssl_check=true", "ssl_check=", '{"ssl_check":1}'])(
    "but %s is an unsigned delivery",
    async (body) => {
      const { send } = deploy();
      const init = { method: "POST", body };
      expect((await send("slack", init)).status).toBe(400);
      expect((await send(`slack?${body}`)).status).toBe(404);
    },
  );
});

test("Meta asks by GET", async () => {
  const { send } = deploy();
  const asked = await send("meta?hub.mode=subscribe&hub.challenge=123");
  expect(asked).toMatchObject({ status: 200, text: "123" });
  expect((await send("meta")).status).toBe(404);
});

test("Microsoft Graph asks by a POST without a body, and sends events to the same URL", async () => {
  const { send, stored } = deploy();
  const post = { method: "POST" };
  expect(await send("graph?validationToken=a%3A%20b", post)).toMatchObject({
    status: 200,
    text: "a: b",
  });
  expect((await send("graph", post)).status).toBe(401);
  const event = { ...post, body: "{}" };
  expect((await send("graph?validationToken=a", event)).status).toBe(200);
  expect(await stored()).toBe(1);
});

describe("a signed question is answered, and not stored", () => {
  test.each([
    [
      "zoom",
      { event: "endpoint.url_validation", plainToken: "q" },
      '{"plainToken":"q","encryptedToken":"of q"}',
    ],
    ["discord", { type: "ping" }, '{"type":1}'],
    ["twitch", { challenge: "c" }, "c"],
  ])("%s", async (path, body, text) => {
    const { send, stored } = deploy();
    const request = await signTestRequest(SIGNED, SECRET, body);
    const headers = {
      ...request.headers,
      "twitch-eventsub-message-type": "webhook_callback_verification",
    };
    const init = { ...request, headers };
    expect(await send(path, init)).toMatchObject({ status: 200, text });
    expect(await stored()).toBe(0);
  });

  test("by its holder of the secret only", async () => {
    const { send } = deploy();
    const request = await signTestRequest(SIGNED, "another", {
      event: "endpoint.url_validation",
    });
    expect((await send("zoom", request)).status).toBe(401);
  });
});

test("a stored event has the host's answer, where the provider reads it", async () => {
  const { send, stored } = deploy();
  const request = await signTestRequest(SIGNED, SECRET, { type: "a" });
  const { status, text, response } = await send("twiml", request);
  expect({ status, text }).toEqual({ status: 200, text: "<Response/>" });
  expect(response.headers.get("content-type")).toBe("text/xml");
  expect(await stored()).toBe(1);
});
