import type { StandardSchemaV1 } from "@standard-schema/spec";
import { ConvexError } from "convex/values";
import type { DocsErrorData, ExternalKind } from "../errors/codes.js";
import { readBody } from "../host/body.js";
import { external } from "../shared/failures.js";

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
    sleep = (ms: number) => withTimeout(ms, signal),
    random = Math.random,
  } = options;
  const call = prepareAttempt(url, options);
  for (let left = attempts, bound = FIRST_WAIT_MS; ; bound *= 2) {
    const answer =
      (await withTimeout(timeoutMs, signal, call)) ??
      externalFailure("timeout", true);
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
  | ExternalFailure;

/** One attempt, to be made as often as needed: what is the same in each has been done. */
function prepareAttempt<Schema extends StandardSchemaV1>(
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
      if (!response.ok) return responseFailure(response, text, sent);
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
    return externalFailure(kind, retryable, { status: response?.status });
  };
}

/** How a call failed, as the data of an error. */
export type ExternalFailure = DocsErrorData<"EXTERNAL">;

/** What may be known of an answer. Convex drops what is `undefined`. */
type Known = {
  [Name in "status" | "providerCode" | "requestId" | "retryAfterMs"]?:
    ExternalFailure[Name] | undefined;
};

/** Request and answer have no say in the words. */
export function externalFailure(
  kind: ExternalKind,
  retryable: boolean,
  known?: Known,
): ExternalFailure {
  return {
    ns: "convex-docs",
    code: "EXTERNAL",
    message: external(kind),
    retryable,
    kind,
    ...(known as Partial<ExternalFailure>),
  };
}

/**
 * Statuses that the same call may overcome, or what `x-should-retry` says where the service knows better. Source: RFC 9110
 * §15 and RFC 6585 §4; 425 is RFC 8470's, 529 is how Anthropic says "overloaded".
 */
const TRANSIENT = /true|4(08|09|25|29)|5../;

/**
 * Codes of a quota that waiting does not restore, though they come with 429: `insufficient_quota`,
 * `exceeded_current_quota_error`, `credit_balance_exhausted`, `…_spend_limit_exceeded`,
 * `organization_usage_limit_exceeded`. Source: the error references of OpenAI, Moonshot and Convex's AI gateway.
 */
const QUOTA = /_quota|_balance|(spend|usage)_limit/;

/** What an error may pass on of an answer: a code or an id, and nothing that could be a sentence. */
const NAME = /^[\w.-]{1,64}$/;

/** What may be a code or an id. Of what else JSON has, nothing has this method. */
type Name = Partial<Pick<string, "match">> | null | undefined;

/**
 * The failure that an answer with an error status stands for.
 *
 * @param text its body, if it could be read
 * @param sent all that was sent: what an answer repeats of it, a key above all, is not passed on
 */
export function responseFailure(
  { status, headers }: Response,
  text: string | undefined,
  sent: string,
): ExternalFailure {
  let codes: Name[] = [];
  try {
    // Where services keep them: `{ error: { code, type } }`, `{ error }`, or `{ code, type }`.
    const body = JSON.parse(text as string) as Problem & { error?: Problem };
    const { error = body } = body;
    codes = [error.code, error.type, error];
  } catch {
    // Not JSON, or not an object: then there is no code.
  }
  // An object among them is no code, and its text none either.
  // eslint-disable-next-line @typescript-eslint/no-base-to-string
  const isQuota = status === 402 || QUOTA.test(codes.join());
  const retryable =
    !isQuota && TRANSIENT.test(headers.get("x-should-retry") ?? String(status));
  // Source: RFC 9110 §10.2.3 (seconds, or a date); the one in milliseconds is OpenAI's. Without any, not a number.
  const after = headers.get("retry-after") as string;
  const wait = Math.min(
    Number(headers.get("retry-after-ms")) ||
      Number(after) * 1000 ||
      Date.parse(after) - Date.now(),
    LONGEST_RETRY_AFTER_MS,
  );
  const named = (...names: Name[]) =>
    names.find(
      (name): name is string =>
        !!name?.match?.(NAME) && !sent.includes(name as string),
    );
  return externalFailure(isQuota ? "quota" : "status", retryable, {
    status,
    providerCode: named(...codes),
    requestId: named(headers.get("x-request-id"), headers.get("request-id")),
    retryAfterMs: retryable && wait > 0 ? wait : undefined,
  });
}

type Problem = Name & { code?: Name; type?: Name };

/**
 * Does something within a time, or waits for that time. Whatever ends first ends it: the work, the time (it resolves to
 * `undefined`), or the caller's signal (it rejects with the signal's reason). In any case the work is told to stop, and
 * neither timer nor listener stays behind.
 *
 * Not `AbortSignal.timeout`: in Convex's runtime it fails with another name and leaves its timer, and `fetch` does not hear a
 * signal that was aborted before.
 *
 * @param work must not reject
 */
export async function withTimeout<T>(
  ms: number,
  outer?: AbortSignal,
  work?: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  outer?.throwIfAborted();
  const inner = new AbortController();
  let timer;
  let end!: () => void;
  const answer = await new Promise<T | undefined>((resolve) => {
    end = resolve as () => void;
    timer = setTimeout(end, ms);
    outer?.addEventListener("abort", end);
    void work?.(inner.signal).then(resolve);
  });
  clearTimeout(timer);
  outer?.removeEventListener("abort", end);
  inner.abort();
  outer?.throwIfAborted();
  return answer;
}

/*
 * Every number that bounds a call to another service, with its unit and its reason. Not one object, of which a bundle of
 * `fetchJson` would hold every name.
 */

/** Until an answer must be there, its body included (ms). Long for an API, about right for a chat completion. */
export const TIMEOUT_MS = 60_000;

/** Calls in all, the first among them. */
export const ATTEMPTS = 3;

/** The bound of the first wait (ms). It doubles with each attempt, up to the second number. */
export const FIRST_WAIT_MS = 1_000;
export const MAX_WAIT_MS = 30_000;

/** How long a service may ask us to wait (ms) while an action is held, and billed, for it. */
export const MAX_RETRY_AFTER_MS = 60_000;

/** The longest wait that is believed (ms): a day. No mistake of somebody's clock stops a job for good. */
export const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** Bytes of an answer: as many as a Convex document has. */
export const MAX_BYTES = 1_048_576;
