/**
 * Responses over HTTP: problems, CORS, conditional reads, JSON.
 *
 * @module
 */
import { getDocsError } from "../../errors/data.js";
import { toProblem } from "../../errors/problem.js";
import { logError } from "../../host/log.js";

/**
 * Makes an HTTP action answer every failure with `application/problem+json`: an error of this package with the status of its
 * code, any other with a 500 that reveals nothing, logged on the server. Uncaught, Convex would answer both with 500.
 *
 * @example
 * ```ts
 * http.route({
 *   path: "/api/rename",
 *   method: "POST",
 *   handler: httpAction(
 *     withProblem(async (ctx, request) => {
 *       const written = await ctx.runMutation(api.documents.rename, await request.json());
 *       return Response.json(written);
 *     }),
 *   ),
 * });
 * ```
 */
export function withProblem<Ctx>(
  handler: (ctx: Ctx, request: Request) => Promise<Response> | Response,
): (ctx: Ctx, request: Request) => Promise<Response> {
  return async (ctx, request) => {
    try {
      return await handler(ctx, request);
    } catch (error) {
      if (getDocsError(error) === null) {
        logError("convex-docs: an HTTP route failed:", error);
      }
      return problemFor(error);
    }
  };
}

/** No cache keeps a problem, and a 401 names the scheme to sign in with. Source: RFC 9110 §11.6.1. */
function problemFor(error: unknown): Response {
  const response = toProblem(error);
  response.headers.set("Cache-Control", "no-store");
  if (response.status === 401) {
    response.headers.set("WWW-Authenticate", "Bearer");
  }
  return response;
}

/** For a method that the path does not have. It has no code: it is about no document. */
export function methodNotAllowed(allow: string): Response {
  const body = {
    type: "about:blank",
    title: "Method Not Allowed",
    status: 405,
    detail: `This path has ${allow}.`,
  };
  const headers = { "Content-Type": "application/problem+json", Allow: allow };
  return new Response(JSON.stringify(body), { status: 405, headers });
}

/* CORS. Source: https://fetch.spec.whatwg.org/#http-cors-protocol */

export type CorsOptions = {
  /** Origins whose pages may read, such as `"https://app.example.com"`; `["*"]` for all. */
  origins: string[];
  /** How long a browser may keep the answer to a preflight, in seconds. Default: 3600. */
  maxAgeSeconds?: number;
};

/** The header that the token of a link goes in. Addresses end up in logs, and in the `Referer` of what a page leads to. */
export const LINK_HEADER = "Docs-Link";

/** For a request with a link: nothing keeps the answer, and no address of it is told to another site. */
export function unkept(response: Response): Response {
  response.headers.set("Cache-Control", "private, no-store");
  response.headers.set("Referrer-Policy", "no-referrer");
  return response;
}

/** Headers that a page may send beside the simple ones, and headers of the answer that it may read. */
const REQUEST_HEADERS = `Authorization, ${LINK_HEADER}, If-None-Match`;
const RESPONSE_HEADERS = "ETag, Link, Retry-After";

/** Throws for an origin that no browser sends, such as one with a path. */
export function assertOrigins({ origins }: CorsOptions): void {
  const wrong = origins.filter(
    (origin) => origin !== "*" && originOf(origin) !== origin,
  );
  if (wrong.length > 0) {
    throw new Error(
      `convex-docs: CORS takes origins, and these are not: ${wrong.join(", ")}. An origin is a scheme, a host and perhaps a port: "https://app.example.com".`,
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

/** Lets the page that sent the request read the response, if its origin is allowed. */
export function allowOrigin(
  cors: CorsOptions | undefined,
  request: Request,
  response: Response,
): void {
  if (!cors) return;
  const any = cors.origins.includes("*");
  // A cache must not give one origin's answer to another.
  if (!any) response.headers.append("Vary", "Origin");
  const origin = request.headers.get("Origin");
  if (origin === null || !(any || cors.origins.includes(origin))) return;
  response.headers.set("Access-Control-Allow-Origin", any ? "*" : origin);
  response.headers.set("Access-Control-Expose-Headers", RESPONSE_HEADERS);
}

/** The answer to OPTIONS: the methods, and for a preflight the headers that may be sent. */
export function optionsResponse(
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

/*
 * Conditional reads. The tags are weak: equal versions are equal documents, but not always equal bytes. Source: RFC 9110 §8.8.3
 * (`ETag`) and §13.1.2 (`If-None-Match`).
 */

/**
 * The tag of a document at a version, without quotes. A version is never reused while the document exists. What the host makes of
 * the document may change with a deploy, so that is part of the tag, and so is what the caller may see of it.
 *
 * @param presented the body, where the host makes it, or the names of what the caller sees, where that depends on the caller
 */
export async function tagOf(
  version: number,
  presented?: string,
): Promise<string> {
  if (presented === undefined) return String(version);
  const bytes = new TextEncoder().encode(presented);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hash = toBase64(digest.slice(0, 12)).replace(/\+/g, "-");
  return `${version}-${hash.replace(/\//g, "_")}`;
}

/** A tag as a header has it. */
export function etag(tag: string): string {
  return `W/"${tag}"`;
}

/** Whether the client has what this tag means already. */
export function matchesEtag(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  const sent = ifNoneMatch.split(",").map((each) => each.trim());
  return sent.some(
    (each) => each === "*" || each.replace(/^W\//, "") === `"${tag}"`,
  );
}

/* JSON. */

/** Documents as JSON. An int64 becomes its digits and bytes become base64, both as text; NaN and the infinities become `null`. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === "bigint") return member.toString();
    return isBytes(member) ? toBase64(new Uint8Array(member)) : member;
  });
}

/** Not by `instanceof`: bytes of another realm are of another class. */
function isBytes(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
