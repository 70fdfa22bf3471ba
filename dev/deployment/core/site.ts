import type { Backend } from "./backend.js";
import { Refusal, toFailure } from "./call.js";
import { readHttpActionCaller, type Handle, type Incoming } from "./request.js";

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

async function toInit(request: Incoming): Promise<RequestInit> {
  const { method, headers } = request;
  if (method === "GET" || method === "HEAD") return { method, headers };
  const body = await request.body();
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
