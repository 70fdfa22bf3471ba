/**
 * Tasks: background work that has no table of its own, such as a build, a removal of much, or something that is planned for
 * later. A row says what is done to what, how far it is, and when it is due; the engine keeps it going.
 *
 * A new kind:
 *
 * 1. Its feature defines a `TaskKind`. `step` does as many items as it is told and says where the next step goes on. The engine
 *    writes that in the same transaction, so no item is done twice or left out. Most steps halve and double by themselves.
 * 2. It is added to `TASK_KINDS` in `taskKinds.ts`, by which the engine finds it. A kind stays there as long as rows of it may.
 * 3. The feature calls `startTask` where the work begins, `lastTask` to show how far it is, and `cancelTask`.
 *
 * ```ts
 * export const removal: TaskKind<{ documentId: string }> = {
 *   name: "documents.removal",
 *   maxSize: 100,
 *   step: async (ctx, { input, cursor }, size) => {
 *     const { ids, next } = await entriesOf(ctx, input.documentId, cursor, size);
 *     for (const id of ids) await ctx.db.delete("entries", id);
 *     const counts = { removed: ids.length };
 *     return next === null ? { kind: "done", counts } : { kind: "more", cursor: next, counts };
 *   },
 * };
 * ```
 *
 * @module
 */
import { getConvexSize, type Value } from "convex/values";
import { internal } from "../../component/_generated/api.js";
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import type { Counts } from "../../shared/jobs.js";
import { TASK, type TaskState } from "../../shared/tasks.js";
import { backoff } from "../backoff.js";
import type { LeasePolicy } from "./lease.js";
import { beginWork, BLOCKED } from "./timer.js";

/** A task whose input is known. */
export type Task<Input extends Value | undefined = Value | undefined> = Omit<
  Doc<"tasks">,
  "input"
> & { input: Input };

/** An item that was left out. */
export type TaskFailure = { id: string; error: DocsErrorData };

/** What a step did. Counts and failures are those of the step; the task keeps their sums. */
export type TaskOutcome =
  | {
      kind: "more";
      cursor: Value;
      counts?: Counts;
      failures?: TaskFailure[];
      /** The wait before the next step (ms), for work with a rate. Default: 0. */
      waitMs?: number;
    }
  | { kind: "done"; counts?: Counts; failures?: TaskFailure[] }
  /** A function of the host's is not deployed: nothing is written, and the task waits for the function. */
  | { kind: "missing"; name: string }
  /**
   * The step cannot do its items and has written nothing: fewer are tried in the next transaction. `taken`: how many they were.
   * `isFinal`: for a task without items, another attempt cannot help.
   */
  | { kind: "failed"; error: DocsErrorData; taken?: number; isFinal?: boolean };

/** A kind of task. How to add one stands at the head of this file. */
export type TaskKind<Input extends Value | undefined = undefined> = {
  /** Unique, and never changed while there are rows of it. */
  name: string;
  /** Items of a step at most; 0 for work that has none. */
  maxSize: number;
  /** Does up to `size` items from the cursor on. It stops earlier where its transaction has no room. */
  step: (
    ctx: MutationCtx,
    task: Task<Input>,
    size: number,
  ) => Promise<TaskOutcome>;
  /**
   * The item at the cursor and the cursor behind it, for an item that has to be left out. `null`: there is none. Default: the task
   * fails as a whole.
   */
  itemAt?: (
    ctx: QueryCtx,
    task: Task<Input>,
  ) => Promise<{ id: string; behind: Value } | null>;
  /** Runs in the transaction that ends the task, and must not throw. */
  onEnd?: (
    ctx: MutationCtx,
    task: Task<Input>,
    state: Exclude<TaskState, "running">,
  ) => Promise<void>;
  /** How long a task is kept once it is over (ms); 0: it is deleted then. Default: 7 days. */
  keepMs?: number;
};

/** A kind of whatever input, as the registry has it. */
export type AnyTaskKind = Omit<TaskKind<never>, "step" | "itemAt" | "onEnd"> & {
  step: (ctx: MutationCtx, task: never, size: number) => Promise<TaskOutcome>;
  itemAt?: (
    ctx: QueryCtx,
    task: never,
  ) => Promise<{ id: string; behind: Value } | null>;
  onEnd?: (
    ctx: MutationCtx,
    task: never,
    state: Exclude<TaskState, "running">,
  ) => Promise<void>;
};

/** The part of the engine's kind that a start needs. The rest is in `runTask.ts`, which knows every kind. */
export const TASKS = {
  table: "tasks",
  attempt: internal.engine.step,
} as const;

/** The lease of a task. */
export function taskPolicy({ maxSize }: Pick<AnyTaskKind, "maxSize">) {
  return {
    // With items: one that fails is left out, and the task goes on.
    maxTries: maxSize > 0 ? Infinity : TASK.maxTries,
    maxDeaths: TASK.maxDeaths,
    maxSize,
    graceMs: TASK.graceMs,
    timeoutMs: 0,
    backoffMs: (tries) => backoff(RETRY_CURVE, tries - 1, 1),
    ...BLOCKED,
  } satisfies LeasePolicy;
}

const RETRY_CURVE = { first: TASK.firstRetryMs, cap: TASK.retryCapMs };

type TaskStart<Input> = {
  subject: string;
  input: Input;
  /** When its first step is due (ms). Default: now. */
  at?: number;
};

/**
 * Starts a task. Costs two index ranges and two writes, and none to whoever does not start one.
 *
 * It does not ask whether there is another of the same subject: see `lastTask`.
 */
export async function startTask<Input extends Value | undefined>(
  ctx: MutationCtx,
  kind: TaskKind<Input>,
  { subject, input, at }: TaskStart<Input>,
): Promise<Id<"tasks">> {
  if (input !== undefined && getConvexSize(input) > TASK.maxInputBytes) {
    throw new Error(
      `convex-docs: the input of a task "${kind.name}" is larger than ${TASK.maxInputBytes} bytes.`,
    );
  }
  const now = Date.now();
  const id = await ctx.db.insert("tasks", {
    kind: kind.name,
    subject,
    ...(input === undefined ? {} : { input }),
    state: "running",
    counts: {},
    failed: 0,
    failures: [],
    deaths: 0,
    startedAt: now,
  });
  await beginWork(ctx, TASKS, id, taskPolicy(kind), at ?? now);
  return id;
}

/** The task of a subject that was started last, whether or not it is over; `null`: none, or it has been deleted. */
export async function lastTask<Input extends Value | undefined>(
  ctx: QueryCtx,
  { name }: TaskKind<Input>,
  subject: string,
): Promise<Task<Input> | null> {
  const task = await ctx.db
    .query("tasks")
    .withIndex("subject", (q) => q.eq("kind", name).eq("subject", subject))
    .order("desc")
    .first();
  // `startTask` wrote the input of this kind.
  return task as Task<Input> | null;
}

/** Ends a task before its next step. What is done stays done. Does nothing to one that is over. */
export async function cancelTask<Input extends Value | undefined>(
  ctx: MutationCtx,
  kind: TaskKind<Input>,
  task: Task<Input>,
): Promise<void> {
  const stored = await ctx.db.get("tasks", task._id);
  if (stored?.state !== "running") return;
  await endTask(ctx, kind, stored, "cancelled");
}

/** Writes the end of a task. */
export async function endTask(
  ctx: MutationCtx,
  { keepMs = TASK.keepMs, onEnd }: Pick<AnyTaskKind, "keepMs" | "onEnd">,
  task: Doc<"tasks">,
  state: Exclude<TaskState, "running">,
): Promise<void> {
  const now = Date.now();
  const { _id, _creationTime, lease: _lease, ...columns } = task;
  if (keepMs === 0) await ctx.db.delete("tasks", _id);
  else {
    const ended = { state, finishedAt: now, purgeAt: now + keepMs };
    await ctx.db.replace("tasks", _id, { ...columns, ...ended });
  }
  // A row of the kind that this is.
  await onEnd?.(ctx, task as never, state);
}
