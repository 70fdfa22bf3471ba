import type { IncomingMessage, ServerResponse } from "node:http";
import type { JSONValue } from "convex/values";
import type { Verify } from "./auth.js";
import { readBody } from "./body.js";
import { readCaller } from "./caller.js";
import type { Call, Engine, Outcome } from "./engine.js";
import { Refusal } from "./failure.js";
import type { Kind } from "./functions.js";
import { sendJson, sendText, type Handle } from "./http.js";
import { asArray, asObject, asString, parseArgs, type JsonObject } from "./parse.js";
import { encodeTimestamp } from "./protocol.js";
import { toPlainJson } from "./plain.js";

/** The status of a call whose function threw. */
const FUNCTION_FAILED = 560;

/** How long a browser may reuse the answer to a preflight request (s). */
const PREFLIGHT_MAX_AGE = 86_400;

const ENDPOINTS = new Set(["query", "mutation", "action", "function", "query_at_ts", "query_ts", "query_batch"]);

/** What the HTTP interface uses of the deployment. */
export interface ApiHost {
  verify: Verify;
  /** Runs a public function; a mutation in turn. */
  call(kind: Kind | "any", call: Call): Promise<Outcome>;
  engine: Engine;
  onFailure(path: string, detail: string): void;
}

/** Convex's HTTP interface for functions, below `/api/`. */
export function createApi(host: ApiHost): Handle {
  return async (request, response, url) => {
    allowAnyOrigin(request, response);
    if (request.method === "OPTIONS") return void response.writeHead(204).end();

    const [, prefix, endpoint = "", ...rest] = url.pathname.split("/");
    if (url.pathname === "/") return sendText(response, 200, "This Convex deployment is running. See https://docs.convex.dev/.");
    if (prefix !== "api") return sendText(response, 404, "Not found");
    if (endpoint === "query" && request.method === "GET") return await runOne(host, request, response, "query", fromSearch(url));
    // The client's own timings, which Convex collects and this deployment does not.
    if (endpoint === "debug_event") return sendJson(response, 200, null);

    const isRun = endpoint === "run" && rest.length >= 2;
    if (!isRun && (!ENDPOINTS.has(endpoint) || rest.length > 0)) return sendText(response, 404, "Not found");
    if (request.method !== "POST") return void response.writeHead(405, { Allow: "POST" }).end();
    if (endpoint === "query_ts") return sendJson(response, 200, { ts: encodeTimestamp(await host.engine.version()) });

    const body = await readJson(request);
    if (endpoint === "query_batch") return await runBatch(host, request, response, body);
    if (isRun) return await runOne(host, request, response, "any", { ...body, path: fromPath(rest) });
    return await runOne(host, request, response, kindOf(endpoint), body);
  };
}

async function runOne(
  host: ApiHost,
  request: IncomingMessage,
  response: ServerResponse,
  kind: Kind | "any",
  body: JsonObject,
): Promise<void> {
  const caller = await readCaller(request, host.verify);
  const result = await run(host, kind, caller, body);
  sendJson(response, result["status"] === "success" ? 200 : FUNCTION_FAILED, result);
}

async function runBatch(host: ApiHost, request: IncomingMessage, response: ServerResponse, body: JsonObject): Promise<void> {
  const caller = await readCaller(request, host.verify);
  const results: JsonObject[] = [];
  for (const query of badRequest(() => asArray(body, "queries").map((value) => asObject(value, "query")))) {
    results.push(await run(host, "query", caller, query));
  }
  sendJson(response, 200, { results });
}

async function run(host: ApiHost, kind: Kind | "any", caller: Call["caller"], body: JsonObject): Promise<JsonObject> {
  const call = badRequest(() => ({ path: pathOf(body), args: parseArgs(body["args"] ?? {}), caller }));
  const format = body["format"] === "convex_encoded_json" ? (value: JSONValue) => value : toPlainJson;
  const outcome = await host.call(kind, call);
  if (outcome.ok) return { status: "success", value: format(outcome.value) };

  const { message, data, detail } = outcome.failure;
  host.onFailure(call.path, detail);
  return { status: "error", errorMessage: message, ...(data === undefined ? {} : { errorData: format(data) }) };
}

/** Only an administrator may name a component's function, and there is none here. */
function pathOf(body: JsonObject): string {
  const component = body["componentPath"];
  const path = asString(body, "path");
  return typeof component === "string" && component !== "" ? `component:${path}` : path;
}

function kindOf(endpoint: string): Kind | "any" {
  if (endpoint === "mutation" || endpoint === "action") return endpoint;
  return endpoint === "function" ? "any" : "query";
}

function fromSearch(url: URL): JsonObject {
  const args = url.searchParams.get("args") ?? "{}";
  return badRequest(() => ({ ...Object.fromEntries(url.searchParams), args: JSON.parse(args) as unknown }));
}

function fromPath(parts: string[]): string {
  const names = badRequest(() => parts.map((part) => decodeURIComponent(part)));
  return `${names.slice(0, -1).join("/")}:${names.at(-1) ?? ""}`;
}

async function readJson(request: IncomingMessage): Promise<JsonObject> {
  if (!/^application\/(?:[^;]*\+)?json\b/i.test(request.headers["content-type"] ?? "")) {
    throw new Refusal(400, "BadJsonBody", "Expected request with `Content-Type: application/json`");
  }
  const body = await readBody(request);
  if (body === null) throw new Refusal(400, "BadJsonBody", "Failed to buffer the request body: length limit exceeded");
  return badRequest(() => asObject(JSON.parse(body.toString("utf8")) as unknown, "body"));
}

function badRequest<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Refusal(400, "BadJsonBody", `Failed to parse the request: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Any page may call a deployment: what protects data is the token, which no browser adds by itself. */
function allowAnyOrigin(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("Access-Control-Allow-Origin", request.headers.origin ?? "*");
  response.setHeader("Access-Control-Allow-Credentials", "true");
  response.setHeader("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  response.setHeader("Access-Control-Allow-Headers", request.headers["access-control-request-headers"] ?? "*");
  response.setHeader("Access-Control-Max-Age", PREFLIGHT_MAX_AGE);
  response.setHeader("Vary", "Origin, Access-Control-Request-Headers");
}
