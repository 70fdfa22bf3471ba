/** What `fetchJson` does with time and with its caller's signal, in the runtime that Convex functions have. */
import { fetchJson, type FetchJsonOptions } from "@acme/convex-docs/jobs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";

const schema = z.object({ answer: z.number() });
type Fetch = NonNullable<FetchJsonOptions<typeof schema>["fetch"]>;

const ok = () => Response.json({ answer: 42 });
const failing = () => new Response("{}", { status: 503 });
/** Hears no signal, as Convex's own `fetch` does not hear one that was aborted before. */
const deaf: Fetch = () => new Promise(() => undefined);
const start = (
  fetch: Fetch,
  options: Partial<FetchJsonOptions<typeof schema>> = {},
) => {
  const outcome = fetchJson("https://api.example.com/", {
    schema,
    fetch,
    random: () => 0.5,
    ...options,
  }).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return outcome;
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the timeout", () => {
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
    ["an answer", async () => ok()],
    ["an error", async () => failing()],
    ["a lost connection", () => Promise.reject(new TypeError("fetch failed"))],
  ])("leaves no timer after %s", async (_what, fetch) => {
    await start(fetch, { attempts: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the caller's signal", () => {
  test("that was aborted before makes no call at all", async () => {
    const fetch = vi.fn(async () => ok());
    const reason = new Error("too late");
    const signal = AbortSignal.abort(reason);
    expect(await start(fetch, { signal })).toEqual({ error: reason });
    expect(fetch).not.toHaveBeenCalled();
  });

  test.each<[string, Fetch]>([
    ["an attempt", deaf],
    ["the wait between two", async () => failing()],
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

test("it needs nothing but the web's globals, and waits by itself", async () => {
  const fetch = vi
    .fn<Fetch>()
    .mockResolvedValueOnce(failing())
    .mockResolvedValueOnce(ok());
  const outcome = start(fetch);
  await vi.advanceTimersByTimeAsync(499);
  expect(fetch).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await outcome).toEqual({ value: { answer: 42 } });
});
