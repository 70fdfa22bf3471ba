/**
 * What pages, the worker that has the deployment and the service worker say to each other.
 *
 * @module
 */

/** From a page, over the port of its worker. */
export type ToWorker =
  /** A socket. `lock` is a name that is held as a Web Lock for as long as the page lives. */
  | { type: "socket"; port: MessagePort; lock: string; userAgent: string }
  /** Forget everything. */
  | { type: "reset" };

/** From the worker to each page, once it can answer. */
export type Ready = {
  /** A name that is held as a Web Lock for as long as the worker lives. */
  lock: string;
  /** What became of earlier data: there were none, they are here, or they were of another version and are gone. */
  data: "none" | "kept" | "outdated";
  /** Whether what is written now outlives the worker. */
  isSaved: boolean;
};

/** Over a socket's port, beside the messages themselves, which are text. `null` opens it. */
export type Close = { code: number; reason: string };

/** Over the {@link channelName}. */
export type Broadcast =
  | { type: "log"; line: string }
  /** A worker listens. What was asked before, nobody may have heard. */
  | { type: "started" }
  /** All data are gone: each page loads itself again. */
  | { type: "reload" }
  /** Another worker waits for the data. */
  | { type: "giveWay"; build: string }
  /** The worker that held this lock has ended, for the sake of another. */
  | { type: "replaced"; lock: string }
  | { type: "unsaved" }
  | {
      type: "request";
      id: string;
      url: string;
      method: string;
      headers: [string, string][];
      body: ArrayBuffer | null;
    }
  | {
      type: "response";
      id: string;
      status: number;
      headers: [string, string][];
      body: ArrayBuffer;
    };

/** The name of channel, locks and database. Each folder that the demo is served from has its own. */
export const channelName = (base: string): string =>
  `convex-in-page ${new URL(base).pathname}`;
