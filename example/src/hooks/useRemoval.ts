import { optimisticRemove, useDocsMutation } from "@acme/convex-docs/react";
import { api } from "../../convex/_generated/api.js";
import { shown } from "../lib/shown.js";
import { nameOf, type AppDocument } from "../lib/document.js";
import { useRefusal } from "./useRefusal.js";
import { useToasts } from "./useToasts.js";

const optimistic = optimisticRemove(shown);

/** Moves a document to the trash, and offers to take it back. Resolves to whether it is there. */
export function useRemoval(document: AppDocument): () => Promise<boolean> {
  const { _id: id, version } = document;
  const removal = useDocsMutation(api.documents.remove, { optimistic });
  const restore = useDocsMutation(api.documents.restore);
  const refuse = useRefusal();
  const show = useToasts();
  const name = nameOf(document);

  const undo = async () => {
    const outcome = await restore.mutate({ id });
    if (outcome.ok) show({ tone: "done", title: `Restored “${name}”` });
    else refuse(outcome.error);
  };
  return async () => {
    const outcome = await removal.mutate({ id, ifVersion: version });
    if (!outcome.ok) refuse(outcome.error);
    else
      show({
        tone: "done",
        title: `Moved “${name}” to the trash`,
        action: { label: "Undo", run: () => void undo() },
      });
    return outcome.ok;
  };
}
