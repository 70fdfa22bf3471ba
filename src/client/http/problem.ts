/**
 * Failures over HTTP.
 *
 * @module
 */
import { getDocsError } from "../../errors/data.js";
import { toProblem } from "../../errors/problem.js";

/**
 * Makes an HTTP action answer every failure with `application/problem+json`: an error of ours with the status of its code,
 * anything else with a 500 that says nothing about it, logged on the server. Left uncaught, Convex would answer both with
 * 500.
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
      if (getDocsError(error) === null) console.error(error);
      return problemFor(error);
    }
  };
}

/** A problem that no cache keeps and that says how to sign in. Source: RFC 9110 §11.6.1 for the latter. */
function problemFor(error: unknown): Response {
  const response = toProblem(error);
  response.headers.set("Cache-Control", "no-store");
  if (response.status === 401) {
    response.headers.set("WWW-Authenticate", "Bearer");
  }
  return response;
}

/** For a method that the path does not have. Not an error of ours: its caller has no document in mind. */
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
