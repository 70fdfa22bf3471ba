/**
 * A read-only HTTP endpoint for documents.
 *
 * @module
 */
import {
  httpActionGeneric,
  type HttpRouter,
  type PublicHttpAction,
} from "convex/server";
import { fail, notFound } from "../../shared/failures.js";
import {
  allowOrigin,
  assertOrigins,
  options as optionsResponse,
  type CorsOptions,
} from "./cors.js";
import { methodNotAllowed, withProblem } from "./problem.js";
import { readOne, readPage, type Call } from "./read.js";
import {
  callerOf,
  type HttpCtx,
  type Readable,
  type Source,
} from "./reader.js";

export type RouteOptions<Document> = {
  /** Where the documents are: `"/api/documents"`. Starts with a slash and does not end with one. */
  prefix: string;
  /** Which pages of other origins may read. None when not given. */
  cors?: CorsOptions;
  /** What a client gets of a document: all of it, as JSON, when not given. */
  present?: (document: Document) => unknown;
};

/** Every method that can be routed and that there is nothing to do for. */
const OTHERS = ["POST", "PUT", "PATCH", "DELETE"] as const;
const ALLOWED = "GET, HEAD, OPTIONS";

/** See `Docs.registerRoutes`. */
export function registerRoutes<Document extends Readable>(
  source: Source<Document>,
  http: HttpRouter,
  options: RouteOptions<Document>,
): void {
  const { prefix, cors } = options;
  if (!/^\/.*[^/]$/.test(prefix)) {
    throw new Error(
      `convex-docs: the prefix "${prefix}" must start with a slash and not end with one: "/api/documents".`,
    );
  }
  if (cors) assertOrigins(cors);
  const action = (handle: Handler): PublicHttpAction =>
    httpActionGeneric(async (ctx, request) => {
      const response = await withProblem(handle)(ctx, request);
      allowOrigin(cors, request, response);
      return request.method === "HEAD" ? withoutBody(response) : response;
    });
  const read = action(async (ctx, request) => {
    const call = await authenticate(source, options, ctx, request);
    const { pathname } = call.url;
    return pathname === prefix
      ? await readPage(call)
      : await readOne(call, idIn(pathname, prefix));
  });
  const answerOptions = action(() => optionsResponse(cors, ALLOWED));
  const refuse = action(() => methodNotAllowed(ALLOWED));
  // Convex's router knows no `:id`: one route for the page, and one for every path below it.
  for (const place of [{ path: prefix }, { pathPrefix: `${prefix}/` }]) {
    http.route({ ...place, method: "GET", handler: read });
    http.route({ ...place, method: "OPTIONS", handler: answerOptions });
    for (const method of OTHERS) {
      http.route({ ...place, method, handler: refuse });
    }
  }
}

type Handler = (ctx: HttpCtx, request: Request) => Promise<Response> | Response;

async function authenticate<Document extends Readable>(
  source: Source<Document>,
  { present = (document: Document) => document }: RouteOptions<Document>,
  ctx: HttpCtx,
  request: Request,
): Promise<Call<Document>> {
  const userId = await callerOf(ctx, request, source.identify);
  const reader = source.as(userId);
  const url = new URL(request.url);
  return { ctx, request, url, userId, reader, present };
}

/** The id that stands after the prefix. Throws NOT_FOUND for what cannot be one. */
function idIn(pathname: string, prefix: string): string {
  const encoded = pathname.slice(prefix.length + 1);
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw fail(notFound(encoded));
  }
}

/** HEAD answers what GET would, and leaves the body out. */
function withoutBody({ status, headers }: Response): Response {
  return new Response(null, { status, headers });
}
