/** What functions find in `globalThis`, and what HTTP actions are called with. */
import { actionGeneric } from "convex/server";
import { expect, test, vi } from "vitest";
import type { Rules } from "../../dev/strict/rules.js";
import { action, deploy, freshEachTest } from "./support.js";

freshEachTest();

/** What an action answers with. */
async function run(handler: () => unknown, rules: Partial<Rules> = {}) {
  const { t } = deploy({ act: actionGeneric({ handler }) }, rules);
  return (await t.action(action("a:act"))) as unknown;
}

/** Answers when it is told to. */
function stubFetch() {
  let answer: () => void = () => undefined;
  vi.stubGlobal(
    "fetch",
    (_resource: unknown, init?: RequestInit) =>
      new Promise<Response>((resolve, reject) => {
        const fail = () => reject(init?.signal?.reason as Error);
        if (init?.signal?.aborted) fail();
        init?.signal?.addEventListener("abort", fail);
        answer = () => resolve(new Response("late"));
      }),
  );
  return () => answer();
}
const url = "https://example.com";

test("a second abort() dispatches again", async () => {
  const handler = () => {
    const controller = new AbortController();
    let heard = 0;
    controller.signal.addEventListener("abort", () => (heard += 1));
    controller.abort("a");
    controller.abort("b");
    return [heard, controller.signal.reason as string];
  };
  expect(await run(handler)).toEqual([2, "b"]);
});

test("fetch does not hear an abort that came before it", async () => {
  const answer = stubFetch();
  const handler = async () => {
    const controller = new AbortController();
    controller.abort("before");
    const response = fetch(url, { signal: controller.signal });
    await Promise.resolve();
    answer();
    return await response.then(
      (value) => value.text(),
      (reason: unknown) => reason,
    );
  };
  expect(await run(handler)).toBe("late");
  expect(await run(handler, { fetch: false })).toBe("before");
});

test("fetch rejects with AbortError, whatever the reason", async () => {
  stubFetch();
  const handler = async () => {
    const controller = new AbortController();
    const response = fetch(url, { signal: controller.signal });
    controller.abort(new TypeError("mine"));
    return await response.then(
      () => "answered",
      (error: unknown) => (error as Error).name,
    );
  };
  expect(await run(handler)).toBe("AbortError");
  expect(await run(handler, { fetch: false })).toBe("TypeError");
});

test("a second abort() during a fetch ends the action", async () => {
  stubFetch();
  const handler = async () => {
    const controller = new AbortController();
    const response = fetch(url, { signal: controller.signal });
    await Promise.resolve();
    controller.abort();
    controller.abort();
    await response.catch(() => undefined);
    return "lived";
  };
  await expect(run(handler)).rejects.toThrow("already closed");
  expect(await run(handler, { fetch: false })).toBe("lived");
});

test("a fatal TextDecoder answers undefined for what is no UTF-8", async () => {
  const handler = () => {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    return typeof decoder.decode(new Uint8Array([255]));
  };
  expect(await run(handler)).toBe("undefined");
});

test("the log has 256 lines of a call, and an Error without its stack", async () => {
  const handler = () => {
    for (let n = 0; n < 300; n += 1) console.error(new Error("boom"), { n });
  };
  const { t, deployment } = deploy({ act: actionGeneric({ handler }) });
  await t.action(action("a:act"));
  expect(deployment.logs[0]).toEqual({
    level: "error",
    path: "a:act",
    text: '[Error: boom] {"n":0}',
  });
  expect(deployment.logs).toHaveLength(256);
  expect(deployment.logs.at(-1)?.text).toContain("Log overflow");
});

test("with httpPrefix, a route is matched without it and request.url keeps it", async () => {
  const { t, deployment } = deploy();
  deployment.httpPrefix("/api/");
  const response = await t.fetch("/api/hello");
  expect(await response.text()).toBe("https://some.convex.site/api/hello");
  expect((await t.fetch("/hello")).status).toBe(404);
});
