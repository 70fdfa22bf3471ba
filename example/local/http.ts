import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Refusal } from "./failure.js";

/** Answers one request; what it throws becomes Convex's JSON error. */
export type Handle = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** An HTTP server that survives every request. */
export function createHttpServer(handle: Handle, onFailure: (path: string, detail: string) => void): Server {
  return createServer((request, response) => {
    // A client that goes away while it is answered is no fault of ours.
    response.on("error", () => undefined);
    answer(handle, request, response).catch((error: unknown) => {
      if (error instanceof Refusal) {
        sendJson(response, error.status, { code: error.code, message: error.message });
        return;
      }
      onFailure(request.url ?? "", error instanceof Error ? (error.stack ?? error.message) : String(error));
      sendJson(response, 500, { code: "InternalServerError", message: "Your request couldn't be completed. Try again later." });
    });
  });
}

async function answer(handle: Handle, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Taken as a path even if it begins with "//", which as a URL would name a host.
  const url = new URL(`http://localhost${(request.url ?? "/").replace(/^(?!\/)/, "/")}`);
  await handle(request, response, url);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, "application/json", JSON.stringify(body));
}

export function sendText(response: ServerResponse, status: number, body: string): void {
  send(response, status, "text/plain; charset=utf-8", body);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  // A body that was not read to its end would be taken for the next request.
  if (!response.req.complete) response.setHeader("Connection", "close");
  response.writeHead(status, { "Content-Type": type }).end(body);
}
