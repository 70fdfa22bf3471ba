import type { IncomingMessage, Server } from "node:http";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import { Session, type SessionHost } from "../core/session.js";
import { CLIENT } from "../core/limits.js";
import { BODY_LIMIT } from "../core/request.js";
import { foreign, type Origins } from "./origin.js";

/** A client takes 60 s of silence for a lost connection. */
const PING_INTERVAL = 15_000;

const SYNC_PATH = /^\/api\/(?:[^/]+\/)?sync$/;

/** Convex's sync protocol over WebSocket, at `/api/<client version>/sync`. */
export class SyncServer {
  readonly #host: SessionHost;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: BODY_LIMIT,
    perMessageDeflate: false,
  });

  constructor(server: Server, host: SessionHost, origins: Origins) {
    this.#host = host;
    server.on("upgrade", (request: IncomingMessage, stream, head: Buffer) => {
      stream.on("error", () => stream.destroy());
      if (!SYNC_PATH.test((request.url ?? "").split("?", 1)[0] ?? "")) {
        stream.end(answer("404 Not Found"));
        return;
      }
      // A browser opens sockets to any address for any page, and names the page.
      const { origin = null, host = null } = request.headers;
      if (foreign({ origin, host }, origins)) {
        stream.end(answer("403 Forbidden"));
        return;
      }
      this.#sockets.handleUpgrade(request, stream, head, (socket) =>
        this.#accept(socket, request),
      );
    });
  }

  /** Closes every socket at once; clients see a lost connection. */
  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
  }

  #accept(socket: WebSocket, request: IncomingMessage): void {
    const send = (text: string) => {
      if (socket.readyState !== socket.OPEN) return;
      // It does not read. It gets everything anew when it connects again.
      if (socket.bufferedAmount > CLIENT.maxUnread) {
        socket.terminate();
        return;
      }
      socket.send(text);
      ping.refresh();
    };
    const ping = setInterval(
      () => send(JSON.stringify({ type: "Ping" })),
      PING_INTERVAL,
    );
    const session = new Session(
      this.#host,
      {
        send: (message) => send(JSON.stringify(message)),
        close: (code, reason) => socket.close(code, reason),
      },
      {
        ip: request.socket.remoteAddress ?? null,
        userAgent: request.headers["user-agent"] ?? null,
      },
    );
    socket.on("message", (data: RawData, isBinary) => {
      if (isBinary) socket.close(1003, "Unexpected message type");
      else session.receive(asText(data));
    });
    socket.on("close", () => {
      clearInterval(ping);
      session.close();
    });
    // A broken frame or one over the limit: ws closes the socket itself, and "close" follows.
    socket.on("error", () => undefined);
  }
}

function answer(status: string): string {
  return `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}

function asText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString("utf8");
  return Buffer.from(data as Buffer).toString("utf8");
}
