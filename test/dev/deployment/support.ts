import { fileURLToPath } from "node:url";
import {
  ConvexClient,
  ConvexHttpClient,
  type BaseConvexClientOptions,
} from "convex/browser";
import { makeFunctionReference, type FunctionReference } from "convex/server";
import type { Value } from "convex/values";
import { WebSocket } from "ws";
import { onTestFinished } from "vitest";
import authConfig from "../../../example/convex/auth.config.js";
import {
  startDeployment,
  type Deployment,
  type DeploymentOptions,
} from "../../../dev/deployment/node/deployment.js";
import { loadModules } from "../../../dev/deployment/node/modules.js";
import schema from "./fixture/schema.js";

export const fixture = fileURLToPath(new URL("./fixture", import.meta.url));

type Args = Record<string, Value>;
const query = <T>(path: string) =>
  makeFunctionReference<"query", Args, T>(path);
const mutation = <T>(path: string) =>
  makeFunctionReference<"mutation", Args, T>(path);
const action = <T>(path: string) =>
  makeFunctionReference<"action", Args, T>(path);

/** The fixture's functions, as its generated `api` would name them. */
export const api = {
  list: query<string[]>("notes:list"),
  count: query<number>("notes:count"),
  echo: query<Value>("notes:echo"),
  fragile: query<number>("notes:fragile"),
  send: mutation<string>("notes:send"),
  refuse: mutation<null>("notes:refuse"),
  crash: mutation<null>("notes:crash"),
  sendHidden: mutation<string>("notes:sendHidden"),
  sendLater: mutation<null>("notes:sendLater"),
  sendTwice: action<string>("notes:sendTwice"),
  me: query<{
    subject: string;
    name?: string;
    tokenIdentifier: string;
    email?: string;
    issuer: string;
  } | null>("users:me"),
};

/** A deployment of the fixture for one test, and the lines it logs. */
export async function start(
  options: Partial<DeploymentOptions> = {},
): Promise<Deployment & { lines: string[] }> {
  const lines: string[] = [];
  const deployment = await startDeployment({
    port: 0,
    modules: loadModules(fixture),
    schema,
    authConfig,
    log: (line) => lines.push(line),
    ...options,
  });
  onTestFinished(() => deployment.close());
  return { ...deployment, lines };
}

export function httpClient(url: string, token?: string): ConvexHttpClient {
  return new ConvexHttpClient(url, {
    logger: false,
    ...(token === undefined ? {} : { auth: token }),
  });
}

export function liveClient(
  url: string,
  options: BaseConvexClientOptions = {},
): ConvexClient {
  const webSocketConstructor =
    WebSocket as unknown as typeof globalThis.WebSocket;
  const client = new ConvexClient(url, {
    webSocketConstructor,
    logger: false,
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

/** The results of a live query: all so far, and a promise of the first one that satisfies a condition. */
export function watch<T>(
  client: ConvexClient,
  query: FunctionReference<"query", "public", Args, T>,
  args: Args = {},
) {
  const seen: T[] = [];
  const errors: Error[] = [];
  const waiting = new Set<() => void>();
  const notify = () => waiting.forEach((check) => check());
  client.onUpdate(
    query,
    args,
    (value) => {
      seen.push(value);
      notify();
    },
    (error) => {
      errors.push(error);
      notify();
    },
  );
  const until = <R>(find: () => R | undefined): Promise<R> =>
    new Promise((resolve) => {
      const check = () => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  return {
    seen,
    errors,
    value: (accept: (value: T) => boolean = () => true) =>
      until(() => seen.find(accept)),
    error: () => until(() => errors[0]),
  };
}

/** Lets a test say when something has happened or may go on. */
export class Signal {
  readonly done: Promise<void>;
  give!: () => void;

  constructor() {
    this.done = new Promise((resolve) => (this.give = resolve));
  }
}
