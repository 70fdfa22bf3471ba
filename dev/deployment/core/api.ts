import { jsonToConvex, type JSONValue, type Value } from "convex/values";
import type { Backend } from "./backend.js";
import { toBase64 } from "./base64.js";
import { messageOf, Refusal, type Caller } from "./call.js";
import type { Kind } from "./engine.js";
import {
  asArray,
  asObject,
  encodeTimestamp,
  parseArgs,
  parsePath,
  type JsonObject,
} from "./protocol.js";
import { CLIENT } from "./limits.js";
import { readCaller, refusal, type Handle, type Incoming } from "./request.js";

/** What a POST to `/api/<name>` runs, given its body. */
const ENDPOINTS: Record<
  string,
  (backend: Backend, request: Incoming, body: JsonObject) => Promise<Response>
> = {
  query: (backend, request, body) => runOne(backend, request, "query", body),
  // There is no history: a query at a timestamp reads the present.
  query_at_ts: (backend, request, body) =>
    runOne(backend, request, "query", body),
  query_batch: runBatch,
  mutation: (backend, request, body) =>
    runOne(backend, request, "mutation", body),
  action: (backend, request, body) => runOne(backend, request, "action", body),
  function: (backend, request, body) => runOne(backend, request, "any", body),
};

/** Convex's HTTP interface for functions, below `/api/`. */
export function createApi(backend: Backend): Handle {
  return async (request, url) =>
    await route(backend, request, url).catch((error: unknown) => {
      if (error instanceof Refusal) return refusal(error);
      throw error;
    });
}

async function route(
  backend: Backend,
  request: Incoming,
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
      runOne(backend, request, "any", {
        ...(await readJson(request)),
        path: functionPath(rest),
      }),
    );
  }
  if (rest.length > 0) return notFound();
  if (name === "query" && request.method === "GET")
    return await runOne(backend, request, "query", searchBody(url));
  if (name === "query_ts")
    return await post(request, async () =>
      Response.json({ ts: encodeTimestamp(await backend.engine.version()) }),
    );
  // The client's own timings, which Convex collects and this deployment does not.
  if (name === "debug_event") return Response.json(null);

  const run = Object.hasOwn(ENDPOINTS, name) ? ENDPOINTS[name] : undefined;
  if (run === undefined) return notFound();
  return await post(request, async () =>
    run(backend, request, await readJson(request)),
  );
}

async function post(
  request: Incoming,
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

async function readJson(request: Incoming): Promise<JsonObject> {
  if (
    !/^application\/(?:[^;]*\+)?json\b/i.test(
      request.headers.get("content-type") ?? "",
    )
  ) {
    throw new Refusal(
      400,
      "BadJsonBody",
      "Expected request with `Content-Type: application/json`",
    );
  }
  const body = await request.body();
  if (body === null)
    throw new Refusal(
      400,
      "BadJsonBody",
      "Failed to buffer the request body: length limit exceeded",
    );
  return badRequest(() =>
    asObject(JSON.parse(new TextDecoder().decode(body)) as unknown, "body"),
  );
}

/** The status of a call whose function threw. */
const FUNCTION_FAILED = 560;

/** Runs the function that a request's body names. */
async function runOne(
  backend: Backend,
  request: Incoming,
  kind: Kind | "any",
  body: JsonObject,
): Promise<Response> {
  const caller = await readCaller(request, backend.verify);
  const result = await run(backend, kind, caller, body);
  return Response.json(result, {
    status: result.status === "success" ? 200 : FUNCTION_FAILED,
  });
}

/** Runs several queries, each with a result of its own. */
async function runBatch(
  backend: Backend,
  request: Incoming,
  body: JsonObject,
): Promise<Response> {
  const caller = await readCaller(request, backend.verify);
  const queries = badRequest(() => {
    const given = asArray(body, "queries");
    if (given.length > CLIENT.maxQueries)
      throw new Error(
        `${given.length} queries in one batch: the limit is ${CLIENT.maxQueries}`,
      );
    return given.map((query) => asObject(query, "query"));
  });
  const results: CallResult[] = [];
  for (const query of queries)
    results.push(await run(backend, "query", caller, query));
  return Response.json({ results });
}

type CallResult =
  | { status: "success"; value: JSONValue }
  | { status: "error"; errorMessage: string; errorData?: JSONValue };

async function run(
  backend: Backend,
  kind: Kind | "any",
  caller: Caller,
  body: JsonObject,
): Promise<CallResult> {
  const call = badRequest(() => ({
    path: parsePath(body, "path"),
    args: parseArgs(body["args"] ?? {}),
    caller,
  }));
  const format =
    body["format"] === "convex_encoded_json"
      ? (value: JSONValue) => value
      : toPlainJson;
  const outcome = await backend.call(kind, call);
  if (outcome.ok) return { status: "success", value: format(outcome.value) };

  const { message, data, detail } = outcome.failure;
  backend.onFailure(call.path, detail);
  return {
    status: "error",
    errorMessage: message,
    ...(data === undefined ? {} : { errorData: format(data) }),
  };
}

/** Turns a parse error into a 400. */
function badRequest<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const reason = messageOf(error);
    throw new Refusal(
      400,
      "BadJsonBody",
      `Failed to parse the request: ${reason}`,
    );
  }
}

/** The plain JSON of callers that do not ask for Convex's encoding: an int64 as digits, bytes as base64. */
function toPlainJson(encoded: JSONValue): JSONValue {
  return plain(jsonToConvex(encoded));
}

function plain(value: Value): JSONValue {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof ArrayBuffer) return toBase64(new Uint8Array(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    const fields: Record<string, JSONValue> = {};
    for (const [name, field] of Object.entries(
      value as Record<string, Value | undefined>,
    )) {
      if (field !== undefined) fields[name] = plain(field);
    }
    return fields;
  }
  return value;
}
