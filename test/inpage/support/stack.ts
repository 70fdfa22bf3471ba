/**
 * The demo in the page as the suites of the browser find it. Everybody shares one browser, because a browser's deployment is its
 * own; who somebody is belongs to a tab.
 */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { LOWERED } from "../../../dev/inpage/lower.js";
import { DONE, type Order } from "../../browser/support/hands/hands.js";
import { DESKTOP, stackOn, type Stack } from "../../browser/support/stack.js";
import type { Ordered } from "./hands.js";
import { DemoServer } from "./server.js";
import { intercept } from "./wires.js";

export async function startPageStack(browser: Browser): Promise<Stack> {
  const [server, hands] = await Promise.all([
    DemoServer.start(),
    bundleHands(),
  ]);
  server.edit = (name, text) =>
    /^worker-\w+\.js$/.test(name) ? `${text}\n${hands}` : text;
  const { url } = server;
  const context = await browser.newContext({ viewport: DESKTOP });
  const keeper = await openKeeper(context, url);
  const reach = fetchFrom(keeper);
  const obey = async (order: Order) => {
    const answer = await keeper.evaluate(giveOrder, JSON.stringify(order));
    if (answer !== DONE) throw new Error(answer);
  };
  return stackOn({
    url,
    siteUrl: `${url}site`,
    convexUrl: url.replace(/\/$/, ""),
    fetch: reach,
    isPictured: false,
    browserOf: () => Promise.resolve(context),
    fit: async (page, { viewport, hasTouch = false, timezoneId = "" }) => {
      await page.setViewportSize(viewport ?? DESKTOP);
      const cdp = await context.newCDPSession(page);
      await cdp.send("Emulation.setTimezoneOverride", { timezoneId });
      await cdp.send("Emulation.setTouchEmulationEnabled", {
        enabled: hasTouch,
      });
    },
    intercept,
    setMode: async (mode, service = "completions") => {
      const body = JSON.stringify(mode);
      await reach(`${url}stub/mode?service=${service}`, {
        method: "PUT",
        body,
      });
    },
    schedule: obey,
    operate: obey,
    deploy: () =>
      Promise.reject(
        new Error("Another version is another build of the page."),
      ),
    stop: () => {
      server.stop();
      return Promise.resolve();
    },
  });
}

async function bundleHands(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./hands.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    supported: LOWERED,
  });
  return outputFiles[0]?.text ?? "";
}

/** A tab that is there from the beginning to the end, and so the worker is, too. */
async function openKeeper(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(
    () =>
      document.documentElement.dataset["site"] === "true" &&
      navigator.serviceWorker.controller !== null,
  );
  return page;
}

/** Requests go through the service worker of a page. */
function fetchFrom(page: Page): typeof fetch {
  return async (input, init = {}) => {
    const { method = "GET", headers = {}, body = null } = init;
    const asked = {
      url: input instanceof Request ? input.url : input.toString(),
      method,
      headers: headers as Record<string, string>,
      body: body as string | null,
    };
    const { status, text } = await page.evaluate(async ({ url, ...rest }) => {
      const response = await fetch(url, rest);
      return { status: response.status, text: await response.text() };
    }, asked);
    return new Response(text, { status });
  };
}

/** In a page: asks the hands in the worker for something. */
async function giveOrder(json: string): Promise<string> {
  const channel = new BroadcastChannel("hands");
  const id = crypto.randomUUID();
  const answered = new Promise<string>((resolve) => {
    channel.onmessage = ({ data }: MessageEvent<Ordered>) => {
      if (data.id === id && "answer" in data) resolve(data.answer);
    };
  });
  const order = JSON.parse(json) as Order;
  channel.postMessage({ id, order } satisfies Ordered);
  const answer = await answered;
  channel.close();
  return answer;
}
