/** What `fetchJson` does with time and with its caller's signal, in the runtime that Convex functions have. */
import { fetchJson, type FetchJsonOptions } from "@acme/convex-docs/jobs";
import { getDocsError } from "@acme/convex-docs/errors";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";

const schema = z.object({ answer: z.number() });
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const ok: Fetch = async () => Response.json({ answer: 42 });
const failing: Fetch = async () => new Response("{}", { status: 503 });
const answerWith =
  (status: number, headers: Record<string, string>): Fetch =>
  async () =>
    new Response("{}", { status, headers });
/** Hears no signal, as Convex's own `fetch` does not hear one that was aborted before. */
const deaf: Fetch = () => new Promise(() => undefined);

/** Makes the call with this in the place of the global `fetch`. */
const start = (
  fetch: Fetch,
  options: Partial<FetchJsonOptions<typeof schema>> = {},
) => {
  vi.stubGlobal("fetch", fetch);
  const url = "https://api.example.com/";
  return fetchJson(url, { schema, ...options }).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
};

/** Makes the call to its end: the waits between its attempts (ms), answered in turn, and the error's data if it failed. */
async function waitsOf(
  answers: Fetch[],
  options: Partial<FetchJsonOptions<typeof schema>> = {},
) {
  const times: number[] = [];
  const outcome = start((url, init) => {
    const answer = answers[Math.min(times.length, answers.length - 1)]!;
    times.push(Date.now());
    return answer(url, init);
  }, options);
  await vi.runAllTimersAsync();
  const waits = times.slice(1).map((time, n) => time - times[n]!);
  return { waits, calls: times.length, data: await outcome.then(dataOf) };
}

const dataOf = (outcome: object) =>
  "error" in outcome ? getDocsError(outcome.error) : null;

beforeEach(() => {
  vi.useFakeTimers();
  // Half of each bound.
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("the timeout", () => {
  test.each([Infinity, NaN, 0, -1, 2 ** 31])(
    "of %d ms is refused before any call",
    async (timeoutMs) => {
      const fetch = vi.fn(ok);
      const outcome = await start(fetch, { timeoutMs });
      expect(outcome).toMatchObject({
        error: { message: expect.stringContaining("timeoutMs must") as string },
      });
      expect(fetch).not.toHaveBeenCalled();
    },
  );

  test("covers the headers, whether or not fetch hears the signal", async () => {
    const outcome = start(deaf, { timeoutMs: 1000, attempts: 1 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await outcome).toMatchObject({
      error: { data: { kind: "timeout", retryable: true } },
    });
  });

  test("covers the body", async () => {
    const body = new ReadableStream({
      pull: () => new Promise(() => undefined),
    });
    const outcome = start(async () => new Response(body), {
      timeoutMs: 1000,
      attempts: 1,
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await outcome).toMatchObject({
      error: { data: { kind: "timeout" } },
    });
  });

  test("is told by a flag of our own: a fetch that rejects with AbortError is still a timeout", async () => {
    const rejecting: Fetch = (_url, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () =>
          reject(new DOMException("Aborted", "AbortError")),
        );
      });
    const outcome = start(rejecting, { timeoutMs: 1000, attempts: 1 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await outcome).toMatchObject({
      error: { data: { kind: "timeout" } },
    });
  });

  test("begins anew with each attempt, and hangs up on the last", async () => {
    const signals: AbortSignal[] = [];
    const outcome = start(
      (url, init) => {
        signals.push(init.signal as AbortSignal);
        return deaf(url, init);
      },
      { timeoutMs: 1000, attempts: 2 },
    );
    // One attempt, half of the 1 s that the first wait may take, another attempt.
    await vi.advanceTimersByTimeAsync(2499);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    await outcome;
  });

  test.each([
    ["an answer", ok],
    ["an error", failing],
    ["a lost connection", () => Promise.reject(new TypeError("fetch failed"))],
  ])("leaves no timer after %s", async (_what, fetch) => {
    await start(fetch, { attempts: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the caller's signal", () => {
  test("that was aborted before makes no call at all", async () => {
    const fetch = vi.fn(ok);
    const reason = new Error("too late");
    const signal = AbortSignal.abort(reason);
    expect(await start(fetch, { signal })).toEqual({ error: reason });
    expect(fetch).not.toHaveBeenCalled();
  });

  test.each<[string, Fetch]>([
    ["an attempt", deaf],
    ["the wait between two", failing],
  ])(
    "ends %s with its own reason, and leaves neither timer nor listener",
    async (_what, fetch) => {
      const controller = new AbortController();
      const { signal } = controller;
      const added = vi.spyOn(signal, "addEventListener");
      const removed = vi.spyOn(signal, "removeEventListener");
      const outcome = start(fetch, { signal });
      await vi.advanceTimersByTimeAsync(100);
      const reason = new Error("the job was cancelled");
      controller.abort(reason);
      expect(await outcome).toEqual({ error: reason });
      expect(vi.getTimerCount()).toBe(0);
      expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
    },
  );
});

describe("the wait between attempts", () => {
  test("is drawn below a bound that doubles from 1 s up to 30 s", async () => {
    const { waits, data } = await waitsOf([failing], { attempts: 8 });
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    expect(data).toMatchObject({ status: 503, retryable: true });
  });

  const inSeconds = (seconds: number) =>
    new Date(Date.now() + seconds * 1000).toUTCString();
  test.each<[string, () => Record<string, string>, number]>([
    ["seconds", () => ({ "Retry-After": "7" }), 7000],
    ["a date", () => ({ "Retry-After": inSeconds(30) }), 30_000],
    ["a date that is past", () => ({ "Retry-After": inSeconds(-30) }), 0],
    [
      "retry-after-ms, before the seconds",
      () => ({ "retry-after-ms": "1500", "Retry-After": "9" }),
      1500,
    ],
    ["zero", () => ({ "Retry-After": "0" }), 0],
    ["words", () => ({ "Retry-After": "soon" }), 0],
    ["less than nothing", () => ({ "Retry-After": "-5" }), 0],
    ["a fraction", () => ({ "Retry-After": "1.5" }), 1500],
    ["a repeated header", () => ({ "Retry-After": "2, 3" }), 3000],
    ["a number that is not decimal", () => ({ "Retry-After": "0x10" }), 0],
    [
      "the Unix time at which a spent limit is restored",
      () => ({
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(Date.now() / 1000 + 5),
      }),
      5000,
    ],
    [
      "a span in the place of that time",
      () => ({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "5" }),
      0,
    ],
    [
      "such a time while some of the limit is left",
      () => ({
        "x-ratelimit-remaining": "3",
        "x-ratelimit-reset": String(Date.now() / 1000 + 5),
      }),
      0,
    ],
  ])("has what the service asks for (%s) as its minimum", async (...row) => {
    // A date in a header has no milliseconds.
    vi.setSystemTime(Date.UTC(2026, 10, 23, 12));
    const [, headers, least] = row;
    const { waits } = await waitsOf([answerWith(429, headers()), ok]);
    expect(waits).toEqual([least + 500]);
  });

  test.each<[string, Record<string, string>, number]>([
    ["asks to wait", { "Retry-After": "4" }, 2],
    ["says that the limit is spent", { "x-ratelimit-remaining": "0" }, 2],
    ["says neither", {}, 1],
  ])("follows on a 403 that %s", async (_what, headers, calls) => {
    expect(await waitsOf([answerWith(403, headers), ok])).toMatchObject({
      calls,
    });
  });

  test.each([
    ["seconds", "3600", 3_600_000],
    ["Infinity", "Infinity", 86_400_000],
    ["no finite number", "1e999", 86_400_000],
  ])(
    "is not made above maxRetryAfterMs (%s): the error says when to come back",
    async (_what, after, retryAfterMs) => {
      const tooLong = answerWith(503, { "Retry-After": after });
      const { waits, calls, data } = await waitsOf([tooLong]);
      expect({ waits, calls }).toEqual({ waits: [], calls: 1 });
      expect(data).toMatchObject({
        kind: "status",
        status: 503,
        retryable: true,
        retryAfterMs,
      });
    },
  );
});
