import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../../../example/convex/_generated/api.js";
import { app } from "./app.js";

const KEY = "sk-test-0123456789abcdef";
const MINUTE = 60_000;
const plan = { title: "Plan", content: "We ship on Friday." };

type Sent = { url: string; headers: Headers; body: string };
let sent: Sent[] = [];

/** The service answers each call with the next of these, and with the last from then on. */
function answers(...replies: (() => Response | Promise<Response>)[]) {
  vi.stubGlobal("fetch", async (url: string, init: Sent) => {
    sent.push({ url, headers: init.headers, body: init.body });
    return await replies[Math.min(sent.length, replies.length) - 1]!();
  });
}
const summary = (content = "Ships on Friday.") =>
  Response.json({
    choices: [{ message: { content } }],
    usage: { total_tokens: 30 },
  });
const fails =
  (status: number, headers = {}, body: unknown = {}) =>
  () =>
    Response.json(body, { status, headers });

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-24T10:00:00Z") });
  vi.spyOn(console, "info").mockImplementation(() => undefined);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.stubEnv("OPENAI_BASE_URL", "https://ai.example.com/v1");
  vi.stubEnv("OPENAI_API_KEY", KEY);
  sent = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** The example with one document of Ada's. */
async function written() {
  const { t, ada, grace } = app();
  const { id } = await ada.mutation(api.documents.create, plan);
  return {
    t,
    ada,
    grace,
    id,
    request: () => ada.mutation(api.ai.requestSummary, { id }),
    state: () => ada.query(api.ai.state, { id }),
    document: () => ada.query(api.documents.get, { id }),
    /** Lets everything happen that is due within a time (ms). */
    pass: async (ms = 1_000) => {
      const end = Date.now() + ms;
      while (Date.now() < end) {
        vi.advanceTimersByTime(Math.min(500, end - Date.now()));
        await t.finishInProgressScheduledFunctions();
      }
    },
  };
}

describe("a summary by another service", () => {
  test("is asked for once, written back, and told live, with what it cost", async () => {
    answers(() => summary());
    const { request, state, document, pass } = await written();
    expect(await state()).toBeNull();
    expect(await request()).toEqual({ started: true });
    expect(await state()).toMatchObject({ run: { status: "running" } });
    await pass();
    expect(await document()).toMatchObject({
      summary: "Ships on Friday.",
      version: 2,
    });
    expect(await state()).toMatchObject({
      result: { kind: "written", version: 2, tokens: 30, truncated: false },
      run: {
        status: "success",
        attempt: 1,
        counts: { written: 1, tokens: 30 },
      },
    });
    expect(sent).toHaveLength(1);
    expect(sent[0]!.url).toBe("https://ai.example.com/v1/chat/completions");
    expect(sent[0]!.headers.get("Authorization")).toBe(`Bearer ${KEY}`);
    expect(sent[0]!.body).toContain(plan.content);
  });

  test("the same request twice costs one call: at once, after a while, and when it is done", async () => {
    answers(() => summary());
    const { request, pass } = await written();
    await request();
    expect(await request()).toEqual({ started: false });
    await pass();
    expect(await request()).toEqual({ started: false });
    await pass();
    expect(sent).toHaveLength(1);
  });

  test("a document that has changed since is another request", async () => {
    answers(
      () => summary(),
      () => summary("Ships on Monday."),
    );
    const { ada, id, request, pass, document } = await written();
    await request();
    await pass();
    await ada.mutation(api.documents.update, {
      id,
      content: "We ship on Monday.",
    });
    expect(await request()).toEqual({ started: true });
    await pass();
    expect(sent).toHaveLength(2);
    expect(await document()).toMatchObject({ version: 4 });
  });

  test("a document that changes during the call is not overwritten, and the state says why", async () => {
    const { ada, id, request, state, document, pass } = await written();
    answers(async () => {
      await ada.mutation(api.documents.update, { id, content: "Never mind." });
      return summary();
    });
    await request();
    await pass();
    expect(await document()).toMatchObject({
      content: "Never mind.",
      version: 2,
    });
    expect(await document()).not.toHaveProperty("summary");
    expect(await state()).toMatchObject({ result: { kind: "stale" } });
    expect(sent).toHaveLength(1);
  });

  test("a document that is deleted during the call stays deleted", async () => {
    const { t, ada, id, request, pass } = await written();
    answers(async () => {
      await ada.mutation(api.documents.remove, { id });
      return summary();
    });
    await request();
    await pass();
    const rows = await t.run((ctx) => ctx.db.query("summaries").take(2));
    expect(rows).toMatchObject([{ result: { kind: "stale" } }]);
  });

  test("a service that fails is asked again after a wait that the page can show", async () => {
    answers(fails(503), fails(503), () => summary());
    const { request, state, document, pass } = await written();
    await request();
    await pass(600);
    const waiting = await state();
    expect(waiting).toMatchObject({
      run: {
        status: "running",
        error: { code: "EXTERNAL", kind: "status", status: 503 },
      },
    });
    expect(waiting!.run!.dueAt).toBeGreaterThan(Date.now() - 600);
    await pass(30_000);
    expect(await document()).toMatchObject({ summary: "Ships on Friday." });
    expect(await state()).toMatchObject({
      run: { status: "success", attempt: 3 },
    });
    expect(sent).toHaveLength(3);
    // One piece of work: whoever knows the header does it once.
    expect(
      new Set(sent.map(({ headers }) => headers.get("Idempotency-Key"))).size,
    ).toBe(1);
  });

  test("a long wait is rescheduled, not held: nothing is called before its time", async () => {
    answers(fails(429, { "Retry-After": "300" }), () => summary());
    const { request, state, document, pass } = await written();
    await request();
    const asked = Date.now();
    await pass(1_000);
    expect((await state())!.run!.dueAt! - asked).toBeGreaterThanOrEqual(
      300_000,
    );
    await pass(4 * MINUTE);
    expect(sent).toHaveLength(1);
    await pass(3 * MINUTE);
    expect(sent).toHaveLength(2);
    expect(await document()).toMatchObject({ summary: "Ships on Friday." });
  });

  test("a key that is refused ends it at once, and stands nowhere", async () => {
    answers(
      fails(
        401,
        {},
        { error: { code: KEY, message: `Incorrect API key: ${KEY}` } },
      ),
    );
    const { t, request, state, pass } = await written();
    await request();
    await pass(10 * MINUTE);
    expect(sent).toHaveLength(1);
    const failed = await state();
    expect(failed).toMatchObject({
      run: {
        status: "failed",
        error: {
          code: "EXTERNAL",
          kind: "status",
          status: 401,
          retryable: false,
        },
      },
    });
    const scheduled = await t.run((ctx) =>
      ctx.db.system.query("_scheduled_functions").collect(),
    );
    expect(JSON.stringify([failed, scheduled])).not.toContain(KEY);
  });

  test("what has failed may be asked for again", async () => {
    answers(fails(400), () => summary());
    const { request, document, pass } = await written();
    await request();
    await pass();
    expect(await request()).toEqual({ started: true });
    await pass();
    expect(await document()).toMatchObject({ summary: "Ships on Friday." });
  });

  test("a deployment without a key says so and calls nobody", async () => {
    vi.stubEnv("OPENAI_API_KEY", "");
    answers(() => summary());
    const { request, state, pass } = await written();
    await request();
    await pass();
    expect(await state()).toMatchObject({
      run: { status: "failed", error: { code: "EXTERNAL" } },
    });
    expect(sent).toEqual([]);
  });

  test("a document that is too long is cut, and the result says so", async () => {
    answers(() => summary());
    const { ada, id, request, state, pass } = await written();
    await ada.mutation(api.documents.update, {
      id,
      content: "word ".repeat(10_000),
    });
    await request();
    await pass();
    expect(await state()).toMatchObject({ result: { truncated: true } });
    expect(sent[0]!.body.length).toBeLessThan(25_000);
  });
});

describe("who may ask for a summary", () => {
  test("nobody who is signed out, and nobody but the owner", async () => {
    answers(() => summary());
    const { t, ada, grace, id } = await written();
    const ask = (who: typeof ada | typeof t) =>
      who.mutation(api.ai.requestSummary, { id });
    await expect(ask(t)).rejects.toMatchObject({
      data: { code: "UNAUTHORIZED" },
    });
    await expect(ask(grace)).rejects.toMatchObject({
      data: { code: "NOT_FOUND" },
    });
    await ada.mutation(api.documents.update, {
      id,
      status: "published",
      isPublic: true,
    });
    await expect(ask(grace)).rejects.toMatchObject({
      data: { code: "FORBIDDEN" },
    });
    expect(await grace.query(api.ai.state, { id })).toBeNull();
    expect(sent).toEqual([]);
  });

  test("there must be something to summarise", async () => {
    const { ada, id, request } = await written();
    await ada.mutation(api.documents.update, { id, content: "  \n" });
    await expect(request()).rejects.toMatchObject({
      data: { code: "VALIDATION_FAILED", issues: [{ path: "content" }] },
    });
  });

  test("not more than ten a minute, because each costs money", async () => {
    answers(() => summary());
    const { ada } = await written();
    const ask = async () => {
      const { id } = await ada.mutation(api.documents.create, plan);
      return await ada.mutation(api.ai.requestSummary, { id });
    };
    for (let n = 0; n < 10; n++) await ask();
    await expect(ask()).rejects.toMatchObject({
      data: { code: "RATE_LIMITED" },
    });
  });
});

test("an attempt that was given up cannot write what it still gets", async () => {
  answers(() => summary());
  const { t, ada, id, request, state, document, pass } = await written();
  await request();
  await pass();
  await ada.mutation(api.documents.update, { id, content: "Newer." });
  const { runId, attempt } = (await state())!.run!;
  const late = t.mutation(internal.ai.saveSummary, {
    id,
    version: 3,
    model: "gpt-4o-mini",
    claim: { runId, attempt },
    summary: "Late.",
    tokens: 1,
    truncated: false,
  });
  await expect(late).rejects.toMatchObject({ data: { code: "CONFLICT" } });
  expect(await document()).toMatchObject({ summary: "Ships on Friday." });
});
