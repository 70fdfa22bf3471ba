import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { Refusal, stackOf } from "./failure.js";

/** Answers one request; what it throws becomes Convex's JSON error. */
export type Handle = (request: IncomingMessage, url: URL) => Promise<Response>;

/** An HTTP server that survives every request. */
export function createHttpServer(
  handle: Handle,
  onFailure: (path: string, detail: string) => void,
): Server {
  return createServer((request, response) => {
    answer(handle, request)
      .catch((error: unknown) => {
        if (error instanceof Refusal) return refusal(error);
        onFailure(request.url ?? "", stackOf(error));
        return refusal(
          new Refusal(
            500,
            "InternalServerError",
            "Your request couldn't be completed. Try again later.",
          ),
        );
      })
      .then((reply) => send(request, response, reply))
      // The client went away, or the body it is sent broke off: all that is left is to hang up.
      .catch(() => response.destroy());
  });
}

/** Convex's JSON error. */
export function refusal({ status, code, message }: Refusal): Response {
  return Response.json({ code, message }, { status });
}

async function answer(
  handle: Handle,
  request: IncomingMessage,
): Promise<Response> {
  // Taken as a path even if it begins with "//", which as a URL would name a host.
  const url = new URL(
    `http://localhost${(request.url ?? "/").replace(/^(?!\/)/, "/")}`,
  );
  return await handle(request, url);
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
  // A body that was not read to its end would be taken for the next request.
  if (!request.complete) response.setHeader("Connection", "close");
  if (reply.body === null || request.method === "HEAD") response.end();
  else await pipeline(Readable.fromWeb(reply.body as ReadableStream), response);
}
