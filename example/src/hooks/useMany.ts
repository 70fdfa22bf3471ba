import { optimisticRemove, useDocsMutation } from "@acme/convex-docs/react";
import { api } from "../../convex/_generated/api.js";
import { shown, UPDATE } from "../lib/shown.js";

const REMOVE = { optimistic: optimisticRemove(shown) };

/** What can be done to many documents at once. */
export type BatchKind = "published" | "archived" | "remove";

/** Does one thing to many documents in one call: to all of them or none, or to each by itself. */
export function useMany() {
  const update = useDocsMutation(api.documents.batchUpdate, UPDATE);
  const remove = useDocsMutation(api.documents.batchRemove, REMOVE);
  return {
    change: (kind: BatchKind, ids: string[], mode: "atomic" | "partial") =>
      kind === "remove"
        ? remove.mutate({ ids, mode })
        : update.mutate({ ids, updates: { status: kind }, mode }),
    error: update.error ?? remove.error,
    isPending: update.isPending || remove.isPending,
    reset: () => {
      update.reset();
      remove.reset();
    },
  };
}
