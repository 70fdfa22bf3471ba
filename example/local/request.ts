import type { IncomingMessage } from "node:http";
import type { JSONValue } from "convex/values";
import type { Verify } from "./auth.js";
import type { Call, Caller, Outcome } from "./call.js";
import { readCaller } from "./caller.js";
import type { Engine } from "./engine.js";
import { Refusal, messageOf } from "./failure.js";
import type { Kind } from "./functions.js";
import {
  asArray,
  asObject,
  parseArgs,
  parsePath,
  type JsonObject,
} from "./parse.js";
import { toPlainJson } from "./plain.js";

/** The status of a call whose function threw. */
const FUNCTION_FAILED = 560;

/** What the HTTP interface uses of the deployment. */
export interface CallHost {
  engine: Engine;
  verify: Verify;
  /** Runs a public function; a mutation in turn. */
  call(kind: Kind | "any", call: Call): Promise<Outcome>;
  onFailure(path: string, detail: string): void;
}

/** Runs the function that a request's body names. */
export async function runOne(
  host: CallHost,
  request: IncomingMessage,
  kind: Kind | "any",
  body: JsonObject,
): Promise<Response> {
  const caller = await readCaller(request, host.verify);
  const result = await run(host, kind, caller, body);
  return Response.json(result, {
    status: result.status === "success" ? 200 : FUNCTION_FAILED,
  });
}

/** Runs several queries, each with a result of its own. */
export async function runBatch(
  host: CallHost,
  request: IncomingMessage,
  body: JsonObject,
): Promise<Response> {
  const caller = await readCaller(request, host.verify);
  const queries = badRequest(() =>
    asArray(body, "queries").map((query) => asObject(query, "query")),
  );
  const results: CallResult[] = [];
  for (const query of queries)
    results.push(await run(host, "query", caller, query));
  return Response.json({ results });
}

type CallResult =
  | { status: "success"; value: JSONValue }
  | { status: "error"; errorMessage: string; errorData?: JSONValue };

async function run(
  host: CallHost,
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
  const outcome = await host.call(kind, call);
  if (outcome.ok) return { status: "success", value: format(outcome.value) };

  const { message, data, detail } = outcome.failure;
  host.onFailure(call.path, detail);
  return {
    status: "error",
    errorMessage: message,
    ...(data === undefined ? {} : { errorData: format(data) }),
  };
}

/** What cannot be read is the sender's mistake. */
export function badRequest<T>(parse: () => T): T {
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
