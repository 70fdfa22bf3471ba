import type { IncomingMessage } from "node:http";
import type { Verify } from "./auth.js";
import { readBody } from "./body.js";
import { readHttpActionCaller } from "./caller.js";
import type { Engine } from "./engine.js";
import { Refusal, toFailure } from "./failure.js";
import type { Handle } from "./http.js";

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
  return async (request, url) => {
    if (!host.engine.functions.hasModule("http")) {
      return new Response(
        "This Convex deployment does not have HTTP actions enabled.",
        { status: 404 },
      );
    }
    const caller = await readHttpActionCaller(request, host.verify);
    const init = await toInit(request);
    try {
      return await host.engine.fetch(url.pathname + url.search, init, caller);
    } catch (error) {
      return failed(host, url.pathname, error);
    } finally {
      host.onDone();
    }
  };
}

async function toInit(request: IncomingMessage): Promise<RequestInit> {
  const method = request.method ?? "GET";
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(request.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  if (method === "GET" || method === "HEAD") return { method, headers };
  const body = await readBody(request);
  if (body === null)
    throw new Refusal(413, "BodyTooLarge", "The request body is too large");
  return { method, headers, body };
}

function failed(host: SiteHost, path: string, error: unknown): Response {
  const { message, data, detail } = toFailure(error, host.verbose);
  host.onFailure(path, detail);
  return Response.json(
    { code: message, ...(data === undefined ? {} : { data: unpacked(data) }) },
    { status: 500 },
  );
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
