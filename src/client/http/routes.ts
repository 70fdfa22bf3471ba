/**
 * A read-only HTTP endpoint for documents.
 *
 * @module
 */
import {
  httpActionGeneric,
  type GenericActionCtx,
  type GenericDataModel,
  type HttpRouter,
  type PaginationResult,
  type PublicHttpAction,
} from "convex/server";
import type { Issue } from "../../errors/codes.js";
import { assertPath } from "../../host/path.js";
import {
  PAGE,
  PUBLIC_OWNER,
  PUBLIC_STATUS,
  STATUSES,
  type Order,
  type Scope,
  type Status,
} from "../../shared/documents.js";
import {
  fail,
  invalid,
  notFound,
  unauthorized,
} from "../../shared/failures.js";
import type { FieldRules } from "../../shared/fieldRules.js";
import { issue, wholeNumberProblem } from "../../shared/issues.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import type { DocsArgs, PerhapsOwner } from "../arguments.js";
import type { HttpReference } from "./reference.js";
import {
  isViewParameter,
  readViewParameters,
  type HttpViews,
  type ViewParameters,
} from "./where.js";
import {
  allowOrigin,
  assertOrigins,
  etag,
  LINK_HEADER,
  matchesEtag,
  methodNotAllowed,
  optionsResponse,
  tagOf,
  toJson,
  unkept,
  withProblem,
  type CorsOptions,
} from "./response.js";

export type RouteOptions<Document> = {
  /** Where the documents are: `"/api/documents"`. Starts with a slash and does not end with one. */
  prefix: string;
  /** Reference to the query that `docs.httpApi()` makes. Needed where `identify` or `access` reads the app's own tables. */
  query?: HttpReference;
  /** Pages of other origins that may read. Default: none. */
  cors?: CorsOptions;
  /** What a client gets of a document, as JSON, or a promise of it. Its `ETag` changes with it. Default: all of the document. */
  present?: (document: Document) => unknown;
};

/** The `ctx` of an HTTP action. */
export type HttpCtx = GenericActionCtx<GenericDataModel>;

/** The part of a document that the routes read. */
export type Readable = { _id: string; version: number };

/** Documents as one caller may read them. */
export type Reader<Document extends Readable> = {
  get(ctx: HttpCtx, args: DocsArgs<"get">): Promise<Document | null>;
  list(
    ctx: HttpCtx,
    args: DocsArgs<"list"> & ViewParameters & PerhapsOwner<true>,
  ): Promise<PaginationResult<Document>>;
  listPublic(
    ctx: HttpCtx,
    args: DocsArgs<"listPublic"> & ViewParameters,
  ): Promise<PaginationResult<Document>>;
};

/** The documents behind the routes. They throw this package's errors: `mapError` is for the host's functions. */
export type DocumentSource<Document extends Readable> = {
  identify: (ctx: HttpCtx) => Promise<string | null> | string | null;
  /**
   * Documents as a caller with the token of a link may read them.
   *
   * @param userId `null`: they are not signed in
   * @param linkToken as it was sent; `null`: none
   */
  as(userId: string | null, linkToken: string | null): Reader<Document>;
};

/** Methods that Convex routes and that answer 405. */
const OTHERS = ["POST", "PUT", "PATCH", "DELETE"] as const;
const ALLOWED = "GET, HEAD, OPTIONS";

/** What the routes have to know of what the host declares. */
type HttpRules = HttpViews & { declared: FieldRules; sharing: boolean };

/** What the parameters of a page may say. */
type PageRules = HttpViews & { sharing: boolean };

/** See `Docs.registerRoutes`. */
export function registerRoutes<Document extends Readable>(
  source: DocumentSource<Document>,
  http: HttpRouter,
  options: RouteOptions<Document>,
  { declared, sharing, ...views }: HttpRules,
): void {
  const { prefix, cors } = options;
  if (!/^\/.*[^/]$/.test(prefix)) {
    throw new Error(
      `convex-docs: the prefix "${prefix}" must start with a slash and not end with one: "/api/documents".`,
    );
  }
  assertPath(prefix);
  if (cors) assertOrigins(cors);
  const action = (handle: Handler): PublicHttpAction =>
    httpActionGeneric(async (ctx, request) => {
      const response = await withProblem(handle)(ctx, request);
      allowOrigin(cors, request, response);
      return request.method === "HEAD" ? withoutBody(response) : response;
    });
  const page = action(async (ctx, request) =>
    readPage(await authenticate(source, options, ctx, request, null), {
      ...views,
      sharing,
    }),
  );
  const one = action(async (ctx, request) => {
    const token = sharing ? request.headers.get(LINK_HEADER) : null;
    const call = await authenticate(source, options, ctx, request, token);
    const id = idIn(call.url.pathname, prefix);
    const response = await readOne(call, id, { declared, sharing });
    if (sharing) response.headers.append("Vary", LINK_HEADER);
    return token === null ? response : unkept(response);
  });
  const answerOptions = action(() => optionsResponse(cors, ALLOWED));
  const refuse = action(() => methodNotAllowed(ALLOWED));
  // Convex's router knows no `:id`: one route for the page, and one for every path below it.
  for (const { read, ...place } of [
    { path: prefix, read: page },
    { pathPrefix: `${prefix}/`, read: one },
  ] as const) {
    http.route({ ...place, method: "GET", handler: read });
    http.route({ ...place, method: "OPTIONS", handler: answerOptions });
    for (const method of OTHERS) {
      http.route({ ...place, method, handler: refuse });
    }
  }
}

type Handler = (ctx: HttpCtx, request: Request) => Promise<Response> | Response;

/** The answer to HEAD: that of GET, without the body. */
function withoutBody({ status, headers }: Response): Response {
  return new Response(null, { status, headers });
}

/* The caller. */

/** A request whose caller is known. */
type ReadCall<Document extends Readable> = {
  ctx: HttpCtx;
  request: Request;
  url: URL;
  userId: string | null;
  reader: Reader<Document>;
  present: ((document: Document) => unknown) | undefined;
};

async function authenticate<Document extends Readable>(
  source: DocumentSource<Document>,
  { present }: RouteOptions<Document>,
  ctx: HttpCtx,
  request: Request,
  linkToken: string | null,
): Promise<ReadCall<Document>> {
  const userId = await callerOf(ctx, request, source.identify);
  const reader = source.as(userId, linkToken);
  const url = new URL(request.url);
  return { ctx, request, url, userId, reader, present };
}

/** The caller by their bearer token, `null` without one. Throws UNAUTHORIZED for a bad token. */
export async function callerOf(
  ctx: HttpCtx,
  request: Request,
  identify: DocumentSource<Readable>["identify"],
): Promise<string | null> {
  const header = request.headers.get("Authorization");
  if (header === null) return null;
  const identity = /^bearer /i.test(header) ? await identityOf(ctx) : null;
  const userId = identity && (await identify(ctx));
  if (userId === null) throw fail(unauthorized());
  return userId;
}

/** Convex passes a bad token on to HTTP actions, because the header may be the app's own, and throws only here. */
async function identityOf(ctx: HttpCtx) {
  try {
    return await ctx.auth.getUserIdentity();
  } catch {
    return null;
  }
}

/* One document: `GET prefix/:id`. */

/**
 * The id after the prefix, which itself may be behind the `httpPrefix` of an app or a component: Convex takes that off the path
 * that it routes and leaves it in the request's URL. Throws NOT_FOUND for an id that is not URL-encoded or has a slash.
 */
function idIn(pathname: string, prefix: string): string {
  const end = pathname.lastIndexOf("/");
  const encoded = pathname.slice(end + 1);
  try {
    if (!pathname.slice(0, end).endsWith(prefix)) throw new URIError();
    return decodeURIComponent(encoded);
  } catch {
    throw fail(notFound(encoded));
  }
}

/** Throws NOT_FOUND for a document that the caller may not see. */
async function readOne<Document extends Readable>(
  call: ReadCall<Document>,
  id: string,
  { declared: { readable }, sharing }: Pick<HttpRules, "declared" | "sharing">,
): Promise<Response> {
  const document = await call.reader.get(call.ctx, { id });
  if (document === null) throw fail(notFound(id));
  const headers = new Headers(cacheHeaders(call.userId));
  const { present } = call;
  const presented = present && toJson(await present(document));
  // What a caller is shown depends on who they are.
  const isByRole = readable !== undefined || sharing;
  const names = Object.keys(document).sort().join();
  const shown = presented ?? (isByRole ? names : undefined);
  const tag = await tagOf(document.version, shown);
  headers.set("ETag", etag(tag));
  if (matchesEtag(call.request.headers.get("If-None-Match"), tag)) {
    return new Response(null, { status: 304, headers });
  }
  return jsonResponse(presented ?? toJson(document), headers);
}

/* A page of documents: `GET prefix`. */

/** Throws UNAUTHORIZED for documents of one's own without a caller. */
async function readPage<Document extends Readable>(
  call: ReadCall<Document>,
  rules: PageRules,
): Promise<Response> {
  const { url, userId, present } = call;
  const parameters = readParameters(url.searchParams, userId !== null, rules);
  if (parameters.scope === "own" && userId === null) throw fail(unauthorized());
  const page = await fetchPage(call, parameters);
  const nextCursor = page.isDone ? null : page.continueCursor;
  const headers = new Headers(cacheHeaders(userId));
  if (nextCursor !== null) {
    headers.set(
      "Link",
      `<${nextUrl(url, nextCursor, parameters)}>; rel="next"`,
    );
  }
  const documents = present
    ? await Promise.all(page.page.map(present))
    : page.page;
  return jsonResponse(toJson({ documents, nextCursor }), headers);
}

async function fetchPage<Document extends Readable>(
  { ctx, reader }: ReadCall<Document>,
  { scope, status, ownerId, order, limit, cursor, asked }: Parameters,
): Promise<PaginationResult<Document>> {
  const paginationOpts = { numItems: limit, cursor };
  const args = { ...asked, order, paginationOpts };
  if (scope === "public") return await reader.listPublic(ctx, args);
  return await reader.list(ctx, {
    ...args,
    ...omitUndefined({ status, ownerId }),
  });
}

/** The parameters that are repeated. Others are ignored, and anybody's text does not belong in a header. */
const KNOWN = new Set(["scope", "status", "ownerId", "order", "limit"]);

/** Relative, so that it is right behind a proxy. */
function nextUrl(url: URL, cursor: string, { asked }: Parameters): string {
  const isByView = asked.view !== undefined;
  const known = [...url.searchParams].filter(
    ([name]) => KNOWN.has(name) || (isByView && isViewParameter(name)),
  );
  const search = new URLSearchParams(known);
  search.set("cursor", cursor);
  return `?${search.toString()}`;
}

/** Documents of a page by default. */
const DEFAULT_LIMIT = 20;

const ORDERS: Order[] = ["asc", "desc"];
const SCOPES: Scope[] = ["own", "public"];

type Parameters = {
  scope: Scope;
  status: Status | undefined;
  /** Whose documents, where they are not the caller's. */
  ownerId: string | undefined;
  order: Order;
  /** From 1 to the most that a page has. */
  limit: number;
  cursor: string | null;
  asked: ViewParameters;
};

/**
 * Reads `scope`, `status`, with `sharing` `ownerId`, `order`, `limit`, `cursor` and what is asked of a view, and ignores other
 * parameters. Throws VALIDATION_FAILED with everything that is wrong. A limit above the largest page is that page. Default scope: the caller's own documents, or the public ones
 * without a caller.
 */
function readParameters(
  search: URLSearchParams,
  signedIn: boolean,
  { sharing, ...views }: PageRules,
): Parameters {
  const issues: Issue[] = [];
  const choose = <Choice extends string>(path: string, choices: Choice[]) => {
    const text = search.get(path);
    const choice = choices.find((known) => known === text);
    if (text !== null && choice === undefined) {
      issues.push(issue(path, `must be ${choices.join(" or ")}.`));
    }
    return choice;
  };
  const scope = choose("scope", SCOPES) ?? (signedIn ? "own" : "public");
  const status = choose("status", STATUSES);
  const asked = readViewParameters(search, views, issues);
  const isByView = asked.view !== undefined;
  const order = choose("order", ORDERS) ?? (isByView ? "asc" : "desc");
  if (isByView && status !== undefined) {
    issues.push(issue("status", "is for the list by last change."));
  }
  if (scope === "public" && status !== undefined) {
    issues.push(issue("status", PUBLIC_STATUS));
  }
  const ownerId = (sharing && search.get("ownerId")) || undefined;
  if (scope === "public" && ownerId !== undefined) {
    issues.push(issue("ownerId", PUBLIC_OWNER));
  }
  const digits = search.get("limit") ?? String(DEFAULT_LIMIT);
  const limit = /^\d+$/.test(digits)
    ? Math.min(Number(digits), PAGE.maxItems)
    : NaN;
  const problem = wholeNumberProblem(limit, 1);
  if (problem) issues.push(issue("limit", problem));
  for (const name of [...KNOWN, "view", "cursor"]) {
    if (search.getAll(name).length > 1) {
      issues.push(issue(name, "is said twice."));
    }
  }
  if (issues.length > 0) throw fail(invalid(issues));
  return {
    scope,
    status,
    ownerId,
    order,
    limit,
    asked,
    // A form or a template sends an empty cursor for none.
    cursor: search.get("cursor") || null,
  };
}

/* Headers and body of both. */

/**
 * A shared cache keeps only what an anonymous caller gets. Every cache asks again each time, because a document can be
 * unpublished.
 */
function cacheHeaders(userId: string | null): Record<string, string> {
  const whose = userId === null ? "public" : "private";
  return { "Cache-Control": `${whose}, no-cache`, Vary: "Authorization" };
}

function jsonResponse(body: string, headers: Headers): Response {
  headers.set("Content-Type", "application/json");
  return new Response(body, { status: 200, headers });
}
