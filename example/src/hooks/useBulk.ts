import { useDocsMutation } from "@acme/convex-docs/react";
import { api } from "../../convex/_generated/api.js";
import type { Status } from "../lib/document.js";
import { isJob, type Job, type JobKind } from "../lib/job.js";
import { useRefusal } from "./useRefusal.js";
import { useStored } from "./useStored.js";

/** Which documents: those named, or all of one's own, of a status if one is given. */
export type Selection = { ids: string[] } | { where: { status?: Status } };

/** The bulk job of this window. It runs on the server: leaving or reloading the page changes nothing about it. */
export function useBulk() {
  const [job, store] = useStored("job", isJob);
  const startBulk = useDocsMutation(api.documents.startBulk);
  const refuse = useRefusal();

  /** @param expected how many it will be, where the page knows */
  const start = async (
    kind: JobKind,
    selection: Selection,
    expected?: number,
  ) => {
    const outcome = await startBulk.mutate({ ...selection, ...orderOf(kind) });
    if (!outcome.ok) refuse(outcome.error);
    else
      store({
        kind,
        jobId: outcome.value.jobId,
        ...(expected !== undefined && { expected }),
      } satisfies Job);
    return outcome.ok;
  };
  return {
    job,
    start,
    dismiss: () => store(null),
    isBusy: startBulk.isPending,
  };
}

function orderOf(kind: JobKind) {
  return kind === "published" || kind === "archived"
    ? { operation: "update" as const, updates: { status: kind } }
    : { operation: kind };
}
