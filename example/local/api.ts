import type { IncomingMessage } from "node:http";
import { readBody } from "./body.js";
import { badRequest, runBatch, runOne, type CallHost } from "./request.js";
import { Refusal } from "./failure.js";
import { refusal, type Handle } from "./http.js";
import { asObject, type JsonObject } from "./parse.js";
import { encodeTimestamp } from "./protocol.js";

/** How long a browser may reuse the answer to a preflight request (s). */
const PREFLIGHT_MAX_AGE = 86_400;

/** What a POST to `/api/<name>` runs, given its body. */
const ENDPOINTS: Record<
  string,
  (
    host: CallHost,
    request: IncomingMessage,
    body: JsonObject,
  ) => Promise<Response>
> = {
  query: (host, request, body) => runOne(host, request, "query", body),
  // The past is gone: a query at a timestamp reads the present.
  query_at_ts: (host, request, body) => runOne(host, request, "query", body),
  query_batch: runBatch,
  mutation: (host, request, body) => runOne(host, request, "mutation", body),
  action: (host, request, body) => runOne(host, request, "action", body),
  function: (host, request, body) => runOne(host, request, "any", body),
};

/** Convex's HTTP interface for functions, below `/api/`. */
export function createApi(host: CallHost): Handle {
  return async (request, url) => {
    const reply = await route(host, request, url).catch((error: unknown) => {
      if (error instanceof Refusal) return refusal(error);
      throw error;
    });
    allowAnyOrigin(request, reply.headers);
    return reply;
  };
}

async function route(
  host: CallHost,
  request: IncomingMessage,
  url: URL,
): Promise<Response> {
  const [, prefix, name = "", ...rest] = url.pathname.split("/");
  if (request.method === "OPTIONS") return new Response(null, { status: 204 });
  if (url.pathname === "/")
    return new Response(
      "This Convex deployment is running. See https://docs.convex.dev/.",
    );
  if (prefix !== "api") return notFound();

  if (name === "run" && rest.length >= 2) {
    return await post(request, async () =>
      runOne(host, request, "any", {
        ...(await readJson(request)),
        path: functionPath(rest),
      }),
    );
  }
  if (rest.length > 0) return notFound();
  if (name === "query" && request.method === "GET")
    return await runOne(host, request, "query", searchBody(url));
  if (name === "query_ts")
    return await post(request, async () =>
      Response.json({ ts: encodeTimestamp(await host.engine.version()) }),
    );
  // The client's own timings, which Convex collects and this deployment does not.
  if (name === "debug_event") return Response.json(null);

  const run = Object.hasOwn(ENDPOINTS, name) ? ENDPOINTS[name] : undefined;
  if (run === undefined) return notFound();
  return await post(request, async () =>
    run(host, request, await readJson(request)),
  );
}

async function post(
  request: IncomingMessage,
  run: () => Promise<Response>,
): Promise<Response> {
  if (request.method === "POST") return await run();
  return new Response(null, { status: 405, headers: { Allow: "POST" } });
}

function notFound(): Response {
  return new Response("Not found", { status: 404 });
}

function searchBody(url: URL): JsonObject {
  const args = url.searchParams.get("args") ?? "{}";
  return badRequest(() => ({
    ...Object.fromEntries(url.searchParams),
    args: JSON.parse(args) as unknown,
  }));
}

/** `folder/module/export` of a URL is `folder/module:export`. */
function functionPath(parts: string[]): string {
  const names = badRequest(() => parts.map((part) => decodeURIComponent(part)));
  return `${names.slice(0, -1).join("/")}:${names.at(-1) ?? ""}`;
}

async function readJson(request: IncomingMessage): Promise<JsonObject> {
  if (
    !/^application\/(?:[^;]*\+)?json\b/i.test(
      request.headers["content-type"] ?? "",
    )
  ) {
    throw new Refusal(
      400,
      "BadJsonBody",
      "Expected request with `Content-Type: application/json`",
    );
  }
  const body = await readBody(request);
  if (body === null)
    throw new Refusal(
      400,
      "BadJsonBody",
      "Failed to buffer the request body: length limit exceeded",
    );
  return badRequest(() =>
    asObject(JSON.parse(body.toString("utf8")) as unknown, "body"),
  );
}

/** Any page may call a deployment: what protects data is the token, which no browser adds by itself. */
function allowAnyOrigin(request: IncomingMessage, headers: Headers): void {
  headers.set("Access-Control-Allow-Origin", request.headers.origin ?? "*");
  headers.set("Access-Control-Allow-Credentials", "true");
  headers.set("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  headers.set(
    "Access-Control-Allow-Headers",
    request.headers["access-control-request-headers"] ?? "*",
  );
  headers.set("Access-Control-Max-Age", `${PREFLIGHT_MAX_AGE}`);
  headers.set("Vary", "Origin, Access-Control-Request-Headers");
}
