import { done, reasons } from "../lib/job.js";
import { useBulk, type Selection } from "./useBulk.js";
import { useMany, type BatchKind } from "./useMany.js";
import { useRefusal } from "./useRefusal.js";
import { useToasts } from "./useToasts.js";

/** Does one thing to many documents: at once, or in the background if the server says that one call cannot hold them. */
export function useBatch() {
  const many = useMany();
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
    const outcome = await many.change(kind, ids, "partial");
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
  return { run, isBusy: many.isPending || bulk.isBusy };
}

function explainAll(refusals: Parameters<typeof reasons>[0]): string {
  return reasons(refusals)
    .map(({ text, count }) => `${count} not: ${text}.`)
    .join(" ");
}
