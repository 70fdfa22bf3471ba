import type { DocsErrorData, ExternalKind } from "../../errors/codes.js";
import { external } from "../../shared/wording.js";
import { LONGEST_RETRY_AFTER_MS } from "./limits.js";

/** How a call failed, as the data of an error. */
export type Failure = DocsErrorData<"EXTERNAL">;

/** What may be known of an answer. Convex drops what is `undefined`. */
type Known = {
  [Name in "status" | "providerCode" | "requestId" | "retryAfterMs"]?:
    Failure[Name] | undefined;
};

/** Request and answer have no say in the words. */
export function failure(
  kind: ExternalKind,
  retryable: boolean,
  known?: Known,
): Failure {
  return {
    ns: "convex-docs",
    code: "EXTERNAL",
    message: external(kind),
    retryable,
    kind,
    ...(known as Partial<Failure>),
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
export function refusal(
  { status, headers }: Response,
  text: string | undefined,
  sent: string,
): Failure {
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
  return failure(isQuota ? "quota" : "status", retryable, {
    status,
    providerCode: named(...codes),
    requestId: named(headers.get("x-request-id"), headers.get("request-id")),
    retryAfterMs: retryable && wait > 0 ? wait : undefined,
  });
}

type Problem = Name & { code?: Name; type?: Name };
