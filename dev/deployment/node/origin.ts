/**
 * Which pages a deployment serves. It has no secrets, but it has a developer's data, and every page that the developer's
 * browser shows can reach it.
 */
import { Refusal } from "../core/call.js";
import type { Handle } from "../core/request.js";

/** Whether a page of this origin may connect. */
export type Origins = (origin: string) => boolean;

const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Pages that this machine serves, at any port: there the dev server listens. */
export function isLocalOrigin(origin: string): boolean {
  return URL.canParse(origin) && LOCAL.has(new URL(origin).hostname);
}

/** How long a browser may reuse the answer to a preflight request (s). */
const PREFLIGHT_MAX_AGE = 86_400;

/** Refuses pages that may not connect, and lets those that may read the answers. */
export function guard(handle: Handle, origins: Origins): Handle {
  return async (request, url) => {
    const { headers } = request;
    const origin = headers.get("origin");
    if (foreign({ origin, host: headers.get("host") }, origins))
      throw new Refusal(
        403,
        "OriginNotAllowed",
        "This deployment is for pages of this machine",
      );
    const reply = await handle(request, url);
    allow(origin, reply.headers);
    return reply;
  };
}

/** Lets the page that asks read the answer, and no other. */
function allow(origin: string | null, headers: Headers): void {
  headers.set("Vary", "Origin");
  if (origin === null) return;
  headers.set("Access-Control-Allow-Origin", origin);
  headers.set("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  headers.set(
    "Access-Control-Allow-Headers",
    "Authorization, Content-Type, Convex-Client",
  );
  headers.set("Access-Control-Max-Age", `${PREFLIGHT_MAX_AGE}`);
}

/**
 * Whether a request comes from a page that may not connect. A page that has its own name point to this machine needs no
 * origin to read an answer, so the name is looked at too.
 */
export function foreign(
  { origin, host }: { origin: string | null; host: string | null },
  origins: Origins,
): boolean {
  if (origin !== null && !origins(origin)) return true;
  return !isLocalOrigin(`http://${host ?? "localhost"}`);
}
