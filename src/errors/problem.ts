import { CODES, HTTP_STATUSES } from "./codes.js";
import { getDocsError } from "./data.js";
import { INTERNAL } from "./text.js";

/** Where each code is explained. The URI of a problem's type is this and the code. */
const REFERENCE =
  "https://github.com/acme/convex-docs/blob/main/docs/errors.md#";

/**
 * An error as an HTTP response: `application/problem+json` with the status of its code, and `Retry-After` where waiting
 * helps. `data` in the body is the error itself, so `getDocsError(await response.json())` reads it. Any other error is a
 * 500 that says nothing about it. Never throws.
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
  const found = getDocsError(error);
  // Nothing of a foreign error is passed on. The status of a newer code is not known here.
  const data = found && found.code !== "UNKNOWN" ? found : INTERNAL;
  const { code, message, retryAfterMs } = data;
  // Every known code is in the list.
  const status = HTTP_STATUSES[CODES.indexOf(code)] as number;
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
