import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import {
  answer,
  BODY_LIMIT,
  type Handle,
  type Incoming,
} from "../core/request.js";

/** An HTTP server that answers every error. */
export function createHttpServer(
  handle: Handle,
  onFailure: (path: string, detail: string) => void,
): Server {
  return createServer((request, response) => {
    const work = async () => await handle(toIncoming(request), toUrl(request));
    answer(request.url ?? "", work, onFailure)
      .then((reply) => send(request, response, reply))
      // The client is gone, or the body broke off: close the connection.
      .catch(() => response.destroy());
  });
}

/** Taken as a path even if it begins with "//", which as a URL would name a host. */
function toUrl({ url = "/" }: IncomingMessage): URL {
  return new URL(`http://localhost${url.replace(/^(?!\/)/, "/")}`);
}

function toIncoming(request: IncomingMessage): Incoming {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(request.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return {
    method: request.method ?? "GET",
    headers,
    ip: request.socket.remoteAddress ?? null,
    body: () => readBody(request),
  };
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Response,
): Promise<void> {
  response.statusCode = reply.status;
  for (const [name, value] of reply.headers) {
    if (name !== "set-cookie") response.setHeader(name, value);
  }
  const cookies = reply.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader("Set-Cookie", cookies);
  // The unread rest of a body would be parsed as the next request.
  if (!request.complete) response.setHeader("Connection", "close");
  if (reply.body === null || request.method === "HEAD") response.end();
  else await pipeline(Readable.fromWeb(reply.body as ReadableStream), response);
}

/** Reads a request's body; null if it is larger than {@link BODY_LIMIT}. */
async function readBody(
  request: IncomingMessage,
): Promise<Buffer<ArrayBuffer> | null> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_LIMIT) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
