import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { DocsErrorData, ExternalKind } from "../errors/codes.js";
import { errorData } from "../errors/data.js";
import { retryDelay } from "../errors/retry.js";
import { readBody } from "../host/body.js";
import { external, fail } from "../shared/failures.js";
import { omitUndefined } from "../shared/omitUndefined.js";

/** A call to another service. */
export type FetchJsonOptions<Schema extends StandardSchemaV1> = {
  /** What the answer must look like: any Standard Schema, such as Zod's. `fetchJson` returns its output. */
  schema: Schema;
  /** Default: `POST` with a body, `GET` without. */
  method?: string;
  /** Sent to this URL and nowhere else: a redirect is an error. They replace the defaults, in any spelling. */
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /**
   * Sent as `Idempotency-Key`, the same with each attempt, so that a service that knows the header does the work once. In a
   * job, pass the run's: it outlives the action. Default: a random one for each call.
   */
  idempotencyKey?: string;
  /** Time until the answer is complete, its body included, for each attempt (ms): above 0 and below 2^31. Default: 60,000. */
  timeoutMs?: number;
  /** Calls in all. In a job that retries, pass 1: otherwise the two numbers multiply. Default: 3. */
  attempts?: number;
  /** For a longer wait (ms) the call fails at once, and the error's `retryAfterMs` says how long to wait. Default: 60,000. */
  maxRetryAfterMs?: number;
  /** Bytes of the answer. Default: 1 MiB. */
  maxBytes?: number;
  /** Ends the call: it rejects with the signal's reason. */
  signal?: AbortSignal;
};

/**
 * Calls another service and returns its answer, validated. Only in actions: queries and mutations have no `fetch`.
 *
 * An empty answer of a good status is `null` for the schema.
 *
 * It retries what may pass: no connection, no answer in time, and the statuses 408, 409, 425, 429 and 5xx, and a 403 of a rate
 * limit, unless the service says otherwise (`x-should-retry`) or its quota is used up. A complete answer that is not JSON is
 * retried for methods that are safe to repeat only: after a POST or a PATCH the service may have done its work. It waits as
 * long as the service asks (`Retry-After` in seconds or as a date, `retry-after-ms`, `x-ratelimit-reset`), plus a random time
 * below a bound that starts at 1 s and doubles up to 30 s ("full jitter").
 *
 * A timeout after the service has done its work costs a second call: mind it where calls cost money.
 *
 * @throws Error for a `timeoutMs` that is out of its range
 * @throws EXTERNAL with `kind`, `retryable`, and, where they are known, `status`, `providerCode`, `requestId` and
 * `retryAfterMs`. Never with anything of the URL, the headers, or either body
 * @example
 * ```ts
 * // `env` is of "./_generated/server".
 * const { answer } = await fetchJson("https://api.example.com/v1/answers", {
 *   headers: { Authorization: `Bearer ${env.EXAMPLE_KEY}` },
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
    timeoutMs = FETCH.timeoutMs,
    attempts = FETCH.attempts,
    maxRetryAfterMs = FETCH.maxRetryAfterMs,
    signal,
  } = options;
  checkTimeout(timeoutMs);
  const send = prepareRequest(url, options);
  for (let attempt = 1; ; attempt++) {
    const outcome =
      (await withTimeout(timeoutMs, signal, send)) ??
      externalFailure("timeout", { retryable: true });
    if ("value" in outcome) return outcome.value;
    const waitMs = retryDelay(outcome, attempt - 1);
    const { retryAfterMs = 0 } = outcome;
    // Compared so that an option that is NaN ends the call.
    const again = attempt < attempts && retryAfterMs <= maxRetryAfterMs;
    if (waitMs === null || !again) throw fail(outcome);
    await withTimeout(waitMs, signal);
  }
}

/** A timer of more than 2^31 - 1 ms, or of none that is finite, fires at once in Node and never in Convex's runtime. */
function checkTimeout(timeoutMs: number): void {
  if (timeoutMs > 0 && timeoutMs < 2 ** 31) return;
  throw new Error("convex-docs: timeoutMs must be above 0 and below 2^31.");
}

/** Limits and defaults of a call. */
const FETCH = {
  /** Time until an answer is complete (ms). Long for an API, about right for a chat completion. */
  timeoutMs: 60_000,
  /** Calls in all, the first among them. */
  attempts: 3,
  /** The longest wait for which an action is held, and billed (ms). */
  maxRetryAfterMs: 60_000,
  /** The longest wait that is believed (ms): a day, so that a service's wrong clock stops no job for good. */
  longestRetryAfterMs: 86_400_000,
  /** Bytes of an answer: as many as a Convex document has. */
  maxBytes: 1_048_576,
} as const;

/** How a call failed, as the data of an error. */
type ExternalFailure = DocsErrorData<"EXTERNAL">;

type CallOutcome<Schema extends StandardSchemaV1> =
  | StandardSchemaV1.SuccessResult<StandardSchemaV1.InferOutput<Schema>>
  | ExternalFailure;

/** Does once what is the same in each attempt, and returns the function that makes one. It never rejects. */
function prepareRequest<Schema extends StandardSchemaV1>(
  url: string,
  {
    schema,
    body,
    method = body === undefined ? "GET" : "POST",
    headers,
    idempotencyKey = crypto.randomUUID(),
    maxBytes = FETCH.maxBytes,
  }: FetchJsonOptions<Schema>,
): (signal: AbortSignal) => Promise<CallOutcome<Schema>> {
  const init = {
    method,
    body: JSON.stringify(body),
    // Not "error": that could not be told from a lost connection, and would be retried.
    redirect: "manual",
  } as const;
  const sent = url + JSON.stringify([init, headers, idempotencyKey]);
  const repeatable = REPEATABLE_METHODS.includes(method.toUpperCase());

  return async (signal) => {
    let response: Response | undefined;
    let text: string | undefined;
    try {
      const all = mergeHeaders(idempotencyKey, headers);
      response = await fetch(url, { ...init, headers: all, signal });
      const blob = await readBody(response.body, maxBytes);
      text = await blob?.text();
    } catch {
      // The error may hold the URL or a header in its text.
      const status = response?.status;
      return externalFailure("network", { retryable: true, status });
    }
    return response.ok
      ? await readAnswer(response, text, schema, repeatable)
      : statusFailure(response, text, sent);
  };
}

/** Methods whose repetition changes nothing more. Source: RFC 9110 §9.2.2. */
const REPEATABLE_METHODS = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];

/** Throws for a header that cannot be sent; the error may hold its value. */
function mergeHeaders(
  idempotencyKey: string,
  headers: Record<string, string> = {},
): Headers {
  const merged = new Headers({
    "Content-Type": "application/json",
    "Idempotency-Key": idempotencyKey,
  });
  // Convex's runtime sends each spelling of a name that an object has.
  for (const [name, value] of Object.entries(headers)) merged.set(name, value);
  return merged;
}

/** The value of an answer with a good status. `text` is `undefined` if the body is over the limit. */
async function readAnswer<Schema extends StandardSchemaV1>(
  { status }: Response,
  text: string | undefined,
  schema: Schema,
  repeatable: boolean,
): Promise<CallOutcome<Schema>> {
  const badResponse = (retryable: boolean) =>
    externalFailure("bad_response", { status, retryable });
  // Another attempt brings as many bytes.
  if (text === undefined) return badResponse(false);
  let json: unknown;
  try {
    json = text.trim() === "" ? null : JSON.parse(text);
  } catch {
    // A proxy's page: another attempt may reach the service itself. Or the service's own words for "done".
    return badResponse(repeatable);
  }
  try {
    const result = await schema["~standard"].validate(json);
    return result.issues ? badResponse(false) : result;
  } catch {
    // The error may hold the answer in its text.
    return badResponse(false);
  }
}

/**
 * The failure that an answer with an error status stands for.
 *
 * @param text its body, if it could be read
 * @param sent all that was sent: what an answer repeats of it, a key above all, is not passed on
 */
function statusFailure(
  { status, headers }: Response,
  text: string | undefined,
  sent: string,
): ExternalFailure {
  const codes = readCodes(text);
  const isQuota = status === 402 || codes.some((code) => QUOTA_CODE.test(code));
  const retryable = !isQuota && isTransient(status, headers);
  const passedOn = (...names: (string | null)[]) =>
    names.find(
      (name): name is string =>
        name !== null && NAME.test(name) && !sent.includes(name),
    );
  return externalFailure(isQuota ? "quota" : "status", {
    retryable,
    retryAfterMs: retryable ? readRetryAfter(headers) : undefined,
    status,
    providerCode: passedOn(...codes),
    requestId: passedOn(headers.get("x-request-id"), headers.get("request-id")),
  });
}

/** What an error passes on of an answer: a code or an id, and nothing that could be a sentence. */
const NAME = /^[\w.-]{1,64}$/;

/**
 * Codes of a quota that waiting does not restore, though they come with 429: `insufficient_quota`,
 * `exceeded_current_quota_error`, `credit_balance_exhausted`, `…_spend_limit_exceeded`,
 * `organization_usage_limit_exceeded`. Source: the error references of OpenAI, Moonshot and Convex's AI gateway.
 */
const QUOTA_CODE = /_quota|_balance|(spend|usage)_limit/;

/** The error codes of an answer, where services keep them: `{ error: { code, type } }`, `{ error }`, or `{ code, type }`. */
function readCodes(text: string | undefined): string[] {
  try {
    const body = JSON.parse(text ?? "") as {
      error?: { code?: unknown; type?: unknown };
    };
    const { error = body as NonNullable<typeof body.error> } = body;
    const codes: unknown[] = [error.code, error.type, error];
    return codes.filter((code) => typeof code === "string");
  } catch {
    // Not JSON, or not an object.
    return [];
  }
}

/** Statuses below 500 that the same call may overcome. Source: RFC 9110 §15.5, RFC 8470 §5.2 (425) and RFC 6585 §4 (429). */
const TRANSIENT_STATUSES = [408, 409, 425, 429];

/**
 * Whether the same call may succeed later. A service that sends `x-should-retry` knows better than its status. GitHub's rate
 * limits come with 403. Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
function isTransient(status: number, headers: Headers): boolean {
  const shouldRetry = headers.get("x-should-retry");
  if (shouldRetry === "true") return true;
  if (shouldRetry === "false") return false;
  if (status === 403) return headers.has("retry-after") || isSpent(headers);
  return status >= 500 || TRANSIENT_STATUSES.includes(status);
}

/**
 * How long the service asks to wait (ms), if it does. Source: RFC 9110 §10.2.3 (seconds, or a date); `retry-after-ms` is
 * OpenAI's, and `x-ratelimit-reset`, the Unix time at which a spent limit is restored, GitHub's.
 */
function readRetryAfter(headers: Headers): number | undefined {
  const header = (name: string) => headers.get(name) ?? "";
  const after = header("retry-after");
  const waits = [
    readNumber(header("retry-after-ms")),
    readNumber(after) * 1000,
    // Only what has a time of day is a date: `Date.parse` also takes "2, 2".
    after.includes(":") ? Date.parse(after) - Date.now() : NaN,
    isSpent(headers)
      ? readUnixTime(header("x-ratelimit-reset")) - Date.now()
      : NaN,
  ];
  const waitMs = waits.find((wait) => wait > 0);
  return waitMs && Math.min(waitMs, FETCH.longestRetryAfterMs);
}

/** Whether the caller's rate limit is used up. */
function isSpent(headers: Headers): boolean {
  return headers.get("x-ratelimit-remaining") === "0";
}

/** A decimal number, or the largest of the list that a repeated header becomes. */
function readNumber(text: string): number {
  const numbers = text.split(",").map((part) => part.trim());
  const areDecimal = numbers.every((part) => DECIMAL.test(part));
  return areDecimal ? Math.max(...numbers.map(Number)) : NaN;
}

const DECIMAL = /^(\d+(\.\d*)?([eE]\+?\d+)?|Infinity)$/;

/** Ten digits are seconds since 1970 (ms). Fewer are a span: other services send one under the same name. */
function readUnixTime(text: string): number {
  return /^\d{10}$/.test(text) ? Number(text) * 1000 : NaN;
}

/** What is known of a failed call, besides its kind. */
type Known = {
  retryable: boolean;
  retryAfterMs?: number | undefined;
  status?: number | undefined;
  providerCode?: string | undefined;
  requestId?: string | undefined;
};

/** Holds nothing of the request, and of the answer only what is known. */
function externalFailure(
  kind: ExternalKind,
  { retryable, retryAfterMs, ...details }: Known,
): ExternalFailure {
  const retry = { retryable, ...omitUndefined({ retryAfterMs }) };
  const known = { kind, ...omitUndefined(details) };
  return errorData("EXTERNAL", external(kind), known, retry);
}

/**
 * Does something within a time, or waits for that time. Whatever ends first ends it: the work, the time (it resolves to
 * `undefined`), or the caller's signal (it rejects with the signal's reason). In each case the work is told to stop, and
 * neither timer nor listener stays behind.
 *
 * Not `AbortSignal.timeout`: in Convex's runtime it fails with another name and leaves its timer, and `fetch` does not hear a
 * signal that was aborted before.
 *
 * @param work must not reject
 */
async function withTimeout<T>(
  ms: number,
  outer?: AbortSignal,
  work?: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  outer?.throwIfAborted();
  const inner = new AbortController();
  let timer;
  let end!: () => void;
  const result = await new Promise<T | undefined>((resolve) => {
    end = () => resolve(undefined);
    timer = setTimeout(end, ms);
    outer?.addEventListener("abort", end);
    void work?.(inner.signal).then(resolve);
  });
  clearTimeout(timer);
  outer?.removeEventListener("abort", end);
  inner.abort();
  outer?.throwIfAborted();
  return result;
}
