/**
 * The page's end of the deployment: the worker, and sockets to it.
 *
 * @module
 */
import { ADDRESS, BASE } from "./address.js";
import {
  channelName,
  type Broadcast,
  type Close,
  type Ready,
  type ToWorker,
} from "./channel.js";

/** What a visitor should know of the deployment, beside that it runs here. */
export type Notice = "outdated" | "unsaved" | "waiting" | "replaced" | null;

/** How long the worker may take before it seems to wait for another one (ms). */
const PATIENCE = 10_000;
const LOST: Close = { code: 1006, reason: "The worker has ended" };

type Port = Pick<MessagePort, "postMessage">;

/** Chrome on Android has no shared workers. */
const canShare = typeof SharedWorker === "function";

let worker: Port | null = null;
/** The lock of the last worker that could answer. */
let workerLock = "";
let hasEnded = false;
let notice: Notice = null;
let onReady: () => void;
/** Resolves when a worker has first said that it can answer. */
const ready = new Promise<void>((resolve) => (onReady = resolve));
const listeners = new Set<() => void>();
const sockets = new Set<InPageSocket>();

/** Held for as long as this page lives: so the worker learns that it has gone, however it went. */
const pageLock = `${channelName(BASE)} page ${crypto.randomUUID()}`;
const isHeld = new Promise<void>((resolve) => {
  void navigator.locks.request(pageLock, () => {
    resolve();
    return new Promise<never>(() => undefined);
  });
});

/** The worker of all tabs; a new one if the last has ended. */
function getWorker(): Port {
  if (worker) return worker;
  const waiting = setTimeout(() => setNotice("waiting"), PATIENCE);
  const hear = ({ data }: MessageEvent<Ready>) => {
    clearTimeout(waiting);
    onReady();
    if (!data.isSaved) setNotice("unsaved");
    else setNotice(data.data === "outdated" ? "outdated" : null);
    workerLock = data.lock;
    void navigator.locks.request(data.lock, { mode: "shared" }, onEnded);
  };
  if (canShare) {
    const { port } = new SharedWorker(...ADDRESS);
    port.onmessage = hear;
    return (worker = port);
  }
  // Each tab has one of its own, and the tab that was opened last has the data.
  const own = new Worker(...ADDRESS);
  own.onmessage = hear;
  return (worker = own);
}

/** The worker was closed, or it crashed: every socket is lost, and the client opens another one. */
function onEnded(): void {
  worker = null;
  for (const socket of [...sockets]) socket.end(LOST);
}

/** The other worker has the data. Starting this one again would take them back, and so on for ever. */
function onReplaced(): void {
  hasEnded = true;
  setNotice("replaced");
  if (canShare) return;
  // Of tabs that cannot share a worker, the one that somebody looks at is the one that works.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") location.reload();
  });
}

function post(message: ToWorker, transfer: Transferable[] = []): void {
  getWorker().postMessage(message, transfer);
}

function setNotice(value: Notice): void {
  notice = value;
  for (const listener of listeners) listener();
}

/** For `useSyncExternalStore`. */
export const notices = {
  get: (): Notice => notice,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** Forgets all data, in every tab. */
export function reset(): void {
  post({ type: "reset" });
}

/** As much of a WebSocket as Convex's client uses, to the deployment in the worker. */
export class InPageSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: Close) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  #port: MessagePort | null;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    sockets.add(this);
    port1.onmessage = ({ data }: MessageEvent<string | Close | null>) => {
      if (data === null) this.onopen?.();
      else if (typeof data === "string") this.onmessage?.({ data });
      else this.end(data);
    };
    void isHeld.then(() => {
      if (hasEnded) return;
      const { userAgent } = navigator;
      post({ type: "socket", port: port2, lock: pageLock, userAgent }, [port2]);
    });
  }

  send(text: string): void {
    this.#port?.postMessage(text);
  }

  close(code = 1000, reason = ""): void {
    this.#port?.postMessage({ code, reason } satisfies Close);
    setTimeout(() => this.end({ code, reason }));
  }

  /** The other end has closed it, or is gone. */
  end(close: Close): void {
    if (this.#port === null) return;
    this.#port.close();
    this.#port = null;
    sockets.delete(this);
    this.onclose?.(close);
  }
}

new BroadcastChannel(channelName(BASE)).onmessage = ({
  data,
}: MessageEvent<Broadcast>) => {
  if (data.type === "log") console.info(data.line);
  if (data.type === "unsaved") setNotice("unsaved");
  if (data.type === "replaced" && data.lock === workerLock) onReplaced();
  if (data.type !== "reload") return;
  hasEnded = true;
  sessionStorage.clear();
  history.replaceState(null, "", location.pathname);
  location.reload();
};

/**
 * Takes requests for HTTP actions to the deployment, where the browser lets it. Tells whether it does. Not before the deployment can
 * answer: starting one more worker would keep the first list waiting.
 */
export async function serveSite(): Promise<boolean> {
  if (!("serviceWorker" in navigator)) return false;
  await ready;
  try {
    await navigator.serviceWorker.register(new URL("sw.js", BASE));
    await navigator.serviceWorker.ready;
    return true;
  } catch {
    return false;
  }
}
