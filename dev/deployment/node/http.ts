import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Verify } from "../core/auth.js";
import { Refusal, stackOf, type Caller } from "../core/call.js";

/** Answers one request. Errors become Convex's JSON errors. */
export type Handle = (request: IncomingMessage, url: URL) => Promise<Response>;

/** An HTTP server that answers every error. */
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
      // The client is gone, or the body broke off: close the connection.
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
  // The unread rest of a body would be parsed as the next request.
  if (!request.complete) response.setHeader("Connection", "close");
  if (reply.body === null || request.method === "HEAD") response.end();
  else await pipeline(Readable.fromWeb(reply.body as ReadableStream), response);
}

/** The largest request body and the largest WebSocket message (bytes). */
export const BODY_LIMIT = 20 * 1024 * 1024;

/** Reads a request's body; null if it is larger than {@link BODY_LIMIT}. */
export async function readBody(
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

/** Who sends a request, by its `Authorization` header; throws a {@link Refusal} for a token that is not good. */
export async function readCaller(
  request: IncomingMessage,
  verify: Verify,
): Promise<Caller> {
  const origin = readOrigin(request);
  const header = request.headers.authorization;
  if (header === undefined) return { ...origin, identity: null };
  if (/^convex /i.test(header))
    throw new Refusal(401, "BadAdminKey", "The provided admin key was invalid");
  if (!/^bearer ./i.test(header))
    throw new Refusal(
      400,
      "InvalidHeaderFailure",
      "Invalid authentication header",
    );
  return {
    ...origin,
    identity: (await verify(header.slice("bearer ".length).trim())).identity,
  };
}

/**
 * Who sends a request to an HTTP action: there the header may belong to the app's own scheme, so a
 * token that is not good makes the caller a stranger and not an error.
 */
export async function readHttpActionCaller(
  request: IncomingMessage,
  verify: Verify,
): Promise<Caller> {
  return await readCaller(request, verify).catch((error: unknown) => {
    if (error instanceof Refusal)
      return { ...readOrigin(request), identity: null };
    throw error;
  });
}

function readOrigin(request: IncomingMessage): Omit<Caller, "identity"> {
  return {
    ip: request.socket.remoteAddress ?? null,
    userAgent: request.headers["user-agent"] ?? null,
  };
}
