/**
 * The host's query behind the routes: a query has the app's tables, and an HTTP action has none.
 *
 * @module
 */
import {
  internalQueryGeneric,
  type GenericDataModel,
  type GenericQueryCtx,
  type RegisteredQuery,
} from "convex/server";
import { v } from "convex/values";
import type { RunQueryCtx } from "../../host/component.js";
import { vHttpCall, type HttpCall, type HttpReference } from "./reference.js";
import type { DocumentSource, HttpCtx, Readable } from "./routes.js";

type Reads = {
  [Operation in HttpCall["operation"]]: (
    ctx: RunQueryCtx,
    args: never,
  ) => Promise<unknown>;
};

/** See `Docs.httpApi`. `readerFor` gives the operations of whoever calls. */
export function createHttpQuery(
  readerFor: (
    ctx: GenericQueryCtx<GenericDataModel>,
    caller: Pick<HttpCall, "isSignedIn" | "linkToken">,
  ) => Promise<Reads>,
): RegisteredQuery<"internal", HttpCall, Promise<unknown>> {
  return internalQueryGeneric({
    args: vHttpCall,
    returns: v.any(),
    handler: async (
      ctx: GenericQueryCtx<GenericDataModel>,
      { operation, args, ...caller },
    ): Promise<unknown> => {
      const reader = await readerFor(ctx, caller);
      // The operation checks its arguments itself.
      return await reader[operation](ctx, args as never);
    },
  });
}

/** The documents that the host's query reads. It identifies the caller too: here, only whether there is one is known. */
export function sourceOf<Document extends Readable>(
  query: HttpReference,
): DocumentSource<Document> {
  return {
    identify: () => "",
    as: (userId, linkToken) => {
      const isSignedIn = userId !== null;
      const link = linkToken === null ? {} : { linkToken };
      const read =
        <Result>(operation: HttpCall["operation"]) =>
        async (ctx: HttpCtx, args: object) =>
          (await ctx.runQuery(query, {
            operation,
            args,
            isSignedIn,
            ...link,
          })) as Result;
      return {
        get: read("get"),
        list: read("list"),
        listPublic: read("listPublic"),
      };
    },
  };
}
