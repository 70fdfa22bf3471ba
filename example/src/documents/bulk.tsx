import { optimisticRemove, useDocsMutation } from "@acme/convex-docs/react";
import { useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import { useStored } from "../storage.js";
import { Icon } from "../ui/controls.js";
import { explain } from "../ui/failure.js";
import { useRefusal } from "../ui/refusals.js";
import { useToasts } from "../ui/toasts.js";
import { shown, UPDATE } from "./actions.js";
import type { Status } from "./document.js";

/** A new status, or the name of the operation. */
type BulkKind = "published" | "archived" | "remove" | "restore" | "purge";

/** A bulk operation as this window remembers it. */
type BulkOperation = {
  jobId: string;
  kind: BulkKind;
  /** Number of documents, where the server does not know it. */
  expected?: number;
};

type BulkStatus = NonNullable<
  FunctionReturnType<typeof api.documents.bulkStatus>
>;

const WORDS: Record<BulkKind, [doing: string, done: string]> = {
  published: ["Publishing", "published"],
  archived: ["Archiving", "archived"],
  remove: ["Moving to the trash", "moved to the trash"],
  restore: ["Restoring", "restored"],
  purge: ["Deleting", "deleted for good"],
};

function isBulkOperation(value: unknown): value is BulkOperation {
  const operation = value as Partial<BulkOperation> | null;
  return (
    typeof operation === "object" &&
    operation !== null &&
    typeof operation.jobId === "string" &&
    typeof operation.kind === "string" &&
    Object.hasOwn(WORDS, operation.kind)
  );
}

/** The progress: "Archiving…". */
function doing(kind: BulkKind): string {
  return `${WORDS[kind][0]}…`;
}

/** The result: "326 documents archived". */
export function done(kind: BulkKind, count: number): string {
  const documents = count === 1 ? "document" : "documents";
  return `${count.toLocaleString("en")} ${documents} ${WORDS[kind][1]}`;
}

/** Distinct errors in words with the number of documents, most frequent first. */
function reasons(
  failures: Pick<BulkStatus["failures"][number], "error">[],
): { text: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { error } of failures) {
    const { title } = explain(error);
    counts.set(title, (counts.get(title) ?? 0) + 1);
  }
  return [...counts]
    .map(([text, count]) => ({ text, count }))
    .sort((a, b) => b.count - a.count);
}

/** The documents to change: by id, or all of the user's own, optionally of one status. */
type Selection = { ids: string[] } | { where: { status?: Status } };

/** The bulk operation of this window. It runs on the server and continues when the page is left or reloaded. */
export function useBulk() {
  const [operation, store] = useStored("job", isBulkOperation);
  const startBulk = useDocsMutation(api.documents.startBulk);
  const refuse = useRefusal();

  /** @param expected number of documents, if the page knows it */
  const start = async (
    kind: BulkKind,
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
      } satisfies BulkOperation);
    return outcome.ok;
  };
  return {
    operation,
    start,
    dismiss: () => store(null),
    isBusy: startBulk.isPending,
  };
}

function orderOf(kind: BulkKind) {
  return kind === "published" || kind === "archived"
    ? { operation: "update" as const, updates: { status: kind } }
    : { operation: kind };
}

const REMOVE = { optimistic: optimisticRemove(shown) };

/** A change of many documents in one call. */
export type BatchKind = "published" | "archived" | "remove";

/** Changes many documents in one call, atomic or partial. */
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

/** Changes many documents in one call, or in the background when they are too many for one. */
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

/** The progress and result of this window's bulk operation, live. */
export function BulkProgress() {
  const { operation, dismiss } = useBulk();
  const status = useQuery(
    api.documents.bulkStatus,
    operation === null ? "skip" : { jobId: operation.jobId },
  );
  // The server deletes an operation some days after its end.
  if (operation === null || status === undefined || status === null)
    return null;
  return (
    <section className="bar job" aria-label="Progress">
      {status.state === "running" ? (
        <Running operation={operation} status={status} />
      ) : (
        <Ended operation={operation} status={status} onDismiss={dismiss} />
      )}
    </section>
  );
}

function Running({
  operation,
  status,
}: {
  operation: BulkOperation;
  status: BulkStatus;
}) {
  const cancel = useDocsMutation(api.documents.cancelBulk);
  const refuse = useRefusal();
  const total = status.total ?? operation.expected;
  const past = status.done + status.failed;
  const stop = async () => {
    const outcome = await cancel.mutate({ jobId: operation.jobId });
    if (!outcome.ok) refuse(outcome.error);
  };
  return (
    <>
      <p className="job__title">
        {doing(operation.kind)}
        <span className="job__count">
          {total === undefined ? past : `${past} of ${total}`}
        </span>
      </p>
      <button
        className="button"
        aria-disabled={cancel.isPending}
        onClick={() => void stop()}
      >
        Cancel
      </button>
      <progress
        aria-label={doing(operation.kind)}
        max={total ?? 1}
        {...(total !== undefined && { value: Math.min(past, total) })}
      />
    </>
  );
}

type EndedProps = {
  operation: BulkOperation;
  status: BulkStatus;
  onDismiss: () => void;
};

function Ended({ operation, status, onDismiss }: EndedProps) {
  const { state, failed, failures } = status;
  const isGood = state === "done" && failed === 0;
  return (
    <>
      <Icon name={isGood ? "check" : "alert"} />
      <div className="job__title" role="status">
        {done(operation.kind, status.done)}
        {state === "cancelled" && ", then cancelled"}
        {state === "failed" && ", then it failed"}
        {failed > 0 && <Reasons count={failed} failures={failures} />}
      </div>
      <button
        className="button button--icon"
        aria-label="Dismiss"
        onClick={onDismiss}
      >
        <Icon name="close" />
      </button>
    </>
  );
}

type ReasonsProps = {
  /** Number of failed documents; the server lists only the first of them. */
  count: number;
  failures: Pick<BulkStatus["failures"][number], "error">[];
};

/** Why some documents were not changed, by the codes of the errors. */
function Reasons({ count, failures }: ReasonsProps) {
  return (
    <>
      <span className="job__count">
        {count} {count === 1 ? "was" : "were"} left as{" "}
        {count === 1 ? "it is" : "they are"}
      </span>
      <ul className="job__reasons">
        {reasons(failures).map((reason) => (
          <li key={reason.text}>
            {reason.text} ({reason.count})
          </li>
        ))}
      </ul>
    </>
  );
}
