/**
 * What every section of the demo uses: two users' clients, a visitor's client, steps, live queries and expected errors.
 *
 * @module
 */
import { styleText } from "node:util";
import {
  isDocsError,
  type DocsErrorCode,
  type DocsErrorData,
} from "@acme/convex-docs/errors";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import type { FunctionReference } from "convex/server";
import { WebSocket } from "ws";
import { signDemoToken, type DemoUserName } from "../auth.js";
import { eventLoop } from "../deployment/core/task.js";
import { startExample, type Example } from "../example.js";

/** One demo user, over both of Convex's transports. */
export type User = {
  name: string;
  /** Plain requests. */
  http: ConvexHttpClient;
  /** A socket with live queries. */
  live: ConvexClient;
};

export type Stage = {
  deployment: Example;
  ada: User;
  grace: User;
  /** Signed out. */
  visitor: ConvexHttpClient;
  step: Step;
};

/** A deployment, and who uses it. Call `close` after use. */
export async function openStage(
  options: { alsoModules?: string } = {},
): Promise<Stage & { close: () => Promise<void> }> {
  const deployment = await startExample({
    ...options,
    port: 0,
    sitePort: 0,
    // Who looks on is told how far background work is.
    requests: eventLoop,
    // The refusals are shown as the clients get them; the server need not report them as well.
    log: () => undefined,
  });
  const { url } = deployment;
  const ada = await signIn("ada", url);
  const grace = await signIn("grace", url);
  const visitor = new ConvexHttpClient(url, { logger: false });
  const close = async () => {
    await Promise.all([ada.live.close(), grace.live.close()]);
    await deployment.close();
  };
  return { deployment, ada, grace, visitor, step, close };
}

async function signIn(name: DemoUserName, url: string): Promise<User> {
  const token = await signDemoToken(name);
  const http = new ConvexHttpClient(url, { auth: token, logger: false });
  const live = new ConvexClient(url, {
    // The `ws` package's constructor is the web's, with more options.
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    logger: false,
  });
  live.setAuth(() => Promise.resolve(token));
  return { name, http, live };
}

/**
 * One step: prints what it does, does it, and shows the result. `show` picks the part to print; it throws when that is
 * not what it should be.
 */
type Step = <T>(
  what: string,
  ask: () => Promise<T>,
  show: (answer: T) => string,
) => Promise<T>;

/** Fails the current step. */
export function expect(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}

let steps = 0;

// What the functions log is for an operator's log and not for this screen.
console.log = console.info = console.error = () => undefined;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function title(text: string): void {
  print(`\n${styleText("bold", text)}`);
}

export function stepsTaken(): number {
  return steps;
}

/** Prints a step as a question and its answer. A step that fails ends the demo. */
const step: Step = async (what, ask, show) => {
  const answer = await ask();
  const shown = show(answer);
  steps += 1;
  print(`  ${styleText("green", "✓")} ${what}`);
  for (const line of shown.split("\n")) {
    print(`    ${styleText("dim", line)}`);
  }
  return answer;
};

/** How long a live update may take, in ms: far longer than it does, so that only a lost one fails. */
const PATIENCE = 20_000;

/** A subscription that remembers what it was told. */
type Watcher<T> = {
  /**
   * The first answer that fits, whether it has come already or is still to come.
   *
   * @param patience how long it may take (ms)
   */
  until(fits: (answer: T) => boolean, patience?: number): Promise<T>;
  close(): void;
};

export function watch<Query extends FunctionReference<"query">>(
  client: ConvexClient,
  query: Query,
  args: Query["_args"],
): Watcher<Query["_returnType"]> {
  let latest: { answer: Query["_returnType"] } | undefined;
  const waiting = new Set<() => void>();
  const close = client.onUpdate(query, args, (answer) => {
    latest = { answer };
    for (const look of [...waiting]) look();
  });
  return {
    close,
    until: (fits, patience = PATIENCE) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!latest || !fits(latest.answer)) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(latest.answer);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no such live update within ${patience} ms`));
        }, patience);
        waiting.add(look);
        look();
      }),
  };
}

/** The error of a call that must be refused with this code. Any other outcome fails the step. */
export async function refused<Code extends DocsErrorCode>(
  code: Code,
  call: () => Promise<unknown>,
): Promise<DocsErrorData<Code>> {
  try {
    await call();
  } catch (error) {
    if (isDocsError(error, code)) return error.data as DocsErrorData<Code>;
    throw new Error(`refused, but not with ${code}`, { cause: error });
  }
  throw new Error(`not refused, though it should be with ${code}`);
}

/** An error as the client's switch sees it. */
export function codeAndMessage({ code, message }: DocsErrorData): string {
  return `${code}: ${message}`;
}

/** A number as people write it: 20,000. */
export function whole(count: number): string {
  return count.toLocaleString("en");
}
