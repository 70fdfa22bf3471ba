/** How long events are kept, and where deliveries arrive. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deploymentOf } from "../../dev/strict/index.js";
import { signTestRequest } from "../../src/webhooks/index.js";
import {
  deliver,
  deploy,
  doNotRetry,
  freshHost,
  host,
  internal,
  paid,
  SECRET,
  standardHandlers,
} from "../support/webhooks.js";

beforeEach(freshHost);
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const DAY = 24 * 3_600_000;

test("a lower `deadDays` applies to events that are stored, from the next delivery on", async () => {
  const d = deploy();
  host.behave = doNotRetry;
  await deliver(d, paid("e1"), "m1");
  await d.soon();
  expect(await d.events()).toMatchObject([{ status: "dead", hasBody: true }]);
  host.behave = () => undefined;
  d.redeploy(standardHandlers, { deadDays: 10, dedupeDays: 20 });
  await deliver(d, paid("e2"), "m2");
  await d.soon();
  await d.tick();
  const bodies = async () =>
    Object.fromEntries((await d.events()).map((e) => [e.key, e.hasBody]));
  const wait = async (days: number) => {
    vi.setSystemTime(Date.now() + days * DAY);
    await d.tick();
    await d.soon();
  };
  await wait(9);
  // The other one was applied: seven days.
  expect(await bodies()).toEqual({ m1: true, m2: false });
  await wait(2);
  expect(await bodies()).toEqual({ m1: false, m2: false });
  await wait(10);
  expect(await d.events()).toEqual([]);
});

test("a handler that was not deployed when it was declared is found by `sync`, without a delivery", async () => {
  const d = deploy();
  host.missing.add("complete");
  await deliver(d, paid("e1"), "m1");
  await d.soon();
  host.missing.delete("complete");
  await d.t.mutation((ctx) => d.webhooks.sync(ctx));
  await d.late();
  expect(await d.effects()).toMatchObject([{ key: "m1" }]);
});

test("a handler that was deployed once is found again by the engine's looks, without a delivery", async () => {
  const d = deploy();
  await deliver(d, paid("e0"), "m0");
  await d.soon();
  deploymentOf(d.t).deploy({ remove: ["payments:complete"] });
  await deliver(d, paid("e1"), "m1");
  await d.soon();
  expect(await d.effects()).toHaveLength(1);
  deploymentOf(d.t).redeploy();
  await d.late();
  expect(await d.effects()).toMatchObject([{ key: "m0" }, { key: "m1" }]);
});

test("behind an `httpPrefix` a delivery arrives, and Twilio's URL has the prefix", async () => {
  vi.stubEnv("CONVEX_SITE_URL", "https://example.convex.site");
  const d = deploy(() => undefined);
  deploymentOf(d.t).httpPrefix("/v1");
  const url = "https://example.convex.site/v1/hooks/calls";
  const scheme = { scheme: "twilio", url } as const;
  const call = { CallSid: "C1" };
  const request = await signTestRequest(scheme, SECRET, call);
  expect((await d.t.fetch("/v1/hooks/calls", request)).status).toBe(200);
  const event = await signTestRequest("stripe", SECRET, { id: "evt_1" });
  expect((await d.t.fetch("/v1/hooks/stripe", event)).status).toBe(200);
  expect(await d.events()).toHaveLength(2);
});

test("the page's own test delivers an event, and its handler runs", async () => {
  const page = readFileSync("docs/webhooks.md", "utf8");
  const section = page.slice(page.indexOf("## In your tests"));
  const code = /```ts\n([^]*?)```/.exec(section)?.[1] ?? "";
  const body = code.replace(/^import .*$/gm, "");
  expect(body).toContain("signTestRequest(");
  const d = deploy((webhooks) => {
    webhooks.source("stripe").onUnhandled(internal("any"));
  });
  host.secrets = ["whsec_test"];
  const t = {
    fetch: (path: string, init: RequestInit) =>
      d.t.fetch(path.replace("/webhook/", "/hooks/"), init),
    finishInProgressScheduledFunctions: () =>
      d.t.finishInProgressScheduledFunctions(),
  };
  // The snippet is a part of this repository.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const run = new Function(
    ...["t", "signTestRequest", "vi"],
    `return (async () => {${body}\nreturn response;})();`,
  ) as (...given: unknown[]) => Promise<Response>;
  expect((await run(t, signTestRequest, vi)).status).toBe(200);
  expect(await d.events()).toMatchObject([
    { type: "payment_intent.succeeded", status: "processed" },
  ]);
  expect(await d.effects()).toMatchObject([{ key: "evt_1" }]);
});
