import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext } from "playwright-core";
import { CURRENT, edited } from "./deploy.js";
import { DONE, type Order } from "./hands/hands.js";
import type { DeployOrder } from "./hands/process.js";
import { DESKTOP, stackOn, type Stack } from "./stack.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const HANDS = new URL("./hands/process.ts", import.meta.url).href;
/** How long `npm run dev` may take to start (ms). */
const START_LIMIT = 45_000;

/** Starts what `npm run dev` does, in a process of its own, on ports of its own, with hands on its deployment. */
export async function startNodeStack(browser: Browser): Promise<Stack> {
  const preloads = ["tsx", HANDS].flatMap((name) => ["--import", name]);
  const args = [...preloads, "dev/serve.ts"];
  const env = {
    ...process.env,
    PORT: "0",
    CONVEX_PORT: "0",
    // Whatever the machine has: summaries come from the stub.
    OPENAI_BASE_URL: "",
  };
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  const ready = new Promise<
    Record<"url" | "convexUrl" | "siteUrl" | "stub", string>
  >((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /App\s+(http\S+)/.exec(output)?.[1];
      const convexUrl = /Convex\s+(http\S+)/.exec(output)?.[1];
      const siteUrl = /HTTP actions\s+(http\S+)/.exec(output)?.[1];
      const stub = /Stub\s+(http\S+)/.exec(output)?.[1];
      if (url && convexUrl && siteUrl && stub)
        resolve({ url, convexUrl, siteUrl, stub });
    };
    const fail = () => reject(new Error(`The stack did not start:\n${output}`));
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", fail);
    setTimeout(fail, START_LIMIT).unref();
  });
  const { stub, ...addresses } = await ready.catch((error: unknown) => {
    child.kill("SIGKILL");
    throw error;
  });
  const obey = async (order: Order | DeployOrder) => {
    const done = once(child, "message");
    child.send(order);
    const [answer] = (await done) as [string];
    if (answer !== DONE) throw new Error(answer);
  };
  const browsers = new Map<string, BrowserContext>();
  return stackOn({
    ...addresses,
    fetch,
    isPictured: true,
    browserOf: async (name, options) => {
      const context =
        browsers.get(name) ??
        (await browser.newContext({ viewport: DESKTOP, ...options }));
      browsers.set(name, context);
      return context;
    },
    // Each browser is of one kind.
    fit: () => Promise.resolve(),
    intercept: (page, onOpen) => page.routeWebSocket(/\/sync$/, onOpen),
    setMode: async (mode, service = "completions") => {
      const url = new URL(`/mode?service=${service}`, stub);
      await fetch(url, { method: "PUT", body: JSON.stringify(mode) });
    },
    schedule: obey,
    operate: obey,
    deploy: async (edit) =>
      await obey({ deploy: edit ? await edited(edit) : CURRENT }),
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  });
}
