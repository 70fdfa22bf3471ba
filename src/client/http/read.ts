/**
 * The two things that can be read: one document, and a page of them.
 *
 * @module
 */
import type { PaginationResult } from "convex/server";
import { fail, notFound, unauthorized } from "../../shared/failures.js";
import { etag, matches } from "./etag.js";
import { toJson } from "./json.js";
import { readParameters, type Parameters } from "./parameters.js";
import type { HttpCtx, Readable, Reader } from "./reader.js";

/** One request, once it is known who sends it. */
export type Call<Document extends Readable> = {
  ctx: HttpCtx;
  request: Request;
  url: URL;
  userId: string | null;
  reader: Reader<Document>;
  present: (document: Document) => unknown;
};

/** `GET prefix/:id`. Throws NOT_FOUND for whatever the caller may not see. */
export async function readOne<Document extends Readable>(
  call: Call<Document>,
  id: string,
): Promise<Response> {
  const document = await call.reader.get(call.ctx, { id });
  if (document === null) throw fail(notFound(id));
  const headers = new Headers(cacheHeaders(call.userId));
  headers.set("ETag", etag(document.version));
  if (matches(call.request.headers.get("If-None-Match"), document.version)) {
    return new Response(null, { status: 304, headers });
  }
  return json(call.present(document), headers);
}

/** `GET prefix`: the caller's own documents, or the public ones if that is asked for or nobody is signed in. */
export async function readPage<Document extends Readable>(
  call: Call<Document>,
): Promise<Response> {
  const { url, userId, present } = call;
  const parameters = readParameters(url.searchParams, userId !== null);
  if (parameters.scope === "own" && userId === null) throw fail(unauthorized());
  const page = await fetchPage(call, parameters);
  const nextCursor = page.isDone ? null : page.continueCursor;
  const headers = new Headers(cacheHeaders(userId));
  if (nextCursor !== null) {
    headers.set("Link", `<${nextUrl(url, nextCursor)}>; rel="next"`);
  }
  return json({ documents: page.page.map(present), nextCursor }, headers);
}

async function fetchPage<Document extends Readable>(
  { ctx, reader }: Call<Document>,
  { scope, status, order, limit, cursor }: Parameters,
): Promise<PaginationResult<Document>> {
  const args = { order, paginationOpts: { numItems: limit, cursor } };
  if (scope === "public") return await reader.listPublic(ctx, args);
  return await reader.list(ctx, {
    ...args,
    ...(status === undefined ? {} : { status }),
  });
}

/** Relative to the page, so that it is right behind any proxy. */
function nextUrl(url: URL, cursor: string): string {
  const search = new URLSearchParams(url.searchParams);
  search.set("cursor", cursor);
  return `?${search.toString()}`;
}

/**
 * What a signed-in caller sees is nobody else's business. What anybody may see can be kept by anybody, and asked about again
 * each time: a document can be unpublished.
 */
function cacheHeaders(userId: string | null): Record<string, string> {
  const whose = userId === null ? "public" : "private";
  return { "Cache-Control": `${whose}, no-cache`, Vary: "Authorization" };
}

function json(body: unknown, headers: Headers): Response {
  headers.set("Content-Type", "application/json");
  return new Response(toJson(body), { status: 200, headers });
}
