/**
 * The example's deployment in a worker that all tabs share: the engine under the backend's rules, its component, the app's
 * functions, crons and scheduler, and the stub of the services that they call.
 *
 * @module
 */
import { BASE, environment, SITE, STUB } from "./globals.js";
import { convexTest } from "convex-test";
import app from "virtual:functions/app";
import component from "virtual:functions/component";
import { DEMO_WEBHOOK_SECRET } from "../auth.js";
import { createApi } from "../deployment/core/api.js";
import { Backend } from "../deployment/core/backend.js";
import { stackOf } from "../deployment/core/call.js";
import { cronsOf, startCrons } from "../deployment/core/crons.js";
import type { Modules, Schema } from "../deployment/core/engine.js";
import { boundedLog } from "../deployment/core/limits.js";
import {
  answer,
  BODY_LIMIT,
  type Handle,
  type Incoming,
} from "../deployment/core/request.js";
import { Session } from "../deployment/core/session.js";
import { createSite } from "../deployment/core/site.js";
import { eventLoop } from "../deployment/core/task.js";
import { strict, type Deployment } from "../strict/index.js";
import { createServices, STUB_KEY } from "../stub/routes.js";
import authConfig from "../../example/convex/auth.config.js";
import crons from "../../example/convex/crons.js";
import schema from "../../example/convex/schema.js";
import {
  channelName,
  type Broadcast,
  type Close,
  type Ready,
  type ToWorker,
} from "./channel.js";
import { Database } from "./database.js";
import { answerOf, routeFetch, type Route } from "./routes.js";
import { rearm } from "./schedule.js";
import { Store } from "./store.js";

/** What stored data must agree with: see `build.ts`. */
declare const IN_PAGE_STAMP: string;

/** A client takes 60 s of silence for a lost connection. */
const PING_INTERVAL = 15_000;

const NAME = channelName(BASE);
const isShared = "onconnect" in globalThis;
/** The bundle's name tells one build from another. */
const BUILD = location.pathname.split("/").at(-1) ?? "";

Object.assign(environment, {
  CONVEX_CLOUD_URL: BASE.replace(/\/$/, ""),
  CONVEX_SITE_URL: SITE,
  STRIPE_WEBHOOK_SECRET: DEMO_WEBHOOK_SECRET,
  UPDATES_URL: `${STUB}/v1/updates`,
  OPENAI_BASE_URL: `${STUB}/v1`,
  OPENAI_API_KEY: STUB_KEY,
});

const channel = new BroadcastChannel(NAME);
const tell = (message: Broadcast) => channel.postMessage(message);
/** In every tab's console: few people know where a shared worker has its own. */
const log = boundedLog((line) => tell({ type: "log", line }));
const onFailure = (path: string, detail: string) =>
  log(`[convex] ${path}: ${detail}`);

addEventListener("unhandledrejection", (event) => {
  onFailure("unawaited promise", stackOf(event.reason));
  event.preventDefault();
});
channel.onmessage = ({ data }: MessageEvent<Broadcast>) => {
  if (data.type === "request") void relay(data);
  // Of one build, tabs share a worker; where they cannot, the tab that was opened last has the data.
  if (data.type === "giveWay" && (data.build !== BUILD || !isShared))
    void giveWay();
};

tell({ type: "started" });

/** Held for as long as this worker lives: so pages learn that it has ended, however it ended. */
const workerLock = `${NAME} worker ${crypto.randomUUID()}`;
const started = start();

type Running = {
  backend: Backend;
  store: Store;
  routes: readonly Route[];
  ready: Ready;
  stop: () => void;
};

async function start(): Promise<Running> {
  await hold(workerLock);
  await takeData();
  let isSaved = true;
  const onUnsaved = (error: unknown) => {
    onFailure("IndexedDB", stackOf(error));
    isSaved = false;
    tell({ type: "unsaved" });
  };
  const database = await Database.open(NAME).catch((error: unknown) => {
    onUnsaved(error);
    return null;
  });
  const store = new Store(database, IN_PAGE_STAMP, onUnsaved);
  let deployment: Deployment | undefined;
  const make = strict(convexTest, {}, (made) => (deployment = made));
  const modules = { "": toModules(app), docs: toModules(component) };
  const docs = {
    schema: component["./schema.js"]?.["default"] as Schema,
    modules: modules.docs,
  };
  const options = { modules: modules[""], schema: schema as unknown as Schema };
  const backend = new Backend(
    {
      ...options,
      components: { docs },
      authConfig,
      make,
      requests: eventLoop,
      onCommit: store.onCommit,
    },
    onFailure,
  );
  if (!deployment) throw new Error("strict has made no deployment.");
  // For the worker's console and for tests: `deployment.invoke` calls any function, internal ones too.
  Object.assign(globalThis, { deployment: backend });
  const { engine } = backend;
  const { handles } = deployment;
  const { data, scheduled } = await store.restore({ engine, handles });
  const routes = routesOf(backend);
  routeFetch(routes);
  // A commit, so that the version is one that no client has seen from an earlier worker.
  await engine.run(() => Promise.resolve());
  for (const row of scheduled)
    await rearm(engine, (name) => modules[name as keyof typeof modules], row);
  const stop = startCrons(cronsOf(crons), (cron) => backend.invoke(cron.name));
  const ready = { lock: workerLock, data, isSaved };
  return { backend, store, routes, ready, stop };
}

/** Resolves when a lock is held, which is until this worker ends. */
function hold(name: string): Promise<void> {
  return new Promise((resolve) => {
    void navigator.locks.request(name, () => {
      resolve();
      return new Promise<never>(() => undefined);
    });
  });
}

/**
 * One worker at a time has the data: that of a tab that was just closed may still be writing; that of another build gives way, and
 * so does that of another tab where there are no shared workers.
 */
async function takeData(): Promise<void> {
  const name = `${NAME} data`;
  const { held = [] } = await navigator.locks.query();
  if (held.some((lock) => lock.name === name))
    tell({ type: "giveWay", build: BUILD });
  await hold(name);
}

function toModules(loaded: typeof app): Modules {
  const entries = Object.entries(loaded);
  return {
    // convex-test takes the parent of `_generated` as the root of all paths, so there must be one.
    "./_generated/none.js": () => Promise.resolve({}),
    ...Object.fromEntries(
      entries.map(([path, module]) => [path, () => Promise.resolve(module)]),
    ),
  };
}

function routesOf(backend: Backend): Route[] {
  const served =
    (handle: Handle): Route[1] =>
    (request, url) =>
      answer(
        url.pathname,
        async () => await handle(await toIncoming(request), url),
        onFailure,
      );
  const services = createServices();
  const api = served(createApi(backend));
  return [
    [SITE, served(createSite(backend))],
    [STUB, (request, url) => services.fetch(new Request(url, request))],
    [
      `${BASE}api`,
      (request, url) =>
        api(request, new URL(`/api${url.pathname}${url.search}`, url)),
    ],
  ];
}

async function toIncoming(request: Request): Promise<Incoming> {
  const { method, headers } = request;
  const body = new Uint8Array(await request.arrayBuffer());
  const isTooLarge = body.length > BODY_LIMIT;
  return {
    method,
    headers,
    ip: null,
    body: () => Promise.resolve(isTooLarge ? null : body),
  };
}

/** Requests that were taken: the service worker sends one again when it hears that this worker has started. */
const relayed = new Set<string>();

/** Answers a request that the service worker has taken. */
async function relay(asked: Broadcast & { type: "request" }): Promise<void> {
  if (relayed.has(asked.id)) return;
  relayed.add(asked.id);
  const { routes } = await started;
  const { id, url, method, headers, body } = asked;
  const request = new Request(url, { method, headers, body });
  const response =
    (await answerOf(routes, request)) ?? new Response(null, { status: 404 });
  tell({
    type: "response",
    id,
    status: response.status,
    headers: [...response.headers],
    body: await response.arrayBuffer(),
  });
  relayed.delete(id);
}

async function connect(asked: ToWorker & { type: "socket" }): Promise<void> {
  const { port, lock, userAgent } = asked;
  const { backend } = await started;
  const close = (code = 1000, reason = "") =>
    port.postMessage({ code, reason } satisfies Close);
  const session = new Session(
    backend,
    { send: (message) => port.postMessage(JSON.stringify(message)), close },
    { ip: null, userAgent },
  );
  const ping = setInterval(
    () => port.postMessage(JSON.stringify({ type: "Ping" })),
    PING_INTERVAL,
  );
  const end = () => {
    clearInterval(ping);
    session.close();
    port.close();
  };
  port.onmessage = ({ data }: MessageEvent<string | Close>) => {
    if (typeof data === "string") session.receive(data);
    else end();
  };
  port.postMessage(null);
  // It is free when the page has gone, however it went.
  void navigator.locks.request(lock, { mode: "shared" }, end);
}

/** Ends this worker, whose data another one is to have. */
async function giveWay(): Promise<void> {
  const { backend, store, stop } = await started;
  stop();
  backend.close();
  await store.flushed();
  tell({ type: "replaced", lock: workerLock });
  close();
}

async function reset(): Promise<void> {
  const { backend, store, stop } = await started;
  stop();
  backend.close();
  await store.clear();
  tell({ type: "reload" });
  close();
}

function listen(port: Pick<MessagePort, "onmessage" | "postMessage">): void {
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (data.type === "socket") void connect(data);
    else void reset();
  };
  void started.then(({ ready }) => port.postMessage(ready));
}

if (isShared) {
  addEventListener("connect", (event) => {
    const [port] = (event as MessageEvent).ports;
    if (port) listen(port);
  });
} else listen(globalThis as unknown as MessagePort);
