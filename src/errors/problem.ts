import { CODES, NAMESPACE, STATUSES, type DocsErrorData } from "./codes.js";
import { getDocsError } from "./data.js";
import { FAILED } from "./text.js";

/** Where each code is explained. The URI of a problem's type is this and the code. */
const REFERENCE =
  "https://github.com/acme/convex-docs/blob/main/docs/errors.md#";

/**
 * An error as an HTTP response: `application/problem+json` with the status of its code, and `Retry-After` where waiting
 * helps. `data` in the body is the error itself, so `getDocsError(await response.json())` reads it. An error that is not
 * ours is a 500 that says nothing about it. Never throws.
 *
 * Source: RFC 9457 (problem details) and RFC 9110 §10.2.3 (`Retry-After`, in whole seconds).
 *
 * @example
 * ```ts
 * const response = toProblem(error);
 * response.headers.set("Access-Control-Allow-Origin", "*");
 * ```
 */
export function toProblem(error: unknown): Response {
  const data = orInternal(error);
  const { code, message, retryAfterMs } = data;
  // Every known code is in the list.
  const status = STATUSES[CODES.indexOf(code)] as number;
  const headers: Record<string, string> = {
    "Content-Type": "application/problem+json",
  };
  if (retryAfterMs) {
    headers["Retry-After"] = String(Math.ceil(retryAfterMs / 1000));
  }
  const body = {
    type: REFERENCE + code.toLowerCase(),
    title: code,
    status,
    detail: message,
    code,
    data,
  };
  return new Response(JSON.stringify(body), { status, headers });
}

/** The error if it is ours and known; whatever else, as INTERNAL. Nothing of it is looked at, let alone passed on. */
export function orInternal(error: unknown): DocsErrorData {
  const data = getDocsError(error);
  if (data && data.code !== "UNKNOWN") return data;
  return { ns: NAMESPACE, code: "INTERNAL", message: FAILED, retryable: false };
}
