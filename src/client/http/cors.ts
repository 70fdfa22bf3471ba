/**
 * Which pages of other origins may read. Nobody, unless the host says so.
 *
 * Source: https://fetch.spec.whatwg.org/#http-cors-protocol
 *
 * @module
 */

export type CorsOptions = {
  /** Origins whose pages may read, such as `"https://app.example.com"`; `["*"]` for all. */
  origins: string[];
  /** How long a browser may remember the answer to a preflight, in seconds: 3600 when not given. */
  maxAgeSeconds?: number;
};

/** What the pages may send beside the simple headers, and read of the answer. */
const REQUEST_HEADERS = "Authorization, If-None-Match";
const RESPONSE_HEADERS = "ETag, Link, Retry-After";

/** Throws for an origin that no browser would ever send, such as one with a path. */
export function assertOrigins({ origins }: CorsOptions): void {
  const wrong = origins.filter(
    (origin) => origin !== "*" && originOf(origin) !== origin,
  );
  if (wrong.length > 0) {
    throw new Error(
      `convex-docs: not an origin: ${wrong.join(", ")}. An origin is a scheme, a host and perhaps a port: "https://app.example.com".`,
    );
  }
}

function originOf(text: string): string | null {
  try {
    return new URL(text).origin;
  } catch {
    return null;
  }
}

/** Lets the page that asked read the response, if its origin may. */
export function allowOrigin(
  cors: CorsOptions | undefined,
  request: Request,
  response: Response,
): void {
  if (!cors) return;
  const any = cors.origins.includes("*");
  // A cache must not hand one origin's answer to another.
  if (!any) response.headers.append("Vary", "Origin");
  const origin = request.headers.get("Origin");
  if (origin === null || !(any || cors.origins.includes(origin))) return;
  response.headers.set("Access-Control-Allow-Origin", any ? "*" : origin);
  response.headers.set("Access-Control-Expose-Headers", RESPONSE_HEADERS);
}

/** The answer to OPTIONS: to a preflight what may be sent, to anybody which methods there are. */
export function options(
  cors: CorsOptions | undefined,
  methods: string,
): Response {
  const headers: Record<string, string> = { Allow: methods };
  if (cors) {
    headers["Access-Control-Allow-Methods"] = methods;
    headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS;
    headers["Access-Control-Max-Age"] = String(cors.maxAgeSeconds ?? 3600);
  }
  return new Response(null, { status: 204, headers });
}
