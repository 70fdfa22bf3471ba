// @vitest-environment node
/** `fetchJson` against a real server. What it does with time is in `fetchJson.clock.test.ts`. */
import { fetchJson, type FetchJsonOptions } from "@acme/convex-docs/jobs";
import { getDocsError, type DocsErrorData } from "@acme/convex-docs/errors";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { inTurn, json, serve, type Answer } from "./support/server.js";

const service = serve();
const schema = z.object({ answer: z.number() });
const ok = json({ answer: 42 });

// Every random wait is 0 ms.
beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0));
afterEach(() => void vi.restoreAllMocks());

/** Calls the service, and says what came of it and how often it was called. */
async function call(options: Partial<FetchJsonOptions<typeof schema>> = {}) {
  try {
    const value = await fetchJson(service.url(), { schema, ...options });
    return { value, calls: service.got.length };
  } catch (error) {
    const data = getDocsError(error) as DocsErrorData<"EXTERNAL">;
    return { error, data, calls: service.got.length };
  }
}

const status = (code: number, headers = {}): Answer => json({}, code, headers);
const halfAnAnswer: Answer = (response) => {
  response.writeHead(200, { "Content-Length": "100" });
  response.write('{"answer":');
  setTimeout(() => response.destroy(), 10);
};
const never: Answer = () => undefined;
const neverEnds: Answer = (response) => {
  response.writeHead(200, { "Content-Type": "application/json" });
  response.write('{"answer":');
};
const html: Answer = (response) => {
  response.writeHead(502, { "Content-Type": "text/html" });
  response.end("<html><body>Bad gateway</body></html>");
};

describe("what is worth another attempt is tried again", () => {
  test.each<[string, Answer]>([
    ["a connection that is reset", (response) => response.destroy()],
    ["a connection that is reset in the middle of the body", halfAnAnswer],
    ["headers that do not come in time", never],
    ["a body that does not end in time", neverEnds],
    ["an HTML 502", html],
    ["an HTML page with status 200", (response) => response.end("<html>")],
    ...[408, 409, 425, 429, 500, 502, 503, 504, 529].map(
      (code) => [`status ${code}`, status(code)] as [string, Answer],
    ),
    [
      "a 400 of which the service says to try it again",
      status(400, { "x-should-retry": "true" }),
    ],
  ])("%s", async (_what, first) => {
    service.answer(inTurn(first, ok));
    const { value, calls } = await call({ timeoutMs: 200 });
    expect({ value, calls }).toEqual({ value: { answer: 42 }, calls: 2 });
  });
});

describe("what stays as it is ends the call at once", () => {
  test.each<[string, Answer, Partial<DocsErrorData<"EXTERNAL">>]>([
    ...[400, 401, 403, 404, 413, 422].map(
      (code) =>
        [
          `status ${code}`,
          status(code),
          { kind: "status", status: code },
        ] as never,
    ),
    [
      "a 500 of which the service says not to try it again",
      status(500, { "x-should-retry": "false" }),
      { kind: "status", status: 500 },
    ],
    [
      "an answer of another shape",
      json({ answer: "forty-two" }),
      { kind: "bad_response", status: 200 },
    ],
    [
      "a huge body",
      json({ answer: 42, padding: "x".repeat(50_000) }),
      { kind: "bad_response", status: 200 },
    ],
    ["a 402", status(402), { kind: "quota", status: 402 }],
    ...[
      "insufficient_quota",
      "exceeded_current_quota_error",
      "credit_balance_exhausted",
      "team_spend_limit_exceeded",
      "organization_usage_limit_exceeded",
    ].map(
      (code) =>
        [
          `a 429 with ${code}`,
          json({ error: { code } }, 429, { "Retry-After": "1" }),
          { kind: "quota", status: 429, providerCode: code },
        ] as never,
    ),
    [
      "a 429 with a type of insufficient_quota",
      json({ error: { type: "insufficient_quota", code: null } }, 429),
      { kind: "quota", providerCode: "insufficient_quota" },
    ],
  ])("%s", async (_what, answer, details) => {
    service.answer(answer);
    const { data, calls } = await call({ maxBytes: 10_000 });
    expect(data).toMatchObject({
      ns: "convex-docs",
      code: "EXTERNAL",
      retryable: false,
      ...details,
    });
    expect(data).not.toHaveProperty("retryAfterMs", expect.anything());
    expect(calls).toBe(1);
  });

  test("a redirect is refused and not followed, so that no header goes where it leads", async () => {
    service.answer((response) =>
      response.writeHead(307, { Location: service.url("/elsewhere") }).end(),
    );
    const { data, calls } = await call({ headers: { "x-api-key": "secret" } });
    expect(data).toMatchObject({
      kind: "status",
      status: 307,
      retryable: false,
    });
    expect(calls).toBe(1);
  });

  test("a rate limit is not a quota: 429 with rate_limit_exceeded is tried again", async () => {
    service.answer(
      inTurn(json({ error: { code: "rate_limit_exceeded" } }, 429), ok),
    );
    expect((await call()).calls).toBe(2);
  });
});

describe("attempts, keys and what is sent", () => {
  test.each([1, 0, -1, Number.NaN])(
    "attempts: %d makes one call",
    async (attempts) => {
      service.answer(status(500));
      expect((await call({ attempts })).calls).toBe(1);
    },
  );

  test("an idempotency key is the same in each attempt and another in each call", async () => {
    service.answer(status(500));
    const keys = () =>
      new Set(service.got.map(({ headers }) => headers["idempotency-key"]));
    await call({ body: {} });
    expect(keys().size).toBe(1);
    await call({ body: {} });
    expect(keys().size).toBe(2);
    await call({ body: {}, idempotencyKey: "run-7" });
    expect(keys()).toContain("run-7");
  });

  test.each([
    [200, ""],
    [201, ""],
    [202, " \n"],
    [204, ""],
    [205, ""],
  ])("an empty %d is null, and one POST", async (code, body) => {
    service.answer((response) => response.writeHead(code).end(body));
    const options = { schema: z.null(), body: { to: "ada" } };
    expect(await fetchJson(service.url(), options)).toBeNull();
    expect(service.got).toHaveLength(1);
  });

  test.each([
    ["POST", 1],
    ["PATCH", 1],
    ["PUT", 3],
    ["DELETE", 3],
  ])(
    "an answer that is not JSON to a %s: %d calls, for what is done must not be done twice",
    async (method, calls) => {
      service.answer((response) => response.end("ok"));
      const outcome = await call({ method, body: { text: "hi" } });
      expect(outcome).toMatchObject({
        calls,
        data: { kind: "bad_response", status: 200, retryable: calls > 1 },
      });
    },
  );

  test("a header of the caller replaces the default, in any spelling", async () => {
    service.answer(ok);
    await call({
      body: {},
      headers: {
        "content-type": "application/vnd.api+json",
        "IDEMPOTENCY-KEY": "mine",
      },
    });
    expect(service.got[0]?.headers).toMatchObject({
      "content-type": "application/vnd.api+json",
      "idempotency-key": "mine",
    });
  });

  test("what is sent is what was given: method, headers, and the body as JSON", async () => {
    service.answer(ok);
    await call();
    await call({
      body: { why: "naïve ☃" },
      headers: { Authorization: "Bearer k" },
    });
    await call({ body: [], method: "PUT" });
    expect(service.got).toMatchObject([
      { method: "GET", body: "" },
      {
        method: "POST",
        body: '{"why":"naïve ☃"}',
        headers: {
          authorization: "Bearer k",
          "content-type": "application/json",
        },
      },
      { method: "PUT", body: "[]" },
    ]);
  });
});

describe("an error carries a kind, a status, a code and an id, and nothing else of what went over the wire", () => {
  const KEY = "sk-live-0123456789abcdef";
  const MARK = "marker-of-the-body";
  const secretly = {
    headers: { Authorization: `Bearer ${KEY}`, "x-api-key": KEY },
    body: { text: MARK },
  };
  /** Everything that an error could show. */
  const visible = (error: unknown) => {
    const { message, stack, name, cause } = error as Error;
    return JSON.stringify([
      message,
      stack,
      name,
      cause,
      (error as { data: unknown }).data,
      String(error),
    ]);
  };

  test("the code and the request's id are there", async () => {
    service.answer(
      json({ error: { code: "model_not_found", message: MARK } }, 404, {
        "x-request-id": "req_1",
      }),
    );
    const { data, error } = await call(secretly);
    expect(data).toEqual({
      ns: "convex-docs",
      code: "EXTERNAL",
      message: "Another service failed: status.",
      retryable: false,
      kind: "status",
      status: 404,
      providerCode: "model_not_found",
      requestId: "req_1",
    });
    expect(visible(error)).not.toContain(MARK);
  });

  test.each<[string, Answer]>([
    [
      "a 401 whose message echoes the key",
      json({ error: { message: `Incorrect key: ${KEY}` } }, 401),
    ],
    [
      "a 401 whose code is the key",
      json({ error: { code: KEY, type: "invalid" } }, 401),
    ],
    [
      "a 401 whose code is a part of the key",
      json({ error: { code: KEY.slice(3, 17) } }, 401),
    ],
    ["a 401 whose error is the key", json({ error: KEY }, 401)],
    ["a request id that is the key", status(500, { "request-id": KEY })],
    ["a code that is the text of the request", json({ code: MARK }, 400)],
    [
      "a page of HTML that echoes it",
      (response) => response.end(`<html>${KEY} ${MARK}`),
    ],
    ["another shape that echoes it", json({ answer: `${KEY} ${MARK}` })],
    [
      "a redirect that echoes it",
      (response) => response.writeHead(302, { Location: `/?${KEY}` }).end(),
    ],
    ["a reset", (response) => response.destroy()],
  ])("%s", async (_what, answer) => {
    service.answer(answer);
    const { error } = await call(secretly);
    const shown = visible(error);
    for (const secret of [
      KEY,
      KEY.slice(3, 17),
      MARK,
      "127.0.0.1",
      "v1/answers",
    ]) {
      expect(shown).not.toContain(secret);
    }
  });

  test.each<[string, unknown]>([
    ["a sentence", "Something went wrong."],
    ["a text that is too long", "x".repeat(65)],
    ["a number", 1234],
    ["an object that pretends to be a text", { match: "x" }],
    ["nothing", null],
  ])("a code that is %s is left out", async (_what, code) => {
    service.answer(json({ error: { code } }, 400));
    const { data } = await call();
    expect(data).not.toHaveProperty("providerCode", expect.anything());
  });

  test.each([
    [
      "a header that cannot be sent",
      { headers: { Authorization: `Bearer ${KEY}\nx` } },
    ],
    ["a method that does not exist", { method: `GE T ${KEY}` }],
  ])("%s fails without being shown", async (_what, options) => {
    const { error, data } = await call(options);
    expect(data).toMatchObject({ code: "EXTERNAL", kind: "network" });
    expect(visible(error)).not.toContain(KEY);
  });

  test.each([
    ["no URL", `not a url ${KEY}`],
    ["a URL with a password", `http://user:${KEY}@127.0.0.1/`],
  ])("%s fails without being shown", async (_what, url) => {
    const failed = await fetchJson(url, { schema, attempts: 1 }).catch(
      (error: unknown) => error,
    );
    expect(getDocsError(failed)).toMatchObject({
      code: "EXTERNAL",
      kind: "network",
    });
    expect(visible(failed)).not.toContain(KEY);
  });

  test("a schema that throws what it was given is not passed on", async () => {
    service.answer(json({ answer: KEY }));
    const throwing = z.unknown().transform((value) => {
      throw new Error(JSON.stringify(value));
    });
    const failed = await fetchJson(service.url(), { schema: throwing }).catch(
      (error: unknown) => error,
    );
    expect(getDocsError(failed)).toMatchObject({
      kind: "bad_response",
      retryable: false,
    });
    expect(visible(failed)).not.toContain(KEY);
  });
});
