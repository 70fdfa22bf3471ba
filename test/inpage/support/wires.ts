/**
 * A page's connections to the worker in the hands of a test. They are ports of channels, which the page hands over to the worker:
 * on the way there another channel takes the place of each.
 */
import type { Page } from "playwright-core";
import type { ToWorker } from "../../../dev/inpage/channel.js";
import type { Wire } from "../../browser/support/stack.js";

/** Where a text comes from, or that the page has opened a connection. */
type Said = "opened" | "page" | "server";
type End = "page" | "server";

/** What runs in the page. */
type InPage = {
  /** Tells the test. */
  said(id: string, what: Said, text: string): Promise<void>;
  wires: Map<string, Record<End, MessagePort>>;
};

export async function intercept(
  page: Page,
  onOpen: (wire: Wire) => void,
): Promise<void> {
  const listeners = new Map<string, (text: string) => void>();
  const send = (id: string, to: End, data: unknown): void => {
    const args = { id, to, data };
    const sent = page.evaluate(({ id, to, data }) => {
      const { wires } = globalThis as unknown as InPage;
      wires.get(id)?.[to].postMessage(data);
    }, args);
    // A page that has gone hears nothing more.
    sent.catch(() => undefined);
  };
  const wire = (id: string): Wire => ({
    send: (text) => send(id, "page", text),
    onMessage: (listener) => listeners.set(`${id} page`, listener),
    close: () => {
      const close = { code: 1006, reason: "Cut" };
      for (const end of ["page", "server"] as const) send(id, end, close);
      return Promise.resolve();
    },
    connectToServer: () => ({
      send: (text) => send(id, "server", text),
      onMessage: (listener) => listeners.set(`${id} server`, listener),
    }),
  });
  await page.exposeFunction("said", (id: string, what: Said, text: string) => {
    if (what === "opened") onOpen(wire(id));
    else listeners.get(`${id} ${what}`)?.(text);
  });
  await page.addInitScript(standBetween);
}

/** In the page, before its own scripts: puts the test between page and worker. */
function standBetween(): void {
  const scope = globalThis as unknown as InPage;
  scope.wires = new Map();
  // Kept as it is, to be called on any port.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { postMessage } = MessagePort.prototype;
  const post = postMessage as (
    this: MessagePort,
    message: unknown,
    transfer?: Transferable[],
  ) => void;
  MessagePort.prototype.postMessage = function (
    this: MessagePort,
    message: ToWorker | string | null,
    transfer?: Transferable[],
  ) {
    const isSocket =
      typeof message === "object" &&
      message !== null &&
      "type" in message &&
      message.type === "socket";
    if (!isSocket) return post.call(this, message, transfer);
    const id = crypto.randomUUID();
    const { port1: server, port2 } = new MessageChannel();
    const ends = { page: message.port, server };
    scope.wires.set(id, ends);
    void scope.said(id, "opened", "");
    const relay = (from: End, to: End) => {
      ends[from].onmessage = ({ data }: MessageEvent<unknown>) => {
        // What is no text opens the connection or closes it.
        if (typeof data === "string") void scope.said(id, from, data);
        else ends[to].postMessage(data);
      };
    };
    relay("page", "server");
    relay("server", "page");
    post.call(this, { ...message, port: port2 }, [port2]);
  } as typeof postMessage;
}
