import type { IncomingMessage } from "node:http";
import type { Backend } from "../core/backend.js";
import { Refusal, toFailure } from "../core/call.js";
import { readBody, readHttpActionCaller, type Handle } from "./http.js";

/** The app's HTTP actions (`http.ts`), which Convex serves at an address of their own. */
export function createSite(backend: Backend): Handle {
  return async (request, url) => {
    if (!backend.engine.functions.hasModule("http")) {
      return new Response(
        "This Convex deployment does not have HTTP actions enabled.",
        { status: 404 },
      );
    }
    const caller = await readHttpActionCaller(request, backend.verify);
    const init = await toInit(request);
    try {
      return await backend.engine.fetch(
        url.pathname + url.search,
        init,
        caller,
      );
    } catch (error) {
      return failed(backend, url.pathname, error);
    } finally {
      // The action may have committed mutations.
      backend.live.request();
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

function failed(backend: Backend, path: string, error: unknown): Response {
  const { message, data, detail } = toFailure(error, backend.verbose);
  backend.onFailure(path, detail);
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
