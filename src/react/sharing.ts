import type {
  PaginatedQueryArgs,
  PaginatedQueryItem,
  PaginatedQueryReference,
} from "convex/react";
import type {
  FunctionArgs,
  FunctionReference,
  FunctionReturnType,
} from "convex/server";
import { useMemo } from "react";
import type { Members } from "../shared/sharing.js";
import { useDocument } from "./document.js";
import { useDocuments, type DocumentsOptions } from "./documents.js";
import type { FailedState } from "./subscription.js";

/** What is shared with the caller, live, in one of four states. */
export type SharedDocumentsState<Item> =
  | { status: "loading"; shared?: never; error?: never }
  | { status: "empty"; shared?: never; error?: never }
  | {
      status: "ready";
      /** Each with its `document`, the `role` in it, when it was shared, and by whom. */
      shared: Item[];
      error?: never;
      /** Whether there are more than are loaded. */
      hasMore: boolean;
      isLoadingMore: boolean;
      /** Loads `count` more. Does nothing while more are loading, or when there are none. Default: `pageSize`. */
      loadMore: (count?: number) => void;
    }
  /** With what was loaded before the page that failed. */
  | (FailedState & { shared: Item[] });

/**
 * What is shared with the caller, live: a document is there as soon as it is shared, and gone as soon as it is not.
 *
 * @param query `listShared` of `docs.api()`, or a function like it
 * @param args its other arguments, or `"skip"` while they are not known: `loading` until then
 * @throws Error outside of a `ConvexProvider`; never what the query throws
 * @example
 * ```tsx
 * const state = useSharedDocuments(api.documents.listShared, {});
 * if (state.status !== "ready") return null;
 * return state.shared.map(({ document, role }) => (
 *   <li key={document._id}>{document.title}, as {role}</li>
 * ));
 * ```
 */
export function useSharedDocuments<Query extends PaginatedQueryReference>(
  query: Query,
  args: PaginatedQueryArgs<Query> | "skip",
  options: DocumentsOptions = {},
): SharedDocumentsState<PaginatedQueryItem<Query>> {
  const state = useDocuments(query, args, options);
  if (!state.documents) return state;
  const { documents: shared, ...rest } = state;
  return { ...rest, shared };
}

/** With whom a document is shared, live, in one of five states. */
export type MembersState<Found = Members> =
  | { status: "loading"; error?: never }
  /** The document does not exist, or this user may not see it. */
  | { status: "missing"; error?: never }
  /** This user sees the document, and may not see with whom it is shared. */
  | { status: "forbidden"; error?: never }
  /** The `ownerId`, the `members` and the `links`. */
  | ({ status: "ready"; error?: never } & Found)
  | FailedState;

/**
 * With whom a document is shared, live. What somebody may not see is a state, and not an error: a role may go while a dialog is open.
 *
 * @param query `members` of `docs.api()`, or a function like it
 * @param args `"skip"` while they are not known: `loading` until then
 * @throws Error outside of a `ConvexProvider`; never what the query throws
 * @example
 * ```tsx
 * const state = useMembers(api.documents.members, { id });
 * switch (state.status) {
 *   case "loading": return <Skeleton />;
 *   case "missing": return <p>This does not exist.</p>;
 *   case "forbidden": return <p>Ask a manager to share it.</p>;
 *   case "error": return <p>{errorMessage(state.error)}</p>;
 *   case "ready": return state.members.map(({ principal, role }) => <p key={principal}>{principal}: {role}</p>);
 * }
 * ```
 */
export function useMembers<Query extends FunctionReference<"query">>(
  query: Query,
  args: FunctionArgs<Query> | "skip",
): MembersState<NonNullable<FunctionReturnType<Query>>> {
  const state = useDocument(query, args);
  return useMemo(() => {
    if (state.status === "ready") {
      return { ...state.document, status: "ready" };
    }
    const code = state.error?.code;
    if (code === "FORBIDDEN") return { status: "forbidden" };
    return code === "NOT_FOUND" ? { status: "missing" } : state;
  }, [state]);
}
