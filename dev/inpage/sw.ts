/**
 * The service worker: takes requests below `site/`, `api/` and `stub/` to the worker that has the deployment, so that HTTP
 * actions have addresses.
 *
 * @module
 */
import { channelName, type Broadcast } from "./channel.js";

/** How long an answer may take before there seems to be nobody who answers (ms). */
const PATIENCE = 30_000;
const PATHS = /^(?:site|api|stub)\//;

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends Event {
  request: Request;
  respondWith(response: Promise<Response>): void;
}
const worker = globalThis as unknown as {
  registration: { scope: string };
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
};

const { scope } = worker.registration;
const channel = new BroadcastChannel(channelName(scope));
const waiting = new Map<
  string,
  { asked: Broadcast; resolve: (response: Response) => void }
>();

channel.onmessage = ({ data }: MessageEvent<Broadcast>) => {
  if (data.type === "started")
    for (const { asked } of waiting.values()) channel.postMessage(asked);
  if (data.type !== "response") return;
  const { id, status, headers, body } = data;
  const isEmpty = [101, 204, 205, 304].includes(status);
  const response = new Response(isEmpty ? null : body, { status, headers });
  waiting.get(id)?.resolve(response);
  waiting.delete(id);
};

addEventListener("install", () => void worker.skipWaiting());
addEventListener("activate", (event) =>
  (event as ExtendableEvent).waitUntil(worker.clients.claim()),
);
addEventListener("fetch", (event) => {
  const asked = event as FetchEvent;
  const { url } = asked.request;
  if (url.startsWith(scope) && PATHS.test(url.slice(scope.length)))
    asked.respondWith(ask(asked.request));
});

async function ask(request: Request): Promise<Response> {
  const { url, method, headers } = request;
  const isBodiless = method === "GET" || method === "HEAD";
  const body = isBodiless ? null : await request.arrayBuffer();
  const id = crypto.randomUUID();
  const asked: Broadcast = {
    type: "request",
    id,
    url,
    method,
    headers: [...headers],
    body,
  };
  const answer = new Promise<Response>((resolve) => {
    waiting.set(id, { asked, resolve });
    setTimeout(() => {
      waiting.delete(id);
      const text = "The demo is not open in any tab of this browser.";
      resolve(new Response(text, { status: 503 }));
    }, PATIENCE);
  });
  channel.postMessage(asked);
  return await answer;
}
