import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { STUB_KEY } from "../../../dev/stub/routes.js";
import { startStub, type Stub } from "../../../dev/stub/server.js";

let stub: Stub;
beforeEach(async () => {
  stub = await startStub();
});
afterEach(() => stub.close());

const question = {
  model: "any",
  messages: [
    { role: "system", content: "Summarise." },
    { role: "user", content: "The plan is simple: we ship on Friday." },
  ],
};
const ask = (body: unknown = question, key = STUB_KEY) =>
  fetch(`${stub.url}/chat/completions`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
const put = (mode: unknown) =>
  fetch(stub.url.replace("/v1", "/mode"), {
    method: "PUT",
    body: JSON.stringify(mode),
  });

describe("chat completions", () => {
  test("an answer has the shape of the real one, and is about what was said", async () => {
    const response = await ask();
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      object: "chat.completion",
      choices: [
        {
          message: {
            role: "assistant",
            content: "In short: The plan is simple: we ship on Friday.",
          },
          finish_reason: "stop",
        },
      ],
      usage: { total_tokens: expect.any(Number) as number },
    });
  });

  test("max_tokens cuts the answer and says so", async () => {
    const response = await ask({ ...question, max_tokens: 5 });
    expect(await response.json()).toMatchObject({
      choices: [
        {
          message: { content: "In short: The plan i".slice(0, 20) },
          finish_reason: "length",
        },
      ],
    });
  });

  test.each([
    ["a wrong key", question, "sk-wrong", 401, "invalid_api_key"],
    [
      "no messages",
      { model: "any", messages: [] },
      STUB_KEY,
      400,
      "invalid_request",
    ],
  ])("%s is refused", async (_what, body, key, status, code) => {
    const response = await ask(body, key);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });
});

describe("modes", () => {
  test("failing: so often, and then it answers", async () => {
    expect((await put({ mode: "failing", times: 2 })).status).toBe(200);
    const statuses = [await ask(), await ask(), await ask()].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([503, 503, 200]);
    expect(stub.calls()).toBe(3);
  });

  test("rate-limited: 429 with the time to wait, and then it answers", async () => {
    await put({ mode: "rate-limited", times: 1, retryAfter: 7 });
    const limited = await ask();
    expect([limited.status, limited.headers.get("Retry-After")]).toEqual([
      429,
      "7",
    ]);
    expect((await ask()).status).toBe(200);
  });

  test("slow: not before its time", async () => {
    stub.set({ mode: "slow", ms: 60 });
    const began = performance.now();
    expect((await ask()).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThanOrEqual(55);
  });

  test("are a service's own", async () => {
    const updates = () => fetch(`${stub.url}/updates`);
    stub.set({ mode: "failing", times: 1 }, "updates");
    expect((await ask()).status).toBe(200);
    expect((await updates()).status).toBe(503);
    expect((await updates()).status).toBe(200);
    const nobodys = await fetch(
      stub.url.replace("/v1", "/mode?service=weather"),
      { method: "PUT", body: JSON.stringify({ mode: "normal" }) },
    );
    expect(nobodys.status).toBe(400);
  });

  test("a mode that does not exist is refused and changes nothing", async () => {
    expect((await put({ mode: "sulking" })).status).toBe(400);
    expect((await ask()).status).toBe(200);
  });
});

describe("the feed", () => {
  type Page = {
    updates: { id: string; title: string }[];
    nextCursor: string;
    hasMore: boolean;
  };
  const page = async (cursor = "") =>
    (await (
      await fetch(`${stub.url}/updates?cursor=${cursor}`)
    ).json()) as Page;

  test("pages end, and the last cursor is where the next change appears", async () => {
    let at = await page();
    const seen = [...at.updates];
    while (at.hasMore) seen.push(...(at = await page(at.nextCursor)).updates);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(25);
    expect((await page(at.nextCursor)).updates).toEqual([]);

    stub.publish({ id: "upd_3", title: "Corrected" });
    expect((await page(at.nextCursor)).updates).toMatchObject([
      { id: "upd_3", title: "Corrected" },
    ]);
  });

  test.each(["words", "-1", "99999", "1.5"])(
    "the cursor %s is refused",
    async (cursor) => {
      expect((await fetch(`${stub.url}/updates?cursor=${cursor}`)).status).toBe(
        400,
      );
    },
  );
});

test("everything else is a 404, in JSON", async () => {
  const response = await fetch(stub.url.replace("/v1", "/nowhere"));
  expect([response.status, await response.json()]).toMatchObject([
    404,
    { error: { code: "not_found" } },
  ]);
});
