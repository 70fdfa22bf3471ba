import { optimisticRemove, useDocsMutation } from "@acme/convex-docs/react";
import { api } from "../../convex/_generated/api.js";
import { done, reasons } from "../lib/job.js";
import { shown, UPDATE } from "../lib/shown.js";
import { useBulk, type Selection } from "./useBulk.js";
import { useRefusal } from "./useRefusal.js";
import { useToasts } from "./useToasts.js";

const REMOVE = { optimistic: optimisticRemove(shown) };

export type BatchKind = "published" | "archived" | "remove";

/** Does one thing to many documents: at once, or in the background if the server says that one call cannot hold them. */
export function useBatch() {
  const update = useDocsMutation(api.documents.batchUpdate, UPDATE);
  const remove = useDocsMutation(api.documents.batchRemove, REMOVE);
  const bulk = useBulk();
  const refuse = useRefusal();
  const show = useToasts();

  const run = async (
    kind: BatchKind,
    selection: Selection,
    expected?: number,
  ) => {
    if (!("ids" in selection))
      return await bulk.start(kind, selection, expected);
    const { ids } = selection;
    const outcome =
      kind === "remove"
        ? await remove.mutate({ ids, mode: "partial" })
        : await update.mutate({
            ids,
            updates: { status: kind },
            mode: "partial",
          });
    if (!outcome.ok) {
      if (outcome.error.code === "BATCH_TOO_LARGE") {
        show({
          tone: "done",
          title: "That is too much at once",
          text: "It goes on in the background.",
        });
        return await bulk.start(kind, selection, ids.length);
      }
      refuse(outcome.error);
      return false;
    }
    const { results, succeeded, failed } = outcome.value;
    const changed = results.flatMap((item) => (item.ok ? [item.id] : []));
    const refusals = results.flatMap((item) => (item.ok ? [] : [item]));
    const undo = {
      label: "Undo",
      run: () => void bulk.start("restore", { ids: changed }),
    };
    show({
      tone: failed === 0 ? "done" : "refused",
      title: done(kind, succeeded),
      ...(failed > 0 && { text: explainAll(refusals) }),
      ...(kind === "remove" && succeeded > 0 && { action: undo }),
    });
    return true;
  };
  return { run, isBusy: update.isPending || remove.isPending || bulk.isBusy };
}

function explainAll(refusals: Parameters<typeof reasons>[0]): string {
  return reasons(refusals)
    .map(({ text, count }) => `${count} not: ${text}.`)
    .join(" ");
}
