import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Verify } from "./auth.js";
import { readBody } from "./body.js";
import { readHttpActionCaller } from "./caller.js";
import type { Engine } from "./engine.js";
import { Refusal, toFailure } from "./failure.js";
import { sendJson, sendText, type Handle } from "./http.js";

/** What the site uses of the deployment. */
export interface SiteHost {
  engine: Engine;
  verify: Verify;
  verbose: boolean;
  /** Called after every HTTP action, which may have committed mutations. */
  onDone(): void;
  onFailure(path: string, detail: string): void;
}

/** The app's HTTP actions (`http.ts`), which Convex serves at an address of their own. */
export function createSite(host: SiteHost): Handle {
  return async (request, response, url) => {
    if (!host.engine.functions.hasModule("http")) {
      return sendText(response, 404, "This Convex deployment does not have HTTP actions enabled.");
    }
    const caller = await readHttpActionCaller(request, host.verify);
    const init = await toInit(request);
    try {
      await sendResponse(response, await host.engine.fetch(url.pathname + url.search, init, caller));
    } catch (error) {
      sendFailure(host, response, url.pathname, error);
    } finally {
      host.onDone();
    }
  };
}

async function toInit(request: IncomingMessage): Promise<RequestInit> {
  const method = request.method ?? "GET";
  const headers = new Headers();
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  if (method === "GET" || method === "HEAD") return { method, headers };
  const body = await readBody(request);
  if (body === null) throw new Refusal(413, "BodyTooLarge", "The request body is too large");
  return { method, headers, body };
}

async function sendResponse(response: ServerResponse, result: Response): Promise<void> {
  response.statusCode = result.status;
  for (const [name, value] of result.headers) if (name !== "set-cookie") response.setHeader(name, value);
  const cookies = result.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  if (result.body === null || response.req.method === "HEAD") return void response.end();
  await pipeline(Readable.fromWeb(result.body as ReadableStream), response);
}

function sendFailure(host: SiteHost, response: ServerResponse, path: string, error: unknown): void {
  const { message, data, detail } = toFailure(error, host.verbose);
  host.onFailure(path, detail);
  sendJson(response, 500, { code: message, ...(data === undefined ? {} : { data: unpacked(data) }) });
}

/** convex-test leaves the data of an uncaught ConvexError as the text it was serialised to. */
function unpacked(data: unknown): unknown {
  if (typeof data !== "string") return data;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return data;
  }
}
