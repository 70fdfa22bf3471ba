/**
 * Who reads over HTTP, and what.
 *
 * @module
 */
import type {
  GenericActionCtx,
  GenericDataModel,
  PaginationResult,
} from "convex/server";
import { fail, unauthorized } from "../../shared/failures.js";
import type { ListArgs, ListPublicArgs, GetArgs } from "../types.js";

/** What every HTTP action has. */
export type HttpCtx = GenericActionCtx<GenericDataModel>;

/** What a route needs of a document. The rest is the host's. */
export type Readable = { _id: string; version: number };

/** What one caller may read. */
export type Reader<Document extends Readable> = {
  get(ctx: HttpCtx, args: GetArgs): Promise<Document | null>;
  list(ctx: HttpCtx, args: ListArgs): Promise<PaginationResult<Document>>;
  listPublic(
    ctx: HttpCtx,
    args: ListPublicArgs,
  ): Promise<PaginationResult<Document>>;
};

/** The documents behind the routes. Their errors are ours: a host's `mapError` is for its functions. */
export type Source<Document extends Readable> = {
  identify: (ctx: HttpCtx) => Promise<string | null> | string | null;
  /** `null`: somebody who is not signed in. */
  as(userId: string | null): Reader<Document>;
};

/** The caller by their bearer token, or `null` if there is none. A token that is no good is UNAUTHORIZED, not nobody. */
export async function callerOf(
  ctx: HttpCtx,
  request: Request,
  identify: Source<Readable>["identify"],
): Promise<string | null> {
  const header = request.headers.get("Authorization");
  if (header === null) return null;
  const identity = /^bearer /i.test(header) ? await identityOf(ctx) : null;
  const userId = identity && (await identify(ctx));
  if (userId === null) throw fail(unauthorized());
  return userId;
}

/** Convex lets a bad token through to HTTP actions and throws only here, because the header may be the app's own. */
async function identityOf(ctx: HttpCtx) {
  try {
    return await ctx.auth.getUserIdentity();
  } catch {
    return null;
  }
}
