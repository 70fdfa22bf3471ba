/**
 * The steps of tasks, of whatever kind.
 *
 * @module
 */
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type { MutationCtx } from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { failure } from "../../shared/failures.js";
import type { Counts } from "../../shared/jobs.js";
import { TASK } from "../../shared/tasks.js";
import {
  completed,
  failed,
  holds,
  missing,
  progressed,
  type LeaseEnd,
  type Skip,
} from "./lease.js";
import {
  endTask,
  taskPolicy,
  TASKS,
  type AnyTaskKind,
  type TaskFailure,
  type TaskOutcome,
} from "./task.js";
import { TASK_KINDS } from "./taskKinds.js";
import { arrange, type WorkKind } from "./timer.js";

type StoredTask = Doc<"tasks">;

/** Tasks, as the engine sees them. */
export const taskKind: WorkKind<"tasks"> = {
  ...TASKS,
  policyOf: (_ctx, task) => taskPolicy(kindOfTask(task)),
  skip: skipItem,
  end: async (ctx, task, end, error) => {
    const { error: last, ...columns } = task;
    const why = end === "discarded" ? { error: error ?? last ?? DIED } : {};
    const ended = { ...columns, ...why };
    await endTask(ctx, kindOfTask(task), ended, STATES[end]);
  },
};

const STATES = {
  completed: "done",
  cancelled: "cancelled",
  discarded: "failed",
} as const satisfies Record<LeaseEnd, StoredTask["state"]>;

const DIED = failure("TIMEOUT", {});

/** A kind that this release does not have, as after a deploy of an older one: the task waits for a release that has it. */
const UNKNOWN_KIND: AnyTaskKind = {
  name: "",
  maxSize: 0,
  step: (_ctx, { kind: name }: StoredTask) =>
    Promise.resolve({ kind: "missing", name }),
};

function kindOfTask({ kind }: StoredTask): AnyTaskKind {
  return TASK_KINDS.get(kind) ?? UNKNOWN_KIND;
}

/** One step. Does nothing without the lease: for a task that is over, or an attempt that was replaced. */
export async function runTaskStep(
  ctx: MutationCtx,
  id: Id<"tasks">,
  attempt: number,
): Promise<void> {
  const task = await ctx.db.get("tasks", id);
  if (!task || !holds(task.lease, attempt, "scheduled")) return;
  const kind = kindOfTask(task);
  const policy = taskPolicy(kind);
  const now = Date.now();
  const { lease } = task;
  const outcome = await kind.step(ctx, task as never, lease.size);
  switch (outcome.kind) {
    case "missing": {
      const next = missing(lease, now, policy, outcome.name);
      const error = failure("HANDLER_NOT_FOUND", {});
      await arrange(ctx, taskKind, task, next, {}, error);
      return;
    }
    case "failed": {
      const { error, taken = lease.size, isFinal } = outcome;
      const size = Math.min(lease.size, Math.max(taken, 1));
      const next = failed({ ...lease, size }, now, policy, isFinal);
      const columns = next.lease && next.skip ? {} : { error };
      await arrange(ctx, taskKind, task, next, columns, error);
      return;
    }
    case "more": {
      const at = now + (outcome.waitMs ?? 0);
      const next = progressed(lease, at, policy);
      await arrange(ctx, taskKind, task, next, after(task, outcome));
      return;
    }
    case "done":
      await arrange(ctx, taskKind, task, completed(), after(task, outcome));
  }
}

/** The columns of a task after a step. */
function after(
  task: StoredTask,
  outcome: Extract<TaskOutcome, { kind: "more" | "done" }>,
): Partial<StoredTask> {
  const { counts = {}, failures = [] } = outcome;
  return {
    ...withFailures(task, failures),
    counts: sum(task.counts, counts),
    deaths: 0,
    ...(outcome.kind === "more" ? { cursor: outcome.cursor } : {}),
  };
}

/** Names the first of each reason: a frequent one must not hide the others. */
function withFailures(
  { failed: count, failures: kept }: StoredTask,
  failures: TaskFailure[],
): Pick<StoredTask, "failed" | "failures"> {
  const named = [...kept];
  const counts: Counts = {};
  for (const reason of kept.map(reasonOf))
    counts[reason] = (counts[reason] ?? 0) + 1;
  for (const failure of failures) {
    const reason = reasonOf(failure);
    const before = counts[reason] ?? 0;
    if (before >= TASK.maxFailures || named.length >= TASK.maxNamed) continue;
    counts[reason] = before + 1;
    named.push(failure);
  }
  return { failed: count + failures.length, failures: named };
}

/** The code of an error and, of one that says that something is there already, what. */
function reasonOf({ error }: TaskFailure): string {
  return error.code === "ALREADY_EXISTS"
    ? `${error.code} ${error.key}`
    : error.code;
}

function sum(counts: Counts, more: Counts): Counts {
  const total = { ...counts };
  for (const [name, count] of Object.entries(more)) {
    total[name] = (total[name] ?? 0) + count;
  }
  return total;
}

/** Leaves out the item at the cursor, unless so many died in a row that the task itself is what kills them. */
async function skipItem(
  ctx: MutationCtx,
  task: StoredTask,
  how: Skip,
  error?: DocsErrorData,
): Promise<Partial<StoredTask> | LeaseEnd> {
  const kind = kindOfTask(task);
  const deaths = how === "dead" ? task.deaths + 1 : 0;
  if (!kind.itemAt || deaths > TASK.maxDeadItems) return "discarded";
  const item = await kind.itemAt(ctx, task as never);
  if (item === null) return "completed";
  const failures = [{ id: item.id, error: error ?? DIED }];
  return { ...withFailures(task, failures), cursor: item.behind, deaths };
}
