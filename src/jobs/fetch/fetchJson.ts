import type { StandardSchemaV1 } from "@standard-schema/spec";
import { ConvexError } from "convex/values";
import type { ExternalKind } from "../../errors/codes.js";
import { readBody } from "../../shared/body.js";
import { failure, refusal, type Failure } from "./failure.js";
import {
  ATTEMPTS,
  FIRST_WAIT_MS,
  MAX_BYTES,
  MAX_RETRY_AFTER_MS,
  MAX_WAIT_MS,
  TIMEOUT_MS,
} from "./limits.js";
import { within } from "./within.js";

/** A call to another service. */
export type FetchJsonOptions<Schema extends StandardSchemaV1> = {
  /** What the answer must look like: any Standard Schema, such as Zod's. What it returns is what you get. */
  schema: Schema;
  /** `POST` where there is a body, otherwise `GET`. */
  method?: string;
  /** Sent to this URL and nowhere else: a redirect is an error. */
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /**
   * Sent as `Idempotency-Key`, the same with each attempt, so that a service that knows the header does the work once.
   * Anew for each call unless given. In a job, give the run's: it outlives the action.
   */
  idempotencyKey?: string;
  /** Until the answer must be there, its body included, for each attempt (ms). Default: 60,000. */
  timeoutMs?: number;
  /** Calls in all. Default: 3. In a job that is itself tried again, 1: otherwise the two numbers multiply. */
  attempts?: number;
  /** Above this wait (ms) the call is given up at once, and the error's `retryAfterMs` says when to come back. Default: 60,000. */
  maxRetryAfterMs?: number;
  /** Bytes of the answer. Default: 1 MiB. */
  maxBytes?: number;
  /** Ends the call: it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** For tests: instead of the global one. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** For tests: instead of waiting (ms). */
  sleep?: (ms: number) => Promise<unknown>;
  /** For tests: a number from 0 up to, not including, 1. */
  random?: () => number;
};

/**
 * Calls another service and returns what it answered, validated. Only in actions: queries and mutations have no `fetch`.
 *
 * It tries again what may pass: no connection, no answer in time, an answer that is not JSON, and the statuses 408, 409, 425,
 * 429 and 5xx, unless the service says otherwise (`x-should-retry`) or its quota is used up. It waits as long as the service
 * asks (`Retry-After` in seconds or as a date, `retry-after-ms`) and, on top, a random time between nothing and a bound that
 * starts at 1 s and doubles up to 30 s, so that callers who failed together do not come back together.
 *
 * A timeout after the service has done its work costs a second call: mind it where calls cost money.
 *
 * @throws EXTERNAL with `kind`, `retryable`, and, where they are known, `status`, `providerCode`, `requestId` and
 * `retryAfterMs`. Never with anything of the URL, the headers, or either body
 * @example
 * ```ts
 * const { answer } = await fetchJson("https://api.example.com/v1/answers", {
 *   headers: { Authorization: `Bearer ${process.env["EXAMPLE_KEY"]}` },
 *   body: { question: "Why?" },
 *   schema: z.object({ answer: z.string() }),
 * });
 * ```
 */
export async function fetchJson<Schema extends StandardSchemaV1>(
  url: string,
  options: FetchJsonOptions<Schema>,
): Promise<StandardSchemaV1.InferOutput<Schema>> {
  const {
    timeoutMs = TIMEOUT_MS,
    attempts = ATTEMPTS,
    maxRetryAfterMs = MAX_RETRY_AFTER_MS,
    signal,
    sleep = (ms: number) => within(ms, signal),
    random = Math.random,
  } = options;
  const call = prepare(url, options);
  for (let left = attempts, bound = FIRST_WAIT_MS; ; bound *= 2) {
    const answer =
      (await within(timeoutMs, signal, call)) ?? failure("timeout", true);
    if ("value" in answer) return answer.value;
    const { retryable, retryAfterMs = 0 } = answer;
    // Compared so that a number which is none ends it.
    const again = --left > 0 && retryAfterMs <= maxRetryAfterMs;
    if (!retryable || !again) throw new ConvexError(answer);
    await sleep(retryAfterMs + random() * Math.min(bound, MAX_WAIT_MS));
  }
}

type Answer<Schema extends StandardSchemaV1> =
  | StandardSchemaV1.SuccessResult<StandardSchemaV1.InferOutput<Schema>>
  | Failure;

/** One attempt, to be made as often as needed: what is the same in each has been done. */
function prepare<Schema extends StandardSchemaV1>(
  url: string,
  {
    schema,
    body,
    method = body === undefined ? "GET" : "POST",
    headers,
    idempotencyKey = crypto.randomUUID(),
    maxBytes = MAX_BYTES,
    fetch = globalThis.fetch,
  }: FetchJsonOptions<Schema>,
): (signal: AbortSignal) => Promise<Answer<Schema>> {
  const init = {
    method,
    headers: {
      "Content-Type": "application/json",
      "Idempotency-Key": idempotencyKey,
      ...headers,
    },
    body: JSON.stringify(body),
    // Not "error": that could not be told from a lost connection, and would be tried again.
    redirect: "manual",
  } as const;
  const sent = url + JSON.stringify(init);

  return async (signal) => {
    let kind: ExternalKind = "network";
    let retryable = true;
    let response: Response | undefined;
    try {
      response = await fetch(url, { ...init, signal });
      const blob = await readBody(response.body, maxBytes);
      const text = await blob?.text();
      if (!response.ok) return refusal(response, text, sent);
      kind = "bad_response";
      // A proxy's page, or half an answer: another attempt may find the service itself. What is too long stays so.
      retryable = !!blob;
      const json: unknown =
        response.status === 204 ? null : JSON.parse(text as string);
      retryable = false;
      const result = await schema["~standard"].validate(json);
      if (!result.issues) return result;
    } catch {
      // What was thrown may hold the URL, a header or the answer in its text.
    }
    return failure(kind, retryable, { status: response?.status });
  };
}
