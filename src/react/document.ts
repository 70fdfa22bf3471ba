import { useQueries } from "convex/react";
import type {
  FunctionArgs,
  FunctionReference,
  FunctionReturnType,
} from "convex/server";
import { useMemo } from "react";
import {
  failedState,
  parseSubscriptionKey,
  subscriptionKey,
  type FailedState,
} from "./subscription.js";

/** A live document, in one of four states. */
export type DocumentState<Document> =
  | { status: "loading"; document?: never; error?: never }
  /** It does not exist, or this user may not see it. */
  | { status: "missing"; document?: never; error?: never }
  | { status: "ready"; document: Document; error?: never }
  | (FailedState & { document?: never });

/**
 * A live document.
 *
 * @param args `"skip"` while they are not known: `loading` until then
 * @throws Error outside of a `ConvexProvider`; never what the query throws
 * @example
 * ```tsx
 * const state = useDocument(api.documents.get, { id });
 * switch (state.status) {
 *   case "loading": return <Skeleton />;
 *   case "missing": return <p>This does not exist.</p>;
 *   case "error": return <p>{errorMessage(state.error)}</p>;
 *   case "ready": return <h1>{state.document.title}</h1>;
 * }
 * ```
 */
export function useDocument<Query extends FunctionReference<"query">>(
  query: Query,
  args: FunctionArgs<Query> | "skip",
): DocumentState<NonNullable<FunctionReturnType<Query>>> {
  const text = subscriptionKey(query, args);
  const queries = useMemo(
    () => (text === null ? {} : { document: parseSubscriptionKey(text) }),
    [text],
  );
  // Convex's type does not name the key. The value is what the query returns, an Error, or `undefined`.
  const { document } = useQueries(queries) as {
    document?: FunctionReturnType<Query> | Error;
  };
  return useMemo(() => {
    if (document === undefined) return { status: "loading" };
    if (document instanceof Error) return failedState(document);
    return document === null
      ? { status: "missing" }
      : { status: "ready", document };
  }, [document]);
}
